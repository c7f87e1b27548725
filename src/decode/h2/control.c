/* SPDX-License-Identifier: MIT */
/* The short control frames: takes the payload of PRIORITY, RST_STREAM, PING, GOAWAY and WINDOW_UPDATE, gives
 * its fields (RFC 9113 sections 6.3, 6.4, 6.7, 6.8 and 6.9). */
#include "decode/h2/frame.h"

/* A 31-bit number behind a reserved bit, which is to be ignored and is shown only where it is set. */
static uint32_t read_u31(struct ht_h2_parse *p, const char *name)
{
    uint32_t value = ht_read_u32(&p->payload);
    if (value >> 31)
        ht_field_bool(p->arena, p->out->fields, "reserved", true);
    ht_field_uint(p->arena, p->out->fields, name, value & 0x7fffffffu);
    return value & 0x7fffffffu;
}

static uint32_t read_code(struct ht_h2_parse *p)
{
    uint32_t code = ht_read_u32(&p->payload);
    ht_field_named(p->arena, p->out->fields, "error_code", code, ht_h2_error_name(code));
    return code;
}

void ht_h2_read_priority(struct ht_h2_parse *p, uint32_t *dependency, unsigned *weight)
{
    uint32_t word = ht_read_u32(&p->payload);
    *dependency = word & 0x7fffffffu;
    *weight = ht_read_u8(&p->payload) + 1u;
    ht_field_bool(p->arena, p->out->fields, "exclusive", word >> 31);
    ht_field_uint(p->arena, p->out->fields, "stream_dependency", *dependency);
    ht_field_uint(p->arena, p->out->fields, "weight", *weight);
}

void ht_h2_decode_priority(struct ht_h2_parse *p)
{
    uint32_t dependency;
    unsigned weight;
    ht_h2_read_priority(p, &dependency, &weight);
    ht_sink_printf(&p->detail, "depends on stream %u, weight %u", dependency, weight);
}

void ht_h2_decode_rst_stream(struct ht_h2_parse *p)
{
    p->out->error_code = read_code(p);
    ht_h2_detail_code(p, p->out->error_code);
}

void ht_h2_decode_ping(struct ht_h2_parse *p)
{
    p->out->ack = p->out->flags & HT_H2_ACK;
    struct ht_span opaque = ht_read_span(&p->payload, 8);
    ht_field_bytes(p->arena, p->out->fields, "opaque_data", opaque);
    ht_sink_hex(&p->detail, opaque);
}

void ht_h2_decode_goaway(struct ht_h2_parse *p)
{
    p->out->last_stream = read_u31(p, "last_stream_id");
    p->out->error_code = read_code(p);
    struct ht_span debug = ht_read_rest(&p->payload);
    ht_sink_printf(&p->detail, "last stream %u, ", p->out->last_stream);
    ht_h2_detail_code(p, p->out->error_code);
    if (debug.len == 0)
        return;
    p->out->debug = ht_field_text(p->arena, p->out->fields, "additional_debug_data", debug)->value.bytes;
    ht_sink_puts(&p->detail, ", \"");
    ht_escape_text(&p->detail, debug);
    ht_sink_char(&p->detail, '"');
}

void ht_h2_decode_window_update(struct ht_h2_parse *p)
{
    size_t at = ht_reader_offset(&p->payload);
    p->out->increment = read_u31(p, "window_size_increment");
    ht_sink_printf(&p->detail, "+%u", p->out->increment);
    if (p->out->increment == 0 && !p->payload.failed)
        ht_h2_mark(p, at, "a window increment of 0 (RFC 9113 section 6.9): PROTOCOL_ERROR");
}
