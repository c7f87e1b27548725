/* SPDX-License-Identifier: MIT */
/* Files that the command line names: -H @FILE, -d @FILE and their kin, standard input included. */
#include "unit.h"

#include "dump.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define BYTES "a\r\nb\0c\n\n d"

static char path[] = "/tmp/httptrace-test-XXXXXX";

static int make_file(void **state)
{
    (void)state;
    int fd = mkstemp(path);
    return fd < 0 || write(fd, BYTES, sizeof BYTES - 1) != sizeof BYTES - 1 || close(fd) ? -1 : 0;
}

static int remove_file(void **state)
{
    (void)state;
    return unlink(path);
}

/* The command line with the file's path in place of %s. */
static struct ht_command parse(const char *format)
{
    char words[256];
    struct ht_command command;
    struct ht_error error = {0};
    /* The format is a literal of this file. */
    const char *mark = strstr(format, "%s");
    snprintf(words, sizeof words, "%.*s%s%s", (int)(mark ? mark - format : (long)strlen(format)), format,
             mark ? path : "", mark ? mark + 2 : "");
    if (dump_parse(words, &command, &error) != HT_OK)
        fail_msg("%s: %s", words, error.text);
    return command;
}

static void assert_body(const char *words, const char *bytes, size_t len)
{
    struct ht_command command = parse(words);
    const struct ht_job *job = &dump_jobs[0];
    const struct ht_setting *body = NULL, *size = NULL;
    for (size_t i = 0; i < job->operation->setting_count; i++) {
        if (strcmp(job->operation->settings[i].option, "COPYPOSTFIELDS") == 0)
            body = &job->operation->settings[i];
        if (strcmp(job->operation->settings[i].option, "POSTFIELDSIZE_LARGE") == 0)
            size = &job->operation->settings[i];
    }
    assert_non_null(body);
    assert_non_null(size);
    assert_true(size < body);
    assert_int_equal(body->type, HT_SETTING_BLOB);
    assert_int_equal(size->type, HT_SETTING_OFFSET);
    assert_int_equal(size->number, len);
    assert_int_equal(body->number, len);
    assert_memory_equal(body->text, bytes, len);
    ht_command_clear(&command);
}

static void data_is_stripped(void **state)
{
    (void)state;
    assert_body("-d|@%s|h", "ab d", 4);
    assert_body("--data-ascii|x|-d|@%s|h", "x&ab d", 6);
}

static void binary_data_is_not(void **state)
{
    (void)state;
    assert_body("--data-binary|@%s|h", BYTES, sizeof BYTES - 1);
    assert_body("--json-data|@%s|h", BYTES, sizeof BYTES - 1);
    assert_body("-d|x|--data-binary|@%s|h", "x&" BYTES, sizeof BYTES + 1);
}

static void standard_input_is_a_dash(void **state)
{
    (void)state;
    int kept = dup(STDIN_FILENO), fd = open(path, O_RDONLY);
    assert_true(kept >= 0 && fd >= 0);
    assert_true(dup2(fd, STDIN_FILENO) >= 0);
    assert_body("-d|@-|h", "ab d", 4);
    assert_true(dup2(kept, STDIN_FILENO) >= 0);
    clearerr(stdin);
    close(kept);
    close(fd);
}

static void headers_come_a_line_each(void **state)
{
    (void)state;
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    fputs("A: 1\r\n\r\nB;\nC:", file);
    fclose(file);
    struct ht_command command = parse("-H|Z: 0|-H|@%s|h");
    struct ht_sink sink = ht_sink(0);
    dump_settings(&sink, &command);
    assert_string_equal(ht_sink_text(&sink),
                        "HTTPHEADER+=Z: 0;HTTPHEADER+=A: 1;HTTPHEADER+=B;;HTTPHEADER+=C:;");
    ht_sink_free(&sink);
    ht_command_clear(&command);
}

static void an_empty_file_is_an_empty_body(void **state)
{
    (void)state;
    assert_int_equal(truncate(path, 0), 0);
    assert_body("-d|@%s|h", "", 0);
    struct ht_command command = parse("-H|@%s|h");
    ht_command_clear(&command);
}

/* Under its own name a file that cannot be read is an error, as with newer curl. */
static void as_curl_a_missing_file_counts_as_empty(void **state)
{
    (void)state;
    static const char *const flags[] = {
        "-d", "--data-binary", "--data-urlencode", "--url-query", "-H", "--json", "-w"};
    for (size_t i = 0; i < sizeof flags / sizeof *flags; i++) {
        char name[] = "curl", own[] = "httptrace", flag[32], value[] = "@/nonexistent", url[] = "h";
        snprintf(flag, sizeof flag, "%s", flags[i]);
        char *argv[] = {name, flag, value, url};
        struct ht_command command;
        assert_int_equal(ht_options_parse(4, argv, &command, NULL), HT_OK);
        assert_non_null(strstr(command.notes, "/nonexistent"));
        ht_command_clear(&command);
        if (strcmp(flag, "--json") == 0)
            continue;
        argv[0] = own;
        struct ht_error error = {0};
        assert_int_equal(ht_options_parse(4, argv, &command, &error), HT_ERR_USAGE);
        assert_int_equal(error.exit_code, 26);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(data_is_stripped),
        cmocka_unit_test(binary_data_is_not),
        cmocka_unit_test(standard_input_is_a_dash),
        cmocka_unit_test(headers_come_a_line_each),
        cmocka_unit_test(an_empty_file_is_an_empty_body),
        cmocka_unit_test(as_curl_a_missing_file_counts_as_empty),
    };
    dump_clear_environment();
    return cmocka_run_group_tests(tests, make_file, remove_file);
}
