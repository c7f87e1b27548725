/* SPDX-License-Identifier: MIT */
/* The engine: takes a transfer, asks every rule about each of its exchanges, keeps the findings and
 * reconciles them. */
#include "rules/engine.h"

static bool is_known(const struct ht_exchange *x, const char *code)
{
    for (const struct ht_finding *f = x->findings; f; f = f->next) {
        if (strcmp(f->code, code) == 0)
            return true;
    }
    return false;
}

static bool is_ignored(const struct ht_rules_options *options, const char *code)
{
    for (size_t i = 0; options && i < options->ignore_count; i++) {
        if (ht_glob_any(options->ignore[i], code))
            return true;
    }
    return false;
}

static struct ht_case case_of(const struct ht_trace *trace, const struct ht_transfer *t,
                              const struct ht_exchange *x, int64_t now_us,
                              const struct ht_rules_options *options)
{
    const struct ht_connection *c = x->connection;
    bool ended = t->end_us >= 0, last = x == t->last_exchange;
    return (struct ht_case){.trace = trace,
                            .options = options,
                            .transfer = t,
                            .exchange = x,
                            .connection = c,
                            .tls = c ? c->tls : NULL,
                            .h2 = c ? c->h2 : NULL,
                            .next = x->next,
                            .last = last,
                            .ended = ended || !last,
                            .failed = last ? ended && t->curl_code != 0 : x->failed,
                            .now_us = now_us};
}

static struct ht_finding *keep(struct ht_exchange *x, const struct ht_rule *rule,
                               const struct ht_claim *claim)
{
    struct ht_finding **at = &x->findings;
    while (*at)
        at = &(*at)->next;
    *at = ht_arena_alloc(x->arena, sizeof **at);
    **at = (struct ht_finding){.code = rule->code,
                               .severity = claim->severity,
                               .phase = claim->phase,
                               .locus = claim->locus,
                               .confidence = claim->confidence,
                               .title = claim->title,
                               .explanation = claim->explanation,
                               .also_explained_by = claim->also_explained_by,
                               .next_steps = rule->next_steps,
                               .reference = rule->reference,
                               .evidence = claim->evidence,
                               .connection = x->connection ? x->connection->id : -1,
                               .exchange = x->id};
    return *at;
}

static struct ht_claim claim_of(const struct ht_rule *rule, const struct ht_case *c, struct ht_arena *arena)
{
    return (struct ht_claim){.arena = arena,
                             .start_us = c->transfer->start_us,
                             .severity = rule->severity,
                             .phase = rule->phase,
                             .locus = rule->locus,
                             .confidence = rule->confidence,
                             .title = rule->title,
                             .explanation = rule->explanation,
                             .also_explained_by = rule->also_explained_by};
}

static struct ht_finding *ask(const struct ht_rule *rule, struct ht_case *c, struct ht_exchange *x)
{
    struct ht_claim claim = claim_of(rule, c, x->arena);
    c->rule = rule;
    return rule->holds(c, &claim) ? keep(x, rule, &claim) : NULL;
}

/* A weaker claim never takes a graver one's place: a doubt about a header says nothing of a body that was
 * cut. */
static bool supersedes(const struct ht_finding *f, const char *code, enum ht_severity severity)
{
    const struct ht_rule *rule = ht_catalogue_find(f->code);
    return rule && strcmp(f->code, code) != 0 && f->severity >= severity &&
           ht_glob_any(rule->supersedes, code);
}

/* What says less goes where a finding holds that says more of the same exchange. */
static void drop_superseded(struct ht_exchange *x)
{
    for (const struct ht_finding *f = x->findings; f; f = f->next) {
        for (struct ht_finding **at = &x->findings; *at;) {
            if (supersedes(f, (*at)->code, (*at)->severity))
                *at = (*at)->next;
            else
                at = &(*at)->next;
        }
    }
}

/* Said early, more than this is known already. */
static bool is_superseded(const struct ht_exchange *x, const struct ht_rule *rule)
{
    for (const struct ht_finding *f = x->findings; f; f = f->next) {
        if (supersedes(f, rule->code, rule->severity))
            return true;
    }
    return false;
}

/* What went wrong and was mended by libcurl's own retry is worth knowing, no more. */
static void demote_recovered(const struct ht_case *c, struct ht_exchange *x)
{
    if (c->last || x->response.status || !ht_case_recovered(c))
        return;
    for (struct ht_finding *f = x->findings; f; f = f->next) {
        if (f->severity > HT_SEVERITY_NOTICE)
            f->severity = HT_SEVERITY_NOTICE;
    }
}

static bool is_told_later(const struct ht_exchange *x, const char *code)
{
    for (const struct ht_exchange *later = x->next; later; later = later->next) {
        if (is_known(later, code))
            return true;
    }
    return false;
}

/* libcurl may send a request six times to the same end: each is worth knowing, the last is what it died of.
 */
static void demote_repeated(const struct ht_transfer *transfer)
{
    for (const struct ht_exchange *x = transfer->exchanges; x; x = x->next) {
        bool again = x->next && (x->next->cause == HT_CAUSE_RETRY || x->next->cause == HT_CAUSE_FALLBACK);
        for (struct ht_finding *f = x->findings; f && again; f = f->next) {
            if (f->severity > HT_SEVERITY_NOTICE && is_told_later(x, f->code))
                f->severity = HT_SEVERITY_NOTICE;
        }
    }
}

static void judge_exchange(struct ht_case *c, struct ht_exchange *x, const struct ht_rules_options *options)
{
    size_t count = 0;
    const struct ht_rule *const *rules = ht_catalogue(&count);
    for (size_t i = 0; i < count; i++) {
        if (!is_known(x, rules[i]->code) && !is_ignored(options, rules[i]->code))
            ask(rules[i], c, x);
    }
    demote_recovered(c, x);
    drop_superseded(x);
}

void ht_rules_judge(const struct ht_trace *trace, struct ht_transfer *transfer,
                    const struct ht_rules_options *options)
{
    for (struct ht_exchange *x = transfer->exchanges; x; x = x->next) {
        struct ht_case c = case_of(trace, transfer, x, x->end_us, options);
        x->findings = NULL; /* what was said early is asked again, with all facts in */
        judge_exchange(&c, x, options);
    }
    demote_repeated(transfer);
    ht_verdict_decide(transfer);
}

/* What was said early may have become surer since: of that no more than the confidence is taken over. */
static void refresh(const struct ht_rule *rule, struct ht_case *c, struct ht_exchange *x)
{
    struct ht_finding *f = x->findings;
    while (f && strcmp(f->code, rule->code) != 0)
        f = f->next;
    if (!f || f->confidence == HT_CONFIDENCE_HIGH)
        return;
    struct ht_arena *scratch = ht_arena_new();
    struct ht_claim claim = claim_of(rule, c, scratch);
    c->rule = rule;
    if (rule->holds(c, &claim) && claim.confidence > f->confidence)
        f->confidence = claim.confidence;
    ht_arena_free(scratch);
}

const struct ht_finding *ht_rules_early(const struct ht_trace *trace, struct ht_transfer *transfer,
                                        int64_t now_us, const struct ht_rules_options *options)
{
    struct ht_exchange *x = transfer->last_exchange;
    size_t count = 0;
    const struct ht_rule *const *rules = ht_catalogue(&count);
    if (!x || transfer->end_us >= 0)
        return NULL;
    struct ht_case c = case_of(trace, transfer, x, now_us, options);
    for (size_t i = 0; i < count; i++) {
        if (rules[i]->early)
            refresh(rules[i], &c, x);
        if (!rules[i]->early || is_known(x, rules[i]->code) || is_superseded(x, rules[i]) ||
            is_ignored(options, rules[i]->code))
            continue;
        const struct ht_finding *found = ask(rules[i], &c, x);
        if (found)
            return found;
    }
    return NULL;
}

bool ht_rules_explain_silence(const struct ht_transfer *transfer)
{
    const struct ht_exchange *x = transfer->last_exchange;
    for (const struct ht_finding *f = x ? x->findings : NULL; f; f = f->next) {
        if (f->severity == HT_SEVERITY_ERROR && f->confidence == HT_CONFIDENCE_HIGH)
            return true;
    }
    return false;
}
