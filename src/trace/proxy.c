/* SPDX-License-Identifier: MIT */
/* Proxies: takes the CONNECT exchanges (RFC 9110 section 9.3.6) with them, gives a connection its ht_proxy.
 */
#include "base/mask.h"
#include "trace/state.h"

struct kind_row {
    const char *scheme;
    enum ht_proxy_kind kind;
};

static const struct kind_row kinds[] = {
    {"http", HT_PROXY_HTTP},      {"https", HT_PROXY_HTTPS},    {"socks", HT_PROXY_SOCKS4},
    {"socks4", HT_PROXY_SOCKS4},  {"socks4a", HT_PROXY_SOCKS4}, {"socks5", HT_PROXY_SOCKS5},
    {"socks5h", HT_PROXY_SOCKS5},
};

static enum ht_proxy_kind kind_of(struct ht_span url)
{
    struct ht_span scheme = ht_url_scheme(url);
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (ht_span_ieq_str(scheme, kinds[i].scheme))
            return kinds[i].kind;
    }
    return HT_PROXY_HTTP;
}

/* The proxy's URL without its user-info. */
static struct ht_span bare_url(struct ht_arena *arena, struct ht_span url)
{
    size_t scheme = ht_url_scheme(url).len, start = scheme ? scheme + 3 : 0, at = url.len;
    while (at > start && url.data[at - 1] != '@')
        at--;
    return ht_span_str(ht_arena_printf(arena, "%.*s%.*s", (int)start, (const char *)url.data,
                                       (int)(url.len - at), (const char *)url.data + at));
}

struct ht_proxy *ht_proxy_begin(struct ht_tracer *tracer, struct ht_wire *wire, int64_t t_us)
{
    const struct ht_transfer *t = ht_tracer_transfer(tracer, wire->transfer);
    struct ht_connection *c = wire->connection;
    if (!t || t->proxy.len == 0 || c->proxy)
        return c->proxy;
    c->proxy = ht_arena_alloc(c->arena, sizeof *c->proxy);
    c->proxy->kind = kind_of(t->proxy);
    c->proxy->url = bare_url(c->arena, t->proxy);
    c->proxy->tunnel = c->proxy->kind == HT_PROXY_SOCKS4 || c->proxy->kind == HT_PROXY_SOCKS5;
    c->proxy->begin_us = t_us;
    c->proxy->end_us = -1;
    c->proxy->socks_reply = c->proxy->socks_method = c->proxy->socks_auth = -1;
    c->proxy->request.first_us = c->proxy->response.first_us = -1;
    return c->proxy;
}

/* The event of one step with the proxy, which lives as long as the connection. */
static struct ht_event *begin(struct ht_tracer *tracer, struct ht_wire *wire, const struct ht_raw *raw,
                              enum ht_layer layer, const char *kind)
{
    struct ht_owner owner = {wire->connection, NULL};
    struct ht_event *event = ht_event_begin(tracer, owner, raw, layer, kind);
    if (!event)
        return NULL;
    event->phase = HT_PHASE_PROXY;
    event->size = (int64_t)raw->bytes.len;
    event->fields = ht_field_map(wire->connection->arena, NULL, NULL);
    return event;
}

static const char *version_text(enum ht_http_version version)
{
    const char *name = ht_http_version_name(version);
    return name ? name : "?";
}

void ht_proxy_request(struct ht_tracer *tracer, struct ht_wire *wire, const struct ht_raw *raw,
                      enum ht_layer layer, const struct ht_request *request)
{
    struct ht_arena *arena = wire->connection->arena;
    struct ht_proxy *p = wire->connection->proxy;
    int64_t first = p->request.first_us;
    p->tunnel = true;
    /* After a 407 the same connection carries another one: what counts is how the last was answered. */
    p->request = *request;
    p->request.method = ht_arena_dup(arena, request->method);
    p->request.target = ht_arena_dup(arena, request->target);
    p->request.headers = ht_headers_copy(arena, &request->headers);
    p->request.first_us = first >= 0 ? first : raw->t_us;
    p->request.last_us = raw->t_last_us;
    p->request.complete = true;
    struct ht_event *event = begin(tracer, wire, raw, layer, "request");
    if (!event)
        return;
    ht_field_headers(arena, event->fields, "headers", &request->headers);
    ht_event_tellf(tracer, (struct ht_owner){wire->connection, NULL}, event, "CONNECT %s HTTP/%s",
                   ht_safe_text(arena, request->target), version_text(request->version));
}

static void tell_response(struct ht_tracer *tracer, struct ht_wire *wire, const struct ht_raw *raw,
                          enum ht_layer layer, const char *kind, const struct ht_response *response)
{
    struct ht_arena *arena = wire->connection->arena;
    struct ht_event *event = begin(tracer, wire, raw, layer, kind);
    if (!event)
        return;
    ht_field_headers(arena, event->fields, "headers", &response->headers);
    ht_event_tellf(tracer, (struct ht_owner){wire->connection, NULL}, event, "HTTP/%s %d %s",
                   version_text(response->version), response->status, ht_safe_text(arena, response->reason));
}

void ht_proxy_response(struct ht_tracer *tracer, struct ht_wire *wire, const struct ht_raw *raw,
                       enum ht_layer layer, const struct ht_response *response)
{
    struct ht_arena *arena = wire->connection->arena;
    struct ht_proxy *p = wire->connection->proxy;
    if (response->status >= 100 && response->status < 200) {
        tell_response(tracer, wire, raw, layer, "informational", response);
        return;
    }
    bool room = ht_owner_has_room((struct ht_owner){wire->connection, NULL});
    p->response = *response;
    p->response.reason = ht_arena_dup(arena, room ? response->reason : (struct ht_span){0});
    p->response.headers = room ? ht_headers_copy(arena, &response->headers) : (struct ht_headers){0};
    p->response.first_us = raw->t_us;
    p->response.last_us = raw->t_last_us;
    p->ok = response->status >= 200 && response->status < 300;
    if (p->ok) {
        p->end_us = raw->t_last_us;
        ht_level_restart(&wire->levels[raw->level]);
    }
    tell_response(tracer, wire, raw, layer, "response", response);
}
