/* SPDX-License-Identifier: MIT */
/* Chunk-size lines: takes one, gives its size and extensions and the first byte that breaks the grammar (RFC
 * 9112 section 7.1). */
#include "base/sink.h"
#include "decode/h1/grammar.h"
#include "model/model.h"

#define MAX_DIGITS 15u /* a size of 16 hex digits fits no signed 64-bit count */

#define SECTION " (RFC 9112 section 7.1)"
#define EXT     " (RFC 9112 section 7.1.1)"

struct cursor {
    struct ht_span text;
    size_t at;
    struct ht_h1_chunk *out;
};

static void mark(struct cursor *c, size_t at, const char *why)
{
    if (c->out->malformed && c->out->malformed_at <= at)
        return;
    c->out->malformed = true;
    c->out->malformed_at = at;
    c->out->malformed_why = why;
}

static int peek(const struct cursor *c)
{
    return c->at < c->text.len ? c->text.data[c->at] : -1;
}

static void skip_blanks(struct cursor *c)
{
    while (c->at < c->text.len && ht_h1_is_blank(c->text.data[c->at]))
        c->at++;
}

static bool read_size(struct cursor *c)
{
    size_t digits = 0;
    for (int value; peek(c) >= 0 && (value = ht_h1_hex_value((uint8_t)peek(c))) >= 0; c->at++) {
        if (++digits > MAX_DIGITS) {
            mark(c, c->at, "chunk size overflows" SECTION);
            return false;
        }
        c->out->size = c->out->size << 4 | (uint64_t)value;
    }
    if (digits == 0)
        mark(c, c->at, "chunk size is not a hexadecimal number" SECTION);
    return digits > 0;
}

static struct ht_span read_token(struct cursor *c)
{
    size_t start = c->at;
    while (c->at < c->text.len && ht_h1_is_tchar(c->text.data[c->at]))
        c->at++;
    return ht_h1_cut(c->text, start, c->at);
}

/* A quoted-string (RFC 9110 section 5.6.4) without its quotes and backslashes. */
static bool read_quoted(struct cursor *c, struct ht_sink *value)
{
    for (c->at++; peek(c) >= 0 && peek(c) != '"'; c->at++) {
        if (peek(c) == '\\' && c->at + 1 < c->text.len)
            c->at++;
        uint8_t byte = (uint8_t)peek(c);
        if ((byte < 0x20 && byte != '\t') || byte == 0x7f)
            mark(c, c->at, "control byte in a quoted string" EXT);
        ht_sink_char(value, (char)byte);
    }
    if (peek(c) != '"') {
        mark(c, c->at, "quoted string does not end" EXT);
        return false;
    }
    c->at++;
    return true;
}

static bool read_value(struct cursor *c, struct ht_sink *value)
{
    if (peek(c) == '"')
        return read_quoted(c, value);
    struct ht_span token = read_token(c);
    ht_sink_bytes(value, token);
    if (token.len == 0)
        mark(c, c->at, "chunk extension without a value behind \"=\"" EXT);
    return token.len > 0;
}

/* One ";name[=value]". False where nothing more can be read. */
static bool read_extension(struct ht_arena *arena, struct cursor *c)
{
    size_t blank_at = c->at;
    skip_blanks(c);
    if (peek(c) < 0) {
        if (c->at > blank_at)
            mark(c, blank_at, "white space at the end of a chunk-size line" SECTION);
        return false;
    }
    if (peek(c) != ';') {
        mark(c, c->at, "neither a chunk extension nor the line's end" SECTION);
        return false;
    }
    c->at++;
    skip_blanks(c);
    struct ht_span name = read_token(c);
    if (name.len == 0) {
        mark(c, c->at, "chunk extension without a name" EXT);
        return false;
    }
    size_t after_name = c->at;
    struct ht_sink value = ht_sink(0);
    bool good = true;
    skip_blanks(c);
    if (peek(c) == '=') {
        c->at++;
        skip_blanks(c);
        good = read_value(c, &value);
    } else {
        c->at = after_name;
    }
    ht_headers_add(arena, &c->out->extensions, name, ht_span(value.text, value.len));
    ht_sink_free(&value);
    return good;
}

void ht_h1_decode_chunk(struct ht_arena *arena, struct ht_span line, struct ht_h1_chunk *out)
{
    *out = (struct ht_h1_chunk){0};
    struct cursor c = {.text = line, .out = out};
    bool lf = line.len && line.data[line.len - 1] == '\n';
    bool crlf = lf && line.len > 1 && line.data[line.len - 2] == '\r';
    c.text.len -= (size_t)lf + (size_t)crlf;
    if (!lf)
        mark(&c, line.len, "chunk-size line ends early" SECTION);
    else if (!crlf)
        mark(&c, line.len - 1, "chunk-size line ends in a bare LF" SECTION);
    if (!read_size(&c))
        return;
    while (read_extension(arena, &c)) {
    }
}
