/* SPDX-License-Identifier: MIT */
/* TLS layers: which SSL reads and writes on which socket, at which level, and what its handshake came to. */
#ifndef HT_TAP_TLSLAYER_H
#define HT_TAP_TLSLAYER_H

#include "tap/real.h"
#include "tap/run.h"
#include "fetch/settings.h"

/* One SSL of the live run. Lives in the SSL's ex_data and dies with it, because addresses of SSLs recur. */
struct ht_tap_tls {
    SSL *ssl;
    uint64_t serial;              /* of the run */
    struct ht_tap_socket *socket; /* NULL: not bound yet, or the socket is closed */
    uint8_t level;                /* of its plaintext; 0 until it is bound */
    bool ended;                   /* its TLS_END was given */
    bool foreign; /* it uses a descriptor that is not one of ours: libcurl's own DoH lookups */
    int64_t begin_us;
    struct ht_tls_held *held, **held_end; /* events that wait for the binding */
    size_t held_bytes;
};

/* tlsstack.c: pure. A push to a full stack is refused. */
bool ht_tls_push(struct ht_tls_stack *stack, struct ht_tap_tls *tls);
void ht_tls_pop(struct ht_tls_stack *stack);
/* The level of the layer at `index` when the innermost one is at `base`: outer calls are upper layers. */
uint8_t ht_tls_level(const struct ht_tls_stack *stack, size_t index, uint8_t base);

/* tlslayer.c */
/* The layer of an SSL, made on first sight. */
struct ht_tap_tls *ht_tls_of(struct ht_tap *tap, SSL *ssl);
/* A call on the SSL begins; NULL where it is not to be reported. Else ht_tls_leave must follow. */
struct ht_tap_tls *ht_tls_enter(struct ht_tap **tap, SSL *ssl);
void ht_tls_leave(struct ht_tap *tap);
/* Ties one layer to a socket: gives TLS_BEGIN and what was held. */
void ht_tls_attach(struct ht_tap *tap, struct ht_tap_tls *tls, struct ht_tap_socket *socket, uint8_t level);
/* Ties all layers whose calls are being made to the socket that they were found to use. */
void ht_tls_bind_stack(struct ht_tap *tap, struct ht_tap_socket *socket, uint8_t base);
/* For a layer that no call beneath told the socket of: the one that the running transfer opened last. */
void ht_tls_attach_last(struct ht_tap *tap, struct ht_tap_tls *tls);
/* The socket closes: unfinished handshakes end, layers let go of it. */
void ht_tls_detach(struct ht_tap *tap, struct ht_tap_socket *socket);
/* The same without a word. */
void ht_tls_let_go_all(struct ht_tap_socket *socket);
/* Gives an event of this layer, or holds it (copied, capped) until the layer is bound. */
void ht_tls_give(struct ht_tap *tap, struct ht_tap_tls *tls, struct ht_raw *raw);

/* tlsend.c: what a call that drives the handshake returned; gives TLS_END when that was its end. */
enum ht_tls_outcome { HT_TLS_AGREED, HT_TLS_FAILED, HT_TLS_UNFINISHED };
/* A failure before the first byte was sent belongs to the socket that was opened last. */
void ht_tls_note_handshake(struct ht_tap *tap, struct ht_tap_tls *tls, int result);
void ht_tls_give_end(struct ht_tap *tap, struct ht_tap_tls *tls, enum ht_tls_outcome outcome);

/* tlstrust.c */
/* libcurl loads no trust anchors where it does not verify: the ones that it would have loaded, so that what
 * verification would have said is known. Nothing is refused for it. */
void ht_tls_load_anchors(SSL_CTX *ctx, CURL *easy, const struct ht_operation *operation);
/* 1 where the distribution's public store has exactly this certificate, 0 where it has not, -1 where there is
 * no such store. */
int ht_tls_anchor_is_public(X509 *anchor);
/* The chain that was sent ends below an issuer nobody knows: the subject of a trust anchor that has that
 * issuer's organisation, to be freed with OPENSSL_free; NULL where there is none. */
char *ht_tls_kin_of(SSL *ssl);

/* tlswatch.c: message and key log callbacks. */
void ht_tls_watch(SSL_CTX *ctx); /* for CURLOPT_SSL_CTX_FUNCTION: sets ours where libcurl set none */
void ht_tls_chain_messages(SSL_CTX *ctx, ht_msg_callback theirs);
void ht_tls_chain_keylog(SSL_CTX *ctx, ht_keylog_callback theirs);
void ht_tls_chain_ssl_messages(SSL *ssl, ht_msg_callback theirs);

/* Bytes moved beneath the calls being made, but on a descriptor that is not ours. */
static inline void ht_tls_disown(struct ht_tap *tap)
{
    for (size_t i = 0; i < tap->tls_stack.depth; i++)
        tap->tls_stack.at[i]->foreign = true;
}

static inline void ht_tls_bind(struct ht_tap *tap, struct ht_tap_socket *socket)
{
    if (tap->tls_stack.depth > 0 && tap->tls_stack.at[0]->level == 0)
        ht_tls_bind_stack(tap, socket, 1);
}

#endif
