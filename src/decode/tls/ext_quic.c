/* SPDX-License-Identifier: MIT */
/* QUIC transport parameters: takes their sequence of identifier, length and value, gives one field each (RFC
 * 9000 section 18). */
#include "decode/tls/internal.h"

/* RFC 9000 section 16. */
static uint64_t read_varint(struct ht_reader *r)
{
    uint8_t first = ht_read_u8(r);
    uint64_t value = first & 0x3fu;
    for (unsigned more = (1u << (first >> 6)) - 1; more > 0; more--)
        value = value << 8 | ht_read_u8(r);
    return value;
}

/* Most values are a varint by themselves; what is not, is shown as bytes alone. */
static void add_value(struct ht_tls_walk *walk, struct ht_field *f, struct ht_span value)
{
    struct ht_reader r = ht_reader(value);
    uint64_t number = read_varint(&r);
    if (!r.failed && ht_reader_left(&r) == 0)
        ht_field_uint(walk->arena, f, "integer", number);
    ht_tls_bytes(walk, f, "value", value);
}

void ht_tls_ext_quic(struct ht_tls_walk *walk, struct ht_reader *r, struct ht_field *f)
{
    struct ht_field *list = ht_field_list(walk->arena, f, "transport_parameters");
    while (ht_reader_left(r) > 0) {
        uint64_t id = read_varint(r);
        size_t at = ht_reader_offset(r);
        uint64_t length = read_varint(r);
        if (!r->failed && length > ht_reader_left(r)) {
            ht_tls_bad(walk, at, HT_TLS_FAULT_LENGTH);
            ht_reader_fail(r);
        }
        struct ht_span value = ht_read_span(r, (size_t)length);
        if (r->failed || !ht_tls_room(walk))
            continue;
        struct ht_field *entry = ht_field_map(walk->arena, list, NULL);
        ht_field_named(walk->arena, entry, "id", id, ht_tls_quic_parameter_name(id));
        add_value(walk, entry, value);
    }
}
