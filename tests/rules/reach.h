/* SPDX-License-Identifier: MIT */
/* Traces built by hand, for rules: one transfer with one exchange on one connection, and a second exchange
 * where a test wants one. Times are microseconds since the run's start. */
#ifndef HT_TESTS_RULES_REACH_H
#define HT_TESTS_RULES_REACH_H

#include "unit.h"

#include "model/model.h"
#include "rules/rules.h"

struct built {
    struct ht_arena *arena;
    struct ht_trace trace;
    struct ht_transfer *transfer;
    struct ht_exchange *exchange; /* the last one; findings are of the last one, too */
    struct ht_connection *connection;
};

/* An exchange of `url` over HTTP/1.1 that began at 0, its connection still to be made. */
void reach_begin(struct built *b, const char *url);
void reach_end(struct built *b);

/* Appends an event to the exchange's. */
struct ht_event *reach_event(struct built *b, const char *kind, enum ht_dir dir, int64_t t_us);
/* One attempt with its events; `error` -1: libcurl closed it while it was under way. `end_us` -1: pending. */
struct ht_attempt *reach_attempt(struct built *b, const char *address, int64_t start_us, int64_t end_us,
                                 int error);
/* An attempt that connects, and the sample that was taken then. */
struct ht_attempt *reach_connect(struct built *b, const char *address, int64_t start_us, int64_t end_us);
/* A copy of the newest sample (all zero where there is none), to be changed. */
struct ht_tcp_sample *reach_sample(struct built *b, enum ht_sample_point point, int64_t t_us);
/* The connection's end, with the bytes that were sent and received on it before. */
void reach_close(struct built *b, enum ht_tcp_end end, int64_t t_us, int64_t out, int64_t in);
/* One more exchange on the same connection, or on a new one. The first one becomes one without an answer
 * unless a status was set. */
void reach_next(struct built *b, enum ht_cause cause, bool reused, int64_t t_us);
void reach_answer(struct built *b, int status, int64_t t_us);
void reach_header(struct built *b, const char *name, const char *value);

/* Ends the transfer and judges it. */
void reach_judge(struct built *b, int64_t curl_code, enum ht_phase phase, int64_t t_us);
/* Asks the rules that may speak early, at that time. */
void reach_early(struct built *b, int64_t t_us);
/* Of the last exchange, or NULL. */
const struct ht_finding *reach_found(const struct built *b, const char *code);
/* The finding, which must be there with these; its first fact where one is wanted holds `fact`. */
void reach_expect(const struct built *b, const char *code, enum ht_severity severity, enum ht_locus locus,
                  enum ht_confidence confidence);
void reach_expect_not(const struct built *b, const char *code);
/* One of the finding's facts holds this text. */
void reach_expect_fact(const struct built *b, const char *code, const char *text);

#endif
