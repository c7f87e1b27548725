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

static void set_part(struct milestones *m, enum ht_phase phase, bool part, int64_t end)
{
    m->part[phase] = part;
    m->end[phase] = part ? end : -1;
}

static void connection_milestones(const struct ht_exchange *x, struct milestones *m)
{
    const struct ht_connection *c = x->connection;
    const struct ht_proxy *proxy = c ? c->proxy : NULL;
    const struct ht_tls *tls = c ? c->tls : NULL;
    set_part(m, HT_PHASE_RESOLVE, x->resolve_us >= 0, x->attempt_us);
    set_part(m, HT_PHASE_CONNECT, x->attempt_us >= 0, c ? c->connected_us : -1);
    set_part(m, HT_PHASE_PROXY, proxy && (proxy->tunnel || c->proxy_tls), proxy ? proxy->end_us : -1);
    /* libcurl may refuse the peer's name after the handshake: the phase ends only with leave to send. */
    set_part(m, HT_PHASE_TLS, tls, tls && x->prereq_us >= 0 ? tls->end_us : -1);
}

static struct milestones milestones_of(const struct ht_exchange *x)
{
    struct milestones m = {{0}, {false}};
    int64_t begun = earliest(earliest(x->resolve_us, x->attempt_us), x->prereq_us), sent = request_end(x);
    if (!x->reused)
        connection_milestones(x, &m);
    set_part(&m, HT_PHASE_QUEUE, true, begun);
    set_part(&m, HT_PHASE_REQUEST, x->prereq_us >= 0 || x->request.first_us >= 0, sent);
    set_part(&m, HT_PHASE_WAIT, sent >= 0, x->response.first_us);
    set_part(&m, HT_PHASE_RESPONSE, x->response.first_us >= 0, x->end_us);
    return m;
}

/* The last one that takes place: where the exchange is, or where it ended. */
static enum ht_phase last_part(const struct milestones *m)
{
    int last = HT_PHASE_COUNT - 1;
    while (last > HT_PHASE_QUEUE && !m->part[last])
        last--;
    return (enum ht_phase)last;
}

static enum ht_outcome absent(const struct ht_exchange *x, enum ht_phase phase)
{
    const struct ht_connection *c = x->connection;
    if (!x->reused || !c)
        return HT_OUTCOME_SKIPPED;
    bool had = phase == HT_PHASE_RESOLVE || phase == HT_PHASE_CONNECT ||
               (phase == HT_PHASE_PROXY && c->proxy) || (phase == HT_PHASE_TLS && c->tls);
    return had ? HT_OUTCOME_REUSED : HT_OUTCOME_SKIPPED;
}

static enum ht_outcome outcome_of_last(const struct ht_exchange *x)
{
    if (x->failed)
        return HT_OUTCOME_FAILED;
    return x->end_us < 0 ? HT_OUTCOME_PENDING : HT_OUTCOME_OK;
}

void ht_phases_fill(struct ht_exchange *exchange, int64_t now_us)
{
    struct milestones m = milestones_of(exchange);
    enum ht_phase last = last_part(&m);
    int64_t at = exchange->start_us;
    for (enum ht_phase p = HT_PHASE_QUEUE; p < HT_PHASE_COUNT; p++) {
        struct ht_phase_span *span = &exchange->phases[p];
        *span = (struct ht_phase_span){at, 0, absent(exchange, p)};
        if (!m.part[p])
            continue;
        /* What the milestones of a broken record say must not reach past the end. */
        int64_t end = p == last || m.end[p] > now_us ? now_us : m.end[p];
        span->outcome = p == last ? outcome_of_last(exchange) : HT_OUTCOME_OK;
        span->duration_us = end > at ? end - at : 0;
        at += span->duration_us;
    }
    exchange->phase = last;
}

enum ht_phase ht_phase_at(const struct ht_exchange *exchange, int64_t t_us)
{
    struct milestones m = milestones_of(exchange);
    enum ht_phase last = last_part(&m);
    for (enum ht_phase p = HT_PHASE_QUEUE; p < last; p++) {
        if (m.part[p] && t_us < m.end[p])
            return p;
    }
    /* Once the connection is there, what comes next is the request. */
    return last < HT_PHASE_REQUEST && m.end[last] >= 0 && t_us >= m.end[last] && last >= HT_PHASE_CONNECT
               ? HT_PHASE_REQUEST
               : last;
}
