/* SPDX-License-Identifier: MIT */
/* Rules of connections that were made: ends without a word, windows that never open, packets that vanish by
 * size; and what looks like it and is not. */
#include "rules/reach.h"

#include <errno.h>

enum { COULDNT_CONNECT = 7, TIMED_OUT = 28, SEND_ERROR = 55, RECV_ERROR = 56 };

#define URL "https://www.example.com/"

static struct built b;

static void fails_as(const char *code, enum ht_locus locus, enum ht_confidence confidence)
{
    reach_judge(&b, COULDNT_CONNECT, HT_PHASE_CONNECT, 9000000);
    reach_expect(&b, code, HT_SEVERITY_ERROR, locus, confidence);
    assert_null(b.exchange->findings->next);
    assert_int_equal(b.transfer->verdict.phase, HT_PHASE_CONNECT);
    reach_end(&b);
}

static void ends_without_a_word(void **unused)
{
    (void)unused;
    reach_begin(&b, URL); /* connect() itself tells */
    reach_attempt(&b, "203.0.113.9", 1000, 13000, ECONNRESET);
    fails_as("tcp.rst_after_accept", HT_LOCUS_FRONT, HT_CONFIDENCE_MEDIUM);
    reach_begin(&b, URL);
    reach_connect(&b, "203.0.113.9", 1000, 13000);
    reach_close(&b, HT_TCP_RST, 14000, 0, 0);
    reach_judge(&b, SEND_ERROR, HT_PHASE_CONNECT, 14100);
    reach_expect(&b, "tcp.rst_after_accept", HT_SEVERITY_ERROR, HT_LOCUS_FRONT, HT_CONFIDENCE_MEDIUM);
    reach_end(&b);
    reach_begin(&b, URL);
    reach_connect(&b, "203.0.113.9", 1000, 13000);
    reach_close(&b, HT_TCP_FIN, 14000, 0, 0);
    reach_judge(&b, SEND_ERROR, HT_PHASE_CONNECT, 14100);
    reach_expect(&b, "tcp.fin_after_accept", HT_SEVERITY_ERROR, HT_LOCUS_FRONT, HT_CONFIDENCE_MEDIUM);
    reach_end(&b);
    reach_begin(&b, URL); /* send() took bytes: what became of them is another family's */
    reach_connect(&b, "203.0.113.9", 1000, 13000);
    reach_close(&b, HT_TCP_RST, 14000, 517, 0);
    reach_judge(&b, RECV_ERROR, HT_PHASE_TLS, 14100);
    reach_expect_not(&b, "tcp.rst_after_accept");
    reach_end(&b);
}

/* A connection on which 2,000 bytes were sent and the wait for an answer ran out. */
static struct ht_tcp_sample *waits(void)
{
    reach_begin(&b, URL);
    reach_connect(&b, "203.0.113.9", 1000, 13000);
    b.connection->wire_bytes[HT_DIR_OUT] = 2000;
    struct ht_tcp_sample *s = reach_sample(&b, HT_SAMPLE_TRANSFER_END, 4000000);
    s->bytes_sent = 2000;
    return s;
}

static void times_out(void)
{
    reach_judge(&b, TIMED_OUT, HT_PHASE_TLS, 4000100);
}

static void zero_window(void **unused)
{
    (void)unused;
    struct ht_tcp_sample *s = waits();
    s->bytes_sent = s->snd_wnd = 0;
    s->notsent_bytes = 2000;
    times_out();
    reach_expect(&b, "tcp.zero_window", HT_SEVERITY_ERROR, HT_LOCUS_FRONT, HT_CONFIDENCE_MEDIUM);
    reach_end(&b);
    s = waits(); /* it let some in before it closed the window: a slow reader */
    s->snd_wnd = 0;
    s->notsent_bytes = 500;
    times_out();
    reach_expect_not(&b, "tcp.zero_window");
    reach_end(&b);
    s = waits(); /* an old kernel that does not count */
    s->bytes_sent = s->snd_wnd = -1;
    s->notsent_bytes = 500;
    times_out();
    reach_expect_not(&b, "tcp.zero_window");
    reach_end(&b);
}

static void hole_up(void **unused)
{
    (void)unused;
    struct ht_tcp_sample *s = waits();
    s->sacked = s->lost = 1;
    s->unacked = 2;
    s->total_retrans = 4;
    times_out();
    reach_expect(&b, "tcp.pmtu_hole_up", HT_SEVERITY_ERROR, HT_LOCUS_PATH, HT_CONFIDENCE_HIGH);
    reach_end(&b);
    s = waits(); /* nothing at all arrives: a drop */
    s->unacked = s->lost = 2;
    s->total_retrans = 4;
    times_out();
    reach_expect_not(&b, "tcp.pmtu_hole_up");
    reach_end(&b);
    s = waits(); /* one loss */
    s->sacked = s->lost = s->total_retrans = 1;
    times_out();
    reach_expect_not(&b, "tcp.pmtu_hole_up");
    reach_end(&b);
}

/* A small packet is missing and large ones behind it have arrived: what is dropped is told by its content. */
static void large_packets_that_arrive(void **unused)
{
    static const struct {
        int64_t sent, again, unacked, sacked;
        bool hole;
    } rows[] = {
        {200 + 10 * 1448, 0, 11, 10, false},
        {200 + 10 * 1448 + 8 * 200, 8 * 200, 11, 10, false}, /* what went out twice is counted twice */
        {1448 + 1200, 0, 2, 1, true},                        /* the tail of a ClientHello */
        {10 * 1448 + 2 * 700, 0, 12, 2, true},
        {8 * 1448 + 8 * 300, 0, 16, 8, true},
        {1448 + 1448, 0, 2, 1, false},
        {200 + 10 * 1448, 0, 0, 10, true}, /* nobody counts: as before */
    };
    (void)unused;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct ht_tcp_sample *s = waits();
        s->snd_mss = 1448;
        s->bytes_sent = rows[i].sent;
        s->bytes_retrans = rows[i].again;
        s->unacked = rows[i].unacked;
        s->sacked = rows[i].sacked;
        s->lost = 1;
        s->total_retrans = 8;
        times_out();
        assert_int_equal(reach_found(&b, "tcp.pmtu_hole_up") != NULL, rows[i].hole);
        reach_end(&b);
    }
}

/* An upload gets on, though slowly and with losses; another one stands still. */
static void hole_up_within_an_upload(void **unused)
{
    (void)unused;
    for (int moves = 0; moves < 2; moves++) {
        reach_begin(&b, URL);
        reach_connect(&b, "203.0.113.9", 1000, 13000);
        struct ht_tcp_sample *s = reach_sample(&b, HT_SAMPLE_TIMER, 1000000);
        s->bytes_acked = 601;
        s->total_retrans = 1;
        s->sacked = s->lost = 1;
        s = reach_sample(&b, HT_SAMPLE_TRANSFER_END, 4000000);
        s->bytes_acked += moves ? 1448 : 0;
        s->total_retrans = 5;
        times_out();
        if (moves)
            reach_expect_not(&b, "tcp.pmtu_hole_up");
        else
            reach_expect(&b, "tcp.pmtu_hole_up", HT_SEVERITY_ERROR, HT_LOCUS_PATH, HT_CONFIDENCE_HIGH);
        reach_end(&b);
    }
}

static void hole_down(void **unused)
{
    (void)unused;
    struct ht_tcp_sample *s = waits();
    s->bytes_acked = 2001;
    s->rcv_ooopack = 1;
    times_out();
    reach_expect(&b, "tcp.pmtu_hole_down", HT_SEVERITY_ERROR, HT_LOCUS_PATH, HT_CONFIDENCE_HIGH);
    reach_end(&b);
    s = waits(); /* reordered, then all came: what stalls now is something else */
    s->bytes_acked = 2001;
    s->rcv_ooopack = 3;
    s->bytes_received = 5000;
    times_out();
    reach_expect_not(&b, "tcp.pmtu_hole_down");
    reach_end(&b);
    s = waits(); /* mute */
    s->bytes_acked = 2001;
    times_out();
    reach_expect_not(&b, "tcp.pmtu_hole_down");
    reach_end(&b);
}

static void holes_are_told_early(void **unused)
{
    (void)unused;
    struct ht_tcp_sample *s = waits();
    s->sacked = s->lost = 1;
    s->total_retrans = 2;
    reach_early(&b, 600000);
    reach_expect_not(&b, "tcp.pmtu_hole_up");
    reach_early(&b, 1200000);
    reach_expect(&b, "tcp.pmtu_hole_up", HT_SEVERITY_ERROR, HT_LOCUS_PATH, HT_CONFIDENCE_HIGH);
    assert_true(ht_rules_explain_silence(b.transfer));
    reach_end(&b);
}

static void rtt_collapse(void **unused)
{
    (void)unused;
    for (int near = 0; near < 2; near++) {
        reach_begin(&b, URL);
        reach_connect(&b, "203.0.113.9", 1000, 41000); /* 40 ms */
        struct ht_tcp_sample *s = reach_sample(&b, HT_SAMPLE_TRANSFER_END, 50000);
        s->bytes_acked = 518;
        s->min_rtt_us = near ? 3000 : 35000;
        reach_close(&b, HT_TCP_RST, 51000, 517, 0);
        reach_judge(&b, RECV_ERROR, HT_PHASE_TLS, 51100);
        if (near)
            reach_expect(&b, "tcp.rtt_collapse", HT_SEVERITY_INFO, HT_LOCUS_UNKNOWN, HT_CONFIDENCE_LOW);
        else
            reach_expect_not(&b, "tcp.rtt_collapse");
        reach_end(&b);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ends_without_a_word),
        cmocka_unit_test(zero_window),
        cmocka_unit_test(hole_up),
        cmocka_unit_test(large_packets_that_arrive),
        cmocka_unit_test(hole_up_within_an_upload),
        cmocka_unit_test(hole_down),
        cmocka_unit_test(holes_are_told_early),
        cmocka_unit_test(rtt_collapse),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
