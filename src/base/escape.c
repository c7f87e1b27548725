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

/* Characters that move the cursor, hide or reorder text: controls, bidi (UAX #9), zero-width, separators,
 * tags. */
static bool is_hostile(uint32_t c)
{
    return c < 0x20 || (c >= 0x7F && c <= 0x9F) || c == 0xAD || c == 0x61C || c == 0x180E ||
           (c >= 0x200B && c <= 0x200F) || (c >= 0x2028 && c <= 0x202E) || (c >= 0x2060 && c <= 0x206F) ||
           c == 0xFEFF || (c >= 0xFFF9 && c <= 0xFFFB) || (c >= 0xE0000 && c <= 0xE007F);
}

static void escape_bytes(struct ht_sink *out, struct ht_span bytes, size_t at, size_t len)
{
    for (size_t i = at; i < at + len; i++)
        ht_sink_printf(out, "\\x%02x", bytes.data[i]);
}

void ht_escape_utf8(struct ht_sink *out, struct ht_span bytes)
{
    size_t plain = 0, at = 0;
    while (at < bytes.len) {
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

/* The two ways in which CI services mark commands: "::name::" and "##[name]". */
static bool is_ci_mark(struct ht_span s, size_t at)
{
    if (at == 0)
        return false;
    return (s.data[at] == ':' && s.data[at - 1] == ':') || (s.data[at] == '#' && s.data[at - 1] == '#');
}

static bool is_fake_escape(struct ht_span s, size_t at)
{
    return s.data[at] == '\\' && at + 1 < s.len && s.data[at + 1] == 'x';
}

void ht_escape_text(struct ht_sink *out, struct ht_span bytes)
{
    size_t plain = 0;
    for (size_t at = 0; at < bytes.len; at++) {
        bool fake = is_fake_escape(bytes, at);
        if (!fake && !is_ci_mark(bytes, at))
            continue;
        ht_escape_utf8(out, ht_span(bytes.data + plain, at - plain));
        if (fake)
            ht_sink_puts(out, "\\\\");
        else
            escape_bytes(out, bytes, at, 1);
        plain = at + 1;
    }
    if (bytes.len > plain)
        ht_escape_utf8(out, ht_span(bytes.data + plain, bytes.len - plain));
}
