/* SPDX-License-Identifier: MIT */
/* What the files of the OpenTelemetry report share (OTLP 1.x, its JSON mapping of Protocol Buffers). */
#ifndef HT_REPORT_OTLP_OTLP_H
#define HT_REPORT_OTLP_OTLP_H

#include "report/json/value.h"

enum ht_otlp_kind { HT_OTLP_INTERNAL = 1, HT_OTLP_CLIENT = 3 };

/* Where a span belongs: ids in lower-case hex, as OTLP's JSON has them. */
struct ht_otlp_ids {
    char trace[33], span[17], parent[17]; /* parent: "" for a root */
};

/*
 * The ids of a transfer's span: those of the traceparent that its first request carried. Where it carried
 * none they are made from the transfer itself, so that a record gives the same ids each time.
 */
void ht_otlp_ids_of(struct ht_otlp_ids *ids, const struct ht_transfer *transfer);
/* The ids of its child number `number`, from 1. */
struct ht_otlp_ids ht_otlp_child(const struct ht_otlp_ids *parent, unsigned number);

/* A new span; times are of the run. */
json_t *ht_otlp_span(const struct ht_json *j, const struct ht_otlp_ids *ids, const char *name,
                     enum ht_otlp_kind kind, int64_t start_us, int64_t end_us);
/* Each appends to span.attributes; a negative number or an empty text is left out. */
void ht_otlp_text(json_t *attributes, const char *key, struct ht_span wire);
void ht_otlp_word(json_t *attributes, const char *key, const char *word);
void ht_otlp_number(json_t *attributes, const char *key, int64_t value);
/* STATUS_CODE_ERROR; `message` may be NULL, and is taken. */
void ht_otlp_fail(json_t *span, json_t *message);

/* All spans of a transfer. */
json_t *ht_otlp_spans(const struct ht_json *j);
/* The attributes of one request, by the semantic conventions for HTTP clients. */
void ht_otlp_request(const struct ht_json *j, json_t *attributes, const struct ht_exchange *exchange);
/* span.events: the findings of an exchange. */
json_t *ht_otlp_findings(const struct ht_json *j, const struct ht_exchange *exchange);
/* Nanoseconds since the Epoch, as a string. */
json_t *ht_otlp_time(const struct ht_json *j, int64_t t_us);

#endif
