/* SPDX-License-Identifier: MIT */
/* A session: the transfers of one run, which of them are under way, which wait, and how they ended. */
#ifndef HT_TAP_SESSION_H
#define HT_TAP_SESSION_H

#include "fetch/plans.h"
#include "fetch/source_code.h"
#include "tap/run.h"
#include "tap/tap.h"
#include "tap/waiting.h"

/* All of one run but what interposed functions see. Whoever makes it sets what stands first; the rest is 0.
 */
struct ht_session {
    struct ht_tap tap;
    const struct ht_tap_options *options;
    CURLM *multi;
    CURLSH *share;
    struct ht_source_code source;
    struct ht_setting_plans plans;  /* every setting was tried before anything is sent */
    struct ht_tap_transfer *active; /* those under way */
    size_t active_count;
    struct ht_waiting waiting; /* those to be tried again */
    bool has_code;             /* a transfer is over, and last_code is about it */
    int32_t next_id;
    bool ended, wait; /* there are no more jobs; none now, but later */
    CURLcode last_code;
    enum ht_status status; /* of the first output that failed */
    struct ht_error *error;
};

/* Turns the multi loop until all jobs are done, or a stop is asked for. */
void ht_session_drive(struct ht_session *session);

#endif
