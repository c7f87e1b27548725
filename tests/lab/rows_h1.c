/* SPDX-License-Identifier: MIT */
/* HTTP/1.1 answers that are absent, cut or late (RFC 9112). */
#include "lab.h"

#include <string.h>

enum { DRIP_MS = 200, MID_BODY_MS = 100, OVERSIZE_BYTES = 400 * 1024 };

/* Head and a part of the body reach the client before the row ends the connection. */
static void serve_then_end(struct lab_peer *peer)
{
    struct lab_request request;
    if (lab_h1_request(peer, &request) && lab_write(peer, peer->row->bytes.at, peer->row->bytes.size)) {
        lab_sleep_ms(MID_BODY_MS);
        lab_end(peer, peer->row->end);
    }
}

static void serve_drip(struct lab_peer *peer)
{
    struct lab_request request;
    bool on = lab_h1_request(peer, &request) && lab_say(peer, "HTTP/1.1 200 OK\r\nX-Slow: ");
    while (on) {
        on = lab_write(peer, "x", 1);
        lab_sleep_ms(DRIP_MS);
    }
}

static void serve_oversize(struct lab_peer *peer)
{
    static char filler[OVERSIZE_BYTES];
    struct lab_request request;
    memset(filler, 'x', sizeof filler);
    if (lab_h1_request(peer, &request) && lab_say(peer, "HTTP/1.1 200 OK\r\nX-Filler: ") &&
        lab_write(peer, filler, sizeof filler)) {
        lab_say(peer, "\r\nContent-Length: 0\r\n\r\n");
    }
}

#define CUT(name, words, at, found, options, how, how_ends, literal)                                         \
    {                                                                                                        \
        .code = "http." name, .help = (words), .phase = (at), .finding = "http." found, .client = (options), \
        .serve = (how), .end = (how_ends), .bytes = LAB_BYTES(literal)                                       \
    }
#define LONG_HEAD    "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 1000\r\n\r\n"
#define CHUNKED_HEAD "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n"

static const struct lab_row rows[] = {
    CUT("no_response", "reads the request and never answers", "wait", "no_response", "--max-time 2",
        lab_h1_bytes, LAB_END_HOLD, ""),
    CUT("empty", "FIN after the request, as nginx's 444", "wait", "empty", NULL, lab_h1_bytes, LAB_END_FIN,
        ""),
    CUT("killed", "RST after the request", "wait", "killed", NULL, lab_h1_bytes, LAB_END_RST, ""),
    CUT("killed.late", "RST 100 ms after the request: past any delayed ACK", "wait", "killed", NULL,
        serve_then_end, LAB_END_RST, ""),
    CUT("killed.mid_body", "RST in the middle of the body", "response", "killed", NULL, serve_then_end,
        LAB_END_RST, LONG_HEAD "Only this much"),
    CUT("truncated", "FIN before Content-Length is reached", "response", "truncated", NULL, lab_h1_bytes,
        LAB_END_FIN, LONG_HEAD "Only this much"),
    CUT("truncated.chunked", "FIN within a chunk", "response", "truncated", NULL, lab_h1_bytes, LAB_END_FIN,
        CHUNKED_HEAD "10\r\nhalf"),
    CUT("truncated.last_chunk", "FIN where the last chunk should come", "response", "truncated", NULL,
        lab_h1_bytes, LAB_END_FIN, CHUNKED_HEAD "6\r\nwhole\n\r\n"),
    CUT("stalled", "the body stops half-way", "response", "stalled", "--max-time 2", lab_h1_bytes,
        LAB_END_HOLD, LONG_HEAD "Only this much"),
    CUT("stalled.chunked", "a chunked body stops between chunks", "response", "stalled", "--max-time 2",
        lab_h1_bytes, LAB_END_HOLD, CHUNKED_HEAD "6\r\nwhole\n\r\n"),
    CUT("header_stall", "the header section stops before its end", "response", "header_stall", "--max-time 2",
        lab_h1_bytes, LAB_END_HOLD, "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"),
    CUT("header_stall.drip", "a field drips, one byte each 200 ms", "response", "header_stall",
        "--max-time 2", serve_drip, LAB_END_FIN, ""),
    CUT("header_cut", "FIN within the header section", "response", "truncated", NULL, lab_h1_bytes,
        LAB_END_FIN, "HTTP/1.1 200 OK\r\nContent-Type: text/pl"),
    CUT("header_oversize", "one field of 400 KiB", "response", "header_oversize", NULL, serve_oversize,
        LAB_END_FIN, ""),
    CUT("encoding_lie", "says gzip, sends text", "response", "encoding_lie", "--compressed", lab_h1_bytes,
        LAB_END_FIN,
        "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 17\r\n\r\nNot gzip at all.\n"),
};

const struct lab_family lab_h1 = LAB_FAMILY(rows);
