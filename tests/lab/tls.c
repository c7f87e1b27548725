/* SPDX-License-Identifier: MIT */
/* A row's wishes for TLS to an OpenSSL context; the handshake, and the ClientHello for rows that go without.
 */
#include "lab.h"

#include <openssl/ssl.h>
#include <string.h>

/* "h2,http/1.1" to the wire's form (RFC 7301 section 3.1); the size, 0 where it does not fit. */
static unsigned int alpn_wire(const char *list, unsigned char *out, size_t size)
{
    size_t used = 0;
    for (const char *at = list; *at;) {
        size_t length = strcspn(at, ",");
        if (length == 0 || length > 255 || used + length + 1 > size) {
            return 0;
        }
        out[used++] = (unsigned char)length;
        memcpy(out + used, at, length);
        used += length;
        at += length + (at[length] == ',');
    }
    return (unsigned int)used;
}

static int select_alpn(SSL *ssl, const unsigned char **out, unsigned char *out_len,
                       const unsigned char *offered, unsigned int offered_len, void *arg)
{
    const struct lab_tls *tls = arg;
    static unsigned char ours[64]; /* what is selected must outlive the call */
    unsigned int ours_len = alpn_wire(tls->alpn, ours, sizeof ours);
    unsigned char *selected = NULL;
    (void)ssl;
    if (SSL_select_next_proto(&selected, out_len, ours, ours_len, offered, offered_len) !=
        OPENSSL_NPN_NEGOTIATED) {
        return tls->alpn_strict ? SSL_TLSEXT_ERR_ALERT_FATAL : SSL_TLSEXT_ERR_NOACK;
    }
    *out = selected;
    return SSL_TLSEXT_ERR_OK;
}

/* Every row may be met by an old client, and shows old keys: the floor is the row's business, not OpenSSL's.
 */
static void set_limits(SSL_CTX *context, const struct lab_tls *tls)
{
    SSL_CTX_set_security_level(context, tls->min || tls->cert.rsa_bits || tls->cert.sha1 ? 0 : 1);
    SSL_CTX_set_options(context, SSL_OP_IGNORE_UNEXPECTED_EOF);
    if (tls->min && (!SSL_CTX_set_min_proto_version(context, tls->min) ||
                     !SSL_CTX_set_max_proto_version(context, tls->max))) {
        lab_die("TLS versions");
    }
    if (tls->ciphers && !SSL_CTX_set_cipher_list(context, tls->ciphers)) {
        lab_die("ciphers");
    }
    if (tls->groups && !SSL_CTX_set1_groups_list(context, tls->groups)) {
        lab_die("groups");
    }
}

struct ssl_ctx_st *lab_tls_context(const struct lab_tls *tls, const struct lab_pki *pki)
{
    if (!tls) {
        return NULL;
    }
    SSL_CTX *context = SSL_CTX_new(TLS_server_method());
    if (!context) {
        lab_die("SSL_CTX_new");
    }
    set_limits(context, tls);
    lab_pki_install(pki, tls, context);
    if (tls->alpn) {
        SSL_CTX_set_alpn_select_cb(context, select_alpn, (void *)(uintptr_t)tls);
    }
    if (tls->client_cert) {
        SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
    }
    return context;
}

bool lab_tls_accept(struct lab_peer *peer)
{
    peer->ssl = SSL_new(peer->context);
    if (!peer->ssl || !SSL_set_fd(peer->ssl, peer->fd)) {
        lab_die("SSL_new");
    }
    return SSL_accept(peer->ssl) == 1;
}

size_t lab_tls_hello(struct lab_peer *peer, uint8_t *to, size_t size)
{
    enum { HEADER = 5 };
    if (!lab_read_all(peer, to, HEADER)) {
        return 0;
    }
    size_t length = (size_t)to[3] << 8 | to[4];
    if (to[0] != 22 || HEADER + length > size || !lab_read_all(peer, to + HEADER, length)) {
        return 0;
    }
    return HEADER + length;
}
