/* SPDX-License-Identifier: MIT */
/* A capture while the run lasts: what raw events leave behind for its end. */
#ifndef HT_REPORT_PCAPNG_CAPTURE_H
#define HT_REPORT_PCAPNG_CAPTURE_H

#include "report/format.h"
#include "report/pcapng/comments.h"

#define HT_TLS_RECORD_HEADER 5 /* bytes (RFC 8446 section 5.1) */
#define HT_HELD_MAX          1024

/* document->state */
struct ht_capture {
    struct ht_spool *spool, *keys; /* the lines of the key log apart: they are wanted first */
    struct ht_comments comments;
    int32_t unread_socket; /* whose unread bytes were told; -1: none */
    int64_t wall_us;
    struct ht_spool_record held; /* a read of what belongs together with the next one; len 0: nothing */
    uint8_t held_bytes[HT_HELD_MAX];
    bool bytewise; /* it is an answer of a proxy, which libcurl reads by single bytes; else the header of a
                      TLS record alone, which OpenSSL asks for by itself */
    bool blind;    /* the tap saw no calls */
    bool full;
    char tool[64];
};

/* Takes one raw event of any kind. */
void ht_capture_take(struct ht_document *document, const struct ht_raw *raw);
/* The last one was taken. */
void ht_capture_settle(struct ht_document *document);

#endif
