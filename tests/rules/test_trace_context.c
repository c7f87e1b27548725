/* SPDX-License-Identifier: MIT */
/* Rules of distributed tracing: an echo is missed only where one was asked for. */
#include "rules/case.h"

#define ID     "4bf92f3577b34da6a3ce929d0e0e4736"
#define PARENT "00-" ID "-00f067aa0ba902b7-01"

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

static void send_field(const char *name, const char *value)
{
    ht_headers_add(k.arena, &k.x->request.headers, ht_span_str(name), ht_span_str(value));
}

static const struct ht_finding *judge(const char *echo)
{
    k.t->echo_header = ht_span_str(echo);
    case_judge(&k, 0, 9000);
    return case_finding(&k, "http.trace_id_lost");
}

static void nothing_is_missed_unasked(void **state)
{
    (void)state;
    send_field("traceparent", PARENT);
    case_answer(&k, 200);
    case_judge(&k, 0, 9000);
    case_calm(&k);
}

static void an_echo_of_the_trace_id_will_do(void **state)
{
    (void)state;
    send_field("traceparent", PARENT);
    case_answer(&k, 200);
    case_field(&k, "x-trace", "id=" ID ";sampled");
    assert_null(judge("X-Trace"));
}

static void an_echo_of_the_same_value_will_do(void **state)
{
    (void)state;
    send_field("X-Debug-ID", "abc");
    case_answer(&k, 200);
    case_field(&k, "x-debug-id", "abc");
    assert_null(judge("X-Debug-ID"));
}

static void a_missing_echo_is_told(void **state)
{
    (void)state;
    send_field("traceparent", PARENT);
    case_answer(&k, 502);
    const struct ht_finding *f = judge("X-Trace");
    assert_non_null(f);
    assert_int_equal(f->severity, HT_SEVERITY_WARNING);
    assert_int_equal(f->locus, HT_LOCUS_UNKNOWN);
    assert_true(case_tells(f, "no X-Trace"));
}

static void another_value_is_told(void **state)
{
    (void)state;
    send_field("X-Debug-ID", "abc");
    case_answer(&k, 200);
    case_field(&k, "X-Debug-ID", "abcd");
    assert_true(case_tells(judge("X-Debug-ID"), "another value of X-Debug-ID"));
}

static void another_traceparent_is_told(void **state)
{
    (void)state;
    send_field("traceparent", PARENT);
    case_answer(&k, 200);
    case_field(&k, "traceparent", "00-00000000000000000000000000000001-00f067aa0ba902b7-01");
    assert_non_null(judge("traceparent"));
}

static void without_an_answer_there_is_nothing_to_miss(void **state)
{
    (void)state;
    send_field("traceparent", PARENT);
    k.t->echo_header = ht_span_str("traceparent");
    case_judge(&k, 52, 9000);
    assert_null(case_finding(&k, "http.trace_id_lost"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(nothing_is_missed_unasked, begin, end),
        cmocka_unit_test_setup_teardown(an_echo_of_the_trace_id_will_do, begin, end),
        cmocka_unit_test_setup_teardown(an_echo_of_the_same_value_will_do, begin, end),
        cmocka_unit_test_setup_teardown(a_missing_echo_is_told, begin, end),
        cmocka_unit_test_setup_teardown(another_value_is_told, begin, end),
        cmocka_unit_test_setup_teardown(another_traceparent_is_told, begin, end),
        cmocka_unit_test_setup_teardown(without_an_answer_there_is_nothing_to_miss, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
