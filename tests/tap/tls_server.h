/* SPDX-License-Identifier: MIT */
/* A TLS server for live tests, with a certificate of its own making. */
#ifndef HT_TESTS_TAP_TLS_SERVER_H
#define HT_TESTS_TAP_TLS_SERVER_H

#include <openssl/ssl.h>

struct tls_identity {
    EVP_PKEY *key;
    X509 *certificate; /* self-signed, for "localhost" and 127.0.0.1 */
    char *pem;         /* of the certificate; freed with free() */
};

struct tls_identity tls_identity_new(void);
void tls_identity_free(struct tls_identity *identity);
/* For server_start(): `ctx` is a struct tls_service. */
struct tls_service {
    const struct tls_identity *identity;
    int max_version; /* TLS1_2_VERSION, ... */
    void (*answer)(SSL *ssl);
};
void tls_serve(int fd, void *ctx);
/* An HTTPS proxy that is the origin as well: answers CONNECT, then speaks TLS within its TLS. */
void tls_serve_proxy(int fd, void *ctx);

#endif
