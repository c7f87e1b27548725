/* SPDX-License-Identifier: MIT */
/* What the place where a report goes can show. */
#ifndef HT_CLI_TERMINAL_H
#define HT_CLI_TERMINAL_H

#include "report/report.h"

/* Colour only on a terminal and without NO_COLOR; the width from COLUMNS or the terminal, else 80; Unicode
 * where the locale's encoding has it. */
void ht_terminal_fill(struct ht_report_options *options, int fd);

#endif
