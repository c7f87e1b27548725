/* SPDX-License-Identifier: MIT */
/* The end of a TLS handshake: takes what OpenSSL knows of it, gives one event. Its error queue is left alone.
 */
#include "tap/tlslayer.h"

#include <errno.h>
#include <openssl/err.h>
#include <openssl/x509.h>
#include <string.h>

static const char *group_name(SSL *ssl)
{
    int nid = (int)SSL_get_negotiated_group(ssl);
    if (nid == 0)
        return NULL;
    const char *name = SSL_group_to_name(ssl, nid);
    return name ? name : OBJ_nid2sn(nid);
}

static void fill_agreed(struct ht_raw *raw, SSL *ssl)
{
    const SSL_CIPHER *cipher = SSL_get_current_cipher(ssl);
    raw->u.tls_end.version = SSL_version(ssl);
    raw->u.tls_end.cipher = ht_span_str(cipher ? SSL_CIPHER_standard_name(cipher) : NULL);
    raw->u.tls_end.group = ht_span_str(group_name(ssl));
    raw->u.tls_end.resumed = SSL_session_reused(ssl) == 1;
    raw->u.tls_end.early_data_accepted = SSL_get_early_data_status(ssl) == SSL_EARLY_DATA_ACCEPTED;
}

static void fill_verify(struct ht_raw *raw, SSL *ssl)
{
    long result = SSL_get_verify_result(ssl);
    raw->u.tls_end.verify_result = result;
    if (result != X509_V_OK)
        raw->u.tls_end.verify_text = ht_span_str(X509_verify_cert_error_string(result));
}

static const char *error_text(const struct ht_tap_tls *tls, unsigned long code, char *out, size_t size)
{
    const char *reason = code ? ERR_reason_error_string(code) : NULL;
    if (code && ERR_SYSTEM_ERROR(code))
        reason = strerror(ERR_GET_REASON(code));
    if (reason)
        return reason;
    if (code) {
        ERR_error_string_n(code, out, size);
        return out;
    }
    if (tls->socket && tls->socket->last_error)
        return strerror(tls->socket->last_error);
    return "unexpected end of the connection";
}

static void fill_failed(struct ht_raw *raw, const struct ht_tap_tls *tls, char *text, size_t size)
{
    unsigned long code = ERR_peek_error();
    raw->u.tls_end.openssl_error = (int64_t)code;
    raw->u.tls_end.error_text = ht_span_str(error_text(tls, code, text, size));
}

/* DER of the certificate that ended the verified chain; to be freed with OPENSSL_free. OpenSSL also keeps the
 * chain that it could not verify. */
static unsigned char *anchor_of(SSL *ssl, struct ht_raw *raw)
{
    STACK_OF(X509) *chain = SSL_get0_verified_chain(ssl);
    unsigned char *der = NULL;
    if (chain == NULL || sk_X509_num(chain) < 1 || SSL_get_verify_result(ssl) != X509_V_OK)
        return NULL;
    raw->u.tls_end.verified_chain = true;
    X509 *anchor = sk_X509_value(chain, sk_X509_num(chain) - 1);
    int len = i2d_X509(anchor, &der);
    raw->u.tls_end.anchor_public = ht_tls_anchor_is_public(anchor);
    if (len > 0)
        raw->bytes = ht_span(der, (size_t)len);
    return der;
}

void ht_tls_give_end(struct ht_tap *tap, struct ht_tap_tls *tls, enum ht_tls_outcome outcome)
{
    if (tls->ended)
        return;
    int saved_errno = errno;
    char text[256];
    struct ht_raw raw = ht_tap_raw(tap, HT_RAW_TLS_END);
    tls->ended = true;
    if (outcome == HT_TLS_FAILED)
        ht_tls_attach_last(tap, tls);
    raw.u.tls_end.ok = outcome == HT_TLS_AGREED;
    if (outcome == HT_TLS_UNFINISHED)
        raw.u.tls_end.error_text = ht_span_str("the handshake was not finished");
    else if (outcome == HT_TLS_FAILED)
        fill_failed(&raw, tls, text, sizeof text);
    ERR_set_mark();
    fill_verify(&raw, tls->ssl);
    if (outcome == HT_TLS_AGREED)
        fill_agreed(&raw, tls->ssl);
    /* Of an SSL that is being freed the chain may be gone already. */
    bool whole = outcome != HT_TLS_UNFINISHED;
    raw.u.tls_end.anchor_public = -1;
    unsigned char *der = whole ? anchor_of(tls->ssl, &raw) : NULL;
    char *kin = whole && raw.u.tls_end.verify_result != X509_V_OK ? ht_tls_kin_of(tls->ssl) : NULL;
    raw.u.tls_end.kin = ht_span_str(kin);
    ERR_pop_to_mark();
    ht_tls_give(tap, tls, &raw);
    OPENSSL_free(der);
    OPENSSL_free(kin);
    errno = saved_errno;
}

/* Codes after which the same call is made again. */
static bool goes_on(int error)
{
    return error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE ||
           error == SSL_ERROR_WANT_X509_LOOKUP || error == SSL_ERROR_WANT_ASYNC ||
           error == SSL_ERROR_WANT_ASYNC_JOB || error == SSL_ERROR_WANT_CLIENT_HELLO_CB ||
           error == SSL_ERROR_WANT_RETRY_VERIFY;
}

void ht_tls_note_handshake(struct ht_tap *tap, struct ht_tap_tls *tls, int result)
{
    int saved_errno = errno;
    if (!tls->ended && (result == 1 || !goes_on(SSL_get_error(tls->ssl, result))))
        ht_tls_give_end(tap, tls, result == 1 ? HT_TLS_AGREED : HT_TLS_FAILED);
    errno = saved_errno;
}
