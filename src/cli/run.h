/* SPDX-License-Identifier: MIT */
/* One run: a command's jobs, or a record, through the trace to its reports. */
#ifndef HT_CLI_RUN_H
#define HT_CLI_RUN_H

#include "options/options.h"

/* Gives the exit code of what was asked for: libcurl's, that of a gate that was asked for (HT_EXIT_FINDING,
 * HT_EXIT_EXPECT), or 128 and the signal's number where one ended the run. An error of our own is in `error`,
 * its code in error->exit_code; what could be reported was reported before. */
HT_MUST_USE enum ht_status ht_run(const struct ht_command *command, int *exit_code, struct ht_error *error);

#endif
