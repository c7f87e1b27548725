/* SPDX-License-Identifier: MIT */
/* Secrets: which fields and URL parts carry them, and how they are shown. */
#ifndef HT_BASE_MASK_H
#define HT_BASE_MASK_H

#include "base/sink.h"

#define HT_MASK "[masked]"

/* Field names whose values are secrets: Authorization, Proxy-Authorization, Cookie, Set-Cookie, and those that
 * are named like one, as X-Api-Key and Private-Token. */
bool ht_mask_is_secret_header(struct ht_span name);
/* Field names whose values ht_mask_header() may write otherwise than they are. */
bool ht_mask_may_change(struct ht_span name);

/*
 * Writes a field's value as it may be shown. Of a secret one the scheme stays ("Bearer [masked]"), of a
 * cookie its names and, for Set-Cookie, its attributes ("sid=[masked]; Path=/"). A Location, Referer or other
 * field that holds a URL has the URL masked. Nothing is escaped here.
 */
void ht_mask_header(struct ht_sink *out, struct ht_span name, struct ht_span value);

/*
 * Writes a URL, absolute or a request target, with its user-info ("user:[masked]@") and the values of path, query
 * and fragment parameters named like a secret (token, key, secret, password, signature, code, ...) masked.
 */
void ht_mask_url(struct ht_sink *out, struct ht_span url);

#endif
