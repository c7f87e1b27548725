/* SPDX-License-Identifier: MIT */
/* Segments of one flow: what its file (flow.c) decides, as packets in the document. */
#ifndef HT_REPORT_PCAPNG_SEGMENTS_H
#define HT_REPORT_PCAPNG_SEGMENTS_H

#include "report/pcapng/flow.h"

struct ht_flow_side {
    uint32_t seq;    /* of the next byte */
    uint32_t unseen; /* bytes since the other side last acknowledged */
    bool fin;
};

struct ht_flow {
    int32_t socket;
    struct ht_endpoint local, remote;
    struct ht_flow_side sides[3]; /* by ht_dir, of the sender */
    int64_t open_us, connected_us, refused_us;
    uint64_t connected_record; /* that told so */
    bool syn, connected, shaken, refused, dead;
    bool peer_closed, torn; /* when it was to be closed: FIN had come; nothing was left of the connection */
    bool commented;
    char *path; /* of a Unix socket, harmless; NULL: it is none */
    uint16_t mss;
    int64_t rtt_us;
    int32_t retransmits, unacked_bytes;
    struct ht_flow *next;
};

/* Where nobody knows better: that of Ethernet. */
uint16_t ht_flow_mss(const struct ht_endpoint *end);
/* A segment that is next in that direction, not yet counted. */
struct ht_segment ht_segment_of(const struct ht_flow *f, enum ht_dir dir, uint8_t flags,
                                struct ht_span payload);
/* Appends a packet along with the comments that are due; `note` NULL: none of its own. */
void ht_segment_packet(struct ht_flows *flows, struct ht_flow *f, int64_t t_us, enum ht_dir dir,
                       struct ht_span head, struct ht_span payload, const char *note);
/* The same for the next segment, which is counted. */
void ht_segment_put(struct ht_flows *flows, struct ht_flow *f, int64_t t_us, enum ht_dir dir, uint8_t flags,
                    struct ht_span payload, const char *note);
void ht_segment_bare(struct ht_flows *flows, struct ht_flow *f, int64_t t_us, enum ht_dir dir, uint8_t flags);
/* Bytes in as many segments as they take. */
void ht_segment_payload(struct ht_flows *flows, struct ht_flow *f, int64_t t_us, enum ht_dir dir,
                        struct ht_span bytes, const char *note);

#endif
