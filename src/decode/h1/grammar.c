/* SPDX-License-Identifier: MIT */
/* Lines and character classes: takes the bytes of a head, gives lines and marks what no line may hold (RFC
 * 9112 section 2.2, RFC 9110 section 5). */
#include "decode/h1/grammar.h"

bool ht_h1_is_digit(uint8_t c)
{
    return c >= '0' && c <= '9';
}

bool ht_h1_is_blank(uint8_t c)
{
    return c == ' ' || c == '\t';
}

bool ht_h1_is_tchar(uint8_t c)
{
    return ht_h1_is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           (c && strchr("!#$%&'*+-.^_`|~", c));
}

int ht_h1_hex_value(uint8_t c)
{
    if (ht_h1_is_digit(c))
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

struct ht_span ht_h1_cut(struct ht_span s, size_t from, size_t to)
{
    return ht_span_head(ht_span_from(s, from), to - from);
}

struct ht_span ht_h1_trim(struct ht_span s)
{
    while (s.len && ht_h1_is_blank(s.data[0]))
        s = ht_span_from(s, 1);
    while (s.len && ht_h1_is_blank(s.data[s.len - 1]))
        s.len--;
    return s;
}

void ht_h1_mark(struct ht_h1_head *out, size_t at, const char *why)
{
    if (out->malformed && out->malformed_at <= at)
        return;
    out->malformed = true;
    out->malformed_at = at;
    out->malformed_why = why;
}

void ht_h1_mark_text(struct ht_h1_head *out, struct ht_span text, size_t at)
{
    for (size_t i = 0; i < text.len; i++) {
        uint8_t c = text.data[i];
        if ((c >= 0x20 && c != 0x7f) || c == '\t')
            continue;
        if (c == '\r')
            ht_h1_mark(out, at + i, "bare CR (RFC 9112 section 2.2)");
        else if (c == 0)
            ht_h1_mark(out, at + i, "NUL (RFC 9110 section 5.5)");
        else
            ht_h1_mark(out, at + i, "control byte (RFC 9110 section 5.5)");
        return;
    }
}

bool ht_h1_next_line(struct ht_span bytes, size_t *at, struct ht_h1_line *line, struct ht_h1_head *marks)
{
    struct ht_span rest = ht_span_from(bytes, *at);
    if (rest.len == 0)
        return false;
    size_t len = ht_span_find_byte(rest, '\n', 0);
    bool lf = len < rest.len;
    *line = (struct ht_h1_line){.at = *at, .terminated = lf};
    *at += len + (lf ? 1 : 0);
    bool cr = len && rest.data[len - 1] == '\r'; /* at the very end its LF may only be missing */
    if (cr)
        len--;
    else if (lf)
        ht_h1_mark(marks, line->at + len, "line ends in a bare LF (RFC 9112 section 2.2)");
    line->text = ht_span_head(rest, len);
    line->end = line->at + len;
    return true;
}
