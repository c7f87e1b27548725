/* SPDX-License-Identifier: MIT */
/* The first sentence of a report: what a person has to know of a transfer. */
#ifndef HT_REPORT_HEADLINE_H
#define HT_REPORT_HEADLINE_H

#include "base/sink.h"

#include <httptrace/trace.h>

/* Appends one sentence: the verdict's own where it has one, else made from what the model knows of the
 * failure or of the answer. Text and JSON both show this one. */
void ht_headline(struct ht_sink *out, const struct ht_transfer *transfer, bool secrets);
/* "200 OK · HTTP/2 · TLS 1.3 · 192.0.2.1:443 · 1.2 KiB in 115.7 ms"; nothing where none was answered. */
void ht_headline_answer(struct ht_sink *out, const struct ht_transfer *transfer);
/* One sentence on a failed transfer, by the phase it died in. */
void ht_headline_failure(struct ht_sink *out, const struct ht_transfer *transfer, bool secrets);

/* --retry: `before` and how long it is until the next attempt; nothing where none follows. */
void ht_headline_retry(struct ht_sink *out, const struct ht_transfer *transfer, const char *before);

/* ---- shared by the reports ---- */
/* The exchange that a transfer ended with; NULL where it never began one. */
const struct ht_exchange *ht_last_exchange(const struct ht_transfer *transfer);
bool ht_was_stopped(const struct ht_transfer *transfer); /* by the user */
/* When the transfer ended; of one that was stopped the last moment that anything is known of. */
int64_t ht_last_moment(const struct ht_transfer *transfer);
/* Begins the next part of a line: writes " · " unless it is the first. */
struct ht_sink *ht_part(struct ht_sink *line);
void ht_status_line(struct ht_sink *out, const struct ht_response *response); /* "404 Not Found" */

#endif
