/* SPDX-License-Identifier: MIT */
/* Takes the connections of a transfer, gives them as JSON: lookup, attempts, TCP, proxy. */
#include "model/model.h"
#include "report/json/value.h"
#include "report/names.h"

#include <inttypes.h>
#include <stdlib.h>

static json_t *eai(int64_t error)
{
    char text[24];
    const char *name = ht_eai_name(error);
    if (error == 0 || name)
        return ht_json_word(error ? name : NULL);
    snprintf(text, sizeof text, "%" PRId64, error);
    return json_string(text);
}

/* What we asked the resolver ourselves after a lookup had failed. */
static json_t *queries(const struct ht_json *j, const struct ht_query *first)
{
    json_t *list = json_array();
    for (const struct ht_query *q = first; q; q = q->next) {
        json_t *one = json_object(), *ede = json_array();
        for (size_t i = 0; i < q->ede_count; i++)
            ht_json_append(ede, json_integer(q->ede[i]));
        ht_json_set(one, "server", ht_json_text_or_null(q->server));
        ht_json_set(one, "type", json_integer(q->type));
        ht_json_set(one, "rcode", ht_json_count(q->rcode));
        ht_json_set(one, "addresses", ht_json_count(q->addresses));
        ht_json_set(one, "errno", ht_json_errno(q->error));
        ht_json_set(one, "ede", ede);
        ht_json_set(one, "ede_text", ht_json_text_or_null(q->ede_text));
        ht_json_set(one, "start_us", ht_json_time(j, q->start_us));
        ht_json_set(one, "duration_us", ht_json_span_us(q->start_us, q->end_us));
        ht_json_append(list, one);
    }
    return list;
}

static json_t *resolve(const struct ht_json *j, const struct ht_resolve *r)
{
    json_t *out = json_object(), *addresses = json_array();
    for (size_t i = 0; i < r->addresses.count; i++)
        ht_json_append(addresses, ht_json_text(r->addresses.at[i]));
    ht_json_set(out, "host", ht_json_text_or_null(r->host));
    ht_json_set(out, "addresses", addresses);
    ht_json_set(out, "source", ht_json_word(ht_resolve_source_name(r->source)));
    ht_json_set(out, "error", eai(r->error));
    ht_json_set(out, "queries", queries(j, r->queries));
    ht_json_set(out, "start_us", ht_json_time(j, r->start_us));
    ht_json_set(out, "duration_us", ht_json_span_us(r->start_us, r->end_us));
    return out;
}

static json_t *icmp(const struct ht_icmp *i)
{
    if (!i->seen)
        return json_null();
    json_t *out = json_object();
    ht_json_set(out, "type", json_integer(i->type));
    ht_json_set(out, "code", json_integer(i->code));
    ht_json_set(out, "from", ht_json_text_or_null(i->offender));
    ht_json_set(out, "own", json_boolean(i->own));
    return out;
}

static json_t *attempts(struct ht_json *j, const struct ht_connection *c)
{
    json_t *list = json_array();
    size_t count = 0;
    for (const struct ht_attempt *a = c->attempts; a; a = a->next, count++) {
        json_t *one = json_object();
        ht_json_set(one, "address", ht_json_text(a->address));
        ht_json_set(one, "port", a->port > 0 ? json_integer(a->port) : json_null());
        ht_json_set(one, "start_us", ht_json_time(j, a->start_us));
        ht_json_set(one, "duration_us", ht_json_span_us(a->start_us, a->end_us));
        ht_json_set(one, "outcome", ht_json_word(ht_attempt_outcome_name(a->outcome)));
        ht_json_set(one, "errno", ht_json_errno(a->error));
        ht_json_set(one, "icmp", icmp(&a->icmp));
        const struct ht_tcp_sample *last = a->has_close_sample ? &a->close_sample
                                           : a->has_sample     ? &a->sample
                                                               : NULL;
        ht_json_set(one, "retransmits", last ? ht_json_count(last->total_retrans) : json_null());
        ht_json_append(list, one);
    }
    if (c->attempt_count > count)
        ht_json_truncated(j, "attempts", c->id, -1, (int64_t)(c->attempt_count - count));
    return list;
}

/* The last one before the URL began: what came earlier on a connection that is used again, other reports
 * have. */
static size_t first_sample(const struct ht_json *j, const struct ht_connection *c)
{
    size_t first = c->sample_count;
    while (first > 0 && c->samples[first - 1].t_us >= j->base_us)
        first--;
    return first > 0 ? first - 1 : 0;
}

static json_t *samples(struct ht_json *j, const struct ht_connection *c)
{
    json_t *list = json_array();
    for (size_t i = first_sample(j, c); i < c->sample_count; i++) {
        const struct ht_sample *s = &c->samples[i];
        json_t *one = json_object();
        ht_json_set(one, "t_us", ht_json_time(j, s->t_us));
        ht_json_set(one, "point", ht_json_word(ht_sample_point_name(s->point)));
        ht_json_set(one, "rtt_us", ht_json_count(s->tcp.rtt_us));
        ht_json_set(one, "cwnd", ht_json_count(s->tcp.snd_cwnd));
        ht_json_set(one, "unacked", ht_json_count(s->tcp.unacked));
        ht_json_set(one, "retransmits", ht_json_count(s->tcp.total_retrans));
        ht_json_set(one, "bytes_acked", ht_json_count(s->tcp.bytes_acked));
        ht_json_set(one, "bytes_received", ht_json_count(s->tcp.bytes_received));
        ht_json_append(list, one);
    }
    return list;
}

/* The last sample that measured a round trip: one taken at the close may be empty. */
static const struct ht_tcp_sample *measured(const struct ht_connection *c)
{
    static const struct ht_tcp_sample none = {.rtt_us = -1, .min_rtt_us = -1, .snd_mss = -1};
    for (size_t i = c->sample_count; i > 0; i--) {
        if (c->samples[i - 1].tcp.rtt_us > 0)
            return &c->samples[i - 1].tcp;
    }
    return &none;
}

static json_t *tcp(struct ht_json *j, const struct ht_connection *c)
{
    const struct ht_tcp_sample *last = measured(c);
    int64_t retransmits = -1, acked = -1;
    if (c->connected_us < 0)
        return json_null();
    for (size_t i = 0; i < c->sample_count; i++) { /* counters only grow */
        const struct ht_tcp_sample *s = &c->samples[i].tcp;
        retransmits = s->total_retrans > retransmits ? s->total_retrans : retransmits;
        acked = s->bytes_acked > acked ? s->bytes_acked : acked;
    }
    json_t *out = json_object();
    ht_json_set(out, "rtt_us", ht_json_count(last->rtt_us));
    ht_json_set(out, "min_rtt_us", ht_json_count(last->min_rtt_us));
    ht_json_set(out, "mss", ht_json_count(last->snd_mss));
    ht_json_set(out, "retransmits", ht_json_count(retransmits));
    ht_json_set(out, "bytes_acked", ht_json_count(acked));
    ht_json_set(out, "end", ht_json_word(ht_tcp_end_name(c->end)));
    ht_json_set(out, "close_errno", ht_json_errno(c->close_error));
    ht_json_set(out, "samples", samples(j, c));
    return out;
}

static json_t *proxy(struct ht_json *j, const struct ht_connection *c)
{
    const struct ht_proxy *p = c->proxy;
    if (!p)
        return json_null();
    json_t *out = json_object();
    bool asked = p->request.method.len > 0;
    ht_json_set(out, "kind", ht_json_word(ht_proxy_kind_name(p->kind)));
    ht_json_set(out, "url", ht_json_url(j, p->url));
    ht_json_set(out, "tunnel", json_boolean(p->tunnel));
    ht_json_set(out, "ok", json_boolean(p->ok));
    ht_json_set(out, "start_us", ht_json_time(j, p->begin_us));
    ht_json_set(out, "duration_us", ht_json_span_us(p->begin_us, p->end_us));
    ht_json_set(out, "request", asked ? ht_json_request(j, &p->request, c->id, -1) : json_null());
    ht_json_set(out, "response", ht_json_response(j, &p->response, c->id, -1));
    ht_json_set(out, "socks_method", ht_json_count(p->socks_method));
    ht_json_set(out, "socks_auth", ht_json_count(p->socks_auth));
    ht_json_set(out, "socks_reply", ht_json_count(p->socks_reply));
    ht_json_set(out, "tls", ht_json_tls(j, c->proxy_tls, c->id));
    return out;
}

static json_t *connection(struct ht_json *j, const struct ht_connection *c)
{
    json_t *out = json_object();
    ht_json_set(out, "id", json_integer(c->id));
    ht_json_set(out, "start_us", ht_json_time(j, c->begin_us));
    ht_json_set(out, "connected_us", ht_json_time(j, c->connected_us));
    ht_json_set(out, "closed_us", ht_json_time(j, c->closed_us));
    ht_json_set(out, "resolve", resolve(j, &c->resolve));
    ht_json_set(out, "attempts", attempts(j, c));
    ht_json_set(out, "local", ht_json_text_or_null(c->local));
    ht_json_set(out, "remote", ht_json_text_or_null(c->remote));
    ht_json_set(out, "http_version", ht_json_word(ht_http_version_name(c->version)));
    ht_json_set(out, "exchanges", json_integer(c->exchange_count));
    ht_json_set(out, "bytes_sent", json_integer(c->wire_bytes[HT_DIR_OUT]));
    ht_json_set(out, "bytes_received", json_integer(c->wire_bytes[HT_DIR_IN]));
    ht_json_set(out, "tcp", tcp(j, c));
    ht_json_set(out, "proxy", proxy(j, c));
    ht_json_set(out, "tls", ht_json_tls(j, c->tls, c->id));
    ht_json_set(out, "h2", ht_json_h2(j, c));
    return out;
}

json_t *ht_json_connections(struct ht_json *j)
{
    size_t count = 0;
    json_t *list = json_array();
    const struct ht_connection **connections = ht_transfer_connections(j->transfer, &count);
    for (size_t i = 0; i < count; i++)
        ht_json_append(list, connection(j, connections[i]));
    free(connections);
    return list;
}
