/* SPDX-License-Identifier: MIT */
/* The peer's TLS: takes any ClientHello, gives the plaintext behind it. Keys live and die with the process.
 */
#include "peer/line.h"

#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <string.h>

#define VALID_S  3600L
#define RSA_BITS 2048

static X509 *certificate_for(EVP_PKEY *key)
{
    X509 *cert = X509_new();
    X509_NAME *name = cert ? X509_get_subject_name(cert) : NULL;
    const unsigned char text[] = "httptrace --dry-run";
    if (name && X509_set_version(cert, X509_VERSION_3) && ASN1_INTEGER_set(X509_get_serialNumber(cert), 1) &&
        X509_gmtime_adj(X509_getm_notBefore(cert), -VALID_S) &&
        X509_gmtime_adj(X509_getm_notAfter(cert), VALID_S) &&
        X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, text, -1, -1, 0) &&
        X509_set_issuer_name(cert, name) && X509_set_pubkey(cert, key) && X509_sign(cert, key, EVP_sha256()))
        return cert;
    X509_free(cert);
    return NULL;
}

/* Takes the key. */
static bool use_key(SSL_CTX *ctx, SSL *ssl, EVP_PKEY *key)
{
    X509 *cert = key ? certificate_for(key) : NULL;
    bool used = false;
    if (cert && ssl)
        used = SSL_use_certificate(ssl, cert) == 1 && SSL_use_PrivateKey(ssl, key) == 1;
    else if (cert)
        used = SSL_CTX_use_certificate(ctx, cert) == 1 && SSL_CTX_use_PrivateKey(ctx, key) == 1;
    X509_free(cert);
    EVP_PKEY_free(key);
    return used;
}

static bool knows_tls13(SSL *ssl)
{
    const STACK_OF(SSL_CIPHER) *offered = SSL_get_client_ciphers(ssl);
    for (int i = 0; i < sk_SSL_CIPHER_num(offered); i++)
        if (SSL_CIPHER_get_auth_nid(sk_SSL_CIPHER_value(offered, i)) == NID_auth_any)
            return true;
    return false;
}

/* Only before TLS 1.3 does a cipher suite ask for a kind of key; one for RSA takes long to make. */
static int on_certificate(SSL *ssl, void *arg)
{
    (void)arg;
    if (!knows_tls13(ssl))
        (void)use_key(NULL, ssl, EVP_RSA_gen(RSA_BITS)); /* without it there still is the other one */
    return 1;
}

/* The client's first choice among what the peer speaks; app data on an SSL stand for: no HTTP/2. */
static int on_alpn(SSL *ssl, const unsigned char **out, unsigned char *out_len, const unsigned char *in,
                   unsigned len, void *arg)
{
    static const char *const known[] = {"h2", "http/1.1", "http/1.0"};
    (void)arg;
    for (unsigned at = 0; at < len && at + 1 + in[at] <= len; at += 1u + in[at])
        for (size_t i = SSL_get_app_data(ssl) ? 1 : 0; i < sizeof known / sizeof *known; i++)
            if (strlen(known[i]) == in[at] && memcmp(known[i], in + at + 1, in[at]) == 0) {
                *out = in + at + 1;
                *out_len = in[at];
                return SSL_TLSEXT_ERR_OK;
            }
    return SSL_TLSEXT_ERR_NOACK;
}

static bool set_up(SSL_CTX *ctx)
{
    /* No session to resume: the next request's ClientHello would not be that of a first one. */
    SSL_CTX_set_options(ctx, SSL_OP_NO_TICKET);
    SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_num_tickets(ctx, 0);
    SSL_CTX_set_security_level(ctx, 0);
    SSL_CTX_set_dh_auto(ctx, 1);
    SSL_CTX_set_alpn_select_cb(ctx, on_alpn, NULL);
    SSL_CTX_set_cert_cb(ctx, on_certificate, NULL);
    return SSL_CTX_set_min_proto_version(ctx, TLS1_VERSION) == 1 &&
           SSL_CTX_set_cipher_list(ctx, "ALL:@SECLEVEL=0") == 1 && use_key(ctx, NULL, EVP_EC_gen("P-256"));
}

SSL_CTX *ht_peer_tls_new(void)
{
    SSL_CTX *ctx = SSL_CTX_new(TLS_server_method());
    if (ctx && set_up(ctx))
        return ctx;
    SSL_CTX_free(ctx);
    return NULL;
}

bool ht_peer_tls_accept(SSL_CTX *ctx, struct ht_line *line, bool http1_only)
{
    SSL *ssl = SSL_new(ctx);
    BIO *bio = ssl ? BIO_new(BIO_f_ssl()) : NULL;
    if (bio == NULL) {
        SSL_free(ssl);
        return false;
    }
    /* The SSL takes both; what it writes to is also what the one it reads from ends in. */
    BIO_up_ref(line->out);
    SSL_set_bio(ssl, line->in, line->out);
    *line = (struct ht_line){NULL, NULL};
    SSL_set_app_data(ssl, http1_only ? ctx : NULL);
    BIO_set_ssl(bio, ssl, BIO_CLOSE);
    bool accepted = SSL_accept(ssl) == 1;
    return ht_line_set(line, bio) && accepted;
}
