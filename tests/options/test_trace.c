/* SPDX-License-Identifier: MIT */
/* --traceparent and --echo-header: what they mean, and what they refuse. */
#include "unit.h"

#include "options/options.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ID     "4bf92f3577b34da6a3ce929d0e0e4736"
#define SPAN   "00f067aa0ba902b7"
#define PARENT "00-" ID "-" SPAN "-01"
#define MOST   8

static struct ht_command command;
static struct ht_error error;

/* Words are separated by spaces. */
static enum ht_status parse(const char *words)
{
    static char copy[512];
    char *argv[MOST + 1] = {(char[]){"httptrace"}}, *rest = NULL;
    int argc = 1;
    snprintf(copy, sizeof copy, "%s", words);
    for (char *word = strtok_r(copy, " ", &rest); word && argc < MOST; word = strtok_r(NULL, " ", &rest))
        argv[argc++] = word;
    error = (struct ht_error){0};
    return ht_options_parse(argc, argv, &command, &error);
}

static const struct ht_trace_rules *trace_of(const char *words)
{
    if (parse(words) != HT_OK)
        fail_msg("%s: %s", words, error.text);
    return &command.operations->trace;
}

static void a_trace_is_joined(void **state)
{
    (void)state;
    const struct ht_trace_rules *trace = trace_of("-q --traceparent " PARENT " h");
    assert_string_equal(trace->id, ID);
    assert_string_equal(trace->parent, SPAN);
    assert_string_equal(trace->flags, "01");
    ht_command_clear(&command);
}

static void a_later_version_is_joined_too(void **state)
{
    (void)state;
    assert_string_equal(trace_of("-q --traceparent cc-" ID "-" SPAN "-01-what h")->id, ID);
    ht_command_clear(&command);
}

static void a_new_trace_has_no_parent(void **state)
{
    char first[64];
    (void)state;
    const struct ht_trace_rules *trace = trace_of("-q --traceparent new h");
    assert_null(trace->parent);
    assert_int_equal(strlen(trace->id), 32);
    assert_int_equal(strspn(trace->id, "0123456789abcdef"), 32);
    strcpy(first, trace->id);
    ht_command_clear(&command);
    assert_string_not_equal(trace_of("-q --traceparent new h")->id, first);
    ht_command_clear(&command);
}

static void what_is_none_is_refused(void **state)
{
    static const char *const values[] = {"x",
                                         "00-" ID "-" SPAN,
                                         "ff-" ID "-" SPAN "-01",
                                         "00-" ID "-" SPAN "-01-x",
                                         "00-00000000000000000000000000000000-" SPAN "-01",
                                         "00-" ID "-0000000000000000-01",
                                         "00-4BF92F3577B34DA6A3CE929D0E0E4736-" SPAN "-01",
                                         "0g-" ID "-" SPAN "-01",
                                         "00-" ID "_" SPAN "-01"};
    (void)state;
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        char words[256];
        snprintf(words, sizeof words, "-q --traceparent %s h", values[i]);
        assert_int_equal(parse(words), HT_ERR_USAGE);
        assert_int_equal(error.exit_code, 2);
    }
}

static void the_environment_counts_where_spans_are_reported(void **state)
{
    (void)state;
    setenv("TRACEPARENT", PARENT, 1);
    assert_null(trace_of("-q h")->id);
    ht_command_clear(&command);
    assert_string_equal(trace_of("-q --report otlp=x.jsonl h")->id, ID);
    ht_command_clear(&command);
    setenv("TRACEPARENT", "junk", 1);
    assert_null(trace_of("-q --report otlp=x.jsonl h")->id);
    assert_non_null(strstr(command.notes, "TRACEPARENT is not as"));
    ht_command_clear(&command);
    unsetenv("TRACEPARENT");
}

static void a_field_of_the_users_stays(void **state)
{
    (void)state;
    assert_null(trace_of("-q --traceparent new -H traceparent:x h")->id);
    ht_command_clear(&command);
}

static void an_echo_needs_something_to_echo(void **state)
{
    (void)state;
    assert_int_equal(parse("-q --echo-header X-Id h"), HT_ERR_USAGE);
    assert_string_equal(trace_of("-q --echo-header X-Id -H x-id:1 h")->echo, "X-Id");
    ht_command_clear(&command);
    assert_string_equal(trace_of("-q --echo-header X-Id --traceparent new h")->echo, "X-Id");
    ht_command_clear(&command);
    assert_int_equal(parse("-q --echo-header X-Id: -H x-id:1 h"), HT_ERR_USAGE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_trace_is_joined),
        cmocka_unit_test(a_later_version_is_joined_too),
        cmocka_unit_test(a_new_trace_has_no_parent),
        cmocka_unit_test(what_is_none_is_refused),
        cmocka_unit_test(the_environment_counts_where_spans_are_reported),
        cmocka_unit_test(a_field_of_the_users_stays),
        cmocka_unit_test(an_echo_needs_something_to_echo),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
