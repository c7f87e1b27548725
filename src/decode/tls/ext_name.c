/* SPDX-License-Identifier: MIT */
/* Extensions that name things: takes the data of server_name and max_fragment_length (RFC 6066 sections 3 and
 * 4), application_layer_protocol_negotiation (RFC 7301 section 3.1), next_protocol_negotiation and
 * application_settings, gives fields, the server name and the protocols. */
#include "decode/tls/internal.h"

static struct ht_tls_hello *hello_of(struct ht_tls_walk *walk)
{
    return walk->out->hello;
}

void ht_tls_ext_empty(struct ht_tls_walk *walk, struct ht_reader *r, struct ht_field *f)
{
    if (ht_reader_left(r) > 0)
        ht_tls_bytes(walk, f, "trailing", r->bytes);
}

static void read_server_name(struct ht_tls_walk *walk, struct ht_reader *list, struct ht_field *names)
{
    uint8_t type = ht_read_u8(list);
    struct ht_span name = ht_tls_vec_span(walk, list, 2, 1);
    if (list->failed)
        return;
    if (type == 0 && hello_of(walk) && hello_of(walk)->server_name.len == 0)
        hello_of(walk)->server_name = ht_arena_dup(walk->arena, name);
    if (!ht_tls_room(walk))
        return;
    struct ht_field *entry = ht_field_map(walk->arena, names, NULL);
    ht_tls_named(walk, entry, "name_type", type, ht_tls_name_type_name);
    ht_field_text(walk->arena, entry, type == 0 ? "host_name" : "name", name);
}

/* A server's answer is empty (RFC 6066 section 3). */
void ht_tls_ext_server_name(struct ht_tls_walk *walk, struct ht_reader *r, struct ht_field *f)
{
    if (walk->place != HT_TLS_IN_CLIENT_HELLO) {
        ht_tls_ext_empty(walk, r, f);
        return;
    }
    struct ht_reader list = ht_tls_vec(walk, r, 2, 1);
    struct ht_field *names = ht_field_list(walk->arena, f, "server_name_list");
    while (ht_reader_left(&list) > 0)
        read_server_name(walk, &list, names);
    ht_tls_end(walk, &list);
}

void ht_tls_ext_max_fragment_length(struct ht_tls_walk *walk, struct ht_reader *r, struct ht_field *f)
{
    size_t at = ht_reader_offset(r);
    uint8_t code = ht_read_u8(r);
    if (r->failed)
        return;
    ht_tls_named(walk, f, "max_fragment_length", code, ht_tls_max_fragment_name);
    if (code < 1 || code > 4)
        ht_tls_bad(walk, at, HT_TLS_FAULT_VALUE);
}

/* All of `r` as names with lengths of one byte. */
static struct ht_span_list read_protocols(struct ht_tls_walk *walk, struct ht_reader *r, struct ht_field *f,
                                          const char *name)
{
    size_t most = ht_reader_left(r) / 2 + 1; /* a length and a byte each; one more for an illegal empty one */
    if (most > HT_CAP_LIST)
        most = HT_CAP_LIST;
    struct ht_span *spans = ht_arena_alloc(walk->arena, most * sizeof *spans);
    struct ht_field *list = ht_field_list(walk->arena, f, name);
    size_t count = 0;
    while (ht_reader_left(r) > 0) {
        struct ht_span protocol = ht_tls_vec_span(walk, r, 1, 1);
        if (r->failed)
            break;
        if (count < most)
            spans[count++] = ht_arena_dup(walk->arena, protocol);
        if (ht_tls_room(walk))
            ht_field_text(walk->arena, list, NULL, protocol);
    }
    ht_tls_end(walk, r);
    return (struct ht_span_list){spans, count};
}

/* A server selects exactly one (RFC 7301 section 3.1). */
static void select_protocol(struct ht_tls_walk *walk, struct ht_span_list protocols, size_t at)
{
    if (protocols.count > 0)
        walk->out->alpn = protocols.at[0];
    if (protocols.count != 1)
        ht_tls_bad(walk, at, HT_TLS_FAULT_VALUE);
}

void ht_tls_ext_alpn(struct ht_tls_walk *walk, struct ht_reader *r, struct ht_field *f)
{
    size_t at = ht_reader_offset(r);
    struct ht_reader list = ht_tls_vec(walk, r, 2, 2);
    struct ht_span_list protocols = read_protocols(walk, &list, f, "protocol_name_list");
    if (hello_of(walk))
        hello_of(walk)->alpn = protocols;
    if (walk->place != HT_TLS_IN_CLIENT_HELLO)
        select_protocol(walk, protocols, at);
}

/* The client's is empty, the server's lists what it speaks. */
void ht_tls_ext_npn(struct ht_tls_walk *walk, struct ht_reader *r, struct ht_field *f)
{
    if (walk->place == HT_TLS_IN_CLIENT_HELLO)
        ht_tls_ext_empty(walk, r, f);
    else
        read_protocols(walk, r, f, "protocols");
}

/* The client lists protocols, either side's EncryptedExtensions holds the settings of the one selected. */
void ht_tls_ext_alps(struct ht_tls_walk *walk, struct ht_reader *r, struct ht_field *f)
{
    if (walk->place != HT_TLS_IN_CLIENT_HELLO) {
        ht_tls_bytes(walk, f, "settings", ht_read_rest(r));
        return;
    }
    struct ht_reader list = ht_tls_vec(walk, r, 2, 2);
    read_protocols(walk, &list, f, "supported_protocols");
}
