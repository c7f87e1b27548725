/* SPDX-License-Identifier: MIT */
/* Sends a finished document to a collector, outside of any trace. */
#ifndef HT_FETCH_POST_H
#define HT_FETCH_POST_H

#include "base/error.h"

#include <httptrace/span.h>

/* POSTs `body` to an http or https URL and waits for the answer, HT_POST_TIMEOUT_MS at the longest.
 * HT_ERR_CURL with a sentence that does not name the URL where nobody answers, or with another status than
 * 2xx. */
#define HT_POST_TIMEOUT_MS 10000
HT_MUST_USE enum ht_status ht_post(const char *url, const char *content_type, struct ht_span body,
                                   struct ht_error *error);

#endif
