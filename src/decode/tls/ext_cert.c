/* SPDX-License-Identifier: MIT */
/* Extensions about certificates: takes the data of status_request (RFC 6066 section 8), status_request_v2
 * (RFC 6961), signed_certificate_timestamp (RFC 6962 section 3.3), compress_certificate (RFC 8879), the
 * certificate types (RFC 7250), certificate_authorities and oid_filters (RFC 8446 sections 4.2.4 and 4.2.5),
 * gives fields and facts. */
#include "decode/tls/internal.h"

/* OCSPStatusRequest. */
static void read_ocsp_request(struct ht_tls_walk *walk, struct ht_reader *r, struct ht_field *f)
{
    struct ht_reader ids = ht_tls_vec(walk, r, 2, 0);
    struct ht_field *list = ht_field_list(walk->arena, f, "responder_id_list");
    while (ht_reader_left(&ids) > 0) {
        struct ht_span id = ht_tls_vec_span(walk, &ids, 2, 1);
        if (!ids.failed && ht_tls_room(walk))
            ht_tls_bytes(walk, list, NULL, id);
    }
    ht_tls_end(walk, &ids);
    ht_tls_vec_field(walk, r, 2, 0, f, "request_extensions");
}

static void read_status_request(struct ht_tls_walk *walk, struct ht_reader *r, struct ht_field *f)
{
    uint8_t type = ht_read_u8(r);
    if (r->failed)
        return;
    ht_tls_named(walk, f, "status_type", type, ht_tls_status_type_name);
    if (type == 1)
        read_ocsp_request(walk, r, f);
    else
        ht_tls_bytes(walk, f, "request", ht_read_rest(r));
}

/* A request from the client, an empty promise in ServerHello, the response itself in TLS 1.3's Certificate
 * (RFC 8446 section 4.4.2.1). */
void ht_tls_ext_status_request(struct ht_tls_walk *walk, struct ht_reader *r, struct ht_field *f)
{
    if (walk->out->hello)
        walk->out->hello->status_request = true;
    if (walk->place == HT_TLS_IN_CERTIFICATE)
        ht_tls_read_status(walk, r, f);
    else if (walk->place == HT_TLS_IN_CLIENT_HELLO || ht_reader_left(r) > 0)
        read_status_request(walk, r, f);
}

void ht_tls_ext_status_request_v2(struct ht_tls_walk *walk, struct ht_reader *r, struct ht_field *f)
{
    if (walk->place != HT_TLS_IN_CLIENT_HELLO) {
        ht_tls_ext_empty(walk, r, f);
        return;
    }
    struct ht_reader list = ht_tls_vec(walk, r, 2, 1);
    struct ht_field *items = ht_field_list(walk->arena, f, "certificate_status_req_list");
    while (ht_reader_left(&list) > 0) {
        uint8_t type = ht_read_u8(&list);
        struct ht_reader request = ht_tls_vec(walk, &list, 2, 0);
        if (list.failed || !ht_tls_room(walk))
            continue;
        struct ht_field *item = ht_field_map(walk->arena, items, NULL);
        ht_tls_named(walk, item, "status_type", type, ht_tls_status_type_name);
        read_ocsp_request(walk, &request, item);
        ht_tls_end(walk, &request);
    }
    ht_tls_end(walk, &list);
}

/* SignedCertificateTimestamp (RFC 6962 section 3.2); another version's is opaque. */
static void read_sct(struct ht_tls_walk *walk, struct ht_reader *r, struct ht_field *f)
{
    if (ht_tls_number(walk, r, 1, f, "sct_version") != 0) {
        ht_tls_bytes(walk, f, "sct", ht_read_rest(r));
        return;
    }
    ht_tls_fixed(walk, r, 32, f, "log_id");
    ht_tls_number(walk, r, 8, f, "timestamp");
    ht_tls_vec_field(walk, r, 2, 0, f, "extensions");
    ht_tls_named_u16(walk, r, f, "algorithm", ht_tls_signature_name);
    ht_tls_vec_field(walk, r, 2, 0, f, "signature");
}

/* The client's is empty. */
void ht_tls_ext_sct(struct ht_tls_walk *walk, struct ht_reader *r, struct ht_field *f)
{
    if (walk->out->hello)
        walk->out->hello->sct = true;
    bool request = walk->place == HT_TLS_IN_CLIENT_HELLO || walk->place == HT_TLS_IN_CERTIFICATE_REQUEST;
    if (request) {
        ht_tls_ext_empty(walk, r, f);
        return;
    }
    walk->out->sct = true;
    struct ht_reader list = ht_tls_vec(walk, r, 2, 1);
    struct ht_field *scts = ht_field_list(walk->arena, f, "sct_list");
    while (ht_reader_left(&list) > 0) {
        struct ht_reader sct = ht_tls_vec(walk, &list, 2, 1);
        if (list.failed || !ht_tls_room(walk))
            continue;
        read_sct(walk, &sct, ht_field_map(walk->arena, scts, NULL));
        ht_tls_end(walk, &sct);
    }
    ht_tls_end(walk, &list);
}

void ht_tls_ext_compress_certificate(struct ht_tls_walk *walk, struct ht_reader *r, struct ht_field *f)
{
    struct ht_reader list = ht_tls_vec(walk, r, 1, 2);
    ht_tls_u16s(walk, &list, f, "algorithms", ht_tls_certificate_compression_name, NULL);
}

/* The client offers a list, the server's answer is one. */
void ht_tls_ext_certificate_type(struct ht_tls_walk *walk, struct ht_reader *r, struct ht_field *f)
{
    if (walk->place == HT_TLS_IN_CLIENT_HELLO) {
        struct ht_reader list = ht_tls_vec(walk, r, 1, 1);
        ht_tls_u8s(walk, &list, f, "certificate_types", ht_tls_certificate_type_name);
        return;
    }
    uint8_t type = ht_read_u8(r);
    if (!r->failed)
        ht_tls_named(walk, f, "certificate_type", type, ht_tls_certificate_type_name);
}

void ht_tls_ext_certificate_authorities(struct ht_tls_walk *walk, struct ht_reader *r, struct ht_field *f)
{
    struct ht_reader list = ht_tls_vec(walk, r, 2, 3);
    ht_tls_read_names(walk, &list, f, "authorities");
}

void ht_tls_ext_oid_filters(struct ht_tls_walk *walk, struct ht_reader *r, struct ht_field *f)
{
    struct ht_reader list = ht_tls_vec(walk, r, 2, 0);
    struct ht_field *filters = ht_field_list(walk->arena, f, "filters");
    while (ht_reader_left(&list) > 0) {
        struct ht_span oid = ht_tls_vec_span(walk, &list, 1, 1), values = ht_tls_vec_span(walk, &list, 2, 0);
        if (list.failed || !ht_tls_room(walk))
            continue;
        struct ht_field *filter = ht_field_map(walk->arena, filters, NULL);
        ht_tls_bytes(walk, filter, "certificate_extension_oid", oid);
        ht_tls_bytes(walk, filter, "certificate_extension_values", values);
    }
    ht_tls_end(walk, &list);
}
