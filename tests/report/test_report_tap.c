/* SPDX-License-Identifier: MIT */
/* Tests of the TAP report: points, plan, directives, what is escaped, diagnostics. */
#include "unit.h"

#include "report/document.h"

#include <string.h>

static struct ht_sink tap_of(struct sample *sample, struct ht_report_options options)
{
    return document_of(ht_format_by_name(ht_span_str("tap")), sample, &options);
}

static struct ht_sink tap(const char *name, struct ht_report_options options)
{
    struct sample *sample = sample_new(name);
    struct ht_sink out = tap_of(sample, options);
    sample_free(sample);
    return out;
}

static void has(const struct ht_sink *out, const char *text)
{
    if (!strstr(ht_sink_text(out), text))
        fail_msg("%s is not in:\n%s", text, ht_sink_text(out));
}

static void test_a_good_transfer(void **state)
{
    struct ht_sink out = tap("h2_redirect", (struct ht_report_options){0});
    (void)state;
    assert_int_equal(strncmp(ht_sink_text(&out), "TAP version 14\n# Subtest: ", 26), 0);
    has(&out, "\n    ok 1 - transfer\n      ---\n      message: \"");
    has(&out, " - request 2: phase tls # SKIP the connection was there already\n");
    has(&out, "\n    1..");
    has(&out, "\n  verdict: \"ok\"\n");
    has(&out, "\n1..1\n");
    assert_null(strstr(ht_sink_text(&out), "not ok"));
    ht_sink_free(&out);
}

static void test_a_failure(void **state)
{
    struct ht_sink out = tap("tls_alert", (struct ht_report_options){.exit_code = 35});
    (void)state;
    has(&out, "\n    not ok 1 - transfer\n");
    has(&out, " - phase tls\n");
    has(&out, " # SKIP not reached\n");
    has(&out, "\nnot ok 1 - https://");
    has(&out, "\n  exit_code: 35\n  ...\n");
    ht_sink_free(&out);
}

static void test_facts_are_short(void **state)
{
    static char codings[100000];
    struct sample *sample = sample_new("h1_chunked");
    (void)state;
    memset(codings, 'c', sizeof codings - 1);
    sample->transfer->exchanges->response.content_encoding = ht_span_str(codings);
    struct ht_sink out = tap_of(sample, (struct ht_report_options){0});
    has(&out, "cccc...\"\n");
    assert_true(out.len < 20000);
    ht_sink_free(&out);
    sample_free(sample);
}

static void test_marks_are_escaped(void **state)
{
    static const struct ht_check checks[] = {{"body~a # TODO \\ \"q\"", false, "say \"no\" \\ # x"}};
    struct ht_sink out = tap("h1_chunked", (struct ht_report_options){.checks = checks, .check_count = 1});
    (void)state;
    has(&out, " - expect body~a \\# TODO \\\\ \"q\"\n");
    has(&out, "      message: \"got say \\\"no\\\" \\\\ # x\"\n");
    ht_sink_free(&out);
}

static void test_a_finding_tells_all(void **state)
{
    struct sample *sample = sample_new("h2_redirect");
    sample_finding(sample, sample->transfer->exchanges, HT_SEVERITY_ERROR);
    struct ht_sink out = tap_of(sample, (struct ht_report_options){0});
    (void)state;
    has(&out, " - finding tls.ch_dropped\n");
    has(&out, "      locus: \"path\"\n");
    has(&out, "      evidence:\n        - \"ClientHello sent");
    has(&out, "      try_next:\n        - \"");
    ht_sink_free(&out);
    sample_free(sample);
}

/* Perl's reader would take the third and the fourth for a map. */
static void test_a_list_has_no_maps(void **state)
{
    static const char *const facts[] = {"a b: c", "a:b", "server: x", "a : b", "last:"};
    struct sample *sample = sample_new("h1_chunked");
    struct ht_evidence evidence[5];
    struct ht_finding finding = {.code = "tls.ch_dropped", .title = "a title", .evidence = evidence};
    for (size_t i = 0; i < 5; i++)
        evidence[i] = (struct ht_evidence){.fact = facts[i], .next = i < 4 ? &evidence[i + 1] : NULL};
    sample->transfer->exchanges->findings = &finding;
    struct ht_sink out = tap_of(sample, (struct ht_report_options){0});
    (void)state;
    has(&out, "\n        - \"a b: c\"\n        - \"a:b\"\n        - !!str \"server: x\"\n"
              "        - !!str \"a : b\"\n        - \"last:\"\n");
    ht_sink_free(&out);
    sample_free(sample);
}

static void test_no_transfer(void **state)
{
    struct ht_sink out = tap_of(NULL, (struct ht_report_options){0});
    (void)state;
    assert_string_equal(ht_sink_text(&out), "TAP version 14\n1..0 # SKIP nothing was requested\n");
    ht_sink_free(&out);
}

static void test_a_run_that_was_stopped_bails_out(void **state)
{
    struct ht_sink out =
        tap("h1_chunked", (struct ht_report_options){.interrupted = "1 done, 2 not started"});
    (void)state;
    has(&out, "\n1..1\nBail out! interrupted: 1 done, 2 not started\n");
    ht_sink_free(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_good_transfer),     cmocka_unit_test(test_a_failure),
        cmocka_unit_test(test_facts_are_short),     cmocka_unit_test(test_marks_are_escaped),
        cmocka_unit_test(test_a_finding_tells_all), cmocka_unit_test(test_a_list_has_no_maps),
        cmocka_unit_test(test_no_transfer),         cmocka_unit_test(test_a_run_that_was_stopped_bails_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
