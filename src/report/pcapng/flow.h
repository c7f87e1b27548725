/* SPDX-License-Identifier: MIT */
/* Flows: what happened on each socket becomes the packets of a TCP connection. */
#ifndef HT_REPORT_PCAPNG_FLOW_H
#define HT_REPORT_PCAPNG_FLOW_H

#include "report/format.h"
#include "report/pcapng/comments.h"

struct ht_flow;

/* Where packets go. Zero-initialised but for the first three. */
struct ht_flows {
    struct ht_document *document; /* flushed now and then */
    struct ht_comments *comments;
    int64_t wall_us; /* of the run's start, since the Epoch */
    uint64_t record; /* number of the record at hand */
    struct ht_flow *open;
};

/* Takes the spool's records in order and appends their packets. `bytes`: those of the record. */
void ht_flow_take(struct ht_flows *flows, const struct ht_spool_record *record, struct ht_span bytes);
/* Whether a record certainly becomes a packet, so that a comment may be put on it. */
bool ht_flow_shows(const struct ht_spool_record *record);
/* The last record was taken; forgets the sockets that never closed. */
void ht_flows_end(struct ht_flows *flows);

#endif
