/* SPDX-License-Identifier: MIT */
/* Short messages: takes the bodies of NewSessionTicket, Finished, KeyUpdate, NextProtocol, SupplementalData
 * and of messages without a layout of their own, gives their fields (RFC 8446 sections 4.4.4 and 4.6, RFC
 * 5077 section 3.3). */
#include "decode/tls/internal.h"

/* Whatever is in it is trailing; the caller marks that. */
void ht_tls_msg_empty(struct ht_tls_walk *walk, struct ht_reader *r, struct ht_field *f)
{
    if (ht_reader_left(r) > 0)
        ht_tls_bytes(walk, f, "trailing", r->bytes);
}

void ht_tls_msg_opaque(struct ht_tls_walk *walk, struct ht_reader *r, struct ht_field *f)
{
    ht_tls_bytes(walk, f, "body", ht_read_rest(r));
}

static void read_ticket(struct ht_tls_walk *walk, struct ht_reader *r, struct ht_field *f, size_t floor)
{
    struct ht_span ticket = ht_tls_vec_span(walk, r, 2, floor);
    if (!r->failed)
        ht_tls_secret(walk, f, "ticket", ticket);
}

void ht_tls_msg_new_session_ticket(struct ht_tls_walk *walk, struct ht_reader *r, struct ht_field *f)
{
    if (!ht_tls_is_13(walk->context->version)) {
        ht_tls_number(walk, r, 4, f, "ticket_lifetime_hint");
        read_ticket(walk, r, f, 0);
        return;
    }
    size_t at = ht_reader_offset(r);
    if (ht_tls_number(walk, r, 4, f, "ticket_lifetime") > 604800) /* seven days */
        ht_tls_bad(walk, at, HT_TLS_FAULT_VALUE);
    ht_tls_number(walk, r, 4, f, "ticket_age_add");
    ht_tls_vec_field(walk, r, 1, 0, f, "ticket_nonce");
    read_ticket(walk, r, f, 1);
    ht_tls_extensions(walk, r, f, HT_TLS_IN_NEW_SESSION_TICKET, NULL);
}

/* TLS 1.3's verify_data is as long as the suite's hash (RFC 8446 section 4.4.4); 0 where that is not known.
 */
static size_t verify_length(const struct ht_tls_context *context)
{
    const char *name = ht_tls_is_13(context->version) ? ht_tls_cipher_name(context->cipher) : NULL;
    size_t len = name ? strlen(name) : 0;
    if (len > 7 && strcmp(name + len - 7, "_SHA256") == 0)
        return 32;
    return len > 7 && strcmp(name + len - 7, "_SHA384") == 0 ? 48 : 0;
}

void ht_tls_msg_finished(struct ht_tls_walk *walk, struct ht_reader *r, struct ht_field *f)
{
    size_t want = verify_length(walk->context);
    if (want == 0)
        ht_tls_fixed(walk, r, ht_reader_left(r), f, "verify_data");
    else
        ht_tls_fixed(walk, r, want, f, "verify_data");
}

static const char *update_name(uint16_t number)
{
    static const char *const names[] = {"update_not_requested", "update_requested"};
    return number < 2 ? names[number] : NULL;
}

void ht_tls_msg_key_update(struct ht_tls_walk *walk, struct ht_reader *r, struct ht_field *f)
{
    size_t at = ht_reader_offset(r);
    uint8_t request = ht_read_u8(r);
    if (r->failed)
        return;
    ht_tls_named(walk, f, "request_update", request, update_name);
    if (request > 1)
        ht_tls_bad(walk, at, HT_TLS_FAULT_VALUE);
}

void ht_tls_msg_next_proto(struct ht_tls_walk *walk, struct ht_reader *r, struct ht_field *f)
{
    struct ht_span protocol = ht_tls_vec_span(walk, r, 1, 0);
    if (!r->failed)
        ht_field_text(walk->arena, f, "selected_protocol", protocol);
    ht_tls_vec_field(walk, r, 1, 0, f, "padding");
}

void ht_tls_msg_supplemental_data(struct ht_tls_walk *walk, struct ht_reader *r, struct ht_field *f)
{
    struct ht_reader list = ht_tls_vec(walk, r, 3, 1);
    struct ht_field *entries = ht_field_list(walk->arena, f, "supp_data");
    while (ht_reader_left(&list) > 0) {
        uint16_t type = ht_read_u16(&list);
        struct ht_span data = ht_tls_vec_span(walk, &list, 2, 0);
        if (list.failed || !ht_tls_room(walk))
            continue;
        struct ht_field *entry = ht_field_map(walk->arena, entries, NULL);
        ht_field_uint(walk->arena, entry, "supp_data_type", type);
        ht_tls_bytes(walk, entry, "data", data);
    }
    ht_tls_end(walk, &list);
}
