/* SPDX-License-Identifier: MIT */
/* Shows the messages of SOCKS: takes the parts of one, gives its fields, those that sign in marked as secret,
 * and its summary. */
#include "base/escape.h"
#include "decode/socks/parse.h"

#include <arpa/inet.h>

static void put_name(struct ht_sink *out, const char *name, unsigned number)
{
    if (name)
        ht_sink_puts(out, name);
    else
        ht_sink_printf(out, "%u, which nobody named", number);
}

/* "192.0.2.1", "2001:db8::1"; "" where it is no address. */
static void address_text(struct ht_span address, char text[INET6_ADDRSTRLEN])
{
    text[0] = '\0';
    if (address.len == 4 || address.len == 16)
        inet_ntop(address.len == 4 ? AF_INET : AF_INET6, address.data, text, INET6_ADDRSTRLEN);
}

static void show_address(const struct ht_socks_parts *p, struct ht_arena *arena, struct ht_field *fields)
{
    char text[INET6_ADDRSTRLEN];
    address_text(p->address, text);
    ht_field_text(arena, fields, "address", p->domain ? p->address : ht_span_str(text));
    ht_field_uint(arena, fields, "port", p->port);
}

static void put_target(struct ht_sink *out, const struct ht_socks_parts *p)
{
    char text[INET6_ADDRSTRLEN];
    address_text(p->address, text);
    if (p->domain)
        ht_escape_text(out, p->address);
    else
        ht_sink_printf(out, p->address.len == 16 ? "[%s]" : "%s", text);
    ht_sink_printf(out, ":%u", p->port);
}

static void add_secret(struct ht_arena *arena, struct ht_field *fields, const char *name,
                       struct ht_span value)
{
    ht_field_text(arena, fields, name, value)->secret = true;
}

void ht_socks_show_greeting(const struct ht_socks_parts *p, struct ht_arena *arena, struct ht_field *fields,
                            struct ht_sink *summary)
{
    struct ht_field *list = ht_field_list(arena, fields, "methods");
    ht_sink_puts(summary, "SOCKS5 greeting: ");
    for (size_t i = 0; i < p->methods.len; i++) {
        const char *name = ht_socks_method_name(p->methods.data[i]);
        ht_field_named(arena, list, NULL, p->methods.data[i], name);
        ht_sink_puts(summary, i ? ", " : "");
        put_name(summary, name, p->methods.data[i]);
    }
    if (p->methods.len == 0)
        ht_sink_puts(summary, "no method");
}

void ht_socks_show_method(const struct ht_socks_parts *p, struct ht_arena *arena, struct ht_field *fields,
                          struct ht_sink *summary)
{
    const char *name = ht_socks_method_name(p->code);
    ht_field_named(arena, fields, "method", p->code, name);
    ht_sink_puts(summary, "SOCKS5 method: ");
    put_name(summary, name, p->code);
}

void ht_socks_show_sign_in(const struct ht_socks_parts *p, struct ht_arena *arena, struct ht_field *fields,
                           struct ht_sink *summary)
{
    add_secret(arena, fields, "user_name", p->user);
    add_secret(arena, fields, "password", p->password);
    ht_sink_puts(summary, "SOCKS5 sign-in with user name and password");
}

void ht_socks_show_status(const struct ht_socks_parts *p, struct ht_arena *arena, struct ht_field *fields,
                          struct ht_sink *summary)
{
    ht_field_named(arena, fields, "status", p->code, p->code ? "failure" : "success");
    if (p->code)
        ht_sink_printf(summary, "SOCKS5 sign-in: failure, status %u", p->code);
    else
        ht_sink_puts(summary, "SOCKS5 sign-in: success");
}

void ht_socks_show_gssapi(const struct ht_socks_parts *p, struct ht_arena *arena, struct ht_field *fields,
                          struct ht_sink *summary)
{
    ht_field_uint(arena, fields, "message_type", p->code);
    if (p->has_token)
        ht_field_uint(arena, fields, "token_length", p->token.len);
    ht_sink_puts(summary, "SOCKS5 GSSAPI: ");
    if (p->has_token)
        ht_sink_printf(summary, "a token of %zu bytes", p->token.len);
    else
        ht_sink_puts(summary, "context refused");
}

void ht_socks_show_request(const struct ht_socks_parts *p, struct ht_arena *arena, struct ht_field *fields,
                           struct ht_sink *summary)
{
    const char *name = ht_socks_command_name(p->code);
    ht_field_named(arena, fields, "command", p->code, name);
    ht_field_named(arena, fields, "address_type", p->address_type,
                   ht_socks_address_type_name(p->address_type));
    ht_sink_puts(summary, "SOCKS5 ");
    if (name)
        ht_sink_puts(summary, name);
    else
        ht_sink_printf(summary, "command %u", p->code);
    if (p->endless)
        return;
    show_address(p, arena, fields);
    ht_sink_char(summary, ' ');
    put_target(summary, p);
}

void ht_socks_show_reply(const struct ht_socks_parts *p, struct ht_arena *arena, struct ht_field *fields,
                         struct ht_sink *summary)
{
    const char *name = ht_socks_reply_name(true, p->code);
    ht_field_named(arena, fields, "reply", p->code, name);
    ht_field_named(arena, fields, "address_type", p->address_type,
                   ht_socks_address_type_name(p->address_type));
    if (!p->endless)
        show_address(p, arena, fields);
    ht_sink_puts(summary, "SOCKS5 reply: ");
    put_name(summary, name, p->code);
}

void ht_socks_show_request_4(const struct ht_socks_parts *p, struct ht_arena *arena, struct ht_field *fields,
                             struct ht_sink *summary)
{
    const char *name = ht_socks_command_name(p->code);
    ht_field_named(arena, fields, "command", p->code, name);
    show_address(p, arena, fields);
    add_secret(arena, fields, "user_id", p->user);
    ht_sink_puts(summary, p->domain ? "SOCKS4a " : "SOCKS4 ");
    if (name)
        ht_sink_puts(summary, name);
    else
        ht_sink_printf(summary, "command %u", p->code);
    ht_sink_char(summary, ' ');
    put_target(summary, p);
}

void ht_socks_show_reply_4(const struct ht_socks_parts *p, struct ht_arena *arena, struct ht_field *fields,
                           struct ht_sink *summary)
{
    const char *name = ht_socks_reply_name(false, p->code);
    ht_field_named(arena, fields, "reply", p->code, name);
    show_address(p, arena, fields);
    ht_sink_puts(summary, "SOCKS4 reply: ");
    put_name(summary, name, p->code);
}
