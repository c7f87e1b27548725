/* SPDX-License-Identifier: MIT */
/* Small traces built by hand: takes what a test says of a request, gives the model that the trace room would.
 */
#include "rules/case.h"

#include <netinet/tcp.h>

static struct ht_exchange *exchange_new(struct case_under_test *k, const char *url, int64_t start_us)
{
    struct ht_exchange *x = ht_arena_alloc(k->arena, sizeof *x);
    static int32_t ids;
    x->id = ids++;
    x->arena = k->arena;
    x->transfer = k->t;
    x->connection = k->c;
    x->url = ht_span_str(url);
    x->method = ht_span_str("GET");
    x->stream = x->reset_code = -1;
    x->start_us = start_us;
    x->end_us = x->resolve_us = x->attempt_us = -1;
    x->prereq_us = start_us + 1000;
    x->phase = HT_PHASE_WAIT;
    x->request = (struct ht_request){.method = x->method,
                                     .version = HT_HTTP_1_1,
                                     .first_us = start_us + 1000,
                                     .last_us = start_us + 1000,
                                     .complete = true};
    x->response.first_us = x->response.last_us = x->response.content_length = -1;
    return x;
}

void case_begin(struct case_under_test *k, const char *url)
{
    *k = (struct case_under_test){.arena = ht_arena_new()};
    k->t = ht_arena_alloc(k->arena, sizeof *k->t);
    k->t->arena = k->arena;
    k->t->url = ht_span_str(url);
    k->t->method = ht_span_str("GET");
    k->t->end_us = -1;
    k->c = ht_arena_alloc(k->arena, sizeof *k->c);
    k->c->arena = k->arena;
    k->c->connected_us = 1000;
    k->c->closed_us = k->c->last_in_us = -1;
    k->c->last_out_us = 2000;
    k->c->wire_bytes[HT_DIR_OUT] = 100;
    k->c->exchange_count = 1;
    k->c->remote = ht_span_str("203.0.113.7:80");
    k->c->resolve.source = HT_SOURCE_RESOLVER;
    k->c->resolve.host = ht_span_str("example.com");
    k->trace.transfers = k->t;
    k->trace.connections = k->c;
    k->x = exchange_new(k, url, 1000);
    k->t->exchanges = k->t->last_exchange = k->x;
    case_event(k, HT_LAYER_HTTP1, HT_DIR_OUT, "request", 2000);
    case_sample(k, 100, 100, TCP_ESTABLISHED);
}

void case_end(struct case_under_test *k)
{
    ht_arena_free(k->arena);
}

void case_next(struct case_under_test *k, enum ht_cause cause, const char *url)
{
    struct ht_exchange *last = k->x;
    int64_t now_us = (last->response.last_us > 0 ? last->response.last_us : last->request.last_us) + 1000;
    last->end_us = now_us;
    last->failed = last->response.status == 0;
    k->x = exchange_new(k, url, now_us);
    k->x->cause = cause;
    k->x->reused = true;
    k->c->exchange_count++;
    last->next = k->t->last_exchange = k->x;
    case_event(k, HT_LAYER_HTTP1, HT_DIR_OUT, "request", k->x->request.first_us);
}

static struct ht_event *fill(struct case_under_test *k, struct ht_event *e, enum ht_layer layer,
                             enum ht_dir dir, const char *kind, int64_t t_us)
{
    e->id = k->trace.event_count++;
    e->t_us = e->t_last_us = t_us;
    e->connection = k->c->id;
    e->exchange = -1;
    e->dir = dir;
    e->layer = layer;
    e->kind = kind;
    e->summary = kind;
    return e;
}

struct ht_event *case_event(struct case_under_test *k, enum ht_layer layer, enum ht_dir dir, const char *kind,
                            int64_t t_us)
{
    struct ht_event *e = fill(k, ht_event_append(k->arena, &k->x->events), layer, dir, kind, t_us);
    e->exchange = k->x->id;
    return e;
}

struct ht_event *case_connection_event(struct case_under_test *k, enum ht_layer layer, enum ht_dir dir,
                                       const char *kind, int64_t t_us)
{
    return fill(k, ht_event_append(k->arena, &k->c->events), layer, dir, kind, t_us);
}

void case_mark(struct ht_event *event, const char *why)
{
    event->malformed = true;
    event->malformed_at = 17;
    event->malformed_why = why;
}

void case_answer(struct case_under_test *k, int status)
{
    struct ht_response *r = &k->x->response;
    r->status = status;
    r->version = HT_HTTP_1_1;
    r->first_us = r->last_us = k->x->request.last_us + 1000;
    r->framing = HT_FRAMING_CONTENT_LENGTH;
    r->content_length = 0;
    r->complete = true;
    k->c->last_in_us = r->last_us;
    k->x->phase = HT_PHASE_RESPONSE;
    case_event(k, HT_LAYER_HTTP1, HT_DIR_IN, "response", r->first_us);
}

void case_field(struct case_under_test *k, const char *name, const char *value)
{
    struct ht_response *r = &k->x->response;
    ht_headers_add(k->arena, &r->headers, ht_span_str(name), ht_span_str(value));
    if (strcmp(name, "location") == 0)
        r->location = ht_span_str(value);
    if (strcmp(name, "content-encoding") == 0)
        r->content_encoding = ht_span_str(value);
}

void case_body(struct case_under_test *k, struct ht_span head, int64_t bytes, bool complete)
{
    struct ht_response *r = &k->x->response;
    r->body_head = ht_span_head(head, HT_CAP_BODY_HEAD);
    r->body_bytes = bytes;
    r->content_length = complete ? bytes : bytes + 1000;
    r->complete = complete;
    case_event(k, HT_LAYER_HTTP1, HT_DIR_IN, "body", r->last_us);
}

void case_part(struct case_under_test *k, struct ht_span head, int64_t bytes)
{
    struct ht_event *e = case_event(k, HT_LAYER_TCP, HT_DIR_IN, "opaque", k->x->request.last_us + 1000);
    e->size = bytes;
    e->fields = ht_field_map(k->arena, NULL, NULL);
    ht_field_text(k->arena, e->fields, "head", head);
}

void case_sample(struct case_under_test *k, int64_t sent, int64_t acked, int64_t state)
{
    if (!k->c->samples)
        k->c->samples = ht_arena_alloc(k->arena, HT_CAP_SAMPLES * sizeof *k->c->samples);
    k->c->samples[k->c->sample_count++] = (struct ht_sample){
        HT_SAMPLE_TIMER,
        2000,
        {.state = state, .bytes_sent = sent, .bytes_acked = acked + 1, .bytes_received = 0}};
}

void case_close(struct case_under_test *k, enum ht_tcp_end end, int64_t t_us)
{
    k->c->end = end;
    k->c->closed_us = t_us;
    case_connection_event(k, HT_LAYER_TCP, HT_DIR_NONE, "closed", t_us);
}

struct ht_h2 *case_h2(struct case_under_test *k, int64_t stream)
{
    k->c->h2 = ht_arena_alloc(k->arena, sizeof *k->c->h2);
    k->c->h2->settings_seen[HT_DIR_IN] = true;
    k->c->h2->frames[HT_DIR_IN][4] = 1;
    k->c->h2->frames[HT_DIR_OUT][1] = 1;
    k->c->version = HT_HTTP_2;
    k->x->stream = stream;
    return k->c->h2;
}

struct ht_tls *case_tls(struct case_under_test *k, bool hostname_ok)
{
    struct ht_tls *tls = ht_arena_alloc(k->arena, sizeof *tls);
    tls->begin_us = 1000;
    tls->end_us = 1500;
    tls->ok = tls->hostname_checked = true;
    tls->hostname_ok = hostname_ok;
    tls->version = 0x0304;
    k->c->tls = tls;
    return tls;
}

void case_judge(struct case_under_test *k, int64_t curl_code, int64_t end_us)
{
    k->t->curl_code = curl_code;
    k->t->end_us = k->x->end_us = end_us;
    k->x->failed = curl_code != 0;
    ht_rules_judge(&k->trace, k->t, NULL);
}

const struct ht_finding *case_found(const struct ht_exchange *x, const char *code)
{
    const struct ht_finding *f = x->findings;
    while (f && strcmp(f->code, code) != 0)
        f = f->next;
    return f;
}

const struct ht_finding *case_finding(const struct case_under_test *k, const char *code)
{
    return case_found(k->x, code);
}

static void print_findings(const struct case_under_test *k)
{
    for (const struct ht_finding *f = k->x->findings; f; f = f->next)
        print_message("found %s, %s\n", f->code, ht_severity_name(f->severity));
}

const struct ht_finding *case_only(const struct case_under_test *k, const char *code)
{
    const struct ht_finding *found = case_finding(k, code);
    bool alone = found != NULL;
    for (const struct ht_finding *f = k->x->findings; f; f = f->next)
        alone = alone && (f == found || f->severity <= HT_SEVERITY_NOTICE);
    if (!alone)
        print_findings(k);
    assert_true(alone);
    assert_non_null(found->evidence);
    return found;
}

void case_calm(const struct case_under_test *k)
{
    for (const struct ht_finding *f = k->x->findings; f; f = f->next) {
        if (f->severity > HT_SEVERITY_NOTICE)
            print_findings(k);
        assert_true(f->severity <= HT_SEVERITY_NOTICE);
    }
}

bool case_tells(const struct ht_finding *f, const char *words)
{
    for (const struct ht_evidence *e = f->evidence; e; e = e->next) {
        if (strstr(e->fact, words))
            return true;
    }
    return false;
}
