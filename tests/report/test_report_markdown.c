/* SPDX-License-Identifier: MIT */
/* Tests of the Markdown report: what is text and what is code, what stands where, what goes where room is
 * short. */
#include "unit.h"

#include "report/document.h"
#include "report/markdown/markdown.h"

#include <string.h>

#define COMMENT_MOST 65536u

static const struct ht_format *markdown(void)
{
    return ht_format_by_name(ht_span_str("markdown"));
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

/* `first` stands before `second`. */
static void in_order(const struct ht_sink *out, const char *first, const char *second)
{
    const char *a = strstr(ht_sink_text(out), first);
    if (!a || !strstr(a, second))
        fail_msg("%s does not stand before %s in:\n%s", first, second, ht_sink_text(out));
}

static struct ht_sink document(const char *name, struct ht_report_options options)
{
    struct sample *sample = sample_new(name);
    struct ht_sink out = document_of(markdown(), sample, &options);
    sample_free(sample);
    return out;
}

/* ---- text ---- */

struct row {
    const char *text, *expected;
};

static void check_rows(const struct row *rows, size_t count, void (*write)(struct ht_sink *, const char *))
{
    for (size_t i = 0; i < count; i++) {
        struct ht_sink out = ht_sink(0);
        write(&out, rows[i].text);
        assert_string_equal(ht_sink_text(&out), rows[i].expected);
        ht_sink_free(&out);
    }
}

#define CHECK(rows, write) check_rows(rows, sizeof(rows) / sizeof *(rows), write)

static void test_what_could_fire_is_code(void **state)
{
    static const struct row rows[] = {
        {"", ""},
        {NULL, ""},
        {"plain words, (in brackets) \"quoted\": fine!", "plain words, (in brackets) \"quoted\": fine!"},
        {"HTTP/2 in 12.5 ms, 50% of it", "HTTP/2 in 12.5 ms, 50% of it"},
        {"caf\xc3\xa9 \xc2\xb7 TLS", "caf\xc3\xa9 \xc2\xb7 TLS"},
        {"hello @octocat and a@b.example", "hello `@octocat` and `a@b.example`"},
        {"fixes #12 and o/r#3 GH-4 JIRA-5.", "fixes `#12` and `o/r#3 GH-4 JIRA-5`."},
        {"connect to 127.0.0.1:1: 503, a:b, c:d.", "connect to `127.0.0.1:1`: 503, `a:b, c:d`."},
        {"see https://evil.example/ now", "see `https://evil.example/` now"},
        {"www.evil.example or evil.example", "`www.evil.example` or `evil.example`"},
        {"deadbee1 and 1234567 and facade", "`deadbee1` and 1234567 and facade"},
        {"GH-2/ deadbee1- \xc2\xa0GH-2 x/GH-3", "`GH-2/ deadbee1- \xc2\xa0GH-2 x/GH-3`"},
        {"<b>bold</b> *it* _it_ ~~no~~", "`<b>bold</b> *it* _it_ ~~no~~`"},
        {"[a](javascript:x) ![i](y)", "`[a](javascript:x) ![i](y)`"},
        {"&lt; $x$ :+1: ::a", "`&lt; $x$ :+1: ::a`"},
        {"a`b ``` c", "`a\\x60b \\x60\\x60\\x60` c"},
        {"\\x1b[2J", "`\\x1b[2J`"},
        {"a | b", "a `|` b"},
        {"1. not a list", "`1`. not a list"},
        {"502, 503 and 1) 2.", "502, 503 and 1) 2."},
        {"- item", "`-` item"},
        {"+ item", "`+` item"},
        {"# head", "`#` head"},
        {"> quote", "`>` quote"},
        {"/close", "`/close`"},
        {"=== a", "`===` a"},
        {"two  spaces", "two spaces"},
        {"a\nb", "`a b`"},
    };
    (void)state;
    CHECK(rows, ht_markdown_text);
}

static void test_cells_have_no_bar(void **state)
{
    static const struct row rows[] = {{"a | b", "a `\\x7c` b"}, {"x\\|y", "`x\\\\x7cy`"}, {"plain", "plain"}};
    static const struct row codes[] = {{"", ""}, {"GET /a`b|c", "`GET /a\\x60b|c`"}};
    (void)state;
    CHECK(rows, ht_markdown_cell);
    CHECK(codes, ht_markdown_code);
}

static void as_block(struct ht_sink *out, const char *lines)
{
    ht_markdown_block(out, "http", lines);
}

static void test_no_line_ends_a_block(void **state)
{
    static const struct row rows[] = {
        {"", "```http\n\n```\n"},
        {"a: b\n", "```http\na: b\n```\n"},
        {"`a` ``b``", "```http\n`a` ``b``\n```\n"},
        {"```\n````x", "```http\n\\x60\\x60\\x60\n\\x60\\x60\\x60\\x60x\n```\n"},
    };
    (void)state;
    CHECK(rows, as_block);
}

/* ---- documents ---- */

static void test_headline_phases_findings_details(void **state)
{
    struct sample *sample = sample_new("h2_redirect");
    sample_finding(sample, sample->transfer->exchanges, HT_SEVERITY_ERROR);
    struct ht_report_options options = {0};
    struct ht_sink out = document_of(markdown(), sample, &options);
    (void)state;
    assert_int_equal(strncmp(ht_sink_text(&out), "### ", 4), 0);
    in_order(&out, "### ", "| phase | | time | |\n|---|---|--:|---|\n| resolve | ");
    in_order(&out, "| response | ", "\n**error** `");
    in_order(&out, "\n**error** `", "\n<details><summary>Headers: ");
    in_order(&out, "Headers: ", "<summary>Headers, redirect: ");
    in_order(&out, "Headers, redirect: ", "<summary>Connection 0");
    in_order(&out, "<summary>Connection 0", "<summary>TLS messages: ");
    in_order(&out, "<summary>TLS messages: ", "<summary>HTTP/2 frames: ");
    in_order(&out, "redirect \u2192 `GET ", "| reused | | | resolve, connect, tls |");
    has_not(&out, "Left out");
    ht_sink_free(&out);
    sample_free(sample);
}

static void test_a_failure_says_where(void **state)
{
    struct ht_sink out = document("refused", (struct ht_report_options){.exit_code = 7});
    (void)state;
    assert_int_equal(strncmp(ht_sink_text(&out), "### \u274c ", 8), 0);
    has(&out, " \u00b7 exit 7 (libcurl: ");
    has(&out, "```text\n  failed in      connect\n");
    has(&out, "| \u274c ");
    ht_sink_free(&out);
}

static void test_checks_are_a_table(void **state)
{
    static const struct ht_check checks[] = {
        {"status=200", true, NULL}, {"header.x~a|b", false, "@octocat"}, {"tls>=1.3", false, NULL}};
    struct ht_report_options options = {
        .checks = checks, .check_count = 3, .exit_code = 101, .exit_why = "an --expect did not hold"};
    struct ht_sink out = document("h1_chunked", options);
    (void)state;
    has(&out, "### \u274c ");
    has(&out, "| `status=200` | \u2705 |  |\n| `header.x~a\\x7cb` | \u274c | `@octocat` |\n"
              "| `tls>=1.3` | \u274c | nothing |\n");
    has(&out, " \u00b7 exit 101 (an `--expect` did not hold)");
    ht_sink_free(&out);
}

static void test_no_transfer(void **state)
{
    struct ht_report_options options = {0};
    struct ht_sink out = document_of(markdown(), NULL, &options);
    (void)state;
    assert_string_equal(ht_sink_text(&out), "No URL was traced.\n");
    ht_sink_free(&out);
}

/* ---- room ---- */

/* Header fields and findings by the hundred, each with text that has to be escaped. */
static struct sample *long_sample(void)
{
    struct sample *sample = sample_new("h2_redirect");
    struct ht_exchange *x = sample->transfer->exchanges;
    for (int i = 0; i < 500; i++)
        sample_header(sample, &x->response.headers, "x-long",
                      "``` ```` ````` ```````````````````````````````````````````````````````````````````");
    for (int i = 0; i < 300; i++)
        sample_finding(sample, x, HT_SEVERITY_WARNING);
    return sample;
}

static void test_a_long_transfer_fits(void **state)
{
    struct sample *sample = long_sample();
    struct ht_report_options options = {0};
    struct ht_sink out = document_of(markdown(), sample, &options);
    (void)state;
    assert_true(out.len >= COMMENT_MOST / 2 && out.len <= COMMENT_MOST);
    has(&out, "\nLeft out for want of room: ");
    has(&out, " \u00d7 findings");
    has(&out, " \u00d7 headers");
    assert_int_equal(strncmp(ht_sink_text(&out), "### ", 4), 0);
    ht_sink_free(&out);
    sample_free(sample);
}

/* `count` transfers, all of which went well but the last. */
static struct ht_sink many(size_t count, struct ht_report_options options)
{
    struct ht_document document = {.format = markdown(), .options = options};
    struct ht_error error = {0};
    struct sample *good = sample_new("h2_redirect"), *bad = sample_new("refused");
    assert_int_equal(markdown()->begin(&document, &error), HT_OK);
    for (; document.transfers < count; document.transfers++) {
        struct sample *one = document.transfers + 1 < count ? good : bad;
        markdown()->transfer(&document, &one->trace, one->transfer);
    }
    assert_int_equal(markdown()->end(&document, &error), HT_OK);
    sample_free(good);
    sample_free(bad);
    return document.out;
}

static void test_the_worst_of_many_stands_first(void **state)
{
    struct ht_sink out = many(3, (struct ht_report_options){.several = true});
    (void)state;
    in_order(&out, "**3 URLs: 2 fine, 1 failed**\n\n### \u274c ", "### \u2705 ");
    has(&out, "<details><summary>Phases</summary>");
    ht_sink_free(&out);
}

static void test_attempts_are_no_urls(void **state)
{
    struct ht_document document = {.format = markdown()};
    struct ht_error error = {0};
    struct sample *tried = sample_new("refused"), *good = sample_new("h1_chunked");
    (void)state;
    tried->transfer->retry_in_us = 2000000;
    good->transfer->retries = 1;
    assert_int_equal(markdown()->begin(&document, &error), HT_OK);
    markdown()->transfer(&document, &tried->trace, tried->transfer);
    document.transfers++;
    markdown()->transfer(&document, &good->trace, good->transfer);
    document.transfers++;
    assert_int_equal(markdown()->end(&document, &error), HT_OK);
    has(&document.out, "**1 URL: 1 fine, 1 tried again**\n\n### \u26a0\ufe0f ");
    has(&document.out, " \u00b7 attempt 1, tried again in 2.00 s \u00b7 ");
    has(&document.out, " \u00b7 attempt 2 \u00b7 ");
    ht_sink_free(&document.out);
    sample_free(tried);
    sample_free(good);
}

static void test_a_run_that_was_stopped_says_so(void **state)
{
    struct ht_sink out = many(2, (struct ht_report_options){.several = true, .interrupted = "2 of 3 done"});
    (void)state;
    has(&out, "**2 URLs: 1 fine, 1 failed**\n\n**Interrupted**: 2 of 3 done\n\n### ");
    ht_sink_free(&out);
}

static void test_many_transfers_fit(void **state)
{
    struct ht_sink out = many(2000, (struct ht_report_options){.several = true});
    (void)state;
    assert_true(out.len >= COMMENT_MOST / 2 && out.len <= COMMENT_MOST);
    has(&out, "**2000 URLs: 1999 fine, 1 failed**\n\n### \u274c ");
    has(&out, "failed in      connect"); /* of the one that failed all is there */
    has(&out, " \u00d7 transfers, ");
    ht_sink_free(&out);
}

static void test_room_may_be_given(void **state)
{
    struct ht_sink out = many(2000, (struct ht_report_options){.several = true, .room_bytes = 200000});
    (void)state;
    assert_true(out.len >= 150000 && out.len <= 200000);
    ht_sink_free(&out);
    out = many(2, (struct ht_report_options){.room_bytes = 2048});
    assert_true(out.len >= 100 && out.len <= 2048);
    has(&out, "1 fine, 1 failed");
    ht_sink_free(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_could_fire_is_code),
        cmocka_unit_test(test_cells_have_no_bar),
        cmocka_unit_test(test_no_line_ends_a_block),
        cmocka_unit_test(test_headline_phases_findings_details),
        cmocka_unit_test(test_a_failure_says_where),
        cmocka_unit_test(test_checks_are_a_table),
        cmocka_unit_test(test_no_transfer),
        cmocka_unit_test(test_a_long_transfer_fits),
        cmocka_unit_test(test_the_worst_of_many_stands_first),
        cmocka_unit_test(test_attempts_are_no_urls),
        cmocka_unit_test(test_a_run_that_was_stopped_says_so),
        cmocka_unit_test(test_many_transfers_fit),
        cmocka_unit_test(test_room_may_be_given),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
