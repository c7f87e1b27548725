/* SPDX-License-Identifier: MIT */
/* Extension frames: takes the payload of ALTSVC (RFC 7838 section 4), ORIGIN (RFC 8336) and PRIORITY_UPDATE
 * (RFC 9218 section 7.1), gives its fields. */
#include "decode/h2/frame.h"

static void detail_text(struct ht_h2_parse *p, const char *between, struct ht_span text)
{
    if (text.len == 0)
        return;
    if (p->detail.len)
        ht_sink_puts(&p->detail, between);
    ht_escape_text(&p->detail, text);
}

void ht_h2_decode_altsvc(struct ht_h2_parse *p)
{
    size_t at = ht_reader_offset(&p->payload);
    struct ht_span origin = ht_read_vec16(&p->payload), value = ht_read_rest(&p->payload);
    ht_field_text(p->arena, p->out->fields, "origin", origin);
    ht_field_text(p->arena, p->out->fields, "alt_svc_field_value", value);
    detail_text(p, "", origin);
    detail_text(p, " ", value);
    if (p->payload.failed)
        return;
    if (p->out->stream == 0 && origin.len == 0)
        ht_h2_mark(p, at, "ALTSVC on stream 0 without an origin is to be ignored (RFC 7838 section 4)");
    if (p->out->stream != 0 && origin.len != 0)
        ht_h2_mark(p, at, "ALTSVC on a stream with an origin is to be ignored (RFC 7838 section 4)");
}

void ht_h2_decode_origin(struct ht_h2_parse *p)
{
    struct ht_field *list = ht_field_list(p->arena, p->out->fields, "origins");
    size_t left_out = 0;
    while (ht_reader_left(&p->payload)) {
        struct ht_span origin = ht_read_vec16(&p->payload);
        if (p->payload.failed)
            break;
        if (list->value.children.count >= HT_CAP_LIST) {
            left_out++;
            continue;
        }
        ht_field_text(p->arena, list, NULL, origin);
        detail_text(p, ", ", origin);
    }
    if (left_out)
        ht_field_uint(p->arena, p->out->fields, "origins_not_shown", left_out);
}

void ht_h2_decode_priority_update(struct ht_h2_parse *p)
{
    size_t at = ht_reader_offset(&p->payload);
    uint32_t stream = ht_read_u32(&p->payload) & 0x7fffffffu;
    struct ht_span value = ht_read_rest(&p->payload);
    ht_field_uint(p->arena, p->out->fields, "prioritized_stream_id", stream);
    ht_field_text(p->arena, p->out->fields, "priority_field_value", value);
    ht_sink_printf(&p->detail, "stream %u", stream);
    detail_text(p, ", ", value);
    if (p->dir == HT_DIR_IN)
        ht_h2_mark(p, 3, "PRIORITY_UPDATE from a server (RFC 9218 section 7.1): PROTOCOL_ERROR");
    if (stream == 0 && !p->payload.failed)
        ht_h2_mark(p, at, "PRIORITY_UPDATE of stream 0 (RFC 9218 section 7.1): PROTOCOL_ERROR");
}
