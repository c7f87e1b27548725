/* SPDX-License-Identifier: MIT */
/* Public keys: takes a certificate, gives its key's name, size and fingerprint (RFC 5280 section 4.1.2.7). */
#include "decode/x509/internal.h"

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/objects.h>

/* Names that do not follow from OpenSSL's own; `sized` ones are followed by their bits. */
static const struct {
    int id;
    const char *name;
    bool sized;
} kinds[] = {
    {EVP_PKEY_RSA, "RSA", true},          {EVP_PKEY_RSA_PSS, "RSA-PSS", true}, {EVP_PKEY_DSA, "DSA", true},
    {EVP_PKEY_ED25519, "Ed25519", false}, {EVP_PKEY_ED448, "Ed448", false},
};

static const char *curve_name(struct ht_arena *arena, const EVP_PKEY *key)
{
    char group[80] = "";
    size_t len = 0;
    if (EVP_PKEY_get_group_name(key, group, sizeof group, &len) != 1)
        return "EC";
    const char *nist = EC_curve_nid2nist(OBJ_txt2nid(group));
    return ht_arena_printf(arena, "EC %s", nist ? nist : group);
}

/* A kind of key that this OpenSSL does not implement is named by its algorithm's identifier. */
static const char *algorithm_name(struct ht_arena *arena, X509 *x509)
{
    ASN1_OBJECT *object = NULL;
    char text[128] = "";
    X509_PUBKEY_get0_param(&object, NULL, NULL, NULL, X509_get_X509_PUBKEY(x509));
    OBJ_obj2txt(text, sizeof text, object, 0);
    return ht_arena_text(arena, ht_span_str(text));
}

static const char *key_name(struct ht_arena *arena, X509 *x509, const EVP_PKEY *key)
{
    if (!key)
        return algorithm_name(arena, x509);
    int id = EVP_PKEY_get_base_id(key);
    if (id == EVP_PKEY_EC)
        return curve_name(arena, key);
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (kinds[i].id == id)
            return kinds[i].sized ? ht_arena_printf(arena, "%s %d", kinds[i].name, EVP_PKEY_get_bits(key))
                                  : kinds[i].name;
    }
    const char *name = EVP_PKEY_get0_type_name(key);
    return name ? ht_arena_text(arena, ht_span_str(name)) : algorithm_name(arena, x509);
}

void ht_x509_read_key(struct ht_arena *arena, X509 *x509, struct ht_certificate *out)
{
    const EVP_PKEY *key = X509_get0_pubkey(x509);
    out->key = key_name(arena, x509, key);
    out->key_bits = key ? EVP_PKEY_get_bits(key) : 0;
    unsigned char *der = NULL;
    int len = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(x509), &der);
    if (len > 0)
        ht_x509_sha256(ht_span(der, (size_t)len), out->spki_sha256);
    OPENSSL_free(der);
}
