/* SPDX-License-Identifier: MIT */
/* Our own DNS queries: takes what a resolver said after a lookup had failed, gives it to the connection's
 * lookup (RFC 1035, RFC 8914). */
#include "base/sink.h"
#include "trace/state.h"

static void add_ede(struct ht_query *query, struct ht_span codes)
{
    unsigned code = 0;
    for (size_t i = 0; i <= codes.len && query->ede_count < HT_CAP_EDE; i++) {
        bool digit = i < codes.len && codes.data[i] >= '0' && codes.data[i] <= '9';
        if (digit) {
            code = code * 10 + (unsigned)(codes.data[i] - '0');
            code = code > UINT16_MAX ? UINT16_MAX : code;
        } else if (codes.len) {
            query->ede[query->ede_count++] = (uint16_t)code;
            code = 0;
        }
    }
}

static struct ht_query *add(struct ht_connection *c, const struct ht_raw *raw)
{
    size_t count = 0;
    struct ht_query **at = &c->resolve.queries;
    for (; *at; count++)
        at = &(*at)->next;
    if (count >= HT_CAP_QUERIES)
        return NULL;
    *at = ht_arena_alloc(c->arena, sizeof **at);
    **at = (struct ht_query){.host = ht_arena_dup(c->arena, raw->u.query.host),
                             .server = ht_arena_dup(c->arena, raw->u.query.server),
                             .type = raw->u.query.type,
                             .rcode = raw->u.query.rcode,
                             .addresses = raw->u.query.addresses,
                             .error = raw->u.query.error,
                             .ede_text = ht_arena_dup(c->arena, raw->u.query.ede_text),
                             .start_us = raw->t_us,
                             .end_us = raw->t_last_us};
    add_ede(*at, raw->u.query.ede);
    return *at;
}

static const char *summary(struct ht_arena *arena, const struct ht_query *q)
{
    const char *server = ht_safe_text(arena, q->server), *type = q->type == 28 ? "AAAA" : "A";
    if (q->rcode < 0)
        return ht_arena_printf(arena, "asked for %s records ourselves: no answer from %s", type, server);
    return ht_arena_printf(arena, "asked %s for %s records ourselves: RCODE %lld, %lld addresses", server,
                           type, (long long)q->rcode, (long long)q->addresses);
}

void ht_take_query(struct ht_tracer *tracer, const struct ht_raw *raw)
{
    struct ht_exchange *x = ht_exchange_current(tracer, raw->transfer);
    struct ht_query *query = x && x->connection ? add(x->connection, raw) : NULL;
    if (!query)
        return;
    struct ht_owner owner = {x->connection, x};
    struct ht_event *event = ht_event_begin(tracer, owner, raw, HT_LAYER_DNS, "query");
    if (event)
        ht_event_tell(tracer, event, summary(ht_owner_arena(owner), query));
}
