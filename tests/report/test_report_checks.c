/* SPDX-License-Identifier: MIT */
/* Tests of how checks and exit codes of gates are shown, as text and as JSON. */
#include "unit.h"

#include "report/sample.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

static const struct ht_check checks[] = {
    {"status=200", true, "200"},
    {"tls>=1.3", false, "1.2"},
    {"header.x=1", false, NULL},
};

static char *text_of(const struct ht_report_options *options)
{
    struct sample *s = sample_new(sample_rows[0].name);
    struct ht_sink out = ht_sink(0);
    ht_report_text(&out, &s->trace, s->transfer, options);
    sample_free(s);
    return out.text;
}

static void each_check_has_a_line(void **state)
{
    (void)state;
    struct ht_report_options options = {.checks = checks,
                                        .check_count = 3,
                                        .exit_code = 101,
                                        .exit_why = "an --expect did not hold",
                                        .width = 80};
    char *text = text_of(&options);
    const char *block = "\n\nexpect ok: status=200\nexpect failed: tls>=1.3: got 1.2\n"
                        "expect failed: header.x=1: got nothing\n\nexit 101 (an --expect did not hold)\n";
    assert_non_null(strstr(text, block));
    free(text);
}

static void without_checks_there_is_no_word_of_them(void **state)
{
    (void)state;
    struct ht_report_options options = {.exit_code = 100, .exit_why = "a finding", .width = 80};
    char *text = text_of(&options);
    assert_null(strstr(text, "expect"));
    assert_non_null(strstr(text, "\nexit 100 (a finding)\n"));
    free(text);
}

static json_t *json_of(const struct ht_report_options *options)
{
    struct sample *s = sample_new(sample_rows[0].name);
    struct ht_sink out = ht_sink(0);
    ht_report_json(&out, &s->trace, s->transfer, options);
    json_t *report = json_loads(out.text, 0, NULL);
    assert_non_null(report);
    ht_sink_free(&out);
    sample_free(s);
    return report;
}

static void json_has_all_of_them(void **state)
{
    (void)state;
    struct ht_report_options options = {.checks = checks, .check_count = 3, .exit_code = 101};
    json_t *report = json_of(&options);
    json_t *expected =
        json_pack("[{s:s,s:b,s:s},{s:s,s:b,s:s},{s:s,s:b,s:n}]", "check", "status=200", "ok", 1, "got", "200",
                  "check", "tls>=1.3", "ok", 0, "got", "1.2", "check", "header.x=1", "ok", 0, "got");
    assert_true(json_equal(json_object_get(report, "expect"), expected));
    assert_int_equal(json_integer_value(json_object_get(json_object_get(report, "outcome"), "exit_code")),
                     101);
    json_decref(report);
    json_decref(expected);
    report = json_of(&(struct ht_report_options){0});
    assert_null(json_object_get(report, "expect"));
    json_decref(report);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_check_has_a_line),
        cmocka_unit_test(without_checks_there_is_no_word_of_them),
        cmocka_unit_test(json_has_all_of_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
