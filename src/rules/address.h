/* SPDX-License-Identifier: MIT */
/* Address blocks that are not part of the public Internet (RFC 6890, IANA's special-purpose registries). */
#ifndef HT_RULES_ADDRESS_H
#define HT_RULES_ADDRESS_H

#include <httptrace/span.h>

enum ht_space {
    HT_SPACE_PRIVATE,       /* reachable within a site, a provider or a link */
    HT_SPACE_NOWHERE,       /* no server that others are to reach can have it */
    HT_SPACE_DOCUMENTATION, /* for examples; test beds use it as if it were public */
    HT_SPACE_BENCHMARK      /* what local proxy tools answer with */
};

struct ht_block {
    const char *prefix; /* "10.0.0.0/8" */
    const char *name, *reference;
    enum ht_space space;
};

/* The block that holds the address (numeric text; IPv4-mapped addresses count as IPv4); NULL for a public one
 * and for what is no address. */
const struct ht_block *ht_address_block(struct ht_span address);

/* A name that only its own site or host can resolve, by its form: a single label, an address, or one below
 * .local, .internal, .test, .localhost (RFC 6762, RFC 6761). */
bool ht_name_is_local(struct ht_span host);
/* "localhost", or a name below it. */
bool ht_name_is_localhost(struct ht_span host);

#endif
