/* SPDX-License-Identifier: MIT */
/* Extensions about resumption: takes the data of pre_shared_key, early_data, psk_key_exchange_modes and
 * cookie (RFC 8446 sections 4.2.2, 4.2.9 to 4.2.11), session_ticket (RFC 5077 section 3.2) and ticket_request
 * (RFC 9149), gives fields and the hello's facts. Tickets and identities are marked as secrets. */
#include "decode/tls/internal.h"

void ht_tls_ext_session_ticket(struct ht_tls_walk *walk, struct ht_reader *r, struct ht_field *f)
{
    if (walk->out->hello)
        walk->out->hello->session_ticket = true;
    ht_tls_secret(walk, f, "ticket", ht_read_rest(r));
}

static size_t read_identities(struct ht_tls_walk *walk, struct ht_reader *r, struct ht_field *f)
{
    struct ht_reader list = ht_tls_vec(walk, r, 2, 7);
    struct ht_field *identities = ht_field_list(walk->arena, f, "identities");
    size_t count = 0;
    while (ht_reader_left(&list) > 0) {
        struct ht_span identity = ht_tls_vec_span(walk, &list, 2, 1);
        uint32_t age = ht_read_u32(&list);
        if (list.failed)
            break;
        count++;
        if (!ht_tls_room(walk))
            continue;
        struct ht_field *entry = ht_field_map(walk->arena, identities, NULL);
        ht_tls_secret(walk, entry, "identity", identity);
        ht_field_uint(walk->arena, entry, "obfuscated_ticket_age", age);
    }
    ht_tls_end(walk, &list);
    return count;
}

static size_t read_binders(struct ht_tls_walk *walk, struct ht_reader *r, struct ht_field *f)
{
    struct ht_reader list = ht_tls_vec(walk, r, 2, 33);
    struct ht_field *binders = ht_field_list(walk->arena, f, "binders");
    size_t count = 0;
    while (ht_reader_left(&list) > 0) {
        struct ht_span binder = ht_tls_vec_span(walk, &list, 1, 32);
        if (list.failed)
            break;
        count++;
        if (ht_tls_room(walk))
            ht_tls_bytes(walk, binders, NULL, binder);
    }
    ht_tls_end(walk, &list);
    return count;
}

/* The client offers identities and as many binders, the server selects one. */
void ht_tls_ext_pre_shared_key(struct ht_tls_walk *walk, struct ht_reader *r, struct ht_field *f)
{
    if (walk->out->hello)
        walk->out->hello->psk = true;
    if (walk->place != HT_TLS_IN_CLIENT_HELLO) {
        ht_tls_number(walk, r, 2, f, "selected_identity");
        return;
    }
    size_t identities = read_identities(walk, r, f);
    size_t at = ht_reader_offset(r);
    size_t binders = read_binders(walk, r, f);
    if (!r->failed && identities != binders)
        ht_tls_bad(walk, at, HT_TLS_FAULT_VALUE);
}

/* Empty but in NewSessionTicket, where it holds a limit. */
void ht_tls_ext_early_data(struct ht_tls_walk *walk, struct ht_reader *r, struct ht_field *f)
{
    if (walk->out->hello)
        walk->out->hello->early_data = true;
    if (walk->place != HT_TLS_IN_NEW_SESSION_TICKET) {
        ht_tls_ext_empty(walk, r, f);
        return;
    }
    ht_tls_number(walk, r, 4, f, "max_early_data_size");
}

void ht_tls_ext_psk_modes(struct ht_tls_walk *walk, struct ht_reader *r, struct ht_field *f)
{
    struct ht_reader list = ht_tls_vec(walk, r, 1, 1);
    ht_tls_u8s(walk, &list, f, "ke_modes", ht_tls_psk_mode_name);
}

void ht_tls_ext_cookie(struct ht_tls_walk *walk, struct ht_reader *r, struct ht_field *f)
{
    ht_tls_vec_field(walk, r, 2, 1, f, "cookie");
}

void ht_tls_ext_ticket_request(struct ht_tls_walk *walk, struct ht_reader *r, struct ht_field *f)
{
    if (walk->place != HT_TLS_IN_CLIENT_HELLO) {
        ht_tls_number(walk, r, 1, f, "expected_count");
        return;
    }
    ht_tls_number(walk, r, 1, f, "new_session_count");
    ht_tls_number(walk, r, 1, f, "resumption_count");
}
