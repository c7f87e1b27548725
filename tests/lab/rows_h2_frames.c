/* SPDX-License-Identifier: MIT */
/* Frames that break RFC 9113: each row sends one in answer to the request, then goes on as if it were right.
 */
#include "lab.h"

#include <nghttp2/nghttp2.h>
#include <string.h>

enum { ZEROS = 20000 };

/* A payload of `size` zero bytes stands for one of that size with nothing in it. */
static const char zeros[ZEROS];

/* In answer to the request; with `number` set, after the response's HEADERS. */
static void serve_frame(struct lab_peer *peer)
{
    const struct lab_frame *frame = peer->row->frame;
    uint32_t stream;
    if (lab_h2_begin(peer) && (stream = lab_h2_request(peer)) &&
        (!peer->row->number || lab_h2_headers(peer, stream, "200", -1))) {
        lab_h2_write(peer, frame->type, frame->flags, frame->stream, frame->payload);
        lab_h2_hold(peer);
    }
}

/* The frame comes between HEADERS and the CONTINUATION that should end them. */
static void serve_interleaved(struct lab_peer *peer)
{
    const struct lab_frame *frame = peer->row->frame;
    uint32_t stream;
    if (lab_h2_begin(peer) && (stream = lab_h2_request(peer)) &&
        lab_h2_write(peer, NGHTTP2_HEADERS, 0, stream, (struct lab_bytes){"\x88", 1})) {
        lab_h2_write(peer, frame->type, frame->flags, frame->stream, frame->payload);
        lab_h2_hold(peer);
    }
}

static const struct lab_tls h2_only = {.alpn = "h2"};

/* Nothing follows: a client that drops the bad field has its answer. */
#define WHOLE (NGHTTP2_FLAG_END_HEADERS | NGHTTP2_FLAG_END_STREAM)
#define EMPTY                                                                                                \
    {                                                                                                        \
        "", 0                                                                                                \
    }
#define BAD_AT(name, words, how, at, before, type_is, flags_are, stream_is, ...)                             \
    {                                                                                                        \
        .code = "h2.protocol_error." name, .help = (words), .phase = (at), .finding = "h2.protocol_error",   \
        .scheme = LAB_HTTPS, .tls = &h2_only, .serve = (how), .number = (before),                            \
        .frame = &(const struct lab_frame)                                                                   \
        {                                                                                                    \
            (type_is), (flags_are), (stream_is), __VA_ARGS__                                                 \
        }                                                                                                    \
    }
#define BAD(name, words, ...) BAD_AT(name, words, serve_frame, "wait", 0, __VA_ARGS__)
/* The frame is the answer's HEADERS. */
#define HEAD(name, words, ...)  BAD_AT(name, words, serve_frame, "response", 0, __VA_ARGS__)
#define AFTER(name, words, ...) BAD_AT(name, words, serve_frame, "response", 1, __VA_ARGS__)

static const struct lab_row rows[] = {
    AFTER("frame_size", "DATA of 20000 bytes, past SETTINGS_MAX_FRAME_SIZE (section 4.2)", NGHTTP2_DATA, 0, 1,
          {zeros, ZEROS}),
    BAD("ping_size", "PING of 7 bytes (section 6.7)", NGHTTP2_PING, 0, 0, LAB_BYTES("1234567")),
    BAD("settings_size", "SETTINGS of 5 bytes (section 6.5)", NGHTTP2_SETTINGS, 0, 0, {zeros, 5}),
    BAD("settings_ack_payload", "SETTINGS ACK with a payload (section 6.5)", NGHTTP2_SETTINGS,
        NGHTTP2_FLAG_ACK, 0, {zeros, 6}),
    BAD("settings_stream", "SETTINGS on a stream (section 6.5)", NGHTTP2_SETTINGS, 0, 1, EMPTY),
    BAD("settings_window", "SETTINGS_INITIAL_WINDOW_SIZE of 2^31 (section 6.5.2)", NGHTTP2_SETTINGS, 0, 0,
        LAB_BYTES("\0\004\200\0\0\0")),
    BAD("settings_frame_size", "SETTINGS_MAX_FRAME_SIZE of 100 (section 6.5.2)", NGHTTP2_SETTINGS, 0, 0,
        LAB_BYTES("\0\005\0\0\0\144")),
    BAD("rst_stream_size", "RST_STREAM of 3 bytes (section 6.4)", NGHTTP2_RST_STREAM, 0, 1, {zeros, 3}),
    BAD("rst_stream_idle", "RST_STREAM on an idle stream (section 6.4)", NGHTTP2_RST_STREAM, 0, 9,
        {zeros, 4}),
    BAD("goaway_size", "GOAWAY of 7 bytes (section 6.8)", NGHTTP2_GOAWAY, 0, 0, {zeros, 7}),
    BAD("window_zero", "WINDOW_UPDATE by 0 on the connection (section 6.9)", NGHTTP2_WINDOW_UPDATE, 0, 0,
        {zeros, 4}),
    BAD("window_overflow", "WINDOW_UPDATE past 2^31-1 on the connection (section 6.9.1)",
        NGHTTP2_WINDOW_UPDATE, 0, 0, LAB_BYTES("\177\377\377\377")),
    BAD("window_overflow_stream", "WINDOW_UPDATE past 2^31-1 on the stream (section 6.9.1)",
        NGHTTP2_WINDOW_UPDATE, 0, 1, LAB_BYTES("\177\377\377\377")),
    AFTER("bad_padding", "DATA with more padding than payload (section 6.1)", NGHTTP2_DATA,
          NGHTTP2_FLAG_PADDED, 1, LAB_BYTES("\377short")),
    HEAD("bad_padding_headers", "HEADERS with more padding than payload (section 6.2)", NGHTTP2_HEADERS,
         NGHTTP2_FLAG_PADDED | NGHTTP2_FLAG_END_HEADERS, 1, LAB_BYTES("\377\210")),
    HEAD("hpack_garbage", "a field block that is no HPACK (section 4.3)", NGHTTP2_HEADERS,
         NGHTTP2_FLAG_END_HEADERS, 1, LAB_BYTES("\377\377\377\377\377\377\377\377")),
    HEAD("hpack_index", "an index past both tables (RFC 7541 section 2.3.3)", NGHTTP2_HEADERS,
         NGHTTP2_FLAG_END_HEADERS, 1, LAB_BYTES("\210\376")),
    BAD("data_idle", "DATA on an idle stream (section 5.1)", NGHTTP2_DATA, 0, 9, LAB_BYTES("lost")),
    BAD("data_stream_0", "DATA on stream 0 (section 6.1)", NGHTTP2_DATA, 0, 0, LAB_BYTES("lost")),
    BAD("data_before_headers", "DATA before the response's HEADERS (section 8.1)", NGHTTP2_DATA, 0, 1,
        LAB_BYTES("early")),
    BAD("headers_stream_0", "HEADERS on stream 0 (section 6.2)", NGHTTP2_HEADERS, NGHTTP2_FLAG_END_HEADERS, 0,
        LAB_BYTES("\210")),
    BAD("headers_idle", "HEADERS on an idle stream of the client's (section 5.1)", NGHTTP2_HEADERS,
        NGHTTP2_FLAG_END_HEADERS, 9, LAB_BYTES("\210")),
    BAD("push_promise", "PUSH_PROMISE to a client that disabled push (section 8.4)", NGHTTP2_PUSH_PROMISE,
        NGHTTP2_FLAG_END_HEADERS, 1, LAB_BYTES("\0\0\0\002\202\206\204")),
    BAD("continuation_alone", "CONTINUATION without HEADERS (section 6.10)", NGHTTP2_CONTINUATION,
        NGHTTP2_FLAG_END_HEADERS, 1, LAB_BYTES("\210")),
    BAD_AT("interleaved", "PING between HEADERS and CONTINUATION (section 6.10)", serve_interleaved, "wait",
           0, NGHTTP2_PING, 0, 0, LAB_BYTES("12345678")),
    HEAD("upper_case", "a field name in upper case (section 8.2.1)", NGHTTP2_HEADERS, WHOLE, 1,
         LAB_BYTES("\210\000\005X-Bad\003yes")),
    HEAD("connection_field", "a Connection field (section 8.2.2)", NGHTTP2_HEADERS, WHOLE, 1,
         LAB_BYTES("\210\000\012connection\005close")),
    HEAD("no_status", "no :status (section 8.3.2)", NGHTTP2_HEADERS, NGHTTP2_FLAG_END_HEADERS, 1,
         LAB_BYTES("\000\004name\005value")),
    HEAD("status_late", ":status after an ordinary field (section 8.3)", NGHTTP2_HEADERS,
         NGHTTP2_FLAG_END_HEADERS, 1, LAB_BYTES("\000\004name\005value\210")),
    HEAD("request_pseudo", "a request's pseudo-field in the answer (section 8.3)", NGHTTP2_HEADERS,
         NGHTTP2_FLAG_END_HEADERS, 1, LAB_BYTES("\210\204")),
    HEAD("nul_value", "a NUL in a field value (section 8.2.1)", NGHTTP2_HEADERS, WHOLE, 1,
         LAB_BYTES("\210\000\004name\005va\000ue")),
};

const struct lab_family lab_h2_frames = LAB_FAMILY(rows);
