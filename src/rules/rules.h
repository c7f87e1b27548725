/* SPDX-License-Identifier: MIT */
/* The rules: findings over a const trace, each a row with its function, and the verdict they add up to. */
#ifndef HT_RULES_RULES_H
#define HT_RULES_RULES_H

#include "base/sink.h"

#include <httptrace/trace.h>

/* What the user asked of the rules. Patterns are shell globs over codes ("tls.*"), borrowed. */
struct ht_rules_options {
    const char *const *ignore;
    size_t ignore_count;
    int64_t slow_us[HT_PHASE_COUNT]; /* limits of --warn-slow; 0: none */
};

/* Runs every rule on a transfer that has ended: fills its exchanges' findings and its verdict. */
void ht_rules_judge(const struct ht_trace *trace, struct ht_transfer *transfer,
                    const struct ht_rules_options *options);

/*
 * Runs the rules that may speak early on a transfer that is still under way, at time `now_us`. Gives the
 * first finding that was not there before, or NULL; call again until NULL. What was found stays found.
 */
const struct ht_finding *ht_rules_early(const struct ht_trace *trace, struct ht_transfer *transfer,
                                        int64_t now_us, const struct ht_rules_options *options);

/* Whether a finding of high confidence explains why the transfer is silent: --give-up-early ends the wait
 * then. */
bool ht_rules_explain_silence(const struct ht_transfer *transfer);

/* ---- the catalogue, made from the rows ---- */
/* One line for each code, in order. */
void ht_rules_list(struct ht_sink *out);
/* All of one row; false where no row has that code. */
bool ht_rules_explain(struct ht_sink *out, const char *code);
/* docs/findings.md */
void ht_rules_markdown(struct ht_sink *out);
/* The finding of the row at that place, from 0 on, as it usually is, without evidence; false past the last
 * one. */
bool ht_rules_usual(size_t index, struct ht_finding *usual);
/* The code of the row at that place, from 0 on; NULL past the last one. */
const char *ht_rules_code(size_t index);
/* Whether the glob matches the code of any row. */
bool ht_rules_known(const char *pattern);

#endif
