/* SPDX-License-Identifier: MIT */
/* The tap: drives libcurl through its multi interface and tells, as raw events, all that happened. */
#ifndef HT_TAP_TAP_H
#define HT_TAP_TAP_H

#include "base/error.h"

#include <httptrace/job.h>
#include <httptrace/raw.h>

#include <signal.h>

struct ht_tap_options {
    const struct ht_operation *operations; /* of all jobs to come: each is tried before anything is sent */
    struct ht_job_source *source;
    struct ht_raw_sink sink;           /* gets every raw event, from the calling thread only */
    const struct ht_dump_rules *dump;  /* what libcurl shows goes there as well; NULL: nowhere */
    const volatile sig_atomic_t *stop; /* non-zero: end what runs, tell its end, come back. NULL: never */
    size_t parallel;                   /* transfers under way at a time; 0 and 1: one after another */
    size_t parallel_host;              /* connections to one host at a time; 0: any number */
    /* Asked on each turn for each transfer under way: a text ends it as a timeout would
     * (CURLE_OPERATION_TIMEDOUT), for that reason; NULL lets it run. The member itself may be NULL. */
    const char *(*give_up)(void *ctx, int32_t transfer);
    void *give_up_ctx;
    bool dry;   /* send nothing: a peer within the process gets each request, and nothing is written. It needs
                 * the interposed calls; HT_ERR_CURL where there are none */
    bool texts; /* HT_RAW_TEXT is wanted: libcurl is slower where it has to say what it does */
    bool failures_only;  /* nobody looks at a transfer that succeeds: the end of it takes no TCP sample */
    bool fail_early;     /* no more jobs after one that failed */
    bool all_bytes;      /* also those that came and nobody read (HT_LEVEL_UNREAD) */
    bool callbacks_only; /* behave as where calls cannot be interposed */
    const char *tool_version;
};

/*
 * Runs the jobs in order, reusing connections as libcurl does. Comes back when all are done or `stop` is set.
 * *curl_code: that of the last transfer. HT_ERR_USAGE names a setting that this libcurl lacks or refuses;
 * HT_ERR_IO an output that could not be written (the file is then not there at all).
 */
HT_MUST_USE enum ht_status ht_tap_run(const struct ht_tap_options *options, int *curl_code,
                                      struct ht_error *error);

/* What -V prints: versions of this program and the linked libraries, protocols, features; as the curl tool
 * prints them where that is whose name it was called by. Static. */
const char *ht_tap_versions(bool as_curl);

#endif
