/* SPDX-License-Identifier: MIT */
/* Command lines to commands and jobs: URLs, outputs, what a report is told; and the exact text of every
 * error. */
#include "unit.h"

#include "dump.h"

#include <stdlib.h>

static struct ht_command parse(const char *words)
{
    struct ht_command command;
    struct ht_error error = {0};
    if (dump_parse(words, &command, &error) != HT_OK)
        fail_msg("%s: %s", words, error.text);
    return command;
}

static void urls_and_outputs_pair_in_order(void **state)
{
    (void)state;
    struct ht_command command = parse("-o|1|a|b|-o|2|--url|c|--|-d");
    assert_int_equal(command.kind, HT_COMMAND_TRACE);
    assert_int_equal(command.job_count, 4);
    assert_string_equal(command.jobs[0].url, "a");
    assert_string_equal(command.jobs[0].output, "1");
    assert_string_equal(command.jobs[1].url, "b");
    assert_string_equal(command.jobs[1].output, "2");
    assert_string_equal(command.jobs[2].url, "c");
    assert_null(command.jobs[2].output);
    assert_string_equal(command.jobs[3].url, "-d");
    assert_ptr_equal(command.jobs[0].settings, command.jobs[3].settings);
    assert_null(command.notes);
    ht_command_clear(&command);
}

static void too_many_outputs_are_noted(void **state)
{
    (void)state;
    struct ht_command command = parse("-o|1|-o|\x1b|a");
    assert_int_equal(command.job_count, 1);
    assert_string_equal(command.notes, "httptrace: more -o options than URLs: \\x1b is not written\n");
    ht_command_clear(&command);
}

static void methods_follow_from_options(void **state)
{
    (void)state;
    static const char *const rows[][2] = {
        {"h", "GET"},
        {"-I|h", "HEAD"},
        {"-d|a|h", "POST"},
        {"-d|a|-X|PUT|h", "PUT"},
        {"-I|-X|OPTIONS|h", "OPTIONS"},
        {"-I|--no-head|h", "GET"},
        {"--json-data|1|h", "POST"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct ht_command command = parse(rows[i][0]);
        assert_string_equal(command.jobs[0].method, rows[i][1]);
        ht_command_clear(&command);
    }
}

static void http2_is_wanted_where_libcurl_tries_it(void **state)
{
    (void)state;
    static const struct {
        const char *words;
        bool wanted;
    } rows[] = {
        {"h", true},          {"--http2|h", true},    {"--http1.1|h", false},
        {"-0|h", false},      {"--no-alpn|h", false}, {"--no-alpn|--http2-prior-knowledge|h", true},
        {"--http3|h", false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct ht_command command = parse(rows[i].words);
        assert_int_equal(command.jobs[0].http2_wanted, rows[i].wanted);
        ht_command_clear(&command);
    }
}

static void jobs_tell_what_was_overridden(void **state)
{
    (void)state;
    struct ht_command command = parse("-k|-i|--resolve|a:1:2|--connect-to|::b:|--unix-socket|/s|-x|p:1|h");
    const struct ht_job *job = &command.jobs[0];
    assert_true(job->insecure);
    assert_true(job->include_head);
    assert_string_equal(job->host_override, "a:1:2,::b:");
    assert_string_equal(job->unix_socket, "/s");
    assert_string_equal(job->proxy, "p:1");
    ht_command_clear(&command);
    command = parse("--abstract-unix-socket|s|-I|h");
    job = &command.jobs[0];
    assert_false(job->insecure);
    assert_true(job->include_head);
    assert_null(job->host_override);
    assert_null(job->proxy);
    assert_string_equal(job->unix_socket, "s");
    ht_command_clear(&command);
}

static void report_options_are_kept(void **state)
{
    (void)state;
    struct ht_command command = parse("-vvvv|--json|--timeline|--show-secrets|--record|r|h");
    assert_int_equal(command.verbose, 3);
    assert_true(command.json && command.timeline && command.show_secrets);
    assert_string_equal(command.record_path, "r");
    ht_command_clear(&command);
    command = parse("-v|--no-verbose|-v|--json|--no-json|h");
    assert_int_equal(command.verbose, 1);
    assert_false(command.json || command.timeline || command.show_secrets);
    assert_null(command.record_path);
    ht_command_clear(&command);
}

static void a_record_is_read_without_a_url(void **state)
{
    (void)state;
    struct ht_command command = parse("--read|r|-vv");
    assert_int_equal(command.kind, HT_COMMAND_READ);
    assert_string_equal(command.read_path, "r");
    assert_int_equal(command.job_count, 0);
    assert_int_equal(command.verbose, 2);
    ht_command_clear(&command);
}

static void version_is_printed(void **state)
{
    (void)state;
    static const char *const rows[] = {"--version", "-V", "-sV", "-V|--nothing-after-it-is-read"};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct ht_command command = parse(rows[i]);
        assert_int_equal(command.kind, HT_COMMAND_VERSION);
        assert_string_equal(command.text, "httptrace " HT_VERSION "\n");
        ht_command_clear(&command);
    }
}

static void called_as_curl_json_is_curls(void **state)
{
    (void)state;
    char name[] = "/usr/local/bin/curl", flag[] = "--json", data[] = "{}", url[] = "h";
    char *argv[] = {name, flag, data, url};
    struct ht_command command;
    assert_int_equal(ht_options_parse(4, argv, &command, NULL), HT_OK);
    assert_false(command.json);
    assert_string_equal(command.jobs[0].method, "POST");
    ht_command_clear(&command);
}

static const struct {
    const char *words, *text;
} errors[] = {
    {"", "no URL given; try httptrace --help"},
    {"-L", "no URL given; try httptrace --help"},
    {"--max-time|abc|h", "option --max-time: expected a number, got \"abc\""},
    {"-m|1x|h", "option -m: expected a number, got \"1x\""},
    {"-m||h", "option -m: expected a number, got \"\""},
    {"-m|1.|h", "option -m: expected a number, got \"1.\""},
    {"-m|.|h", "option -m: expected a number, got \".\""},
    {"-m|1.2.3|h", "option -m: expected a number, got \"1.2.3\""},
    {"-m| 1|h", "option -m: expected a number, got \" 1\""},
    {"-m|99999999999999999999|h", "option -m: expected a number, got \"99999999999999999999\""},
    {"-m|-1|h", "option -m: expected a number that is not negative, got \"-1\""},
    {"--connect-timeout|inf|h", "option --connect-timeout: expected a number, got \"inf\""},
    {"--max-redirs|1.5|h", "option --max-redirs: expected a number, got \"1.5\""},
    {"--max-redirs|-2|h", "option --max-redirs: expected a number from -1 to 2147483647, got -2"},
    {"--max-redirs|2147483648|h",
     "option --max-redirs: expected a number from -1 to 2147483647, got 2147483648"},
    {"--tls-max|1.4|h", "option --tls-max: expected 1.0, 1.1, 1.2, 1.3 or default, got \"1.4\""},
    {"--max|3|h", "option --max: is ambiguous"},
    {"--conect-timeout|3|h", "option --conect-timeout: is unknown; the nearest is --connect-timeout"},
    {"--max-time=3|h", "option --max-time=3: is unknown; the nearest is --max-time"},
    {"--no-aplm|h", "option --no-aplm: is unknown; the nearest is --no-alpn"},
    {"--zzzzzzzzzzzz|h", "option --zzzzzzzzzzzz: is unknown; try httptrace --help all"},
    {"--\x1b[31m|h", "option --\\x1b[31m: is unknown; try httptrace --help all"},
    {"-Q|h", "option -Q: is unknown; try httptrace --help all"},
    {"-LQ|h", "option -Q: is unknown; try httptrace --help all"},
    {"-|h", "option -: is unknown; try httptrace --help all"},
    {"h|-X", "option -X: needs an argument, method"},
    {"h|-LX", "option -X: needs an argument, method"},
    {"h|--max-time", "option --max-time: needs an argument, seconds"},
    {"--no-data|h", "option --no-data: --data is not a switch that --no- could turn off"},
    {"--no-http2|h", "option --no-http2: --http2 is not a switch that --no- could turn off"},
    {"-u|me|h",
     "option -u: no password given, and none is asked for; write USER:PASSWORD, or USER: for an empty "
     "one"},
    {"--proxy-user|me|h",
     "option --proxy-user: no password given, and none is asked for; write USER:PASSWORD, or "
     "USER: for an empty one"},
    {"--json|{\"a\":1}|h",
     "option --json: this asks for the report as JSON and takes no data; what curl sends "
     "with --json DATA is --json-data DATA here"},
    {"--json|[1]|h",
     "option --json: this asks for the report as JSON and takes no data; what curl sends with "
     "--json DATA is --json-data DATA here"},
    {"h|--json|@f", "option --json: this asks for the report as JSON and takes no data; what curl sends with "
                    "--json DATA is --json-data DATA here"},
    {"-I|-d|a|h", "-I asks for a HEAD request and -d for a POST: use one of them"},
    {"--head|--json-data|a|h", "--head asks for a HEAD request and --json-data for a POST: use one of them"},
    {"-d|@/nonexistent/f|h", "option -d: cannot read \"/nonexistent/f\": No such file or directory"},
    {"-H|@/nonexistent/f|h", "option -H: cannot read \"/nonexistent/f\": No such file or directory"},
    {"--data-binary|@/|h", "option --data-binary: cannot read \"/\": Is a directory"},
    {"-o||h", "option -o: expected a file name, got \"\""},
    {"--record||h", "option --record: expected a file name, got \"\""},
    {"--read|", "option --read: expected a file name, got \"\""},
    {"--read|r|h", "option --read: the record says what was asked for, so a URL has no place beside it"},
    {"--read|r|--record|s", "options --read and --record exclude each other"},
    {"--help|nonsense", "option --help: there is no category \"nonsense\"; try --help category"},
    {"--help|--nonsense", "option --help: there is no option \"--nonsense\"; try --help all"},
    {"-h|-", "option --help: there is no option \"-\"; try --help all"},
    {"--generate|html", "option --generate: expected man, bash, zsh, fish or markdown, got \"html\""},
};

static void errors_have_one_exact_line(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof errors / sizeof *errors; i++) {
        struct ht_command command;
        struct ht_error error = {0};
        if (dump_parse(errors[i].words, &command, &error) != HT_ERR_USAGE)
            fail_msg("%s: no usage error", errors[i].words);
        assert_string_equal(error.text, errors[i].text);
        assert_int_equal(error.exit_code, 2);
        assert_null(strchr(error.text, '\n'));
        assert_null(command.memory);
        assert_null(command.jobs);
        assert_null(command.text);
        ht_command_clear(&command);
    }
}

static void a_long_value_is_cut_in_an_error(void **state)
{
    (void)state;
    char words[5000] = "-m|";
    memset(words + 3, 'x', sizeof words - 4);
    struct ht_command command;
    struct ht_error error = {0};
    assert_int_equal(dump_parse(words, &command, &error), HT_ERR_USAGE);
    assert_true(strlen(error.text) < 200);
    assert_non_null(strstr(error.text, "xxx...\""));
}

static void an_empty_argv_is_a_usage_error(void **state)
{
    (void)state;
    char *argv[] = {NULL};
    struct ht_command command;
    struct ht_error error = {0};
    assert_int_equal(ht_options_parse(0, argv, &command, &error), HT_ERR_USAGE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(urls_and_outputs_pair_in_order),
        cmocka_unit_test(too_many_outputs_are_noted),
        cmocka_unit_test(methods_follow_from_options),
        cmocka_unit_test(http2_is_wanted_where_libcurl_tries_it),
        cmocka_unit_test(jobs_tell_what_was_overridden),
        cmocka_unit_test(report_options_are_kept),
        cmocka_unit_test(a_record_is_read_without_a_url),
        cmocka_unit_test(version_is_printed),
        cmocka_unit_test(called_as_curl_json_is_curls),
        cmocka_unit_test(errors_have_one_exact_line),
        cmocka_unit_test(a_long_value_is_cut_in_an_error),
        cmocka_unit_test(an_empty_argv_is_a_usage_error),
    };
    dump_clear_environment();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
