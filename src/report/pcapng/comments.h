/* SPDX-License-Identifier: MIT */
/* Comments on packets: findings, each kept until it is known which packet it belongs to. */
#ifndef HT_REPORT_PCAPNG_COMMENTS_H
#define HT_REPORT_PCAPNG_COMMENTS_H

#include "report/pcapng/spool.h"
#include "report/report.h"

#define HT_NO_RECORD UINT64_MAX

struct ht_comment {
    int32_t socket; /* -1: none, it is about the capture */
    int64_t t_us;
    uint64_t record; /* number of the spool's record that it is on; HT_NO_RECORD: none */
    bool written;
    char *text;
};

/* Zero-initialised is empty. */
struct ht_comments {
    struct ht_comment *at;
    size_t count, dropped;
};

void ht_comments_free(struct ht_comments *comments);
/* Copies the text; past a cap only counts. The same twice is one. */
void ht_comments_add(struct ht_comments *comments, int32_t socket, int64_t t_us, const char *text);
/* The findings of a transfer that has ended, each with the socket and the time of its evidence. */
void ht_comments_findings(struct ht_comments *comments, const struct ht_transfer *transfer,
                          const struct ht_report_options *options);

/* Told of every record that becomes packets, in order: each comment is on the last one of its socket that is
 * no younger, or on the first. */
void ht_comments_place(struct ht_comments *comments, const struct ht_spool_record *record, uint64_t number);
/* The next comment that is due on a packet of this socket, now that the spool is at record `number`; NULL
 * where there is none. Each is given once. */
const char *ht_comments_due(struct ht_comments *comments, int32_t socket, uint64_t number);

#endif
