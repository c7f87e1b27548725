/* SPDX-License-Identifier: MIT */
/* Frames that are right one by one, and too many (RFC 9113 section 10.5). */
#include "lab.h"

#include <nghttp2/nghttp2.h>
#include <stdlib.h>
#include <string.h>

/* Not without end: libcurl looks at its time limit only once it has read all there is. */
enum { FLOOD_FRAMES = 200 * 1000, BATCH_FRAMES = 100, FRAME_HEADER = 9 };

/* The row's frame, BATCH_FRAMES times, as one buffer: a frame per write would be no flood. */
static char *make_batch(const struct lab_frame *frame, size_t *size)
{
    size_t one = FRAME_HEADER + frame->payload.size;
    char *batch = malloc(one * BATCH_FRAMES);
    const char header[FRAME_HEADER] = {0,
                                       (char)(frame->payload.size >> 8),
                                       (char)frame->payload.size,
                                       (char)frame->type,
                                       (char)frame->flags,
                                       0,
                                       0,
                                       0,
                                       (char)frame->stream};
    if (!batch) {
        lab_die("memory");
    }
    for (size_t i = 0; i < BATCH_FRAMES; i++) {
        memcpy(batch + i * one, header, sizeof header);
        memcpy(batch + i * one + sizeof header, frame->payload.at, frame->payload.size);
    }
    *size = one * BATCH_FRAMES;
    return batch;
}

/* What must come before the flood: HEADERS, whole (1) or not (2). */
static bool serve_prologue(struct lab_peer *peer, uint32_t stream)
{
    return peer->row->number == 1 ? lab_h2_headers(peer, stream, "200", -1)
           : peer->row->number == 2
               ? lab_h2_write(peer, NGHTTP2_HEADERS, 0, stream, (struct lab_bytes){"\x88", 1})
               : true;
}

static void serve_flood(struct lab_peer *peer)
{
    uint32_t stream;
    size_t size;
    if (!lab_h2_begin(peer) || !(stream = lab_h2_request(peer)) || !serve_prologue(peer, stream)) {
        return;
    }
    char *batch = make_batch(peer->row->frame, &size);
    for (int sent = 0; sent < FLOOD_FRAMES && lab_write(peer, batch, size); sent += BATCH_FRAMES) {
    }
    free(batch);
    lab_hold(peer);
}

static const struct lab_tls h2_only = {.alpn = "h2"};

#define FLOOD(name, words, at, before, ...)                                                                  \
    {                                                                                                        \
        .code = "h2.flood." name, .help = (words), .phase = (at), .finding = "h2.flood",                     \
        .client = "--max-time 3", .scheme = LAB_HTTPS, .tls = &h2_only, .serve = serve_flood,                \
        .number = (before), .frame = &(const struct lab_frame)                                               \
        {                                                                                                    \
            __VA_ARGS__                                                                                      \
        }                                                                                                    \
    }

static const struct lab_row rows[] = {
    FLOOD("ping", "200000 PING frames", "wait", 0, NGHTTP2_PING, 0, 0, LAB_BYTES("12345678")),
    FLOOD("settings", "200000 SETTINGS frames", "wait", 0, NGHTTP2_SETTINGS, 0, 0,
          LAB_BYTES("\0\003\0\0\0\144")),
    FLOOD("empty_data", "200000 empty DATA frames", "response", 1, NGHTTP2_DATA, 0, 1, {"", 0}),
    FLOOD("continuation", "200000 CONTINUATION frames without END_HEADERS", "wait", 2, NGHTTP2_CONTINUATION,
          0, 1, LAB_BYTES("\000\004name\005value")),
    FLOOD("empty_continuation", "200000 empty CONTINUATION frames", "wait", 2, NGHTTP2_CONTINUATION, 0, 1,
          {"", 0}),
};

const struct lab_family lab_h2_flood = LAB_FAMILY(rows);
