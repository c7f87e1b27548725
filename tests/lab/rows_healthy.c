/* SPDX-License-Identifier: MIT */
/* Behaviours without a fault: a tracer must find nothing here. */
#include "lab.h"

#include <nghttp2/nghttp2.h>
#include <openssl/ssl.h>
#include <string.h>

static void serve_h2(struct lab_peer *peer)
{
    lab_h2_serve(peer, NULL);
}

/* Cleartext: HTTP/2 by prior knowledge or by Upgrade, else HTTP/1.1. */
static void serve_h2c(struct lab_peer *peer)
{
    struct lab_request request;
    while (peer->in_len < NGHTTP2_CLIENT_MAGIC_LEN && lab_read_more(peer)) {
    }
    if (peer->in_len >= NGHTTP2_CLIENT_MAGIC_LEN &&
        memcmp(peer->in, NGHTTP2_CLIENT_MAGIC, NGHTTP2_CLIENT_MAGIC_LEN) == 0) {
        lab_h2_serve(peer, NULL);
    } else if (lab_h1_request(peer, &request) && request.upgrade_h2c &&
               lab_say(peer,
                       "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n")) {
        lab_h2_serve(peer, &request);
    }
}

/* Whatever ALPN chose. */
static void serve_either(struct lab_peer *peer)
{
    const unsigned char *chosen;
    unsigned int size;
    SSL_get0_alpn_selected(peer->ssl, &chosen, &size);
    if (size == 2 && memcmp(chosen, "h2", 2) == 0) {
        lab_h2_serve(peer, NULL);
    } else {
        lab_h1_serve(peer);
    }
}

static void serve_redirect(struct lab_peer *peer)
{
    struct lab_request request;
    while (lab_h1_request(peer, &request)) {
        if (strcmp(request.target, "/landed") == 0) {
            lab_say(peer, "HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\nLanded.\n");
        } else {
            lab_say(peer, "HTTP/1.1 302 Found\r\nLocation: /landed\r\nContent-Length: 0\r\n\r\n");
        }
    }
}

/* The same bytes for every request of the connection. */
static void serve_bytes(struct lab_peer *peer)
{
    struct lab_request request;
    while (lab_h1_request(peer, &request) && lab_write(peer, peer->row->bytes.at, peer->row->bytes.size) &&
           peer->row->end == LAB_END_HOLD) {
    }
}

static const struct lab_tls h1_only = {.alpn = "http/1.1"}, h2_first = {.alpn = "h2,http/1.1"},
                            tls12 = {.alpn = "h2,http/1.1", .min = TLS1_2_VERSION, .max = TLS1_2_VERSION},
                            stapled = {.alpn = "h2,http/1.1", .staple = LAB_STAPLE_GOOD};

#define HEALTHY(name, words, options, how, ...)                                                              \
    {                                                                                                        \
        .code = "healthy." name, .help = (words), .client = (options), .serve = (how), __VA_ARGS__           \
    }
#define SAME(literal) .end = LAB_END_HOLD, .bytes = LAB_BYTES(literal)

static const struct lab_row rows[] = {
    HEALTHY("h1", "HTTP/1.1 in clear; /bytes/N gives N bytes", NULL, lab_h1_serve, .scheme = LAB_HTTP),
    HEALTHY("h1_tls", "HTTP/1.1 over TLS", "--http1.1", lab_h1_serve, .scheme = LAB_HTTPS, .tls = &h1_only),
    HEALTHY("h2", "HTTP/2 over TLS, HTTP/1.1 where the client offers no h2", NULL, serve_either,
            .scheme = LAB_HTTPS, .tls = &h2_first),
    HEALTHY("h2_tls12", "HTTP/2 over TLS 1.2", NULL, serve_either, .scheme = LAB_HTTPS, .tls = &tls12),
    HEALTHY("h2_trailers", "HTTP/2 with a trailer section", NULL, serve_h2, .scheme = LAB_HTTPS,
            .tls = &h2_first, .number = LAB_ANSWER_TRAILERS),
    HEALTHY("h2_early_hints", "HTTP/2 with 103 before the answer", NULL, serve_h2, .scheme = LAB_HTTPS,
            .tls = &h2_first, .number = LAB_ANSWER_EARLY_HINTS),
    HEALTHY("h2c", "HTTP/2 in clear, by prior knowledge or Upgrade", "--http2-prior-knowledge", serve_h2c,
            .scheme = LAB_HTTP),
    HEALTHY("stapled", "a stapled OCSP response that says good", NULL, serve_either, .scheme = LAB_HTTPS,
            .tls = &stapled),
    HEALTHY("redirect", "302 to /landed on the same connection", "-L", serve_redirect, .scheme = LAB_HTTP),
    HEALTHY("chunked_trailers", "chunked body with extensions and a trailer section", NULL, serve_bytes,
            SAME("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n"
                 "Trailer: X-Checksum\r\n\r\n6;part=1\r\nHello,\r\n9;part=\"2\"\r\n trailer\n\r\n0\r\n"
                 "X-Checksum: none\r\n\r\n")),
    HEALTHY("close_delimited", "HTTP/1.0 answer that ends with the connection", NULL, serve_bytes,
            .bytes = LAB_BYTES("HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\n\r\nUntil the end.\n")),
    HEALTHY("early_hints", "103 before the answer", NULL, serve_bytes,
            SAME("HTTP/1.1 103 Early Hints\r\nLink: </style.css>; rel=preload\r\n\r\n"
                 "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nHello\n")),
    HEALTHY("no_content", "204 without a body", NULL, serve_bytes, SAME("HTTP/1.1 204 No Content\r\n\r\n")),
    /* printf 'Hello\n' | gzip -n, in octal */
    HEALTHY("gzip", "a compressed body", "--compressed", serve_bytes,
            SAME("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 26\r\n\r\n"
                 "\037\213\010\000\000\000\000\000\000\003\363\110\315\311\311\347\002\000\026\065\226\061"
                 "\006\000\000\000")),
};

const struct lab_family lab_healthy = LAB_FAMILY(rows);
