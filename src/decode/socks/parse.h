/* SPDX-License-Identifier: MIT */
/* What the files of this room share: the parts of one message, and the row of its kind. */
#ifndef HT_DECODE_SOCKS_PARSE_H
#define HT_DECODE_SOCKS_PARSE_H

#include "base/reader.h"
#include "base/sink.h"
#include "decode/socks/socks.h"
#include "model/model.h"

/* Borrowed from the message. */
struct ht_socks_parts {
    uint8_t version;
    uint8_t code; /* command, method, status, reply or type of a GSSAPI message */
    uint8_t address_type;
    uint16_t port;
    struct ht_span address; /* 4 or 16 bytes, or a domain name */
    struct ht_span methods, user, password, token;
    bool domain, has_token;
    bool endless; /* no length can be told of what follows */
    bool illegal;
    size_t illegal_at;
    const char *why;
};

typedef void ht_socks_read_function(struct ht_reader *r, struct ht_socks_parts *parts);
typedef void ht_socks_show_function(const struct ht_socks_parts *parts, struct ht_arena *arena,
                                    struct ht_field *fields, struct ht_sink *summary);

/* One message. Reading is sticky: whether it was whole, the reader tells. */
ht_socks_read_function ht_socks_read_greeting, ht_socks_read_pair, ht_socks_read_sign_in,
    ht_socks_read_gssapi, ht_socks_read_address, ht_socks_read_request_4, ht_socks_read_reply_4;
ht_socks_show_function ht_socks_show_greeting, ht_socks_show_method, ht_socks_show_sign_in,
    ht_socks_show_status, ht_socks_show_gssapi, ht_socks_show_request, ht_socks_show_reply,
    ht_socks_show_request_4, ht_socks_show_reply_4;

#endif
