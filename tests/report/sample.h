/* SPDX-License-Identifier: MIT */
/* Complete models made by hand: what every test of a report looks at. */
#ifndef HT_TESTS_REPORT_SAMPLE_H
#define HT_TESTS_REPORT_SAMPLE_H

#include "model/model.h"
#include "report/report.h"

/* One run with one transfer. All of it is in `arena`. */
struct sample {
    struct ht_arena *arena;
    struct ht_trace trace;
    struct ht_transfer *transfer;
};

struct sample_row {
    const char *name;
    void (*build)(struct sample *sample);
};

extern const struct sample_row sample_rows[];
extern const size_t sample_count;

/* Ends the process for a name that no row has. */
struct sample *sample_new(const char *name);
void sample_free(struct sample *sample);

/* ---- what builders are made of ---- */
struct ht_span sample_text(struct sample *s, const char *text);
struct ht_exchange *sample_exchange(struct sample *s, enum ht_cause cause, const char *url);
struct ht_connection *sample_connection(struct sample *s, const char *address, int port);
struct ht_attempt *sample_attempt(struct sample *s, struct ht_connection *c, const char *address, int port,
                                  enum ht_attempt_outcome outcome);
void sample_phase(struct ht_exchange *x, enum ht_phase phase, int64_t start_us, int64_t duration_us,
                  enum ht_outcome outcome);
void sample_header(struct sample *s, struct ht_headers *headers, const char *name, const char *value);
struct ht_tls *sample_tls(struct sample *s, struct ht_connection *c, int64_t begin_us, const char *host);
void sample_h2(struct sample *s, struct ht_connection *c);
struct ht_event *sample_event(struct sample *s, struct ht_connection *c, struct ht_exchange *x, int64_t t_us,
                              enum ht_dir dir, enum ht_layer layer, const char *kind, const char *summary);
void sample_finding(struct sample *s, struct ht_exchange *x, enum ht_severity severity);
/* Ends the transfer well or with libcurl's code. */
void sample_end(struct sample *s, int64_t end_us, int64_t curl_code, const char *error);
/* Headers as an event's fields, and the event of kind "request" or "response" with them. */
void sample_head_event(struct sample *s, struct ht_exchange *x, int64_t t_us, enum ht_dir dir,
                       const char *summary, const struct ht_headers *headers);

/* sample_hostile.c: every text of the wire hostile, a secret in every place that may hold one. */
void sample_build_hostile(struct sample *s);
extern const char *const sample_secrets[]; /* NULL-terminated: values that no masked report may hold */

#endif
