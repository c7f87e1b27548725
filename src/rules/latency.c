/* SPDX-License-Identifier: MIT */
/* Rules of slowness: takes the limits of --warn-slow, tells which phases took longer. */
#include "rules/tables.h"

static bool slow(const struct ht_case *c, struct ht_claim *claim)
{
    const struct ht_phase_span *span = &c->exchange->phases[c->rule->phase];
    int64_t limit_us = c->options ? c->options->slow_us[c->rule->phase] : 0;
    if (!c->ended || limit_us <= 0 || span->duration_us <= limit_us)
        return false;
    ht_claim_fact(claim, NULL, "the phase took %s, from %s on; the limit asked for is %s",
                  ht_claim_time(claim, span->duration_us), ht_claim_moment(claim, span->start_us),
                  ht_claim_time(claim, limit_us));
    return true;
}

#define SLOW(name_, phase_, means_, next_)                                                                   \
    {                                                                                                        \
        .code = "latency." name_, .phase = phase_, .severity = HT_SEVERITY_WARNING,                          \
        .locus = HT_LOCUS_UNKNOWN, .confidence = HT_CONFIDENCE_HIGH, .rank = HT_RANK_CONTEXT,                \
        .title = "The phase " name_ " took longer than --warn-slow allows", .explanation = means_,           \
        .also_explained_by = "a host or a network that is busy for the moment", .next_steps = {next_},       \
        .holds = slow                                                                                        \
    }

static const struct ht_rule rows[] = {
    SLOW("queue", HT_PHASE_QUEUE, "The request waited in libcurl for a connection, or for its turn.",
         "with fewer transfers side by side: --parallel-max"),
    SLOW("resolve", HT_PHASE_RESOLVE, "The resolver took that long to answer.",
         "compare with a lookup of its own: dig NAME"),
    SLOW("connect", HT_PHASE_CONNECT,
         "It took that long until TCP was connected, attempts that failed included.",
         "compare the families: httptrace -4 URL, httptrace -6 URL"),
    SLOW("proxy", HT_PHASE_PROXY, "The proxy took that long to let the request through.",
         "compare without it: httptrace --noproxy '*' URL"),
    SLOW("tls", HT_PHASE_TLS, "The handshake took that long: round trips, and both sides' cryptography.",
         "look at the times of its messages: httptrace -v URL"),
    SLOW("request", HT_PHASE_REQUEST, "It took that long to send the request.",
         "look at its flow control: httptrace -vv URL"),
    SLOW("wait", HT_PHASE_WAIT, "The answer's first byte came that long after the request's last.",
         "compare with the round trip in the phase connect: what is above it is the server's"),
    SLOW("response", HT_PHASE_RESPONSE, "The answer took that long from its first byte to its last.",
         "look at the size and at the flow control: httptrace -vv URL"),
};

const struct ht_rule_table ht_rules_latency = HT_RULE_TABLE(rows);
