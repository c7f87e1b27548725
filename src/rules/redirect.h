/* SPDX-License-Identifier: MIT */
/* Where an answer sends the client (RFC 9110 section 15.4), and what kind of place that is. */
#ifndef HT_RULES_REDIRECT_H
#define HT_RULES_REDIRECT_H

#include "rules/rule.h"

/* An answer that redirects; `*target` is its Location as it came, perhaps relative. */
bool ht_redirect_target(const struct ht_exchange *x, struct ht_span *target);
/* It leads to the URL of that exchange. */
bool ht_redirect_is_to(const struct ht_exchange *x, const struct ht_exchange *to);
/* A URL for use in a fact: escaped, secrets masked. */
const char *ht_redirect_text(struct ht_claim *claim, struct ht_span url);

/* "192.0.2.7", "2001:db8::1" */
bool ht_host_is_address(struct ht_span host);
/* An address that is this host's own (127/8, ::1), or localhost. */
bool ht_host_is_loopback(struct ht_span host);
/* An address of private, shared or link-local space (RFC 1918, RFC 6598, RFC 3927, RFC 4193, RFC 4291), or a
 * name that only a local network has (RFC 6762, RFC 8375, RFC 6761, a single label). Not loopback. */
bool ht_host_is_private(struct ht_span host);
/* Both have the same last two labels. */
bool ht_host_is_kin(struct ht_span a, struct ht_span b);

#endif
