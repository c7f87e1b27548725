/* SPDX-License-Identifier: MIT */
/*
 * Phases: takes an exchange's milestones, gives eight contiguous phases. Each phase that took place begins
 * where the one before it ended, so that those of a fresh exchange add up to its duration.
 */
#include "trace/state.h"

/* When each phase ended; -1 where it did not (yet), and whether it takes place at all. */
struct milestones {
    int64_t end[HT_PHASE_COUNT];
    bool part[HT_PHASE_COUNT];
};

static int64_t earliest(int64_t a, int64_t b)
{
    return a < 0 ? b : (b < 0 || a < b ? a : b);
}

/* An answer may come before the request is whole: then the request phase ends there. */
static int64_t request_end(const struct ht_exchange *x)
{
    int64_t sent = x->request.complete ? x->request.last_us : -1;
    return earliest(sent, x->response.first_us);
}

static void connection_milestones(const struct ht_exchange *x, struct milestones *m)
{
    const struct ht_connection *c = x->connection;
    bool asked = x->prereq_us >= 0;
    m->part[HT_PHASE_RESOLVE] = x->resolve_us >= 0;
    m->end[HT_PHASE_RESOLVE] = x->attempt_us;
    m->part[HT_PHASE_CONNECT] = x->attempt_us >= 0;
    m->end[HT_PHASE_CONNECT] = c ? c->connected_us : -1;
    if (c && c->proxy && (c->proxy->tunnel || c->proxy_tls)) {
        m->part[HT_PHASE_PROXY] = true;
        m->end[HT_PHASE_PROXY] = c->proxy->end_us;
    }
    if (c && c->tls) {
        m->part[HT_PHASE_TLS] = true;
        /* A peer whose name libcurl refuses ends after the handshake: the phase ends only with leave to send.
         */
        m->end[HT_PHASE_TLS] = asked ? c->tls->end_us : -1;
    }
}

static struct milestones milestones_of(const struct ht_exchange *x)
{
    struct milestones m = {{0}, {false}};
    for (int p = 0; p < HT_PHASE_COUNT; p++)
        m.end[p] = -1;
    if (!x->reused)
        connection_milestones(x, &m);
    m.part[HT_PHASE_QUEUE] = true;
    m.end[HT_PHASE_QUEUE] = earliest(earliest(x->resolve_us, x->attempt_us), x->prereq_us);
    m.part[HT_PHASE_REQUEST] = x->prereq_us >= 0 || x->request.first_us >= 0;
    m.end[HT_PHASE_REQUEST] = request_end(x);
    m.part[HT_PHASE_WAIT] = m.end[HT_PHASE_REQUEST] >= 0;
    m.end[HT_PHASE_WAIT] = x->response.first_us;
    m.part[HT_PHASE_RESPONSE] = x->response.first_us >= 0;
    m.end[HT_PHASE_RESPONSE] = x->end_us;
    return m;
}

static enum ht_outcome absent(const struct ht_exchange *x, int phase)
{
    const struct ht_connection *c = x->connection;
    if (!x->reused || !c)
        return HT_OUTCOME_SKIPPED;
    bool had = phase == HT_PHASE_RESOLVE || phase == HT_PHASE_CONNECT ||
               (phase == HT_PHASE_PROXY && c->proxy) || (phase == HT_PHASE_TLS && c->tls);
    return had ? HT_OUTCOME_REUSED : HT_OUTCOME_SKIPPED;
}

void ht_phases_fill(struct ht_exchange *exchange, int64_t now_us)
{
    struct milestones m = milestones_of(exchange);
    int64_t at = exchange->start_us;
    int last = HT_PHASE_QUEUE;
    for (int p = 0; p < HT_PHASE_COUNT; p++) {
        if (m.part[p])
            last = p;
    }
    for (int p = 0; p < HT_PHASE_COUNT; p++) {
        struct ht_phase_span *span = &exchange->phases[p];
        *span = (struct ht_phase_span){at, 0, absent(exchange, p)};
        if (!m.part[p])
            continue;
        int64_t end = p == last ? now_us : m.end[p];
        span->outcome =
            p == last && (exchange->failed || exchange->end_us < 0) ? HT_OUTCOME_FAILED : HT_OUTCOME_OK;
        if (p == last && !exchange->failed && exchange->end_us < 0)
            span->outcome = HT_OUTCOME_PENDING;
        span->duration_us = end > at ? end - at : 0;
        at += span->duration_us;
    }
    exchange->phase = (enum ht_phase)last;
}

enum ht_phase ht_phase_now(const struct ht_exchange *exchange)
{
    struct milestones m = milestones_of(exchange);
    for (int p = HT_PHASE_COUNT - 1; p > 0; p--) {
        if (m.part[p])
            return (enum ht_phase)p;
    }
    return HT_PHASE_QUEUE;
}
