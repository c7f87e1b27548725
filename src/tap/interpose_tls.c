/* SPDX-License-Identifier: MIT */
/* Calls of libcurl to OpenSSL and nghttp2: takes them, calls the real ones, tells the run what was moved. */
#include "tap/interpose.h"
#include "tap/real.h"
#include "tap/tlslayer.h"

#include <errno.h>

static void leave_read(struct ht_tap *tap, struct ht_tap_tls *tls, const void *bytes, size_t moved)
{
    int saved_errno = errno;
    ht_tls_leave(tap);
    if (tls->socket && moved > 0) {
        ht_tap_plaintext_in(tap, tls->socket, tls->level);
        ht_tap_emit_bytes(tap, tls->socket, tls->level, HT_DIR_IN, ht_span(bytes, moved));
    }
    errno = saved_errno;
}

static void leave_write(struct ht_tap *tap, struct ht_tap_tls *tls, const void *bytes, size_t moved)
{
    int saved_errno = errno;
    ht_tls_leave(tap);
    if (tls->socket && moved > 0)
        ht_tap_emit_bytes(tap, tls->socket, tls->level, HT_DIR_OUT, ht_span(bytes, moved));
    errno = saved_errno;
}

static int handshake(SSL *ssl, int (*real)(SSL *), bool over_tcp)
{
    struct ht_tap *tap;
    struct ht_tap_tls *tls = ht_tls_enter(&tap, ssl);
    int result = real(ssl);
    if (tls) {
        ht_tls_leave(tap);
        if (tls->socket || over_tcp)
            ht_tls_note_handshake(tap, tls, result);
    }
    return result;
}

HT_INTERPOSED int SSL_connect(SSL *ssl)
{
    return handshake(ssl, ht_real()->SSL_connect, true);
}

/* QUIC's handshakes come this way, and never read or write a socket. */
HT_INTERPOSED int SSL_do_handshake(SSL *ssl)
{
    return handshake(ssl, ht_real()->SSL_do_handshake, false);
}

HT_INTERPOSED int SSL_read(SSL *ssl, void *bytes, int len)
{
    struct ht_tap *tap;
    struct ht_tap_tls *tls = ht_tls_enter(&tap, ssl);
    int result = ht_real()->SSL_read(ssl, bytes, len);
    if (tls)
        leave_read(tap, tls, bytes, result > 0 ? (size_t)result : 0);
    return result;
}

HT_INTERPOSED int SSL_read_ex(SSL *ssl, void *bytes, size_t len, size_t *moved)
{
    struct ht_tap *tap;
    struct ht_tap_tls *tls = ht_tls_enter(&tap, ssl);
    int result = ht_real()->SSL_read_ex(ssl, bytes, len, moved);
    if (tls)
        leave_read(tap, tls, bytes, result == 1 ? *moved : 0);
    return result;
}

HT_INTERPOSED int SSL_peek(SSL *ssl, void *bytes, int len)
{
    struct ht_tap *tap;
    struct ht_tap_tls *tls = ht_tls_enter(&tap, ssl);
    int result = ht_real()->SSL_peek(ssl, bytes, len);
    if (tls)
        ht_tls_leave(tap);
    return result;
}

HT_INTERPOSED int SSL_write(SSL *ssl, const void *bytes, int len)
{
    struct ht_tap *tap;
    struct ht_tap_tls *tls = ht_tls_enter(&tap, ssl);
    int result = ht_real()->SSL_write(ssl, bytes, len);
    if (tls)
        leave_write(tap, tls, bytes, result > 0 ? (size_t)result : 0);
    return result;
}

HT_INTERPOSED int SSL_write_ex(SSL *ssl, const void *bytes, size_t len, size_t *moved)
{
    struct ht_tap *tap;
    struct ht_tap_tls *tls = ht_tls_enter(&tap, ssl);
    int result = ht_real()->SSL_write_ex(ssl, bytes, len, moved);
    if (tls)
        leave_write(tap, tls, bytes, result == 1 ? *moved : 0);
    return result;
}

HT_INTERPOSED int SSL_write_early_data(SSL *ssl, const void *bytes, size_t len, size_t *moved)
{
    struct ht_tap *tap;
    struct ht_tap_tls *tls = ht_tls_enter(&tap, ssl);
    int result = ht_real()->SSL_write_early_data(ssl, bytes, len, moved);
    if (tls)
        leave_write(tap, tls, bytes, result == 1 ? *moved : 0);
    return result;
}

HT_INTERPOSED int SSL_shutdown(SSL *ssl)
{
    struct ht_tap *tap;
    struct ht_tap_tls *tls = ht_tls_enter(&tap, ssl);
    int result = ht_real()->SSL_shutdown(ssl);
    if (tls)
        ht_tls_leave(tap);
    return result;
}

HT_INTERPOSED void SSL_CTX_set_msg_callback(SSL_CTX *ctx, ht_msg_callback callback)
{
    if (ht_tap_here())
        ht_tls_chain_messages(ctx, callback);
    else
        ht_real()->SSL_CTX_set_msg_callback(ctx, callback);
}

HT_INTERPOSED void SSL_set_msg_callback(SSL *ssl, ht_msg_callback callback)
{
    if (ht_tap_here())
        ht_tls_chain_ssl_messages(ssl, callback);
    else
        ht_real()->SSL_set_msg_callback(ssl, callback);
}

HT_INTERPOSED void SSL_CTX_set_keylog_callback(SSL_CTX *ctx, ht_keylog_callback callback)
{
    if (ht_tap_here())
        ht_tls_chain_keylog(ctx, callback);
    else
        ht_real()->SSL_CTX_set_keylog_callback(ctx, callback);
}

/* A request without a transfer's pre-request callback is libcurl's own: a CONNECT to an HTTP/2 proxy on a
 * socket that no transfer used yet, or a lookup over HTTPS on a socket of which nothing is known. */
static int32_t socket_of_own_request(const struct ht_tap *tap)
{
    const struct ht_tap_socket *socket = ht_tap_socket_by_id(tap, tap->last_socket);
    return socket && !socket->used ? socket->id : -1;
}

static void note_stream(int32_t stream)
{
    struct ht_tap *tap = ht_tap_here();
    if (tap == NULL || stream < 0)
        return;
    int saved_errno = errno;
    struct ht_raw raw = ht_tap_raw(tap, HT_RAW_STREAM);
    raw.transfer = tap->prereq_transfer;
    raw.socket = tap->prereq_transfer >= 0 ? tap->prereq_socket : socket_of_own_request(tap);
    raw.u.stream.stream = stream;
    tap->prereq_transfer = -1;
    struct ht_tap_socket *socket = stream == 1 ? ht_tap_socket_by_id(tap, raw.socket) : NULL;
    if (socket)
        socket->multiplexed = true;
    ht_tap_emit(tap, &raw);
    errno = saved_errno;
}

HT_INTERPOSED int32_t nghttp2_submit_request(nghttp2_session *session, const nghttp2_priority_spec *priority,
                                             const nghttp2_nv *fields, size_t count,
                                             const nghttp2_data_provider *body, void *user)
{
    int32_t stream = ht_real()->nghttp2_submit_request(session, priority, fields, count, body, user);
    note_stream(stream);
    return stream;
}

#if NGHTTP2_VERSION_NUM >= 0x013c00
HT_INTERPOSED int32_t nghttp2_submit_request2(nghttp2_session *session, const nghttp2_priority_spec *priority,
                                              const nghttp2_nv *fields, size_t count,
                                              const nghttp2_data_provider2 *body, void *user)
{
    int32_t stream = ht_real()->nghttp2_submit_request2(session, priority, fields, count, body, user);
    note_stream(stream);
    return stream;
}
#endif
