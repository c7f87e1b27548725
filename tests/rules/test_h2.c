/* SPDX-License-Identifier: MIT */
/* Rules of HTTP/2: each on its facts, and not on what healthy peers do. */
#include "rules/case.h"

#define SECONDS(n) ((n)*INT64_C(1000000))
enum { TIMED_OUT = 28, H2_ERROR = 16, STREAM_ERROR = 92 };

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
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
