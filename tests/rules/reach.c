/* SPDX-License-Identifier: MIT */
/* Takes what a test wants to have happened, gives a trace as the trace room would have built it. */
#include "rules/reach.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

static struct ht_exchange *new_exchange(struct built *b, int64_t t_us)
{
    struct ht_arena *arena = ht_arena_new();
    struct ht_exchange *x = ht_arena_alloc(arena, sizeof *x);
    x->id = b->exchange ? b->exchange->id + 1 : 0;
    x->arena = arena;
    x->transfer = b->transfer;
    x->stream = x->reset_code = -1;
    x->start_us = t_us;
    x->end_us = x->resolve_us = x->attempt_us = x->prereq_us = -1;
    x->request.first_us = x->request.last_us = x->response.first_us = x->response.last_us = -1;
    x->response.content_length = -1;
    x->url = b->transfer->url;
    x->method = b->transfer->method;
    return x;
}

static struct ht_connection *new_connection(struct built *b, int32_t id)
{
    struct ht_connection *c = ht_arena_alloc(b->arena, sizeof *c);
    c->id = id;
    c->arena = b->arena;
    c->socket = -1;
    c->connected_us = c->closed_us = c->last_out_us = c->last_in_us = -1;
    c->resolve.source = HT_SOURCE_UNTAPPED;
    c->resolve.start_us = c->resolve.end_us = -1;
    c->samples = ht_arena_alloc(b->arena, HT_CAP_SAMPLES * sizeof *c->samples);
    return c;
}

void reach_begin(struct built *b, const char *url)
{
    *b = (struct built){.arena = ht_arena_new()};
    b->transfer = ht_arena_alloc(b->arena, sizeof *b->transfer);
    b->transfer->arena = b->arena;
    b->transfer->url = ht_span_str(url);
    b->transfer->method = ht_span_str("GET");
    b->transfer->end_us = -1;
    b->trace.transfers = b->transfer;
    b->exchange = new_exchange(b, 0);
    b->connection = new_connection(b, 0);
    b->trace.connections = b->connection;
    b->exchange->connection = b->connection;
    b->transfer->exchanges = b->transfer->last_exchange = b->exchange;
}

void reach_end(struct built *b)
{
    for (struct ht_exchange *next, *x = b->transfer->exchanges; x; x = next) {
        next = x->next;
        ht_arena_free(x->arena);
    }
    ht_arena_free(b->arena);
}

struct ht_event *reach_event(struct built *b, const char *kind, enum ht_dir dir, int64_t t_us)
{
    struct ht_event *event = ht_event_append(b->exchange->arena, &b->exchange->events);
    event->id = b->trace.event_count++;
    event->t_us = event->t_last_us = t_us;
    event->exchange = b->exchange->id;
    event->dir = dir;
    event->kind = kind;
    event->summary = "";
    return event;
}

static enum ht_attempt_outcome outcome_of(int error)
{
    switch (error) {
    case -1:
        return HT_ATTEMPT_CANCELLED;
    case 0:
        return HT_ATTEMPT_CONNECTED;
    case ECONNREFUSED:
        return HT_ATTEMPT_REFUSED;
    case ETIMEDOUT:
        return HT_ATTEMPT_TIMEOUT;
    case ENETUNREACH:
    case EHOSTUNREACH:
        return HT_ATTEMPT_UNREACHABLE;
    default:
        return HT_ATTEMPT_FAILED;
    }
}

struct ht_attempt *reach_attempt(struct built *b, const char *address, int64_t start_us, int64_t end_us,
                                 int error)
{
    struct ht_connection *c = b->connection;
    struct ht_attempt **at = &c->attempts;
    while (*at)
        at = &(*at)->next;
    *at = ht_arena_alloc(b->arena, sizeof **at);
    **at = (struct ht_attempt){.socket = (int32_t)c->attempt_count++,
                               .address = ht_span_str(address),
                               .port = 443,
                               .family = strchr(address, ':') ? AF_INET6 : AF_INET,
                               .start_us = start_us,
                               .end_us = end_us,
                               .under_way = error == -1 || end_us < 0 || end_us - start_us > 100,
                               .outcome = end_us < 0 ? HT_ATTEMPT_PENDING : outcome_of(error),
                               .error = error > 0 ? error : 0};
    b->exchange->attempt_us = b->exchange->attempt_us < 0 ? start_us : b->exchange->attempt_us;
    reach_event(b, "attempt", HT_DIR_NONE, start_us);
    if (end_us >= 0)
        reach_event(b,
                    error == -1 ? "connect_cancelled"
                    : error     ? "connect_failed"
                                : "connected",
                    HT_DIR_NONE, end_us);
    return *at;
}

struct ht_tcp_sample *reach_sample(struct built *b, enum ht_sample_point point, int64_t t_us)
{
    struct ht_connection *c = b->connection;
    struct ht_sample *s = &c->samples[c->sample_count];
    *s = c->sample_count ? c->samples[c->sample_count - 1] : (struct ht_sample){.tcp = {.state = 1}};
    s->point = point;
    s->t_us = t_us;
    c->sample_count++;
    reach_event(b, "sample", HT_DIR_NONE, t_us);
    return &s->tcp;
}

struct ht_attempt *reach_connect(struct built *b, const char *address, int64_t start_us, int64_t end_us)
{
    struct ht_attempt *a = reach_attempt(b, address, start_us, end_us, 0);
    b->connection->socket = a->socket;
    b->connection->connected_us = end_us;
    b->connection->remote = ht_span_str(ht_arena_printf(b->arena, "%s:443", address));
    struct ht_tcp_sample *s = reach_sample(b, HT_SAMPLE_CONNECTED, end_us);
    s->rtt_us = s->min_rtt_us = end_us - start_us;
    s->snd_mss = s->rcv_mss = 1448;
    s->pmtu = 1500;
    s->bytes_acked = 1;
    s->snd_wnd = 65535;
    return a;
}

void reach_close(struct built *b, enum ht_tcp_end end, int64_t t_us, int64_t out, int64_t in)
{
    struct ht_connection *c = b->connection;
    c->end = end;
    c->closed_us = t_us;
    c->wire_bytes[HT_DIR_OUT] = out;
    c->wire_bytes[HT_DIR_IN] = in;
    reach_event(b, "closed", HT_DIR_NONE, t_us);
}

void reach_next(struct built *b, enum ht_cause cause, bool reused, int64_t t_us)
{
    struct ht_exchange *last = b->exchange, *x = new_exchange(b, t_us);
    last->end_us = t_us;
    last->failed = last->response.status == 0;
    x->cause = cause;
    x->reused = reused;
    x->connection = reused ? last->connection : new_connection(b, last->connection->id + 1);
    last->connection->next = reused ? NULL : x->connection;
    last->next = x;
    b->connection = x->connection;
    b->exchange = b->transfer->last_exchange = x;
}

void reach_answer(struct built *b, int status, int64_t t_us)
{
    struct ht_response *r = &b->exchange->response;
    r->status = status;
    r->first_us = r->last_us = t_us;
    r->complete = true;
    reach_event(b, "response", HT_DIR_IN, t_us);
}

void reach_header(struct built *b, const char *name, const char *value)
{
    ht_headers_add(b->exchange->arena, &b->exchange->response.headers, ht_span_str(name), ht_span_str(value));
}

void reach_judge(struct built *b, int64_t curl_code, enum ht_phase phase, int64_t t_us)
{
    b->transfer->curl_code = curl_code;
    b->transfer->error = ht_span_str(curl_code ? "it failed" : "");
    b->transfer->end_us = b->exchange->end_us = t_us;
    b->exchange->failed = curl_code != 0;
    b->exchange->phase = phase;
    ht_rules_judge(&b->trace, b->transfer, NULL);
}

void reach_early(struct built *b, int64_t t_us)
{
    while (ht_rules_early(&b->trace, b->transfer, t_us, NULL))
        ;
}

const struct ht_finding *reach_found(const struct built *b, const char *code)
{
    const struct ht_finding *f = b->exchange->findings;
    while (f && strcmp(f->code, code) != 0)
        f = f->next;
    return f;
}

void reach_expect(const struct built *b, const char *code, enum ht_severity severity, enum ht_locus locus,
                  enum ht_confidence confidence)
{
    const struct ht_finding *f = reach_found(b, code);
    if (!f)
        fail_msg("%s does not hold", code);
    assert_string_equal(ht_severity_name(f->severity), ht_severity_name(severity));
    assert_string_equal(ht_locus_name(f->locus), ht_locus_name(locus));
    assert_string_equal(ht_confidence_name(f->confidence), ht_confidence_name(confidence));
    assert_non_null(f->evidence);
}

void reach_expect_not(const struct built *b, const char *code)
{
    if (reach_found(b, code))
        fail_msg("%s holds", code);
}

void reach_expect_fact(const struct built *b, const char *code, const char *text)
{
    const struct ht_finding *f = reach_found(b, code);
    assert_non_null(f);
    for (const struct ht_evidence *e = f->evidence; e; e = e->next) {
        if (strstr(e->fact, text))
            return;
    }
    fail_msg("no fact of %s holds \"%s\"; the first is \"%s\"", code, text,
             f->evidence ? f->evidence->fact : "");
}
