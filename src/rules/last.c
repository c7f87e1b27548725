/* SPDX-License-Identifier: MIT */
/* The last resort: takes what no rule has explained, so that no failed request goes without a finding. */
#include "rules/engine.h"
#include "rules/rule.h"
#include "rules/tables.h"

static bool has_error(const struct ht_exchange *x)
{
    for (const struct ht_finding *f = x->findings; f; f = f->next) {
        if (f->severity == HT_SEVERITY_ERROR)
            return true;
    }
    return false;
}

static bool unexplained(const struct ht_case *c, struct ht_claim *claim)
{
    if (!c->failed || !c->last || has_error(c->exchange))
        return false;
    ht_claim_libcurl(claim, c);
    claim->phase = c->exchange->phase;
    claim->title =
        ht_arena_printf(claim->arena, "The request failed in phase %s, and the facts name no cause",
                        ht_phase_name(c->exchange->phase));
    return true;
}

static const struct ht_rule rows[] = {
    {.code = HT_LAST_RESORT,
     .phase = HT_PHASE_QUEUE,
     .severity = HT_SEVERITY_ERROR,
     .locus = HT_LOCUS_UNKNOWN,
     .confidence = HT_CONFIDENCE_LOW,
     .rank = HT_RANK_ROLLUP,
     .title = "The request failed, and the facts name no cause",
     .explanation =
         "No rule recognises what happened. The phase is where it ended; libcurl's words are all there is.",
     .next_steps = {"look at the messages before it with -vv",
                    "keep the run with --record FILE and share it"},
     .holds = unexplained},
};

const struct ht_rule_table ht_rules_last = HT_RULE_TABLE(rows);
