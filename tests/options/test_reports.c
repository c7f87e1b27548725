/* SPDX-License-Identifier: MIT */
/* Which reports a command line asks for, and where they go. */
#include "unit.h"

#include "base/sink.h"
#include "dump.h"
#include "report/format.h"

#include <stdlib.h>

static const char *place_of(const struct ht_report_request *request)
{
    static const char *const names[] = {
        [HT_REPORT_STREAM] = "", [HT_REPORT_FILE] = "file ", [HT_REPORT_URL] = "url "};
    return request->place == HT_REPORT_STREAM && request->on_stderr ? "stderr" : names[request->place];
}

/* "text json:file x.json+dirs": the reports in their order. */
static struct ht_sink shown(const char *words)
{
    struct ht_command command;
    struct ht_error error = {0};
    struct ht_sink out = ht_sink(0);
    if (dump_parse(words, &command, &error) != HT_OK) {
        ht_sink_puts(&out, error.text);
        return out;
    }
    for (const struct ht_report_request *at = command.reports; at; at = at->next)
        ht_sink_printf(&out, "%s%s:%s%s%s%s%s", out.len ? " " : "", at->format->name, place_of(at),
                       at->target ? at->target : "", at->append ? "+append" : "",
                       at->create_dirs ? "+dirs" : "", at->is_summary ? "+summary" : "");
    ht_command_clear(&command);
    return out;
}

struct row {
    const char *words, *reports;
};

static void check(const struct row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct ht_sink out = shown(rows[i].words);
        if (strcmp(ht_sink_text(&out), rows[i].reports) != 0)
            fail_msg("%s: %s\nexpected: %s", rows[i].words, ht_sink_text(&out), rows[i].reports);
        ht_sink_free(&out);
    }
}

#define CHECK(rows) check(rows, sizeof(rows) / sizeof *(rows))

static void one_report_has_the_stream(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"h", "text:"},
        {"--json|h", "json:"},
        {"--json|--no-json|h", "text:"},
        {"--report|json|h", "json:"},
        {"--json|--report|json|h", "json:"},
        {"--events|h", "events:"},
        {"--events|--events|h", "events:"},
        {"--events|--no-events|h", "text:"},
        {"--report|jsonl=-|h", "jsonl:"},
        {"--report|jsonl=/dev/stdout|h", "jsonl:"},
        {"--report|jsonl=/dev/stderr|h", "jsonl:stderr text:"},
        {"--json|--report|events=/dev/stderr|--no-events|h", "events:stderr json:"},
        {"--report|jsonl=/dev/stderr|--report|har=/dev/stderr|h",
         "option --report: jsonl and har would share standard error; give one of them a file, as in "
         "--report har=FILE"},
        {"--events|--json|h",
         "option --report: events and json would share standard output; give one of them "
         "a file, as in --report json=FILE"},
        {"--report|text|--report|jsonl|h",
         "option --report: text and jsonl would share standard output; give "
         "one of them a file, as in --report jsonl=FILE"},
    };
    CHECK(rows);
}

static void files_leave_the_stream_to_the_text(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"--report|json=a|h", "json:file a text:"},
        {"--report|json=a|--report|har=b|--events|h", "json:file a har:file b events:"},
        {"--report|json=a|--report|json=b|h", "json:file a json:file b text:"},
        {"--report|events=a=b|h", "events:file a=b text:"},
        {"--no-events|--report|events=a|h", "events:file a text:"},
        {"--report|events=a|--no-events|h", "events:file a text:"},
        {"--report|json=a|--report|har=a|h", "option --report: json and har would share the file a"},
        {"--report|json=/d/a|--output-dir|/d|--report|har=a|h",
         "option --report: json and har would share the file /d/a"},
    };
    CHECK(rows);
}

static void quiet_drops_what_nobody_asked_for(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"--quiet|h", ""},
        {"--quiet|--no-quiet|h", "text:"},
        {"--quiet|--json|h", "json:"},
        {"--report|jsonl|--quiet|h", "jsonl:"},
        {"--quiet|--report|text|h", "text:"},
        {"--quiet|--events|h", "events:"},
        {"--quiet|--report|json=a|h", "json:file a"},
        {"--quiet|--json|--no-json|h", ""},
    };
    CHECK(rows);
}

static void one_file_is_for_one_thing(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"--report|json=a|--report|har=./a|h", "option --report: json and har would share the file a"},
        {"--report|json=d/a|--report|har=d//./a|h", "option --report: json and har would share the file d/a"},
        {"--report|json=d/a|--report|har=a|h", "json:file d/a har:file a text:"},
        {"--report|json=/tmp/../tmp/a|--report|har=/tmp/a|h",
         "option --report: json and har would share the file /tmp/../tmp/a"},
        {"--report|json=/dev/null|--report|har=/dev/null|h", "json:file /dev/null har:file /dev/null text:"},
        {"-o|a|--report|json=./a|h", "option --report: json and -o would share the file ./a"},
        {"-o|a|--output-dir|d|--report|json=a|h", "option --report: json and -o would share the file d/a"},
        {"h|--next|-o|a|--report|json=a|h", "option --report: json and -o would share the file a"},
        {"-o|b|--report|json=a|h", "json:file a text:"},
        {"-o|-|--report|json=a|h", "json:file a text:"},
        {"-D|a|--report|json=a|h", "option --report: json and -D would share the file a"},
        {"--etag-save|a|--report|json=a|h", "option --report: json and --etag-save would share the file a"},
        {"-c|a|--report|json=a|h", "option --report: json and -c would share the file a"},
        {"--record|a|--report|json=a|h", "option --report: json and --record would share the file a"},
        {"--read|a|--report|json=a", "option --report: json and --read would share the file a"},
        {"--trace|a|--report|json=a|h", "option --report: json and --trace would share the file a"},
        {"--libcurl|a|--report|json=a|h", "option --report: json and --libcurl would share the file a"},
        {"--stderr|a|--report|json=a|h", "option --report: json and --stderr would share the file a"},
    };
    CHECK(rows);
}

static void directories_hold_for_files(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"--report|json=a|--output-dir|d|h", "json:file d/a text:"},
        {"--report|json=/a|--output-dir|d|h", "json:file /a text:"},
        {"--output-dir|d|--create-dirs|--report|json=e/a|h", "json:file d/e/a+dirs text:"},
        {"--report|json=a|h|--next|--output-dir|d|i", "json:file a text:"},
    };
    CHECK(rows);
}

static void what_is_no_report_is_refused(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"--report|json=|h", "option --report: json= names no file"},
        {"--report|json=http://h/|h", "option --report: json is not sent anywhere, it needs a file"},
        {"--report|json=HTTPS://h/|h", "option --report: json is not sent anywhere, it needs a file"},
        {"--events|--dry-run|h", "options --report events and --dry-run exclude each other"},
        {"--report|har=a|--dry-run|h", "options --report har and --dry-run exclude each other"},
    };
    struct ht_sink out = shown("--report|no\x1b|h");
    assert_non_null(strstr(ht_sink_text(&out), "option --report: expected "));
    assert_non_null(strstr(ht_sink_text(&out), " or text, got \"no\\x1b\""));
    ht_sink_free(&out);
    CHECK(rows);
}

static void in_a_step_of_github_ci_annotates_and_sums_up(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"h", "text:"},
        {"--ci|h", "github: markdown:file /s+append+summary"},
        {"--ci|--report|json=a|h", "json:file a github: markdown:file /s+append+summary"},
        {"--ci|--json|h", "json: markdown:file /s+append+summary"},
        {"--ci|--report|text|h", "text: markdown:file /s+append+summary"},
        {"--ci|--quiet|h", "markdown:file /s+append+summary"},
        {"--ci|--report|markdown=/s|h", "markdown:file /s github:"},
        {"--ci|--output-dir|d|--create-dirs|h", "github: markdown:file /s+append+summary"},
        {"--ci|--dry-run|h", "text:"},
        {"--ci|--no-ci|h", "text:"},
    };
    static const struct row without[] = {{"--ci|h", "github:"}}, elsewhere[] = {{"--ci|h", "text:"}};
    setenv("GITHUB_ACTIONS", "true", 1);
    setenv("GITHUB_STEP_SUMMARY", "/s", 1);
    CHECK(rows);
    setenv("GITHUB_STEP_SUMMARY", "", 1);
    CHECK(without);
    unsetenv("GITHUB_STEP_SUMMARY");
    CHECK(without);
    setenv("GITHUB_STEP_SUMMARY", "/s", 1);
    setenv("GITHUB_ACTIONS", "false", 1);
    CHECK(elsewhere);
    unsetenv("GITHUB_ACTIONS");
    CHECK(elsewhere);
    unsetenv("GITHUB_STEP_SUMMARY");
}

int main(void)
{
    unsetenv("GITHUB_ACTIONS"); /* these tests may run in such a step */
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_report_has_the_stream),
        cmocka_unit_test(files_leave_the_stream_to_the_text),
        cmocka_unit_test(quiet_drops_what_nobody_asked_for),
        cmocka_unit_test(one_file_is_for_one_thing),
        cmocka_unit_test(directories_hold_for_files),
        cmocka_unit_test(what_is_no_report_is_refused),
        cmocka_unit_test(in_a_step_of_github_ci_annotates_and_sums_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
