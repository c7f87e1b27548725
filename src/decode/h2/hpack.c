/* SPDX-License-Identifier: MIT */
/* HPACK: takes a whole header block, gives its fields by nghttp2's inflater (RFC 7541). */
#include "decode/h2/frame.h"

#define ENTRY_OVERHEAD 32u /* RFC 7541 section 4.1 */

/* An integer with a 5-bit prefix (RFC 7541 section 5.1); false where it ends early or is too long to mean
 * anything. The inflater judges it, this only shows it. */
static bool read_size_update(struct ht_reader *r, uint32_t *size)
{
    uint64_t value = ht_read_u8(r) & 0x1fu;
    for (unsigned shift = 0; value >= 0x1f && shift <= 28; shift += 7) {
        uint8_t byte = ht_read_u8(r);
        value += (uint64_t)(byte & 0x7f) << shift;
        if (!(byte & 0x80)) {
            *size = (uint32_t)value;
            return !r->failed && value <= UINT32_MAX;
        }
    }
    *size = (uint32_t)value;
    return !r->failed && value < 0x1f;
}

/* Size updates come before the first field (RFC 7541 section 4.2). Gives where the first field begins. */
static size_t show_size_updates(struct ht_h2_parse *p, struct ht_span block)
{
    struct ht_reader r = ht_reader(block);
    struct ht_field *list = NULL;
    size_t at = 0;
    while (at < block.len && (block.data[at] & 0xe0) == 0x20) {
        uint32_t size;
        if (!read_size_update(&r, &size))
            break;
        if (!list)
            list = ht_field_list(p->arena, p->out->fields, "dynamic_table_size_updates");
        if (list->value.children.count < HT_CAP_LIST)
            ht_field_uint(p->arena, list, NULL, size);
        at = ht_reader_offset(&r);
    }
    return at;
}

static bool masking_changes(struct ht_sink *shown, struct ht_span name, struct ht_span value)
{
    if (value.len == 0 || !ht_mask_may_change(name))
        return false;
    ht_sink_reset(shown);
    ht_mask_header(shown, name, value);
    return !ht_span_eq(ht_span(shown->text, shown->len), value);
}

/* A secret value's `label` is what may be shown in its stead. */
static void show_field(struct ht_h2_parse *p, struct ht_field *list, struct ht_sink *shown,
                       const nghttp2_nv *nv)
{
    const struct ht_header *h = &p->out->headers.at[p->out->headers.count - 1];
    struct ht_field *entry = ht_field_map(p->arena, list, NULL);
    ht_field_text(p->arena, entry, "name", ht_span(NULL, 0))->value.bytes = h->name;
    struct ht_field *value = ht_field_text(p->arena, entry, "value", ht_span(NULL, 0));
    value->value.bytes = h->value;
    if (masking_changes(shown, h->name, h->value)) {
        value->secret = true;
        value->label = ht_arena_text(p->arena, ht_span(shown->text, shown->len));
    } else {
        value->secret = ht_mask_is_secret_header(h->name);
    }
    if (nv->flags & NGHTTP2_NV_FLAG_NO_INDEX)
        ht_field_bool(p->arena, entry, "never_indexed", true);
}

struct inflation {
    struct ht_h2_message message;
    struct ht_field *list;
    struct ht_sink shown;
    size_t kept_bytes;
};

/* Offset in the frame of a block's byte; what came in earlier frames is put where this frame's part begins.
 */
static size_t frame_offset(const struct ht_h2_block *block, size_t at)
{
    return at > block->before ? block->base + (at - block->before) : block->base;
}

static void take_field(struct ht_h2_parse *p, struct inflation *in, const nghttp2_nv *nv, size_t at)
{
    struct ht_span name = ht_span(nv->name, nv->namelen), value = ht_span(nv->value, nv->valuelen);
    p->out->plain_bytes += name.len + value.len + ENTRY_OVERHEAD;
    in->kept_bytes += name.len + value.len;
    if (in->kept_bytes > HT_CAP_HEADER_PLAIN)
        p->out->headers.cut = true;
    if (p->out->headers.cut)
        return; /* one byte may stand for kilobytes: past the cap nothing is looked at */
    const char *why = ht_h2_message_field(&in->message, name, value);
    if (why)
        ht_h2_mark(p, at, why);
    size_t before = p->out->headers.count;
    ht_headers_add(p->arena, &p->out->headers, name, value);
    if (p->out->headers.count > before && !p->brief)
        show_field(p, in->list, &in->shown, nv);
}

/* One step of the inflater: at most one field. False when the block is at its end, or broken. */
static bool step(struct ht_h2_parse *p, struct inflation *in, const struct ht_h2_block *block, size_t *at,
                 size_t field_at)
{
    nghttp2_nv nv;
    int flags = 0;
    struct ht_span rest = ht_span_from(block->bytes, *at);
    /* The call without ssize_t exists from nghttp2 1.60 on only; its name and value die with the next call.
     */
    ssize_t took = nghttp2_hd_inflate_hd2(p->own->inflater, &nv, &flags, rest.data, rest.len, 1);
    if (took < 0) {
        p->own->hpack_lost = true;
        ht_h2_mark(p, frame_offset(block, field_at),
                   "the header block does not decode (RFC 9113 section 4.3): COMPRESSION_ERROR");
        return false;
    }
    *at += (size_t)took;
    if (flags & NGHTTP2_HD_INFLATE_EMIT)
        take_field(p, in, &nv, frame_offset(block, field_at));
    if (flags & NGHTTP2_HD_INFLATE_FINAL) {
        nghttp2_hd_inflate_end_headers(p->own->inflater);
        return false;
    }
    return took > 0 || (flags & NGHTTP2_HD_INFLATE_EMIT);
}

void ht_h2_inflate(struct ht_h2_parse *p, const struct ht_h2_block *block)
{
    size_t at = 0, field_at = show_size_updates(p, block->bytes);
    struct inflation in = {
        .message.is_request = p->dir == HT_DIR_OUT || p->out->block_type == HT_H2_PUSH_PROMISE,
        .list = ht_field_list(p->arena, p->out->fields, "field_section"),
        .shown = ht_sink(0),
    };
    while (step(p, &in, block, &at, field_at))
        field_at = at;
    ht_sink_free(&in.shown);
    ht_field_uint(p->arena, p->out->fields, "field_section_bytes", p->out->plain_bytes);
    if (p->out->headers.cut)
        ht_field_bool(p->arena, p->out->fields, "cut", true);
    const char *why = p->own->hpack_lost ? NULL : ht_h2_message_end(&in.message, p->out->end_stream);
    if (why)
        ht_h2_mark(p, block->base, why);
}
