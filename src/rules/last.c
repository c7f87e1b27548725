/* SPDX-License-Identifier: MIT */
/* The last resort: what this host itself stopped, and that no failed request goes without a finding. */
#include "rules/rule.h"
#include "rules/tables.h"

/* libcurl's codes for what never was on the wire; its words are the evidence (curl/curl.h). */
enum {
    URL_MALFORMAT = 3,
    UNSUPPORTED_PROTOCOL = 1,
    WRITE_ERROR = 23,
    READ_ERROR = 26,
    ABORTED = 42,
    TOO_LARGE = 63
};

static bool is_code(const struct ht_case *c, int64_t code)
{
    return c->last && c->ended && c->transfer->curl_code == code;
}

static void quote_libcurl(const struct ht_case *c, struct ht_claim *claim)
{
    ht_claim_fact(claim, NULL, "libcurl: %s", ht_claim_text(claim, c->transfer->error));
    claim->phase = c->exchange->phase;
}

static bool holds_for_code(const struct ht_case *c, struct ht_claim *claim)
{
    if (!is_code(c, c->rule->number))
        return false;
    quote_libcurl(c, claim);
    return true;
}

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
    quote_libcurl(c, claim);
    claim->title =
        ht_arena_printf(claim->arena, "The request failed in phase %s, and the facts name no cause",
                        ht_phase_name(c->exchange->phase));
    return true;
}

#define LOCAL(code_, number_, title_, explanation_, next_)                                                   \
    {                                                                                                        \
        .code = code_, .phase = HT_PHASE_QUEUE, .severity = HT_SEVERITY_ERROR, .locus = HT_LOCUS_LOCAL,      \
        .confidence = HT_CONFIDENCE_HIGH, .rank = HT_RANK_CAUSE, .number = number_, .title = title_,         \
        .explanation = explanation_, .next_steps = {next_}, .holds = holds_for_code                          \
    }

static const struct ht_rule rows[] = {
    LOCAL("local.url", URL_MALFORMAT, "The URL cannot be read",
          "libcurl refused the URL before anything was sent.", "check its spelling, and quote it in a shell"),
    LOCAL("local.protocol", UNSUPPORTED_PROTOCOL, "This protocol is not traced",
          "httptrace sends http and https requests; libcurl was asked for something else.",
          "use http:// or https://"),
    LOCAL("local.write_error", WRITE_ERROR, "The body could not be written",
          "The transfer was ended here, since what came could not be put where it was asked to go.",
          "check free space and permissions of the output"),
    LOCAL("local.read_error", READ_ERROR, "The data to send could not be read",
          "The transfer was ended here, since what was to be sent could not be read.",
          "check the file named with -d"),
    LOCAL("local.interrupted", ABORTED, "The run was interrupted",
          "A signal, or a limit of httptrace itself, ended the transfer while it was under way.", NULL),
    {.code = "failed.unexplained",
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
