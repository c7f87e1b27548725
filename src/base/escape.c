/* SPDX-License-Identifier: MIT */
/* Hostile text: takes bytes from the wire, writes text that shows them without obeying them (RFC 3629). */
#include "base/escape.h"

static bool continues(struct ht_span s, size_t at)
{
    return at < s.len && (s.data[at] & 0xC0) == 0x80;
}

/* Sequence length that a leading byte promises, and the smallest code point that may use it. */
static size_t promised(uint8_t lead, uint32_t *value, uint32_t *least)
{
    if (lead < 0x80) {
        *value = lead, *least = 0;
        return 1;
    }
    if ((lead & 0xE0) == 0xC0) {
        *value = lead & 0x1F, *least = 0x80;
        return 2;
    }
    if ((lead & 0xF0) == 0xE0) {
        *value = lead & 0x0F, *least = 0x800;
        return 3;
    }
    if ((lead & 0xF8) == 0xF0) {
        *value = lead & 0x07, *least = 0x10000;
        return 4;
    }
    return 0;
}

size_t ht_utf8_next(struct ht_span bytes, size_t at, uint32_t *code_point)
{
    uint32_t value = 0, least = 0;
    if (at >= bytes.len)
        return 0;
    size_t len = promised(bytes.data[at], &value, &least);
    for (size_t i = 1; i < len; i++) {
        if (!continues(bytes, at + i))
            return 0;
        value = value << 6 | (bytes.data[at + i] & 0x3Fu);
    }
    if (value < least || value > 0x10FFFF || (value >= 0xD800 && value <= 0xDFFF))
        return 0;
    *code_point = value;
    return len;
}

/* Characters that move the cursor, hide or reorder text, in ascending order: controls, bidi (UAX #9), those
 * without width or ink (Default_Ignorable_Code_Point of Unicode), separators, tags. */
static const struct range {
    uint32_t first, last;
} hostile[] = {
    {0x00, 0x1F},       {0x7F, 0x9F},       {0xAD, 0xAD},       {0x34F, 0x34F},   {0x61C, 0x61C},
    {0x115F, 0x1160},   {0x17B4, 0x17B5},   {0x180B, 0x180F},   {0x200B, 0x200F}, {0x2028, 0x202E},
    {0x2060, 0x206F},   {0x3164, 0x3164},   {0xFEFF, 0xFEFF},   {0xFFA0, 0xFFA0}, {0xFFF0, 0xFFFB},
    {0x1BCA0, 0x1BCA3}, {0x1D173, 0x1D17A}, {0xE0000, 0xE0FFF},
};

static bool is_hostile(uint32_t c)
{
    for (size_t i = 0; i < sizeof hostile / sizeof *hostile && hostile[i].first <= c; i++) {
        if (c <= hostile[i].last)
            return true;
    }
    return false;
}

static void escape_bytes(struct ht_sink *out, struct ht_span bytes, size_t at, size_t len)
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = at; i < at + len; i++) {
        const char text[] = {'\\', 'x', digits[bytes.data[i] >> 4], digits[bytes.data[i] & 15]};
        ht_sink_bytes(out, ht_span(text, sizeof text));
    }
}

void ht_escape_utf8(struct ht_sink *out, struct ht_span bytes)
{
    size_t plain = 0, at = 0;
    while (at < bytes.len && !out->cut) {
        uint32_t c = 0;
        size_t len = ht_utf8_next(bytes, at, &c);
        if (len && !is_hostile(c)) {
            at += len;
            continue;
        }
        ht_sink_bytes(out, ht_span(bytes.data + plain, at - plain));
        len = len ? len : 1;
        escape_bytes(out, bytes, at, len);
        at += len;
        plain = at;
    }
    if (at > plain)
        ht_sink_bytes(out, ht_span(bytes.data + plain, at - plain));
}

static bool is_word(uint8_t c)
{
    return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || c == '-' || c == '_';
}

/* Whether what follows a "::" makes it one of an IPv6 address (RFC 4291 section 2.2): groups, and no second
 * "::". */
static bool is_address_tail(struct ht_span s, size_t at)
{
    for (; at < s.len && s.data[at] && strchr("0123456789abcdefABCDEF:.", s.data[at]); at++) {
        if (s.data[at] == ':' && (s.data[at - 1] == ':' || (at + 1 < s.len && s.data[at + 1] == ':')))
            return false;
    }
    return at >= s.len || !is_word(s.data[at]);
}

/* The two ways in which CI services mark commands: "::name::" and "##[name]". */
static bool is_ci_mark(struct ht_span s, size_t at)
{
    if (at == 0)
        return false;
    if (s.data[at] == ':' && s.data[at - 1] == ':')
        return !is_address_tail(s, at + 1);
    return s.data[at] == '#' && s.data[at - 1] == '#';
}

static size_t count_backslashes(struct ht_span s, size_t at)
{
    size_t end = at;
    while (end < s.len && s.data[end] == '\\')
        end++;
    return end - at;
}

/* Whether what is written for the byte at `at` begins with an x, or with an escape of ours. */
static bool makes_escape(struct ht_span s, size_t at)
{
    uint32_t c = 0;
    return at < s.len && (s.data[at] == 'x' || ht_utf8_next(s, at, &c) == 0 || is_hostile(c));
}

void ht_escape_text(struct ht_sink *out, struct ht_span bytes)
{
    size_t plain = 0, at = 0;
    while (at < bytes.len && !out->cut) {
        size_t run = count_backslashes(bytes, at);
        bool doubled = run && makes_escape(bytes, at + run), mark = !run && is_ci_mark(bytes, at);
        if (doubled || mark)
            ht_escape_utf8(out, ht_span(bytes.data + plain, at - plain));
        if (doubled)
            ht_sink_fill(out, '\\', 2 * run);
        else if (mark)
            escape_bytes(out, bytes, at, 1);
        at += run ? run : 1;
        plain = doubled || mark ? at : plain;
    }
    if (bytes.len > plain)
        ht_escape_utf8(out, ht_span(bytes.data + plain, bytes.len - plain));
}
