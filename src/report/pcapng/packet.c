/* SPDX-License-Identifier: MIT */
/* Packets: takes two endpoints and a segment's figures, gives IPv4 (RFC 791), IPv6 (RFC 8200), TCP (RFC 9293)
 * and ICMP headers. */
#include "report/pcapng/packet.h"

#define IPV4_HEADER  20u
#define IPV6_HEADER  40u
#define TCP_HEADER   20u
#define ICMP_HEADER  8u
#define PROTO_ICMP   1
#define PROTO_TCP    6
#define PROTO_ICMPV6 58
#define HOP_LIMIT    64
#define SHIFT        14 /* the widest window (RFC 7323 section 2.3), so that none ever seems full */
#define ABOUT_MAX    (HT_PACKET_HEAD - IPV6_HEADER - ICMP_HEADER)

static size_t put_u16(uint8_t *out, size_t at, uint32_t value)
{
    out[at] = (uint8_t)(value >> 8);
    out[at + 1] = (uint8_t)value;
    return at + 2;
}

static size_t put_u32(uint8_t *out, size_t at, uint32_t value)
{
    return put_u16(out, put_u16(out, at, value >> 16), value & 0xFFFF);
}

static size_t put_bytes(uint8_t *out, size_t at, const void *bytes, size_t len)
{
    memcpy(out + at, bytes, len);
    return at + len;
}

/* ---- the Internet checksum (RFC 1071) ---- */

/* Sums 32 bits at a time in the host's order, which the sum does not mind (section 2(B)). */
static uint64_t sum(uint64_t total, struct ht_span bytes)
{
    size_t at = 0;
    for (; at + 4 <= bytes.len; at += 4) {
        uint32_t word;
        memcpy(&word, bytes.data + at, sizeof word);
        total += word;
    }
    if (at < bytes.len) {
        uint32_t word = 0;
        memcpy(&word, bytes.data + at, bytes.len - at);
        total += word;
    }
    return total;
}

static void put_checksum(uint8_t *out, size_t at, uint64_t total)
{
    while (total >> 16)
        total = (total & 0xFFFF) + (total >> 16);
    uint16_t folded = (uint16_t)~total;
    memcpy(out + at, &folded, sizeof folded);
}

static size_t address_len(uint8_t family)
{
    return family == 6 ? 16 : 4;
}

/* The pseudo-header of TCP and ICMPv6 (RFC 9293 section 3.1, RFC 8200 section 8.1). */
static uint64_t pseudo_sum(const struct ht_endpoint *from, const struct ht_endpoint *to, uint8_t protocol,
                           size_t len)
{
    uint8_t tail[8];
    uint64_t total = sum(0, ht_span(from->address, address_len(from->family)));
    total = sum(total, ht_span(to->address, address_len(to->family)));
    put_u32(tail, put_u32(tail, 0, (uint32_t)len), protocol);
    return sum(total, ht_span(tail, sizeof tail));
}

/* ---- IP ---- */

static size_t put_ipv4(uint8_t *out, const struct ht_endpoint *from, const struct ht_endpoint *to,
                       uint8_t protocol, size_t len)
{
    size_t at = put_u16(out, 0, 0x4500);
    at = put_u16(out, at, (uint32_t)(IPV4_HEADER + len));
    at = put_u32(out, at, 0x4000); /* no identification, since not to be fragmented (RFC 6864 section 4) */
    out[at++] = HOP_LIMIT;
    out[at++] = protocol;
    at = put_u16(out, at, 0);
    at = put_bytes(out, at, from->address, 4);
    at = put_bytes(out, at, to->address, 4);
    put_checksum(out, 10, sum(0, ht_span(out, at)));
    return at;
}

static size_t put_ip(uint8_t *out, const struct ht_endpoint *from, const struct ht_endpoint *to,
                     uint8_t protocol, size_t len)
{
    if (from->family != 6)
        return put_ipv4(out, from, to, protocol, len);
    size_t at = put_u32(out, 0, 0x60000000);
    at = put_u16(out, at, (uint32_t)len);
    out[at++] = protocol;
    out[at++] = HOP_LIMIT;
    at = put_bytes(out, at, from->address, 16);
    return put_bytes(out, at, to->address, 16);
}

/* ---- TCP ---- */

size_t ht_packet_room(uint8_t family)
{
    return 65535u - TCP_HEADER - (family == 6 ? 0 : IPV4_HEADER);
}

static size_t put_options(uint8_t *out, uint16_t mss)
{
    const uint8_t scale[] = {1, 3, 3, SHIFT};
    size_t at = put_u16(out, 0, 0x0204);
    at = put_u16(out, at, mss);
    return put_bytes(out, at, scale, sizeof scale);
}

static size_t put_tcp(uint8_t *out, const struct ht_segment *s)
{
    size_t at = put_u16(out, 0, s->from->port);
    at = put_u16(out, at, s->to->port);
    at = put_u32(out, at, s->seq);
    at = put_u32(out, at, s->ack);
    at = put_u16(out, at, s->flags);
    at = put_u16(out, at, 0xFFFF);
    at = put_u32(out, at, 0);
    if (s->mss)
        at += put_options(out + at, s->mss);
    out[12] = (uint8_t)(at / 4 << 4);
    return at;
}

size_t ht_packet_tcp(uint8_t out[HT_PACKET_HEAD], const struct ht_segment *s)
{
    size_t ip_len = s->from->family == 6 ? IPV6_HEADER : IPV4_HEADER;
    uint8_t *tcp = out + ip_len;
    size_t tcp_len = put_tcp(tcp, s);
    size_t len = tcp_len + s->payload.len;
    put_ip(out, s->from, s->to, PROTO_TCP, len);
    uint64_t total = pseudo_sum(s->from, s->to, PROTO_TCP, len);
    put_checksum(tcp, 16, sum(sum(total, ht_span(tcp, tcp_len)), s->payload));
    return ip_len + tcp_len;
}

/* ---- ICMP ---- */

size_t ht_packet_icmp(uint8_t out[HT_PACKET_HEAD], const struct ht_endpoint *from,
                      const struct ht_endpoint *to, uint8_t type, uint8_t code, struct ht_span about)
{
    bool v6 = from->family == 6;
    uint8_t *icmp = out + (v6 ? IPV6_HEADER : IPV4_HEADER);
    about = ht_span_head(about, ABOUT_MAX);
    size_t len = ICMP_HEADER + about.len;
    size_t at = put_ip(out, from, to, v6 ? PROTO_ICMPV6 : PROTO_ICMP, len);
    memset(icmp, 0, ICMP_HEADER);
    icmp[0] = type;
    icmp[1] = code;
    if (about.len)
        memcpy(icmp + ICMP_HEADER, about.data, about.len);
    uint64_t total = v6 ? pseudo_sum(from, to, PROTO_ICMPV6, len) : 0;
    put_checksum(icmp, 2, sum(total, ht_span(icmp, len)));
    return at + len;
}
