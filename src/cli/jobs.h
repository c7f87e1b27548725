/* SPDX-License-Identifier: MIT */
/* Jobs: the source that the run takes its URLs from. */
#ifndef HT_CLI_JOBS_H
#define HT_CLI_JOBS_H

#include "cli/group.h"

/* Gives the groups' targets in order, a job each. The groups outlive the source, which is in `arena`. */
struct ht_job_source *ht_jobs_source(struct ht_arena *arena, const struct ht_group *groups);

#endif
