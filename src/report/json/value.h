/* SPDX-License-Identifier: MIT */
/* What the files of the JSON report share: the run's frame, and values of the model as JSON values. */
#ifndef HT_REPORT_JSON_VALUE_H
#define HT_REPORT_JSON_VALUE_H

#include "report/report.h"

#include <jansson.h>

struct ht_json {
    const struct ht_trace *trace;
    const struct ht_transfer *transfer;
    const struct ht_report_options *options;
    int64_t base_us; /* of the run: where the report's times begin */
    json_t *truncated;
};

/* Each gives a new reference. */
json_t *ht_json_text(struct ht_span wire);
json_t *ht_json_text_or_null(struct ht_span wire);                   /* null for the empty span */
json_t *ht_json_ready(const char *text);                             /* escaped already; NULL gives null */
json_t *ht_json_sentence(const struct ht_json *j, const char *text); /* the same, its URLs masked */
json_t *ht_json_word(const char *name); /* one of our own names; NULL gives null */
json_t *ht_json_url(const struct ht_json *j, struct ht_span url);
json_t *ht_json_curl_text(const struct ht_json *j, struct ht_span text); /* libcurl's words; null for none */
json_t *ht_json_hex(struct ht_span bytes);
json_t *ht_json_date(int64_t seconds);
/* Microseconds since the report's start; null for a time that never was (-1). */
json_t *ht_json_time(const struct ht_json *j, int64_t t_us);
/* From one to the other; null where either never was. */
json_t *ht_json_span_us(int64_t from_us, int64_t to_us);
/* A number; null where it is negative, the model's "not told". */
json_t *ht_json_count(int64_t value);
json_t *ht_json_uint(uint64_t value); /* a string past 2^53, which JSON readers round */
json_t *ht_json_headers(const struct ht_json *j, const struct ht_headers *headers);
json_t *ht_json_fields(const struct ht_json *j, const struct ht_field *field);
/* name: null | value, for a number that may have no name: "0x1234". */
json_t *ht_json_named(const char *name, uint64_t number, int digits);
json_t *ht_json_errno(int64_t error); /* "ECONNREFUSED"; null for 0 */

/* The transfer's first sentence. */
json_t *ht_json_headline(const struct ht_json *j);

/* Sets a member; takes the reference. */
void ht_json_set(json_t *object, const char *key, json_t *value);
void ht_json_append(json_t *array, json_t *value);
/* Appends the value on one line, of a real 15 digits. */
void ht_json_write(struct ht_sink *out, const json_t *value);
/* The same on many lines where `pretty`. */
void ht_json_dump(struct ht_sink *out, const json_t *value, bool pretty);
/* Notes that a cap cut something: `what` in words, of which connection or exchange (-1: neither), how many
 * were left out (-1: not counted). */
void ht_json_truncated(struct ht_json *j, const char *what, int32_t connection, int32_t exchange,
                       int64_t dropped);

/* ---- the parts of a report, one file each ---- */
json_t *ht_json_exchanges(struct ht_json *j);
json_t *ht_json_request(struct ht_json *j, const struct ht_request *request, int32_t connection,
                        int32_t exchange);
json_t *ht_json_response(struct ht_json *j, const struct ht_response *response, int32_t connection,
                         int32_t exchange);
json_t *ht_json_connections(struct ht_json *j);
json_t *ht_json_tls(struct ht_json *j, const struct ht_tls *tls, int32_t connection);
json_t *ht_json_h2(struct ht_json *j, const struct ht_connection *connection);
json_t *ht_json_event(const struct ht_json *j, const struct ht_event *event);
json_t *ht_json_malformed(const struct ht_event *event);
json_t *ht_json_timeline(struct ht_json *j);
json_t *ht_json_finding(const struct ht_json *j, const struct ht_finding *finding);
json_t *ht_json_findings(const struct ht_json *j);
json_t *ht_json_findings_of(const struct ht_json *j, const struct ht_exchange *exchange);
json_t *ht_json_checks(const struct ht_json *j);
json_t *ht_json_tool(const struct ht_run_info *info);
json_t *ht_json_outcome(const struct ht_json *j);
json_t *ht_json_verdict(const struct ht_json *j);
json_t *ht_json_wall_time(int64_t wall_us); /* RFC 3339, in UTC */

#endif
