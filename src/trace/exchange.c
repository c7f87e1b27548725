/* SPDX-License-Identifier: MIT */
/* Exchanges: one per request that libcurl sends for a transfer; why there is another one (RFC 9110 section
 * 15). */
#include "trace/state.h"

struct ht_exchange *ht_exchange_current(const struct ht_tracer *tracer, int32_t transfer)
{
    struct ht_transfer *t = transfer < 0 ? NULL : ht_tracer_transfer(tracer, transfer);
    return t ? t->last_exchange : NULL;
}

static int proxy_status(const struct ht_exchange *x)
{
    const struct ht_proxy *proxy = x->connection ? x->connection->proxy : NULL;
    return proxy ? proxy->response.status : 0;
}

/* What made libcurl send one more request after `last`. */
static enum ht_cause cause_after(const struct ht_exchange *last)
{
    const int64_t http_1_1_required = 0xd; /* RFC 9113 section 7 */
    int status = last->prereq_us < 0 ? proxy_status(last) : last->response.status;
    if (last->reset_code == http_1_1_required)
        return HT_CAUSE_FALLBACK;
    if (status >= 300 && status < 400 && last->response.location.len)
        return HT_CAUSE_REDIRECT;
    if (status == 401 || status == 407)
        return HT_CAUSE_AUTH;
    return HT_CAUSE_RETRY;
}

static struct ht_exchange *exchange_new(struct ht_tracer *tracer, struct ht_transfer *transfer, int64_t t_us)
{
    struct ht_arena *arena = ht_arena_new_of(&tracer->kept_bytes);
    struct ht_exchange *x = ht_arena_alloc(arena, sizeof *x);
    x->id = tracer->next_exchange++;
    x->arena = arena;
    x->transfer = transfer;
    x->stream = x->reset_code = -1;
    x->start_us = t_us;
    x->end_us = x->resolve_us = x->attempt_us = x->prereq_us = -1;
    x->request.first_us = x->request.last_us = x->response.first_us = x->response.last_us = -1;
    x->response.content_length = -1;
    x->url = transfer->url;
    x->method = transfer->method;
    return x;
}

/* A URL to show until the request itself tells it. */
static void follow(struct ht_exchange *x, const struct ht_exchange *last)
{
    x->cause = cause_after(last);
    x->method = last->method;
    x->url = x->cause == HT_CAUSE_REDIRECT ? ht_url_resolve(x->arena, last->url, last->response.location)
                                           : last->url;
}

/* Its request is out, or the connection for it is gone: what comes next is another attempt at it. */
static bool is_spent(const struct ht_exchange *x)
{
    const struct ht_connection *c = x->connection;
    return x->prereq_us >= 0 || (c && c->connected_us >= 0 && c->closed_us >= 0);
}

static void succeed(struct ht_exchange *x, struct ht_exchange *last, int64_t t_us)
{
    if (last->end_us < 0)
        ht_exchange_close(last, t_us, !last->response.status);
    x->start_us = last->end_us;
    follow(x, last);
    last->next = x;
}

struct ht_exchange *ht_exchange_for(struct ht_tracer *tracer, int32_t transfer, int64_t t_us)
{
    struct ht_transfer *t = transfer < 0 ? NULL : ht_tracer_transfer(tracer, transfer);
    struct ht_exchange *last = t ? t->last_exchange : NULL;
    if (!t || (last && !is_spent(last)))
        return last;
    struct ht_exchange *x = exchange_new(tracer, t, t_us);
    if (last)
        succeed(x, last, t_us);
    else
        t->exchanges = x;
    t->last_exchange = x;
    return x;
}

/* Of a body that lasts to the close, the close says whether it is whole: the peer's FIN does, its RST does
 * not, and where libcurl went on to another request nobody waited for it (RFC 9112 section 8). */
static bool whole_by_close(const struct ht_exchange *x, bool last)
{
    enum ht_tcp_end end = x->connection ? x->connection->end : HT_TCP_OPEN;
    bool to_close = x->response.framing == HT_FRAMING_CLOSE || x->response.framing == HT_FRAMING_UPGRADE;
    return to_close && (end == HT_TCP_FIN || (last && end != HT_TCP_RST));
}

/* libcurl reads as much as Content-Length says; an END_STREAM that comes later it never sees. */
static bool whole_by_length(const struct ht_exchange *x)
{
    const struct ht_response *r = &x->response;
    return r->framing == HT_FRAMING_H2 && r->content_length >= 0 && r->body_bytes == r->content_length;
}

/* Without frames only libcurl knows of END_STREAM: that it is content says that there was one. */
static bool whole_by_word(const struct ht_exchange *x)
{
    return x->response.framing == HT_FRAMING_H2 && x->stream < 0;
}

void ht_exchange_close(struct ht_exchange *exchange, int64_t end_us, bool failed)
{
    bool last = exchange->transfer->end_us >= 0;
    if (!failed && (whole_by_close(exchange, last) || whole_by_length(exchange) || whole_by_word(exchange)))
        exchange->response.complete = true;
    exchange->end_us = end_us;
    exchange->failed = failed;
    ht_phases_fill(exchange, end_us);
}

void ht_take_prereq(struct ht_tracer *tracer, const struct ht_raw *raw)
{
    struct ht_exchange *x = ht_exchange_for(tracer, raw->transfer, raw->t_us);
    struct ht_wire *wire = ht_wire_find(tracer, raw->socket);
    if (!x)
        return;
    x->prereq_us = raw->t_us;
    if (!wire)
        return;
    struct ht_connection *planned = x->connection;
    ht_wire_choose(wire);
    x->connection = wire->connection;
    if (planned && planned != wire->connection)
        ht_connection_release(tracer, planned);
    x->reused = wire->connection->exchange_count++ > 0;
    wire->exchange = x;
    for (size_t level = 0; level < HT_LEVELS; level++)
        memset(wire->levels[level].h1.kept, 0, sizeof wire->levels[level].h1.kept);
}

void ht_take_stream(struct ht_tracer *tracer, const struct ht_raw *raw)
{
    struct ht_exchange *x = ht_exchange_current(tracer, raw->transfer);
    struct ht_wire *wire = ht_wire_find(tracer, raw->socket);
    if (!x || !wire || raw->u.stream.stream <= 0 || raw->u.stream.stream > INT32_MAX)
        return;
    x->stream = raw->u.stream.stream;
    wire->announced = x;
    wire->multiplexed = true;
    for (int level = 0; level < HT_LEVELS; level++) {
        struct ht_h2_state *h2 = wire->levels[level].h2;
        struct ht_stream *stream = h2 ? ht_stream_find(h2, (uint32_t)x->stream) : NULL;
        if (stream && !stream->exchange)
            stream->exchange = x;
    }
}
