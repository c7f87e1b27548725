/* SPDX-License-Identifier: MIT */
/* Variables: how they are set, what {{...}} becomes, what is refused; and options that are expanded. */
#include "unit.h"

#include "options/words/variable.h"
#include "dump.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct ht_arena *arena;
static struct ht_variable *list;

static int set_up(void **state)
{
    (void)state;
    arena = ht_arena_new();
    list = NULL;
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    ht_arena_free(arena);
    return 0;
}

static enum ht_status set(const char *text, struct ht_error *error)
{
    return ht_variable_set(&list, arena, "--variable", text, error);
}

static void expands(const char *text, const char *expected)
{
    struct ht_sink out = ht_sink(0);
    struct ht_error error = {0};
    assert_int_equal(ht_variable_expand(list, "--expand-x", text, &out, &error), HT_OK);
    assert_string_equal(ht_sink_text(&out), expected);
    ht_sink_free(&out);
}

static void variables_are_set_and_expanded(void **state)
{
    (void)state;
    setenv("HT_TEST", "from outside", 1);
    unsetenv("HT_NONE");
    static const char *const sets[] = {"a= x \"y\"\t", "b=é/~",         "c=first",       "c=second",
                                       "%HT_TEST",     "%HT_NONE=else", "r[1-3]=abcdef", "s[4-]=abcdef",
                                       "t[9-]=abc",    "u=aGk=",        "v=%%",          "empty="};
    for (size_t i = 0; i < sizeof sets / sizeof *sets; i++)
        assert_int_equal(set(sets[i], NULL), HT_OK);
    expands("plain", "plain");
    expands("", "");
    expands("<{{a:trim}}>", "<x \"y\">");
    expands("{{a:json}}", " x \\\"y\\\"\\t");
    expands("{{b:url}}", "%C3%A9%2F~");
    expands("{{c}}-{{HT_TEST}}-{{HT_NONE}}-{{empty}}-{{unset}}", "second-from outside-else--");
    expands("{{r}}{{s}}{{t}}", "bcdef");
    expands("{{a:trim:b64}}", "eCAieSI=");
    expands("{{u:64dec}} {{v:64dec}}", "hi [64dec-fail]");
    expands("\\{{c}} {c} }} {{c}}", "{{c}} {c} }} second");
    expands("{{not a name}}", "{{not a name}}");
}

static void nonsense_is_refused(void **state)
{
    (void)state;
    struct ht_error error = {0};
    static const char *const sets[] = {
        "", "a", "=x", "a b=c", "%HT_NOT_THERE", "a[x]=y", "a[3-1]=y", "a@/nonexistent/f"};
    unsetenv("HT_NOT_THERE");
    for (size_t i = 0; i < sizeof sets / sizeof *sets; i++)
        if (set(sets[i], &error) != HT_ERR_USAGE)
            fail_msg("%s was taken", sets[i]);
    assert_int_equal(set("n=AA==", &error), HT_OK);
    static const char *const texts[] = {"{{n", "{{n:nope}}", "{{n:64dec}}"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct ht_sink out = ht_sink(0);
        if (ht_variable_expand(list, "--expand-x", texts[i], &out, &error) != HT_ERR_USAGE)
            fail_msg("%s was taken", texts[i]);
        ht_sink_free(&out);
    }
}

static void options_are_expanded(void **state)
{
    (void)state;
    struct ht_command command;
    struct ht_error error = {0};
    struct ht_sink settings = ht_sink(0);
    dump_clear_environment();
    assert_int_equal(
        dump_parse("--variable|p=a b|--expand-user-agent|<{{p}}>|--expand-url|h/{{p:url}}", &command, &error),
        HT_OK);
    dump_settings(&settings, &command);
    assert_string_equal(ht_sink_text(&settings), "USERAGENT=<a b>;");
    assert_string_equal(dump_jobs[0].url, "h/a%20b");
    ht_sink_free(&settings);
    ht_command_clear(&command);
    static const char *const rows[] = {"--expand-location|h", "--expand-nope|x|h", "--expand-user-agent",
                                       "--expand-data|{{x|h"};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (dump_parse(rows[i], &command, &error) != HT_ERR_USAGE)
            fail_msg("%s was taken", rows[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(variables_are_set_and_expanded, set_up, tear_down),
        cmocka_unit_test_setup_teardown(nonsense_is_refused, set_up, tear_down),
        cmocka_unit_test(options_are_expanded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
