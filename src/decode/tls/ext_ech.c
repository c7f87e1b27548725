/* SPDX-License-Identifier: MIT */
/* Encrypted Client Hello: takes the data of encrypted_client_hello, gives its fields and says that an outer
 * one was sent; a GREASE one looks the same (RFC 9849 sections 5 and 6.2). */
#include "decode/tls/internal.h"

static const char *type_name(uint16_t type)
{
    static const char *const names[] = {"outer", "inner"};
    return type < 2 ? names[type] : NULL;
}

static void read_outer(struct ht_tls_walk *walk, struct ht_reader *r, struct ht_field *f)
{
    struct ht_field *suite = ht_field_map(walk->arena, f, "cipher_suite");
    ht_tls_named_u16(walk, r, suite, "kdf_id", ht_tls_hpke_kdf_name);
    ht_tls_named_u16(walk, r, suite, "aead_id", ht_tls_hpke_aead_name);
    ht_tls_number(walk, r, 1, f, "config_id");
    ht_tls_vec_field(walk, r, 2, 0, f, "enc");
    ht_tls_vec_field(walk, r, 2, 1, f, "payload");
}

static void read_client(struct ht_tls_walk *walk, struct ht_reader *r, struct ht_field *f)
{
    size_t at = ht_reader_offset(r);
    uint8_t type = ht_read_u8(r);
    if (r->failed)
        return;
    ht_tls_named(walk, f, "type", type, type_name);
    if (type == 0 && walk->out->hello)
        walk->out->hello->ech_outer = true;
    if (type == 0)
        read_outer(walk, r, f);
    else if (type != 1)
        ht_tls_bad(walk, at, HT_TLS_FAULT_VALUE);
}

/* ECHConfigList; another version's config is opaque. */
static void read_configs(struct ht_tls_walk *walk, struct ht_reader *r, struct ht_field *f)
{
    struct ht_reader list = ht_tls_vec(walk, r, 2, 4);
    struct ht_field *configs = ht_field_list(walk->arena, f, "retry_configs");
    while (ht_reader_left(&list) > 0) {
        uint16_t version = ht_read_u16(&list);
        struct ht_span contents = ht_tls_vec_span(walk, &list, 2, 0);
        if (list.failed || !ht_tls_room(walk))
            continue;
        struct ht_field *config = ht_field_map(walk->arena, configs, NULL);
        ht_field_uint(walk->arena, config, "version", version);
        ht_tls_bytes(walk, config, "contents", contents);
    }
    ht_tls_end(walk, &list);
}

void ht_tls_ext_ech(struct ht_tls_walk *walk, struct ht_reader *r, struct ht_field *f)
{
    if (walk->place == HT_TLS_IN_CLIENT_HELLO)
        read_client(walk, r, f);
    else if (walk->place == HT_TLS_IN_HELLO_RETRY)
        ht_tls_fixed(walk, r, 8, f, "confirmation");
    else
        read_configs(walk, r, f);
}
