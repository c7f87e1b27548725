/* SPDX-License-Identifier: MIT */
/* The calls that the tap interposes, as the libraries define them. */
#ifndef HT_TAP_REAL_H
#define HT_TAP_REAL_H

#include <netdb.h>
#include <nghttp2/nghttp2.h>
#include <openssl/ssl.h>
#include <stdbool.h>
#include <sys/socket.h>

typedef void (*ht_msg_callback)(int, int, int, const void *, size_t, SSL *, void *);
typedef void (*ht_keylog_callback)(const SSL *, const char *);

/* Members have their function's name. One is NULL where no loaded library defines it; then nobody calls it.
 */
struct ht_real_calls {
    ssize_t (*send)(int, const void *, size_t, int);
    ssize_t (*sendto)(int, const void *, size_t, int, const struct sockaddr *, socklen_t);
    ssize_t (*recv)(int, void *, size_t, int);
    int (*close)(int);
    int (*connect)(int, const struct sockaddr *, socklen_t);
    int (*getsockopt)(int, int, int, void *, socklen_t *);
    int (*getaddrinfo)(const char *, const char *, const struct addrinfo *, struct addrinfo **);
    int (*SSL_connect)(SSL *);
    int (*SSL_do_handshake)(SSL *);
    int (*SSL_read)(SSL *, void *, int);
    int (*SSL_read_ex)(SSL *, void *, size_t, size_t *);
    int (*SSL_peek)(SSL *, void *, int);
    int (*SSL_write)(SSL *, const void *, int);
    int (*SSL_write_ex)(SSL *, const void *, size_t, size_t *);
    int (*SSL_write_early_data)(SSL *, const void *, size_t, size_t *);
    int (*SSL_shutdown)(SSL *);
    void (*SSL_CTX_set_msg_callback)(SSL_CTX *, ht_msg_callback);
    void (*SSL_set_msg_callback)(SSL *, ht_msg_callback);
    void (*SSL_CTX_set_keylog_callback)(SSL_CTX *, ht_keylog_callback);
    int32_t (*nghttp2_submit_request)(nghttp2_session *, const nghttp2_priority_spec *, const nghttp2_nv *,
                                      size_t, const nghttp2_data_provider *, void *);
    int32_t (*nghttp2_submit_request2)(nghttp2_session *, const nghttp2_priority_spec *, const nghttp2_nv *,
                                       size_t, const void *, void *);
};

/* Safe from any thread, at any time. */
const struct ht_real_calls *ht_real(void);

/* True when a library that looks up any interposed name finds this program's own definition. */
bool ht_real_are_shadowed(void);

#endif
