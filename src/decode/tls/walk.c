/* SPDX-License-Identifier: MIT */
/* The walk: takes vectors and lists of RFC 8446 section 3's presentation language, gives readers, fields and
 * marks of what is malformed. */
#include "decode/tls/internal.h"

void ht_tls_bad(struct ht_tls_walk *walk, size_t at, enum ht_tls_fault fault)
{
    if (walk->out->malformed)
        return;
    walk->out->malformed = true;
    walk->out->malformed_at = at;
    walk->out->malformed_why = walk->why->of[fault];
}

static size_t read_length(struct ht_reader *r, size_t width)
{
    return width == 1 ? ht_read_u8(r) : width == 2 ? ht_read_u16(r) : ht_read_u24(r);
}

/* A length that does not fit is itself the first illegal byte, so the mark is set on it and not behind it. */
struct ht_reader ht_tls_vec(struct ht_tls_walk *walk, struct ht_reader *r, size_t width, size_t floor)
{
    size_t at = ht_reader_offset(r);
    bool had_failed = r->failed;
    size_t len = read_length(r, width);
    if (!r->failed && len > ht_reader_left(r))
        ht_tls_bad(walk, at, HT_TLS_FAULT_LENGTH);
    else if (!r->failed && len < floor)
        ht_tls_bad(walk, at, HT_TLS_FAULT_EMPTY);
    else if (r->failed && !had_failed)
        ht_tls_bad(walk, r->failed_at, HT_TLS_FAULT_LENGTH);
    return ht_read_sub(r, len);
}

struct ht_span ht_tls_vec_span(struct ht_tls_walk *walk, struct ht_reader *r, size_t width, size_t floor)
{
    return ht_tls_vec(walk, r, width, floor).bytes;
}

struct ht_span ht_tls_vec_field(struct ht_tls_walk *walk, struct ht_reader *r, size_t width, size_t floor,
                                struct ht_field *parent, const char *name)
{
    struct ht_span bytes = ht_tls_vec_span(walk, r, width, floor);
    if (!r->failed)
        ht_tls_bytes(walk, parent, name, bytes);
    return bytes;
}

void ht_tls_fixed(struct ht_tls_walk *walk, struct ht_reader *r, size_t len, struct ht_field *parent,
                  const char *name)
{
    struct ht_span bytes = ht_read_span(r, len);
    if (!r->failed)
        ht_tls_bytes(walk, parent, name, bytes);
}

uint64_t ht_tls_number(struct ht_tls_walk *walk, struct ht_reader *r, size_t width, struct ht_field *parent,
                       const char *name)
{
    uint64_t number = 0;
    for (size_t i = 0; i < width; i++)
        number = number << 8 | ht_read_u8(r);
    if (!r->failed)
        ht_field_uint(walk->arena, parent, name, number);
    return r->failed ? 0 : number;
}

void ht_tls_end(struct ht_tls_walk *walk, const struct ht_reader *r)
{
    if (r->failed)
        ht_tls_bad(walk, r->failed_at, HT_TLS_FAULT_LENGTH);
    else if (ht_reader_left(r) > 0)
        ht_tls_bad(walk, ht_reader_offset(r), HT_TLS_FAULT_TRAILING);
}

bool ht_tls_room(struct ht_tls_walk *walk)
{
    if (walk->fields_left == 0) {
        walk->fields_cut++;
        return false;
    }
    walk->fields_left--;
    return true;
}

/* A long list must not take all the room, or what follows it goes unread. */
static bool room_in(struct ht_tls_walk *walk, const struct ht_field *list)
{
    if (list->value.children.count < HT_CAP_LIST)
        return ht_tls_room(walk);
    walk->fields_cut++;
    return false;
}

static struct ht_field *add_bytes(struct ht_tls_walk *walk, struct ht_field *parent, const char *name,
                                  struct ht_span bytes)
{
    struct ht_span head = ht_span_head(bytes, HT_CAP_TLS_OPAQUE);
    walk->bytes_cut += bytes.len - head.len;
    return ht_field_bytes(walk->arena, parent, name, head);
}

void ht_tls_bytes(struct ht_tls_walk *walk, struct ht_field *parent, const char *name, struct ht_span bytes)
{
    add_bytes(walk, parent, name, bytes);
}

void ht_tls_secret(struct ht_tls_walk *walk, struct ht_field *parent, const char *name, struct ht_span bytes)
{
    add_bytes(walk, parent, name, bytes)->secret = bytes.len > 0;
}

void ht_tls_named(struct ht_tls_walk *walk, struct ht_field *parent, const char *name, uint16_t number,
                  ht_tls_name_fn *name_of)
{
    ht_field_named(walk->arena, parent, name, number, name_of(number));
}

uint16_t ht_tls_named_u16(struct ht_tls_walk *walk, struct ht_reader *r, struct ht_field *parent,
                          const char *name, ht_tls_name_fn *name_of)
{
    uint16_t number = ht_read_u16(r);
    if (!r->failed)
        ht_tls_named(walk, parent, name, number, name_of);
    return number;
}

void ht_tls_u16s(struct ht_tls_walk *walk, struct ht_reader *r, struct ht_field *parent, const char *name,
                 ht_tls_name_fn *name_of, struct ht_u16_list *out)
{
    size_t count = ht_reader_left(r) / 2;
    uint16_t *numbers = ht_arena_alloc(walk->arena, count * sizeof *numbers);
    struct ht_field *list = ht_field_list(walk->arena, parent, name);
    for (size_t i = 0; i < count; i++) {
        numbers[i] = ht_read_u16(r);
        if (room_in(walk, list))
            ht_tls_named(walk, list, NULL, numbers[i], name_of);
    }
    if (ht_reader_left(r) > 0)
        ht_tls_bad(walk, ht_reader_offset(r), HT_TLS_FAULT_PARTIAL);
    if (out)
        *out = (struct ht_u16_list){numbers, count};
}

void ht_tls_u8s(struct ht_tls_walk *walk, struct ht_reader *r, struct ht_field *parent, const char *name,
                ht_tls_name_fn *name_of)
{
    struct ht_field *list = ht_field_list(walk->arena, parent, name);
    while (ht_reader_left(r) > 0) {
        uint8_t number = ht_read_u8(r);
        if (room_in(walk, list))
            ht_tls_named(walk, list, NULL, number, name_of);
    }
}
