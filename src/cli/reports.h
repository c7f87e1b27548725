/* SPDX-License-Identifier: MIT */
/* The reports of a run: each made by its format and brought to its place. */
#ifndef HT_CLI_REPORTS_H
#define HT_CLI_REPORTS_H

#include "cli/gate.h"
#include "options/options.h"
#include "report/format.h"

struct ht_reports;

/* Opens all that the command asks for, which outlives them. What cannot be opened is told by
 * ht_reports_close. */
struct ht_reports *ht_reports_open(const struct ht_command *command);

/* Stands before `next`, so that formats see raw events as the tap gives them; `next` itself where none wants
 * to. */
struct ht_raw_sink ht_reports_sink(struct ht_reports *reports, struct ht_raw_sink next);
/* Whether any does; NULL is allowed. */
bool ht_reports_want_raw(const struct ht_reports *reports);
/* Tells formats of decoded events; NULL where none wants to know. */
struct ht_observer *ht_reports_observer(struct ht_reports *reports);
/* Nobody wants a report. */
bool ht_reports_are_none(const struct ht_reports *reports);
/* Whether a format looks at events as they come. */
bool ht_reports_watch(const struct ht_reports *reports);
/* A transfer was judged. */
void ht_reports_transfer(struct ht_reports *reports, const struct ht_trace *trace,
                         const struct ht_transfer *transfer, const struct ht_gate_result *result);

/* The run was stopped; `summary` outlives the reports. NULL is allowed for `reports`. */
void ht_reports_interrupted(struct ht_reports *reports, const char *summary);

/* Ends every report and puts files in their places. One that failed stops no other: reasons but the last are
 * told on standard error when all are out, the last is the error. `exit_code`: what the process will end
 * with. Frees the reports. */
HT_MUST_USE enum ht_status ht_reports_close(struct ht_reports *reports, int exit_code,
                                            struct ht_error *error);

#endif
