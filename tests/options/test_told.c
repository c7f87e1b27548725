/* SPDX-License-Identifier: MIT */
/* --write-out, --trace and kin: templates, files of templates, which stream is taken, which trace holds. */
#include "unit.h"

#include "dump.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void parse(const char *words, struct ht_command *command)
{
    struct ht_error error = {0};
    if (dump_parse(words, command, &error) != HT_OK)
        fail_msg("%s: %s", words, error.text);
}

static void expect_template(const char *words, const char *wanted)
{
    struct ht_command command;
    parse(words, &command);
    assert_string_equal(dump_jobs[0].operation->output.write_out, wanted);
    assert_string_equal(dump_jobs[0].operation->output.program, "httptrace");
    ht_command_clear(&command);
}

static void the_last_template_holds(void **state)
{
    (void)state;
    expect_template("-w|%{http_code}\\n|h", "%{http_code}\\n");
    expect_template("--write-out|a|-wb|h", "b");
    expect_template("-w||h", "");
}

static void a_file_is_joined_to_one_line(void **state)
{
    static const char text[] = "%{a}\r\n%{b}\0dropped\n\\n\n";
    char name[] = "/tmp/ht-told-XXXXXX", words[64];
    int fd = mkstemp(name);
    (void)state;
    assert_int_equal(write(fd, text, sizeof text - 1), sizeof text - 1);
    close(fd);
    snprintf(words, sizeof words, "-w|@%s|h", name);
    expect_template(words, "%{a}%{b}\\n");
    unlink(name);
    struct ht_command command;
    struct ht_error error = {0};
    assert_int_equal(dump_parse(words, &command, &error), HT_ERR_USAGE);
    assert_non_null(strstr(error.text, "option -w: cannot read"));
}

static bool takes_stdout(const char *words)
{
    struct ht_command command;
    parse(words, &command);
    bool taken = command.stdout_taken;
    ht_command_clear(&command);
    return taken;
}

static void who_has_stdout_is_known(void **state)
{
    (void)state;
    assert_true(takes_stdout("-w|x|h"));
    assert_true(takes_stdout("-c|-|h"));
    assert_false(takes_stdout("-c|jar|h"));
    assert_true(takes_stdout("--trace|-|h"));
    assert_true(takes_stdout("--trace-ascii|-|h"));
    assert_false(takes_stdout("h"));
    assert_false(takes_stdout("-w|%{stderr}x|h"));
    assert_false(takes_stdout("-w||h"));
    assert_false(takes_stdout("--trace|%|h"));
    assert_false(takes_stdout("--trace|/tmp/x|h"));
}

static void the_last_trace_holds(void **state)
{
    struct ht_command command;
    (void)state;
    parse("--trace-ascii|a|--trace|b|--trace-time|h", &command);
    assert_string_equal(command.dump.path, "b");
    assert_false(command.dump.ascii);
    assert_true(command.dump.times);
    assert_non_null(strstr(command.notes, "--trace overrides an earlier --trace-ascii"));
    ht_command_clear(&command);
    parse("--trace-ascii|a|--trace-time|--no-trace-time|--trace-ids|h", &command);
    assert_true(command.dump.ascii && command.dump.ids && !command.dump.times);
    assert_null(command.notes);
    ht_command_clear(&command);
}

static void as_curl_v_is_curls(void **state)
{
    static const struct {
        const char *words[5];
        const char *path, *note;
        bool lines;
        int verbose;
    } rows[] = {
        {{"-v", "h"}, "%", NULL, true, 0},
        {{"-vv", "h"}, NULL, NULL, false, 2},
        {{"-v", "--no-verbose", "-v", "h"}, "%", NULL, true, 0},
        {{"--trace", "t", "-v", "h"}, "%", "--verbose overrides an earlier --trace", true, 0},
        {{"-v", "--trace-ascii", "t", "h"}, "t", "--trace-ascii overrides an earlier --verbose", false, 0},
        {{"--trace", "t", "--no-verbose", "h"}, NULL, NULL, false, 0},
        {{"--trace", "t", "-vv", "h"}, NULL, "--verbose overrides an earlier --trace", false, 2},
        {{"-vv", "--trace", "t", "h"}, "t", NULL, false, 2},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char name[] = "curl", words[5][32];
        char *argv[6] = {name};
        int count = 1;
        for (; count < 6 && rows[i].words[count - 1]; count++) {
            snprintf(words[count - 1], sizeof words[0], "%s", rows[i].words[count - 1]);
            argv[count] = words[count - 1];
        }
        struct ht_command command;
        assert_int_equal(ht_options_parse(count, argv, &command, NULL), HT_OK);
        if (rows[i].path)
            assert_string_equal(command.dump.path, rows[i].path);
        else
            assert_null(command.dump.path);
        assert_int_equal(command.dump.lines, rows[i].lines);
        assert_int_equal(command.verbose, rows[i].verbose);
        if (rows[i].note)
            assert_non_null(strstr(command.notes, rows[i].note));
        else
            assert_null(command.notes);
        ht_command_clear(&command);
    }
}

static void components_are_split(void **state)
{
    struct ht_command command;
    (void)state;
    parse("--trace-config|ids,HTTP/2,time|--trace-config|dns|h", &command);
    assert_true(command.dump.ids && command.dump.times);
    assert_string_equal(command.dump.components, "HTTP/2,dns");
    ht_command_clear(&command);
    parse("--trace-config|ids|h", &command);
    assert_null(command.dump.components);
    ht_command_clear(&command);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_last_template_holds), cmocka_unit_test(a_file_is_joined_to_one_line),
        cmocka_unit_test(who_has_stdout_is_known), cmocka_unit_test(the_last_trace_holds),
        cmocka_unit_test(as_curl_v_is_curls),      cmocka_unit_test(components_are_split),
    };
    dump_clear_environment();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
