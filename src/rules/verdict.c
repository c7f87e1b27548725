/* SPDX-License-Identifier: MIT */
/*
 * The verdict: takes a transfer's findings, gives one status, phase, locus, confidence and sentence.
 *
 * How findings are reconciled (the head of docs/findings.md says the same, in catalogue.c):
 * 1. Within an exchange what says more takes the place of what says less, if it is at least as grave
 * (engine.c).
 * 2. What libcurl's own retry mended is a notice; what its retries met again is told once, of the last
 * (engine.c).
 * 3. The graver one leads. Of equal gravity a root leads before a cause, a cause before a roll-up, a roll-up
 * before context.
 * 4. Of equal rank the surer one leads, then that of the later exchange, then the one named first in the
 * catalogue.
 * 5. Findings that could lead alike and name different loci: the locus is unknown. `unknown` beats a guess.
 */
#include "rules/engine.h"

static int rank_of(const struct ht_finding *f)
{
    const struct ht_rule *rule = ht_catalogue_find(f->code);
    return rule ? (int)rule->rank : (int)HT_RANK_CONTEXT;
}

/* Positive where `a` leads before `b`. */
static int compare(const struct ht_finding *a, const struct ht_finding *b)
{
    int order = (int)a->severity - (int)b->severity;
    if (order == 0)
        order = rank_of(a) - rank_of(b);
    if (order == 0)
        order = (int)a->confidence - (int)b->confidence;
    return order ? order : a->exchange - b->exchange;
}

static const struct ht_finding *leading(const struct ht_transfer *t)
{
    const struct ht_finding *lead = NULL;
    for (const struct ht_exchange *x = t->exchanges; x; x = x->next) {
        for (const struct ht_finding *f = x->findings; f; f = f->next) {
            if (!lead || compare(f, lead) > 0)
                lead = f;
        }
    }
    return lead;
}

static bool is_disputed(const struct ht_transfer *t, const struct ht_finding *lead)
{
    for (const struct ht_exchange *x = t->exchanges; x; x = x->next) {
        for (const struct ht_finding *f = x->findings; f; f = f->next) {
            if (f != lead && compare(f, lead) == 0 && f->locus != lead->locus)
                return true;
        }
    }
    return false;
}

/* Something between this host and the server acted, or an answer came from somebody else than the server that
 * was asked. A proxy that the user chose has intercepted only what it refused itself: where it fails, that is
 * a failure. */
static bool is_interception(const struct ht_finding *lead, enum ht_locus locus)
{
    static const char others[] = "cert.inspection_issuer http.portal dns.answer_mismatch dns.nxdomain_lie";
    static const char refusals[] = "proxy.connect_denied http.block_page";
    return lead->severity == HT_SEVERITY_ERROR &&
           (locus == HT_LOCUS_PATH || (locus == HT_LOCUS_PROXY && ht_glob_any(refusals, lead->code)) ||
            ht_glob_any(others, lead->code));
}

static enum ht_verdict_status status_of(const struct ht_transfer *t, const struct ht_finding *lead,
                                        enum ht_locus locus)
{
    if (lead && is_interception(lead, locus))
        return HT_VERDICT_INTERCEPTED;
    if (t->curl_code != 0 || (lead && lead->severity == HT_SEVERITY_ERROR))
        return HT_VERDICT_FAILED;
    return lead && lead->severity == HT_SEVERITY_WARNING ? HT_VERDICT_SUSPECT : HT_VERDICT_OK;
}

static const char *sentence(struct ht_arena *arena, const char *title)
{
    size_t len = strlen(title);
    return len && title[len - 1] == '.' ? title : ht_arena_printf(arena, "%s.", title);
}

/* What sums up no facts has no sentence of its own: reports tell then what was seen. */
static const char *headline(struct ht_arena *arena, const struct ht_finding *lead)
{
    if (!lead)
        return "The request was answered.";
    return strcmp(lead->code, HT_LAST_RESORT) == 0 ? NULL : sentence(arena, lead->title);
}

void ht_verdict_decide(struct ht_transfer *t)
{
    const struct ht_finding *lead = leading(t);
    if (lead && lead->severity < HT_SEVERITY_WARNING && t->curl_code == 0)
        lead = NULL;
    enum ht_locus locus = lead && !is_disputed(t, lead) ? lead->locus : HT_LOCUS_UNKNOWN;
    t->verdict = (struct ht_verdict){.status = status_of(t, lead, locus),
                                     .has_phase = lead != NULL,
                                     .phase = lead ? lead->phase : HT_PHASE_QUEUE,
                                     .locus = locus,
                                     .confidence = lead ? lead->confidence : HT_CONFIDENCE_HIGH,
                                     .headline = headline(t->arena, lead)};
}
