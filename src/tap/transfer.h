/* SPDX-License-Identifier: MIT */
/* One transfer: a job's easy handle, its callbacks, its first and its last event. */
#ifndef HT_TAP_TRANSFER_H
#define HT_TAP_TRANSFER_H

#include "base/sink.h"
#include "fetch/fetch.h"
#include "fetch/retry.h"
#include "tap/run.h"

#include <stdio.h>

struct ht_tap_transfer {
    struct ht_tap_transfer *next;
    struct ht_tap *tap;
    int32_t id; /* of the present attempt */
    CURL *easy;
    struct ht_fetch fetch;
    struct ht_retry retry;
    int64_t due_us;      /* while it waits: when it is tried again, by the clock */
    int64_t deadline_us; /* its --max-time with some grace, in run time; 0: none */
    int32_t last_socket; /* opened or used by it; -1: none */
    int no_socket;       /* errno of the socket() that failed, where none was opened later; else 0 */
    bool resolving;      /* libcurl began to look a name up for it */
    int64_t lookup_us;   /* when it began to, in run time */
    struct ht_tap_rendering {
        bool on, upgraded;      /* its messages are no HTTP/1; it was answered with 101 */
        struct ht_sink head;    /* of the response, which libcurl shows line by line */
        int64_t begin_us;       /* when its first line came */
    } rendering;                /* where calls are not seen */
    struct ht_operation silent; /* of a dry run: the job's own without what it would write */
    FILE *nowhere; /* for the chatter of libcurl's own DNS-over-HTTPS transfers; NULL where there are none */
    char error[CURL_ERROR_SIZE];
};

/* Makes the easy handle; on failure nothing is left to clear. */
HT_MUST_USE enum ht_status ht_transfer_prepare(struct ht_tap_transfer *transfer, struct ht_tap *tap,
                                               CURLSH *share, const struct ht_job *job,
                                               const struct ht_setting_plan *plan, struct ht_error *error);
/* An attempt with the id that it has now: opens the output and gives TRANSFER_START. */
HT_MUST_USE enum ht_status ht_transfer_start(struct ht_tap_transfer *transfer, struct ht_error *error);
/* Gives TRANSFER_END and closes the output, unless another attempt follows in `retry_us` (0: none does).
 * `text` NULL: libcurl's own words. */
HT_MUST_USE enum ht_status ht_transfer_end(struct ht_tap_transfer *transfer, CURLcode code, const char *text,
                                           int64_t retry_us, struct ht_error *error);
/* A lookup for it begins, and is over once it has a connection or ends. */
void ht_transfer_resolving(struct ht_tap_transfer *transfer);
void ht_transfer_resolved(struct ht_tap_transfer *transfer);
void ht_transfer_clear(struct ht_tap_transfer *transfer);

/* shown.c: plaintext that libcurl's callback shows, where that is all there is of it. */
void ht_transfer_show(struct ht_tap_transfer *transfer, curl_infotype type, struct ht_span bytes);

/* callbacks.c: libcurl's callbacks on this handle. */
void ht_transfer_set_callbacks(struct ht_tap_transfer *transfer);

#endif
