/* SPDX-License-Identifier: MIT */
/* Jobs: the source that the run takes its URLs from. */
#ifndef HT_CLI_JOBS_H
#define HT_CLI_JOBS_H

#include "options/group.h"

/*
 * Gives the groups' targets in order, a job for each URL: globs are expanded and lists are read as jobs are
 * asked for. The groups outlive the source. `pace_us`: the least time between the starts of two; 0: none. A
 * broken glob ends the list with exit code 3.
 */
struct ht_job_source *ht_jobs_new(const struct ht_group *groups, int64_t pace_us);
void ht_jobs_free(struct ht_job_source *source);

/* Whether there may be more than one job. */
bool ht_jobs_are_several(const struct ht_group *groups);
/* How many jobs there are; -1 where a list is read, or a glob is broken. */
int64_t ht_jobs_total(const struct ht_group *groups);

#endif
