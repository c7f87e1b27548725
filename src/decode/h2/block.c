/* SPDX-License-Identifier: MIT */
/* Header blocks: takes HEADERS, PUSH_PROMISE and CONTINUATION, gathers their fragments and hands the whole
 * block on (RFC 9113 sections 4.3, 6.2, 6.6 and 6.10). */
#include "decode/h2/frame.h"

/* The block will never be known, so the dynamic table is not either (RFC 9113 section 4.3). */
static void lose(struct ht_h2_parse *p, size_t at, const char *why)
{
    p->own->hpack_lost = true;
    ht_h2_mark(p, at, why);
}

static void check_padding(struct ht_h2_parse *p, size_t at, struct ht_span padding)
{
    for (size_t i = 0; i < padding.len; i++) {
        if (padding.data[i]) {
            ht_h2_mark(p, at + i, "padding is not zero (RFC 9113 section 6.1): PROTOCOL_ERROR");
            return;
        }
    }
}

static uint8_t read_pad_length(struct ht_h2_parse *p)
{
    if (!(p->out->flags & HT_H2_PADDED))
        return 0;
    uint8_t pad = ht_read_u8(&p->payload);
    ht_field_uint(p->arena, p->out->fields, "pad_length", pad);
    return pad;
}

/* What is left of the payload without its padding. */
static struct ht_span read_fragment(struct ht_h2_parse *p, uint8_t pad)
{
    size_t left = ht_reader_left(&p->payload);
    if (p->payload.failed || p->cut) {
        lose(p, p->payload.failed ? p->payload.failed_at : ht_reader_offset(&p->payload) + left,
             p->capped ? "the frame is longer than is followed (RFC 9113 section 4.2): FRAME_SIZE_ERROR"
                       : "the payload ends early (RFC 9113 section 4.2): FRAME_SIZE_ERROR");
        return ht_span(NULL, 0);
    }
    if (pad > left) {
        lose(p, HT_H2_HEADER_LEN,
             "padding longer than what is left of the payload (RFC 9113 section 6.2): PROTOCOL_ERROR");
        return ht_span(NULL, 0);
    }
    struct ht_span fragment = ht_read_span(&p->payload, left - pad);
    size_t padding_at = ht_reader_offset(&p->payload);
    check_padding(p, padding_at, ht_read_rest(&p->payload));
    return fragment;
}

static void keep(struct ht_h2_parse *p, struct ht_span fragment)
{
    struct ht_h2_direction *d = p->own;
    d->block_total += fragment.len;
    if (d->block_total > HT_CAP_HEADER_BLOCK) {
        lose(p, HT_H2_HEADER_LEN,
             "the header block is longer than is followed (RFC 9113 section 10.5.1): ENHANCE_YOUR_CALM");
        return;
    }
    if (d->hpack_lost || fragment.len == 0)
        return;
    if (d->block_len + fragment.len > d->block_size) {
        d->block_size = (d->block_len + fragment.len) * 2;
        d->block = ht_realloc(d->block, d->block_size);
    }
    memcpy(d->block + d->block_len, fragment.data, fragment.len);
    d->block_len += fragment.len;
}

/* The block is whole. `fragment` is its last part, at `at` in this frame. */
static void complete(struct ht_h2_parse *p, struct ht_span fragment, size_t at)
{
    struct ht_h2_direction *d = p->own;
    struct ht_h2_block block = {.bytes = fragment, .base = at};
    if (d->block_total) {
        block.before = d->block_len;
        keep(p, fragment);
        block.bytes = ht_span(d->block, d->block_len);
    } else {
        d->block_total = fragment.len;
    }
    p->out->header_block_complete = true;
    p->out->block_type = d->block_type;
    p->out->promised_stream = d->block_promised;
    p->out->end_stream = d->block_ends_stream;
    p->out->block_bytes = d->block_total;
    ht_field_uint(p->arena, p->out->fields, "field_block_bytes", d->block_total);
    if (d->hpack_lost) {
        ht_h2_mark(p, at,
                   "HPACK state was lost by an earlier error (RFC 9113 section 4.3): COMPRESSION_ERROR");
        ht_sink_puts(&p->detail, "fields unknown, HPACK state was lost");
    } else {
        ht_h2_inflate(p, &block);
        if (!p->brief)
            ht_h2_detail_message(p);
    }
    d->block_open = false;
}

static void fragment_in(struct ht_h2_parse *p, uint8_t pad)
{
    size_t at = ht_reader_offset(&p->payload);
    struct ht_span fragment = read_fragment(p, pad);
    if (p->out->flags & HT_H2_END_HEADERS) {
        complete(p, fragment, at);
        return;
    }
    p->own->block_open = true;
    p->out->block_type = p->own->block_type;
    keep(p, fragment);
    ht_sink_puts(&p->detail, "the header block goes on");
}

static void begin_block(struct ht_h2_parse *p, bool ends_stream)
{
    struct ht_h2_direction *d = p->own;
    if (d->block_open)
        d->hpack_lost = true; /* the open one was marked as broken off by decode.c */
    d->block_open = false;
    d->block_len = d->block_total = 0;
    d->continuations = 0;
    d->block_type = p->out->type;
    d->block_stream = p->out->stream;
    d->block_promised = 0;
    d->block_ends_stream = ends_stream;
}

void ht_h2_decode_headers(struct ht_h2_parse *p)
{
    uint32_t dependency;
    unsigned weight;
    p->out->end_stream = p->out->flags & HT_H2_END_STREAM;
    begin_block(p, p->out->end_stream);
    if (p->dir == HT_DIR_OUT && p->out->stream && p->out->stream % 2 == 0)
        ht_h2_mark(p, 5, "a client's stream has an even number (RFC 9113 section 5.1.1): PROTOCOL_ERROR");
    uint8_t pad = read_pad_length(p);
    if (p->out->flags & HT_H2_PRIORITY_FLAG)
        ht_h2_read_priority(p, &dependency, &weight);
    fragment_in(p, pad);
}

static void check_promise(struct ht_h2_parse *p, size_t at)
{
    if (p->dir == HT_DIR_OUT)
        ht_h2_mark(p, 3, "PUSH_PROMISE from a client (RFC 9113 section 8.4): PROTOCOL_ERROR");
    if (p->other->push_disabled)
        ht_h2_mark(p, 3, "PUSH_PROMISE though ENABLE_PUSH is 0 (RFC 9113 section 6.6): PROTOCOL_ERROR");
    if (p->own->block_promised == 0 || p->own->block_promised % 2)
        ht_h2_mark(p, at, "the promised stream is not a server's (RFC 9113 section 5.1.1): PROTOCOL_ERROR");
}

void ht_h2_decode_push_promise(struct ht_h2_parse *p)
{
    begin_block(p, false);
    uint8_t pad = read_pad_length(p);
    size_t at = ht_reader_offset(&p->payload);
    p->own->block_promised = ht_read_u32(&p->payload) & 0x7fffffffu;
    p->out->promised_stream = p->own->block_promised;
    ht_field_uint(p->arena, p->out->fields, "promised_stream_id", p->own->block_promised);
    if (!p->payload.failed)
        check_promise(p, at);
    fragment_in(p, pad);
}

void ht_h2_decode_continuation(struct ht_h2_parse *p)
{
    struct ht_h2_direction *d = p->own;
    if (!d->block_open) {
        ht_h2_mark(p, 3, "CONTINUATION without an open header block (RFC 9113 section 6.10): PROTOCOL_ERROR");
        d->hpack_lost = true;
        return;
    }
    if (d->block_stream != p->out->stream) {
        ht_h2_mark(p, 5, "CONTINUATION of another stream's block (RFC 9113 section 6.10): PROTOCOL_ERROR");
        d->hpack_lost = true;
    }
    if (++d->continuations > HT_CAP_CONTINUATIONS)
        lose(p, 3, "more CONTINUATION frames than are followed (RFC 9113 section 10.5): ENHANCE_YOUR_CALM");
    fragment_in(p, 0);
}
