/* SPDX-License-Identifier: MIT */
/* --help: takes a topic, gives lists of options or one option's text, wrapped to the terminal's width. */
#include "options/help/help.h"

#include "base/escape.h"
#include "options/config.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define DEFAULT_WIDTH   79u
#define LEAST_WIDTH     40u
#define WIDEST_LEFT     34u
#define LONG_TEXT_WIDTH 100u

static size_t width_of_terminal(void)
{
    const char *columns = getenv("COLUMNS");
    int64_t number;
    if (!columns || !ht_value_integer(columns, &number) || number < LEAST_WIDTH || number > 1000)
        return DEFAULT_WIDTH;
    /* curl leaves the last column free, so that no terminal wraps a full line. */
    return (size_t)number - 1;
}

void ht_help_signature(struct ht_sink *out, const struct ht_option *row)
{
    if (row->letter)
        ht_sink_printf(out, "-%c, ", row->letter);
    ht_sink_printf(out, "--%s", ht_option_spelling(row));
    if (row->argument && row->flags & HT_OPTION_MAY_TAKE)
        ht_sink_printf(out, " [%s]", row->argument);
    else if (row->argument)
        ht_sink_printf(out, " <%s>", row->argument);
}

void ht_help_since(struct ht_sink *out, const struct ht_option *row)
{
    const char *whose = row->flags & HT_OPTION_OURS ? "Of httptrace alone, since" : "Since curl";
    ht_sink_printf(out, "%s %s.", whose, row->since);
}

static size_t begin_line(struct ht_sink *out, size_t indent)
{
    ht_sink_char(out, '\n');
    ht_sink_fill(out, ' ', indent);
    return indent;
}

/* Words of `text` from column `at` on, lines indented by `indent`, paragraphs as they are; a line feed at the
 * end. */
static void wrap(struct ht_sink *out, const char *text, size_t at, size_t indent, size_t width)
{
    bool first = true;
    while (*text) {
        size_t len = strcspn(text, " \n");
        if (!first && at + 1 + len > width) {
            at = begin_line(out, indent);
            first = true;
        }
        if (!first)
            ht_sink_char(out, ' ');
        ht_sink_bytes(out, ht_span(text, len));
        at += len + !first;
        first = false;
        text += len;
        if (*text == '\n') {
            size_t lines = strspn(text, "\n");
            while (lines-- > 1) {
                ht_sink_char(out, '\n');
                text++;
            }
            at = begin_line(out, indent);
            first = true;
            text++;
        }
        text += strspn(text, " ");
    }
    ht_sink_char(out, '\n');
}

static size_t signature_width(const struct ht_option *row)
{
    struct ht_sink sink = ht_sink(0);
    ht_help_signature(&sink, row);
    size_t len = sink.len + (row->letter ? 0 : 4);
    ht_sink_free(&sink);
    return len;
}

static void write_row(struct ht_sink *out, const struct ht_option *row, size_t left, size_t width)
{
    size_t used = signature_width(row) + 1, column = left + 3;
    ht_sink_fill(out, ' ', row->letter ? 1 : 5);
    ht_help_signature(out, row);
    if (used + 2 > column) {
        ht_sink_char(out, '\n');
        used = 0;
    }
    ht_sink_fill(out, ' ', column - used);
    wrap(out, row->help, column, column, width);
}

static void write_category(struct ht_sink *out, unsigned bits)
{
    size_t count, left = 0, width = width_of_terminal();
    const struct ht_option *const *rows = ht_option_rows(&count);
    for (size_t i = 0; i < count; i++) {
        size_t wide = rows[i]->categories & bits ? signature_width(rows[i]) : 0;
        if (wide > left)
            left = wide < WIDEST_LEFT ? wide : WIDEST_LEFT;
    }
    if (left > width / 2)
        left = width / 2;
    for (size_t i = 0; i < count; i++)
        if (rows[i]->categories & bits)
            write_row(out, rows[i], left, width);
}

static void write_short(struct ht_sink *out)
{
    ht_sink_puts(out, "Usage: httptrace [options...] <url>...\n");
    write_category(out, HT_CATEGORY_IMPORTANT);
    ht_sink_char(out, '\n');
    wrap(out,
         "Options are spelled as curl spells them. --help category lists the categories, --help all every "
         "option, --help --name explains one.",
         0, 0, width_of_terminal());
}

static void write_categories(struct ht_sink *out)
{
    size_t count;
    const struct ht_category *categories = ht_option_categories(&count);
    ht_sink_puts(out, "Usage: httptrace --help <category>\n");
    for (size_t i = 0; i < count; i++)
        ht_sink_printf(out, " %-12s%s\n", categories[i].name, categories[i].help);
}

static void write_option(struct ht_sink *out, const struct ht_option *row)
{
    size_t width = width_of_terminal();
    ht_help_signature(out, row);
    ht_sink_puts(out, "\n    ");
    wrap(out, row->help, 4, 4, width);
    ht_sink_puts(out, "\n    ");
    wrap(out, row->text, 4, 4, width < LONG_TEXT_WIDTH ? width : LONG_TEXT_WIDTH);
    ht_sink_puts(out, "\n    ");
    ht_help_since(out, row);
    ht_sink_char(out, '\n');
}

void ht_help_manual(struct ht_sink *out)
{
    size_t count;
    const struct ht_option *const *rows = ht_option_rows(&count);
    for (size_t i = 0; i < count; i++) {
        write_option(out, rows[i]);
        ht_sink_char(out, '\n');
    }
}

static const struct ht_option *option_of(const char *topic)
{
    bool ambiguous;
    if (topic[0] != '-')
        return NULL;
    if (topic[1] != '-')
        return topic[1] && !topic[2] ? ht_option_by_letter(topic[1]) : NULL;
    return ht_option_by_name(topic + (strncmp(topic, "--no-", 5) == 0 ? 5 : 2), &ambiguous);
}

static bool write_named_category(struct ht_sink *out, const char *topic)
{
    size_t count;
    const struct ht_category *categories = ht_option_categories(&count);
    for (size_t i = 0; i < count; i++) {
        if (strcasecmp(topic, categories[i].name) == 0) {
            ht_sink_printf(out, "%s: %s\n", categories[i].name, categories[i].help);
            write_category(out, categories[i].bit);
            return true;
        }
    }
    return false;
}

static enum ht_status unknown_topic(const char *topic, struct ht_error *error)
{
    struct ht_sink shown = ht_sink(120);
    ht_escape_text(&shown, ht_span_str(topic));
    enum ht_status status = ht_fail(
        error, HT_ERR_USAGE, "option --help: there is no %s \"%s\"; try --help %s",
        topic[0] == '-' ? "option" : "category", ht_sink_text(&shown), topic[0] == '-' ? "all" : "category");
    ht_sink_free(&shown);
    return status;
}

enum ht_status ht_help_write(struct ht_sink *out, const char *topic, struct ht_error *error)
{
    const struct ht_option *row = topic ? option_of(topic) : NULL;
    if (!topic)
        write_short(out);
    else if (row)
        write_option(out, row);
    else if (strcasecmp(topic, "all") == 0)
        write_category(out, ~0u);
    else if (strcasecmp(topic, "category") == 0)
        write_categories(out);
    else if (!write_named_category(out, topic))
        return unknown_topic(topic, error);
    return HT_OK;
}
