/* SPDX-License-Identifier: MIT */
/* HTTP/2 bytes for the tests of this folder: frames and header blocks, made by nghttp2's deflater. */
#ifndef HT_TESTS_H2_BYTES_H
#define HT_TESTS_H2_BYTES_H

#include "unit.h"

#include "base/sink.h"
#include "decode/h2/h2.h"
#include "model/model.h"

#include <nghttp2/nghttp2.h>
#include <stdio.h>
#include <stdlib.h>

/* A frame's bytes: "payload" may hold NUL. Valid until the arena dies. */
static inline struct ht_span h2_frame_len(struct ht_arena *arena, uint8_t type, uint8_t flags,
                                          uint32_t stream, struct ht_span payload, uint32_t length)
{
    uint8_t *bytes = ht_arena_alloc(arena, HT_H2_HEADER_LEN + payload.len);
    const uint8_t header[HT_H2_HEADER_LEN] = {
        (uint8_t)(length >> 16), (uint8_t)(length >> 8),  (uint8_t)length,        type,           flags,
        (uint8_t)(stream >> 24), (uint8_t)(stream >> 16), (uint8_t)(stream >> 8), (uint8_t)stream};
    memcpy(bytes, header, sizeof header);
    if (payload.len)
        memcpy(bytes + sizeof header, payload.data, payload.len);
    return ht_span(bytes, sizeof header + payload.len);
}

static inline struct ht_span h2_frame(struct ht_arena *arena, uint8_t type, uint8_t flags, uint32_t stream,
                                      struct ht_span payload)
{
    return h2_frame_len(arena, type, flags, stream, payload, (uint32_t)payload.len);
}

/* A literal with NUL bytes as a span. */
#define BYTES(literal) ht_span((literal), sizeof(literal) - 1)

/* "name", "value", ..., NULL through the deflater. */
static inline struct ht_span h2_block(struct ht_arena *arena, nghttp2_hd_deflater *deflater,
                                      const char *const *pairs)
{
    nghttp2_nv fields[64];
    size_t count = 0;
    for (; *pairs; pairs += 2) {
        fields[count] = (nghttp2_nv){.name = (uint8_t *)(uintptr_t)pairs[0],
                                     .value = (uint8_t *)(uintptr_t)pairs[1],
                                     .namelen = strlen(pairs[0]),
                                     .valuelen = strlen(pairs[1])};
        count++;
    }
    size_t size = nghttp2_hd_deflate_bound(deflater, fields, count);
    uint8_t *bytes = ht_arena_alloc(arena, size);
    ssize_t len = nghttp2_hd_deflate_hd(deflater, bytes, size, fields, count);
    assert_true(len >= 0);
    return ht_span(bytes, (size_t)len);
}

static inline struct ht_span h2_join(struct ht_arena *arena, struct ht_span a, struct ht_span b)
{
    uint8_t *bytes = ht_arena_alloc(arena, a.len + b.len);
    if (a.len)
        memcpy(bytes, a.data, a.len);
    if (b.len)
        memcpy(bytes + a.len, b.data, b.len);
    return ht_span(bytes, a.len + b.len);
}

static inline struct ht_span h2_fixture(struct ht_arena *arena, const char *name)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/http/%s", HT_FIXTURES, name);
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    uint8_t *buffer = ht_arena_alloc(arena, 16384);
    size_t len = fread(buffer, 1, 16384, file);
    fclose(file);
    return ht_span(buffer, len);
}

static inline void h2_assert_mark(const struct ht_h2_frame *f, long at, const char *why)
{
    if (f->malformed != (at >= 0) || (at >= 0 && f->malformed_at != (size_t)at))
        fail_msg("%s: marked at %zu: %s", f->summary, f->malformed_at,
                 f->malformed ? f->malformed_why : "nothing");
    if (why && !strstr(f->malformed_why, why))
        fail_msg("%s: %s is not %s", f->summary, f->malformed_why, why);
    if (f->malformed && !strstr(f->malformed_why, "(RFC "))
        fail_msg("no section: %s", f->malformed_why);
}

#endif
