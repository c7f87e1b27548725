/* SPDX-License-Identifier: MIT */
/*
 * Public keys: takes a certificate's SubjectPublicKeyInfo, gives its name, size and fingerprint (RFC 5280
 * section 4.1.2.7, RFC 3279 section 2.3, RFC 5480). The key itself is not made: looking up who could use it
 * costs OpenSSL more than all else of a certificate, and nobody here uses it.
 */
#include "decode/x509/internal.h"

#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/objects.h>

/* How the size of a key is told. */
enum sizing {
    BY_KEY,        /* the first INTEGER of the key: an RSA modulus */
    BY_PARAMETERS, /* the first INTEGER of the algorithm's parameters: a DSA prime */
    FIXED
};

static const struct {
    int nid;
    const char *name;
    enum sizing sizing;
    int bits; /* FIXED: as OpenSSL counts them */
} kinds[] = {
    {NID_rsaEncryption, "RSA", BY_KEY, 0}, {NID_rsassaPss, "RSA-PSS", BY_KEY, 0},
    {NID_dsa, "DSA", BY_PARAMETERS, 0},    {NID_ED25519, "Ed25519", FIXED, 253},
    {NID_ED448, "Ed448", FIXED, 456},      {NID_X25519, "X25519", FIXED, 253},
    {NID_X448, "X448", FIXED, 448},
};

/* Bits of the INTEGER that a SEQUENCE begins with; 0 where it does not. */
static int first_integer_bits(struct ht_span der)
{
    const unsigned char *at = der.data;
    long len = 0;
    int tag = 0, class = 0;
    if (der.len == 0 || ASN1_get_object(&at, &len, &tag, &class, (long)der.len) & 0x80 ||
        tag != V_ASN1_SEQUENCE)
        return 0;
    ASN1_INTEGER *integer = d2i_ASN1_INTEGER(NULL, &at, len);
    BIGNUM *number = integer ? ASN1_INTEGER_to_BN(integer, NULL) : NULL;
    int bits = number ? BN_num_bits(number) : 0;
    BN_free(number);
    ASN1_INTEGER_free(integer);
    return bits;
}

static struct ht_span parameters_of(const X509_ALGOR *algorithm)
{
    const void *value = NULL;
    int type = V_ASN1_UNDEF;
    X509_ALGOR_get0(NULL, &type, &value, algorithm);
    const ASN1_STRING *text = type == V_ASN1_SEQUENCE ? value : NULL;
    return text ? ht_span(ASN1_STRING_get0_data(text), (size_t)ASN1_STRING_length(text))
                : (struct ht_span){0};
}

static void read_curve(struct ht_arena *arena, const X509_ALGOR *algorithm, struct ht_certificate *out)
{
    const void *value = NULL;
    int type = V_ASN1_UNDEF;
    X509_ALGOR_get0(NULL, &type, &value, algorithm);
    int nid = type == V_ASN1_OBJECT ? OBJ_obj2nid(value) : NID_undef;
    EC_GROUP *group = nid == NID_undef ? NULL : EC_GROUP_new_by_curve_name(nid);
    const char *nist = EC_curve_nid2nist(nid);
    out->key = nid == NID_undef ? "EC" : ht_arena_printf(arena, "EC %s", nist ? nist : OBJ_nid2sn(nid));
    out->key_bits = group ? EC_GROUP_order_bits(group) : 0;
    EC_GROUP_free(group);
}

/* A kind of key without a row is named by its algorithm's identifier. */
static void read_other(struct ht_arena *arena, const ASN1_OBJECT *object, struct ht_certificate *out)
{
    char text[128] = "";
    OBJ_obj2txt(text, sizeof text, object, 0);
    out->key = ht_arena_text(arena, ht_span_str(text));
}

static void name_key(struct ht_arena *arena, const X509_ALGOR *algorithm, struct ht_span bits,
                     struct ht_certificate *out)
{
    const ASN1_OBJECT *object = NULL;
    X509_ALGOR_get0(&object, NULL, NULL, algorithm);
    int nid = OBJ_obj2nid(object);
    if (nid == NID_X9_62_id_ecPublicKey) {
        read_curve(arena, algorithm, out);
        return;
    }
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (kinds[i].nid != nid)
            continue;
        out->key_bits = kinds[i].sizing == FIXED
                            ? kinds[i].bits
                            : first_integer_bits(kinds[i].sizing == BY_KEY ? bits : parameters_of(algorithm));
        out->key = kinds[i].sizing == FIXED
                       ? kinds[i].name
                       : ht_arena_printf(arena, "%s %d", kinds[i].name, (int)out->key_bits);
        return;
    }
    read_other(arena, object, out);
}

void ht_x509_read_key(struct ht_arena *arena, struct ht_span spki, struct ht_certificate *out)
{
    const unsigned char *at = spki.data;
    long len = 0;
    int tag = 0, class = 0;
    ht_x509_sha256(spki, out->spki_sha256);
    if (ASN1_get_object(&at, &len, &tag, &class, (long)spki.len) & 0x80)
        return;
    const unsigned char *end = at + len;
    X509_ALGOR *algorithm = d2i_X509_ALGOR(NULL, &at, len);
    ASN1_BIT_STRING *bits = algorithm ? d2i_ASN1_BIT_STRING(NULL, &at, end - at) : NULL;
    if (bits)
        name_key(arena, algorithm, ht_span(ASN1_STRING_get0_data(bits), (size_t)ASN1_STRING_length(bits)),
                 out);
    ASN1_BIT_STRING_free(bits);
    X509_ALGOR_free(algorithm);
}
