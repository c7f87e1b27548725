/* SPDX-License-Identifier: MIT */
/* The parts of a URL that the trace and its rules need (RFC 3986); spans are borrowed from the URL. */
#ifndef HT_BASE_URL_H
#define HT_BASE_URL_H

#include <httptrace/span.h>

/* "https"; empty where the URL has none. */
struct ht_span ht_url_scheme(struct ht_span url);
/* "user@host:443": what stands between the scheme and the path. */
struct ht_span ht_url_authority(struct ht_span url);
/* Host without brackets or port. */
struct ht_span ht_url_host(struct ht_span url);

/* The port that it names; -1 where it names none. */
int64_t ht_url_port(struct ht_span url);

#endif
