/* SPDX-License-Identifier: MIT */
/* HTTP/2 frames one by one (RFC 9113), for rows that break its rules: nghttp2 compresses the fields, the rest
 * is by hand, since a library refuses to be wrong. */
#include "lab.h"

#include <nghttp2/nghttp2.h>
#include <stdio.h>
#include <string.h>

static bool write_header(struct lab_peer *peer, uint32_t length, uint8_t type, uint8_t flags, uint32_t stream)
{
    uint8_t header[9] = {
        (uint8_t)(length >> 16), (uint8_t)(length >> 8),  (uint8_t)length,        type,           flags,
        (uint8_t)(stream >> 24), (uint8_t)(stream >> 16), (uint8_t)(stream >> 8), (uint8_t)stream};
    return lab_write(peer, header, sizeof header);
}

bool lab_h2_write(struct lab_peer *peer, uint8_t type, uint8_t flags, uint32_t stream,
                  struct lab_bytes payload)
{
    return write_header(peer, (uint32_t)payload.size, type, flags, stream) &&
           lab_write(peer, payload.at, payload.size);
}

bool lab_h2_begin(struct lab_peer *peer)
{
    char preface[NGHTTP2_CLIENT_MAGIC_LEN];
    return lab_read_all(peer, preface, sizeof preface) &&
           memcmp(preface, NGHTTP2_CLIENT_MAGIC, sizeof preface) == 0 &&
           lab_h2_write(peer, NGHTTP2_SETTINGS, 0, 0, (struct lab_bytes){"", 0});
}

bool lab_h2_read(struct lab_peer *peer, struct lab_h2_in *in)
{
    uint8_t header[9];
    if (!lab_read_all(peer, header, sizeof header)) {
        return false;
    }
    in->length = (uint32_t)header[0] << 16 | (uint32_t)header[1] << 8 | header[2];
    in->type = header[3];
    in->flags = header[4];
    in->stream =
        ((uint32_t)header[5] << 24 | (uint32_t)header[6] << 16 | (uint32_t)header[7] << 8 | header[8]) &
        0x7fffffff;
    return in->length <= sizeof in->payload && lab_read_all(peer, in->payload, in->length);
}

static bool acknowledge(struct lab_peer *peer, const struct lab_h2_in *in)
{
    if (in->flags & NGHTTP2_FLAG_ACK) {
        return true;
    }
    if (in->type == NGHTTP2_SETTINGS) {
        return lab_h2_write(peer, NGHTTP2_SETTINGS, NGHTTP2_FLAG_ACK, 0, (struct lab_bytes){"", 0});
    }
    struct lab_bytes echo = {(const char *)in->payload, in->length};
    return in->type != NGHTTP2_PING || lab_h2_write(peer, NGHTTP2_PING, NGHTTP2_FLAG_ACK, 0, echo);
}

uint32_t lab_h2_request(struct lab_peer *peer)
{
    static struct lab_h2_in in;
    while (lab_h2_read(peer, &in) && (in.type == NGHTTP2_HEADERS || acknowledge(peer, &in))) {
        if (in.type == NGHTTP2_HEADERS) {
            return in.stream;
        }
    }
    return 0;
}

void lab_h2_hold(struct lab_peer *peer)
{
    static struct lab_h2_in in;
    while (lab_h2_read(peer, &in) && acknowledge(peer, &in)) {
    }
}

static nghttp2_nv field(const char *name, const char *value)
{
    return (nghttp2_nv){(uint8_t *)(uintptr_t)name, (uint8_t *)(uintptr_t)value, strlen(name), strlen(value),
                        NGHTTP2_NV_FLAG_NONE};
}

bool lab_h2_headers(struct lab_peer *peer, uint32_t stream, const char *status, int64_t length)
{
    char number[32];
    uint8_t block[512];
    snprintf(number, sizeof number, "%lld", (long long)length);
    const nghttp2_nv fields[] = {field(":status", status), field("content-type", "text/plain"),
                                 field("content-length", number)};
    nghttp2_hd_deflater *deflater;
    if (nghttp2_hd_deflate_new(&deflater, 4096) != 0) {
        return false;
    }
    /* Without entries in the dynamic table every block stands alone, whatever deflater made it. */
    nghttp2_hd_deflate_change_table_size(deflater, 0);
    ssize_t size = nghttp2_hd_deflate_hd(deflater, block, sizeof block, fields, length < 0 ? 2 : 3);
    nghttp2_hd_deflate_del(deflater);
    return size > 0 && lab_h2_write(peer, NGHTTP2_HEADERS, NGHTTP2_FLAG_END_HEADERS, stream,
                                    (struct lab_bytes){(const char *)block, (size_t)size});
}
