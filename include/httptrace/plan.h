/* SPDX-License-Identifier: MIT */
/* What a dry run knows of a request that its trace does not tell. */
#ifndef HTTPTRACE_PLAN_H
#define HTTPTRACE_PLAN_H

#include <stddef.h>

/* Texts are the user's or ours; all borrowed. */
struct ht_plan {
    const char *socks;        /* the SOCKS proxy that was left out of the run; NULL: none */
    const char *const *notes; /* what else a run would do, a sentence each without a full stop */
    size_t note_count;
};

#endif
