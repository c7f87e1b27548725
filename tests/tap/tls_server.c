/* SPDX-License-Identifier: MIT */
/* A TLS server for live tests: takes a connection, makes the handshake, lets a function answer. */
#include "unit.h"

#include "tls_server.h"

#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdlib.h>
#include <string.h>

static void add_names(X509 *certificate)
{
    X509V3_CTX ctx;
    X509V3_set_ctx(&ctx, certificate, certificate, NULL, NULL, 0);
    X509_EXTENSION *names =
        X509V3_EXT_conf_nid(NULL, &ctx, NID_subject_alt_name, "DNS:localhost,IP:127.0.0.1");
    assert_non_null(names);
    X509_add_ext(certificate, names, -1);
    X509_EXTENSION_free(names);
}

static char *to_pem(X509 *certificate)
{
    BIO *out = BIO_new(BIO_s_mem());
    char *bytes;
    assert_int_equal(PEM_write_bio_X509(out, certificate), 1);
    long len = BIO_get_mem_data(out, &bytes);
    char *pem = strndup(bytes, (size_t)len);
    BIO_free(out);
    return pem;
}

struct tls_identity tls_identity_new(void)
{
    struct tls_identity made = {EVP_EC_gen("P-256"), X509_new(), NULL};
    assert_non_null(made.key);
    X509_NAME *name = X509_get_subject_name(made.certificate);
    X509_set_version(made.certificate, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(made.certificate), 1);
    X509_gmtime_adj(X509_getm_notBefore(made.certificate), -60);
    X509_gmtime_adj(X509_getm_notAfter(made.certificate), 3600);
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, (const unsigned char *)"localhost", -1, -1, 0);
    X509_set_issuer_name(made.certificate, name);
    X509_set_pubkey(made.certificate, made.key);
    add_names(made.certificate);
    assert_true(X509_sign(made.certificate, made.key, EVP_sha256()) > 0);
    made.pem = to_pem(made.certificate);
    return made;
}

void tls_identity_free(struct tls_identity *identity)
{
    EVP_PKEY_free(identity->key);
    X509_free(identity->certificate);
    free(identity->pem);
}

static SSL_CTX *server_ctx(const struct tls_service *service)
{
    SSL_CTX *server = SSL_CTX_new(TLS_server_method());
    SSL_CTX_set_max_proto_version(server, service->max_version);
    SSL_CTX_use_certificate(server, service->identity->certificate);
    SSL_CTX_use_PrivateKey(server, service->identity->key);
    return server;
}

void tls_serve(int fd, void *ctx)
{
    const struct tls_service *service = ctx;
    SSL_CTX *server = server_ctx(service);
    SSL *ssl = SSL_new(server);
    SSL_set_fd(ssl, fd);
    if (SSL_accept(ssl) == 1) {
        service->answer(ssl);
        SSL_shutdown(ssl);
    }
    SSL_free(ssl);
    SSL_CTX_free(server);
}

static void serve_within(SSL *outer, SSL_CTX *server, const struct tls_service *service)
{
    BIO *through = BIO_new(BIO_f_ssl());
    BIO_set_ssl(through, outer, BIO_NOCLOSE);
    SSL *inner = SSL_new(server);
    SSL_set_bio(inner, through, through);
    if (SSL_accept(inner) == 1) {
        service->answer(inner);
        SSL_shutdown(inner);
    }
    SSL_free(inner);
}

void tls_serve_proxy(int fd, void *ctx)
{
    static const char established[] = "HTTP/1.1 200 OK\r\n\r\n";
    const struct tls_service *service = ctx;
    char request[4096];
    SSL_CTX *server = server_ctx(service);
    SSL *outer = SSL_new(server);
    SSL_set_fd(outer, fd);
    if (SSL_accept(outer) == 1 && SSL_read(outer, request, sizeof request) > 0 &&
        SSL_write(outer, established, (int)strlen(established)) > 0)
        serve_within(outer, server, service);
    SSL_free(outer);
    SSL_CTX_free(server);
}
