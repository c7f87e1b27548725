/* SPDX-License-Identifier: MIT */
/* A text sink: takes pieces of text, gives one NUL-terminated string. */
#include "base/sink.h"

#include "base/arena.h"

#include <stdio.h>
#include <stdlib.h>

struct ht_sink ht_sink(size_t cap)
{
    return (struct ht_sink){.cap = cap};
}

void ht_sink_free(struct ht_sink *sink)
{
    free(sink->text);
    *sink = (struct ht_sink){.cap = sink->cap};
}

void ht_sink_reset(struct ht_sink *sink)
{
    sink->len = 0;
    sink->cut = false;
    if (sink->text)
        sink->text[0] = '\0';
}

/* Room for `more` bytes and a NUL; gives how many of them fit under the cap. */
static size_t make_room(struct ht_sink *sink, size_t more)
{
    if (sink->cut)
        more = 0; /* what follows a cut would look as if it belonged there */
    if (sink->cap && more > sink->cap - sink->len) {
        more = sink->cap - sink->len;
        sink->cut = true;
    }
    if (sink->len + more + 1 > sink->size) {
        size_t size = sink->size ? sink->size : 128;
        while (size < sink->len + more + 1)
            size *= 2;
        sink->text = ht_realloc(sink->text, size);
        sink->size = size;
    }
    return more;
}

/* Where a cut at `fit` would split a UTF-8 sequence (RFC 3629), the place before it. */
static size_t before_sequence(struct ht_span bytes, size_t fit)
{
    size_t at = fit;
    for (int i = 0; i < 3 && at > 0 && (bytes.data[at] & 0xC0) == 0x80; i++)
        at--;
    return (bytes.data[at] & 0xC0) == 0xC0 ? at : fit;
}

void ht_sink_bytes(struct ht_sink *sink, struct ht_span bytes)
{
    size_t fit = make_room(sink, bytes.len);
    if (fit && fit < bytes.len)
        fit = before_sequence(bytes, fit);
    if (fit)
        memcpy(sink->text + sink->len, bytes.data, fit);
    sink->len += fit;
    sink->text[sink->len] = '\0';
}

void ht_sink_puts(struct ht_sink *sink, const char *text)
{
    ht_sink_bytes(sink, ht_span_str(text));
}

void ht_sink_char(struct ht_sink *sink, char c)
{
    if (sink->len + 1 >= sink->size || sink->cap) {
        ht_sink_bytes(sink, ht_span(&c, 1));
        return;
    }
    sink->text[sink->len++] = c;
    sink->text[sink->len] = '\0';
}

void ht_sink_fill(struct ht_sink *sink, char c, size_t count)
{
    size_t fit = make_room(sink, count);
    memset(sink->text + sink->len, c, fit);
    sink->len += fit;
    sink->text[sink->len] = '\0';
}

void ht_sink_vprintf(struct ht_sink *sink, const char *format, va_list args)
{
    va_list again;
    va_copy(again, args);
    char small[256];
    int len = vsnprintf(small, sizeof small, format, args);
    if (len >= 0 && (size_t)len < sizeof small) {
        ht_sink_bytes(sink, ht_span(small, (size_t)len));
    } else if (len > 0) {
        char *large = ht_malloc((size_t)len + 1);
        vsnprintf(large, (size_t)len + 1, format, again);
        ht_sink_bytes(sink, ht_span(large, (size_t)len));
        free(large);
    }
    va_end(again);
}

void ht_sink_printf(struct ht_sink *sink, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    ht_sink_vprintf(sink, format, args);
    va_end(args);
}

void ht_sink_hex(struct ht_sink *sink, struct ht_span bytes)
{
    static const char digits[] = "0123456789abcdef";
    size_t fit = make_room(sink, bytes.len * 2);
    char *to = sink->text + sink->len;
    for (size_t i = 0; i < fit; i++)
        to[i] = digits[bytes.data[i / 2] >> (i % 2 ? 0 : 4) & 15];
    sink->len += fit;
    sink->text[sink->len] = '\0';
}

void ht_sink_base64(struct ht_sink *sink, struct ht_span bytes)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (size_t i = 0; i < bytes.len; i += 3) {
        size_t left = bytes.len - i;
        uint32_t group = (uint32_t)bytes.data[i] << 16 | (left > 1 ? (uint32_t)bytes.data[i + 1] << 8 : 0) |
                         (left > 2 ? bytes.data[i + 2] : 0);
        ht_sink_char(sink, digits[group >> 18]);
        ht_sink_char(sink, digits[group >> 12 & 63]);
        ht_sink_char(sink, left > 1 ? digits[group >> 6 & 63] : '=');
        ht_sink_char(sink, left > 2 ? digits[group & 63] : '=');
    }
}

const char *ht_sink_text(const struct ht_sink *sink)
{
    return sink->text ? sink->text : "";
}
