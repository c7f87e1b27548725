/* SPDX-License-Identifier: MIT */
/* Frames that are right one by one, sent without end (RFC 9113 section 10.5). */
#include "lab.h"

#include <nghttp2/nghttp2.h>
#include <stdlib.h>
#include <string.h>

enum { BATCH_FRAMES = 64, FRAME_HEADER = 9 };

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
    while (lab_write(peer, batch, size)) {
    }
    free(batch);
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
    FLOOD("ping", "PING without end", "wait", 0, NGHTTP2_PING, 0, 0, LAB_BYTES("12345678")),
    FLOOD("settings", "SETTINGS without end", "wait", 0, NGHTTP2_SETTINGS, 0, 0,
          LAB_BYTES("\0\003\0\0\0\144")),
    FLOOD("empty_data", "empty DATA frames without end", "response", 1, NGHTTP2_DATA, 0, 1, {"", 0}),
    FLOOD("continuation", "CONTINUATION without END_HEADERS, without end", "wait", 2, NGHTTP2_CONTINUATION, 0,
          1, LAB_BYTES("\000\004name\005value")),
    FLOOD("empty_continuation", "empty CONTINUATION frames without end", "wait", 2, NGHTTP2_CONTINUATION, 0,
          1, {"", 0}),
};

const struct lab_family lab_h2_flood = LAB_FAMILY(rows);
