/* SPDX-License-Identifier: MIT */
/* --libcurl: literals, constants, lists and forms as C, and what is left unsaid. */
#include "unit.h"

#include "fetch/source_code.h"

#include <string.h>

static void expect_literal(struct ht_span text, const char *wanted)
{
    struct ht_sink out = ht_sink(0);
    ht_source_code_string(&out, text);
    assert_string_equal(ht_sink_text(&out), wanted);
    ht_sink_free(&out);
}

static void strings_are_literals(void **state)
{
    (void)state;
    expect_literal(ht_span("ab\x81"
                          "cd\0e\\\"?\r\n\t\1fg\x1aj\xfd",
                          19),
                  "\"ab\\201cd\\000e\\\\\\\"\\?\\r\\n\\t\\001fg\\x1aj\\xfd\"");
    expect_literal(ht_span("", 0), "\"\"");
}

/* What the settings become, without the transfer's own lines. */
static void expect(const struct ht_setting *settings, size_t count, const struct ht_form_part *form,
                   const char *wanted)
{
    struct ht_operation operation = {.settings = settings, .setting_count = count, .form = form};
    struct ht_job job = {.operation = &operation, .url = "http://h/"};
    struct ht_source_facts facts = {.job = &job};
    struct ht_setting_plan plan;
    struct ht_source_code code = {0};
    assert_int_equal(ht_setting_plan_make(&plan, &operation, NULL), HT_OK);
    ht_source_code_add(&code, &plan, &facts);
    if (strstr(ht_sink_text(&code.body), wanted) == NULL && strstr(ht_sink_text(&code.lists), wanted) == NULL)
        fail_msg("no %s in %s%s", wanted, ht_sink_text(&code.lists), ht_sink_text(&code.body));
    assert_null(strstr(ht_sink_text(&code.body), "FOLLOWLOCATION"));
    ht_source_code_clear(&code);
    ht_setting_plan_clear(&plan);
}

static void settings_have_their_form(void **state)
{
    (void)state;
    static const struct ht_setting settings[] = {
        {"FOLLOWLOCATION", HT_SETTING_LONG, 0, NULL, "--no-location", false},
        {"MAXFILESIZE_LARGE", HT_SETTING_OFFSET, 99, NULL, "--max-filesize", false},
        {"HTTPAUTH", HT_SETTING_BITS, 0, "CURLAUTH_BASIC", "--basic", false},
        {"HTTPAUTH", HT_SETTING_BITS, 0, "CURLAUTH_NTLM", "--ntlm", false},
        {"HTTP_VERSION", HT_SETTING_SYMBOL, 0, "CURL_HTTP_VERSION_1_1", "--http1.1", false},
        {"IPRESOLVE", HT_SETTING_SYMBOL, 0, "CURL_IPRESOLVE_V6", "-6", false},
        {"HTTPHEADER", HT_SETTING_LIST, 0, "A: 1", "-H", false},
        {"HTTPHEADER", HT_SETTING_LIST, 0, "B: 2", "-H", false},
        {"COPYPOSTFIELDS", HT_SETTING_BLOB, 3, "a\0b", "-d", false},
    };
    const size_t count = sizeof settings / sizeof *settings;
    expect(settings, count, NULL, "  curl_easy_setopt(hnd, CURLOPT_MAXFILESIZE_LARGE, (curl_off_t)99);\n");
    expect(settings, count, NULL,
           "CURLOPT_HTTPAUTH, (long)CURLAUTH_BASIC |\n"
           "                                          (long)CURLAUTH_NTLM);\n");
    expect(settings, count, NULL, "CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);\n");
    expect(settings, count, NULL, "CURLOPT_IPRESOLVE, 2L);\n");
    expect(settings, count, NULL, "CURLOPT_HTTPHEADER, slist1);\n");
    expect(settings, count, NULL,
           "  slist1 = NULL;\n  slist1 = curl_slist_append(slist1, \"A: 1\");\n"
           "  slist1 = curl_slist_append(slist1, \"B: 2\");\n");
    expect(settings, count, NULL,
           "CURLOPT_POSTFIELDS, \"a\\000b\");\n"
           "  curl_easy_setopt(hnd, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)3);\n");
}

static void forms_are_calls(void **state)
{
    (void)state;
    struct ht_form_part inner = {.kind = HT_PART_FILE, .data = "f", .encoder = "8bit", .content_type = "a/b"};
    struct ht_form_part outer = {.kind = HT_PART_MULTIPLE, .name = "n", .parts = &inner};
    expect(NULL, 0, &outer,
           "  mime1 = curl_mime_init(hnd);\n  part1 = curl_mime_addpart(mime1);\n"
           "  mime2 = curl_mime_init(hnd);\n  part2 = curl_mime_addpart(mime2);\n"
           "  curl_mime_filedata(part2, \"f\");\n  curl_mime_encoder(part2, \"8bit\");\n"
           "  curl_mime_type(part2, \"a/b\");\n  curl_mime_subparts(part1, mime2);\n"
           "  mime2 = NULL;\n  curl_mime_name(part1, \"n\");\n"
           "  curl_easy_setopt(hnd, CURLOPT_MIMEPOST, mime1);\n");
}

static void rows_are_options_of_libcurl(void **state)
{
    (void)state;
    size_t count;
    const struct ht_source_row *rows = ht_source_rows(&count);
    for (size_t i = 0; i < count; i++)
        if (curl_easy_option_by_name(rows[i].option) == NULL)
            fail_msg("there is no CURLOPT_%s", rows[i].option);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(strings_are_literals),
        cmocka_unit_test(settings_have_their_form),
        cmocka_unit_test(forms_are_calls),
        cmocka_unit_test(rows_are_options_of_libcurl),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
