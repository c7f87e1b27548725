/* SPDX-License-Identifier: MIT */
/* Facts of certificates: takes a case, gives leaf, chain and how verification ended (RFC 5280). */
#include "rules/cert_facts.h"

#include "base/clock.h"

bool ht_cert_session(const struct ht_case *c, struct ht_session *s)
{
    return ht_session_fresh(c, s) && s->tls->certificate_count > 0 && s->tls->certificates[0].parsed;
}

const struct ht_certificate *ht_cert_leaf(const struct ht_session *s)
{
    return &s->tls->certificates[0];
}

bool ht_cert_is_unverified(const struct ht_session *s)
{
    return s->tls->verify_result > 0 || (s->tls->hostname_checked && !s->tls->hostname_ok);
}

bool ht_cert_is_waived(const struct ht_case *c, const struct ht_session *s)
{
    if (s->of_proxy)
        return c->connection->proxy && c->connection->proxy->request.first_us >= 0;
    return c->transfer->insecure || c->exchange->prereq_us >= 0 || c->exchange->request.first_us >= 0;
}

void ht_cert_grade(const struct ht_case *c, const struct ht_session *s, struct ht_claim *claim)
{
    if (ht_cert_is_waived(c, s) && claim->severity > HT_SEVERITY_NOTICE)
        claim->severity = HT_SEVERITY_NOTICE;
    ht_session_place(s, claim);
}

int64_t ht_cert_now_s(const struct ht_case *c, const struct ht_session *s)
{
    int64_t since_us = s->tls->begin_us - c->transfer->start_us;
    return (c->transfer->wall_start_us + (since_us > 0 ? since_us : 0)) / 1000000;
}

const struct ht_event *ht_cert_event(const struct ht_session *s)
{
    return ht_session_message(s, "certificate", HT_DIR_IN);
}

void ht_cert_tell_library(const struct ht_case *c, const struct ht_session *s, struct ht_claim *claim)
{
    const struct ht_event *end = ht_case_last(c, s->tls->ok ? "handshake_done" : "handshake_failed");
    if (s->tls->verify_result > 0)
        ht_claim_fact(claim, end, "verification ended with: %s (%lld)",
                      ht_claim_text(claim, s->tls->verify_text), (long long)s->tls->verify_result);
}

const char *ht_cert_date(struct ht_claim *claim, int64_t unix_s)
{
    struct ht_sink text = ht_sink(0);
    ht_sink_rfc3339(&text, unix_s * 1000000, false);
    const char *kept = ht_arena_text(claim->arena, ht_span_str(ht_sink_text(&text)));
    ht_sink_free(&text);
    return kept;
}

const struct ht_certificate *ht_cert_top(const struct ht_session *s)
{
    const struct ht_certificate *all = s->tls->certificates, *top = all;
    size_t count = s->tls->certificate_count;
    for (size_t step = 1; step < count && !top->self_issued; step++) {
        const struct ht_certificate *next = NULL;
        for (size_t i = 1; i < count && !next; i++) {
            if (&all[i] != top && all[i].parsed && ht_span_eq(all[i].subject, top->issuer))
                next = &all[i];
        }
        if (!next)
            break;
        top = next;
    }
    return top;
}
