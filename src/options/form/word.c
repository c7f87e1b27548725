/* SPDX-License-Identifier: MIT */
/* Words of -F: takes the text at a place, gives the value there with its quotes and escapes resolved. */
#include "options/form/form.h"

#include "options/config.h"

#include <string.h>

bool ht_form_is_space(char c)
{
    return c != '\0' && strchr(" \t\n\v\f\r", c) != NULL;
}

void ht_form_skip_spaces(struct ht_form_reader *reader)
{
    while (ht_form_is_space(*reader->at))
        reader->at++;
}

bool ht_form_ends(const struct ht_form_reader *reader, char c)
{
    return c == '\0' || c == ';' || c == reader->stop;
}

void ht_form_note(const struct ht_form_reader *reader, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    ht_sink_printf(reader->notes, "httptrace: option %s: ", reader->flag);
    ht_sink_vprintf(reader->notes, format, args);
    ht_sink_char(reader->notes, '\n');
    va_end(args);
}

static bool is_escape(const char *at)
{
    return at[0] == '\\' && (at[1] == '\\' || at[1] == '"');
}

/* The quote that ends what begins at `at`, or NULL. */
static const char *closing_quote(const char *at)
{
    for (; *at; at++) {
        if (is_escape(at))
            at++;
        else if (*at == '"')
            return at;
    }
    return NULL;
}

static const char *unescaped(struct ht_arena *arena, const char *from, const char *end)
{
    char *text = ht_arena_alloc(arena, (size_t)(end - from) + 1);
    char *to = text;
    for (const char *at = from; at < end; at++) {
        if (is_escape(at))
            at++;
        *to++ = *at;
    }
    return text;
}

static const char *read_quoted(struct ht_form_reader *reader, const char *end)
{
    const char *text = unescaped(reader->arena, reader->at + 1, end);
    bool trails = false;
    for (reader->at = end + 1; !ht_form_ends(reader, *reader->at); reader->at++)
        trails = trails || !ht_form_is_space(*reader->at);
    if (trails)
        ht_form_note(reader, "what follows the closing quote of %s is left out",
                     ht_value_shown(reader->arena, text));
    return text;
}

static const char *read_bare(struct ht_form_reader *reader)
{
    const char *from = reader->at;
    while (!ht_form_ends(reader, *reader->at))
        reader->at++;
    const char *end = reader->at;
    while (end > from && ht_form_is_space(end[-1]))
        end--;
    return ht_arena_text(reader->arena, ht_span(from, (size_t)(end - from)));
}

const char *ht_form_read_word(struct ht_form_reader *reader)
{
    ht_form_skip_spaces(reader);
    const char *end = *reader->at == '"' ? closing_quote(reader->at + 1) : NULL;
    return end ? read_quoted(reader, end) : read_bare(reader);
}
