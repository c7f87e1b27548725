/* SPDX-License-Identifier: MIT */
/* The HTTP/1 splitter: takes one direction's bytes in any portions, gives heads, chunk-size lines, trailers
 * and runs of body bytes (RFC 9112 sections 2.2, 6 and 7.1). */
#include "decode/h1/grammar.h"

#include <stdlib.h>

#define MAX_DIGITS 15u

enum state {
    IN_HEAD,
    AFTER_HEAD, /* waits for ht_h1_splitter_body */
    IN_LENGTH,
    IN_CLOSE,
    IN_CHUNK_LINE,
    IN_CHUNK_DATA,
    AFTER_CHUNK_DATA,
    IN_TRAILERS,
    AT_END,
    LEFT_HTTP,
    STATE_COUNT
};

enum line_part { LINE_SIZE, LINE_BLANK, LINE_EXTENSION, LINE_CR };

struct ht_h1_splitter {
    enum state state;
    uint64_t offset; /* stream bytes taken so far */
    uint8_t *buffer; /* a unit that came in parts */
    size_t len, size;
    uint64_t left; /* bytes of the body or chunk still to come */
    /* the line under way, in a head, trailers or a chunk-size line */
    size_t line_len;
    bool line_is_cr; /* it holds nothing but one CR */
    enum line_part part;
    uint64_t chunk_size;
    size_t digits;
    bool has_extensions, data_cr, bare_lf;
    bool cut, broken;
};

struct ht_h1_splitter *ht_h1_splitter_new(void)
{
    struct ht_h1_splitter *s = ht_malloc(sizeof *s);
    *s = (struct ht_h1_splitter){.state = IN_HEAD};
    return s;
}

void ht_h1_splitter_free(struct ht_h1_splitter *splitter)
{
    if (!splitter)
        return;
    free(splitter->buffer);
    free(splitter);
}

static void enter(struct ht_h1_splitter *s, enum state state)
{
    s->state = state;
    s->len = 0;
    s->line_len = 0;
    s->line_is_cr = false;
    s->part = LINE_SIZE;
    s->chunk_size = 0;
    s->digits = 0;
    s->has_extensions = false;
    s->data_cr = false;
}

static void hold(struct ht_h1_splitter *s, struct ht_span bytes)
{
    if (bytes.len == 0)
        return;
    if (s->len + bytes.len > s->size) {
        s->size = (s->len + bytes.len) * 2;
        s->buffer = ht_realloc(s->buffer, s->size);
    }
    memcpy(s->buffer + s->len, bytes.data, bytes.len);
    s->len += bytes.len;
}

/* The unit is whole with these last bytes: borrowed from the input where nothing came before. */
static void give(struct ht_h1_splitter *s, struct ht_span last, enum ht_h1_piece_kind kind,
                 struct ht_h1_piece *piece)
{
    piece->kind = kind;
    piece->offset = s->offset - s->len;
    piece->bytes = last;
    if (s->len) {
        hold(s, last);
        piece->bytes = ht_span(s->buffer, s->len);
    }
}

/* Looks for the empty line that ends a section. Gives how many bytes belong to it; *ended tells whether it
 * was there. */
static size_t scan_section(struct ht_h1_splitter *s, struct ht_span in, bool *ended)
{
    size_t at = 0;
    while (at < in.len) {
        size_t lf = ht_span_find_byte(in, '\n', at), more = lf - at;
        if (more)
            s->line_is_cr = s->line_len == 0 && more == 1 && in.data[at] == '\r';
        s->line_len += more;
        at += more;
        if (lf == in.len)
            break;
        at++;
        *ended = s->line_len == 0 || s->line_is_cr;
        s->line_len = 0;
        s->line_is_cr = false;
        if (*ended)
            break;
    }
    return at;
}

/* Empty lines before a start-line (RFC 9112 section 2.2). Gives how many bytes they are. */
static size_t skip_empty_lines(struct ht_h1_splitter *s, struct ht_span in)
{
    size_t at = 0;
    if (s->len == 1 && s->buffer[0] == '\r' && in.len && in.data[0] == '\n') {
        enter(s, IN_HEAD);
        at = 1;
    }
    while (s->len == 0 && at < in.len) {
        if (in.data[at] == '\n')
            at++;
        else if (in.data[at] == '\r' && at + 1 < in.len && in.data[at + 1] == '\n')
            at += 2;
        else
            break;
    }
    return at;
}

static size_t split_section(struct ht_h1_splitter *s, struct ht_span in, struct ht_h1_piece *piece)
{
    bool head = s->state == IN_HEAD, ended = false;
    size_t skipped = head ? skip_empty_lines(s, in) : 0;
    s->offset += skipped;
    in = ht_span_from(in, skipped);
    struct ht_span room = ht_span_head(in, HT_CAP_HEAD_BYTES - s->len);
    size_t took = scan_section(s, room, &ended);
    if (!ended && s->len + took < HT_CAP_HEAD_BYTES) {
        hold(s, ht_span_head(room, took));
        s->offset += took;
        return skipped + took;
    }
    give(s, ht_span_head(room, took), head ? HT_H1_HEAD : HT_H1_TRAILERS, piece);
    s->offset += took;
    piece->cut = s->cut = !ended;
    enter(s, s->cut ? IN_CLOSE : head ? AFTER_HEAD : AT_END);
    return skipped + took;
}

/* Body bytes up to `most`. */
static size_t give_body(struct ht_h1_splitter *s, struct ht_span in, uint64_t most, struct ht_h1_piece *piece)
{
    if (in.len == 0)
        return 0;
    piece->kind = HT_H1_BODY;
    piece->offset = s->offset;
    piece->bytes = ht_span_head(in, most < in.len ? (size_t)most : in.len);
    s->offset += piece->bytes.len;
    return piece->bytes.len;
}

static size_t split_counted(struct ht_h1_splitter *s, struct ht_span in, struct ht_h1_piece *piece)
{
    size_t took = give_body(s, in, s->left, piece);
    s->left -= took;
    if (s->left == 0)
        enter(s, s->state == IN_CHUNK_DATA ? AFTER_CHUNK_DATA : AT_END);
    return took;
}

static size_t split_close(struct ht_h1_splitter *s, struct ht_span in, struct ht_h1_piece *piece)
{
    return give_body(s, in, UINT64_MAX, piece);
}

/* `bytes` ends with the illegal byte. */
static size_t give_bad(struct ht_h1_splitter *s, struct ht_span bytes, struct ht_h1_piece *piece)
{
    give(s, bytes, HT_H1_BAD, piece);
    s->offset += bytes.len;
    piece->offset = s->offset - 1;
    s->broken = true;
    enter(s, IN_CLOSE);
    return bytes.len;
}

static bool take_digit(struct ht_h1_splitter *s, uint8_t c)
{
    int value = ht_h1_hex_value(c);
    if (value < 0)
        return false;
    s->chunk_size = s->chunk_size << 4 | (uint64_t)value;
    return ++s->digits <= MAX_DIGITS;
}

/* One byte of a chunk-size line before its LF. False: it cannot stand there. */
static bool take_line_byte(struct ht_h1_splitter *s, uint8_t c)
{
    if (s->part == LINE_EXTENSION)
        return true;
    if (s->part == LINE_SIZE && take_digit(s, c))
        return true;
    if (s->digits == 0 || s->digits > MAX_DIGITS)
        return false;
    if (c == ';') {
        s->part = LINE_EXTENSION;
        s->has_extensions = true;
        return true;
    }
    if (ht_h1_is_blank(c) || c == '\r') {
        s->part = c == '\r' ? LINE_CR : LINE_BLANK;
        return true;
    }
    return false;
}

static size_t give_chunk(struct ht_h1_splitter *s, struct ht_span bytes, struct ht_h1_piece *piece)
{
    give(s, bytes, HT_H1_CHUNK, piece);
    s->offset += bytes.len;
    piece->chunk_size = s->left = s->chunk_size;
    piece->has_extensions = s->has_extensions;
    piece->last = s->left == 0;
    piece->bare_lf = s->bare_lf;
    s->bare_lf = false;
    enter(s, s->left ? IN_CHUNK_DATA : IN_TRAILERS);
    return bytes.len;
}

static size_t split_chunk_line(struct ht_h1_splitter *s, struct ht_span in, struct ht_h1_piece *piece)
{
    for (size_t at = 0; at < in.len; at++) {
        bool lf = in.data[at] == '\n';
        if (lf && s->digits)
            return give_chunk(s, ht_span_head(in, at + 1), piece);
        if (s->part == LINE_CR) /* the CR before this byte is the illegal one */
            return give_bad(s, ht_span_head(in, at), piece);
        if (!take_line_byte(s, in.data[at]) || s->len + at + 1 >= HT_CAP_CHUNK_LINE)
            return give_bad(s, ht_span_head(in, at + 1), piece);
    }
    hold(s, in);
    s->offset += in.len;
    return in.len;
}

/* The CRLF behind a chunk's data. */
static size_t split_chunk_end(struct ht_h1_splitter *s, struct ht_span in, struct ht_h1_piece *piece)
{
    size_t at = 0;
    if (at < in.len && s->len == 0 && in.data[at] == '\r')
        at++;
    bool cr = s->len + at > 0;
    if (at == in.len) {
        hold(s, in);
        s->offset += in.len;
        return in.len;
    }
    if (in.data[at] == '\n') {
        s->offset += at + 1;
        s->bare_lf = !cr;
        enter(s, IN_CHUNK_LINE);
        return at + 1;
    }
    return give_bad(s, ht_span_head(in, cr ? at : 1), piece);
}

static size_t split_end(struct ht_h1_splitter *s, struct ht_span in, struct ht_h1_piece *piece)
{
    (void)in;
    piece->kind = HT_H1_END;
    piece->offset = s->offset;
    enter(s, IN_HEAD);
    return 0;
}

static size_t split_nothing(struct ht_h1_splitter *s, struct ht_span in, struct ht_h1_piece *piece)
{
    (void)s, (void)in, (void)piece;
    return 0;
}

static size_t (*const steps[STATE_COUNT])(struct ht_h1_splitter *, struct ht_span, struct ht_h1_piece *) = {
    [IN_HEAD] = split_section,
    [AFTER_HEAD] = split_nothing,
    [IN_LENGTH] = split_counted,
    [IN_CLOSE] = split_close,
    [IN_CHUNK_LINE] = split_chunk_line,
    [IN_CHUNK_DATA] = split_counted,
    [AFTER_CHUNK_DATA] = split_chunk_end,
    [IN_TRAILERS] = split_section,
    [AT_END] = split_end,
    [LEFT_HTTP] = split_nothing,
};

size_t ht_h1_split(struct ht_h1_splitter *splitter, struct ht_span in, struct ht_h1_piece *piece)
{
    size_t took = 0, step;
    enum state before;
    *piece = (struct ht_h1_piece){.kind = HT_H1_NEED_MORE};
    /* A step that gives nothing and changes the state (the CRLF behind a chunk) is not worth a call. */
    do {
        before = splitter->state;
        step = steps[splitter->state](splitter, ht_span_from(in, took), piece);
        took += step;
    } while (piece->kind == HT_H1_NEED_MORE && splitter->state != before);
    return took;
}

void ht_h1_splitter_body(struct ht_h1_splitter *splitter, enum ht_framing framing, int64_t length)
{
    if (splitter->state != AFTER_HEAD)
        return; /* a cut head: the rest is body to the close */
    enum state next = IN_CLOSE;
    if (framing == HT_FRAMING_CHUNKED)
        next = IN_CHUNK_LINE;
    else if (framing == HT_FRAMING_NONE || (framing == HT_FRAMING_CONTENT_LENGTH && length == 0))
        next = AT_END;
    else if (framing == HT_FRAMING_CONTENT_LENGTH && length > 0)
        next = IN_LENGTH;
    else if (framing == HT_FRAMING_UPGRADE || framing == HT_FRAMING_H2)
        next = LEFT_HTTP;
    splitter->left = length > 0 ? (uint64_t)length : 0;
    enter(splitter, next);
}

bool ht_h1_splitter_finish(const struct ht_h1_splitter *splitter)
{
    if (splitter->cut || splitter->broken)
        return false;
    return (splitter->state == IN_HEAD && splitter->len == 0) || splitter->state == IN_CLOSE ||
           splitter->state == AT_END || splitter->state == LEFT_HTTP;
}

struct ht_span ht_h1_splitter_held(const struct ht_h1_splitter *splitter)
{
    if (splitter->state != IN_HEAD || splitter->len == 0)
        return ht_span(NULL, 0);
    return ht_span(splitter->buffer, splitter->len);
}
