/* SPDX-License-Identifier: MIT */
/* Connections that answer their first request and not their second: a client must send two. */
#include "lab.h"

#include <nghttp2/nghttp2.h>

static bool answer_first(struct lab_peer *peer)
{
    struct lab_request request;
    return lab_h1_request(peer, &request) &&
           lab_say(peer, "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 6\r\n\r\nFirst\n");
}

static void serve_second_ends(struct lab_peer *peer)
{
    struct lab_request second;
    if (answer_first(peer) && lab_h1_request(peer, &second)) {
        lab_end(peer, peer->row->end);
    }
}

static void serve_h2_second_ends(struct lab_peer *peer)
{
    uint32_t stream;
    if (lab_h2_begin(peer) && (stream = lab_h2_request(peer)) && lab_h2_headers(peer, stream, "200", 6) &&
        lab_h2_write(peer, NGHTTP2_DATA, NGHTTP2_FLAG_END_STREAM, stream, (struct lab_bytes){"First\n", 6}) &&
        lab_h2_request(peer)) {
        lab_end(peer, peer->row->end);
    }
}

static const struct lab_tls h2_only = {.alpn = "h2"};

#define REUSE(name, words, found, options, how, ...)                                                         \
    {                                                                                                        \
        .code = "reuse." name, .help = (words), .phase = "wait", .finding = (found), .client = (options),    \
        .serve = (how), __VA_ARGS__                                                                          \
    }

static const struct lab_row rows[] = {
    REUSE("stale.rst", "RST in answer to the connection's second request", "reuse.stale", "URL URL",
          serve_second_ends, .end = LAB_END_RST),
    REUSE("stale.fin", "FIN in answer to the connection's second request", "reuse.stale", "URL URL",
          serve_second_ends, .end = LAB_END_FIN),
    REUSE("stale.h2_fin", "HTTP/2: FIN in answer to the connection's second request", "reuse.stale",
          "URL URL", serve_h2_second_ends, .scheme = LAB_HTTPS, .tls = &h2_only, .end = LAB_END_FIN),
    REUSE("mute", "silence in answer to the connection's second request", "http.no_response",
          "--max-time 2 URL URL", serve_second_ends, .end = LAB_END_HOLD),
};

const struct lab_family lab_reuse = LAB_FAMILY(rows);
