/* SPDX-License-Identifier: MIT */
/* Takes harmless text of one line, writes it as Markdown (CommonMark 0.30, GitHub Flavored Markdown) that
 * shows it and does nothing else. */
#include "report/markdown/markdown.h"

#include <ctype.h>

#define FENCE     3u /* backticks in a row that would end a block of code */
#define SHORT_SHA 7u /* digits from which on GitHub reads a commit */

static bool is_letter(uint8_t c)
{
    return isalpha(c) && c < 0x80;
}

static bool is_alnum(uint8_t c)
{
    return (isalnum(c) && c < 0x80) || c >= 0x80;
}

/* "(see" and "this)." are as plain as what is within. */
static struct ht_span core_of(struct ht_span word)
{
    while (word.len && strchr("(\"'", word.data[0]))
        word = ht_span_from(word, 1);
    bool colon = false;
    while (word.len && strchr("),.;:!?\"'%", word.data[word.len - 1])) {
        bool is_colon = word.data[word.len - 1] == ':';
        if (is_colon && colon)
            break;
        colon = colon || is_colon;
        word.len--;
    }
    return word;
}

/* A full stop beside a letter makes a name: of a host, of a file. */
static bool is_name_dot(struct ht_span s, size_t at)
{
    return s.data[at] == '.' && (is_letter(s.data[at - 1]) || (at + 1 < s.len && is_letter(s.data[at + 1])));
}

/* Bytes from `at` on that are ASCII letters and digits. */
static struct ht_span run_at(struct ht_span s, size_t at)
{
    size_t end = at;
    while (end < s.len && s.data[end] < 0x80 && is_alnum(s.data[end]))
        end++;
    return ht_span(s.data + at, end - at);
}

static bool is_sha(struct ht_span run)
{
    bool letter = false, digit = false;
    for (size_t i = 0; i < run.len; i++) {
        if (!isxdigit(run.data[i]))
            return false;
        letter = letter || is_letter(run.data[i]);
        digit = digit || isdigit(run.data[i]);
    }
    return run.len >= SHORT_SHA && letter && digit;
}

static bool is_name(struct ht_span run)
{
    size_t at = 0;
    while (at < run.len && is_letter(run.data[at]))
        at++;
    return run.len && at == run.len;
}

/* Whether there is a commit in it, or "GH-12", and what else a repository may have references for. */
static bool has_reference(struct ht_span word)
{
    bool named = false; /* what stands before was "GH-" */
    for (size_t at = 0; at < word.len;) {
        struct ht_span run = run_at(word, at);
        if (is_sha(run) || (named && run.len && isdigit(run.data[0])))
            return true;
        at += run.len;
        named = is_name(run) && at < word.len && word.data[at] == '-';
        at += at < word.len;
    }
    return false;
}

/* "1." begins a list where it begins a line. */
static bool is_number(struct ht_span s)
{
    size_t at = 0;
    while (at < s.len && isdigit(s.data[at]))
        at++;
    return s.len && at == s.len;
}

/* Whether no renderer finds anything in the word but text. */
static bool is_plain(struct ht_span word, bool first)
{
    struct ht_span core = core_of(word);
    if (!first && word.len == 1 &&
        word.data[0] == '=') /* of a name in a certificate; it underlines no title here */
        return true;
    if (core.len == 0 || !is_alnum(core.data[0]))
        return false;
    for (size_t i = 1; i < core.len; i++) {
        if (!is_alnum(core.data[i]) && !strchr(".,-'/()", core.data[i]))
            return false;
        if (is_name_dot(core, i))
            return false;
    }
    bool marks_list = first && is_number(core) && core.len < word.len && core.data == word.data &&
                      strchr(".)", core.data[core.len]);
    return !marks_list && !has_reference(core);
}

static void code_bytes(struct ht_sink *out, struct ht_span bytes)
{
    for (size_t i = 0; i < bytes.len; i++) {
        if (bytes.data[i] == '`')
            ht_sink_puts(out, "\\x60");
        else if (bytes.data[i] == '\n' || bytes.data[i] == '\r')
            ht_sink_char(out, ' ');
        else
            ht_sink_char(out, (char)bytes.data[i]);
    }
}

/* What ends a sentence or a part of it behind a word, and no part of the word: one byte at most. */
static struct ht_span tail_of(struct ht_span word)
{
    bool ends = word.len > 1 && strchr(",.;:", word.data[word.len - 1]) && is_alnum(word.data[word.len - 2]);
    return ht_span_from(word, word.len - ends);
}

/* Words of code that follow each other are one; what ends the last of them stands behind it. */
void ht_markdown_text(struct ht_sink *out, const char *text)
{
    struct ht_span left = ht_span_str(text ? text : ""), tail = ht_span(NULL, 0);
    bool first = true, code = false;
    while (left.len) {
        struct ht_span word = ht_span_head(left, ht_span_find_byte(left, ' ', 0));
        left = ht_span_from(left, word.len + 1);
        if (!word.len)
            continue;
        bool plain = is_plain(word, first);
        if (code && plain)
            ht_sink_char(out, '`');
        ht_sink_bytes(out, tail);
        if (!first)
            ht_sink_char(out, ' ');
        if (!code && !plain)
            ht_sink_char(out, '`');
        code = !plain;
        tail = plain ? ht_span(NULL, 0) : tail_of(word);
        word.len -= tail.len;
        if (plain)
            ht_sink_bytes(out, word);
        else
            code_bytes(out, word);
        first = false;
    }
    ht_sink_puts(out, code ? "`" : "");
    ht_sink_bytes(out, tail);
}

void ht_markdown_cell(struct ht_sink *out, const char *text)
{
    struct ht_sink whole = ht_sink(0);
    ht_markdown_text(&whole, text);
    for (size_t i = 0; i < whole.len; i++) { /* in code only, where it would end the cell all the same */
        if (whole.text[i] == '|')
            ht_sink_puts(out, "\\x7c");
        else
            ht_sink_char(out, whole.text[i]);
    }
    ht_sink_free(&whole);
}

void ht_markdown_code(struct ht_sink *out, const char *text)
{
    if (!text || !*text)
        return;
    ht_sink_char(out, '`');
    code_bytes(out, ht_span_str(text));
    ht_sink_char(out, '`');
}

static size_t run_of_backticks(const char *text)
{
    return strspn(text, "`");
}

void ht_markdown_block(struct ht_sink *out, const char *language, const char *lines)
{
    ht_sink_printf(out, "```%s\n", language);
    for (const char *at = lines; *at;) {
        size_t run = run_of_backticks(at), plain = strcspn(at, "`");
        for (size_t i = 0; i < run; i++)
            ht_sink_puts(out, run >= FENCE ? "\\x60" : "`");
        ht_sink_bytes(out, ht_span(at + run, run ? 0 : plain));
        at += run ? run : plain;
    }
    size_t len = strlen(lines);
    ht_sink_puts(out, len && lines[len - 1] == '\n' ? "```\n" : "\n```\n");
}
