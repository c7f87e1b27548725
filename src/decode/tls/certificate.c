/* SPDX-License-Identifier: MIT */
/* Certificate messages: takes the bodies of Certificate, CertificateRequest, CertificateVerify,
 * CertificateURL, CertificateStatus and CompressedCertificate, gives fields, the chain, the signature scheme
 * and the OCSP response (RFC 8446 sections 4.3.2 and 4.4.2, RFC 5246 section 7.4, RFC 6066 sections 5 and 8,
 * RFC 8879). */
#include "decode/tls/internal.h"
#include "decode/x509/x509.h"

static void show_certificate(struct ht_tls_walk *walk, const struct ht_certificate *certificate,
                             struct ht_field *f)
{
    ht_field_uint(walk->arena, f, "length", certificate->der.len);
    ht_field_bool(walk->arena, f, "parsed", certificate->parsed);
    ht_field_text(walk->arena, f, "sha256", ht_span_str(certificate->sha256));
    if (!certificate->parsed)
        return;
    ht_field_text(walk->arena, f, "subject", certificate->subject);
    ht_field_text(walk->arena, f, "issuer", certificate->issuer);
    ht_field_text(walk->arena, f, "serial_number", ht_span_str(certificate->serial));
    ht_field_text(walk->arena, f, "public_key", ht_span_str(certificate->key));
    ht_field_text(walk->arena, f, "signature_algorithm", ht_span_str(certificate->signature));
}

/* Decodes one certificate into the chain; past the cap it gives NULL. */
static struct ht_field *add_certificate(struct ht_tls_walk *walk, struct ht_span der, struct ht_field *list)
{
    struct ht_tls_message *out = walk->out;
    if (out->certificate_count == HT_CAP_CERTIFICATES) {
        out->certificates_cut = true;
        return NULL;
    }
    struct ht_certificate *certificate = &out->certificates[out->certificate_count++];
    ht_x509_decode(walk->arena, der, certificate);
    struct ht_field *f = ht_field_map(walk->arena, list, NULL);
    show_certificate(walk, certificate, f);
    return f;
}

/* CertificateEntry; before TLS 1.3 there are no extensions in it. */
static void read_entry(struct ht_tls_walk *walk, struct ht_reader *list, struct ht_field *entries, bool is_13)
{
    struct ht_span der = ht_tls_vec_span(walk, list, 3, 1);
    if (list->failed)
        return;
    walk->entry = walk->out->certificate_count;
    struct ht_field *f = add_certificate(walk, der, entries);
    if (is_13 && f)
        ht_tls_extensions(walk, list, f, HT_TLS_IN_CERTIFICATE, NULL);
    else if (is_13)
        ht_tls_vec_span(walk, list, 2, 0);
}

/* The body with TLS 1.3's context before the list, or without. */
void ht_tls_msg_certificate(struct ht_tls_walk *walk, struct ht_reader *r, struct ht_field *f)
{
    bool is_13 = ht_tls_is_13(walk->context->version);
    if (is_13)
        ht_tls_vec_field(walk, r, 1, 0, f, "certificate_request_context");
    struct ht_reader list = ht_tls_vec(walk, r, 3, 0);
    struct ht_field *entries = ht_field_list(walk->arena, f, "certificate_list");
    walk->out->certificates =
        ht_arena_alloc(walk->arena, HT_CAP_CERTIFICATES * sizeof *walk->out->certificates);
    while (ht_reader_left(&list) > 0)
        read_entry(walk, &list, entries, is_13);
    ht_tls_end(walk, &list);
}

void ht_tls_read_names(struct ht_tls_walk *walk, struct ht_reader *r, struct ht_field *parent,
                       const char *name)
{
    struct ht_field *list = ht_field_list(walk->arena, parent, name);
    while (ht_reader_left(r) > 0) {
        struct ht_span der = ht_tls_vec_span(walk, r, 2, 1);
        if (r->failed || !ht_tls_room(walk))
            continue;
        struct ht_span text = ht_x509_name(walk->arena, der);
        if (text.len > 0)
            ht_field_text(walk->arena, list, NULL, text);
        else
            ht_tls_bytes(walk, list, NULL, der);
    }
    ht_tls_end(walk, r);
}

/* TLS 1.2 has lists of types, algorithms and names; TLS 1.0 and 1.1 have no algorithms. */
static void read_request_12(struct ht_tls_walk *walk, struct ht_reader *r, struct ht_field *f)
{
    struct ht_reader types = ht_tls_vec(walk, r, 1, 1);
    ht_tls_u8s(walk, &types, f, "certificate_types", ht_tls_client_certificate_type_name);
    if (walk->context->version == 0 || walk->context->version >= 0x0303) {
        struct ht_reader schemes = ht_tls_vec(walk, r, 2, 2);
        ht_tls_u16s(walk, &schemes, f, "supported_signature_algorithms", ht_tls_signature_name, NULL);
    }
    struct ht_reader names = ht_tls_vec(walk, r, 2, 0);
    ht_tls_read_names(walk, &names, f, "certificate_authorities");
}

void ht_tls_msg_certificate_request(struct ht_tls_walk *walk, struct ht_reader *r, struct ht_field *f)
{
    if (!ht_tls_is_13(walk->context->version)) {
        read_request_12(walk, r, f);
        return;
    }
    ht_tls_vec_field(walk, r, 1, 0, f, "certificate_request_context");
    ht_tls_extensions(walk, r, f, HT_TLS_IN_CERTIFICATE_REQUEST, NULL);
}

void ht_tls_msg_certificate_verify(struct ht_tls_walk *walk, struct ht_reader *r, struct ht_field *f)
{
    if (walk->context->version == 0 || walk->context->version >= 0x0303)
        walk->out->signature_scheme = ht_tls_named_u16(walk, r, f, "algorithm", ht_tls_signature_name);
    ht_tls_vec_field(walk, r, 2, 0, f, "signature");
}

static const char *chain_type_name(uint16_t type)
{
    static const char *const names[] = {"individual_certs", "pkipath"};
    return type < 2 ? names[type] : NULL;
}

static void read_url(struct ht_tls_walk *walk, struct ht_reader *list, struct ht_field *urls)
{
    struct ht_span url = ht_tls_vec_span(walk, list, 2, 1);
    size_t at = ht_reader_offset(list);
    uint8_t padding = ht_read_u8(list);
    struct ht_span hash = ht_read_span(list, 20);
    if (list->failed || !ht_tls_room(walk))
        return;
    struct ht_field *entry = ht_field_map(walk->arena, urls, NULL);
    ht_field_text(walk->arena, entry, "url", url);
    ht_tls_bytes(walk, entry, "sha1_hash", hash);
    if (padding != 1)
        ht_tls_bad(walk, at, HT_TLS_FAULT_VALUE);
}

void ht_tls_msg_certificate_url(struct ht_tls_walk *walk, struct ht_reader *r, struct ht_field *f)
{
    size_t at = ht_reader_offset(r);
    uint8_t type = ht_read_u8(r);
    if (r->failed)
        return;
    ht_tls_named(walk, f, "type", type, chain_type_name);
    if (type > 1)
        ht_tls_bad(walk, at, HT_TLS_FAULT_VALUE);
    struct ht_reader list = ht_tls_vec(walk, r, 2, 1);
    struct ht_field *urls = ht_field_list(walk->arena, f, "url_and_hash_list");
    while (ht_reader_left(&list) > 0)
        read_url(walk, &list, urls);
    ht_tls_end(walk, &list);
}

/* The leaf's response is the fact; those of other certificates of the chain are fields alone. */
static void add_response(struct ht_tls_walk *walk, struct ht_field *f, const char *name,
                         struct ht_span response)
{
    struct ht_tls_message *out = walk->out;
    if (out->ocsp_response.len == 0 && walk->entry == 0)
        out->ocsp_response = ht_arena_dup(walk->arena, response);
    ht_tls_bytes(walk, f, name, response);
}

/* OCSPResponseList (RFC 6961 section 2.2): one entry per certificate, an empty one where there is none. */
static void read_responses(struct ht_tls_walk *walk, struct ht_reader *r, struct ht_field *f)
{
    struct ht_reader list = ht_tls_vec(walk, r, 3, 1);
    struct ht_field *responses = ht_field_list(walk->arena, f, "ocsp_response_list");
    for (size_t i = 0; ht_reader_left(&list) > 0; i++) {
        struct ht_span response = ht_tls_vec_span(walk, &list, 3, 0);
        if (list.failed || !ht_tls_room(walk))
            continue;
        walk->entry = i;
        add_response(walk, responses, NULL, response);
    }
    ht_tls_end(walk, &list);
}

void ht_tls_read_status(struct ht_tls_walk *walk, struct ht_reader *r, struct ht_field *f)
{
    size_t at = ht_reader_offset(r);
    uint8_t type = ht_read_u8(r);
    if (r->failed)
        return;
    ht_tls_named(walk, f, "status_type", type, ht_tls_status_type_name);
    if (type == 1) {
        struct ht_span response = ht_tls_vec_span(walk, r, 3, 1);
        if (!r->failed)
            add_response(walk, f, "ocsp_response", response);
    } else if (type == 2) {
        read_responses(walk, r, f);
    } else {
        ht_tls_bad(walk, at, HT_TLS_FAULT_VALUE);
        ht_tls_bytes(walk, f, "response", ht_read_rest(r));
    }
}

void ht_tls_msg_certificate_status(struct ht_tls_walk *walk, struct ht_reader *r, struct ht_field *f)
{
    ht_tls_read_status(walk, r, f);
}

/* The certificates stay compressed: what is inside is OpenSSL's to judge, and hostile input could expand
 * without end. */
void ht_tls_msg_compressed_certificate(struct ht_tls_walk *walk, struct ht_reader *r, struct ht_field *f)
{
    ht_tls_named_u16(walk, r, f, "algorithm", ht_tls_certificate_compression_name);
    ht_tls_number(walk, r, 3, f, "uncompressed_length");
    ht_tls_vec_field(walk, r, 3, 1, f, "compressed_certificate_message");
}
