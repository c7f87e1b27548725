/* SPDX-License-Identifier: MIT */
/* Resolving: takes lookups, gives the addresses of a connection's host and where they came from. */
#include "base/sink.h"
#include "trace/state.h"

#include <arpa/inet.h>
#include <netdb.h>

/* The connection that the transfer's exchange is going to have. */
static struct ht_connection *planned_connection(struct ht_tracer *tracer, struct ht_exchange *x, int64_t t_us)
{
    if (!x->connection)
        x->connection = ht_connection_new(tracer, t_us);
    return x->connection;
}

void ht_take_resolve_start(struct ht_tracer *tracer, const struct ht_raw *raw)
{
    struct ht_exchange *x = ht_exchange_for(tracer, raw->transfer, raw->t_us);
    if (!x)
        return;
    struct ht_connection *c = planned_connection(tracer, x, raw->t_us);
    struct ht_span by = x->transfer->proxy.len ? x->transfer->proxy : x->url;
    struct ht_span host = raw->u.resolve_start.host.len ? raw->u.resolve_start.host : ht_url_host(by);
    if (x->resolve_us >= 0) /* libcurl 8 asks for each address family apart */
        return;
    x->resolve_us = raw->t_us;
    c->resolve.host = ht_arena_dup(c->arena, host);
    c->resolve.start_us = raw->t_us;
    struct ht_event *event =
        ht_event_begin(tracer, (struct ht_owner){c, x}, raw, HT_LAYER_DNS, "resolve_start");
    if (event)
        ht_event_tell(tracer, event, ht_safe_text(x->arena, c->resolve.host));
}

/* The exchange whose lookup came back: named by its transfer, or by the host where several are under way;
 * libcurl 8 asks for both address families apart, so that one may be back already. */
static struct ht_exchange *exchange_of_lookup(const struct ht_tracer *tracer, const struct ht_raw *raw)
{
    struct ht_exchange *x = ht_exchange_current(tracer, raw->transfer), *answered = NULL;
    for (struct ht_transfer *t = x ? NULL : tracer->trace.transfers; t; t = t->next) {
        struct ht_connection *c = t->last_exchange ? t->last_exchange->connection : NULL;
        if (!c || !ht_span_ieq(c->resolve.host, raw->u.lookup.host))
            continue;
        if (c->resolve.end_us < 0)
            return t->last_exchange;
        answered = t->last_exchange;
    }
    return x ? x : answered;
}

static bool has_address(const struct ht_span_list *list, struct ht_span address)
{
    size_t i = 0;
    while (i < list->count && !ht_span_eq(list->at[i], address))
        i++;
    return i < list->count;
}

/* Of a list separated by commas, those that are new. */
static void add_addresses(struct ht_connection *c, struct ht_span text)
{
    struct ht_span_list *list = &c->resolve.addresses;
    struct ht_span *grown = ht_arena_alloc(c->arena, HT_CAP_ADDRESSES * sizeof *grown);
    if (list->count)
        memcpy(grown, list->at, list->count * sizeof *grown);
    list->at = grown;
    for (size_t at = 0, end; at < text.len && list->count < HT_CAP_ADDRESSES; at = end + 1) {
        for (end = at; end < text.len && text.data[end] != ',';)
            end++;
        struct ht_span one = ht_span(text.data + at, end - at);
        if (one.len && !has_address(list, one))
            grown[list->count++] = ht_arena_dup(c->arena, one);
    }
}

static const char *lookup_summary(struct ht_arena *arena, const struct ht_raw *raw)
{
    struct ht_span got = raw->u.lookup.addresses;
    struct ht_sink sink = ht_sink(HT_CAP_TEXT);
    if (raw->u.lookup.error)
        ht_sink_printf(&sink, "%s: %s", ht_safe_text(arena, raw->u.lookup.host),
                       gai_strerror((int)raw->u.lookup.error));
    for (size_t i = 0; i < got.len && !raw->u.lookup.error; i++) {
        if (got.data[i] == ',')
            ht_sink_puts(&sink, ", ");
        else
            ht_sink_char(&sink, (char)got.data[i]);
    }
    const char *safe = ht_safe_text(arena, ht_span_str(ht_sink_text(&sink)));
    ht_sink_free(&sink);
    return safe;
}

void ht_take_lookup(struct ht_tracer *tracer, const struct ht_raw *raw)
{
    struct ht_exchange *x = exchange_of_lookup(tracer, raw);
    if (!x)
        return;
    struct ht_connection *c = planned_connection(tracer, x, raw->t_us);
    struct ht_resolve *r = &c->resolve;
    r->source = raw->u.lookup.from_hosts ? HT_SOURCE_HOSTS : HT_SOURCE_RESOLVER;
    /* Of families that were asked for apart both count. */
    r->family = r->end_us < 0 || r->family == raw->u.lookup.family ? raw->u.lookup.family : 0;
    r->host = ht_arena_dup(c->arena, raw->u.lookup.host);
    r->start_us = r->start_us < 0 || raw->t_us < r->start_us ? raw->t_us : r->start_us;
    r->end_us = raw->t_last_us > r->end_us ? raw->t_last_us : r->end_us;
    if (raw->u.lookup.error == 0)
        add_addresses(c, raw->u.lookup.addresses);
    /* One family without addresses is normal where the other has some. */
    r->error = r->addresses.count ? 0 : raw->u.lookup.error;
    struct ht_raw done = *raw;
    done.t_us = raw->t_last_us;
    struct ht_event *event = ht_event_begin(tracer, (struct ht_owner){c, x}, &done, HT_LAYER_DNS, "lookup");
    if (event)
        ht_event_tell(tracer, event, lookup_summary(x->arena, raw));
}

static bool is_literal(struct ht_span host)
{
    char text[INET6_ADDRSTRLEN];
    unsigned char bytes[16];
    if (host.len >= sizeof text)
        return false;
    memcpy(text, host.len ? host.data : (const uint8_t *)"", host.len);
    text[host.len] = '\0';
    return inet_pton(AF_INET, text, bytes) == 1 || inet_pton(AF_INET6, text, bytes) == 1;
}

void ht_resolve_settle(struct ht_connection *c, const struct ht_exchange *x, struct ht_span address)
{
    struct ht_resolve *r = &c->resolve;
    struct ht_span by = x->transfer->proxy.len ? x->transfer->proxy : x->url;
    if (r->host.len == 0)
        r->host = ht_arena_dup(c->arena, ht_url_host(by));
    if (r->source != HT_SOURCE_UNTAPPED && r->source != HT_SOURCE_LITERAL)
        return;
    add_addresses(c, address);
    if (is_literal(r->host))
        r->source = HT_SOURCE_LITERAL;
    else if (x->transfer->host_override.len || x->transfer->unix_socket.len)
        r->source = HT_SOURCE_OPTION;
    else if (x->resolve_us < 0)
        r->source = HT_SOURCE_CACHE;
}
