/* SPDX-License-Identifier: MIT */
/* Certificates: takes DER, gives struct ht_certificate (RFC 5280; RFC 6962 section 3.3; RFC 7633). */
#include "decode/x509/internal.h"

#include <openssl/asn1.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/objects.h>
#include <openssl/x509v3.h>

#include <arpa/inet.h>
#include <httptrace/caps.h>
#include <limits.h>
#include <stdio.h>
#include <time.h>

/* Takes the header of the element at `*in`, which must have this tag: gives its content, and moves *in behind
 * all of it. False where there is no such element. */
static bool take(struct ht_span *in, int wanted, struct ht_span *content)
{
    const unsigned char *at = in->data;
    long len = 0;
    int tag = 0, class = 0;
    /* Bit 0x80: no element; 0x01: of indefinite length, which DER has not */
    if (in->len == 0 || ASN1_get_object(&at, &len, &tag, &class, (long)in->len) & 0x81 ||
        (tag | class) != wanted)
        return false;
    *content = ht_span(at, (size_t)len);
    *in = ht_span_from(*in, (size_t)(at - in->data) + (size_t)len);
    return true;
}

/* The SubjectPublicKeyInfo within a certificate (RFC 5280 section 4.1); the empty span where it is not found.
 */
static struct ht_span spki_of(struct ht_span der)
{
    /* serialNumber, signature, issuer, validity, subject */
    static const int before[] = {V_ASN1_INTEGER, V_ASN1_SEQUENCE, V_ASN1_SEQUENCE, V_ASN1_SEQUENCE,
                                 V_ASN1_SEQUENCE};
    struct ht_span certificate, tbs, skipped;
    if (!take(&der, V_ASN1_SEQUENCE, &certificate) || !take(&certificate, V_ASN1_SEQUENCE, &tbs))
        return (struct ht_span){0};
    take(&tbs, V_ASN1_CONTEXT_SPECIFIC, &skipped); /* version; X.509 v1 has none */
    for (size_t i = 0; i < sizeof before / sizeof *before; i++) {
        if (!take(&tbs, before[i], &skipped))
            return (struct ht_span){0};
    }
    struct ht_span start = tbs;
    return take(&tbs, V_ASN1_SEQUENCE, &skipped) ? ht_span_head(start, start.len - tbs.len)
                                                 : (struct ht_span){0};
}

/* A copy in which the key's algorithm is one that nobody knows: so OpenSSL does not look for who could make
 * that key, which would cost ten times the rest (see key.c). Only the object identifier's first octet
 * differs. */
static struct ht_span without_key(struct ht_arena *arena, struct ht_span der)
{
    const uint8_t unknown_arc = 0x7B; /* 2.43, which nobody has been given */
    struct ht_span spki = spki_of(der), info, algorithm, object;
    if (!take(&spki, V_ASN1_SEQUENCE, &info) || !take(&info, V_ASN1_SEQUENCE, &algorithm) ||
        !take(&algorithm, V_ASN1_OBJECT, &object) || object.len == 0 || object.data[0] >= 0x80)
        return der;
    uint8_t *copy = ht_arena_alloc(arena, der.len);
    memcpy(copy, der.data, der.len);
    copy[object.data - der.data] = unknown_arc;
    return ht_span(copy, der.len);
}

/* The certificate that fills `der`, or NULL. Errors are left on OpenSSL's queue, so call it between
 * ERR_set_mark and ERR_pop_to_mark: libcurl reads that queue after its own calls. */
static X509 *parse(struct ht_span der)
{
    const unsigned char *at = der.data;
    if (der.len == 0 || der.len > LONG_MAX)
        return NULL;
    X509 *x509 = d2i_X509(NULL, &at, (long)der.len);
    if (x509 && at != der.data + der.len) {
        X509_free(x509);
        return NULL;
    }
    return x509;
}

static void to_hex(const unsigned char *bytes, size_t len, char *out)
{
    out[0] = '\0';
    for (size_t i = 0; i < len; i++)
        snprintf(out + 2 * i, 3, "%02x", bytes[i]);
}

void ht_x509_sha256(struct ht_span bytes, char out[65])
{
    unsigned char digest[32] = {0};
    EVP_Digest(bytes.data, bytes.len, digest, NULL, EVP_sha256(), NULL);
    to_hex(digest, sizeof digest, out);
}

static struct ht_span name_text(struct ht_arena *arena, const X509_NAME *name)
{
    BIO *bio = BIO_new(BIO_s_mem());
    if (!bio)
        return (struct ht_span){0};
    /* UTF-8 stays as it is: whoever shows the text escapes it. */
    X509_NAME_print_ex(bio, name, 0, XN_FLAG_ONELINE & ~(unsigned long)ASN1_STRFLGS_ESC_MSB);
    char *text = NULL;
    long len = BIO_get_mem_data(bio, &text);
    struct ht_span copy = ht_arena_dup(arena, ht_span(text, len > 0 ? (size_t)len : 0));
    BIO_free(bio);
    return copy;
}

struct ht_span ht_x509_name(struct ht_arena *arena, struct ht_span der)
{
    const unsigned char *at = der.data;
    struct ht_span text = {0};
    if (der.len == 0 || der.len > LONG_MAX)
        return text;
    ERR_set_mark();
    X509_NAME *name = d2i_X509_NAME(NULL, &at, (long)der.len);
    if (name && at == der.data + der.len)
        text = name_text(arena, name);
    X509_NAME_free(name);
    ERR_pop_to_mark();
    return text;
}

/* The first value of that attribute, as UTF-8. */
static struct ht_span name_entry(struct ht_arena *arena, const X509_NAME *name, int nid)
{
    int at = X509_NAME_get_index_by_NID(name, nid, -1);
    unsigned char *utf8 = NULL;
    if (at < 0)
        return (struct ht_span){0};
    int len = ASN1_STRING_to_UTF8(&utf8, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, at)));
    struct ht_span text = ht_arena_dup(arena, ht_span(utf8, len > 0 ? (size_t)len : 0));
    OPENSSL_free(utf8);
    return text;
}

static int64_t unix_time(const ASN1_TIME *time)
{
    struct tm tm = {0};
    return time && ASN1_TIME_to_tm(time, &tm) == 1 ? (int64_t)timegm(&tm) : 0;
}

static struct ht_span address_text(struct ht_arena *arena, const ASN1_OCTET_STRING *address)
{
    char text[INET6_ADDRSTRLEN] = "";
    int len = ASN1_STRING_length(address);
    int family = len == 4 ? AF_INET : len == 16 ? AF_INET6 : AF_UNSPEC;
    if (family == AF_UNSPEC || !inet_ntop(family, ASN1_STRING_get0_data(address), text, sizeof text))
        return (struct ht_span){0};
    return ht_arena_dup(arena, ht_span_str(text));
}

/* Names, addresses, URIs and mailboxes; what else a subjectAltName may hold names no host. */
static struct ht_span general_name_text(struct ht_arena *arena, const GENERAL_NAME *name)
{
    if (name->type == GEN_IPADD)
        return address_text(arena, name->d.iPAddress);
    if (name->type != GEN_DNS && name->type != GEN_URI && name->type != GEN_EMAIL)
        return (struct ht_span){0};
    int len = ASN1_STRING_length(name->d.ia5);
    return ht_arena_dup(arena, ht_span(ASN1_STRING_get0_data(name->d.ia5), len > 0 ? (size_t)len : 0));
}

static void read_san(struct ht_arena *arena, const X509 *x509, struct ht_certificate *out)
{
    GENERAL_NAMES *names = X509_get_ext_d2i(x509, NID_subject_alt_name, NULL, NULL);
    int count = names ? sk_GENERAL_NAME_num(names) : 0;
    if (count > (int)HT_CAP_SANS)
        count = (int)HT_CAP_SANS;
    struct ht_span *texts = ht_arena_alloc(arena, (size_t)count * sizeof *texts);
    for (int i = 0; i < count; i++) {
        struct ht_span text = general_name_text(arena, sk_GENERAL_NAME_value(names, i));
        if (text.len > 0)
            texts[out->san.count++] = text;
    }
    out->san.at = texts;
    GENERAL_NAMES_free(names);
}

/* Lower-case hex as far as there is room; RFC 5280 section 4.1.2.2 allows 20 octets. */
static void read_serial(const X509 *x509, struct ht_certificate *out)
{
    const ASN1_INTEGER *serial = X509_get0_serialNumber(x509);
    int len = ASN1_STRING_length(serial);
    size_t sign = ASN1_STRING_type(serial) == V_ASN1_NEG_INTEGER ? 1 : 0;
    size_t most = (sizeof out->serial - 1 - sign) / 2;
    size_t take = len < 0 ? 0 : (size_t)len < most ? (size_t)len : most;
    out->serial[0] = '-';
    to_hex(ASN1_STRING_get0_data(serial), take, out->serial + sign);
}

/* status_request (5) or status_request_v2 (17) in the TLS feature extension (RFC 7633 section 4.2.3.1). */
static bool must_staple(const X509 *x509)
{
    TLS_FEATURE *features = X509_get_ext_d2i(x509, NID_tlsfeature, NULL, NULL);
    bool found = false;
    for (int i = 0; features && i < sk_ASN1_INTEGER_num(features); i++) {
        long feature = ASN1_INTEGER_get(sk_ASN1_INTEGER_value(features, i));
        found = found || feature == 5 || feature == 17;
    }
    TLS_FEATURE_free(features);
    return found;
}

static const char *algorithm_name(struct ht_arena *arena, const X509 *x509)
{
    const X509_ALGOR *algorithm = NULL;
    const ASN1_OBJECT *object = NULL;
    X509_get0_signature(NULL, &algorithm, x509);
    X509_ALGOR_get0(&object, NULL, NULL, algorithm);
    char text[128] = "";
    OBJ_obj2txt(text, sizeof text, object, 0);
    return ht_arena_text(arena, ht_span_str(text));
}

static struct ht_span name_der(struct ht_arena *arena, const X509_NAME *name)
{
    const unsigned char *der = NULL;
    size_t len = 0;
    if (X509_NAME_get0_der(name, &der, &len) != 1)
        return (struct ht_span){0};
    return ht_arena_dup(arena, ht_span(der, len));
}

static struct ht_span san_der(struct ht_arena *arena, const X509 *x509)
{
    int at = X509_get_ext_by_NID(x509, NID_subject_alt_name, -1);
    if (at < 0 || X509_get_ext_by_NID(x509, NID_subject_alt_name, at) >= 0)
        return (struct ht_span){0};
    const ASN1_OCTET_STRING *value = X509_EXTENSION_get_data(X509_get_ext(x509, at));
    return ht_arena_dup(arena, ht_span(ASN1_STRING_get0_data(value), (size_t)ASN1_STRING_length(value)));
}

/* A name within GeneralNames: the first of the wanted kind. */
static struct ht_span directory_name(struct ht_arena *arena, const GENERAL_NAMES *names)
{
    for (int i = 0; names && i < sk_GENERAL_NAME_num(names); i++) {
        const GENERAL_NAME *name = sk_GENERAL_NAME_value(names, i);
        if (name->type == GEN_DIRNAME)
            return name_text(arena, name->d.directoryName);
    }
    return (struct ht_span){0};
}

static void read_authority(struct ht_arena *arena, const X509 *x509, struct ht_certificate *out)
{
    AUTHORITY_KEYID *key = X509_get_ext_d2i(x509, NID_authority_key_identifier, NULL, NULL);
    AUTHORITY_INFO_ACCESS *access = X509_get_ext_d2i(x509, NID_info_access, NULL, NULL);
    if (key)
        out->authority = directory_name(arena, key->issuer);
    for (int i = 0; access && i < sk_ACCESS_DESCRIPTION_num(access) && !out->ca_issuers.len; i++) {
        const ACCESS_DESCRIPTION *at = sk_ACCESS_DESCRIPTION_value(access, i);
        if (OBJ_obj2nid(at->method) == NID_ad_ca_issuers)
            out->ca_issuers = general_name_text(arena, at->location);
    }
    AUTHORITY_KEYID_free(key);
    AUTHORITY_INFO_ACCESS_free(access);
}

static void read_names(struct ht_arena *arena, const X509 *x509, struct ht_certificate *out)
{
    const X509_NAME *subject = X509_get_subject_name(x509), *issuer = X509_get_issuer_name(x509);
    out->subject_der = name_der(arena, subject);
    out->san_der = san_der(arena, x509);
    out->subject = name_text(arena, subject);
    out->issuer = name_text(arena, issuer);
    out->subject_cn = name_entry(arena, subject, NID_commonName);
    out->issuer_cn = name_entry(arena, issuer, NID_commonName);
    out->issuer_org = name_entry(arena, issuer, NID_organizationName);
    out->self_issued = X509_NAME_cmp(subject, issuer) == 0;
}

static void read_certificate(struct ht_arena *arena, X509 *x509, struct ht_span spki,
                             struct ht_certificate *out)
{
    out->parsed = true;
    read_names(arena, x509, out);
    read_san(arena, x509, out);
    read_authority(arena, x509, out);
    out->not_before_s = unix_time(X509_get0_notBefore(x509));
    out->not_after_s = unix_time(X509_get0_notAfter(x509));
    out->signature = algorithm_name(arena, x509);
    ht_x509_read_key(arena, spki, out);
    read_serial(x509, out);
    out->is_ca = X509_check_ca(x509) > 0;
    out->has_sct = X509_get_ext_by_NID(x509, NID_ct_precert_scts, -1) >= 0;
    out->must_staple = must_staple(x509);
}

void ht_x509_decode(struct ht_arena *arena, struct ht_span der, struct ht_certificate *out)
{
    *out = (struct ht_certificate){.der = ht_arena_dup(arena, der), .key = "", .signature = ""};
    ERR_set_mark();
    ht_x509_sha256(der, out->sha256);
    X509 *x509 = parse(without_key(arena, der));
    if (x509)
        read_certificate(arena, x509, spki_of(der), out);
    X509_free(x509);
    ERR_pop_to_mark();
}
