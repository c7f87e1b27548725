/* SPDX-License-Identifier: MIT */
/* What the files of the peer share: a connection as a stack of BIOs. */
#ifndef HT_PEER_LINE_H
#define HT_PEER_LINE_H

#include <openssl/ssl.h>
#include <stdbool.h>
#include <stddef.h>

/* The uppermost layer so far. `in` owns all below it; it reads through a buffer, so that a first byte can be
 * looked at. */
struct ht_line {
    BIO *in, *out;
};

/* tls.c: a context with a key made for it and a certificate that nobody else signed; NULL where OpenSSL
 * refuses. */
SSL_CTX *ht_peer_tls_new(void);
/* Takes a handshake; `line` is the plaintext then. False where it failed. */
bool ht_peer_tls_accept(SSL_CTX *ctx, struct ht_line *line, bool http1_only);

/* http2.c: the client connection preface was read; speaks HTTP/2 until the client closes. */
void ht_peer_http2(struct ht_line *line);

/* peer.c */
/* Puts a buffer on `out`, which becomes the line's. False where memory is out; `out` is freed then. */
bool ht_line_set(struct ht_line *line, BIO *out);
/* Exactly `len` bytes, or false. */
bool ht_line_read(struct ht_line *line, void *bytes, size_t len);

#endif
