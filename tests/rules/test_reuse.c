/* SPDX-License-Identifier: MIT */
/* Rules of reused connections: stale ones, forgotten ones, and requests that fail on them for other reasons.
 */
#include "rules/reach.h"

enum { TIMED_OUT = 28, RECV_ERROR = 56 };

static struct built b;

/* One answered request, then another one on the same connection after a minute. */
static void begin(void)
{
    reach_begin(&b, "http://www.example.com/");
    reach_connect(&b, "203.0.113.9", 1000, 2000);
    b.exchange->prereq_us = 2000;
    reach_answer(&b, 200, 3000);
    b.connection->last_in_us = 3000;
    struct ht_tcp_sample *s = reach_sample(&b, HT_SAMPLE_TRANSFER_END, 3100);
    s->bytes_acked = 101;
    s->bytes_received = 200;
    reach_next(&b, HT_CAUSE_INITIAL, true, 60000000);
    b.exchange->prereq_us = 60000000;
    reach_event(&b, "request", HT_DIR_OUT, 60000100);
    reach_sample(&b, HT_SAMPLE_REQUEST_SENT, 60000200)->unacked = 1;
}

static void stale(void **unused)
{
    static const enum ht_tcp_end how[] = {HT_TCP_FIN, HT_TCP_RST};
    (void)unused;
    for (size_t i = 0; i < 2; i++) {
        begin();
        reach_close(&b, how[i], 60001000, 200, 200);
        reach_judge(&b, RECV_ERROR, HT_PHASE_WAIT, 60001100);
        reach_expect(&b, "reuse.stale", HT_SEVERITY_ERROR, HT_LOCUS_FRONT, HT_CONFIDENCE_HIGH);
        reach_expect_fact(&b, "reuse.stale", "then was idle for 60.0 s");
        reach_expect_not(&b, "http.empty");
        reach_expect_not(&b, "http.killed");
        reach_end(&b);
    }
}

/* libcurl sends it again by itself: worth knowing, no more. */
static void stale_and_mended(void **unused)
{
    (void)unused;
    begin();
    struct ht_exchange *failed = b.exchange;
    reach_close(&b, HT_TCP_FIN, 60001000, 200, 200);
    reach_next(&b, HT_CAUSE_RETRY, false, 60001100);
    reach_connect(&b, "203.0.113.9", 60001100, 60002000);
    reach_answer(&b, 200, 60003000);
    reach_judge(&b, 0, HT_PHASE_RESPONSE, 60004000);
    const struct ht_finding *f = failed->findings;
    while (f && strcmp(f->code, "reuse.stale") != 0)
        f = f->next;
    assert_non_null(f);
    assert_int_equal(f->severity, HT_SEVERITY_NOTICE);
    assert_int_equal(b.transfer->verdict.status, HT_VERDICT_OK);
    reach_end(&b);
}

static void not_stale(void **unused)
{
    (void)unused;
    reach_begin(&b, "http://www.example.com/"); /* the connection's first request */
    reach_connect(&b, "203.0.113.9", 1000, 2000);
    b.exchange->prereq_us = 2000;
    reach_close(&b, HT_TCP_FIN, 3000, 100, 0);
    reach_judge(&b, 52, HT_PHASE_WAIT, 3100);
    reach_expect_not(&b, "reuse.stale");
    reach_end(&b);
    begin(); /* it had begun to answer */
    b.exchange->response.status = 200;
    b.exchange->response.first_us = 60000500;
    reach_close(&b, HT_TCP_RST, 60001000, 200, 300);
    reach_judge(&b, RECV_ERROR, HT_PHASE_RESPONSE, 60001100);
    reach_expect_not(&b, "reuse.stale");
    reach_end(&b);
}

static void waits(int64_t acked, int64_t unacked, int64_t retransmits)
{
    begin();
    struct ht_tcp_sample *s = reach_sample(&b, HT_SAMPLE_TRANSFER_END, 64000000);
    s->bytes_acked = acked;
    s->unacked = unacked;
    s->total_retrans = retransmits;
}

static void dropped(void **unused)
{
    (void)unused;
    waits(101, 1, 4);
    reach_judge(&b, TIMED_OUT, HT_PHASE_WAIT, 64000100);
    reach_expect(&b, "reuse.dropped", HT_SEVERITY_ERROR, HT_LOCUS_PATH, HT_CONFIDENCE_MEDIUM);
    reach_expect_not(&b, "http.no_response");
    reach_end(&b);
    waits(101, 1, 2);
    reach_early(&b, 62000000);
    reach_expect(&b, "reuse.dropped", HT_SEVERITY_ERROR, HT_LOCUS_PATH, HT_CONFIDENCE_MEDIUM);
    reach_end(&b);
}

static void not_dropped(void **unused)
{
    (void)unused;
    waits(201, 0, 0); /* it arrived: the peer is slow */
    reach_judge(&b, TIMED_OUT, HT_PHASE_WAIT, 64000100);
    reach_expect_not(&b, "reuse.dropped");
    reach_end(&b);
    waits(101, 1, 1); /* one loss */
    reach_judge(&b, TIMED_OUT, HT_PHASE_WAIT, 64000100);
    reach_expect_not(&b, "reuse.dropped");
    reach_end(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stale),   cmocka_unit_test(stale_and_mended), cmocka_unit_test(not_stale),
        cmocka_unit_test(dropped), cmocka_unit_test(not_dropped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
