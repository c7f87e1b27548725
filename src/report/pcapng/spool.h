/* SPDX-License-Identifier: MIT */
/* The spool: what happened on sockets, in its order, in a temporary file without a name while the run lasts.
 */
#ifndef HT_REPORT_PCAPNG_SPOOL_H
#define HT_REPORT_PCAPNG_SPOOL_H

#include "base/error.h"
#include "report/pcapng/packet.h"

#include <httptrace/raw.h>

enum ht_spool_kind {
    HT_SPOOL_OPEN,    /* bytes: the path of a Unix socket */
    HT_SPOOL_CONNECT, /* how connect() stands */
    HT_SPOOL_SAMPLE,  /* of TCP_INFO, once connected and before the close */
    HT_SPOOL_ICMP,
    HT_SPOOL_BYTES, /* none: the peer's FIN was read */
    HT_SPOOL_CLOSE, /* bytes: what had come and nobody read, where it was not told before */
    HT_SPOOL_KEYLOG /* bytes: one line of the key log */
};

/* Bytes of one record at most; more are several records. */
#define HT_SPOOL_BYTES_MAX 65536u

struct ht_spool_record {
    int64_t t_us;
    int32_t socket;
    uint32_t len; /* of the bytes that follow */
    uint8_t kind, dir;
    union {
        struct {
            struct ht_endpoint remote;
        } open;
        struct {
            int32_t error;
            struct ht_endpoint local;
        } connect;
        struct {
            int64_t rtt_us;
            int32_t mss, retransmits, unacked_bytes; /* -1: not known */
            bool closing;                            /* taken before the close */
            uint8_t state;                           /* of <netinet/tcp.h>: the kernel's own view */
        } sample;
        struct {
            uint8_t type, code;
            struct ht_endpoint offender;
        } icmp;
        struct {
            bool unread; /* had come, and was not read before the close */
        } bytes;
        struct {
            int32_t error;
            bool reset, peer_closed;
            bool unread; /* something that had come was not read */
        } close;
    } u;
};

struct ht_spool;

/* `cap_bytes`: the most that it takes. HT_ERR_IO where no directory has room for a temporary file. */
HT_MUST_USE enum ht_status ht_spool_open(int64_t cap_bytes, struct ht_spool **out, struct ht_error *error);
void ht_spool_free(struct ht_spool *spool); /* NULL is allowed */

/* Appends a record with bytes in two parts, HT_SPOOL_BYTES_MAX of them at most; sets record->len. False where
 * it did not fit any more, or could not be written: nothing is appended from then on. */
bool ht_spool_put(struct ht_spool *spool, struct ht_spool_record *record, struct ht_span first,
                  struct ht_span then);
bool ht_spool_is_full(const struct ht_spool *spool);

/* Ends the writing, or reads once more from the start. HT_ERR_IO where a write had failed. */
HT_MUST_USE enum ht_status ht_spool_rewind(struct ht_spool *spool, struct ht_error *error);
/* The next record; `bytes` live until the next call, NULL skips them. False at the end. */
bool ht_spool_next(struct ht_spool *spool, struct ht_spool_record *record, struct ht_span *bytes);

#endif
