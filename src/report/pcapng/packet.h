/* SPDX-License-Identifier: MIT */
/* Packets made anew: IP and TCP headers for what a socket carried, with right lengths and checksums. */
#ifndef HT_REPORT_PCAPNG_PACKET_H
#define HT_REPORT_PCAPNG_PACKET_H

#include <httptrace/span.h>

struct ht_endpoint {
    uint8_t family; /* 4 or 6; 0: none */
    uint16_t port;
    uint8_t address[16]; /* network order; the first four bytes with family 4 */
};

/* RFC 9293 section 3.1 */
enum ht_tcp_flag {
    HT_TCP_F_FIN = 1,
    HT_TCP_F_SYN = 2,
    HT_TCP_F_RST = 4,
    HT_TCP_F_PSH = 8,
    HT_TCP_F_ACK = 16
};

#define HT_PACKET_HEAD 128 /* at least what any of the functions below writes */

struct ht_segment {
    const struct ht_endpoint *from, *to; /* of one family, 4 or 6 */
    uint32_t seq, ack;
    uint8_t flags;
    uint16_t mss; /* with SYN: the option, along with a window scale; 0: neither */
    struct ht_span payload;
};

/* Headers of a packet whose payload follows; gives their length. The payload must fit (ht_packet_room). */
size_t ht_packet_tcp(uint8_t out[HT_PACKET_HEAD], const struct ht_segment *segment);
/* The most payload that one packet of a family holds. */
size_t ht_packet_room(uint8_t family);
/* A whole packet with an ICMP error (RFC 792, RFC 4443) about `about`, the head of the packet that it
 * answers.
 */
size_t ht_packet_icmp(uint8_t out[HT_PACKET_HEAD], const struct ht_endpoint *from,
                      const struct ht_endpoint *to, uint8_t type, uint8_t code, struct ht_span about);

#endif
