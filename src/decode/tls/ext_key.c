/* SPDX-License-Identifier: MIT */
/* Extensions about keys: takes the data of supported_groups, key_share, signature_algorithms(_cert) (RFC 8446
 * sections 4.2.3, 4.2.7, 4.2.8), ec_point_formats (RFC 8422 section 5.1.2) and delegated_credential (RFC
 * 9345), gives fields and the hello's lists. */
#include "decode/tls/internal.h"

void ht_tls_ext_supported_groups(struct ht_tls_walk *walk, struct ht_reader *r, struct ht_field *f)
{
    struct ht_reader list = ht_tls_vec(walk, r, 2, 2);
    struct ht_u16_list groups;
    ht_tls_u16s(walk, &list, f, "named_group_list", ht_tls_group_name, &groups);
    if (walk->out->hello)
        walk->out->hello->groups = groups;
}

void ht_tls_ext_ec_point_formats(struct ht_tls_walk *walk, struct ht_reader *r, struct ht_field *f)
{
    struct ht_reader list = ht_tls_vec(walk, r, 1, 1);
    if (walk->out->hello)
        walk->out->hello->point_formats = ht_arena_dup(walk->arena, list.bytes);
    ht_tls_u8s(walk, &list, f, "ec_point_format_list", ht_tls_point_format_name);
}

void ht_tls_ext_signature_algorithms(struct ht_tls_walk *walk, struct ht_reader *r, struct ht_field *f)
{
    struct ht_reader list = ht_tls_vec(walk, r, 2, 2);
    struct ht_u16_list schemes;
    ht_tls_u16s(walk, &list, f, "supported_signature_algorithms", ht_tls_signature_name, &schemes);
    if (walk->out->hello)
        walk->out->hello->signature_schemes = schemes;
}

void ht_tls_ext_signature_algorithms_cert(struct ht_tls_walk *walk, struct ht_reader *r, struct ht_field *f)
{
    struct ht_reader list = ht_tls_vec(walk, r, 2, 2);
    ht_tls_u16s(walk, &list, f, "supported_signature_algorithms", ht_tls_signature_name, NULL);
}

/* KeyShareEntry, shown as a map in `parent`; gives its group. */
static uint16_t read_share(struct ht_tls_walk *walk, struct ht_reader *r, struct ht_field *parent,
                           const char *name)
{
    uint16_t group = ht_read_u16(r);
    struct ht_span key = ht_tls_vec_span(walk, r, 2, 1);
    if (r->failed || !ht_tls_room(walk))
        return group;
    struct ht_field *f = ht_field_map(walk->arena, parent, name);
    ht_tls_named(walk, f, "group", group, ht_tls_group_name);
    ht_field_uint(walk->arena, f, "key_exchange_length", key.len);
    ht_tls_bytes(walk, f, "key_exchange", key);
    return group;
}

static void keep_shares(struct ht_tls_walk *walk, uint16_t *groups, size_t count)
{
    if (walk->out->hello)
        walk->out->hello->key_shares = (struct ht_u16_list){groups, count};
}

static void read_client_shares(struct ht_tls_walk *walk, struct ht_reader *r, struct ht_field *f)
{
    struct ht_reader list = ht_tls_vec(walk, r, 2, 0);
    struct ht_field *shares = ht_field_list(walk->arena, f, "client_shares");
    uint16_t *groups = ht_arena_alloc(walk->arena, HT_CAP_LIST * sizeof *groups);
    size_t count = 0;
    while (ht_reader_left(&list) > 0) {
        uint16_t group = read_share(walk, &list, shares, NULL);
        if (!list.failed && count < HT_CAP_LIST)
            groups[count++] = group;
    }
    ht_tls_end(walk, &list);
    keep_shares(walk, groups, count);
}

/* Three layouts: the client's list, the server's one entry, HelloRetryRequest's group alone. */
void ht_tls_ext_key_share(struct ht_tls_walk *walk, struct ht_reader *r, struct ht_field *f)
{
    if (walk->place == HT_TLS_IN_CLIENT_HELLO) {
        read_client_shares(walk, r, f);
        return;
    }
    uint16_t *group = ht_arena_alloc(walk->arena, sizeof *group);
    if (walk->place == HT_TLS_IN_HELLO_RETRY)
        *group = ht_tls_named_u16(walk, r, f, "selected_group", ht_tls_group_name);
    else
        *group = read_share(walk, r, f, "server_share");
    keep_shares(walk, group, r->failed ? 0 : 1);
    walk->out->group = r->failed ? 0 : *group;
}

static void read_credential(struct ht_tls_walk *walk, struct ht_reader *r, struct ht_field *f)
{
    ht_tls_number(walk, r, 4, f, "valid_time");
    ht_tls_named_u16(walk, r, f, "dc_cert_verify_algorithm", ht_tls_signature_name);
    ht_tls_vec_field(walk, r, 3, 1, f, "subject_public_key_info");
    ht_tls_named_u16(walk, r, f, "algorithm", ht_tls_signature_name);
    ht_tls_vec_field(walk, r, 2, 1, f, "signature");
}

void ht_tls_ext_delegated_credential(struct ht_tls_walk *walk, struct ht_reader *r, struct ht_field *f)
{
    if (walk->place == HT_TLS_IN_CERTIFICATE) {
        read_credential(walk, r, f);
        return;
    }
    struct ht_reader list = ht_tls_vec(walk, r, 2, 2);
    ht_tls_u16s(walk, &list, f, "supported_signature_algorithm", ht_tls_signature_name, NULL);
}
