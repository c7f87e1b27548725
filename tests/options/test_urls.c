/* SPDX-License-Identifier: MIT */
/* From words to jobs: globs, lists of URLs, --next, queries, files of options. */
#include "unit.h"

#include "base/arena.h"
#include "options/urls/list.h"
#include "dump.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char directory[64];

static int set_up(void **state)
{
    (void)state;
    strcpy(directory, "/tmp/httptrace-urls.XXXXXX");
    dump_clear_environment();
    setenv("HOME", "/nonexistent", 1);
    unsetenv("XDG_CONFIG_HOME");
    return mkdtemp(directory) && chdir(directory) == 0 ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    char command[128];
    snprintf(command, sizeof command, "rm -r %s", directory);
    return chdir("/") == 0 ? system(command) : -1;
}

static void write_file(const char *name, const char *text)
{
    FILE *file = fopen(name, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

/* "url[>output][<upload][?query] " of each job. */
static char *jobs_of(const char *words)
{
    static char text[4096];
    struct ht_command command;
    struct ht_error error = {0};
    struct ht_sink out = ht_sink(0);
    if (dump_parse(words, &command, &error) != HT_OK)
        fail_msg("%s: %s", words, error.text);
    for (size_t i = 0; i < dump_job_count; i++) {
        const struct ht_job *job = &dump_jobs[i];
        ht_sink_puts(&out, job->url);
        if (job->output)
            ht_sink_printf(&out, ">%s", job->output);
        if (job->upload)
            ht_sink_printf(&out, "<%s", job->upload);
        if (job->operation->query)
            ht_sink_printf(&out, "?%s", job->operation->query);
        ht_sink_char(&out, ' ');
    }
    snprintf(text, sizeof text, "%s", ht_sink_text(&out));
    ht_sink_free(&out);
    ht_command_clear(&command);
    return text;
}

static void words_make_jobs(void **state)
{
    (void)state;
    static const struct {
        const char *words, *expected;
    } rows[] = {
        {"h/{a,b}", "h/a h/b "},
        {"-g|h/{a,b}", "h/{a,b} "},
        {"h/[1-2]|-o|f#1", "h/1>f1 h/2>f2 "},
        {"-g|h/[1-2]|-o|f#1", "h/[1-2]>f#1 "},
        {"-T|{x,y}|h/[1-2]/", "h/1/<x h/2/<x h/1/<y h/2/<y "},
        {"-o|1|-o|2|a|b|c", "a>1 b>2 c "},
        {"a|-o|1|b", "a>1 b "},
        {"a|--next|b|-o|x", "a b>x "},
        {"-G|-d|x=1|-d|y|h", "h?x=1&y "},
        {"-G|--data-urlencode|q=a b&c|--data-urlencode|=%|--data-urlencode|~-._|h", "h?q=a+b%26c&%25&~-._ "},
        {"--url-query|a=b c|--url-query|+d e|h", "h?a=b+c&d e "},
        {"--url-query|a|-G|-d|b|h", "h?b "},
        {"--url-query|a|h|--next|i", "h?a i "},
        {"-g|x|--next|{a,b}", "x a b "},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_string_equal(jobs_of(rows[i].words), rows[i].expected);
}

static void groups_have_settings_of_their_own(void **state)
{
    (void)state;
    struct ht_command command;
    struct ht_error error = {0};
    assert_int_equal(dump_parse("-A|x|-d|b|-I|--no-head|a|--next|-X|PUT|b", &command, &error), HT_OK);
    assert_int_equal(dump_job_count, 2);
    assert_string_equal(dump_jobs[0].operation->method, "POST");
    assert_string_equal(dump_jobs[1].operation->method, "PUT");
    assert_ptr_equal(command.operations->next, dump_jobs[1].operation);
    assert_true(command.several);
    assert_int_equal(dump_jobs[1].number, 1);
    ht_command_clear(&command);
}

static void bodies_of_data_are_encoded(void **state)
{
    (void)state;
    write_file("f", "a b\n");
    struct ht_command command;
    struct ht_error error = {0};
    struct ht_sink settings = ht_sink(0);
    write_file("none", "");
    assert_int_equal(dump_parse("-d|x|--data-urlencode|n@f|--data-urlencode|@f|--data-urlencode|n@none|h",
                                &command, &error),
                     HT_OK);
    dump_settings(&settings, &command);
    assert_non_null(strstr(ht_sink_text(&settings), "COPYPOSTFIELDS=[18]x&n=a+b%0A&a+b%0A&;"));
    ht_sink_free(&settings);
    ht_command_clear(&command);
}

static void files_give_options(void **state)
{
    (void)state;
    write_file("k", "# a comment\n"
                    "\n"
                    "url = \"h/1\"\n"
                    "user-agent: \"a\\tb \\\"c\\\"\"\n"
                    "  -H \"X: 1\"\r\n"
                    "location\n"
                    "max-time=5\n"
                    "next\n"
                    "url h/2 # behind\n"
                    "config m\n");
    write_file("m", "url h/3");
    struct ht_command command;
    struct ht_error error = {0};
    struct ht_sink settings = ht_sink(0);
    assert_int_equal(dump_parse("-K|k|h/4", &command, &error), HT_OK);
    dump_settings(&settings, &command);
    assert_string_equal(ht_sink_text(&settings),
                        "USERAGENT=a\tb \"c\";HTTPHEADER+=X: 1;FOLLOWLOCATION=1;TIMEOUT_MS=5000;");
    assert_int_equal(dump_job_count, 4);
    assert_string_equal(dump_jobs[1].url, "h/2");
    assert_string_equal(dump_jobs[2].url, "h/3");
    assert_string_equal(dump_jobs[3].url, "h/4");
    ht_sink_free(&settings);
    ht_command_clear(&command);
}

static void files_say_where_they_are_wrong(void **state)
{
    (void)state;
    static const struct {
        const char *text, *begin;
    } rows[] = {
        {"\nno-such-thing = 1\n", "k:2: option --no-such-thing: "},
        {"max-time x\n", "k:1: option --max-time: expected"},
        {"user-agent\n", "k:1: option --user-agent: needs an argument"},
        {"location = yes\n", "k:1: option --location: takes no value"},
        {"config k\n", "k:1: k:1: k:1: "},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct ht_command command;
        struct ht_error error = {0};
        write_file("k", rows[i].text);
        assert_int_equal(dump_parse("-K|k|h", &command, &error), HT_ERR_USAGE);
        if (strncmp(error.text, rows[i].begin, strlen(rows[i].begin)) != 0)
            fail_msg("%s: %s", rows[i].text, error.text);
    }
    struct ht_command command;
    struct ht_error error = {0};
    assert_int_equal(dump_parse("-K|missing|h", &command, &error), HT_ERR_USAGE);
    assert_int_equal(error.exit_code, 26);
}

static void as_curl_wrong_lines_are_noted(void **state)
{
    (void)state;
    write_file("k", "no-such-thing = 1\nurl = h\n");
    char name[] = "curl", next[] = "--next", option[] = "-K", file[] = "k";
    char *argv[] = {name, next, option, file};
    struct ht_command command;
    struct ht_error error = {0};
    assert_int_equal(ht_options_parse(4, argv, &command, &error), HT_OK);
    assert_non_null(strstr(command.notes, "k:1: option --no-such-thing: "));
    assert_int_equal(error.exit_code, 0);
    assert_null(command.operations->next);
    ht_command_clear(&command);
}

static void own_file_is_read_unless_disabled(void **state)
{
    (void)state;
    setenv("XDG_CONFIG_HOME", directory, 1);
    assert_int_equal(system("mkdir httptrace"), 0);
    write_file("httptrace/config", "url own\n");
    assert_string_equal(jobs_of("h"), "own h ");
    assert_string_equal(jobs_of("-q|h"), "h ");
    assert_string_equal(jobs_of("--disable|h"), "h ");
    assert_string_equal(jobs_of("h|-q"), "own h ");
    unsetenv("XDG_CONFIG_HOME");
}

static void lists_give_their_lines(void **state)
{
    (void)state;
    write_file("list", "a/{x}\r\n\n  # no\n\tb \nc");
    assert_string_equal(jobs_of("--url|@list|d"), "a/{x} b c d ");
    assert_string_equal(jobs_of("@list"), "a/{x} b c ");
}

static void pipes_are_not_waited_for(void **state)
{
    (void)state;
    int ends[2];
    char name[32];
    const char *url;
    struct ht_url_list list;
    struct ht_error error = {0};
    assert_int_equal(pipe(ends), 0);
    snprintf(name, sizeof name, "/dev/fd/%d", ends[0]);
    assert_int_equal(ht_url_list_open(&list, name, &error), HT_OK);
    assert_int_equal(ht_url_list_next(&list, &url, &error), HT_JOB_LATER);
    assert_int_equal(write(ends[1], "on", 2), 2);
    assert_int_equal(ht_url_list_next(&list, &url, &error), HT_JOB_LATER);
    assert_int_equal(write(ends[1], "e\ntwo", 5), 5);
    assert_int_equal(ht_url_list_next(&list, &url, &error), HT_JOB_READY);
    assert_string_equal(url, "one");
    assert_int_equal(ht_url_list_next(&list, &url, &error), HT_JOB_LATER);
    close(ends[1]);
    assert_int_equal(ht_url_list_next(&list, &url, &error), HT_JOB_READY);
    assert_string_equal(url, "two");
    assert_int_equal(ht_url_list_next(&list, &url, &error), HT_JOB_END);
    ht_url_list_close(&list);
    close(ends[0]);
}

static void broken_lists_are_refused(void **state)
{
    (void)state;
    const char *url;
    struct ht_url_list list;
    struct ht_error error = {0};
    int fd = open("nul", O_WRONLY | O_CREAT, 0600);
    assert_int_equal(write(fd, "a\nb\0c\n", 6), 6);
    close(fd);
    assert_int_equal(ht_url_list_open(&list, "nul", &error), HT_OK);
    assert_int_equal(ht_url_list_next(&list, &url, &error), HT_JOB_READY);
    assert_int_equal(ht_url_list_next(&list, &url, &error), HT_JOB_FAILED);
    assert_non_null(strstr(error.text, "nul:2: a NUL"));
    ht_url_list_close(&list);
    assert_int_equal(ht_url_list_open(&list, "missing", &error), HT_ERR_USAGE);
    assert_int_equal(error.exit_code, 26);
}

static void rates_and_nexts_that_make_no_sense(void **state)
{
    (void)state;
    static const char *const rows[] = {"--rate|0|h", "--rate|1/y|h", "--rate|x/s|h", "--rate|-1/s|h",
                                       "--next|h",   "--url||h",     "h|--next"};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct ht_command command;
        struct ht_error error = {0};
        if (dump_parse(rows[i], &command, &error) != HT_ERR_USAGE)
            fail_msg("%s: no usage error", rows[i]);
    }
    struct ht_command command;
    struct ht_error error = {0};
    assert_int_equal(dump_parse("--rate|4/s|--fail-early|h", &command, &error), HT_OK);
    assert_int_equal(command.pace_us, 250000);
    assert_true(command.fail_early);
    ht_command_clear(&command);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_make_jobs),
        cmocka_unit_test(groups_have_settings_of_their_own),
        cmocka_unit_test(bodies_of_data_are_encoded),
        cmocka_unit_test(files_give_options),
        cmocka_unit_test(files_say_where_they_are_wrong),
        cmocka_unit_test(as_curl_wrong_lines_are_noted),
        cmocka_unit_test(own_file_is_read_unless_disabled),
        cmocka_unit_test(lists_give_their_lines),
        cmocka_unit_test(pipes_are_not_waited_for),
        cmocka_unit_test(broken_lists_are_refused),
        cmocka_unit_test(rates_and_nexts_that_make_no_sense),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
