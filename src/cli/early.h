/* SPDX-License-Identifier: MIT */
/* The early word: findings told while a transfer still runs, and the decision to wait no longer. */
#ifndef HT_CLI_EARLY_H
#define HT_CLI_EARLY_H

#include "options/options.h"
#include "report/report.h"
#include "rules/rules.h"
#include "trace/tracer.h"

struct ht_early;

/* `live` may be NULL: then nothing is told. */
struct ht_early *ht_early_new(const struct ht_command *command, const struct ht_rules_options *rules,
                              struct ht_live *live);
void ht_early_free(struct ht_early *early);

/* Stands before the tracer, which outlives its use: after each raw event that may complete a finding's
 * evidence the rules are asked. */
struct ht_raw_sink ht_early_sink(struct ht_early *early, struct ht_tracer *tracer);
struct ht_observer *ht_early_observer(struct ht_early *early);

/* A transfer was judged: tells what was not told before. */
void ht_early_end(struct ht_early *early, const struct ht_transfer *transfer);

/* For the tap (struct ht_tap_options, give_up): why this transfer is not worth the wait, or NULL. */
const char *ht_early_give_up(void *early, int32_t transfer);

#endif
