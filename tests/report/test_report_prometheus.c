/* SPDX-License-Identifier: MIT */
/* Tests of the metrics for Prometheus: what a target's series say, several targets, the limits. */
#include "unit.h"

#include "report/document.h"

#include <stdlib.h>
#include <string.h>

#define TARGETS 1000

struct run {
    struct ht_document document;
    struct sample *sample;
};

static struct run run_begin(const char *name)
{
    struct run run = {.document = {.format = ht_format_by_name(ht_span_str("prometheus"))},
                      .sample = sample_new(name)};
    struct ht_error error = {0};
    assert_int_equal(run.document.format->begin(&run.document, &error), HT_OK);
    return run;
}

static void tell(struct run *run, const char *url, int exit_code)
{
    run->sample->transfer->url = ht_span_str(url);
    run->document.options.exit_code = exit_code;
    run->document.format->transfer(&run->document, &run->sample->trace, run->sample->transfer);
    run->document.transfers++;
}

static void run_end(struct run *run)
{
    struct ht_error error = {0};
    assert_int_equal(run->document.format->end(&run->document, &error), HT_OK);
}

static void run_free(struct run *run)
{
    ht_sink_free(&run->document.out);
    ht_sink_free(&run->document.notes);
    sample_free(run->sample);
}

static struct ht_sink metrics_of(const char *name, struct ht_report_options options)
{
    struct sample *sample = sample_new(name);
    struct ht_sink out = document_of(ht_format_by_name(ht_span_str("prometheus")), sample, &options);
    sample_free(sample);
    return out;
}

static size_t count(const char *text, const char *what)
{
    size_t found = 0;
    for (const char *at = strstr(text, what); at; at = strstr(at + 1, what))
        found++;
    return found;
}

/* The line is there: a name, labels beside those of the target, and the value. */
static void has(const struct ht_sink *out, const char *name, const char *end)
{
    char begin[80];
    snprintf(begin, sizeof begin, "\nhttptrace_%s{", name);
    for (const char *at = strstr(ht_sink_text(out), begin); at; at = strstr(at + 1, begin)) {
        size_t len = strcspn(at + 1, "\n"), tail = strlen(end);
        if (len > tail && memcmp(at + 1 + len - tail, end, tail) == 0)
            return;
    }
    fail_msg("no %s with %s in:\n%s", name, end, ht_sink_text(out));
}

static void test_a_good_transfer(void **state)
{
    struct ht_sink out = metrics_of("h2_redirect", (struct ht_report_options){0});
    (void)state;
    has(&out, "success", "method=\"GET\"} 1");
    has(&out, "verdict", ",status=\"ok\"} 1");
    has(&out, "verdict", ",status=\"failed\"} 0");
    has(&out, "requests", "} 2");
    has(&out, "redirects", "} 1");
    has(&out, "http_info", ",version=\"2\"} 1");
    has(&out, "tls_info", ",alpn=\"h2\"} 1");
    has(&out, "phase_duration_seconds", ",phase=\"proxy\"} 0.000000");
    has(&out, "transfers", ",result=\"success\"} 1");
    assert_null(strstr(ht_sink_text(&out), "_failure_info"));
    assert_non_null(strstr(ht_sink_text(&out), "\nhttptrace_interrupted 0\n"));
    ht_sink_free(&out);
}

static void test_a_failure(void **state)
{
    struct ht_sink out = metrics_of("refused", (struct ht_report_options){.exit_code = 7});
    (void)state;
    has(&out, "success", "} 0");
    has(&out, "exit_code", "} 7");
    has(&out, "http_status_code", "} 0");
    has(&out, "transfers", ",result=\"failure\"} 1");
    has(&out, "requests", "} 0");
    ht_sink_free(&out);
    out = metrics_of("interrupted", (struct ht_report_options){.exit_code = 130});
    has(&out, "transfers", ",result=\"interrupted\"} 1");
    assert_null(strstr(ht_sink_text(&out), "_curl_code"));
    assert_non_null(strstr(ht_sink_text(&out), "\nhttptrace_interrupted 1\n"));
    ht_sink_free(&out);
}

static void test_a_run_that_was_stopped(void **state)
{
    struct ht_sink out = metrics_of("h1_chunked", (struct ht_report_options){.interrupted = "1 done"});
    (void)state;
    has(&out, "success", "} 1");
    assert_non_null(strstr(ht_sink_text(&out), "\nhttptrace_interrupted 1\n"));
    ht_sink_free(&out);
}

static void test_checks_are_escaped_and_come_once(void **state)
{
    static const struct ht_check checks[] = {
        {"header.x=\"a\\b\"", false, "no"}, {"status=200", true, NULL}, {"status=200", true, NULL}};
    struct ht_sink out =
        metrics_of("h1_chunked", (struct ht_report_options){.checks = checks, .check_count = 3});
    (void)state;
    has(&out, "expect_success", ",check=\"header.x=\\\"a\\\\b\\\"\"} 0");
    has(&out, "expect_success", ",check=\"status=200\"} 1");
    assert_int_equal(count(ht_sink_text(&out), "check=\"status=200\""), 1);
    ht_sink_free(&out);
}

static void test_findings_are_counted(void **state)
{
    struct run run = run_begin("h2_redirect");
    struct ht_exchange *first = run.sample->transfer->exchanges;
    (void)state;
    sample_finding(run.sample, first, HT_SEVERITY_ERROR);
    sample_finding(run.sample, first->next, HT_SEVERITY_ERROR);
    sample_finding(run.sample, first->next, HT_SEVERITY_WARNING);
    tell(&run, "https://a/", 100);
    run_end(&run);
    has(&run.document.out, "findings", ",code=\"tls.ch_dropped\",severity=\"error\"} 2");
    has(&run.document.out, "findings", ",code=\"tls.ch_dropped\",severity=\"warning\"} 1");
    assert_int_equal(count(ht_sink_text(&run.document.out), "\nhttptrace_findings{"), 2);
    run_free(&run);
}

static void test_the_newest_transfer_of_a_target_wins(void **state)
{
    struct run run = run_begin("h1_chunked");
    (void)state;
    tell(&run, "http://b/", 0);
    tell(&run, "http://a/?token=one", 0);
    tell(&run, "http://b/", 22);
    tell(&run, "http://a/?token=two", 0);
    run_end(&run);
    const char *text = ht_sink_text(&run.document.out);
    assert_int_equal(count(text, "\nhttptrace_success{"), 2);
    assert_non_null(
        strstr(text, "# TYPE httptrace_success gauge\n"
                     "httptrace_success{url=\"http://a/?token=[masked]\",method=\"GET\"} 1\n"
                     "httptrace_success{url=\"http://b/\",method=\"GET\"} 0\n# HELP httptrace_exit_code "));
    assert_non_null(
        strstr(text, "\nhttptrace_transfers{url=\"http://b/\",method=\"GET\",result=\"failure\"} 1\n"));
    assert_non_null(
        strstr(text, "\nhttptrace_transfers{url=\"http://b/\",method=\"GET\",result=\"success\"} 1\n"));
    run_free(&run);
}

static void test_what_is_tried_again_is_no_failure(void **state)
{
    struct run run = run_begin("h1_chunked");
    (void)state;
    run.sample->transfer->retry_in_us = 1000000;
    tell(&run, "http://a/", 22);
    run.sample->transfer->retry_in_us = 0;
    run.sample->transfer->retries = 1;
    tell(&run, "http://a/", 0);
    run_end(&run);
    has(&run.document.out, "success", "} 1");
    has(&run.document.out, "retries", "} 1");
    has(&run.document.out, "transfers", "result=\"failure\"} 0");
    has(&run.document.out, "transfers", "result=\"retried\"} 1");
    run_free(&run);
}

static void test_there_are_so_many_targets(void **state)
{
    struct run run = run_begin("nothing");
    char url[32];
    (void)state;
    for (int i = 0; i < TARGETS + 20; i++) {
        snprintf(url, sizeof url, "http://a/%d", i);
        tell(&run, url, 0);
    }
    tell(&run, "http://a/7", 0);
    run_end(&run);
    const char *text = ht_sink_text(&run.document.out);
    assert_int_equal(count(text, "\nhttptrace_success{"), TARGETS);
    assert_non_null(strstr(text, "\nhttptrace_transfers_left_out 20\n"));
    assert_non_null(strstr(ht_sink_text(&run.document.notes), "first 1000 URLs; 20 transfers"));
    run_free(&run);
}

static void test_a_long_label_is_cut(void **state)
{
    struct run run = run_begin("h1_chunked");
    char url[4000] = "http://a/";
    (void)state;
    for (size_t i = 9; i + 2 < sizeof url; i += 2)
        memcpy(url + i, "\xC3\xA9", 2);
    url[sizeof url - 2] = '\0';
    tell(&run, url, 0);
    run_end(&run);
    const char *text = ht_sink_text(&run.document.out), *end = strstr(text, "\xC3\xA9\xE2\x80\xA6\",method=");
    assert_non_null(end);
    assert_true(end - strstr(text, "{url=\"") < 1100);
    run_free(&run);
}

static void test_no_transfer(void **state)
{
    struct ht_report_options options = {0};
    struct ht_sink out = document_of(ht_format_by_name(ht_span_str("prometheus")), NULL, &options);
    (void)state;
    assert_int_equal(strncmp(ht_sink_text(&out), "# HELP httptrace_interrupted ", 29), 0);
    ht_sink_free(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_good_transfer),
        cmocka_unit_test(test_a_failure),
        cmocka_unit_test(test_a_run_that_was_stopped),
        cmocka_unit_test(test_checks_are_escaped_and_come_once),
        cmocka_unit_test(test_findings_are_counted),
        cmocka_unit_test(test_the_newest_transfer_of_a_target_wins),
        cmocka_unit_test(test_what_is_tried_again_is_no_failure),
        cmocka_unit_test(test_there_are_so_many_targets),
        cmocka_unit_test(test_a_long_label_is_cut),
        cmocka_unit_test(test_no_transfer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
