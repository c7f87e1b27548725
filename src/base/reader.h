/* SPDX-License-Identifier: MIT */
/* The checked reader: every byte from the wire is read through it. */
#ifndef HT_BASE_READER_H
#define HT_BASE_READER_H

#include <httptrace/span.h>

/*
 * Sticky: after a read that does not fit, every later read gives zero or the empty span, `failed` stays set
 * and `failed_at` keeps the offset of the read that did not fit. So a decoder may read a whole structure and
 * ask once. Integers are big-endian (network order). Offsets count from the outermost reader's first byte.
 */
struct ht_reader {
    struct ht_span bytes;
    size_t at;   /* next byte, within `bytes` */
    size_t base; /* offset of bytes.data[0] in the outermost span */
    bool failed;
    size_t failed_at;
};

struct ht_reader ht_reader(struct ht_span bytes);

uint8_t ht_read_u8(struct ht_reader *r);
uint16_t ht_read_u16(struct ht_reader *r);
uint32_t ht_read_u24(struct ht_reader *r);
uint32_t ht_read_u32(struct ht_reader *r);
uint64_t ht_read_u64(struct ht_reader *r);

/* The next `len` bytes, borrowed; the empty span where there are fewer. */
struct ht_span ht_read_span(struct ht_reader *r, size_t len);
/* All that is left. */
struct ht_span ht_read_rest(struct ht_reader *r);

/* Vectors with a length prefix of one, two or three bytes (RFC 8446 section 3.4). */
struct ht_span ht_read_vec8(struct ht_reader *r);
struct ht_span ht_read_vec16(struct ht_reader *r);
struct ht_span ht_read_vec24(struct ht_reader *r);
/* The same as a reader of its own, whose offsets go on from the parent's. A failed parent gives a failed
 * child. */
struct ht_reader ht_read_sub(struct ht_reader *r, size_t len);
struct ht_reader ht_read_sub8(struct ht_reader *r);
struct ht_reader ht_read_sub16(struct ht_reader *r);
struct ht_reader ht_read_sub24(struct ht_reader *r);

size_t ht_reader_left(const struct ht_reader *r);
/* Offset of the next byte in the outermost span. */
size_t ht_reader_offset(const struct ht_reader *r);
/* Marks what was read so far as illegal at the current offset; keeps the first mark. */
void ht_reader_fail(struct ht_reader *r);
/* A failure of a sub-reader becomes the parent's. */
void ht_reader_join(struct ht_reader *parent, const struct ht_reader *child);

#endif
