/* SPDX-License-Identifier: MIT */
/* What is written from the table: help, man page, completions, docs/options.md. */
#include "unit.h"

#include "dump.h"

#include "base/arena.h"
#include "options/config.h"
#include "options/help/help.h"

#include <stdio.h>
#include <stdlib.h>

/* The text that a command line prints; the caller's. */
static char *printed(const char *words)
{
    struct ht_command command;
    struct ht_error error = {0};
    if (dump_parse(words, &command, &error) != HT_OK)
        fail_msg("%s: %s", words, error.text);
    assert_int_equal(command.kind, HT_COMMAND_PRINT);
    char *text = ht_strdup(command.text);
    ht_command_clear(&command);
    return text;
}

static void assert_printed(const char *words, const char *expected)
{
    char *text = printed(words);
    if (!strstr(text, expected))
        fail_msg("%s: \"%s\" is not in %s", words, expected, text);
    free(text);
}

static size_t widest_line(const char *text)
{
    size_t widest = 0;
    while (*text) {
        size_t len = strcspn(text, "\n");
        widest = len > widest ? len : widest;
        text += len + (text[len] == '\n');
    }
    return widest;
}

static void the_short_help_has_the_important_rows_only(void **state)
{
    (void)state;
    char *text = printed("--help");
    size_t count;
    const struct ht_option *const *rows = ht_option_rows(&count);
    for (size_t i = 0; i < count; i++) {
        char word[80];
        snprintf(word, sizeof word, " --%s ", ht_option_spelling(rows[i]));
        assert_int_equal(strstr(text, word) != NULL, (rows[i]->categories & HT_CATEGORY_IMPORTANT) != 0);
    }
    free(text);
}

static void all_has_every_row(void **state)
{
    (void)state;
    char *text = printed("--help|all");
    size_t count;
    const struct ht_option *const *rows = ht_option_rows(&count);
    for (size_t i = 0; i < count; i++) {
        struct ht_sink signature = ht_sink(0);
        ht_help_signature(&signature, rows[i]);
        assert_non_null(strstr(text, ht_sink_text(&signature)));
        ht_sink_free(&signature);
    }
    free(text);
}

static void topics_are_found(void **state)
{
    (void)state;
    assert_printed("--help|category", "\n tls         TLS and certificates\n");
    assert_printed("-h|TLS", "tls: TLS and certificates\n");
    assert_printed("-h|tls", "\n     --no-alpn ");
    assert_printed("-sh|--max-time",
                   "-m, --max-time <seconds>\n    Time for the whole transfer\n\n    Seconds, with");
    assert_printed("-h|-m", "-m, --max-time <seconds>\n");
    assert_printed("--help|--alpn", "--no-alpn\n    Send no ALPN");
    assert_printed("--help|--no-alpn", "--no-alpn\n    Send no ALPN");
    assert_printed("--help|-h", "-h, --help [topic]\n");
    assert_printed("--help|--range", "\n    Since curl 4.0.\n");
    assert_printed("--help|--ci", "\n    Of httptrace alone, since 0.1.0.\n");
    assert_printed("--help|--report", "hold for it.\n\n    A report that cannot be written does");
    assert_printed("--help|other", "--ftp-pasv");
    assert_printed("-M", "-m, --max-time <seconds>\n    Time for the whole transfer\n\n    Seconds, with");
    char *nothing = printed("--dump-ca-embed");
    assert_string_equal(nothing, "");
    free(nothing);
    assert_printed("h|-L|--help|http", "--location");
}

static void lines_fit_the_terminal(void **state)
{
    (void)state;
    static const struct {
        const char *columns;
        size_t width;
    } rows[] = {{"80", 79},  {"40", 39}, {"200", 199}, {"", 79},
                {"abc", 79}, {"1", 79},  {"-5", 79},   {"99999", 79}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        setenv("COLUMNS", rows[i].columns, 1);
        char *text = printed("--help|all"), *option = printed("--help|--cookie");
        /* Of a signature that is wider by itself nothing can be wrapped. */
        size_t most = rows[i].width > 45 ? rows[i].width : 45;
        assert_true(widest_line(text) <= most);
        assert_true(widest_line(text) > most / 2);
        assert_true(widest_line(option) <= most);
        free(text);
        free(option);
    }
    unsetenv("COLUMNS");
}

static void generated_files_have_every_row(void **state)
{
    (void)state;
    static const char *const formats[][2] = {
        {"--generate|bash", "--%s"},
        {"--generate|zsh", "--%s"},
        {"--generate|fish", " -l %s"},
        {"--generate|markdown", "--%s"},
    };
    size_t count;
    const struct ht_option *const *rows = ht_option_rows(&count);
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
        char *text = printed(formats[i][0]), word[80];
        for (size_t j = 0; j < count; j++) {
            snprintf(word, sizeof word, "%.*s%s", (int)(strstr(formats[i][1], "%s") - formats[i][1]),
                     formats[i][1], ht_option_spelling(rows[j]));
            assert_non_null(strstr(text, word));
        }
        free(text);
    }
}

static void the_man_page_is_escaped(void **state)
{
    (void)state;
    assert_printed("--generate|man", ".TH HTTPTRACE 1 ");
    assert_printed("--generate|man", "\\fB\\-m\\fR, \\fB\\-\\-max\\-time\\fR \\fIseconds\\fR\n");
    assert_printed("--generate|man", "a colon is written \\e: and a backslash \\e\\e.");
    char *text = printed("--generate|man");
    for (const char *at = strstr(text, "\n'"); at; at = strstr(at + 1, "\n'"))
        fail_msg("a line begins with an apostrophe: %.20s", at);
    free(text);
}

static void pages_are_up_to_date(void **state)
{
    (void)state;
    static const struct {
        const char *kind, *page;
    } pages[] = {{"markdown", "/options.md"},
                 {"findings", "/findings.md"},
                 {"checks", "/checks.md"},
                 {"reports", "/reports.md"}};
    size_t stale = 0;
    for (size_t i = 0; i < sizeof pages / sizeof *pages; i++) {
        struct ht_sink file = ht_sink(0), now = ht_sink(0), path = ht_sink(0);
        struct ht_error error = {0};
        ht_sink_printf(&path, "%s%s", HT_DOCS, pages[i].page);
        if (ht_value_read_file("docs", ht_sink_text(&path), &file, &error) != HT_OK)
            fail_msg("%s", error.text);
        assert_true(ht_generate_write(&now, pages[i].kind));
        if (strcmp(ht_sink_text(&file), ht_sink_text(&now)) != 0) {
            print_error("docs%s is stale: build the target docs\n", pages[i].page);
            stale++;
        }
        ht_sink_free(&file);
        ht_sink_free(&now);
        ht_sink_free(&path);
    }
    assert_int_equal(stale, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_short_help_has_the_important_rows_only),
        cmocka_unit_test(all_has_every_row),
        cmocka_unit_test(topics_are_found),
        cmocka_unit_test(lines_fit_the_terminal),
        cmocka_unit_test(generated_files_have_every_row),
        cmocka_unit_test(the_man_page_is_escaped),
        cmocka_unit_test(pages_are_up_to_date),
    };
    dump_clear_environment();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
