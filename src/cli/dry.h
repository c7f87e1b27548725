/* SPDX-License-Identifier: MIT */
/* Dry runs: what a real one would do before and after the request that is shown. */
#ifndef HT_CLI_DRY_H
#define HT_CLI_DRY_H

#include "base/arena.h"

#include <httptrace/job.h>
#include <httptrace/plan.h>

/* Gives another source's jobs, one under way at a time, and keeps the present one. */
struct ht_dry_source {
    struct ht_job_source source, *inner;
    struct ht_job job;
};
struct ht_job_source *ht_dry_source(struct ht_dry_source *dry, struct ht_job_source *inner);

/* In the arena; texts are borrowed from the job. */
struct ht_plan ht_dry_plan(struct ht_arena *arena, const struct ht_job *job);

#endif
