/* SPDX-License-Identifier: MIT */
/* Rules of HTTP answers that failed, were cut or never came: each on its facts, and not on those beside them.
 */
#include "rules/case.h"

#include <netinet/tcp.h>

#define SECONDS(n) ((n)*INT64_C(1000000))
enum { TIMED_OUT = 28, EMPTY = 52, RECV = 56, PARTIAL = 18, STATUS_REFUSED = 22, RANGE = 33 };

static struct case_under_test k;

static int begin(void **state)
{
    (void)state;
    case_begin(&k, "http://example.com/");
    return 0;
}

static int end(void **state)
{
    (void)state;
    case_end(&k);
    return 0;
}

/* ---- statuses ---- */

static void a_good_answer_says_nothing(void **state)
{
    (void)state;
    case_answer(&k, 200);
    case_body(&k, ht_span_str("hello\n"), 6, true);
    case_judge(&k, 0, 9000);
    assert_null(k.x->findings);
    assert_int_equal(k.t->verdict.status, HT_VERDICT_OK);
}

static void an_error_status_is_a_notice(void **state)
{
    (void)state;
    case_answer(&k, 404);
    k.t->start_us = 1000; /* moments count from there */
    k.x->response.first_us = 6000;
    case_judge(&k, 0, 9000);
    const struct ht_finding *f = case_finding(&k, "http.status");
    assert_non_null(f);
    assert_int_equal(f->severity, HT_SEVERITY_NOTICE);
    assert_true(case_tells(f, "status 404 at 5.0 ms"));
    assert_int_equal(k.t->verdict.status, HT_VERDICT_OK);
}

static void with_fail_the_status_is_the_error(void **state)
{
    (void)state;
    case_answer(&k, 500);
    case_judge(&k, STATUS_REFUSED, 9000);
    assert_int_equal(case_only(&k, "http.status")->severity, HT_SEVERITY_ERROR);
}

static void the_whole_in_place_of_a_part_is_named(void **state)
{
    (void)state;
    case_answer(&k, 200);
    case_judge(&k, RANGE, 9000);
    const struct ht_finding *f = case_only(&k, "http.range_ignored");
    assert_int_equal(f->locus, HT_LOCUS_ORIGIN);
    assert_true(case_tells(f, "200"));
}

static void a_challenge_that_was_met_is_no_error(void **state)
{
    (void)state;
    struct ht_exchange *first = k.x;
    case_answer(&k, 401);
    case_next(&k, HT_CAUSE_AUTH, "http://example.com/");
    case_answer(&k, 200);
    case_judge(&k, 0, 9000);
    assert_null(first->findings);
    assert_null(k.x->findings);
}

static void gateways_say_what_is_behind(void **state)
{
    (void)state;
    static const struct {
        int status;
        enum ht_locus locus;
    } rows[] = {{502, HT_LOCUS_ORIGIN}, {503, HT_LOCUS_UNKNOWN}, {504, HT_LOCUS_ORIGIN}};
    for (size_t i = 0; i < 3; i++) {
        case_end(&k);
        case_begin(&k, "http://example.com/");
        case_answer(&k, rows[i].status);
        case_judge(&k, 0, 9000);
        const struct ht_finding *f = case_only(&k, "http.gateway_error");
        assert_int_equal(f->locus, rows[i].locus);
        assert_int_equal(f->severity, HT_SEVERITY_WARNING);
        assert_null(case_finding(&k, "http.status"));
    }
}

static void a_proxy_may_be_the_gateway(void **state)
{
    (void)state;
    k.t->proxy = ht_span_str("http://proxy:3128");
    case_answer(&k, 504);
    case_judge(&k, 0, 9000);
    assert_int_equal(case_finding(&k, "http.gateway_error")->locus, HT_LOCUS_UNKNOWN);
}

static void statuses_beside_a_gateway(void **state)
{
    (void)state;
    static const int statuses[] = {500, 501, 505, 429, 522};
    for (size_t i = 0; i < sizeof statuses / sizeof *statuses; i++) {
        case_end(&k);
        case_begin(&k, "http://example.com/");
        case_answer(&k, statuses[i]);
        case_judge(&k, 0, 9000);
        case_calm(&k);
    }
    case_end(&k);
    case_begin(&k, "http://example.com/");
    case_answer(&k, 522);
    case_field(&k, "server", "cloudflare");
    case_judge(&k, 0, 9000);
    case_only(&k, "http.gateway_error");
}

static void misdirected(void **state)
{
    (void)state;
    case_answer(&k, 421);
    case_judge(&k, 0, 9000);
    assert_int_equal(case_only(&k, "http.misdirected")->severity, HT_SEVERITY_ERROR);
    assert_null(case_finding(&k, "http.status"));
}

/* ---- answers that did not come ---- */

static void killed_with_and_without_acknowledgement(void **state)
{
    (void)state;
    case_close(&k, HT_TCP_RST, 3000);
    case_judge(&k, RECV, 3000);
    assert_int_equal(case_only(&k, "http.killed")->locus, HT_LOCUS_FRONT);
    case_end(&k);

    case_begin(&k, "http://example.com/");
    case_sample(&k, 100, 0, TCP_CLOSE);
    case_close(&k, HT_TCP_RST, 3000);
    case_judge(&k, RECV, 3000);
    const struct ht_finding *f = case_only(&k, "http.killed");
    assert_int_equal(f->locus, HT_LOCUS_UNKNOWN);
    assert_non_null(f->also_explained_by);
    assert_true(case_tells(f, "0 of the 100 bytes"));
}

static void the_kernel_knows_of_a_reset_first(void **state)
{
    (void)state;
    case_answer(&k, 200);
    case_body(&k, ht_span_str("abc"), 3, false);
    case_sample(&k, 100, 100, TCP_CLOSE);
    case_judge(&k, RECV, 9000);
    assert_int_equal(case_only(&k, "http.killed")->phase, HT_PHASE_RESPONSE);
}

/* libcurl answers a close_notify with its own, and a socket that is closed already answers that with RST. */
static void a_reset_behind_a_goodbye_is_our_own_doing(void **state)
{
    struct ht_tls_alert goodbye = {.dir = HT_DIR_IN, .t_us = 2500, .level = 1};
    (void)state;
    case_tls(&k, true)->alerts = &goodbye;
    case_sample(&k, 100, 76, TCP_CLOSE);
    case_close(&k, HT_TCP_RST, 3000);
    case_judge(&k, EMPTY, 3000);
    assert_true(case_tells(case_only(&k, "http.empty"), "answers what this side still said"));
    case_end(&k);

    case_begin(&k, "http://example.com/");
    case_sample(&k, 100, 100, TCP_CLOSE_WAIT);
    case_sample(&k, 100, 100, TCP_CLOSE);
    case_answer(&k, 200);
    case_body(&k, ht_span_str("abc"), 3, false);
    case_judge(&k, PARTIAL, 3000);
    case_only(&k, "http.truncated");
    case_end(&k);

    case_begin(&k, "https://example.com/");
    goodbye.dir = HT_DIR_OUT; /* this side spoke first: the reset is what ended it */
    case_tls(&k, true)->alerts = &goodbye;
    case_close(&k, HT_TCP_RST, 3000);
    case_judge(&k, RECV, 3000);
    case_only(&k, "http.killed");
}

static void a_reset_behind_a_whole_answer_is_nothing(void **state)
{
    (void)state;
    case_answer(&k, 200);
    case_body(&k, ht_span_str("abc"), 3, true);
    case_close(&k, HT_TCP_RST, 9000);
    case_judge(&k, 0, 9000);
    assert_null(k.x->findings);
}

static void empty(void **state)
{
    (void)state;
    case_close(&k, HT_TCP_FIN, 3000);
    case_judge(&k, EMPTY, 3000);
    const struct ht_finding *f = case_only(&k, "http.empty");
    assert_int_equal(f->locus, HT_LOCUS_FRONT);
    assert_int_equal(f->phase, HT_PHASE_WAIT);
}

static void a_close_before_the_request_is_not_empty(void **state)
{
    (void)state;
    k.x->request.first_us = k.x->prereq_us = -1;
    k.x->request.complete = false;
    case_close(&k, HT_TCP_FIN, 3000);
    case_judge(&k, EMPTY, 3000);
    assert_null(case_finding(&k, "http.empty"));
}

static void an_interim_answer_is_not_nothing(void **state)
{
    (void)state;
    struct ht_informational hints = {.status = 103, .t_us = 2500};
    k.x->response.informational = &hints;
    k.x->response.informational_count = 1;
    case_close(&k, HT_TCP_FIN, 3000);
    case_judge(&k, EMPTY, 3000);
    assert_null(case_finding(&k, "http.empty"));
    case_only(&k, "http.truncated");
}

static void no_response(void **state)
{
    (void)state;
    case_judge(&k, TIMED_OUT, SECONDS(5));
    const struct ht_finding *f = case_only(&k, "http.no_response");
    assert_int_equal(f->locus, HT_LOCUS_ORIGIN);
    assert_int_equal(f->phase, HT_PHASE_WAIT);
    assert_true(case_tells(f, "100 of the 100 bytes"));
}

static void unacknowledged_is_nobodys_yet(void **state)
{
    (void)state;
    case_sample(&k, 100, 20, TCP_ESTABLISHED);
    case_judge(&k, TIMED_OUT, SECONDS(5));
    const struct ht_finding *f = case_finding(&k, "http.no_response");
    if (f)
        assert_int_equal(f->locus, HT_LOCUS_UNKNOWN);
    assert_int_not_equal(k.t->verdict.status, HT_VERDICT_OK);
}

static void a_body_that_is_not_taken(void **state)
{
    (void)state;
    k.x->request.complete = false;
    k.x->request.body_bytes = 100000;
    case_judge(&k, TIMED_OUT, SECONDS(5));
    const struct ht_finding *f = case_only(&k, "http.no_response");
    assert_int_equal(f->phase, HT_PHASE_REQUEST);
    assert_int_equal(f->locus, HT_LOCUS_UNKNOWN);
}

/* ---- answers that were cut ---- */

static void truncated_by_its_length(void **state)
{
    (void)state;
    case_answer(&k, 200);
    case_body(&k, ht_span_str("abc"), 3, false);
    case_close(&k, HT_TCP_FIN, 5000);
    case_judge(&k, PARTIAL, 5000);
    assert_true(case_tells(case_only(&k, "http.truncated"), "3 of 1003 bytes"));
}

static void truncated_within_its_head(void **state)
{
    (void)state;
    case_part(&k, ht_span_str("HTTP/1.1 200 OK\r\nContent-Ty"), 27);
    case_close(&k, HT_TCP_FIN, 5000);
    case_judge(&k, 0, 5000);
    assert_true(case_tells(case_only(&k, "http.truncated"), "27 bytes"));
}

static void an_h2_stream_that_ends_too_soon(void **state)
{
    (void)state;
    case_h2(&k, 1);
    case_answer(&k, 200);
    case_field(&k, "content-length", "1000");
    case_body(&k, ht_span_str("abc"), 3, true);
    k.x->response.framing = HT_FRAMING_H2;
    k.x->response.content_length = -1;
    k.x->reset_code = 1;
    k.x->reset_dir = HT_DIR_OUT;
    case_judge(&k, 92, 5000);
    case_only(&k, "http.truncated");
}

static void a_head_request_has_no_body_to_cut(void **state)
{
    (void)state;
    case_h2(&k, 1);
    k.x->method = ht_span_str("HEAD");
    case_answer(&k, 200);
    case_field(&k, "content-length", "1000");
    k.x->response.framing = HT_FRAMING_H2;
    case_judge(&k, 0, 5000);
    assert_null(k.x->findings);
}

static void stalled_is_told_from_slow(void **state)
{
    (void)state;
    case_answer(&k, 200);
    case_body(&k, ht_span_str("abc"), 3, false);
    case_judge(&k, TIMED_OUT, SECONDS(5));
    const struct ht_finding *f = case_only(&k, "http.stalled");
    assert_int_equal(f->locus, HT_LOCUS_UNKNOWN); /* the path may have lost the rest */
    case_end(&k);

    case_begin(&k, "http://example.com/");
    case_answer(&k, 200);
    case_body(&k, ht_span_str("abc"), 3, false);
    k.x->response.last_us = SECONDS(5) - 200000;
    case_judge(&k, TIMED_OUT, SECONDS(5));
    f = case_only(&k, "http.stalled");
    assert_int_equal(f->locus, HT_LOCUS_UNKNOWN);
    assert_non_null(strstr(f->title, "slowly"));
}

static void header_stall(void **state)
{
    (void)state;
    case_part(&k, ht_span_str("HTTP/1.1 200 OK\r\n"), 17);
    case_judge(&k, TIMED_OUT, SECONDS(5));
    const struct ht_finding *f = case_only(&k, "http.header_stall");
    assert_int_equal(f->phase, HT_PHASE_RESPONSE);
    assert_null(case_finding(&k, "http.no_response"));
}

static void header_oversize(void **state)
{
    (void)state;
    case_part(&k, ht_span_str("HTTP/1.1 200 OK\r\nX: xxxxxxxx"), 120 * 1024);
    case_close(&k, HT_TCP_CLOSED, 5000);
    case_judge(&k, 27, 5000);
    case_only(&k, "http.header_oversize");
    case_end(&k);

    case_begin(&k, "http://example.com/");
    case_answer(&k, 200);
    k.x->response.head_bytes = 120 * 1024; /* libcurl took it */
    case_judge(&k, 0, 5000);
    assert_null(k.x->findings);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_good_answer_says_nothing),
        TEST(an_error_status_is_a_notice),
        TEST(with_fail_the_status_is_the_error),
        TEST(the_whole_in_place_of_a_part_is_named),
        TEST(a_challenge_that_was_met_is_no_error),
        TEST(gateways_say_what_is_behind),
        TEST(a_proxy_may_be_the_gateway),
        TEST(statuses_beside_a_gateway),
        TEST(misdirected),
        TEST(killed_with_and_without_acknowledgement),
        TEST(the_kernel_knows_of_a_reset_first),
        TEST(a_reset_behind_a_goodbye_is_our_own_doing),
        TEST(a_reset_behind_a_whole_answer_is_nothing),
        TEST(empty),
        TEST(a_close_before_the_request_is_not_empty),
        TEST(an_interim_answer_is_not_nothing),
        TEST(no_response),
        TEST(unacknowledged_is_nobodys_yet),
        TEST(a_body_that_is_not_taken),
        TEST(truncated_by_its_length),
        TEST(truncated_within_its_head),
        TEST(an_h2_stream_that_ends_too_soon),
        TEST(a_head_request_has_no_body_to_cut),
        TEST(stalled_is_told_from_slow),
        TEST(header_stall),
        TEST(header_oversize),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
