/* SPDX-License-Identifier: MIT */
/* Rules of the ClientHello that got no ServerHello: silence, resets and closes. */
#include "rules/tls_case.h"

#include <string.h>

#define ERROR   HT_SEVERITY_ERROR
#define WARNING HT_SEVERITY_WARNING
#define NOTICE  HT_SEVERITY_NOTICE
#define INFO    HT_SEVERITY_INFO
#define LOW     HT_CONFIDENCE_LOW
#define MEDIUM  HT_CONFIDENCE_MEDIUM
#define HIGH    HT_CONFIDENCE_HIGH

enum { TIMED_OUT = 28, SSL_FAILED = 35, RECV_FAILED = 56, LATE_US = 3000000 };

static void judge(struct built *b, int code)
{
    reach_judge(b, code, HT_PHASE_TLS, LATE_US);
}

static void silent(struct built *b)
{
    reach_close(b, HT_TCP_CLOSED, LATE_US, HELLO_RECORD, 0);
    tls_case_fail(b, "the handshake was not finished", LATE_US);
    judge(b, TIMED_OUT);
}

static void test_dropped(void **state)
{
    struct built b;
    (void)state;
    tls_case_begin(&b);
    tls_case_acked(&b, 0, 3, 2500000);
    silent(&b);
    reach_expect(&b, "tls.ch_dropped", ERROR, HT_LOCUS_PATH, HIGH);
    reach_expect_fact(&b, "tls.ch_dropped", "ClientHello of 517 bytes sent at 2.0 ms");
    reach_expect_fact(&b, "tls.ch_dropped", "0 of 517 bytes acknowledged, 3 retransmits");
    reach_expect(&b, "tls.no_server_hello", ERROR, HT_LOCUS_UNKNOWN, MEDIUM);
    assert_int_equal(b.transfer->verdict.locus, HT_LOCUS_PATH);
    reach_end(&b);
}

static void test_dropped_is_told_early(void **state)
{
    struct built b;
    (void)state;
    tls_case_begin(&b);
    tls_case_acked(&b, 0, 1, 300000);
    reach_early(&b, 300000);
    reach_expect_not(&b, "tls.ch_dropped");
    tls_case_acked(&b, 0, 2, 800000);
    reach_early(&b, 800000);
    reach_expect(&b, "tls.ch_dropped", ERROR, HT_LOCUS_PATH, MEDIUM);
    assert_false(ht_rules_explain_silence(b.transfer));
    tls_case_acked(&b, 0, 3, 900000); /* three times, and not yet for a second */
    reach_early(&b, 900000);
    reach_expect(&b, "tls.ch_dropped", ERROR, HT_LOCUS_PATH, MEDIUM);
    tls_case_acked(&b, 0, 3, 1500000);
    reach_early(&b, 1500000);
    reach_expect(&b, "tls.ch_dropped", ERROR, HT_LOCUS_PATH, HIGH);
    assert_true(ht_rules_explain_silence(b.transfer));
    reach_end(&b);
}

static void test_mute_is_told_early(void **state)
{
    struct built b;
    (void)state;
    tls_case_begin(&b);
    tls_case_acked(&b, HELLO_RECORD, 0, 4000000);
    reach_early(&b, 4000000);
    reach_expect_not(&b, "tls.acked_silence");
    reach_early(&b, 5500000);
    reach_expect(&b, "tls.acked_silence", ERROR, HT_LOCUS_FRONT, MEDIUM);
    assert_false(ht_rules_explain_silence(b.transfer));
    reach_end(&b);
}

/* Each of these is a drop but for one fact. */
static void test_not_dropped(void **state)
{
    static const struct {
        int64_t acked, retransmits, sacked, sent;
    } near[] = {
        {0, 1, 0, 1},               /* one retransmit is loss as well */
        {0, 3, 1, 1},               /* something of it arrived: a hole for big packets */
        {0, 3, 0, 0},               /* it never left this host */
        {HELLO_RECORD, 0, 0, 1},    /* it arrived */
        {HELLO_RECORD / 2, 3, 0, 1} /* half of it arrived */
    };
    (void)state;
    for (size_t i = 0; i < sizeof near / sizeof *near; i++) {
        struct built b;
        tls_case_begin(&b);
        struct ht_tcp_sample *s = tls_case_acked(&b, near[i].acked, near[i].retransmits, 2500000);
        s->sacked = near[i].sacked;
        s->bytes_sent *= near[i].sent;
        silent(&b);
        reach_expect_not(&b, "tls.ch_dropped");
        assert_true(b.transfer->verdict.locus != HT_LOCUS_PATH);
        reach_end(&b);
    }
}

/* A server whose accept queue is full repeats its SYN-ACK. */
static void test_full_accept_queue_is_not_the_path(void **state)
{
    struct built b;
    (void)state;
    tls_case_begin(&b);
    tls_case_acked(&b, 0, 3, 2500000)->segs_in = 3;
    silent(&b);
    reach_expect(&b, "tls.ch_dropped", ERROR, HT_LOCUS_UNKNOWN, MEDIUM);
    reach_expect_fact(&b, "tls.ch_dropped", "3 segments came meanwhile");
    reach_end(&b);
}

static void test_partly_acked(void **state)
{
    struct built b;
    (void)state;
    tls_case_begin(&b);
    tls_case_acked(&b, 300, 2, 2500000);
    silent(&b);
    reach_expect(&b, "tls.ch_partly_acked", ERROR, HT_LOCUS_UNKNOWN, MEDIUM);
    reach_expect_not(&b, "tls.acked_silence");
    reach_end(&b);
}

static void test_acked_silence(void **state)
{
    struct built b;
    (void)state;
    tls_case_begin(&b);
    tls_case_acked(&b, HELLO_RECORD, 0, 2500000);
    reach_early(&b, 2600000); /* the server may yet answer */
    reach_expect_not(&b, "tls.acked_silence");
    silent(&b);
    reach_expect(&b, "tls.acked_silence", ERROR, HT_LOCUS_FRONT, MEDIUM);
    reach_expect_not(&b, "tls.timeout");
    reach_end(&b);
}

static void test_timeout_with_few_facts(void **state)
{
    struct built b;
    (void)state;
    tls_case_begin(&b);
    tls_case_acked(&b, 0, 1, 2500000);
    silent(&b);
    reach_expect(&b, "tls.timeout", ERROR, HT_LOCUS_UNKNOWN, LOW);
    reach_expect_not(&b, "failed.unexplained");
    reach_end(&b);
}

static void ended(struct built *b, enum ht_tcp_end how, int64_t acked)
{
    tls_case_begin(b);
    tls_case_acked(b, acked, 0, 4000);
    tls_case_fail(b, "Connection reset by peer", 4000);
    reach_close(b, how, 4100, HELLO_RECORD, 0);
    judge(b, SSL_FAILED);
}

static void test_resets_and_closes(void **state)
{
    struct built b;
    (void)state;
    ended(&b, HT_TCP_RST, 0);
    reach_expect(&b, "tls.ch_rst_unacked", ERROR, HT_LOCUS_UNKNOWN, MEDIUM);
    reach_expect_not(&b, "tls.ch_rst_acked");
    reach_end(&b);
    ended(&b, HT_TCP_RST, HELLO_RECORD);
    reach_expect(&b, "tls.ch_rst_acked", ERROR, HT_LOCUS_FRONT, MEDIUM);
    reach_expect_not(&b, "tls.ch_rst_unacked");
    reach_end(&b);
    ended(&b, HT_TCP_FIN, HELLO_RECORD);
    reach_expect(&b, "tls.ch_fin", ERROR, HT_LOCUS_FRONT, MEDIUM);
    reach_expect(&b, "tls.no_server_hello", ERROR, HT_LOCUS_UNKNOWN, MEDIUM);
    reach_end(&b);
}

/* Nothing of ours went out: that end is told by the rules of TCP. */
static void test_end_before_the_client_hello(void **state)
{
    struct built b;
    (void)state;
    tls_case_begin(&b);
    reach_sample(&b, HT_SAMPLE_CLOSE, 2000);
    tls_case_fail(&b, "Connection reset by peer", 2000);
    reach_close(&b, HT_TCP_RST, 2100, 0, 0);
    judge(&b, SSL_FAILED);
    reach_expect_not(&b, "tls.ch_rst_unacked");
    reach_expect_not(&b, "tls.ch_rst_acked");
    reach_end(&b);
}

/* Through a tunnel TCP tells of the proxy: nobody is blamed. */
static void test_silence_through_a_proxy(void **state)
{
    struct built b;
    struct ht_proxy proxy = {.tunnel = true, .ok = true, .begin_us = 1000, .end_us = 1500};
    (void)state;
    tls_case_begin(&b);
    b.connection->proxy = &proxy;
    tls_case_acked(&b, 100 + HELLO_RECORD, 0, 2500000)->bytes_sent = 100 + HELLO_RECORD;
    silent(&b);
    reach_expect(&b, "tls.acked_silence", ERROR, HT_LOCUS_UNKNOWN, LOW);
    reach_end(&b);
}

/* libcurl's own retry mended it. */
static void test_recovered(void **state)
{
    struct built b;
    (void)state;
    tls_case_begin(&b);
    tls_case_acked(&b, HELLO_RECORD, 0, 4000);
    reach_close(&b, HT_TCP_RST, 4100, HELLO_RECORD, 0);
    struct ht_exchange *first = b.exchange;
    reach_next(&b, HT_CAUSE_RETRY, false, 5000);
    reach_answer(&b, 200, 9000);
    judge(&b, 0);
    for (const struct ht_finding *f = first->findings; f; f = f->next)
        assert_true(f->severity <= NOTICE);
    reach_end(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_dropped),
        cmocka_unit_test(test_dropped_is_told_early),
        cmocka_unit_test(test_mute_is_told_early),
        cmocka_unit_test(test_not_dropped),
        cmocka_unit_test(test_full_accept_queue_is_not_the_path),
        cmocka_unit_test(test_partly_acked),
        cmocka_unit_test(test_acked_silence),
        cmocka_unit_test(test_timeout_with_few_facts),
        cmocka_unit_test(test_resets_and_closes),
        cmocka_unit_test(test_end_before_the_client_hello),
        cmocka_unit_test(test_silence_through_a_proxy),
        cmocka_unit_test(test_recovered),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
