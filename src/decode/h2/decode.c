/* SPDX-License-Identifier: MIT */
/* The HTTP/2 frame decoder: takes one frame, checks what all types have in common and hands the payload to
 * its type's row (RFC 9113 sections 4.1, 4.2 and 6). */
#include "decode/h2/frame.h"

#include <stdlib.h>

#define DEFAULT_MAX_FRAME 16384u

enum stream_rule { ANY_STREAM, CONNECTION_ONLY, STREAM_ONLY };

/* `least` and `most` bound the payload's length; a `most` of 0 is none. */
struct frame_row {
    uint8_t type;
    const char *name;
    void (*decode)(struct ht_h2_parse *p);
    enum stream_rule stream;
    const char *stream_why;
    uint32_t least, most;
    const char *length_why;
    bool show_stream, show_bytes;
};

#define SECTION(n) " (RFC 9113 section " n "): "

static const struct frame_row rows[] = {
    {HT_H2_DATA, "DATA", NULL, STREAM_ONLY, "DATA on stream 0" SECTION("6.1") "PROTOCOL_ERROR", 0, 0, NULL,
     true, true},
    {HT_H2_HEADERS, "HEADERS", ht_h2_decode_headers, STREAM_ONLY,
     "HEADERS on stream 0" SECTION("6.2") "PROTOCOL_ERROR", 0, 0, NULL, true, true},
    {HT_H2_PRIORITY, "PRIORITY", ht_h2_decode_priority, STREAM_ONLY,
     "PRIORITY on stream 0" SECTION("6.3") "PROTOCOL_ERROR", 5, 5,
     "PRIORITY's length is not 5" SECTION("6.3") "FRAME_SIZE_ERROR", true, false},
    {HT_H2_RST_STREAM, "RST_STREAM", ht_h2_decode_rst_stream, STREAM_ONLY,
     "RST_STREAM on stream 0" SECTION("6.4") "PROTOCOL_ERROR", 4, 4,
     "RST_STREAM's length is not 4" SECTION("6.4") "FRAME_SIZE_ERROR", true, false},
    {HT_H2_SETTINGS, "SETTINGS", ht_h2_decode_settings, CONNECTION_ONLY,
     "SETTINGS on a stream" SECTION("6.5") "PROTOCOL_ERROR", 0, 0, NULL, false, true},
    {HT_H2_PUSH_PROMISE, "PUSH_PROMISE", ht_h2_decode_push_promise, STREAM_ONLY,
     "PUSH_PROMISE on stream 0" SECTION("6.6") "PROTOCOL_ERROR", 4, 0,
     "PUSH_PROMISE without room for a promised stream" SECTION("4.2") "FRAME_SIZE_ERROR", true, true},
    {HT_H2_PING, "PING", ht_h2_decode_ping, CONNECTION_ONLY,
     "PING on a stream" SECTION("6.7") "PROTOCOL_ERROR", 8, 8,
     "PING's length is not 8" SECTION("6.7") "FRAME_SIZE_ERROR", false, false},
    {HT_H2_GOAWAY, "GOAWAY", ht_h2_decode_goaway, CONNECTION_ONLY,
     "GOAWAY on a stream" SECTION("6.8") "PROTOCOL_ERROR", 8, 0,
     "GOAWAY is shorter than 8" SECTION("4.2") "FRAME_SIZE_ERROR", false, false},
    {HT_H2_WINDOW_UPDATE, "WINDOW_UPDATE", ht_h2_decode_window_update, ANY_STREAM, NULL, 4, 4,
     "WINDOW_UPDATE's length is not 4" SECTION("6.9") "FRAME_SIZE_ERROR", true, false},
    {HT_H2_CONTINUATION, "CONTINUATION", ht_h2_decode_continuation, STREAM_ONLY,
     "CONTINUATION on stream 0" SECTION("6.10") "PROTOCOL_ERROR", 0, 0, NULL, true, true},
    {HT_H2_ALTSVC, "ALTSVC", ht_h2_decode_altsvc, ANY_STREAM, NULL, 2, 0,
     "ALTSVC without room for an origin's length" SECTION("4.2") "FRAME_SIZE_ERROR", true, false},
    {HT_H2_ORIGIN, "ORIGIN", ht_h2_decode_origin, CONNECTION_ONLY,
     "ORIGIN on a stream is to be ignored (RFC 8336 section 2.1)", 0, 0, NULL, false, false},
    {HT_H2_PRIORITY_UPDATE, "PRIORITY_UPDATE", ht_h2_decode_priority_update, CONNECTION_ONLY,
     "PRIORITY_UPDATE on a stream (RFC 9218 section 7.1): PROTOCOL_ERROR", 4, 0,
     "PRIORITY_UPDATE is shorter than 4 (RFC 9218 section 7.1): FRAME_SIZE_ERROR", false, false},
};

struct flag_row {
    uint8_t type, bit;
    const char *name;
};

static const struct flag_row flags[] = {
    {HT_H2_DATA, HT_H2_END_STREAM, "END_STREAM"},
    {HT_H2_DATA, HT_H2_PADDED, "PADDED"},
    {HT_H2_HEADERS, HT_H2_END_STREAM, "END_STREAM"},
    {HT_H2_HEADERS, HT_H2_END_HEADERS, "END_HEADERS"},
    {HT_H2_HEADERS, HT_H2_PADDED, "PADDED"},
    {HT_H2_HEADERS, HT_H2_PRIORITY_FLAG, "PRIORITY"},
    {HT_H2_SETTINGS, HT_H2_ACK, "ACK"},
    {HT_H2_PUSH_PROMISE, HT_H2_END_HEADERS, "END_HEADERS"},
    {HT_H2_PUSH_PROMISE, HT_H2_PADDED, "PADDED"},
    {HT_H2_PING, HT_H2_ACK, "ACK"},
    {HT_H2_CONTINUATION, HT_H2_END_HEADERS, "END_HEADERS"},
};

static const struct frame_row *row_of(uint8_t type)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (rows[i].type == type)
            return &rows[i];
    }
    return NULL;
}

const char *ht_h2_frame_name(uint8_t type)
{
    const struct frame_row *row = row_of(type);
    return row ? row->name : NULL;
}

static const char *flag_name(uint8_t type, uint8_t bit)
{
    for (size_t i = 0; i < sizeof flags / sizeof *flags; i++) {
        if (flags[i].type == type && flags[i].bit == bit)
            return flags[i].name;
    }
    return NULL;
}

struct ht_h2_decoder *ht_h2_decoder_new(void)
{
    struct ht_h2_decoder *decoder = ht_malloc(sizeof *decoder);
    *decoder = (struct ht_h2_decoder){0};
    for (size_t i = 0; i < sizeof decoder->dirs / sizeof *decoder->dirs; i++) {
        struct ht_h2_direction *d = &decoder->dirs[i];
        d->frame_cap = DEFAULT_MAX_FRAME;
        d->hpack_lost = nghttp2_hd_inflate_new(&d->inflater) != 0;
    }
    return decoder;
}

void ht_h2_decoder_free(struct ht_h2_decoder *decoder)
{
    if (!decoder)
        return;
    for (size_t i = 0; i < sizeof decoder->dirs / sizeof *decoder->dirs; i++) {
        if (decoder->dirs[i].inflater)
            nghttp2_hd_inflate_del(decoder->dirs[i].inflater);
        free(decoder->dirs[i].block);
    }
    free(decoder);
}

void ht_h2_decoder_be_brief(struct ht_h2_decoder *decoder)
{
    decoder->brief = true;
}

void ht_h2_decoder_table_size(struct ht_h2_decoder *decoder, enum ht_dir dir, uint32_t size)
{
    struct ht_h2_direction *d = &decoder->dirs[dir];
    if (d->hpack_lost)
        return;
    if (nghttp2_hd_inflate_change_table_size(d->inflater,
                                             size < HT_CAP_HPACK_TABLE ? size : HT_CAP_HPACK_TABLE) != 0)
        d->hpack_lost = true;
}

void ht_h2_mark(struct ht_h2_parse *p, size_t at, const char *why)
{
    if (p->out->malformed)
        return;
    p->out->malformed = true;
    p->out->malformed_at = at;
    p->out->malformed_why = why;
}

void ht_h2_detail_code(struct ht_h2_parse *p, uint32_t code)
{
    const char *name = ht_h2_error_name(code);
    if (name)
        ht_sink_puts(&p->detail, name);
    else
        ht_sink_printf(&p->detail, "code 0x%x", code);
}

static void show_flags(struct ht_h2_parse *p)
{
    struct ht_field *list = ht_field_list(p->arena, p->out->fields, "flags");
    for (unsigned bit = 1; bit <= 0x80; bit <<= 1) {
        if (p->out->flags & bit)
            ht_field_named(p->arena, list, NULL, bit, flag_name(p->out->type, (uint8_t)bit));
    }
}

static void read_header(struct ht_h2_parse *p, struct ht_span bytes)
{
    struct ht_reader r = ht_reader(bytes);
    p->out->length = ht_read_u24(&r);
    p->out->type = ht_read_u8(&r);
    p->out->flags = ht_read_u8(&r);
    uint32_t stream = ht_read_u32(&r);
    p->out->stream = stream & 0x7fffffffu;
    p->out->name = ht_h2_frame_name(p->out->type);
    p->out->fields = ht_field_map(p->arena, NULL, NULL);
    if (r.failed)
        ht_h2_mark(p, bytes.len,
                   "shorter than a frame header" SECTION("4.1") "the connection ended within a frame");
    p->cut = p->out->length > ht_reader_left(&r);
    p->capped = p->cut && bytes.len >= HT_H2_HEADER_LEN + HT_CAP_FRAME_BYTES;
    p->payload = ht_read_sub(&r, p->cut ? ht_reader_left(&r) : p->out->length);
    if (p->brief)
        return;
    ht_field_uint(p->arena, p->out->fields, "length", p->out->length);
    ht_field_named(p->arena, p->out->fields, "type", p->out->type, p->out->name);
    show_flags(p);
    if (stream >> 31)
        ht_field_bool(p->arena, p->out->fields, "reserved", true);
    ht_field_uint(p->arena, p->out->fields, "stream_identifier", p->out->stream);
}

/* Offsets within the frame header: length at 0, type at 3, flags at 4, stream identifier at 5. */
static void check_common(struct ht_h2_parse *p, const struct frame_row *row)
{
    struct ht_h2_frame *f = p->out;
    if (!p->own->frame_seen && f->type != HT_H2_SETTINGS)
        ht_h2_mark(p, 3, "the first frame is not SETTINGS" SECTION("3.4") "PROTOCOL_ERROR");
    if (f->length > p->other->frame_cap)
        ht_h2_mark(p, 0, "length past SETTINGS_MAX_FRAME_SIZE" SECTION("4.2") "FRAME_SIZE_ERROR");
    if (p->own->block_open && f->type != HT_H2_CONTINUATION)
        ht_h2_mark(p, 3, "a frame inside a header block" SECTION("6.10") "PROTOCOL_ERROR");
    if (!row)
        return;
    if ((row->stream == CONNECTION_ONLY && f->stream != 0) || (row->stream == STREAM_ONLY && f->stream == 0))
        ht_h2_mark(p, 5, row->stream_why);
    if (f->length < row->least || (row->most && f->length > row->most))
        ht_h2_mark(p, 0, row->length_why);
}

/* What a cap cut off is nobody's fault; what never came, or does not fit its frame, is. */
static void check_end(struct ht_h2_parse *p, size_t len)
{
    if (p->capped)
        ht_field_bool(p->arena, p->out->fields, "cut", true);
    else if (p->cut || p->payload.failed)
        ht_h2_mark(p, p->cut ? len : p->payload.failed_at,
                   "the payload ends early" SECTION("4.2") "FRAME_SIZE_ERROR");
}

static void summarise(struct ht_h2_parse *p, const struct frame_row *row)
{
    struct ht_h2_frame *f = p->out;
    struct ht_sink s = ht_sink(0);
    if (f->name)
        ht_sink_puts(&s, f->name);
    else
        ht_sink_printf(&s, "frame type 0x%02x", f->type);
    if (!row || row->show_stream)
        ht_sink_printf(&s, ", stream %u", f->stream);
    if (f->ack)
        ht_sink_puts(&s, ", ack");
    if (!row || (row->show_bytes && !f->ack))
        ht_sink_printf(&s, ", %u bytes", f->length);
    if (p->detail.len)
        ht_sink_printf(&s, ": %s%s", ht_sink_text(&p->detail), p->detail.cut ? "..." : "");
    f->summary = ht_arena_text(p->arena, ht_span_str(ht_sink_text(&s)));
    ht_sink_free(&s);
}

void ht_h2_decode(struct ht_h2_decoder *decoder, struct ht_arena *arena, enum ht_dir dir,
                  struct ht_span bytes, struct ht_h2_frame *out)
{
    *out = (struct ht_h2_frame){0};
    struct ht_h2_parse p = {
        .own = &decoder->dirs[dir],
        .other = &decoder->dirs[dir == HT_DIR_IN ? HT_DIR_OUT : HT_DIR_IN],
        .arena = arena,
        .dir = dir,
        .brief = decoder->brief,
        .detail = ht_sink(HT_CAP_TEXT),
        .out = out,
    };
    read_header(&p, bytes);
    const struct frame_row *row = row_of(out->type);
    check_common(&p, row);
    p.own->frame_seen = true;
    if (row && row->decode)
        row->decode(&p);
    check_end(&p, bytes.len);
    if (!p.brief)
        summarise(&p, row);
    ht_sink_free(&p.detail);
}

const char *ht_h2_data_why(struct ht_h2_decoder *decoder, enum ht_dir dir, const struct ht_h2_piece *piece)
{
    struct ht_h2_direction *own = &decoder->dirs[dir];
    const struct ht_h2_direction *other = &decoder->dirs[dir == HT_DIR_IN ? HT_DIR_OUT : HT_DIR_IN];
    bool first = !own->frame_seen;
    own->frame_seen = true;
    if (first)
        return "the first frame is not SETTINGS" SECTION("3.4") "PROTOCOL_ERROR";
    if (own->block_open)
        return "a frame inside a header block" SECTION("6.10") "PROTOCOL_ERROR";
    if (piece->length > other->frame_cap)
        return "length past SETTINGS_MAX_FRAME_SIZE" SECTION("4.2") "FRAME_SIZE_ERROR";
    if (piece->stream == 0)
        return "DATA on stream 0" SECTION("6.1") "PROTOCOL_ERROR";
    if (piece->bad_padding)
        return "padding as long as the payload" SECTION("6.1") "PROTOCOL_ERROR";
    return NULL;
}
