/* SPDX-License-Identifier: MIT */
/* TLS messages: takes one message of a record's content type, gives its kind, fields, facts and the place
 * where it breaks the grammar (RFC 8446 sections 4, 5 and 6, RFC 5246 sections 7.1 to 7.4). */
#include "decode/tls/internal.h"

#define RFC8446(section) "RFC 8446 section " section
#define RFC5246(section) "RFC 5246 section " section

const struct ht_tls_message_row ht_tls_message_rows[] = {
    {0, "hello_request", "HelloRequest", ht_tls_msg_empty, HT_TLS_WHY("HelloRequest", RFC5246("7.4.1.1"))},
    {1, "client_hello", "ClientHello", ht_tls_msg_client_hello, HT_TLS_WHY("ClientHello", RFC8446("4.1.2"))},
    {2, "server_hello", "ServerHello", ht_tls_msg_server_hello, HT_TLS_WHY("ServerHello", RFC8446("4.1.3"))},
    {3, "hello_verify_request", "HelloVerifyRequest", ht_tls_msg_opaque,
     HT_TLS_WHY("HelloVerifyRequest", "RFC 6347 section 4.2.1")},
    {4, "new_session_ticket", "NewSessionTicket", ht_tls_msg_new_session_ticket,
     HT_TLS_WHY("NewSessionTicket", RFC8446("4.6.1") ", RFC 5077 section 3.3")},
    {5, "end_of_early_data", "EndOfEarlyData", ht_tls_msg_empty,
     HT_TLS_WHY("EndOfEarlyData", RFC8446("4.5"))},
    {8, "encrypted_extensions", "EncryptedExtensions", ht_tls_msg_encrypted_extensions,
     HT_TLS_WHY("EncryptedExtensions", RFC8446("4.3.1"))},
    {9, "request_connection_id", "RequestConnectionId", ht_tls_msg_opaque,
     HT_TLS_WHY("RequestConnectionId", "RFC 9147 section 9")},
    {10, "new_connection_id", "NewConnectionId", ht_tls_msg_opaque,
     HT_TLS_WHY("NewConnectionId", "RFC 9147 section 9")},
    {11, "certificate", "Certificate", ht_tls_msg_certificate,
     HT_TLS_WHY("Certificate", RFC8446("4.4.2") ", " RFC5246("7.4.2"))},
    {12, "server_key_exchange", "ServerKeyExchange", ht_tls_msg_server_key_exchange,
     HT_TLS_WHY("ServerKeyExchange", RFC5246("7.4.3") ", RFC 8422 section 5.4")},
    {13, "certificate_request", "CertificateRequest", ht_tls_msg_certificate_request,
     HT_TLS_WHY("CertificateRequest", RFC8446("4.3.2") ", " RFC5246("7.4.4"))},
    {14, "server_hello_done", "ServerHelloDone", ht_tls_msg_empty,
     HT_TLS_WHY("ServerHelloDone", RFC5246("7.4.5"))},
    {15, "certificate_verify", "CertificateVerify", ht_tls_msg_certificate_verify,
     HT_TLS_WHY("CertificateVerify", RFC8446("4.4.3") ", " RFC5246("7.4.8"))},
    {16, "client_key_exchange", "ClientKeyExchange", ht_tls_msg_client_key_exchange,
     HT_TLS_WHY("ClientKeyExchange", RFC5246("7.4.7") ", RFC 8422 section 5.7")},
    {17, "client_certificate_request", "ClientCertificateRequest", ht_tls_msg_opaque,
     HT_TLS_WHY("ClientCertificateRequest", "RFC 9261 section 4")},
    {20, "finished", "Finished", ht_tls_msg_finished,
     HT_TLS_WHY("Finished", RFC8446("4.4.4") ", " RFC5246("7.4.9"))},
    {21, "certificate_url", "CertificateURL", ht_tls_msg_certificate_url,
     HT_TLS_WHY("CertificateURL", "RFC 6066 section 5")},
    {22, "certificate_status", "CertificateStatus", ht_tls_msg_certificate_status,
     HT_TLS_WHY("CertificateStatus", "RFC 6066 section 8")},
    {23, "supplemental_data", "SupplementalData", ht_tls_msg_supplemental_data,
     HT_TLS_WHY("SupplementalData", "RFC 4680 section 2")},
    {24, "key_update", "KeyUpdate", ht_tls_msg_key_update, HT_TLS_WHY("KeyUpdate", RFC8446("4.6.3"))},
    {25, "compressed_certificate", "CompressedCertificate", ht_tls_msg_compressed_certificate,
     HT_TLS_WHY("CompressedCertificate", "RFC 8879 section 4")},
    {26, "ekt_key", "EKTKey", ht_tls_msg_opaque, HT_TLS_WHY("EKTKey", "RFC 8870 section 5.2")},
    {67, "next_proto", "NextProtocol", ht_tls_msg_next_proto,
     HT_TLS_WHY("NextProtocol", "draft-agl-tls-nextprotoneg-04 section 3")},
    {254, "message_hash", "message_hash", ht_tls_msg_opaque, HT_TLS_WHY("message_hash", RFC8446("4.4.1"))},
};
const size_t ht_tls_message_row_count = sizeof ht_tls_message_rows / sizeof *ht_tls_message_rows;

static const struct ht_tls_message_row unknown_row = {0, "unknown_handshake", "handshake message",
                                                      ht_tls_msg_opaque,
                                                      HT_TLS_WHY("handshake message", RFC8446("4"))};
static const struct ht_tls_message_row alert_row = {0, "alert", "Alert", NULL,
                                                    HT_TLS_WHY("Alert", RFC8446("6"))};
static const struct ht_tls_message_row ccs_row = {
    0, "change_cipher_spec", "ChangeCipherSpec", NULL,
    HT_TLS_WHY("ChangeCipherSpec", RFC5246("7.1") ", " RFC8446("5"))};
static const struct ht_tls_message_row sslv2_row = {
    1, "client_hello", "ClientHello in SSLv2 format", NULL,
    HT_TLS_WHY("ClientHello in SSLv2 format", RFC8446("D.5") ", RFC 6176 section 3")};
static const struct ht_tls_message_row other_row = {0, "unknown_content_type",
                                                    "message of unknown content type", NULL,
                                                    HT_TLS_WHY("ContentType", RFC8446("5.1"))};

bool ht_tls_is_13(uint16_t version)
{
    return version == 0x0304 || version >> 8 == 0x7f;
}

static const struct ht_tls_message_row *row_of(uint8_t type)
{
    for (size_t i = 0; i < ht_tls_message_row_count; i++) {
        if (ht_tls_message_rows[i].type == type)
            return &ht_tls_message_rows[i];
    }
    return &unknown_row;
}

static void begin(struct ht_tls_walk *walk, const struct ht_tls_message_row *row)
{
    walk->why = &row->why;
    walk->out->kind = row->kind;
    walk->out->fields = ht_field_map(walk->arena, NULL, NULL);
}

static void decode_alert(struct ht_tls_walk *walk, struct ht_reader *r)
{
    begin(walk, &alert_row);
    struct ht_tls_message *out = walk->out;
    out->alert_level = ht_read_u8(r);
    out->alert_description = ht_read_u8(r);
    out->type = out->alert_description;
    if (!r->failed) {
        ht_tls_named(walk, out->fields, "level", out->alert_level, ht_tls_alert_level_name);
        ht_tls_named(walk, out->fields, "description", out->alert_description, ht_tls_alert_name_u16);
        if (out->alert_level != 1 && out->alert_level != 2)
            ht_tls_bad(walk, 0, HT_TLS_FAULT_VALUE);
    }
    ht_tls_end(walk, r);
}

static void decode_ccs(struct ht_tls_walk *walk, struct ht_reader *r)
{
    begin(walk, &ccs_row);
    uint8_t type = ht_read_u8(r);
    if (!r->failed)
        ht_field_uint(walk->arena, walk->out->fields, "type", type);
    if (!r->failed && type != 1)
        ht_tls_bad(walk, 0, HT_TLS_FAULT_VALUE);
    ht_tls_end(walk, r);
}

/* SSLv2's header has the top bit of its two-byte length set, and 1 for CLIENT-HELLO; no handshake type begins
 * so.
 */
static bool is_sslv2(struct ht_span bytes)
{
    return bytes.len >= 11 && (bytes.data[0] & 0x80) && bytes.data[2] == HT_TLS_CLIENT_HELLO &&
           ((bytes.data[0] & 0x7fu) << 8 | bytes.data[1]) + 2u == bytes.len;
}

/* RFC 5246 appendix E.2. */
static void decode_sslv2(struct ht_tls_walk *walk, struct ht_reader *r)
{
    begin(walk, &sslv2_row);
    struct ht_field *f = walk->out->fields;
    walk->out->type = HT_TLS_CLIENT_HELLO;
    ht_tls_bad(walk, 0, HT_TLS_FAULT_VALUE);
    ht_field_uint(walk->arena, f, "msg_length", ht_read_u16(r) & 0x7fffu);
    ht_read_u8(r);
    ht_tls_named_u16(walk, r, f, "version", ht_tls_version_name);
    size_t specs_length = ht_read_u16(r), session_length = ht_read_u16(r), challenge_length = ht_read_u16(r);
    struct ht_reader specs = ht_read_sub(r, specs_length);
    struct ht_field *list = ht_field_list(walk->arena, f, "cipher_specs");
    while (ht_reader_left(&specs) >= 3) {
        uint32_t spec = ht_read_u24(&specs);
        if (ht_tls_room(walk))
            ht_field_named(walk->arena, list, NULL, spec,
                           spec <= UINT16_MAX ? ht_tls_cipher_name((uint16_t)spec) : NULL);
    }
    ht_tls_fixed(walk, r, session_length, f, "session_id");
    ht_tls_fixed(walk, r, challenge_length, f, "challenge");
}

/* The length is marked where it differs from the bytes that came, and what came is decoded all the same. */
static struct ht_reader read_body(struct ht_tls_walk *walk, struct ht_reader *r)
{
    size_t at = ht_reader_offset(r);
    size_t length = ht_read_u24(r), left = ht_reader_left(r);
    if (r->failed)
        ht_tls_end(walk, r);
    else if (length > left)
        ht_tls_bad(walk, at, HT_TLS_FAULT_LENGTH);
    return ht_read_sub(r, length < left ? length : left);
}

static void decode_handshake(struct ht_tls_walk *walk, struct ht_reader *r)
{
    uint8_t type = ht_read_u8(r);
    const struct ht_tls_message_row *row = r->failed ? &unknown_row : row_of(type);
    begin(walk, row);
    walk->out->type = type;
    const char *title = row->title;
    if (row == &unknown_row) {
        ht_field_uint(walk->arena, walk->out->fields, "msg_type", type);
        title = ht_arena_printf(walk->arena, "handshake message of type %u", type);
    }
    struct ht_reader body = read_body(walk, r);
    if (r->bytes.len <= HT_CAP_TLS_MESSAGE) {
        row->decode(walk, &body, walk->out->fields);
        walk->why = &row->why;
        ht_tls_end(walk, &body);
    } else {
        walk->bytes_cut += body.bytes.len;
    }
    ht_tls_end(walk, r);
    if (walk->out->hello && walk->out->hello->hello_retry)
        title = "HelloRetryRequest";
    ht_tls_summarise(walk, title, r->bytes.len);
}

static void decode(struct ht_tls_walk *walk, uint8_t content_type, struct ht_reader *r)
{
    const char *title = alert_row.title;
    if (is_sslv2(r->bytes) && content_type != HT_TLS_ALERT) {
        decode_sslv2(walk, r);
        title = sslv2_row.title;
    } else if (content_type == HT_TLS_HANDSHAKE) {
        decode_handshake(walk, r);
        return;
    } else if (content_type == HT_TLS_ALERT) {
        decode_alert(walk, r);
    } else if (content_type == HT_TLS_CHANGE_CIPHER_SPEC) {
        decode_ccs(walk, r);
        title = ccs_row.title;
    } else {
        begin(walk, &other_row);
        ht_tls_bytes(walk, walk->out->fields, "fragment", r->bytes);
        title = other_row.title;
    }
    ht_tls_summarise(walk, title, r->bytes.len);
}

void ht_tls_decode(struct ht_arena *arena, const struct ht_tls_context *context, uint8_t content_type,
                   struct ht_span bytes, struct ht_tls_message *out)
{
    *out = (struct ht_tls_message){.content_type = content_type};
    struct ht_tls_walk walk = {
        .arena = arena, .context = context, .out = out, .fields_left = HT_CAP_TLS_FIELDS};
    struct ht_reader r = ht_reader(bytes);
    decode(&walk, content_type, &r);
    if (walk.fields_cut)
        ht_field_uint(arena, out->fields, "entries_not_shown", walk.fields_cut);
    if (walk.bytes_cut)
        ht_field_uint(arena, out->fields, "bytes_not_shown", walk.bytes_cut);
}
