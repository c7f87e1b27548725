/* SPDX-License-Identifier: MIT */
/* Takes a word, gives it quoted for a POSIX shell (POSIX.1-2024, section 2.2), in the form that is easiest to
 * read. */
#include "base/shell.h"

#include "base/escape.h"

#include <string.h>

#define BARE_MARKS                                                                                           \
    "_@%+:,./-" /* beside letters and digits: what no shell gives a meaning anywhere in a word */

static bool is_bare(char c)
{
    bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    return letter || (c && strchr(BARE_MARKS, c));
}

/* "=" means something only where it leads a word (zsh) or follows a name that does (an assignment): arguments
 * of a command may have it further on. */
static bool is_plain(struct ht_span word)
{
    for (size_t i = 0; i < word.len; i++) {
        char c = (char)word.data[i];
        if (!is_bare(c) && !(c == '=' && i > 0))
            return false;
    }
    return word.len > 0;
}

/* Whether a terminal shows this piece of text as it stands. */
static bool is_shown(struct ht_span piece)
{
    struct ht_sink shown = ht_sink(0);
    ht_escape_text(&shown, piece);
    bool same = shown.len == piece.len && memcmp(shown.text, piece.data, piece.len) == 0;
    ht_sink_free(&shown);
    return same;
}

/* The length of the character at `at` where it may stand as it is; 0 for a byte that has to be written in
 * octal. */
static size_t shown_len(struct ht_span word, size_t at)
{
    uint32_t code_point;
    size_t len = ht_utf8_next(word, at, &code_point);
    if (len == 1)
        return word.data[at] >= ' ' && word.data[at] < 0x7f;
    return len > 1 && is_shown(ht_span(word.data + at, len)) ? len : 0;
}

static bool all_shown(struct ht_span word)
{
    for (size_t at = 0, len; at < word.len; at += len) {
        len = shown_len(word, at);
        if (len == 0)
            return false;
    }
    return true;
}

static void byte_escape(struct ht_sink *out, uint8_t byte)
{
    static const char letters[] = "a\ab\bf\fn\nr\rt\tv\v";
    for (size_t i = 0; i + 1 < sizeof letters - 1; i += 2) {
        if ((char)byte == letters[i + 1]) {
            ht_sink_printf(out, "\\%c", letters[i]);
            return;
        }
    }
    ht_sink_printf(out, "\\%03o", byte);
}

static void dollar_quoted(struct ht_sink *out, struct ht_span word)
{
    ht_sink_puts(out, "$'");
    for (size_t at = 0; at < word.len;) {
        size_t len = shown_len(word, at);
        if (len == 0) {
            byte_escape(out, word.data[at]);
        } else {
            if (word.data[at] == '\'' || word.data[at] == '\\')
                ht_sink_char(out, '\\');
            ht_sink_bytes(out, ht_span(word.data + at, len));
        }
        at += len ? len : 1;
    }
    ht_sink_char(out, '\'');
}

static bool has_any(struct ht_span word, const char *marks)
{
    for (size_t i = 0; i < word.len; i++)
        if (word.data[i] && strchr(marks, (char)word.data[i]))
            return true;
    return false;
}

static void single_quoted(struct ht_sink *out, struct ht_span word)
{
    ht_sink_char(out, '\'');
    for (size_t i = 0; i < word.len; i++) {
        if (word.data[i] == '\'')
            ht_sink_puts(out, "'\\''");
        else
            ht_sink_char(out, (char)word.data[i]);
    }
    ht_sink_char(out, '\'');
}

void ht_shell_word(struct ht_sink *out, struct ht_span word)
{
    if (is_plain(word)) {
        ht_sink_bytes(out, word);
    } else if (!all_shown(word)) {
        dollar_quoted(out, word);
    } else if (has_any(word, "'") && !has_any(word, "\"$`\\!")) {
        ht_sink_char(out, '"');
        ht_sink_bytes(out, word);
        ht_sink_char(out, '"');
    } else {
        single_quoted(out, word);
    }
}

struct ht_shell_command ht_shell_command(const char *name)
{
    struct ht_shell_command command = {ht_sink(0), ht_sink(0)};
    ht_shell_word(&command.whole, ht_span_str(name));
    ht_shell_word(&command.broken, ht_span_str(name));
    return command;
}

void ht_shell_add(struct ht_shell_command *command, const char *flag, const char *value)
{
    struct ht_sink words = ht_sink(0);
    ht_sink_puts(&words, flag ? flag : "");
    if (words.len && value)
        ht_sink_char(&words, ' ');
    if (value)
        ht_shell_word(&words, ht_span_str(value));
    ht_sink_printf(&command->whole, " %s", ht_sink_text(&words));
    ht_sink_printf(&command->broken, " \\\n  %s", ht_sink_text(&words));
    ht_sink_free(&words);
}

void ht_shell_end(struct ht_shell_command *command, struct ht_sink *out, size_t width)
{
    bool fits = !width || command->whole.len <= width;
    ht_sink_printf(out, "%s\n", ht_sink_text(fits ? &command->whole : &command->broken));
    ht_sink_free(&command->whole);
    ht_sink_free(&command->broken);
}
