/* SPDX-License-Identifier: MIT */
/* Extensions about the protocol itself: takes the data of supported_versions (RFC 8446 section 4.2.1),
 * extended_master_secret (RFC 7627), record_size_limit (RFC 8449), padding (RFC 7685), renegotiation_info
 * (RFC 5746), heartbeat (RFC 6520), use_srtp (RFC 5764) and connection_id (RFC 9146), gives fields and the
 * hello's facts. */
#include "decode/tls/internal.h"

void ht_tls_ext_supported_versions(struct ht_tls_walk *walk, struct ht_reader *r, struct ht_field *f)
{
    struct ht_u16_list versions = {0};
    if (walk->place == HT_TLS_IN_CLIENT_HELLO) {
        struct ht_reader list = ht_tls_vec(walk, r, 1, 2);
        ht_tls_u16s(walk, &list, f, "versions", ht_tls_version_name, &versions);
    } else {
        uint16_t *selected = ht_arena_alloc(walk->arena, sizeof *selected);
        *selected = ht_tls_named_u16(walk, r, f, "selected_version", ht_tls_version_name);
        versions = (struct ht_u16_list){selected, r->failed ? 0 : 1};
    }
    if (walk->out->hello)
        walk->out->hello->versions = versions;
}

void ht_tls_ext_extended_master_secret(struct ht_tls_walk *walk, struct ht_reader *r, struct ht_field *f)
{
    if (walk->out->hello)
        walk->out->hello->extended_master_secret = true;
    ht_tls_ext_empty(walk, r, f);
}

void ht_tls_ext_record_size_limit(struct ht_tls_walk *walk, struct ht_reader *r, struct ht_field *f)
{
    size_t at = ht_reader_offset(r);
    if (ht_tls_number(walk, r, 2, f, "record_size_limit") < 64 && !r->failed)
        ht_tls_bad(walk, at, HT_TLS_FAULT_VALUE);
}

/* Its bytes are zero; the length says it all. */
void ht_tls_ext_padding(struct ht_tls_walk *walk, struct ht_reader *r, struct ht_field *f)
{
    (void)f;
    while (ht_reader_left(r) > 0) {
        size_t at = ht_reader_offset(r);
        if (ht_read_u8(r) != 0)
            ht_tls_bad(walk, at, HT_TLS_FAULT_VALUE);
    }
}

void ht_tls_ext_renegotiation_info(struct ht_tls_walk *walk, struct ht_reader *r, struct ht_field *f)
{
    ht_tls_vec_field(walk, r, 1, 0, f, "renegotiated_connection");
}

static const char *heartbeat_name(uint16_t mode)
{
    static const char *const names[] = {NULL, "peer_allowed_to_send", "peer_not_allowed_to_send"};
    return mode < 3 ? names[mode] : NULL;
}

void ht_tls_ext_heartbeat(struct ht_tls_walk *walk, struct ht_reader *r, struct ht_field *f)
{
    size_t at = ht_reader_offset(r);
    uint8_t mode = ht_read_u8(r);
    if (r->failed)
        return;
    ht_tls_named(walk, f, "mode", mode, heartbeat_name);
    if (mode != 1 && mode != 2)
        ht_tls_bad(walk, at, HT_TLS_FAULT_VALUE);
}

void ht_tls_ext_use_srtp(struct ht_tls_walk *walk, struct ht_reader *r, struct ht_field *f)
{
    struct ht_reader list = ht_tls_vec(walk, r, 2, 2);
    ht_tls_u16s(walk, &list, f, "srtp_protection_profiles", ht_tls_srtp_name, NULL);
    ht_tls_vec_field(walk, r, 1, 0, f, "srtp_mki");
}

void ht_tls_ext_connection_id(struct ht_tls_walk *walk, struct ht_reader *r, struct ht_field *f)
{
    ht_tls_vec_field(walk, r, 1, 0, f, "cid");
}
