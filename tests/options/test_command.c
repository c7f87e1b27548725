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
    assert_int_equal(dump_job_count, 4);
    assert_string_equal(dump_jobs[0].url, "a");
    assert_string_equal(dump_jobs[0].output, "1");
    assert_string_equal(dump_jobs[1].url, "b");
    assert_string_equal(dump_jobs[1].output, "2");
    assert_string_equal(dump_jobs[2].url, "c");
    assert_null(dump_jobs[2].output);
    assert_string_equal(dump_jobs[3].url, "-d");
    assert_ptr_equal(dump_jobs[0].operation, dump_jobs[3].operation);
    assert_null(command.notes);
    ht_command_clear(&command);
}

static void too_many_outputs_are_noted(void **state)
{
    (void)state;
    struct ht_command command = parse("-o|1|-o|\x1b|a");
    assert_int_equal(dump_job_count, 1);
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
        assert_string_equal(command.operations->method, rows[i][1]);
        ht_command_clear(&command);
    }
}

static void http2_is_wanted_where_the_user_asks_for_it(void **state)
{
    (void)state;
    static const struct {
        const char *words;
        bool wanted;
    } rows[] = {
        {"h", false},
        {"--http2|h", true},
        {"--http2-prior-knowledge|h", true},
        {"--http1.1|h", false},
        {"-0|h", false},
        {"--http2|--http1.1|h", false},
        {"--http1.1|--http2|h", true},
        {"--http3|h", false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct ht_command command = parse(rows[i].words);
        assert_int_equal(command.operations->http2_wanted, rows[i].wanted);
        ht_command_clear(&command);
    }
}

static void jobs_tell_what_was_overridden(void **state)
{
    (void)state;
    struct ht_command command = parse("-k|-i|--resolve|a:1:2|--connect-to|::b:|--unix-socket|/s|-x|p:1|h");
    const struct ht_job *job = &dump_jobs[0];
    assert_true(job->operation->insecure);
    assert_true(job->operation->output.include_head);
    assert_string_equal(job->operation->host_override, "a:1:2,::b:");
    assert_string_equal(job->operation->unix_socket, "/s");
    assert_string_equal(job->proxy, "p:1");
    ht_command_clear(&command);
    command = parse("--abstract-unix-socket|s|-I|h");
    job = &dump_jobs[0];
    assert_false(job->operation->insecure);
    assert_true(job->operation->output.include_head);
    assert_null(job->operation->host_override);
    assert_null(job->proxy);
    assert_string_equal(job->operation->unix_socket, "s");
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

static void gates_are_kept(void **state)
{
    (void)state;
    struct ht_command command = parse("h");
    assert_int_equal(command.fail_on, -1);
    assert_false(command.ci || command.give_up_early || command.parallel);
    assert_null(command.expects);
    assert_int_equal(command.ignore_count, 0);
    assert_int_equal(command.parallel_max, 50);
    ht_command_clear(&command);
    command = parse("--expect|status=200|--ignore|local.*|--ignore|failed.unexplained|--give-up-early|"
                    "--expect|finding!=local.*|h");
    assert_string_equal(command.expects->text, "status=200");
    assert_string_equal(command.expects->next->text, "finding!=local.*");
    assert_null(command.expects->next->next);
    assert_int_equal(command.ignore_count, 2);
    assert_string_equal(command.ignore[0], "local.*");
    assert_string_equal(command.ignore[1], "failed.unexplained");
    assert_true(command.give_up_early);
    ht_command_clear(&command);
    command = parse("--read|r|--expect|status=200|--ignore|local.url|--ci");
    assert_int_equal(command.kind, HT_COMMAND_READ);
    assert_non_null(command.expects);
    assert_int_equal(command.ignore_count, 1);
    assert_int_equal(command.fail_on, HT_SEVERITY_ERROR);
    ht_command_clear(&command);
}

static void fail_on_wins_over_ci(void **state)
{
    (void)state;
    static const struct {
        const char *words;
        int fail_on;
    } rows[] = {
        {"--fail-on|info|h", HT_SEVERITY_INFO},
        {"--fail-on|notice|h", HT_SEVERITY_NOTICE},
        {"--fail-on|warning|h", HT_SEVERITY_WARNING},
        {"--fail-on|error|h", HT_SEVERITY_ERROR},
        {"--ci|h", HT_SEVERITY_ERROR},
        {"--ci|--no-ci|h", -1},
        {"--ci|--fail-on|warning|h", HT_SEVERITY_WARNING},
        {"--fail-on|info|--ci|h", HT_SEVERITY_INFO},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct ht_command command = parse(rows[i].words);
        assert_int_equal(command.fail_on, rows[i].fail_on);
        ht_command_clear(&command);
    }
}

static void parallel_max_is_curls(void **state)
{
    (void)state;
    static const struct {
        const char *words;
        size_t most;
    } rows[] = {
        {"-Z|h", 50},
        {"-Z|--parallel-max|1|h", 1},
        {"-Z|--parallel-max|300|h", 300},
        {"-Z|--parallel-max|0|h", 50},
        {"-Z|--parallel-max|1000000|h", 50},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct ht_command command = parse(rows[i].words);
        assert_true(command.parallel);
        assert_int_equal(command.parallel_max, rows[i].most);
        ht_command_clear(&command);
    }
}

static void assert_prints(const char *words, const char *part)
{
    struct ht_command command = parse(words);
    assert_int_equal(command.kind, HT_COMMAND_PRINT);
    if (!strstr(command.text, part))
        fail_msg("%s does not print %s", words, part);
    ht_command_clear(&command);
}

static void findings_are_printed(void **state)
{
    (void)state;
    assert_prints("--list-findings", "\nfailed.unexplained ");
    assert_prints("--explain|failed.unexplained", "failed.unexplained: ");
    assert_prints("--generate|findings", "### failed.unexplained\n");
}

static void a_record_is_read_without_a_url(void **state)
{
    (void)state;
    struct ht_command command = parse("--read|r|-vv");
    assert_int_equal(command.kind, HT_COMMAND_READ);
    assert_string_equal(command.read_path, "r");
    assert_int_equal(dump_job_count, 0);
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
        assert_string_equal(command.text, "");
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
    assert_string_equal(command.operations->method, "POST");
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
    {"-m|1,5|h", "option -m: expected a number, got \"1,5\""},
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
    {"--max-time=3|h",
     "option --max-time: its value stands behind a space, not behind =: --max-time <seconds>"},
    {"--no-aplm|h", "option --no-aplm: is unknown; the nearest is --no-alpn"},
    {"--zzzzzzzzzzzz|h", "option --zzzzzzzzzzzz: is unknown; try httptrace --help all"},
    {"--\x1b[31m|h", "option --\\x1b[31m: is unknown; try httptrace --help all"},
    {"-W|h", "option -W: is unknown; try httptrace --help all"},
    {"-LW|h", "option -W: is unknown; try httptrace --help all"},
    {"-|h", "option -: is unknown; try httptrace --help all"},
    {"h|-X", "option -X: needs an argument: <method>"},
    {"h|-LX", "option -X: needs an argument: <method>"},
    {"h|--max-time", "option --max-time: needs an argument: <seconds>"},
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
    {"-o||h", "option -o: expected a file name, got \"\""},
    {"--record|-|h", "option --record: a record needs a file, not standard output"},
    {"--record||h", "option --record: expected a file name, got \"\""},
    {"--read|", "option --read: expected a file name, got \"\""},
    {"--read|r|h", "option --read: the record says what was asked for, so a URL has no place beside it"},
    {"--read|r|--record|s", "options --read and --record exclude each other"},
    {"--help|nonsense", "option --help: there is no category \"nonsense\"; try --help category"},
    {"--help|--nonsense", "option --help: there is no option \"--nonsense\"; try --help all"},
    {"-h|-", "option --help: there is no option \"-\"; try --help all"},
    {"--generate|html",
     "option --generate: expected man, bash, zsh, fish, markdown, findings, checks or reports, got \"html\""},
    {"--fail-on|fatal|h", "option --fail-on: expected info, notice, warning or error, got \"fatal\""},
    {"--fail-on|h", "option --fail-on: expected info, notice, warning or error, got \"h\""},
    {"--ignore|local.urk|h", "option --ignore: no finding is called \"local.urk\"; the nearest is local.url"},
    {"--ignore|zzzzzzzzzzzzzzz.*|h",
     "option --ignore: no finding is called \"zzzzzzzzzzzzzzz.*\"; see --list-findings"},
    {"--warn-slow|wait|h",
     "option --warn-slow: expected PHASE=MS, with 1 to 86400000 milliseconds, got \"wait\""},
    {"--warn-slow|nap=5|h",
     "option --warn-slow: expected one of the phases queue, resolve, connect, proxy, tls, request, "
     "wait, response, got \"nap=5\""},
    {"--ignore||h", "option --ignore: no finding is called \"\"; see --list-findings"},
    {"--explain|local.urk", "option --explain: no finding is called \"local.urk\"; the nearest is local.url"},
    {"--explain|local.*", "option --explain: no finding is called \"local.*\"; the nearest is local.url"},
    {"--explain", "option --explain: needs an argument: <code>"},
    {"--expect|status|h", "option --expect: \"status\" has no operator; status takes = != < <= > >=, as in "
                          "status=200"},
    {"--expect|finding!=locla.*|h",
     "option --expect: no finding is called \"locla.*\"; the nearest is local.*"},
    {"--read|r|--expect|x=1", "option --expect: unknown subject \"x\"; there are alpn, body.bytes, "
                              "cert.days_left, cert.san, cert.sha256, cert.subject, cipher, finding, group, "
                              "header.NAME, http, ip, issuer, phase.NAME, proxy, redirects, resumed, reused, "
                              "status, tls, total, verdict"},
    {"-Z|--parallel-max|x|h", "option --parallel-max: expected a number, got \"x\""},
    {"-Z|--parallel-max|-1|h", "option --parallel-max: expected a number that is not negative, got \"-1\""},
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
        assert_int_equal(error.exit_code, strstr(error.text, "cannot read") ? 26 : 2);
        assert_null(strchr(error.text, '\n'));
        assert_null(command.memory);
        assert_null(command.operations);
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
        cmocka_unit_test(http2_is_wanted_where_the_user_asks_for_it),
        cmocka_unit_test(jobs_tell_what_was_overridden),
        cmocka_unit_test(report_options_are_kept),
        cmocka_unit_test(gates_are_kept),
        cmocka_unit_test(fail_on_wins_over_ci),
        cmocka_unit_test(parallel_max_is_curls),
        cmocka_unit_test(findings_are_printed),
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
