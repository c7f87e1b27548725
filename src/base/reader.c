/* SPDX-License-Identifier: MIT */
/* The checked reader: takes a span, gives integers and sub-spans, and never leaves it. */
#include "base/reader.h"

struct ht_reader ht_reader(struct ht_span bytes)
{
    return (struct ht_reader){.bytes = bytes};
}

size_t ht_reader_left(const struct ht_reader *r)
{
    return r->failed ? 0 : r->bytes.len - r->at;
}

size_t ht_reader_offset(const struct ht_reader *r)
{
    return r->base + r->at;
}

void ht_reader_fail(struct ht_reader *r)
{
    if (!r->failed) {
        r->failed = true;
        r->failed_at = ht_reader_offset(r);
    }
}

void ht_reader_join(struct ht_reader *parent, const struct ht_reader *child)
{
    if (child->failed && !parent->failed) {
        parent->failed = true;
        parent->failed_at = child->failed_at;
    }
}

struct ht_span ht_read_span(struct ht_reader *r, size_t len)
{
    if (len > ht_reader_left(r)) {
        ht_reader_fail(r);
        return (struct ht_span){0};
    }
    if (len == 0)
        return (struct ht_span){0};
    struct ht_span got = {r->bytes.data + r->at, len};
    r->at += len;
    return got;
}

static uint64_t read_be(struct ht_reader *r, size_t width)
{
    struct ht_span s = ht_read_span(r, width);
    uint64_t value = 0;
    for (size_t i = 0; i < s.len; i++)
        value = value << 8 | s.data[i];
    return value;
}

uint8_t ht_read_u8(struct ht_reader *r)
{
    return (uint8_t)read_be(r, 1);
}

uint16_t ht_read_u16(struct ht_reader *r)
{
    return (uint16_t)read_be(r, 2);
}

uint32_t ht_read_u24(struct ht_reader *r)
{
    return (uint32_t)read_be(r, 3);
}

uint32_t ht_read_u32(struct ht_reader *r)
{
    return (uint32_t)read_be(r, 4);
}

uint64_t ht_read_u64(struct ht_reader *r)
{
    return read_be(r, 8);
}

struct ht_span ht_read_rest(struct ht_reader *r)
{
    return ht_read_span(r, ht_reader_left(r));
}

struct ht_span ht_read_vec8(struct ht_reader *r)
{
    size_t len = ht_read_u8(r);
    return ht_read_span(r, len);
}

struct ht_span ht_read_vec16(struct ht_reader *r)
{
    size_t len = ht_read_u16(r);
    return ht_read_span(r, len);
}

struct ht_span ht_read_vec24(struct ht_reader *r)
{
    size_t len = ht_read_u24(r);
    return ht_read_span(r, len);
}

struct ht_reader ht_read_sub(struct ht_reader *r, size_t len)
{
    size_t base = ht_reader_offset(r);
    struct ht_span bytes = ht_read_span(r, len);
    return (struct ht_reader){.bytes = bytes, .base = base, .failed = r->failed, .failed_at = r->failed_at};
}

struct ht_reader ht_read_sub8(struct ht_reader *r)
{
    size_t len = ht_read_u8(r);
    return ht_read_sub(r, len);
}

struct ht_reader ht_read_sub16(struct ht_reader *r)
{
    size_t len = ht_read_u16(r);
    return ht_read_sub(r, len);
}

struct ht_reader ht_read_sub24(struct ht_reader *r)
{
    size_t len = ht_read_u24(r);
    return ht_read_sub(r, len);
}
