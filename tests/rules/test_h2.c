/* SPDX-License-Identifier: MIT */
/* Rules of HTTP/2: each on its facts, and not on what healthy peers do. */
#include "rules/case.h"

#include <netinet/tcp.h>

#define SECONDS(n) ((n)*INT64_C(1000000))
enum { TIMED_OUT = 28, H2_ERROR = 16, STREAM_ERROR = 92, RECV = 56 };
enum { DATA = 0, HEADERS = 1, RST_STREAM = 3, PING = 6, WINDOW_UPDATE = 8, CONTINUATION = 9 };

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

static void goaway(uint32_t last_stream, uint32_t code)
{
    h2->goaway[HT_DIR_IN] = (struct ht_h2_goaway){true, 3000, last_stream, code, {0}};
    case_connection_event(&k, HT_LAYER_HTTP2, HT_DIR_IN, "GOAWAY", 3000);
}

static void goaway_below_our_stream(void **state)
{
    (void)state;
    goaway(1, 0);
    case_close(&k, HT_TCP_FIN, 4000);
    case_judge(&k, H2_ERROR, 4000);
    const struct ht_finding *f = case_only(&k, "h2.goaway_early");
    assert_true(case_tells(f, "NO_ERROR"));
    assert_int_equal(f->locus, HT_LOCUS_FRONT);
    assert_null(case_finding(&k, "http.empty"));
}

static void goaway_that_let_us_finish(void **state)
{
    (void)state;
    goaway(3, 0);
    case_answer(&k, 200);
    case_judge(&k, 0, 9000);
    assert_null(k.x->findings);
    anew();
    goaway(0, 0); /* a server that says so and answers all the same */
    case_answer(&k, 200);
    case_judge(&k, 0, 9000);
    assert_null(k.x->findings);
}

static void goaway_for_an_error_ends_all(void **state)
{
    (void)state;
    goaway(3, 11);
    case_close(&k, HT_TCP_FIN, 4000);
    case_judge(&k, H2_ERROR, 4000);
    assert_non_null(strstr(case_only(&k, "h2.goaway_early")->title, "ENHANCE_YOUR_CALM"));
}

static void reset(int64_t code, enum ht_dir dir)
{
    k.x->reset_code = code;
    k.x->reset_dir = dir;
    case_event(&k, HT_LAYER_HTTP2, dir, "RST_STREAM", 3000);
}

static void resets_by_code(void **state)
{
    static const struct {
        int64_t code;
        const char *finding;
    } rows[] = {{7, "h2.refused_stream"}, {13, "h2.http11_required"}, {2, "h2.stream_error"},
                {8, "h2.stream_error"},   {11, "h2.stream_error"},    {0x77, "h2.stream_error"}};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        anew();
        reset(rows[i].code, HT_DIR_IN);
        case_judge(&k, STREAM_ERROR, 4000);
        case_only(&k, rows[i].finding);
    }
}

static void a_reset_in_the_body_is_not_a_cut(void **state)
{
    (void)state;
    case_answer(&k, 200);
    case_body(&k, ht_span_str("abc"), 3, false);
    reset(2, HT_DIR_IN);
    case_judge(&k, STREAM_ERROR, 9000);
    assert_int_equal(case_only(&k, "h2.stream_error")->phase, HT_PHASE_RESPONSE);
}

static void a_reset_behind_the_answer_is_nothing(void **state)
{
    (void)state;
    case_answer(&k, 413);
    reset(0, HT_DIR_IN);
    case_judge(&k, 0, 9000);
    case_calm(&k);
    assert_null(case_finding(&k, "h2.stream_error"));
}

static void upload_stopped(int64_t code)
{
    anew();
    k.x->request.complete = false;
    k.x->request.body_bytes = 131072;
    case_answer(&k, 200);
    reset(code, HT_DIR_IN);
    case_judge(&k, STREAM_ERROR, 9000);
}

static void an_orderly_stop_of_the_upload_is_no_error_of_the_server(void **state)
{
    (void)state;
    upload_stopped(0);
    const struct ht_finding *f = case_only(&k, "h2.answered_early");
    assert_int_equal(f->locus, HT_LOCUS_LOCAL);
    assert_true(case_tells(f, "131072 bytes"));
    upload_stopped(8);
    assert_non_null(strstr(case_only(&k, "h2.stream_error")->title, "CANCEL"));
}

static void our_own_cancel_is_not_theirs(void **state)
{
    (void)state;
    reset(8, HT_DIR_OUT);
    case_judge(&k, TIMED_OUT, SECONDS(5));
    assert_null(case_finding(&k, "h2.stream_error"));
    assert_null(case_finding(&k, "h2.protocol_error"));
    case_only(&k, "http.no_response");
    anew();
    reset(5, HT_DIR_OUT); /* newer libcurl's word for the same */
    case_judge(&k, TIMED_OUT, SECONDS(5));
    assert_null(case_finding(&k, "h2.protocol_error"));
    case_only(&k, "http.no_response");
    anew();
    reset(1, HT_DIR_OUT);
    case_judge(&k, STREAM_ERROR, 4000);
    case_only(&k, "h2.protocol_error");
}

static void violations_name_their_rule(void **state)
{
    (void)state;
    struct ht_event *e = case_connection_event(&k, HT_LAYER_HTTP2, HT_DIR_IN, "PING", 3000);
    case_mark(e, "PING's length is not 8 (RFC 9113 section 6.7): FRAME_SIZE_ERROR");
    case_close(&k, HT_TCP_CLOSED, 4000);
    case_judge(&k, 52, 4000);
    const struct ht_finding *f = case_only(&k, "h2.protocol_error");
    assert_non_null(strstr(f->title, "PING's length"));
    assert_int_equal(f->severity, HT_SEVERITY_ERROR);
}

static void violations_of_another_time_are_not_ours(void **state)
{
    (void)state;
    case_mark(case_connection_event(&k, HT_LAYER_HTTP2, HT_DIR_IN, "PING", 10), "PING's length is not 8");
    case_mark(case_connection_event(&k, HT_LAYER_HTTP2, HT_DIR_OUT, "PING", 3000), "PING's length is not 8");
    case_answer(&k, 200);
    case_judge(&k, 0, 9000);
    assert_null(k.x->findings);
}

static void what_libcurl_took_is_a_warning(void **state)
{
    (void)state;
    case_mark(case_event(&k, HT_LAYER_HTTP2, HT_DIR_IN, "HEADERS", 3000),
              "white space at an end of a field value (RFC 9113 section 8.2.1): PROTOCOL_ERROR");
    case_answer(&k, 200);
    case_judge(&k, 0, 9000);
    assert_int_equal(case_only(&k, "h2.protocol_error")->severity, HT_SEVERITY_WARNING);
}

static enum ht_phase phase_of_violation(const char *kind)
{
    case_mark(case_event(&k, HT_LAYER_HTTP2, HT_DIR_IN, kind, 3000), "by no rule: PROTOCOL_ERROR");
    case_judge(&k, 52, 4000);
    return case_only(&k, "h2.protocol_error")->phase;
}

static void an_answer_begins_with_headers(void **state)
{
    (void)state;
    assert_int_equal(phase_of_violation("HEADERS"), HT_PHASE_RESPONSE);
    anew();
    assert_int_equal(phase_of_violation("CONTINUATION"), HT_PHASE_WAIT);
    anew();
    assert_int_equal(phase_of_violation("DATA"), HT_PHASE_WAIT);
    anew();
    case_event(&k, HT_LAYER_HTTP2, HT_DIR_IN, "HEADERS", 2900);
    assert_int_equal(phase_of_violation("CONTINUATION"), HT_PHASE_RESPONSE);
}

static void nghttp2_may_see_what_we_do_not(void **state)
{
    (void)state;
    h2->goaway[HT_DIR_OUT] = (struct ht_h2_goaway){true, 3000, 0, 1, ht_span_str("DATA: stream in idle")};
    case_judge(&k, 52, 4000);
    const struct ht_finding *f = case_only(&k, "h2.protocol_error");
    assert_true(case_tells(f, "stream in idle"));
    anew(); /* an orderly goodbye */
    h2->goaway[HT_DIR_OUT] = (struct ht_h2_goaway){true, 9000, 0, 0, {0}};
    case_answer(&k, 200);
    case_judge(&k, 0, 9000);
    assert_null(k.x->findings);
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
        TEST(goaway_below_our_stream),
        TEST(goaway_that_let_us_finish),
        TEST(goaway_for_an_error_ends_all),
        TEST(resets_by_code),
        TEST(a_reset_in_the_body_is_not_a_cut),
        TEST(a_reset_behind_the_answer_is_nothing),
        TEST(an_orderly_stop_of_the_upload_is_no_error_of_the_server),
        TEST(our_own_cancel_is_not_theirs),
        TEST(violations_name_their_rule),
        TEST(violations_of_another_time_are_not_ours),
        TEST(what_libcurl_took_is_a_warning),
        TEST(an_answer_begins_with_headers),
        TEST(nghttp2_may_see_what_we_do_not),
        TEST(no_settings),
        TEST(flow_control),
        TEST(an_answer_whole_before_its_request),
        TEST(what_never_arrives_stops_nobody),
        TEST(a_window_that_was_never_open),
        TEST(floods),
        TEST(healthy_proportions_are_no_flood),
        TEST(frames_of_earlier_answers_are_no_flood),
        TEST(window_updates_for_nothing_are_a_flood),
        TEST(busy_is_no_flood),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
