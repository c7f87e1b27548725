/* SPDX-License-Identifier: MIT */
/* URL globbing: the combinations of patterns in their order, names made of them, and what is refused where.
 */
#include "unit.h"

#include "options/urls/glob.h"

#include <stdio.h>
#include <string.h>

/* All combinations, a space after each; at most 40 of them. */
static char *expand(const char *pattern)
{
    static char text[4096];
    struct ht_arena *arena = ht_arena_new();
    struct ht_glob glob;
    struct ht_error error = {0};
    struct ht_sink out = ht_sink(0);
    if (ht_glob_parse(arena, pattern, &glob, &error) != HT_OK)
        fail_msg("%s: %s", pattern, error.text);
    int left = 40;
    do {
        ht_glob_write(&glob, &out);
        ht_sink_char(&out, ' ');
    } while (--left && ht_glob_next(&glob));
    snprintf(text, sizeof text, "%s", ht_sink_text(&out));
    ht_sink_free(&out);
    ht_arena_free(arena);
    return text;
}

static void patterns_give_their_combinations(void **state)
{
    (void)state;
    static const struct {
        const char *pattern, *expected;
    } rows[] = {
        {"h/a", "h/a "},
        {"h/{a,b}", "h/a h/b "},
        {"{a,b}{1,2}", "a1 a2 b1 b2 "},
        {"h/[1-3]", "h/1 h/2 h/3 "},
        {"h/[08-11]", "h/08 h/09 h/10 h/11 "},
        {"h/[1-10:4]", "h/1 h/5 h/9 "},
        {"h/[a-e:2]", "h/a h/c h/e "},
        {"[A-C]x", "Ax Bx Cx "},
        {"h/[5-5]", "h/5 "},
        {"h/[1-  3]", "h/1 h/2 h/3 "},
        {"h/[]{1,2}", "h/[]1 h/[]2 "},
        {"http://[::1]/[1-2]", "http://[::1]/1 http://[::1]/2 "},
        {"http://[fe80::1%25lo]:80/", "http://[fe80::1%25lo]:80/ "},
        {"a\\{b\\}\\[c\\]", "a{b}[c] "},
        {"a\\b", "a\\b "},
        {"{a\\,b,c}", "a,b c "},
        {"{,a}", " a "},
        {"{a,}x", "ax x "},
        {"", " "},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_string_equal(expand(rows[i].pattern), rows[i].expected);
}

static void broken_patterns_say_where(void **state)
{
    (void)state;
    static const struct {
        const char *pattern, *begin;
    } rows[] = {
        {"h/{a", "unmatched brace in URL position 3"},
        {"h/a}", "unmatched close brace/bracket in URL position 4"},
        {"h/a]", "unmatched close brace/bracket in URL position 4"},
        {"h/{}", "empty string within braces in URL position 4"},
        {"{a{b}}", "nested brace in URL position 3"},
        {"{a]}", "unexpected close bracket in URL position 3"},
        {"[1-", "bad range in URL position 4"},
        {"[3-1]", "bad range in URL position 6"},
        {"[1-3:0]", "bad range in URL position 8"},
        {"[1-3:x]", "bad range in URL position 6"},
        {"[1-3:3]", "bad range in URL position 8"},
        {"[a-9]", "bad range in URL position 2"},
        {"[1-a]", "bad range in URL position 4"},
        {"[b-a]", "bad range in URL position 6"},
        {"[-]", "bad range specification in URL position 2"},
        {"[]]", "unmatched close brace/bracket in URL position 3"},
        {"[99999999999999999999-1]", "bad range in URL position 2"},
        {"[0-4000000000][0-4000000000][0-4000000000]", "range overflow in URL position"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct ht_arena *arena = ht_arena_new();
        struct ht_glob glob;
        struct ht_error error = {0};
        assert_int_equal(ht_glob_parse(arena, rows[i].pattern, &glob, &error), HT_ERR_USAGE);
        assert_int_equal(error.exit_code, 3);
        if (strncmp(error.text, rows[i].begin, strlen(rows[i].begin)) != 0)
            fail_msg("%s: %s", rows[i].pattern, error.text);
        ht_arena_free(arena);
    }
}

static void names_take_the_present_values(void **state)
{
    (void)state;
    struct ht_arena *arena = ht_arena_new();
    struct ht_glob glob;
    struct ht_sink out = ht_sink(0);
    assert_int_equal(ht_glob_parse(arena, "{one,two}/[07-09]", &glob, NULL), HT_OK);
    assert_int_equal(glob.combinations, 6);
    for (int i = 0; i < 4; i++)
        assert_true(ht_glob_next(&glob));
    ht_glob_fill(&glob, "#1-#2 #3 # #0 ##1", &out);
    assert_string_equal(ht_sink_text(&out), "two-08 #3 # #0 #two");
    assert_true(ht_glob_next(&glob));
    assert_false(ht_glob_next(&glob));
    ht_sink_free(&out);
    ht_arena_free(arena);
}

static void many_patterns_are_refused(void **state)
{
    (void)state;
    char pattern[2 * HT_GLOB_PARTS * 4] = "";
    for (int i = 0; i < HT_GLOB_PARTS + 1; i++)
        strcat(pattern, "{a}");
    struct ht_arena *arena = ht_arena_new();
    struct ht_glob *glob = ht_arena_alloc(arena, sizeof *glob);
    struct ht_error error = {0};
    assert_int_equal(ht_glob_parse(arena, pattern, glob, &error), HT_ERR_USAGE);
    ht_arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(patterns_give_their_combinations),
        cmocka_unit_test(broken_patterns_say_where),
        cmocka_unit_test(names_take_the_present_values),
        cmocka_unit_test(many_patterns_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
