/* SPDX-License-Identifier: MIT */
/* Reads the messages of SOCKS (RFC 1928 sections 3, 4 and 6; RFC 1929 section 2; RFC 1961 section 3; SOCKS4
 * and SOCKS4a): takes a checked reader, gives the parts. */
#include "decode/socks/parse.h"

enum { TYPE_IPV4 = 1, TYPE_DOMAIN = 3, TYPE_IPV6 = 4, GSSAPI_ABORT = 0xFF };

/* Keeps the first mark. */
static void mark(struct ht_socks_parts *parts, size_t at, const char *why)
{
    if (parts->illegal)
        return;
    parts->illegal = true;
    parts->illegal_at = at;
    parts->why = why;
}

void ht_socks_read_greeting(struct ht_reader *r, struct ht_socks_parts *parts)
{
    parts->version = ht_read_u8(r);
    parts->methods = ht_read_vec8(r);
    if (!r->failed && parts->methods.len == 0)
        mark(parts, 1, "no method is offered (RFC 1928 section 3)");
}

void ht_socks_read_pair(struct ht_reader *r, struct ht_socks_parts *parts)
{
    parts->version = ht_read_u8(r);
    parts->code = ht_read_u8(r);
}

void ht_socks_read_sign_in(struct ht_reader *r, struct ht_socks_parts *parts)
{
    parts->version = ht_read_u8(r);
    parts->user = ht_read_vec8(r);
    parts->password = ht_read_vec8(r);
}

void ht_socks_read_gssapi(struct ht_reader *r, struct ht_socks_parts *parts)
{
    ht_socks_read_pair(r, parts);
    parts->has_token = parts->code != GSSAPI_ABORT;
    if (parts->has_token)
        parts->token = ht_read_vec16(r);
}

/* A request and a reply have one form. */
void ht_socks_read_address(struct ht_reader *r, struct ht_socks_parts *parts)
{
    ht_socks_read_pair(r, parts);
    if (ht_read_u8(r) != 0)
        mark(parts, 2, "the reserved byte is not 0 (RFC 1928 sections 4 and 6)");
    parts->address_type = ht_read_u8(r);
    if (r->failed)
        return;
    parts->domain = parts->address_type == TYPE_DOMAIN;
    if (parts->domain) {
        parts->address = ht_read_vec8(r);
    } else if (parts->address_type == TYPE_IPV4 || parts->address_type == TYPE_IPV6) {
        parts->address = ht_read_span(r, parts->address_type == TYPE_IPV4 ? 4 : 16);
    } else {
        mark(parts, 3, "an address type that nobody defined (RFC 1928 section 5)");
        parts->endless = true;
    }
    if (!parts->endless)
        parts->port = ht_read_u16(r);
}

/* Up to its NUL, which is read as well. */
static struct ht_span read_text(struct ht_reader *r)
{
    struct ht_reader ahead = *r;
    size_t nul = ht_span_find_byte(ht_read_rest(&ahead), 0, 0);
    struct ht_span text = ht_read_span(r, nul);
    ht_read_u8(r);
    return r->failed ? (struct ht_span){0} : text;
}

/* SOCKS4a: an address 0.0.0.x, x other than 0, says that a name follows the user id. */
void ht_socks_read_request_4(struct ht_reader *r, struct ht_socks_parts *parts)
{
    static const uint8_t zeros[3];
    ht_socks_read_pair(r, parts);
    parts->port = ht_read_u16(r);
    parts->address = ht_read_span(r, 4);
    parts->user = read_text(r);
    if (r->failed)
        return;
    parts->domain = memcmp(parts->address.data, zeros, sizeof zeros) == 0 && parts->address.data[3] != 0;
    if (parts->domain)
        parts->address = read_text(r);
}

void ht_socks_read_reply_4(struct ht_reader *r, struct ht_socks_parts *parts)
{
    ht_socks_read_pair(r, parts);
    parts->port = ht_read_u16(r);
    parts->address = ht_read_span(r, 4);
}
