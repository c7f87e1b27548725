/* SPDX-License-Identifier: MIT */
/* A parsed command line as one line of text, for tests to compare. */
#ifndef HT_TESTS_CLI_DUMP_H
#define HT_TESTS_CLI_DUMP_H

#include "base/sink.h"
#include "options/options.h"

/* The first jobs of the command that was parsed last, and how many there are. */
#define DUMP_JOBS 16
extern struct ht_job dump_jobs[DUMP_JOBS];
extern size_t dump_job_count;

/* Parses words separated by '|' ("httptrace" is put before them) from a writable copy of them, and takes its
 * jobs from their source. */
enum ht_status dump_parse(const char *words, struct ht_command *command, struct ht_error *error);

/* "NAME=value;" for every setting of the first job that is not a default, in order. BITS are written with
 * "|=", LIST with "+=", BLOB with its length in brackets before it. */
void dump_settings(struct ht_sink *out, const struct ht_command *command);

/* The environment variables that change what a command line means, taken away. */
void dump_clear_environment(void);

#endif
