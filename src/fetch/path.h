/* SPDX-License-Identifier: MIT */
/* Names of output files: by -o, -O and --output-dir. */
#ifndef HT_FETCH_PATH_H
#define HT_FETCH_PATH_H

#include <httptrace/job.h>

/* `name` in --output-dir's directory, where there is one and the name is a file's. The caller's to free. */
char *ht_path_in(const struct ht_output_rules *rules, const char *name);
/* The job's output where that is a file that is there already, else NULL. The caller's to free. */
char *ht_path_that_exists(const struct ht_job *job);

#endif
