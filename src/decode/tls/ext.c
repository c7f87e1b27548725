/* SPDX-License-Identifier: MIT */
/* Extension blocks: takes Extension extensions<0..2^16-1> of any message, gives one map per extension,
 * dispatched by the rows below (RFC 8446 section 4.2; the rows are IANA's registry "TLS ExtensionType
 * Values"). */
#include "decode/tls/internal.h"

#define ROW(number, name, decode, reference)                                                                 \
    {                                                                                                        \
        number, name, decode, HT_TLS_WHY(name, reference)                                                    \
    }
#define RFC8446(section) "RFC 8446 section " section

const struct ht_tls_extension_row ht_tls_extension_rows[] = {
    ROW(0, "server_name", ht_tls_ext_server_name, "RFC 6066 section 3"),
    ROW(1, "max_fragment_length", ht_tls_ext_max_fragment_length, "RFC 6066 section 4"),
    ROW(2, "client_certificate_url", ht_tls_ext_empty, "RFC 6066 section 5"),
    ROW(3, "trusted_ca_keys", NULL, "RFC 6066 section 6"),
    ROW(4, "truncated_hmac", ht_tls_ext_empty, "RFC 6066 section 7"),
    ROW(5, "status_request", ht_tls_ext_status_request, "RFC 6066 section 8"),
    ROW(6, "user_mapping", NULL, "RFC 4681 section 2"),
    ROW(7, "client_authz", NULL, "RFC 5878 section 2"),
    ROW(8, "server_authz", NULL, "RFC 5878 section 2"),
    ROW(9, "cert_type", ht_tls_ext_certificate_type, "RFC 6091 section 3"),
    ROW(10, "supported_groups", ht_tls_ext_supported_groups, RFC8446("4.2.7")),
    ROW(11, "ec_point_formats", ht_tls_ext_ec_point_formats, "RFC 8422 section 5.1.2"),
    ROW(12, "srp", NULL, "RFC 5054 section 2.8.1"),
    ROW(13, "signature_algorithms", ht_tls_ext_signature_algorithms, RFC8446("4.2.3")),
    ROW(14, "use_srtp", ht_tls_ext_use_srtp, "RFC 5764 section 4.1.1"),
    ROW(15, "heartbeat", ht_tls_ext_heartbeat, "RFC 6520 section 2"),
    ROW(16, "application_layer_protocol_negotiation", ht_tls_ext_alpn, "RFC 7301 section 3.1"),
    ROW(17, "status_request_v2", ht_tls_ext_status_request_v2, "RFC 6961 section 2.2"),
    ROW(18, "signed_certificate_timestamp", ht_tls_ext_sct, "RFC 6962 section 3.3"),
    ROW(19, "client_certificate_type", ht_tls_ext_certificate_type, "RFC 7250 section 3"),
    ROW(20, "server_certificate_type", ht_tls_ext_certificate_type, "RFC 7250 section 3"),
    ROW(21, "padding", ht_tls_ext_padding, "RFC 7685 section 3"),
    ROW(22, "encrypt_then_mac", ht_tls_ext_empty, "RFC 7366 section 2"),
    ROW(23, "extended_master_secret", ht_tls_ext_extended_master_secret, "RFC 7627 section 5.1"),
    ROW(24, "token_binding", NULL, "RFC 8472 section 2"),
    ROW(25, "cached_info", NULL, "RFC 7924 section 3"),
    ROW(26, "tls_lts", NULL, "draft-gutmann-tls-lts"),
    ROW(27, "compress_certificate", ht_tls_ext_compress_certificate, "RFC 8879 section 3"),
    ROW(28, "record_size_limit", ht_tls_ext_record_size_limit, "RFC 8449 section 4"),
    ROW(29, "pwd_protect", NULL, "RFC 8492 section 4.3"),
    ROW(30, "pwd_clear", NULL, "RFC 8492 section 4.3"),
    ROW(31, "password_salt", NULL, "RFC 8492 section 4.3"),
    ROW(32, "ticket_pinning", NULL, "RFC 8672 section 3"),
    ROW(33, "tls_cert_with_extern_psk", ht_tls_ext_empty, "RFC 8773 section 4"),
    ROW(34, "delegated_credential", ht_tls_ext_delegated_credential, "RFC 9345 section 4.1"),
    ROW(35, "session_ticket", ht_tls_ext_session_ticket, "RFC 5077 section 3.2"),
    ROW(36, "TLMSP", NULL, "ETSI TS 103 523-2"),
    ROW(37, "TLMSP_proxying", NULL, "ETSI TS 103 523-2"),
    ROW(38, "TLMSP_delegate", NULL, "ETSI TS 103 523-2"),
    ROW(39, "supported_ekt_ciphers", NULL, "RFC 8870 section 5.2"),
    ROW(41, "pre_shared_key", ht_tls_ext_pre_shared_key, RFC8446("4.2.11")),
    ROW(42, "early_data", ht_tls_ext_early_data, RFC8446("4.2.10")),
    ROW(43, "supported_versions", ht_tls_ext_supported_versions, RFC8446("4.2.1")),
    ROW(44, "cookie", ht_tls_ext_cookie, RFC8446("4.2.2")),
    ROW(45, "psk_key_exchange_modes", ht_tls_ext_psk_modes, RFC8446("4.2.9")),
    ROW(47, "certificate_authorities", ht_tls_ext_certificate_authorities, RFC8446("4.2.4")),
    ROW(48, "oid_filters", ht_tls_ext_oid_filters, RFC8446("4.2.5")),
    ROW(49, "post_handshake_auth", ht_tls_ext_empty, RFC8446("4.2.6")),
    ROW(50, "signature_algorithms_cert", ht_tls_ext_signature_algorithms_cert, RFC8446("4.2.3")),
    ROW(51, "key_share", ht_tls_ext_key_share, RFC8446("4.2.8")),
    ROW(52, "transparency_info", NULL, "RFC 9162 section 6.5"),
    ROW(53, "connection_id_deprecated", NULL, "RFC 9146 section 11"),
    ROW(54, "connection_id", ht_tls_ext_connection_id, "RFC 9146 section 3"),
    ROW(55, "external_id_hash", NULL, "RFC 8844 section 3.2"),
    ROW(56, "external_session_id", NULL, "RFC 8844 section 4.1"),
    ROW(57, "quic_transport_parameters", ht_tls_ext_quic, "RFC 9000 section 18"),
    ROW(58, "ticket_request", ht_tls_ext_ticket_request, "RFC 9149 section 3"),
    ROW(59, "dnssec_chain", NULL, "RFC 9102 section 2"),
    ROW(60, "sequence_number_encryption_algorithms", NULL,
        "draft-pismenny-tls-dtls-plaintext-sequence-number"),
    ROW(61, "rrc", ht_tls_ext_empty, "draft-ietf-tls-dtls-rrc"),
    ROW(62, "tls_flags", NULL, "draft-ietf-tls-tlsflags"),
    ROW(13172, "next_protocol_negotiation", ht_tls_ext_npn, "draft-agl-tls-nextprotoneg-04 section 3"),
    ROW(17513, "application_settings_old", ht_tls_ext_alps, "draft-vvv-tls-alps-01 section 3"),
    ROW(17613, "application_settings", ht_tls_ext_alps, "draft-vvv-tls-alps-01 section 3"),
    ROW(30031, "channel_id_old", NULL, "draft-balfanz-tls-channelid-00"),
    ROW(30032, "channel_id", NULL, "draft-balfanz-tls-channelid-01"),
    ROW(51764, "trust_anchors", NULL, "draft-ietf-tls-trust-anchor-ids"),
    ROW(64768, "ech_outer_extensions", NULL, "RFC 9849 section 5.1"),
    ROW(65037, "encrypted_client_hello", ht_tls_ext_ech, "RFC 9849 section 5"),
    ROW(65281, "renegotiation_info", ht_tls_ext_renegotiation_info, "RFC 5746 section 3.2"),
    ROW(65445, "quic_transport_parameters_draft", ht_tls_ext_quic, "draft-ietf-quic-tls-32 section 8.2"),
    ROW(65486, "encrypted_server_name", NULL, "draft-ietf-tls-esni-02"),
};
const size_t ht_tls_extension_row_count = sizeof ht_tls_extension_rows / sizeof *ht_tls_extension_rows;

static const struct ht_tls_why block_why = HT_TLS_WHY("extensions", RFC8446("4.2"));

const struct ht_tls_extension_row *ht_tls_extension_row(uint16_t number)
{
    size_t low = 0, high = ht_tls_extension_row_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (ht_tls_extension_rows[middle].number < number)
            low = middle + 1;
        else
            high = middle;
    }
    return low < ht_tls_extension_row_count && ht_tls_extension_rows[low].number == number
               ? &ht_tls_extension_rows[low]
               : NULL;
}

static const char *label_of(struct ht_tls_walk *walk, uint16_t number)
{
    const char *name = ht_tls_extension_name(number);
    return name ? name : ht_arena_printf(walk->arena, "unknown_%u", number);
}

static void read_data(struct ht_tls_walk *walk, uint16_t number, struct ht_reader *data,
                      struct ht_field *fields)
{
    const struct ht_tls_extension_row *row = ht_tls_extension_row(number);
    if (row && row->decode) {
        const struct ht_tls_why *why = walk->why;
        walk->why = &row->why;
        row->decode(walk, data, fields);
        ht_tls_end(walk, data);
        walk->why = why;
    } else if (data->bytes.len > 0) {
        ht_tls_bytes(walk, fields, "extension_data", ht_read_rest(data));
    }
}

/* Which of the 2^16 extensions were there. */
struct seen {
    uint8_t bits[65536 / 8];
};

static bool mark_seen(struct seen *seen, uint16_t number)
{
    uint8_t bit = (uint8_t)(1u << (number & 7u));
    bool before = seen->bits[number >> 3] & bit;
    seen->bits[number >> 3] |= bit;
    return before;
}

static void show_one(struct ht_tls_walk *walk, struct ht_field *list, uint16_t number, struct ht_reader *data)
{
    if (!ht_tls_room(walk))
        return;
    struct ht_field *map = ht_field_map(walk->arena, list, NULL);
    ht_field_named(walk->arena, map, "extension_type", number, label_of(walk, number));
    ht_field_uint(walk->arena, map, "length", data->bytes.len);
    read_data(walk, number, data, map);
}

static uint16_t read_one(struct ht_tls_walk *walk, struct ht_reader *block, struct ht_field *list,
                         struct seen *seen)
{
    size_t at = ht_reader_offset(block);
    uint16_t number = ht_read_u16(block);
    struct ht_reader data = ht_tls_vec(walk, block, 2, 0);
    if (block->failed)
        return 0;
    if (mark_seen(seen, number))
        ht_tls_bad(walk, at, HT_TLS_FAULT_DUPLICATE);
    show_one(walk, list, number, &data);
    /* Section 4.2.11: the binders cover all before them, so it is the last one. */
    if (number == 41 && walk->place == HT_TLS_IN_CLIENT_HELLO && ht_reader_left(block) > 0) {
        walk->why = &ht_tls_extension_row(41)->why;
        ht_tls_bad(walk, ht_reader_offset(block), HT_TLS_FAULT_TRAILING);
        walk->why = &block_why;
    }
    return number;
}

void ht_tls_extensions(struct ht_tls_walk *walk, struct ht_reader *r, struct ht_field *parent,
                       enum ht_tls_place place, struct ht_u16_list *types)
{
    const struct ht_tls_why *why = walk->why;
    walk->why = &block_why;
    walk->place = place;
    struct ht_reader block = ht_tls_vec(walk, r, 2, 0);
    struct ht_field *list = ht_field_list(walk->arena, parent, "extensions");
    struct seen seen = {{0}};
    uint16_t *numbers = ht_arena_alloc(walk->arena, ht_reader_left(&block) / 4 * sizeof *numbers);
    size_t count = 0;
    while (ht_reader_left(&block) > 0) {
        uint16_t number = read_one(walk, &block, list, &seen);
        if (!block.failed)
            numbers[count++] = number;
    }
    ht_tls_end(walk, &block);
    if (types)
        *types = (struct ht_u16_list){numbers, count};
    walk->why = why;
}
