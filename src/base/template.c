/* SPDX-License-Identifier: MIT */
/* Templates of --write-out: takes their text, gives pieces of it: plain bytes, and what is between braces. */
#include "base/template.h"

#include <string.h>

static const struct {
    const char *opening;
    enum ht_template_kind kind;
} openings[] = {
    {"%{", HT_TEMPLATE_VARIABLE},
    {"%header{", HT_TEMPLATE_HEADER},
    {"%output{", HT_TEMPLATE_OUTPUT},
    {"%time{", HT_TEMPLATE_TIME},
};

static struct ht_template_piece text_piece(const char **at, const char *begin, size_t len, const char *next)
{
    *at = next;
    return (struct ht_template_piece){HT_TEMPLATE_TEXT, ht_span(begin, len)};
}

/* The brace that ends it. In the separator of %header{} one may be escaped. */
static const char *closing(const char *begin, enum ht_template_kind kind)
{
    const char *at = begin;
    while (*at && *at != '}')
        at += kind == HT_TEMPLATE_HEADER && at[0] == '\\' && at[1] == '}' ? 2 : 1;
    return *at ? at : NULL;
}

/* After a percent sign. Braces that do not close are text, up to and with the opening one. */
static struct ht_template_piece percent(const char **at)
{
    const char *begin = *at;
    for (size_t i = 0; i < sizeof openings / sizeof *openings; i++) {
        size_t len = strlen(openings[i].opening);
        if (strncmp(begin, openings[i].opening, len) != 0)
            continue;
        const char *end = closing(begin + len, openings[i].kind);
        if (end == NULL)
            return text_piece(at, begin, len, begin + len);
        *at = end + 1;
        return (struct ht_template_piece){openings[i].kind,
                                          ht_span(begin + len, (size_t)(end - begin) - len)};
    }
    if (begin[1] == '%')
        return text_piece(at, begin, 1, begin + 2);
    size_t len = begin[1] ? 2 : 1;
    return text_piece(at, begin, len, begin + len);
}

/* After a backslash: what is no known escape stays, its backslash with it. */
static struct ht_template_piece backslash(const char **at)
{
    static const char letters[] = "nrt", bytes[] = "\n\r\t";
    const char *begin = *at;
    const char *known = begin[1] ? strchr(letters, begin[1]) : NULL;
    if (known)
        return text_piece(at, &bytes[known - letters], 1, begin + 2);
    size_t len = begin[1] ? 2 : 1;
    return text_piece(at, begin, len, begin + len);
}

struct ht_template_piece ht_template_next(const char **at)
{
    const char *begin = *at;
    if (*begin == '\0')
        return (struct ht_template_piece){HT_TEMPLATE_END, ht_span(begin, 0)};
    if (*begin == '%')
        return percent(at);
    if (*begin == '\\')
        return backslash(at);
    size_t len = strcspn(begin, "%\\");
    return text_piece(at, begin, len, begin + len);
}

static bool is_variable(const struct ht_template_piece *piece, const char *name)
{
    return piece->kind == HT_TEMPLATE_VARIABLE && ht_span_ieq_str(piece->text, name);
}

bool ht_template_uses_stdout(const char *text)
{
    bool there = true;
    for (struct ht_template_piece piece; (piece = ht_template_next(&text)).kind != HT_TEMPLATE_END;) {
        if (is_variable(&piece, "stdout"))
            there = true;
        else if (is_variable(&piece, "stderr") || piece.kind == HT_TEMPLATE_OUTPUT)
            there = false;
        else if (there && !is_variable(&piece, "onerror"))
            return true;
    }
    return false;
}

bool ht_template_names(const char *text, const char *name)
{
    for (struct ht_template_piece piece; (piece = ht_template_next(&text)).kind != HT_TEMPLATE_END;)
        if (is_variable(&piece, name))
            return true;
    return false;
}
