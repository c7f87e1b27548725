/* SPDX-License-Identifier: MIT */
/* Tests that hold for every row of the table of formats, over every sample. */
#include "unit.h"

#include "base/escape.h"
#include "report/document.h"

#include <string.h>

static const struct ht_format *const *formats;
static size_t format_count;

/* Bytes, not text: what is in it is held against the rules of its own tests. */
static bool is_binary(const struct ht_format *format)
{
    return format->flags & HT_FORMAT_FILE;
}

static struct ht_sink hostile_document(const struct ht_format *format, bool secrets)
{
    struct ht_report_options options = {
        .show_secrets = secrets, .timeline = true, .unicode = true, .width = 120};
    struct sample *sample = sample_new("hostile");
    struct ht_sink out = document_of(format, sample, &options);
    sample_free(sample);
    return out;
}

static void test_rows_are_documented_and_in_order(void **state)
{
    (void)state;
    for (size_t i = 0; i < format_count; i++) {
        assert_non_null(formats[i]->transfer);
        assert_non_null(formats[i]->help);
        assert_true(strlen(formats[i]->text) > strlen(formats[i]->help));
        assert_int_equal(formats[i]->flags & HT_FORMAT_URL ? 1 : 0, formats[i]->content_type ? 1 : 0);
        assert_true(i == 0 || strcmp(formats[i - 1]->name, formats[i]->name) < 0);
        assert_ptr_equal(ht_format_by_name(ht_span_str(formats[i]->name)), formats[i]);
    }
    assert_null(ht_format_by_name(ht_span_str("jso")));
}

static void test_every_sample_makes_a_document(void **state)
{
    (void)state;
    for (size_t i = 0; i < format_count; i++) {
        for (size_t row = 0; row < sample_count; row++) {
            struct ht_report_options options = {.width = 80};
            struct sample *sample = sample_new(sample_rows[row].name);
            struct ht_sink out = document_of(formats[i], sample, &options);
            if (!is_binary(formats[i]) && out.len == 0)
                fail_msg("%s says nothing of %s", formats[i]->name, sample_rows[row].name);
            ht_sink_free(&out);
            sample_free(sample);
        }
    }
}

static void test_a_run_without_transfers_ends(void **state)
{
    (void)state;
    for (size_t i = 0; i < format_count; i++) {
        struct ht_report_options options = {.width = 80};
        struct ht_sink out = document_of(formats[i], NULL, &options);
        ht_sink_free(&out);
    }
}

static void assert_harmless(const struct ht_format *format, const struct ht_sink *out)
{
    struct ht_span s = ht_span(out->text, out->len);
    for (size_t at = 0; at < s.len;) {
        uint32_t c = 0;
        size_t len = ht_utf8_next(s, at, &c);
        bool good = len > 0 && (c == '\n' || c >= 0x20) && !(c >= 0x7F && c <= 0x9F) &&
                    !(c >= 0x200B && c <= 0x200F) && !(c >= 0x202A && c <= 0x202E) &&
                    !(c >= 0x2066 && c <= 0x2069);
        if (!good)
            fail_msg("%s lets U+%04X pass at %zu", format->name, (unsigned)c, at);
        at += len;
    }
}

static void test_nothing_hostile_passes(void **state)
{
    (void)state;
    for (size_t i = 0; i < format_count; i++) {
        if (is_binary(formats[i]))
            continue;
        for (int secrets = 0; secrets < 2; secrets++) {
            struct ht_sink out = hostile_document(formats[i], secrets);
            assert_harmless(formats[i], &out);
            ht_sink_free(&out);
        }
    }
}

/* A line that GitHub's runner takes for a command: after leading white space, of any script. */
static bool is_command(struct ht_span line)
{
    while (line.len && (line.data[0] == ' ' || line.data[0] == '\t' || line.data[0] >= 0x80))
        line = ht_span_from(line, 1);
    return line.len > 2 && memcmp(line.data, "::", 2) == 0 &&
           ht_span_find(line, ht_span_str("::"), 2) < line.len;
}

static bool is_our_command(struct ht_span line)
{
    static const char *const ours[] = {
        "::error title=", "::warning title=", "::notice title=", "::group::", "::endgroup::"};
    for (size_t i = 0; i < sizeof ours / sizeof *ours; i++)
        if (ht_span_eq_str(ht_span_head(line, strlen(ours[i])), ours[i]))
            return true;
    return false;
}

static void assert_no_commands(const struct ht_format *format, const struct ht_sink *out)
{
    bool speaks = strcmp(format->name, "github") == 0;
    struct ht_span left = ht_span(out->text, out->len);
    if (ht_span_find(left, ht_span_str("##["), 0) < left.len)
        fail_msg("%s has a command of Azure Pipelines", format->name);
    while (left.len) {
        struct ht_span line = ht_span_head(left, ht_span_find_byte(left, '\n', 0));
        left = ht_span_from(left, line.len + 1);
        if (is_command(line) && !(speaks && is_our_command(line)))
            fail_msg("%s has the command %.*s", format->name, (int)line.len, (const char *)line.data);
    }
}

/* At every width, as a line may be broken anywhere. */
static void test_no_workflow_command_comes_from_the_wire(void **state)
{
    (void)state;
    for (size_t i = 0; i < format_count; i++) {
        for (int width = 20; width < 130 && !is_binary(formats[i]); width++) {
            struct ht_report_options options = {.timeline = true, .pretty = width % 2, .width = width};
            struct sample *sample = sample_new("hostile");
            struct ht_sink out = document_of(formats[i], sample, &options);
            assert_no_commands(formats[i], &out);
            ht_sink_free(&out);
            sample_free(sample);
        }
    }
}

static void test_no_secret_passes(void **state)
{
    (void)state;
    for (size_t i = 0; i < format_count; i++) {
        struct ht_sink out = hostile_document(formats[i], false);
        for (const char *const *secret = sample_secrets; *secret; secret++) {
            if (out.len && memmem(out.text, out.len, *secret, strlen(*secret)))
                fail_msg("%s shows %s", formats[i]->name, *secret);
        }
        ht_sink_free(&out);
    }
}

static int find_formats(void **state)
{
    (void)state;
    formats = ht_formats(&format_count);
    return format_count ? 0 : -1;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows_are_documented_and_in_order),
        cmocka_unit_test(test_every_sample_makes_a_document),
        cmocka_unit_test(test_a_run_without_transfers_ends),
        cmocka_unit_test(test_nothing_hostile_passes),
        cmocka_unit_test(test_no_workflow_command_comes_from_the_wire),
        cmocka_unit_test(test_no_secret_passes),
    };
    return cmocka_run_group_tests(tests, find_formats, NULL);
}
