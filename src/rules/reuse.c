/* SPDX-License-Identifier: MIT */
/* Rules of connections that had carried a request before: takes how the next request on them ended, tells
 * idle connections that the peer had given up and those whose state somebody forgot (RFC 9112 section 9.3.1).
 */
#include "rules/connect.h"
#include "rules/http_facts.h"
#include "rules/tables.h"

#define EARLY_SILENCE_US INT64_C(1000000)
#define AGAIN_LEAST      2

static bool unanswered(const struct ht_case *c)
{
    const struct ht_exchange *x = c->exchange;
    return x->reused && c->connection && x->response.status == 0 && x->response.first_us < 0;
}

static void tell_request(const struct ht_case *c, struct ht_claim *claim)
{
    const struct ht_exchange *x = c->exchange;
    int64_t idle = c->connection->last_in_us >= 0 && x->prereq_us > c->connection->last_in_us
                       ? x->prereq_us - c->connection->last_in_us
                       : -1;
    ht_claim_fact(claim, ht_case_last_dir(c, "request", HT_DIR_OUT),
                  "the connection had carried a request before%s%s",
                  idle >= 0 ? " and then was idle for " : "", idle >= 0 ? ht_claim_time(claim, idle) : "");
}

static bool stale(const struct ht_case *c, struct ht_claim *claim)
{
    bool rst = ht_case_ended_by(c, HT_TCP_RST), fin = ht_case_ended_by(c, HT_TCP_FIN);
    if (!unanswered(c) || !c->ended || !c->failed || (!rst && !fin))
        return false;
    if (c->h2 && c->h2->goaway[HT_DIR_IN].seen) /* the peer had said goodbye: not a surprise */
        return false;
    tell_request(c, claim);
    ht_claim_fact(claim, ht_case_last(c, "closed"),
                  "%s came %s after the new request, before a byte of its answer", rst ? "RST" : "FIN",
                  ht_claim_time(claim, ht_case_end_us(c) - c->exchange->prereq_us));
    if (!c->last)
        ht_claim_fact(claim, NULL, "libcurl sent it again on a new connection");
    claim->phase = ht_case_phase(c);
    ht_http_place_tcp(c, claim);
    return true;
}

/* The newest sample from before the request, or from when it had just been sent. */
static const struct ht_sample *sample_before(const struct ht_case *c)
{
    const struct ht_connection *n = c->connection;
    const struct ht_sample *before = NULL;
    for (size_t i = 0; i < n->sample_count; i++) {
        const struct ht_sample *s = &n->samples[i];
        bool sent = before && s->point == HT_SAMPLE_REQUEST_SENT && before->t_us < c->exchange->prereq_us;
        if (s->t_us <= c->exchange->prereq_us || sent || !before)
            before = s;
    }
    return before;
}

static bool dropped(const struct ht_case *c, struct ht_claim *claim)
{
    const struct ht_sample *now = ht_case_sample(c);
    if (!unanswered(c) || !ht_case_timed_out(c) || !now ||
        (!c->ended && ht_case_silence_us(c) < EARLY_SILENCE_US))
        return false;
    const struct ht_sample *before = sample_before(c);
    int64_t again = now->tcp.total_retrans - before->tcp.total_retrans;
    bool lost = ht_case_ended_by(c, HT_TCP_TIMEOUT); /* TCP itself gave up */
    if (now->tcp.bytes_acked != before->tcp.bytes_acked || (now->tcp.unacked < 1 && !lost) ||
        again < AGAIN_LEAST)
        return false;
    tell_request(c, claim);
    ht_claim_fact(claim, ht_case_last(c, "sample"),
                  "%lld segments unacknowledged after %lld retransmits in %s; no RST, no FIN",
                  (long long)now->tcp.unacked, (long long)again,
                  ht_claim_time(claim, now->t_us - c->exchange->prereq_us));
    claim->phase = ht_case_phase(c);
    return true;
}

static const struct ht_rule rows[] = {
    {.code = "reuse.stale",
     .phase = HT_PHASE_WAIT,
     .severity = HT_SEVERITY_ERROR,
     .locus = HT_LOCUS_FRONT,
     .confidence = HT_CONFIDENCE_HIGH,
     .rank = HT_RANK_CAUSE,
     .title = "An idle connection was no longer good when it was used again",
     .explanation =
         "The connection had answered before. When the next request went out on it, the peer had "
         "closed it or knew it no more: its idle timeout is shorter than the time between the requests.",
     .also_explained_by = "a NAT or firewall that forgot the connection and answers with RST, or a restart",
     .next_steps = {"make the client's idle timeout shorter than the front's",
                    "see whether a fresh connection works: httptrace URL"},
     .reference = "RFC 9112 section 9.3.1",
     .supersedes = "http.empty http.killed http.no_response h2.no_settings",
     .holds = stale},
    {.code = "reuse.dropped",
     .phase = HT_PHASE_WAIT,
     .severity = HT_SEVERITY_ERROR,
     .locus = HT_LOCUS_PATH,
     .confidence = HT_CONFIDENCE_MEDIUM,
     .rank = HT_RANK_CAUSE,
     .early = true,
     .title = "Packets of a connection that had worked now vanish",
     .explanation =
         "The connection had answered before. The next request on it was sent again and again and not "
         "one byte of it was acknowledged: a NAT or firewall between forgot the connection while it "
         "was idle, and drops what it does not know.",
     .also_explained_by = "the server or the way to it went down in between",
     .next_steps = {"see whether a fresh connection works: httptrace URL",
                    "send keep-alives more often: --keepalive-time SECONDS"},
     .reference = "RFC 5382 section 5",
     .supersedes = "http.no_response http.stalled",
     .holds = dropped},
};

const struct ht_rule_table ht_rules_reuse = HT_RULE_TABLE(rows);
