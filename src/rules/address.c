/* SPDX-License-Identifier: MIT */
/*
 * Addresses: takes one as text, gives the reserved block that holds it.
 * Source of the table: IANA IPv4 and IPv6 Special-Purpose Address Registries (RFC 6890) and the multicast
 * registries, as of 2025; blocks that are globally reachable are left out.
 */
#include "rules/address.h"

#include <arpa/inet.h>
#include <stdlib.h>

#define MAPPED_BYTES 12 /* ::ffff:0:0/96 (RFC 4291 section 2.5.5.2) */

static const struct ht_block blocks[] = {
    {"0.0.0.0/8", "this network", "RFC 791", HT_SPACE_NOWHERE},
    {"10.0.0.0/8", "private use", "RFC 1918", HT_SPACE_PRIVATE},
    {"100.64.0.0/10", "shared address space", "RFC 6598", HT_SPACE_PRIVATE},
    {"127.0.0.0/8", "loopback", "RFC 1122", HT_SPACE_NOWHERE},
    {"169.254.0.0/16", "link local", "RFC 3927", HT_SPACE_PRIVATE},
    {"172.16.0.0/12", "private use", "RFC 1918", HT_SPACE_PRIVATE},
    {"192.0.0.0/24", "protocol assignments", "RFC 6890", HT_SPACE_NOWHERE},
    {"192.0.2.0/24", "documentation", "RFC 5737", HT_SPACE_DOCUMENTATION},
    {"192.168.0.0/16", "private use", "RFC 1918", HT_SPACE_PRIVATE},
    {"198.18.0.0/15", "benchmarking", "RFC 2544", HT_SPACE_BENCHMARK},
    {"198.51.100.0/24", "documentation", "RFC 5737", HT_SPACE_DOCUMENTATION},
    {"203.0.113.0/24", "documentation", "RFC 5737", HT_SPACE_DOCUMENTATION},
    {"224.0.0.0/4", "multicast", "RFC 5771", HT_SPACE_NOWHERE},
    {"240.0.0.0/4", "reserved", "RFC 1112", HT_SPACE_NOWHERE},
    {"::/128", "unspecified", "RFC 4291", HT_SPACE_NOWHERE},
    {"::1/128", "loopback", "RFC 4291", HT_SPACE_NOWHERE},
    {"64:ff9b:1::/48", "local translation", "RFC 8215", HT_SPACE_PRIVATE},
    {"100::/64", "discard", "RFC 6666", HT_SPACE_NOWHERE},
    {"2001:2::/48", "benchmarking", "RFC 5180", HT_SPACE_BENCHMARK},
    {"2001:db8::/32", "documentation", "RFC 3849", HT_SPACE_DOCUMENTATION},
    {"3fff::/20", "documentation", "RFC 9637", HT_SPACE_DOCUMENTATION},
    {"fc00::/7", "unique local", "RFC 4193", HT_SPACE_PRIVATE},
    {"fe80::/10", "link local", "RFC 4291", HT_SPACE_PRIVATE},
    {"ff00::/8", "multicast", "RFC 4291", HT_SPACE_NOWHERE},
};

struct number {
    uint8_t bytes[16];
    int family; /* 0: no address */
};

static struct number parse(struct ht_span text)
{
    static const uint8_t mapped[MAPPED_BYTES] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};
    char copy[INET6_ADDRSTRLEN] = "";
    struct number n = {{0}, 0};
    if (text.len >= sizeof copy)
        return n;
    memcpy(copy, text.len ? text.data : (const uint8_t *)"", text.len);
    copy[strcspn(copy, "%")] = '\0'; /* the zone of a link-local address (RFC 4007) */
    if (inet_pton(AF_INET, copy, n.bytes) == 1) {
        n.family = AF_INET;
    } else if (inet_pton(AF_INET6, copy, n.bytes) == 1) {
        n.family = AF_INET6;
        if (memcmp(n.bytes, mapped, MAPPED_BYTES) == 0) {
            memmove(n.bytes, n.bytes + MAPPED_BYTES, 4);
            n.family = AF_INET;
        }
    }
    return n;
}

static bool holds(const struct ht_block *block, const struct number *n)
{
    size_t slash = strcspn(block->prefix, "/");
    struct number prefix = parse(ht_span(block->prefix, slash));
    size_t bits = strtoul(block->prefix + slash + 1, NULL, 10), whole = bits / 8;
    uint8_t mask = (uint8_t)(0xFF00u >> bits % 8);
    if (prefix.family != n->family || memcmp(prefix.bytes, n->bytes, whole) != 0)
        return false;
    return bits % 8 == 0 || ((prefix.bytes[whole] ^ n->bytes[whole]) & mask) == 0;
}

const struct ht_block *ht_address_block(struct ht_span address)
{
    struct number n = parse(address);
    for (size_t i = 0; n.family && i < sizeof blocks / sizeof *blocks; i++) {
        if (holds(&blocks[i], &n))
            return &blocks[i];
    }
    return NULL;
}

static struct ht_span without_dot(struct ht_span host)
{
    bool dot = host.len > 1 && host.data[host.len - 1] == '.';
    return ht_span_head(host, host.len - dot);
}

static bool is_below(struct ht_span host, const char *zone)
{
    struct ht_span name = without_dot(host);
    size_t len = strlen(zone);
    if (name.len < len || !ht_span_ieq_str(ht_span_from(name, name.len - len), zone))
        return false;
    return name.len == len || name.data[name.len - len - 1] == '.';
}

bool ht_name_is_localhost(struct ht_span host)
{
    return is_below(host, "localhost");
}

bool ht_name_is_local(struct ht_span host)
{
    static const char *const zones[] = {"local", "internal", "test", "localhost"};
    struct ht_span name = without_dot(host);
    if (name.len == 0 || !memchr(name.data, '.', name.len) || parse(name).family)
        return true;
    for (size_t i = 0; i < sizeof zones / sizeof *zones; i++) {
        if (is_below(name, zones[i]))
            return true;
    }
    return false;
}
