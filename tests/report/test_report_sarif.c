/* SPDX-License-Identifier: MIT */
/* Tests of the SARIF report: its rules, its results and what it says of the run. */
#include "unit.h"

#include "report/sarif_log.h"

#include <string.h>

static json_t *run_of_name(const char *name, struct ht_report_options options)
{
    struct sample *sample = sample_new(name);
    json_t *run = sarif_run(sample, options);
    sample_free(sample);
    return run;
}

static size_t count(const json_t *value, const char *path)
{
    return json_array_size(sarif_at(value, path));
}

static json_int_t number(const json_t *value, const char *path)
{
    return json_integer_value(sarif_at(value, path));
}

/* ---- rules ---- */

static void test_rules_are_the_catalogue(void **state)
{
    json_t *run = sarif_run(NULL, (struct ht_report_options){0});
    const json_t *rule = sarif_at(run, "tool/driver/rules/1");
    (void)state;
    assert_int_equal(count(run, "tool/driver/rules"), 3);
    assert_string_equal(sarif_text(rule, "id"), "tls.ch_dropped");
    assert_string_equal(sarif_text(rule, "name"), "TlsChDropped");
    assert_string_equal(sarif_text(rule, "shortDescription/text"), "Dropped.");
    assert_string_equal(sarif_text(rule, "fullDescription/text"), "It was [dropped]\\x28on the way).");
    assert_string_equal(sarif_text(rule, "defaultConfiguration/level"), "error");
    assert_string_equal(sarif_text(rule, "properties/precision"), "high");
    assert_string_equal(sarif_text(rule, "properties/tags/1"), "tls");
    assert_string_equal(
        sarif_text(rule, "help/markdown"),
        "It was [dropped]\\x28on the way).\n\n*error, phase tls, locus path, high confidence in the "
        "usual case.*\n\nCould also be: an outage.\n\nTry next:\n\n* ask with {{braces}}\n\n"
        "Reference: RFC 8446.\n");
    assert_string_equal(sarif_text(run, "tool/driver/rules/0/defaultConfiguration/level"), "note");
    assert_string_equal(sarif_text(run, "tool/driver/rules/2/id"), "expect.failed");
    json_decref(run);
}

/* ---- results ---- */

static json_t *finding_of(enum ht_severity severity, struct ht_report_options options)
{
    struct sample *sample = sarif_sample(severity);
    json_t *run = sarif_run(sample, options);
    const json_t *results = sarif_at(run, "results");
    json_t *last = json_incref(json_array_get(results, json_array_size(results) - 1));
    json_decref(run);
    sample_free(sample);
    return last;
}

static void test_a_finding_is_a_result(void **state)
{
    json_t *result = finding_of(HT_SEVERITY_ERROR, (struct ht_report_options){0});
    (void)state;
    assert_string_equal(sarif_text(result, "ruleId"), "tls.ch_dropped");
    assert_int_equal(number(result, "ruleIndex"), 1);
    assert_non_null(
        strstr(sarif_text(result, "message/text"),
               "No Server Hello: the ClientHello was dropped on the path. ClientHello sent: 517 bytes"));
    assert_non_null(strstr(sarif_text(result, "message/text"), "phase tls, locus path, high confidence."));
    assert_int_equal(number(result, "locations/0/physicalLocation/region/startLine"), 1);
    assert_string_equal(sarif_text(result, "codeFlows/0/threadFlows/0/locations/1/location/message/text"),
                        "retransmitted, 6 times in all; 0 of 517 bytes acknowledged");
    assert_true(json_is_integer(sarif_at(result, "codeFlows/0/threadFlows/0/locations/0/properties/event")));
    assert_int_equal(strlen(sarif_text(result, "codeFlows/0/threadFlows/0/locations/0/executionTimeUtc")),
                     strlen("2026-11-20T21:00:00.123456Z"));
    assert_string_equal(sarif_text(result, "webRequest/method"), "GET");
    assert_string_equal(sarif_text(result, "properties/severity"), "error");
    assert_null(json_object_get(sarif_at(result, "properties"), "fails_run"));
    json_decref(result);
}

static void level_is(enum ht_severity severity, const char *level, const char *kind)
{
    json_t *result = finding_of(severity, (struct ht_report_options){0});
    assert_string_equal(sarif_text(result, "level"), level);
    assert_string_equal(sarif_text(result, "kind"), kind);
    json_decref(result);
}

static void test_levels(void **state)
{
    (void)state;
    level_is(HT_SEVERITY_ERROR, "error", "fail");
    level_is(HT_SEVERITY_WARNING, "warning", "fail");
    level_is(HT_SEVERITY_NOTICE, "note", "fail");
    level_is(HT_SEVERITY_INFO, "none", "informational");
}

/* --retry: the attempt after it may well succeed. */
static void test_what_is_tried_again_is_a_note(void **state)
{
    struct sample *sample = sarif_sample(HT_SEVERITY_ERROR);
    struct ht_report_options options = {.gated = true, .fail_on = HT_SEVERITY_NOTICE};
    json_t *last = sarif_run(sample, options);
    sample->transfer->retry_in_us = 1000000;
    json_t *run = sarif_run(sample, options);
    (void)state;
    assert_string_equal(sarif_text(run, "results/0/level"), "note");
    assert_non_null(strstr(sarif_text(run, "results/0/message/text"), "confidence. Tried again in 1.00 s."));
    assert_true(json_is_false(sarif_at(run, "results/0/properties/fails_run")));
    assert_false(json_equal(sarif_at(run, "results/0/partialFingerprints"),
                            sarif_at(last, "results/0/partialFingerprints")));
    json_decref(last);
    json_decref(run);
    sample_free(sample);
}

/* Section 3.27.6: a rule that the tool does not have has no index. */
static void test_a_code_that_no_row_has(void **state)
{
    json_t *result = finding_of(HT_SEVERITY_INFO, (struct ht_report_options){0});
    (void)state;
    assert_string_equal(sarif_text(result, "ruleId"), "dns.local_override");
    assert_null(json_object_get(result, "ruleIndex"));
    json_decref(result);
}

static void test_the_gate_says_what_fails_the_run(void **state)
{
    struct ht_report_options options = {.gated = true, .fail_on = HT_SEVERITY_WARNING};
    json_t *grave = finding_of(HT_SEVERITY_WARNING, options),
           *slight = finding_of(HT_SEVERITY_NOTICE, options);
    (void)state;
    assert_true(json_is_true(sarif_at(grave, "properties/fails_run")));
    assert_true(json_is_false(sarif_at(slight, "properties/fails_run")));
    json_decref(grave);
    json_decref(slight);
}

static void test_checks(void **state)
{
    static const struct ht_check checks[] = {{"status<300", true, NULL},
                                             {"body~{0}[a](b)", false, "nothing of it"},
                                             {"x", false, NULL},
                                             {"x", false, NULL}};
    json_t *run = run_of_name("h1_chunked", (struct ht_report_options){.checks = checks, .check_count = 4});
    (void)state;
    assert_int_equal(count(run, "results"), 3);
    assert_string_equal(sarif_text(run, "results/0/ruleId"), "expect.failed");
    assert_int_equal(number(run, "results/0/ruleIndex"), 2);
    assert_non_null(strstr(sarif_text(run, "results/0/message/text"),
                           "Expected body~{{0}}[a]\\x28b), got nothing of it: GET http"));
    assert_non_null(strstr(sarif_text(run, "results/1/message/text"), "got nothing: "));
    assert_non_null(strstr(sarif_text(run, "results/1/partialFingerprints/primaryLocationLineHash"), ":1"));
    assert_non_null(strstr(sarif_text(run, "results/2/partialFingerprints/primaryLocationLineHash"), ":2"));
    assert_string_equal(sarif_text(run, "results/0/properties/got"), "nothing of it");
    json_decref(run);
}

/* ---- the run ---- */

static void test_a_run_without_transfers(void **state)
{
    json_t *run = sarif_run(NULL, (struct ht_report_options){.exit_code = 6});
    (void)state;
    assert_int_equal(count(run, "results"), 0);
    assert_int_equal(number(run, "invocations/0/exitCode"), 6);
    assert_true(json_is_true(sarif_at(run, "invocations/0/executionSuccessful")));
    assert_null(json_object_get(sarif_at(run, "invocations/0"), "startTimeUtc"));
    assert_string_equal(sarif_text(run, "automationDetails/id"), "httptrace/");
    assert_string_equal(sarif_text(run, "redactionTokens/0"), "[masked]");
    json_decref(run);
}

static void test_a_failure_is_no_failure_of_the_tool(void **state)
{
    json_t *run = run_of_name("refused", (struct ht_report_options){.exit_code = 7});
    (void)state;
    assert_int_equal(number(run, "invocations/0/exitCode"), 7);
    assert_non_null(strstr(sarif_text(run, "invocations/0/exitCodeDescription"), "refused"));
    assert_true(json_is_true(sarif_at(run, "invocations/0/executionSuccessful")));
    assert_int_equal(count(run, "invocations/0/toolExecutionNotifications"), 0);
    json_decref(run);
}

static void test_gates_explain_the_exit_code(void **state)
{
    json_t *run = run_of_name("refused", (struct ht_report_options){.exit_code = 101, .exit_why = "an \x1b"});
    (void)state;
    assert_string_equal(sarif_text(run, "invocations/0/exitCodeDescription"), "an \\x1b");
    json_decref(run);
}

static void test_an_interrupted_run_says_so(void **state)
{
    json_t *run = run_of_name("interrupted", (struct ht_report_options){.exit_code = 130});
    (void)state;
    assert_true(json_is_false(sarif_at(run, "invocations/0/executionSuccessful")));
    assert_string_equal(sarif_text(run, "invocations/0/toolExecutionNotifications/0/descriptor/id"),
                        "run.stopped");
    json_decref(run);
    run = sarif_run(NULL, (struct ht_report_options){.exit_code = 143, .interrupted = "1 done"});
    assert_string_equal(sarif_text(run, "invocations/0/toolExecutionNotifications/0/message/text"),
                        "The run was stopped: 1 done.");
    assert_true(json_is_false(sarif_at(run, "invocations/0/executionSuccessful")));
    json_decref(run);
}

static void test_what_is_missing_is_said(void **state)
{
    struct sample *sample = sample_new("h1_chunked");
    sample->trace.info.tap = ht_span_str("callbacks");
    sample->transfer->exchanges->events.dropped = 3;
    json_t *run = sarif_run(sample, (struct ht_report_options){.show_secrets = true});
    (void)state;
    assert_string_equal(sarif_text(run, "invocations/0/toolExecutionNotifications/0/descriptor/id"),
                        "tap.callbacks");
    assert_string_equal(sarif_text(run, "invocations/0/toolExecutionNotifications/1/message/text"),
                        "3 events were past a cap and left out.");
    assert_null(json_object_get(run, "redactionTokens"));
    json_decref(run);
    sample_free(sample);
}

static void category_is(const char *given, const char *id)
{
    struct sample *sample = sample_new("h1_chunked");
    sample->transfer->url = sample_text(sample, "http://a/b?c");
    json_t *run = sarif_run(sample, (struct ht_report_options){.category = given});
    assert_string_equal(sarif_text(run, "automationDetails/id"), id);
    json_decref(run);
    sample_free(sample);
}

static void test_categories(void **state)
{
    (void)state;
    category_is(NULL, "httptrace/http/a/b/");
    category_is("edge", "edge/");
    category_is("edge/eu/", "edge/eu/");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rules_are_the_catalogue),
        cmocka_unit_test(test_a_finding_is_a_result),
        cmocka_unit_test(test_levels),
        cmocka_unit_test(test_what_is_tried_again_is_a_note),
        cmocka_unit_test(test_a_code_that_no_row_has),
        cmocka_unit_test(test_the_gate_says_what_fails_the_run),
        cmocka_unit_test(test_checks),
        cmocka_unit_test(test_a_run_without_transfers),
        cmocka_unit_test(test_a_failure_is_no_failure_of_the_tool),
        cmocka_unit_test(test_gates_explain_the_exit_code),
        cmocka_unit_test(test_an_interrupted_run_says_so),
        cmocka_unit_test(test_what_is_missing_is_said),
        cmocka_unit_test(test_categories),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
