/* SPDX-License-Identifier: MIT */
/* SETTINGS: takes its payload, gives the values by name and marks those that no endpoint may send (RFC 9113
 * section 6.5). */
#include "decode/h2/frame.h"

#define ENTRY_LEN 6u

struct range_row {
    uint16_t id;
    uint32_t least, most;
    const char *why;
};

static const struct range_row ranges[] = {
    {2, 0, 1, "ENABLE_PUSH is neither 0 nor 1 (RFC 9113 section 6.5.2): PROTOCOL_ERROR"},
    {4, 0, 0x7fffffff, "INITIAL_WINDOW_SIZE past 2^31-1 (RFC 9113 section 6.5.2): FLOW_CONTROL_ERROR"},
    {5, 16384, 16777215, "MAX_FRAME_SIZE outside 2^14 to 2^24-1 (RFC 9113 section 6.5.2): PROTOCOL_ERROR"},
    {8, 0, 1, "ENABLE_CONNECT_PROTOCOL is neither 0 nor 1 (RFC 8441 section 3): PROTOCOL_ERROR"},
    {9, 0, 1, "NO_RFC7540_PRIORITIES is neither 0 nor 1 (RFC 9218 section 2.1): PROTOCOL_ERROR"},
};

/* `at`: offset of the value. */
static void check(struct ht_h2_parse *p, struct ht_h2_setting s, size_t at)
{
    for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++) {
        if (ranges[i].id == s.id && (s.value < ranges[i].least || s.value > ranges[i].most))
            ht_h2_mark(p, at, ranges[i].why);
    }
    if (s.id == NGHTTP2_SETTINGS_ENABLE_PUSH && s.value == 1 && p->dir == HT_DIR_IN)
        ht_h2_mark(p, at, "ENABLE_PUSH 1 from a server (RFC 9113 section 6.5.2): PROTOCOL_ERROR");
}

static void apply(struct ht_h2_parse *p, struct ht_h2_setting s)
{
    if (s.id == NGHTTP2_SETTINGS_ENABLE_PUSH)
        p->own->push_disabled = s.value == 0;
    if (s.id == NGHTTP2_SETTINGS_MAX_FRAME_SIZE && s.value >= p->own->frame_cap)
        p->own->frame_cap = s.value; /* never lowered: the other side may not have read it yet */
}

static void show(struct ht_h2_parse *p, struct ht_field *list, struct ht_h2_setting s)
{
    const char *name = ht_h2_setting_name(s.id);
    struct ht_field *entry = ht_field_map(p->arena, list, NULL);
    ht_field_named(p->arena, entry, "identifier", s.id, name);
    ht_field_uint(p->arena, entry, "value", s.value);
    if (p->detail.len)
        ht_sink_puts(&p->detail, ", ");
    if (name)
        ht_sink_printf(&p->detail, "%s %u", name, s.value);
    else
        ht_sink_printf(&p->detail, "0x%x %u", s.id, s.value);
}

void ht_h2_decode_settings(struct ht_h2_parse *p)
{
    struct ht_h2_frame *f = p->out;
    f->ack = f->flags & HT_H2_ACK;
    if (f->ack && f->length)
        ht_h2_mark(p, 0, "SETTINGS acknowledgement with a payload (RFC 9113 section 6.5): FRAME_SIZE_ERROR");
    if (f->length % ENTRY_LEN)
        ht_h2_mark(p, 0, "SETTINGS' length is no multiple of 6 (RFC 9113 section 6.5): FRAME_SIZE_ERROR");
    if (f->ack)
        return;
    size_t whole = ht_reader_left(&p->payload) / ENTRY_LEN;
    size_t count = whole < HT_CAP_LIST ? whole : HT_CAP_LIST;
    struct ht_h2_setting *settings = ht_arena_alloc(p->arena, count * sizeof *settings);
    struct ht_field *list = ht_field_list(p->arena, f->fields, "settings");
    for (size_t i = 0; i < count; i++) {
        settings[i].id = ht_read_u16(&p->payload);
        size_t at = ht_reader_offset(&p->payload);
        settings[i].value = ht_read_u32(&p->payload);
        check(p, settings[i], at);
        apply(p, settings[i]);
        show(p, list, settings[i]);
    }
    if (count < whole)
        ht_field_uint(p->arena, f->fields, "settings_not_shown", whole - count);
    f->settings = settings;
    f->settings_count = count;
}
