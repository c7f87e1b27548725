/* SPDX-License-Identifier: MIT */
/* Rules of HTTP/2 peers that fall silent, hold windows shut or flood: each on its facts, and not on what
 * healthy peers do. */
#include "rules/case.h"

#include <netinet/tcp.h>

#define SECONDS(n) ((n)*INT64_C(1000000))
enum { TIMED_OUT = 28, RECV = 56 };
enum { DATA = 0, HEADERS = 1, RST_STREAM = 3, SETTINGS = 4, PING = 6, WINDOW_UPDATE = 8, CONTINUATION = 9 };

static struct case_under_test k;
static struct ht_h2 *h2;

static int begin(void **state)
{
    (void)state;
    case_begin(&k, "https://example.com/");
    h2 = case_h2(&k, 3);
    case_tls(&k, true)->alpn = ht_span_str("h2");
    return 0;
}

static int end(void **state)
{
    (void)state;
    case_end(&k);
    return 0;
}

static void anew(void)
{
    end(NULL);
    begin(NULL);
}

static void silent_from_the_start(void)
{
    h2->frames[HT_DIR_IN][4] = 0;
    h2->settings_seen[HT_DIR_IN] = false;
}

static void no_settings(void **state)
{
    (void)state;
    silent_from_the_start();
    case_judge(&k, TIMED_OUT, SECONDS(5));
    case_only(&k, "h2.no_settings");
    anew(); /* SETTINGS came, no answer did */
    case_judge(&k, TIMED_OUT, SECONDS(5));
    assert_null(case_finding(&k, "h2.no_settings"));
    case_only(&k, "http.no_response");
}

static void stall(enum ht_dir dir, int64_t stream, int64_t end_us)
{
    struct ht_h2_stall *s = ht_arena_alloc(k.arena, sizeof *s);
    *s = (struct ht_h2_stall){.stream = (uint32_t)stream, .dir = dir, .start_us = 3000, .end_us = end_us};
    h2->stalls = s;
    k.x->request.complete = false;
    k.x->request.body_bytes = 65535;
    case_judge(&k, TIMED_OUT, SECONDS(5));
}

static void flow_control(void **state)
{
    (void)state;
    stall(HT_DIR_OUT, 3, -1);
    assert_int_equal(case_only(&k, "h2.flow_control_stall")->phase, HT_PHASE_REQUEST);
    anew();
    stall(HT_DIR_OUT, 0, -1);
    case_only(&k, "h2.flow_control_stall");
    anew(); /* it opened again */
    stall(HT_DIR_OUT, 3, 4000);
    assert_null(case_finding(&k, "h2.flow_control_stall"));
    anew(); /* ours, that bounds what the server may send */
    stall(HT_DIR_IN, 3, -1);
    assert_null(case_finding(&k, "h2.flow_control_stall"));
    anew(); /* another stream's */
    stall(HT_DIR_OUT, 1, -1);
    assert_null(case_finding(&k, "h2.flow_control_stall"));
}

static void an_answer_whole_before_its_request(void **state)
{
    (void)state;
    case_answer(&k, 200);
    stall(HT_DIR_OUT, 3, -1);
    assert_true(case_tells(case_only(&k, "h2.flow_control_stall"), "status 200"));
    anew(); /* libcurl was content with it */
    case_answer(&k, 413);
    stall(HT_DIR_OUT, 3, -1);
    case_judge(&k, 0, SECONDS(5));
    assert_null(case_finding(&k, "h2.flow_control_stall"));
    anew(); /* all was sent */
    case_answer(&k, 200);
    case_judge(&k, TIMED_OUT, SECONDS(5));
    assert_null(case_finding(&k, "h2.flow_control_stall"));
}

/* 20,000 bytes of ours went out, 5 times in part; that many of them were acknowledged. */
static void went_out_again(int64_t acked)
{
    case_sample(&k, 20000, acked, TCP_ESTABLISHED);
    k.c->samples[k.c->sample_count - 1].tcp.total_retrans = 5;
}

static void what_never_arrives_stops_nobody(void **state)
{
    (void)state;
    went_out_again(12000);
    stall(HT_DIR_OUT, 3, -1);
    assert_null(case_finding(&k, "h2.flow_control_stall"));
    const struct ht_finding *f = case_only(&k, "http.no_response");
    assert_int_equal(f->locus, HT_LOCUS_UNKNOWN);
    assert_int_equal(f->confidence, HT_CONFIDENCE_LOW);
    anew(); /* it was lost, and has arrived */
    went_out_again(20000);
    stall(HT_DIR_OUT, 3, -1);
    case_only(&k, "h2.flow_control_stall");
    anew();
    went_out_again(12000);
    silent_from_the_start();
    case_judge(&k, TIMED_OUT, SECONDS(5));
    assert_null(case_finding(&k, "h2.no_settings"));
    f = case_only(&k, "http.no_response");
    assert_int_equal(f->locus, HT_LOCUS_UNKNOWN);
    assert_true(case_tells(f, "12000 of the 20000 bytes"));
}

static void a_window_that_was_never_open(void **state)
{
    struct ht_h2_setting zero = {4, 0};
    (void)state;
    h2->settings[HT_DIR_IN] = &zero;
    h2->settings_count[HT_DIR_IN] = 1;
    k.x->request.complete = false;
    case_judge(&k, TIMED_OUT, SECONDS(5));
    case_only(&k, "h2.flow_control_stall");
}

static void floods(void **state)
{
    (void)state;
    h2->frames[HT_DIR_IN][PING] = 100000;
    case_judge(&k, TIMED_OUT, SECONDS(5));
    case_only(&k, "h2.flood");
    anew();
    h2->frames[HT_DIR_IN][CONTINUATION] = 5000;
    case_judge(&k, RECV, SECONDS(1));
    case_only(&k, "h2.flood");
    anew();
    case_answer(&k, 200);
    h2->frames[HT_DIR_IN][DATA] = 100000;
    k.x->response.complete = false;
    case_judge(&k, TIMED_OUT, SECONDS(5));
    case_only(&k, "h2.flood");
}

/* As counted for bodies of 10 MiB up and down. */
static void healthy_proportions_are_no_flood(void **state)
{
    static const struct {
        const char *server;
        uint64_t data_out, data_in, updates, pings;
        int64_t up, down;
    } rows[] = {
        {"Go, up", 640, 1, 2559, 0, 10485760, 9},
        {"Go, down", 0, 640, 1, 0, 0, 10485760},
        {"HAProxy, up", 655, 1, 2556, 0, 10485760, 9},
        {"nginx, down", 0, 1280, 1, 0, 0, 10485760},
        {"reads of 512 bytes, up", 640, 1, 40960, 0, 10485760, 9},
        {"a PING for each DATA, down", 0, 10240, 1, 10240, 0, 10485760},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        print_message("%s\n", rows[i].server);
        anew();
        h2->frames[HT_DIR_OUT][DATA] = rows[i].data_out;
        h2->frames[HT_DIR_IN][DATA] = rows[i].data_in;
        h2->frames[HT_DIR_IN][WINDOW_UPDATE] = rows[i].updates;
        h2->frames[HT_DIR_IN][PING] = rows[i].pings;
        h2->data_bytes[HT_DIR_OUT] = rows[i].up;
        h2->data_bytes[HT_DIR_IN] = rows[i].down;
        case_answer(&k, 200);
        case_judge(&k, 0, 100000);
        assert_null(k.x->findings);
    }
}

/* The frames are the connection's: a small answer behind a large one has not got them all. */
static void frames_of_earlier_answers_are_no_flood(void **state)
{
    (void)state;
    case_answer(&k, 200);
    case_next(&k, HT_CAUSE_INITIAL, "https://example.com/small");
    h2->frames[HT_DIR_IN][DATA] = 1281;
    h2->data_bytes[HT_DIR_IN] = 10485766;
    case_answer(&k, 200);
    case_body(&k, ht_span_str("abc"), 6, true);
    case_judge(&k, 0, 100000);
    assert_null(case_finding(&k, "h2.flood"));
}

/* What this side answers to a flood makes it no more useful. */
static void answered_floods_are_floods(void **state)
{
    static const unsigned types[] = {PING, SETTINGS};
    (void)state;
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        anew();
        h2->frames[HT_DIR_IN][types[i]] = h2->frames[HT_DIR_OUT][types[i]] = 50000;
        case_judge(&k, TIMED_OUT, SECONDS(5));
        case_only(&k, "h2.flood");
    }
}

static void window_updates_for_nothing_are_a_flood(void **state)
{
    (void)state;
    h2->frames[HT_DIR_OUT][DATA] = 1;
    h2->data_bytes[HT_DIR_OUT] = 3;
    h2->frames[HT_DIR_IN][WINDOW_UPDATE] = 5000;
    case_judge(&k, TIMED_OUT, SECONDS(5));
    case_only(&k, "h2.flood");
}

static void busy_is_no_flood(void **state)
{
    (void)state;
    h2->frames[HT_DIR_IN][PING] = 3600; /* one each second of an hour */
    h2->frames[HT_DIR_IN][DATA] = 200000;
    h2->data_bytes[HT_DIR_IN] = INT64_C(3000000000);
    h2->frames[HT_DIR_IN][CONTINUATION] = 40;
    h2->frames[HT_DIR_IN][RST_STREAM] = 5000;
    h2->frames[HT_DIR_OUT][HEADERS] = 5000;
    case_answer(&k, 200);
    case_body(&k, ht_span_str("abc"), INT64_C(3000000000), true);
    case_judge(&k, 0, SECONDS(3600));
    assert_null(k.x->findings);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(no_settings),
        TEST(flow_control),
        TEST(an_answer_whole_before_its_request),
        TEST(what_never_arrives_stops_nobody),
        TEST(a_window_that_was_never_open),
        TEST(floods),
        TEST(healthy_proportions_are_no_flood),
        TEST(frames_of_earlier_answers_are_no_flood),
        TEST(answered_floods_are_floods),
        TEST(window_updates_for_nothing_are_a_flood),
        TEST(busy_is_no_flood),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
