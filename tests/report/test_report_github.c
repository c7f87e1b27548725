/* SPDX-License-Identifier: MIT */
/* Tests of the report for GitHub Actions: which annotation a transfer makes, how it is escaped, which come
 * first. */
#include "unit.h"

#include "report/document.h"

#include <string.h>

static const struct ht_format *github(void)
{
    return ht_format_by_name(ht_span_str("github"));
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

static size_t count_of(const struct ht_sink *out, const char *text)
{
    size_t count = 0;
    for (const char *at = ht_sink_text(out); (at = strstr(at, text)); at++)
        count++;
    return count;
}

static struct ht_sink document(const char *name, struct ht_report_options options)
{
    struct sample *sample = sample_new(name);
    struct ht_sink out = document_of(github(), sample, &options);
    sample_free(sample);
    return out;
}

static void test_what_went_well_is_folded(void **state)
{
    struct ht_sink out = document("h1_chunked", (struct ht_report_options){.color = true});
    (void)state;
    assert_int_equal(strncmp(ht_sink_text(&out), "::group::GET http", 17), 0);
    has(&out, "\n::endgroup::\n");
    assert_int_equal(count_of(&out, "\n::"), 1);
    has_not(&out, "\x1b");
    ht_sink_free(&out);
}

static void test_a_failure_is_an_error(void **state)
{
    struct ht_sink out = document("refused", (struct ht_report_options){.exit_code = 7});
    (void)state;
    has(&out, "\n::error title=");
    has(&out, "%0Aexit 7\n");
    has_not(&out, "::group::");
    has_not(&out, "::endgroup::");
    ht_sink_free(&out);
}

static void test_text_is_escaped(void **state)
{
    static const struct ht_check checks[] = {{"header.x=50%,a:b", false, "100% of a:b, c"}};
    struct ht_sink out =
        document("h1_chunked", (struct ht_report_options){.checks = checks, .check_count = 1});
    (void)state;
    has(&out, "\n::error title=expect header.x=50%25%2Ca%3Ab::GET http");
    has(&out, "%0Agot 100%25 of a:b, c\n");
    ht_sink_free(&out);
}

/* The document of a transfer with a finding of that severity. */
static struct ht_sink with_finding(enum ht_severity severity, struct ht_report_options options)
{
    struct sample *sample = sample_new("h2_redirect");
    sample_finding(sample, sample->transfer->exchanges, severity);
    struct ht_sink out = document_of(github(), sample, &options);
    sample_free(sample);
    return out;
}

static void level_is(enum ht_severity severity, struct ht_report_options options, const char *command)
{
    struct ht_sink out = with_finding(severity, options);
    size_t all =
        count_of(&out, "\n::error ") + count_of(&out, "\n::warning ") + count_of(&out, "\n::notice ");
    assert_int_equal(all, command ? 1 : 0);
    if (command)
        has(&out, command);
    ht_sink_free(&out);
}

static void test_levels_follow_the_gate(void **state)
{
    struct ht_report_options none = {.least = HT_SEVERITY_NOTICE};
    struct ht_report_options warning = {.gated = true, .fail_on = HT_SEVERITY_WARNING};
    (void)state;
    level_is(HT_SEVERITY_ERROR, none, "\n::error title=");
    level_is(HT_SEVERITY_WARNING, none, "\n::warning title=");
    level_is(HT_SEVERITY_NOTICE, none, "\n::notice title=");
    level_is(HT_SEVERITY_INFO, none, NULL);
    level_is(HT_SEVERITY_WARNING, warning, "\n::error title=");
    level_is(HT_SEVERITY_NOTICE, warning, "\n::notice title=");
}

static void test_a_notice_leaves_it_folded(void **state)
{
    struct ht_sink out = with_finding(HT_SEVERITY_NOTICE, (struct ht_report_options){0});
    (void)state;
    has(&out, "::group::");
    ht_sink_free(&out);
    out = with_finding(HT_SEVERITY_WARNING, (struct ht_report_options){0});
    has_not(&out, "::group::");
    ht_sink_free(&out);
}

/* Twenty warnings of a transfer, then one that failed and whose check failed too. */
static struct ht_sink many(void)
{
    static const struct ht_check checks[] = {{"status=200", false, NULL}};
    struct ht_document document = {.format = github()};
    struct ht_error error = {0};
    struct sample *noisy = sample_new("h2_redirect"), *bad = sample_new("refused");
    for (int i = 0; i < 20; i++)
        sample_finding(noisy, noisy->transfer->exchanges, HT_SEVERITY_ERROR);
    assert_int_equal(github()->begin(&document, &error), HT_OK);
    github()->transfer(&document, &noisy->trace, noisy->transfer);
    document.options = (struct ht_report_options){.checks = checks, .check_count = 1, .exit_code = 7};
    github()->transfer(&document, &bad->trace, bad->transfer);
    assert_int_equal(github()->end(&document, &error), HT_OK);
    sample_free(noisy);
    sample_free(bad);
    return document.out;
}

static void test_ten_of_a_kind_the_gravest_first(void **state)
{
    struct ht_sink out = many();
    const char *first = strstr(ht_sink_text(&out), "\n::error "), *second = strstr(first + 1, "\n::error ");
    (void)state;
    assert_int_equal(count_of(&out, "\n::error "), 10);
    assert_null(memmem(first, (size_t)(second - first), "expect status=200", 17));
    assert_non_null(memmem(first, (size_t)(second - first), "%0Aexit 7", 9));
    assert_int_equal(strncmp(second, "\n::error title=expect status=200::", 34), 0);
    has(&out, "\n::error title=13 more of this kind::");
    has(&out, " (13)\n");
    ht_sink_free(&out);
}

static void test_a_transfer_that_is_explained_is_told_once(void **state)
{
    struct sample *sample = sample_new("h2_redirect");
    struct ht_report_options options = {.exit_code = 35};
    sample->transfer->curl_code = 35;
    sample->transfer->verdict =
        (struct ht_verdict){.status = HT_VERDICT_FAILED, .headline = "It was refused."};
    struct ht_sink out = document_of(github(), sample, &options);
    (void)state;
    assert_int_equal(count_of(&out, "\n::error title=It was refused.::"),
                     1); /* no finding that is an error yet */
    ht_sink_free(&out);
    sample_finding(sample, sample->transfer->exchanges, HT_SEVERITY_ERROR);
    out = document_of(github(), sample, &options);
    assert_int_equal(count_of(&out, "\n::error "), 1);
    has_not(&out, "\n::error title=It was refused.::");
    ht_sink_free(&out);
    sample_free(sample);
}

static void test_an_attempt_that_is_followed_by_another_is_a_notice(void **state)
{
    struct sample *sample = sample_new("refused");
    struct ht_report_options options = {.exit_code = 7};
    (void)state;
    sample->transfer->retry_in_us = 1000000;
    struct ht_sink out = document_of(github(), sample, &options);
    has(&out, "\n::notice title=attempt 1%3A ");
    has(&out, "%0Atried again in 1.00 s\n");
    has(&out, "::group::");
    has_not(&out, "::error ");
    ht_sink_free(&out);
    sample_free(sample);
}

static void test_no_transfer(void **state)
{
    struct ht_report_options options = {0};
    struct ht_sink out = document_of(github(), NULL, &options);
    (void)state;
    assert_int_equal(out.len, 0);
    ht_sink_free(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_went_well_is_folded),
        cmocka_unit_test(test_a_failure_is_an_error),
        cmocka_unit_test(test_text_is_escaped),
        cmocka_unit_test(test_levels_follow_the_gate),
        cmocka_unit_test(test_a_notice_leaves_it_folded),
        cmocka_unit_test(test_ten_of_a_kind_the_gravest_first),
        cmocka_unit_test(test_a_transfer_that_is_explained_is_told_once),
        cmocka_unit_test(test_an_attempt_that_is_followed_by_another_is_a_notice),
        cmocka_unit_test(test_no_transfer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
