/* SPDX-License-Identifier: MIT */
/* TLS messages and key log: takes OpenSSL's callbacks, gives events, and calls libcurl's own callbacks on. */
#include "tap/tlslayer.h"

#include "base/arena.h"

#include <errno.h>
#include <openssl/err.h>
#include <pthread.h>
#include <stdlib.h>

/* What libcurl set on an SSL_CTX, behind ours. Lives in the ex_data of that SSL_CTX. */
struct chained {
    ht_msg_callback messages;
    ht_keylog_callback keylog;
    bool watches_messages, watches_keylog;
};

static pthread_once_t once = PTHREAD_ONCE_INIT;
static int ex_index = -1;

static void free_chained(void *parent, void *value, CRYPTO_EX_DATA *data, int index, long argl, void *argp)
{
    (void)parent, (void)data, (void)index, (void)argl, (void)argp;
    free(value);
}

static void make_index(void)
{
    ex_index = SSL_CTX_get_ex_new_index(0, NULL, NULL, NULL, free_chained);
}

static struct chained *chained_of(SSL_CTX *ctx)
{
    pthread_once(&once, make_index);
    return SSL_CTX_get_ex_data(ctx, ex_index);
}

/* NULL where OpenSSL has no memory; then libcurl's callback is set alone. */
static struct chained *make_chained(SSL_CTX *ctx)
{
    struct chained *chained = chained_of(ctx);
    if (chained)
        return chained;
    chained = ht_malloc(sizeof *chained);
    *chained = (struct chained){NULL, NULL, false, false};
    if (SSL_CTX_set_ex_data(ctx, ex_index, chained) == 1)
        return chained;
    free(chained);
    return NULL;
}

static struct chained *chained_of_ssl(const SSL *ssl)
{
    SSL_CTX *ctx = SSL_get_SSL_CTX(ssl);
    return ctx ? chained_of(ctx) : NULL;
}

static void give_message(int write_p, int version, int content_type, struct ht_span bytes, SSL *ssl)
{
    struct ht_tap *tap = ht_tap_live();
    struct ht_tap_tls *tls = tap ? ht_tls_of(tap, ssl) : NULL;
    if (tls == NULL)
        return;
    int saved_errno = errno;
    if (!tap->interposes)
        ht_tls_attach_last(tap, tls);
    struct ht_raw raw = ht_tap_raw(tap, HT_RAW_TLS_MESSAGE);
    raw.dir = write_p ? HT_DIR_OUT : HT_DIR_IN;
    raw.bytes = bytes;
    raw.u.tls_message.content_type = content_type;
    raw.u.tls_message.version = version;
    ht_tls_give(tap, tls, &raw);
    errno = saved_errno;
}

static bool is_dumped(void)
{
    const struct ht_tap *tap = ht_tap_live();
    return tap && ht_dump_is_on(&tap->dump);
}

/* Two more calls per record, for its header and its inner type, are not told, and passed on for --trace
 * alone: libcurl would make a line of text of each. */
static void on_message(int write_p, int version, int content_type, const void *bytes, size_t len, SSL *ssl,
                       void *arg)
{
    bool message = content_type == SSL3_RT_HANDSHAKE || content_type == SSL3_RT_ALERT ||
                   content_type == SSL3_RT_CHANGE_CIPHER_SPEC;
    if (message)
        give_message(write_p, version, content_type, ht_span(bytes, len), ssl);
    else if (!is_dumped())
        return;
    const struct chained *chained = chained_of_ssl(ssl);
    if (chained && chained->messages)
        chained->messages(write_p, version, content_type, bytes, len, ssl, arg);
}

/* OpenSSL's callbacks name the SSL as const; it is the object that libcurl has. */
static struct ht_tap_tls *layer_of(struct ht_tap *tap, const SSL *ssl)
{
    return ht_tls_of(tap, (SSL *)(uintptr_t)ssl);
}

static void on_keylog(const SSL *ssl, const char *line)
{
    struct ht_tap *tap = ht_tap_live();
    struct ht_tap_tls *tls = tap ? layer_of(tap, ssl) : NULL;
    if (tls) {
        struct ht_raw raw = ht_tap_raw(tap, HT_RAW_KEYLOG);
        raw.bytes = ht_span_str(line);
        ht_tls_give(tap, tls, &raw);
    }
    const struct chained *chained = chained_of_ssl(ssl);
    if (chained && chained->keylog)
        chained->keylog(ssl, line);
}

void ht_tls_chain_messages(SSL_CTX *ctx, ht_msg_callback theirs)
{
    struct chained *chained = make_chained(ctx);
    if (chained) {
        chained->messages = theirs;
        chained->watches_messages = true;
    }
    ht_real()->SSL_CTX_set_msg_callback(ctx, chained ? on_message : theirs);
}

void ht_tls_chain_ssl_messages(SSL *ssl, ht_msg_callback theirs)
{
    struct chained *chained = make_chained(SSL_get_SSL_CTX(ssl));
    if (chained)
        chained->messages = theirs;
    ht_real()->SSL_set_msg_callback(ssl, chained ? on_message : theirs);
}

void ht_tls_chain_keylog(SSL_CTX *ctx, ht_keylog_callback theirs)
{
    struct chained *chained = make_chained(ctx);
    if (chained) {
        chained->keylog = theirs;
        chained->watches_keylog = true;
    }
    ht_real()->SSL_CTX_set_keylog_callback(ctx, chained ? on_keylog : theirs);
}

/* OpenSSL 3.2 and later answers a close with an alert, and a peer that is gone answers that with RST: the
 * close came first. */
static void note_close(const struct ht_tap_tls *tls)
{
#ifdef SSL_R_UNEXPECTED_EOF_WHILE_READING
    if (tls->socket && ERR_GET_REASON(ERR_peek_last_error()) == SSL_R_UNEXPECTED_EOF_WHILE_READING)
        tls->socket->peer_closed = true;
#else
    (void)tls;
#endif
}

/* Where the calls that drive a handshake are not seen, this tells its end. */
static void on_info(const SSL *ssl, int where, int value)
{
    struct ht_tap *tap = ht_tap_live();
    bool done = (where & SSL_CB_HANDSHAKE_DONE) != 0;
    bool fatal = (where & SSL_CB_ALERT) != 0 && (value >> 8) == SSL3_AL_FATAL;
    struct ht_tap_tls *tls = tap && (done || fatal) ? layer_of(tap, ssl) : NULL;
    if (tls && fatal)
        note_close(tls);
    if (tls)
        ht_tls_give_end(tap, tls, done ? HT_TLS_AGREED : HT_TLS_FAILED);
}

void ht_tls_watch(SSL_CTX *ctx)
{
    const struct ht_tap *tap = ht_tap_live();
    if (tap && !tap->interposes)
        SSL_CTX_set_info_callback(ctx, on_info);
    const struct chained *chained = chained_of(ctx);
    if (chained == NULL || !chained->watches_messages)
        ht_tls_chain_messages(ctx, NULL);
    if (chained == NULL || !chained->watches_keylog)
        ht_tls_chain_keylog(ctx, SSL_CTX_get_keylog_callback(ctx));
}
