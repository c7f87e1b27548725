/* SPDX-License-Identifier: MIT */
/* Tests of the SARIF report: its rules, results, places, fingerprints and what it says of the run. */
#include "unit.h"

#include "report/document.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

static const char *const steps[] = {"ask with {braces}", NULL};

/* A catalogue of two rows. */
static bool catalogue(size_t index, struct ht_finding *usual)
{
    static const struct ht_finding rows[] = {{.code = "dns.nothing",
                                              .severity = HT_SEVERITY_NOTICE,
                                              .title = "Nothing",
                                              .explanation = "It is nothing."},
                                             {.code = "tls.ch_dropped",
                                              .severity = HT_SEVERITY_ERROR,
                                              .phase = HT_PHASE_TLS,
                                              .locus = HT_LOCUS_PATH,
                                              .confidence = HT_CONFIDENCE_HIGH,
                                              .title = "Dropped",
                                              .explanation = "It was [dropped](on the way).",
                                              .also_explained_by = "an outage",
                                              .next_steps = steps,
                                              .reference = "RFC 8446"}};
    if (index >= sizeof rows / sizeof *rows)
        return false;
    *usual = rows[index];
    return true;
}

/* The only run. */
static json_t *run_of(struct sample *sample, struct ht_report_options options)
{
    json_error_t error;
    options.catalogue = catalogue;
    struct ht_sink out = document_of(ht_format_by_name(ht_span_str("sarif")), sample, &options);
    json_t *log = json_loadb(ht_sink_text(&out), out.len, JSON_REJECT_DUPLICATES, &error);
    if (!log)
        fail_msg("%s at %d: %s", error.text, error.position, ht_sink_text(&out));
    json_t *run = json_incref(json_array_get(json_object_get(log, "runs"), 0));
    json_decref(log);
    ht_sink_free(&out);
    return run;
}

static json_t *run_of_name(const char *name, struct ht_report_options options)
{
    struct sample *sample = sample_new(name);
    json_t *run = run_of(sample, options);
    sample_free(sample);
    return run;
}

/* The value at "results/0/message". */
static const json_t *get(const json_t *value, const char *path)
{
    char copy[256], *rest = NULL;
    snprintf(copy, sizeof copy, "%s", path);
    for (char *step = strtok_r(copy, "/", &rest); step; step = strtok_r(NULL, "/", &rest)) {
        value =
            json_is_array(value) ? json_array_get(value, (size_t)atoi(step)) : json_object_get(value, step);
        if (!value)
            fail_msg("%s: no %s", path, step);
    }
    return value;
}

static const char *text(const json_t *value, const char *path)
{
    return json_string_value(get(value, path));
}

static size_t count(const json_t *value, const char *path)
{
    return json_array_size(get(value, path));
}

static json_int_t number(const json_t *value, const char *path)
{
    return json_integer_value(get(value, path));
}

/* ---- rules ---- */

static void test_rules_are_the_catalogue(void **state)
{
    json_t *run = run_of(NULL, (struct ht_report_options){0});
    const json_t *rule = get(run, "tool/driver/rules/1");
    (void)state;
    assert_int_equal(count(run, "tool/driver/rules"), 3);
    assert_string_equal(text(rule, "id"), "tls.ch_dropped");
    assert_string_equal(text(rule, "name"), "TlsChDropped");
    assert_string_equal(text(rule, "shortDescription/text"), "Dropped.");
    assert_string_equal(text(rule, "fullDescription/text"), "It was [dropped]\\x28on the way).");
    assert_string_equal(text(rule, "defaultConfiguration/level"), "error");
    assert_string_equal(text(rule, "properties/precision"), "high");
    assert_string_equal(text(rule, "properties/tags/1"), "tls");
    assert_string_equal(
        text(rule, "help/markdown"),
        "It was [dropped]\\x28on the way).\n\n*error, phase tls, locus path, high confidence in the "
        "usual case.*\n\nCould also be: an outage.\n\nTry next:\n\n* ask with {{braces}}\n\n"
        "Reference: RFC 8446.\n");
    assert_string_equal(text(run, "tool/driver/rules/0/defaultConfiguration/level"), "note");
    assert_string_equal(text(run, "tool/driver/rules/2/id"), "expect.failed");
    json_decref(run);
}

/* ---- results ---- */

static struct sample *with_finding(enum ht_severity severity)
{
    struct sample *sample = sample_new("h2_redirect");
    sample_finding(sample, sample->transfer->exchanges, severity);
    return sample;
}

static json_t *finding_of(enum ht_severity severity, struct ht_report_options options)
{
    struct sample *sample = with_finding(severity);
    json_t *run = run_of(sample, options);
    const json_t *results = get(run, "results");
    json_t *last = json_incref(json_array_get(results, json_array_size(results) - 1));
    json_decref(run);
    sample_free(sample);
    return last;
}

static void test_a_finding_is_a_result(void **state)
{
    json_t *result = finding_of(HT_SEVERITY_ERROR, (struct ht_report_options){0});
    (void)state;
    assert_string_equal(text(result, "ruleId"), "tls.ch_dropped");
    assert_int_equal(number(result, "ruleIndex"), 1);
    assert_non_null(
        strstr(text(result, "message/text"),
               "No Server Hello: the ClientHello was dropped on the path. ClientHello sent: 517 bytes"));
    assert_non_null(strstr(text(result, "message/text"), "phase tls, locus path, high confidence."));
    assert_int_equal(number(result, "locations/0/physicalLocation/region/startLine"), 1);
    assert_string_equal(text(result, "codeFlows/0/threadFlows/0/locations/1/location/message/text"),
                        "retransmitted, 6 times in all; 0 of 517 bytes acknowledged");
    assert_true(json_is_integer(get(result, "codeFlows/0/threadFlows/0/locations/0/properties/event")));
    assert_int_equal(strlen(text(result, "codeFlows/0/threadFlows/0/locations/0/executionTimeUtc")),
                     strlen("2026-11-20T21:00:00.123456Z"));
    assert_string_equal(text(result, "webRequest/method"), "GET");
    assert_string_equal(text(result, "properties/severity"), "error");
    assert_null(json_object_get(get(result, "properties"), "fails_run"));
    json_decref(result);
}

static void level_is(enum ht_severity severity, const char *level, const char *kind)
{
    json_t *result = finding_of(severity, (struct ht_report_options){0});
    assert_string_equal(text(result, "level"), level);
    assert_string_equal(text(result, "kind"), kind);
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
    struct sample *sample = with_finding(HT_SEVERITY_ERROR);
    struct ht_report_options options = {.gated = true, .fail_on = HT_SEVERITY_NOTICE};
    json_t *last = run_of(sample, options);
    sample->transfer->retry_in_us = 1000000;
    json_t *run = run_of(sample, options);
    (void)state;
    assert_string_equal(text(run, "results/0/level"), "note");
    assert_non_null(strstr(text(run, "results/0/message/text"), "confidence. Tried again in 1.00 s."));
    assert_true(json_is_false(get(run, "results/0/properties/fails_run")));
    assert_false(
        json_equal(get(run, "results/0/partialFingerprints"), get(last, "results/0/partialFingerprints")));
    json_decref(last);
    json_decref(run);
    sample_free(sample);
}

/* Section 3.27.6: a rule that the tool does not have has no index. */
static void test_a_code_that_no_row_has(void **state)
{
    json_t *result = finding_of(HT_SEVERITY_INFO, (struct ht_report_options){0});
    (void)state;
    assert_string_equal(text(result, "ruleId"), "dns.local_override");
    assert_null(json_object_get(result, "ruleIndex"));
    json_decref(result);
}

static void test_the_gate_says_what_fails_the_run(void **state)
{
    struct ht_report_options options = {.gated = true, .fail_on = HT_SEVERITY_WARNING};
    json_t *grave = finding_of(HT_SEVERITY_WARNING, options),
           *slight = finding_of(HT_SEVERITY_NOTICE, options);
    (void)state;
    assert_true(json_is_true(get(grave, "properties/fails_run")));
    assert_true(json_is_false(get(slight, "properties/fails_run")));
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
    assert_string_equal(text(run, "results/0/ruleId"), "expect.failed");
    assert_int_equal(number(run, "results/0/ruleIndex"), 2);
    assert_non_null(strstr(text(run, "results/0/message/text"),
                           "Expected body~{{0}}[a]\\x28b), got nothing of it: GET http"));
    assert_non_null(strstr(text(run, "results/1/message/text"), "got nothing: "));
    assert_non_null(strstr(text(run, "results/1/partialFingerprints/primaryLocationLineHash"), ":1"));
    assert_non_null(strstr(text(run, "results/2/partialFingerprints/primaryLocationLineHash"), ":2"));
    assert_string_equal(text(run, "results/0/properties/got"), "nothing of it");
    json_decref(run);
}

/* ---- places ---- */

static void place_is(const char *url, const char *path)
{
    struct sample *sample = with_finding(HT_SEVERITY_ERROR);
    sample->transfer->url = sample_text(sample, url);
    json_t *run = run_of(sample, (struct ht_report_options){.show_secrets = true});
    assert_string_equal(text(run, "results/0/locations/0/physicalLocation/artifactLocation/uri"), path);
    assert_string_equal(text(run, "results/0/codeFlows/0/threadFlows/0/locations/0/location/physicalLocation/"
                                  "artifactLocation/uri"),
                        path);
    json_decref(run);
    sample_free(sample);
}

static void test_places(void **state)
{
    (void)state;
    place_is("https://example.com/", "https/example.com");
    place_is("https://example.com:8443/a/b/?q=1#f", "https/example.com:8443/a/b");
    place_is("http://user:pw@example.com/x", "http/example.com/x");
    place_is("example.com:80/a:b", "http/example.com:80/a:b");
    place_is("http://[::1]:8080/a::error::b", "http/%5B%3A%3A1%5D:8080/a%3A%3Aerror%3A%3Ab");
    place_is("http://a/../../etc/%2e%2E/./.%2e/passwd", "http/a/etc/passwd");
    place_is("http://a/%41%zz%/...", "http/a/%41%25zz%25/...");
    place_is("http://a//b c\"\xc3\xa9", "http/a/b%20c%22%C3%A9");
    place_is("http://a?x=/y", "http/a");
    place_is("http:///user:pw@a/", "http/user:%5Bmasked%5D@a");
    place_is("", "http");
}

/* ---- fingerprints ---- */

static json_t *prints_of(const char *url, const char *method, int64_t later_us)
{
    struct sample *sample = with_finding(HT_SEVERITY_ERROR);
    sample->transfer->url = sample_text(sample, url);
    sample->transfer->method = sample_text(sample, method);
    sample->transfer->wall_start_us += later_us;
    json_t *run = run_of(sample, (struct ht_report_options){.show_secrets = later_us > 0});
    json_t *prints = json_incref(
        json_object_get(json_array_get(json_object_get(run, "results"), 0), "partialFingerprints"));
    json_decref(run);
    sample_free(sample);
    return prints;
}

static bool prints_are_same(const char *url, const char *method)
{
    json_t *a = prints_of("https://example.com/?a=1&token=old", "GET", 0),
           *b = prints_of(url, method, 1000000);
    bool same = json_equal(a, b);
    json_decref(a);
    json_decref(b);
    return same;
}

static void test_fingerprints_stay_the_same(void **state)
{
    (void)state;
    assert_true(prints_are_same("https://example.com/?a=1&token=new", "GET"));
    assert_false(prints_are_same("https://example.com/?a=2&token=old", "GET"));
    assert_false(prints_are_same("https://example.com/?a=1&token=old", "POST"));
}

static void test_a_finding_that_repeats_has_a_number(void **state)
{
    struct sample *sample = with_finding(HT_SEVERITY_ERROR);
    sample_finding(sample, sample->transfer->exchanges, HT_SEVERITY_NOTICE);
    sample_finding(sample, sample->transfer->exchanges->next, HT_SEVERITY_ERROR);
    json_t *run = run_of(sample, (struct ht_report_options){0});
    (void)state;
    assert_int_equal(count(run, "results"), 3);
    static const char *const ends[] = {":1", ":1", ":2"};
    for (size_t i = 0; i < 3; i++) {
        const json_t *result = json_array_get(get(run, "results"), i);
        const char *print = text(result, "partialFingerprints/primaryLocationLineHash");
        assert_string_equal(print + strlen(print) - 2, ends[i]);
    }
    json_decref(run);
    sample_free(sample);
}

/* ---- the run ---- */

static void test_a_run_without_transfers(void **state)
{
    json_t *run = run_of(NULL, (struct ht_report_options){.exit_code = 6});
    (void)state;
    assert_int_equal(count(run, "results"), 0);
    assert_int_equal(number(run, "invocations/0/exitCode"), 6);
    assert_true(json_is_true(get(run, "invocations/0/executionSuccessful")));
    assert_null(json_object_get(get(run, "invocations/0"), "startTimeUtc"));
    assert_string_equal(text(run, "automationDetails/id"), "httptrace/");
    assert_string_equal(text(run, "redactionTokens/0"), "[masked]");
    json_decref(run);
}

static void test_a_failure_is_no_failure_of_the_tool(void **state)
{
    json_t *run = run_of_name("refused", (struct ht_report_options){.exit_code = 7});
    (void)state;
    assert_int_equal(number(run, "invocations/0/exitCode"), 7);
    assert_non_null(strstr(text(run, "invocations/0/exitCodeDescription"), "refused"));
    assert_true(json_is_true(get(run, "invocations/0/executionSuccessful")));
    assert_int_equal(count(run, "invocations/0/toolExecutionNotifications"), 0);
    json_decref(run);
}

static void test_gates_explain_the_exit_code(void **state)
{
    json_t *run = run_of_name("refused", (struct ht_report_options){.exit_code = 101, .exit_why = "an \x1b"});
    (void)state;
    assert_string_equal(text(run, "invocations/0/exitCodeDescription"), "an \\x1b");
    json_decref(run);
}

static void test_an_interrupted_run_says_so(void **state)
{
    json_t *run = run_of_name("interrupted", (struct ht_report_options){.exit_code = 130});
    (void)state;
    assert_true(json_is_false(get(run, "invocations/0/executionSuccessful")));
    assert_string_equal(text(run, "invocations/0/toolExecutionNotifications/0/descriptor/id"), "run.stopped");
    json_decref(run);
    run = run_of(NULL, (struct ht_report_options){.exit_code = 143});
    assert_true(json_is_false(get(run, "invocations/0/executionSuccessful")));
    json_decref(run);
}

static void test_what_is_missing_is_said(void **state)
{
    struct sample *sample = sample_new("h1_chunked");
    sample->trace.info.tap = ht_span_str("callbacks");
    sample->transfer->exchanges->events.dropped = 3;
    json_t *run = run_of(sample, (struct ht_report_options){.show_secrets = true});
    (void)state;
    assert_string_equal(text(run, "invocations/0/toolExecutionNotifications/0/descriptor/id"),
                        "tap.callbacks");
    assert_string_equal(text(run, "invocations/0/toolExecutionNotifications/1/message/text"),
                        "3 events were past a cap and left out.");
    assert_null(json_object_get(run, "redactionTokens"));
    json_decref(run);
    sample_free(sample);
}

static void category_is(const char *given, const char *id)
{
    struct sample *sample = sample_new("h1_chunked");
    sample->transfer->url = sample_text(sample, "http://a/b?c");
    json_t *run = run_of(sample, (struct ht_report_options){.category = given});
    assert_string_equal(text(run, "automationDetails/id"), id);
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
        cmocka_unit_test(test_places),
        cmocka_unit_test(test_fingerprints_stay_the_same),
        cmocka_unit_test(test_a_finding_that_repeats_has_a_number),
        cmocka_unit_test(test_a_run_without_transfers),
        cmocka_unit_test(test_a_failure_is_no_failure_of_the_tool),
        cmocka_unit_test(test_gates_explain_the_exit_code),
        cmocka_unit_test(test_an_interrupted_run_says_so),
        cmocka_unit_test(test_what_is_missing_is_said),
        cmocka_unit_test(test_categories),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
