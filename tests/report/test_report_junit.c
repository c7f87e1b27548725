/* SPDX-License-Identifier: MIT */
/* Tests of the JUnit report: what fails, breaks, is skipped, and how it is called. */
#include "unit.h"

#include "report/document.h"

#include <string.h>

static struct ht_sink junit_of(struct sample *sample, struct ht_report_options options)
{
    return document_of(ht_format_by_name(ht_span_str("junit")), sample, &options);
}

static struct ht_sink junit(const char *name, struct ht_report_options options)
{
    struct sample *sample = sample_new(name);
    struct ht_sink out = junit_of(sample, options);
    sample_free(sample);
    return out;
}

static void has(const struct ht_sink *out, const char *text)
{
    if (!strstr(ht_sink_text(out), text))
        fail_msg("%s is not in:\n%s", text, ht_sink_text(out));
}

static void has_not(const struct ht_sink *out, const char *text)
{
    if (strstr(ht_sink_text(out), text))
        fail_msg("%s is in:\n%s", text, ht_sink_text(out));
}

static void test_a_good_transfer_passes(void **state)
{
    struct ht_sink out = junit("h1_chunked", (struct ht_report_options){0});
    (void)state;
    has(&out, "failures=\"0\" errors=\"0\"");
    has(&out, " name=\"transfer\"");
    has(&out, " name=\"phase connect\"");
    has(&out, "<skipped>not needed</skipped>");
    has(&out, "<property name=\"verdict\" value=\"ok\"/>");
    has_not(&out, "<error");
    ht_sink_free(&out);
}

static void test_a_redirect_has_phases_of_its_own(void **state)
{
    struct ht_sink out = junit("h2_redirect", (struct ht_report_options){0});
    (void)state;
    has(&out, " name=\"phase wait\"");
    has(&out, " name=\"request 2: phase wait\"");
    has(&out, "<skipped>the connection was there already</skipped>");
    ht_sink_free(&out);
}

static void test_a_run_that_was_stopped_is_an_error(void **state)
{
    struct ht_sink out =
        junit("h1_chunked", (struct ht_report_options){.interrupted = "1 done, 2 not started"});
    (void)state;
    has(&out, "<error type=\"interrupted\" message=\"1 done, 2 not started\"/>");
    ht_sink_free(&out);
}

static void test_what_is_tried_again_does_not_fail(void **state)
{
    struct sample *sample = sample_new("refused");
    (void)state;
    sample->transfer->retry_in_us = 2000000;
    struct ht_sink out = junit_of(sample, (struct ht_report_options){.exit_code = 7});
    has(&out, "failures=\"0\" errors=\"0\"");
    has(&out, "Tried again in 2.00 s</skipped>");
    ht_sink_free(&out);
    sample_free(sample);
}

static void test_a_failure_is_an_error(void **state)
{
    struct ht_sink out = junit("refused", (struct ht_report_options){.exit_code = 7});
    (void)state;
    has(&out, "<error type=\"curl.7\" message=\"");
    has(&out, "<skipped>not reached</skipped>");
    has(&out, "<property name=\"exit_code\" value=\"7\"/>");
    ht_sink_free(&out);
    out = junit("interrupted", (struct ht_report_options){0});
    has(&out, "<error type=\"interrupted\"");
    ht_sink_free(&out);
}

static void test_checks(void **state)
{
    static const struct ht_check checks[] = {{"status<300 & more", true, NULL},
                                             {"header.x=\"1\"", false, "nothing <of it>"}};
    struct ht_sink out = junit("h1_chunked", (struct ht_report_options){.checks = checks, .check_count = 2});
    (void)state;
    has(&out, " name=\"expect status&lt;300 &amp; more\"");
    has(&out, " name=\"expect header.x=&quot;1&quot;\"");
    has(&out, "<failure type=\"expect\" message=\"got nothing &lt;of it&gt;\">");
    has(&out, "failures=\"1\"");
    ht_sink_free(&out);
}

/* Of severity `severity`, with the options. */
static bool finding_fails(enum ht_severity severity, struct ht_report_options options)
{
    struct sample *sample = sample_new("h2_redirect");
    sample_finding(sample, sample->transfer->exchanges, severity);
    struct ht_sink out = junit_of(sample, options);
    bool fails = strstr(ht_sink_text(&out), "<failure type=\"finding.") != NULL;
    has(&out, " name=\"finding ");
    if (!fails)
        has(&out, "<system-out>");
    ht_sink_free(&out);
    sample_free(sample);
    return fails;
}

static void test_the_gate_says_which_finding_fails(void **state)
{
    struct ht_report_options none = {0}, warning = {.gated = true, .fail_on = HT_SEVERITY_WARNING};
    struct ht_report_options info = {.gated = true, .fail_on = HT_SEVERITY_INFO};
    (void)state;
    assert_true(finding_fails(HT_SEVERITY_ERROR, none));
    assert_false(finding_fails(HT_SEVERITY_WARNING, none));
    assert_true(finding_fails(HT_SEVERITY_WARNING, warning));
    assert_false(finding_fails(HT_SEVERITY_NOTICE, warning));
    assert_true(finding_fails(HT_SEVERITY_INFO, info));
}

static void class_is(const char *url, const char *expected)
{
    struct sample *sample = sample_new("h1_chunked");
    struct ht_sink attribute = ht_sink(0);
    sample->transfer->url = sample_text(sample, url);
    struct ht_sink out = junit_of(sample, (struct ht_report_options){0});
    ht_sink_printf(&attribute, " classname=\"%s\"", expected);
    has(&out, ht_sink_text(&attribute));
    ht_sink_free(&attribute);
    ht_sink_free(&out);
    sample_free(sample);
}

static void test_classes_are_host_and_path(void **state)
{
    (void)state;
    class_is("https://example.com/a/b.html?x.y=1#f", "example.com./a/b_html");
    class_is("http://user:secret@127.0.0.1:8080", "127.0.0.1:8080./");
    class_is("http://a/b;jsessionid=S3CRET/c", "a./b;jsessionid=[masked]/c");
    class_is("http://[::1]:80/x", "[::1]:80./x");
    class_is("nonsense", "nonsense./");
    class_is("", "httptrace./");
}

static void test_no_transfer(void **state)
{
    struct ht_sink out = junit_of(NULL, (struct ht_report_options){0});
    (void)state;
    assert_string_equal(
        ht_sink_text(&out),
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"httptrace\">\n</testsuites>\n");
    ht_sink_free(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_good_transfer_passes),
        cmocka_unit_test(test_a_redirect_has_phases_of_its_own),
        cmocka_unit_test(test_a_failure_is_an_error),
        cmocka_unit_test(test_a_run_that_was_stopped_is_an_error),
        cmocka_unit_test(test_what_is_tried_again_does_not_fail),
        cmocka_unit_test(test_checks),
        cmocka_unit_test(test_the_gate_says_which_finding_fails),
        cmocka_unit_test(test_classes_are_host_and_path),
        cmocka_unit_test(test_no_transfer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
