/* SPDX-License-Identifier: MIT */
/* The hosts file: whether it is what gave a name its addresses (hosts(5)). */
#ifndef HT_TAP_HOSTS_H
#define HT_TAP_HOSTS_H

#include <httptrace/span.h>

/* True when every one of `addresses` (comma-separated, at least one) stands beside `host` in the file. */
bool ht_tap_hosts_has(const char *path, const char *host, struct ht_span addresses);

#endif
