/* SPDX-License-Identifier: MIT */
/* Faults in answer to the ClientHello: silence, closes, plain text (RFC 8446 section 4.1.2). */
#include "lab.h"

#include <openssl/ssl.h>

enum { HELLO_MAX = 5 + 16384, DELAYED_ACK_MS = 100 };

static uint8_t hello[HELLO_MAX];

static void serve_end(struct lab_peer *peer)
{
    if (lab_tls_hello(peer, hello, sizeof hello) > 0) {
        lab_sleep_ms(peer->row->number);
        lab_write(peer, peer->row->bytes.at, peer->row->bytes.size);
        lab_end(peer, peer->row->end);
    }
}

static void serve_mute(struct lab_peer *peer)
{
    lab_hold(peer);
}

/* As servers of other protocols do, without waiting for the client. */
static void serve_banner(struct lab_peer *peer)
{
    lab_write(peer, peer->row->bytes.at, peer->row->bytes.size);
    lab_tls_hello(peer, hello, sizeof hello);
}

#define HELLO(name, words, found, options, how, ...)                                                         \
    {                                                                                                        \
        .code = "tls." name, .help = (words), .phase = "tls", .finding = (found), .client = (options),       \
        .scheme = LAB_HTTPS, .serve = (how), __VA_ARGS__                                                     \
    }
#define PLAIN(name, words, how, literal)                                                                     \
    HELLO(name, words, "tls.plaintext_reply", NULL, how, .end = LAB_END_FIN, .bytes = LAB_BYTES(literal))

static const struct lab_row rows[] = {
    HELLO("mute", "accepts the ClientHello and stays mute", "tls.acked_silence", "--max-time 2", serve_mute,
          .end = LAB_END_HOLD),
    HELLO("ch_fin", "FIN in answer to the ClientHello", "tls.ch_fin", NULL, serve_end, .end = LAB_END_FIN),
    HELLO("ch_fin_late", "FIN, 100 ms after the ClientHello", "tls.ch_fin", NULL, serve_end,
          .end = LAB_END_FIN, .number = DELAYED_ACK_MS),
    HELLO("ch_rst", "RST in answer to the ClientHello", "tls.ch_rst_acked", NULL, serve_end,
          .end = LAB_END_RST),
    HELLO("ch_rst_late", "RST, 100 ms after the ClientHello: past any delayed ACK", "tls.ch_rst_acked", NULL,
          serve_end, .end = LAB_END_RST, .number = DELAYED_ACK_MS),
    PLAIN("plaintext_http", "HTTP 400 in clear on the TLS port", serve_end,
          "HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain\r\nConnection: close\r\n"
          "Content-Length: 12\r\n\r\nBad request\n"),
    PLAIN("plaintext_ssh", "an SSH banner on the TLS port", serve_banner,
          "SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n"),
    PLAIN("plaintext_smtp", "an SMTP greeting on the TLS port", serve_banner,
          "220 mail.lab.example ESMTP ready\r\n"),
    PLAIN("plaintext_garbage", "bytes of no protocol on the TLS port", serve_end,
          "\377\376\000\001garbage, neither TLS nor text\r\n"),
};

const struct lab_family lab_hello = LAB_FAMILY(rows);
