/* SPDX-License-Identifier: MIT */
/* Certificates made at run time (RFC 5280): a root, and per row the chain that the row asks for. Keys stay in
 * memory. */
#include "lab.h"

#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/ocsp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct lab_pki {
    EVP_PKEY *root_key;
    X509 *root;
    char san[512];
};

struct lab_chain {
    EVP_PKEY *key, *issuer_key;
    X509 *leaf, *issuer, *root;
};

/* What one certificate says; the rest is the same for all. */
struct draft {
    const char *cn, *org, *san; /* san: NULL for a CA */
    int from_days, to_days;
    EVP_PKEY *key;
};

void lab_die(const char *what)
{
    const char *reason = ERR_reason_error_string(ERR_peek_last_error());
    fprintf(stderr, "httptrace-lab: %s: %s\n", what, reason ? reason : "failed");
    exit(2);
}

static EVP_PKEY *make_key(int rsa_bits)
{
    EVP_PKEY *key = rsa_bits ? EVP_RSA_gen((unsigned int)rsa_bits) : EVP_EC_gen("P-256");
    if (!key) {
        lab_die("key");
    }
    return key;
}

static void add_extension(X509 *cert, X509 *issuer, int nid, const char *value)
{
    X509V3_CTX context;
    X509V3_set_ctx(&context, issuer, cert, NULL, NULL, 0);
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, &context, nid, value);
    if (!extension || !X509_add_ext(cert, extension, -1)) {
        lab_die("certificate extension");
    }
    X509_EXTENSION_free(extension);
}

static void set_serial(X509 *cert)
{
    unsigned char bytes[16];
    if (RAND_bytes(bytes, sizeof bytes) != 1) {
        lab_die("random");
    }
    bytes[0] &= 0x7f;
    BIGNUM *number = BN_bin2bn(bytes, sizeof bytes, NULL);
    BN_to_ASN1_INTEGER(number, X509_get_serialNumber(cert));
    BN_free(number);
}

static void set_names(X509 *cert, const struct draft *draft, X509 *issuer)
{
    X509_NAME *name = X509_get_subject_name(cert);
    if (draft->org) {
        X509_NAME_add_entry_by_NID(name, NID_organizationName, MBSTRING_UTF8,
                                   (const unsigned char *)draft->org, -1, -1, 0);
    }
    X509_NAME_add_entry_by_NID(name, NID_commonName, MBSTRING_UTF8, (const unsigned char *)draft->cn, -1, -1,
                               0);
    X509_set_issuer_name(cert, X509_get_subject_name(issuer ? issuer : cert));
}

static void set_extensions(X509 *cert, const struct draft *draft, X509 *issuer)
{
    X509 *signer = issuer ? issuer : cert;
    add_extension(cert, signer, NID_basic_constraints, draft->san ? "critical,CA:FALSE" : "critical,CA:TRUE");
    add_extension(cert, signer, NID_key_usage,
                  draft->san ? "critical,digitalSignature,keyEncipherment"
                             : "critical,digitalSignature,keyCertSign,cRLSign");
    add_extension(cert, signer, NID_subject_key_identifier, "hash");
    add_extension(cert, signer, NID_authority_key_identifier, "keyid:always");
    if (draft->san) {
        add_extension(cert, signer, NID_ext_key_usage, "serverAuth");
        add_extension(cert, signer, NID_subject_alt_name, draft->san);
    }
}

/* `issuer` NULL: self-signed, with the draft's own key. */
static X509 *make_cert(const struct draft *draft, X509 *issuer, EVP_PKEY *issuer_key, const EVP_MD *digest)
{
    X509 *cert = X509_new();
    if (!cert) {
        lab_die("certificate");
    }
    X509_set_version(cert, X509_VERSION_3);
    set_serial(cert);
    set_names(cert, draft, issuer);
    X509_time_adj_ex(X509_getm_notBefore(cert), draft->from_days, 0, NULL);
    X509_time_adj_ex(X509_getm_notAfter(cert), draft->to_days, 0, NULL);
    X509_set_pubkey(cert, draft->key);
    set_extensions(cert, draft, issuer);
    if (!X509_sign(cert, issuer ? issuer_key : draft->key, digest)) {
        lab_die("signature");
    }
    return cert;
}

struct lab_pki *lab_pki_new(const char *name)
{
    struct lab_pki *pki = calloc(1, sizeof *pki);
    if (!pki) {
        lab_die("memory");
    }
    unsigned char address[16];
    bool literal =
        name && (inet_pton(AF_INET, name, address) == 1 || inet_pton(AF_INET6, name, address) == 1);
    snprintf(pki->san, sizeof pki->san, "DNS:localhost,IP:127.0.0.1,IP:::1%s%s",
             !name     ? ""
             : literal ? ",IP:"
                       : ",DNS:",
             name ? name : "");
    pki->root_key = make_key(0);
    pki->root = make_cert(&(struct draft){"httptrace lab root CA", "httptrace", NULL, -1, 365, pki->root_key},
                          NULL, NULL, EVP_sha256());
    return pki;
}

void lab_pki_free(struct lab_pki *pki)
{
    X509_free(pki->root);
    EVP_PKEY_free(pki->root_key);
    free(pki);
}

bool lab_pki_write(const struct lab_pki *pki, const char *path)
{
    FILE *file = fopen(path, "w");
    bool ok = file && PEM_write_X509(file, pki->root);
    return file && fclose(file) == 0 && ok;
}

static void make_foreign_root(X509 **root, EVP_PKEY **key)
{
    X509_free(*root);
    EVP_PKEY_free(*key);
    *key = make_key(0);
    *root = make_cert(&(struct draft){"Private root CA", "Somebody else", NULL, -1, 365, *key}, NULL, NULL,
                      EVP_sha256());
}

static struct lab_chain make_chain(const struct lab_pki *pki, const struct lab_cert *cert)
{
    struct lab_chain chain = {.key = make_key(cert->rsa_bits), .issuer_key = make_key(0), .root = pki->root};
    EVP_PKEY *root_key = pki->root_key;
    X509_up_ref(chain.root);
    EVP_PKEY_up_ref(root_key);
    if (cert->foreign_root) {
        make_foreign_root(&chain.root, &root_key);
    }
    struct draft issuer = {cert->issuer_cn ? cert->issuer_cn : "httptrace lab intermediate CA",
                           cert->issuer_cn ? cert->issuer_org : "httptrace",
                           NULL,
                           -1,
                           365,
                           chain.issuer_key};
    chain.issuer = make_cert(&issuer, chain.root, root_key, EVP_sha256());
    char san[600];
    snprintf(san, sizeof san, "%s%s", cert->name ? "DNS:" : "", cert->name ? cert->name : pki->san);
    bool dated = cert->from_days || cert->to_days;
    struct draft leaf = {"httptrace lab", NULL, san, dated ? cert->from_days : -1, dated ? cert->to_days : 90,
                         chain.key};
    chain.leaf = make_cert(&leaf, cert->self_signed ? NULL : chain.issuer, chain.issuer_key,
                           cert->sha1 ? EVP_sha1() : EVP_sha256());
    EVP_PKEY_free(root_key);
    return chain;
}

/* The DER of a response that says `status` of the leaf, signed by its issuer (RFC 6960); the size. */
static int make_staple(const struct lab_chain *chain, int status, unsigned char **der)
{
    OCSP_BASICRESP *basic = OCSP_BASICRESP_new();
    OCSP_CERTID *id = OCSP_cert_to_id(EVP_sha1(), chain->leaf, chain->issuer);
    ASN1_TIME *now = X509_gmtime_adj(NULL, -60), *next = X509_gmtime_adj(NULL, 86400);
    if (!basic || !id || !now || !next ||
        !OCSP_basic_add1_status(basic, id, status,
                                status == V_OCSP_CERTSTATUS_REVOKED ? OCSP_REVOKED_STATUS_KEYCOMPROMISE : 0,
                                status == V_OCSP_CERTSTATUS_REVOKED ? now : NULL, now, next) ||
        !OCSP_basic_sign(basic, chain->issuer, chain->issuer_key, EVP_sha256(), NULL, 0)) {
        lab_die("OCSP response");
    }
    OCSP_RESPONSE *response = OCSP_response_create(OCSP_RESPONSE_STATUS_SUCCESSFUL, basic);
    int size = i2d_OCSP_RESPONSE(response, der);
    OCSP_RESPONSE_free(response);
    OCSP_BASICRESP_free(basic);
    OCSP_CERTID_free(id);
    ASN1_TIME_free(now);
    ASN1_TIME_free(next);
    return size;
}

struct staple {
    unsigned char *der;
    int size;
};

static void free_staple(void *context, void *data, CRYPTO_EX_DATA *all, int index, long number, void *arg)
{
    (void)context, (void)all, (void)index, (void)number, (void)arg;
    struct staple *staple = data;
    if (staple) {
        OPENSSL_free(staple->der);
        free(staple);
    }
}

/* OpenSSL frees what it is given, once per connection. */
static int give_staple(SSL *ssl, void *arg)
{
    const struct staple *staple = arg;
    unsigned char *copy = OPENSSL_memdup(staple->der, (size_t)staple->size);
    return copy && SSL_set_tlsext_status_ocsp_resp(ssl, copy, staple->size) ? SSL_TLSEXT_ERR_OK
                                                                            : SSL_TLSEXT_ERR_ALERT_FATAL;
}

static void install_staple(const struct lab_chain *chain, enum lab_staple kind, SSL_CTX *context)
{
    struct staple *staple = calloc(1, sizeof *staple);
    if (!staple) {
        lab_die("memory");
    }
    staple->size = make_staple(
        chain, kind == LAB_STAPLE_REVOKED ? V_OCSP_CERTSTATUS_REVOKED : V_OCSP_CERTSTATUS_GOOD, &staple->der);
    SSL_CTX_set_ex_data(context, SSL_CTX_get_ex_new_index(0, NULL, NULL, NULL, free_staple), staple);
    SSL_CTX_set_tlsext_status_cb(context, give_staple);
    SSL_CTX_set_tlsext_status_arg(context, staple);
}

void lab_pki_install(const struct lab_pki *pki, const struct lab_tls *tls, struct ssl_ctx_st *context)
{
    const struct lab_cert *cert = &tls->cert;
    struct lab_chain chain = make_chain(pki, cert);
    if (SSL_CTX_use_certificate(context, chain.leaf) != 1 ||
        SSL_CTX_use_PrivateKey(context, chain.key) != 1) {
        lab_die("server certificate");
    }
    SSL_CTX_set_mode(context, SSL_MODE_NO_AUTO_CHAIN);
    if (!cert->leaf_only && !cert->self_signed && !SSL_CTX_add1_chain_cert(context, chain.issuer)) {
        lab_die("chain");
    }
    if (cert->with_root && !SSL_CTX_add1_chain_cert(context, chain.root)) {
        lab_die("chain");
    }
    if (tls->staple != LAB_STAPLE_NONE) {
        install_staple(&chain, tls->staple, context);
    }
    EVP_PKEY_free(chain.key);
    EVP_PKEY_free(chain.issuer_key);
    X509_free(chain.leaf);
    X509_free(chain.issuer);
    X509_free(chain.root);
}
