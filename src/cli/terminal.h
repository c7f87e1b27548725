/* SPDX-License-Identifier: MIT */
/* What the place where a report goes can show. */
#ifndef HT_CLI_TERMINAL_H
#define HT_CLI_TERMINAL_H

#include "options/options.h"
#include "report/report.h"

/* Colour only on a terminal and without NO_COLOR; the width from COLUMNS or the terminal, else 80; Unicode
 * where the locale's encoding has it. */
void ht_terminal_fill(struct ht_report_options *options, int fd);

/* What the command asks of a report that goes to `fd`. What ends in a log is read without a terminal. */
struct ht_report_options ht_terminal_options(const struct ht_command *command, int fd);

#endif
