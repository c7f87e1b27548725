/* SPDX-License-Identifier: MIT */
/* Numbers of SOCKS to names (RFC 1928 sections 3, 4 and 6; the SOCKS4 protocol; IANA's SOCKS Methods), and
 * first bytes to the protocol that they look like. */
#include "base/names.h"
#include "decode/socks/socks.h"

static const struct ht_name methods[] = {
    {0, "no authentication"},
    {1, "GSSAPI"},
    {2, "user name and password"},
    {3, "challenge-handshake"},
    {5, "challenge-response"},
    {6, "SSL"},
    {7, "NDS"},
    {8, "multi-authentication framework"},
    {9, "JSON parameter block"},
    {255, "no acceptable methods"},
};

static const struct ht_name commands[] = {
    {1, "CONNECT"},
    {2, "BIND"},
    {3, "UDP ASSOCIATE"},
};

static const struct ht_name address_types[] = {
    {1, "IPv4"},
    {3, "domain name"},
    {4, "IPv6"},
};

static const struct ht_name replies_5[] = {
    {0, "succeeded"},
    {1, "general SOCKS server failure"},
    {2, "connection not allowed by ruleset"},
    {3, "network unreachable"},
    {4, "host unreachable"},
    {5, "connection refused"},
    {6, "TTL expired"},
    {7, "command not supported"},
    {8, "address type not supported"},
};

static const struct ht_name replies_4[] = {
    {90, "request granted"},
    {91, "request rejected or failed"},
    {92, "rejected: no identd on the client"},
    {93, "rejected: identd reports another user"},
};

static const struct ht_name_table method_table = HT_NAME_TABLE(methods);
static const struct ht_name_table command_table = HT_NAME_TABLE(commands);
static const struct ht_name_table address_type_table = HT_NAME_TABLE(address_types);
static const struct ht_name_table reply_5_table = HT_NAME_TABLE(replies_5);
static const struct ht_name_table reply_4_table = HT_NAME_TABLE(replies_4);

const char *ht_socks_method_name(uint8_t method)
{
    return ht_name_of(&method_table, method);
}

const char *ht_socks_command_name(uint8_t command)
{
    return ht_name_of(&command_table, command);
}

const char *ht_socks_address_type_name(uint8_t type)
{
    return ht_name_of(&address_type_table, type);
}

const char *ht_socks_reply_name(bool five, uint8_t code)
{
    return ht_name_of(five ? &reply_5_table : &reply_4_table, code);
}

static const struct {
    const char *head;
    size_t len;
    const char *name;
} others[] = {
    {"HTTP/", 5, "HTTP"},      {"SSH-", 4, "SSH"},        {"\x15\x03", 2, "TLS"},
    {"\x16\x03", 2, "TLS"},    {"\x05", 1, "SOCKS5"},     {"\x00\x5a", 2, "SOCKS4"},
    {"\x00\x5b", 2, "SOCKS4"}, {"\x00\x5c", 2, "SOCKS4"}, {"\x00\x5d", 2, "SOCKS4"},
};

const char *ht_socks_other_name(struct ht_span head)
{
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        if (ht_span_eq(ht_span_head(head, others[i].len), ht_span(others[i].head, others[i].len)))
            return others[i].name;
    }
    return NULL;
}
