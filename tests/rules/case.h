/* SPDX-License-Identifier: MIT */
/* Small traces built by hand for the rules' tests: one transfer with its exchanges and one connection. Times
 * in microseconds; a fresh case is connected at 1000 and has sent its GET at 2000, all of it acknowledged. */
#ifndef HT_TESTS_RULES_CASE_H
#define HT_TESTS_RULES_CASE_H

#include "unit.h"

#include "rules/engine.h"

struct case_under_test {
    struct ht_arena *arena;
    struct ht_trace trace;
    struct ht_transfer *t;
    struct ht_exchange *x; /* the last one */
    struct ht_connection *c;
};

void case_begin(struct case_under_test *k, const char *url);
void case_end(struct case_under_test *k);

/* One more exchange on the same connection; the one before it ends, failed where it has no answer. */
void case_next(struct case_under_test *k, enum ht_cause cause, const char *url);

/* An event of the present exchange, or of the connection. */
struct ht_event *case_event(struct case_under_test *k, enum ht_layer layer, enum ht_dir dir, const char *kind,
                            int64_t t_us);
struct ht_event *case_connection_event(struct case_under_test *k, enum ht_layer layer, enum ht_dir dir,
                                       const char *kind, int64_t t_us);
void case_mark(struct ht_event *event, const char *why);

/* The answer, whole unless its body is given after it with complete = false. */
void case_answer(struct case_under_test *k, int status);
void case_field(struct case_under_test *k, const char *name, const char *value);
void case_body(struct case_under_test *k, struct ht_span head, int64_t bytes, bool complete);
/* Bytes that came in place of an answer. */
void case_part(struct case_under_test *k, struct ht_span head, int64_t bytes);
/* How much was sent and acknowledged on the connection, payload alone, and its state (linux/tcp.h). */
void case_sample(struct case_under_test *k, int64_t sent, int64_t acked, int64_t state);
void case_close(struct case_under_test *k, enum ht_tcp_end end, int64_t t_us);
struct ht_h2 *case_h2(struct case_under_test *k, int64_t stream);
struct ht_tls *case_tls(struct case_under_test *k, bool hostname_ok);

/* libcurl's result; then the rules judge. */
void case_judge(struct case_under_test *k, int64_t curl_code, int64_t end_us);

/* The finding of that code in the exchange, in the last one; NULL where it does not hold. */
const struct ht_finding *case_found(const struct ht_exchange *x, const char *code);
const struct ht_finding *case_finding(const struct case_under_test *k, const char *code);
/* Of the last exchange's findings just this one is above `notice`. */
const struct ht_finding *case_only(const struct case_under_test *k, const char *code);
/* None of the last exchange's findings is above `notice`. */
void case_calm(const struct case_under_test *k);
/* Some fact of the finding holds the words. */
bool case_tells(const struct ht_finding *f, const char *words);

#endif
