/* SPDX-License-Identifier: MIT */
/* Sends finished documents to a collector, outside of any trace. */
#ifndef HT_FETCH_POST_H
#define HT_FETCH_POST_H

#include "base/error.h"

#include <httptrace/span.h>

#define HT_POST_TIMEOUT_MS 10000 /* for each document, at the longest */

struct ht_post;

/* `url` is an http or https one; without a path it gets `path`. `fields` are header fields as
 * OTEL_EXPORTER_OTLP_HEADERS has them: "name=value,name=value", percent-encoded; NULL for none. */
struct ht_post *ht_post_open(const char *url, const char *path, const char *content_type, const char *fields);
/* POSTs `body` and waits for the answer. HT_ERR_CURL, with a sentence that does not name the URL, where
 * nobody answers or the status is not 2xx. */
HT_MUST_USE enum ht_status ht_post_send(struct ht_post *post, struct ht_span body, struct ht_error *error);
void ht_post_close(struct ht_post *post);

#endif
