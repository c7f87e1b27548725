/* SPDX-License-Identifier: MIT */
/* Issuer names of products that open TLS to look inside. */
#ifndef HT_RULES_CERT_DATA_H
#define HT_RULES_CERT_DATA_H

#include <httptrace/finding.h>

/* Where a product stands: on this host, on the network, or either. */
enum ht_inspector_place { HT_INSPECTOR_HOST, HT_INSPECTOR_NETWORK, HT_INSPECTOR_EITHER };

enum ht_issuer_part { HT_ISSUER_CN, HT_ISSUER_O };

struct ht_inspector {
    enum ht_issuer_part part;
    const char *glob; /* of the whole value, any case; a star stands where the product puts a serial, a name
                         or a domain of its own */
    const char *product;
    enum ht_inspector_place place;
};

/* The product whose row the issuer's common name or organisation matches; NULL where none does. Values with a
 * NUL byte match nothing. */
const struct ht_inspector *ht_inspector_find(struct ht_span common_name, struct ht_span organisation);

#endif
