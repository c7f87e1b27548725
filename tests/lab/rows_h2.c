/* SPDX-License-Identifier: MIT */
/* HTTP/2 peers that end, refuse or stall within the rules' framing (RFC 9113 sections 5, 6.4, 6.8 and 6.9).
 */
#include "lab.h"

#include <nghttp2/nghttp2.h>

static bool write_u32s(struct lab_peer *peer, uint8_t type, uint32_t stream, const uint32_t *values,
                       size_t count)
{
    char payload[8];
    for (size_t i = 0; i < 4 * count && i < sizeof payload; i++) {
        payload[i] = (char)(values[i / 4] >> (24 - 8 * (i % 4)));
    }
    return lab_h2_write(peer, type, 0, stream, (struct lab_bytes){payload, 4 * count});
}

/* TLS and ALPN are done, then nothing. */
static void serve_no_settings(struct lab_peer *peer)
{
    lab_end(peer, peer->row->end);
}

static void serve_goaway(struct lab_peer *peer)
{
    uint32_t nothing_done[] = {0, (uint32_t)peer->row->number};
    if (lab_h2_begin(peer) && lab_h2_request(peer)) {
        write_u32s(peer, NGHTTP2_GOAWAY, 0, nothing_done, 2);
    }
}

static void serve_reset_stream(struct lab_peer *peer)
{
    uint32_t code = (uint32_t)peer->row->number;
    uint32_t stream;
    if (!lab_h2_begin(peer)) {
        return;
    }
    while ((stream = lab_h2_request(peer)) != 0) {
        write_u32s(peer, NGHTTP2_RST_STREAM, stream, &code, 1);
    }
}

/* HEADERS and the first DATA, then RST_STREAM or the row's end. */
static void serve_begun_answer(struct lab_peer *peer)
{
    uint32_t stream, code = (uint32_t)peer->row->number;
    if (!lab_h2_begin(peer) || !(stream = lab_h2_request(peer)) ||
        !lab_h2_headers(peer, stream, "200", 1000)) {
        return;
    }
    lab_h2_write(peer, NGHTTP2_DATA, 0, stream, peer->row->bytes);
    if (code != NGHTTP2_NO_ERROR) {
        write_u32s(peer, NGHTTP2_RST_STREAM, stream, &code, 1);
        lab_h2_hold(peer);
    }
    lab_sleep_ms(50);
    lab_end(peer, peer->row->end);
}

/* END_STREAM before content-length is reached (RFC 9113 section 8.1.1). */
static void serve_short_stream(struct lab_peer *peer)
{
    uint32_t stream;
    if (lab_h2_begin(peer) && (stream = lab_h2_request(peer)) && lab_h2_headers(peer, stream, "200", 1000)) {
        lab_h2_write(peer, NGHTTP2_DATA, NGHTTP2_FLAG_END_STREAM, stream, peer->row->bytes);
        lab_h2_hold(peer);
    }
}

static void serve_mute(struct lab_peer *peer)
{
    if (lab_h2_begin(peer)) {
        lab_h2_hold(peer);
    }
}

/* Reads an upload, and never opens a window again. */
static void serve_zero_window(struct lab_peer *peer)
{
    static const char initial_window_0[] = {0, NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, 0, 0, 0, 0};
    struct lab_bytes settings = {initial_window_0, sizeof initial_window_0};
    if (lab_h2_begin(peer) && lab_h2_write(peer, NGHTTP2_SETTINGS, 0, 0, settings)) {
        lab_h2_hold(peer);
    }
}

static const struct lab_tls h2_only = {.alpn = "h2"};

#define H2(name, words, at, found, options, how, ...)                                                        \
    {                                                                                                        \
        .code = "h2." name, .help = (words), .phase = (at), .finding = (found), .client = (options),         \
        .scheme = LAB_HTTPS, .tls = &h2_only, .serve = (how), __VA_ARGS__                                    \
    }
#define GOAWAY(name, error)                                                                                  \
    H2("goaway_early." name, "GOAWAY with last stream 0 in answer to the request", "wait",                   \
       "h2.goaway_early", NULL, serve_goaway, .number = (error))

static const struct lab_row rows[] = {
    H2("no_settings", "TLS is up, no SETTINGS come", "wait", "h2.no_settings", "--max-time 2",
       serve_no_settings, .end = LAB_END_HOLD),
    H2("no_settings.fin", "FIN in place of SETTINGS", "wait", "http.empty", NULL, serve_no_settings,
       .end = LAB_END_FIN),
    GOAWAY("no_error", NGHTTP2_NO_ERROR),
    GOAWAY("protocol_error", NGHTTP2_PROTOCOL_ERROR),
    GOAWAY("internal_error", NGHTTP2_INTERNAL_ERROR),
    GOAWAY("flow_control_error", NGHTTP2_FLOW_CONTROL_ERROR),
    GOAWAY("settings_timeout", NGHTTP2_SETTINGS_TIMEOUT),
    GOAWAY("stream_closed", NGHTTP2_STREAM_CLOSED),
    GOAWAY("frame_size_error", NGHTTP2_FRAME_SIZE_ERROR),
    GOAWAY("refused_stream", NGHTTP2_REFUSED_STREAM),
    GOAWAY("cancel", NGHTTP2_CANCEL),
    GOAWAY("compression_error", NGHTTP2_COMPRESSION_ERROR),
    GOAWAY("connect_error", NGHTTP2_CONNECT_ERROR),
    GOAWAY("enhance_your_calm", NGHTTP2_ENHANCE_YOUR_CALM),
    GOAWAY("inadequate_security", NGHTTP2_INADEQUATE_SECURITY),
    GOAWAY("http_1_1_required", NGHTTP2_HTTP_1_1_REQUIRED),
    H2("refused_stream", "RST_STREAM REFUSED_STREAM for every request", "wait", "h2.refused_stream", NULL,
       serve_reset_stream, .number = NGHTTP2_REFUSED_STREAM),
    H2("http11_required", "RST_STREAM HTTP_1_1_REQUIRED for every request", "wait", "h2.http11_required",
       NULL, serve_reset_stream, .number = NGHTTP2_HTTP_1_1_REQUIRED),
    H2("stream_error", "RST_STREAM INTERNAL_ERROR before an answer", "wait", "h2.stream_error", NULL,
       serve_reset_stream, .number = NGHTTP2_INTERNAL_ERROR),
    H2("stream_error.cancel", "RST_STREAM CANCEL before an answer", "wait", "h2.stream_error", NULL,
       serve_reset_stream, .number = NGHTTP2_CANCEL),
    H2("stream_error.calm", "RST_STREAM ENHANCE_YOUR_CALM before an answer", "wait", "h2.stream_error", NULL,
       serve_reset_stream, .number = NGHTTP2_ENHANCE_YOUR_CALM),
    H2("stream_error.mid_body", "RST_STREAM INTERNAL_ERROR in the middle of the body", "response",
       "h2.stream_error", NULL, serve_begun_answer, .number = NGHTTP2_INTERNAL_ERROR,
       .bytes = LAB_BYTES("Only this much")),
    H2("truncated.end_stream", "END_STREAM before content-length is reached", "response", "http.truncated",
       NULL, serve_short_stream, .bytes = LAB_BYTES("Only this much")),
    H2("truncated.fin", "FIN in the middle of the body", "response", "http.truncated", NULL,
       serve_begun_answer, .end = LAB_END_FIN, .bytes = LAB_BYTES("Only this much")),
    H2("killed.mid_body", "RST in the middle of the body", "response", "http.killed", NULL,
       serve_begun_answer, .end = LAB_END_RST, .bytes = LAB_BYTES("Only this much")),
    H2("stalled", "the body stops half-way", "response", "http.stalled", "--max-time 2", serve_begun_answer,
       .end = LAB_END_HOLD, .bytes = LAB_BYTES("Only this much")),
    H2("no_response", "acknowledges and never answers", "wait", "http.no_response", "--max-time 2",
       serve_mute, .number = 0),
    H2("flow_control_stall", "never a WINDOW_UPDATE for the 64 KiB that are sent", "request",
       "h2.flow_control_stall", "--max-time 2 --data-binary @1MiB", serve_mute, .number = 0),
    H2("flow_control_stall.zero", "an initial window of 0, never opened", "request", "h2.flow_control_stall",
       "--max-time 2 --data-binary @1MiB", serve_zero_window, .number = 0),
};

const struct lab_family lab_h2 = LAB_FAMILY(rows);
