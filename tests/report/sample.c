/* SPDX-License-Identifier: MIT */
/* Builds models by hand: takes a name, gives a run as the trace would have assembled it. */
#include "report/sample.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

#define WALL_US INT64_C(1795208400123456) /* 2026-11-20T21:00:00.123456Z */
#define DAY_S   INT64_C(86400)

static const struct ht_tcp_sample untold = {-1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1,
                                            -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1};

struct ht_span sample_text(struct sample *s, const char *text)
{
    return ht_arena_dup(s->arena, ht_span_str(text));
}

struct ht_exchange *sample_exchange(struct sample *s, enum ht_cause cause, const char *url)
{
    struct ht_exchange *x = ht_arena_alloc(s->arena, sizeof *x), *last = s->transfer->last_exchange;
    x->id = last ? last->id + 1 : 0;
    x->arena = s->arena;
    x->transfer = s->transfer;
    x->cause = cause;
    x->url = sample_text(s, url);
    x->method = sample_text(s, "GET");
    x->stream = x->reset_code = -1;
    x->resolve_us = x->attempt_us = x->prereq_us = -1;
    x->request.first_us = x->request.last_us = x->response.first_us = x->response.last_us = -1;
    x->response.content_length = -1;
    for (int p = 0; p < HT_PHASE_COUNT; p++)
        x->phases[p].outcome = HT_OUTCOME_SKIPPED;
    if (last)
        last->next = x;
    else
        s->transfer->exchanges = x;
    s->transfer->last_exchange = x;
    return x;
}

struct ht_connection *sample_connection(struct sample *s, const char *address, int port)
{
    struct ht_connection *c = ht_arena_alloc(s->arena, sizeof *c), **at = &s->trace.connections;
    c->id = 0;
    for (; *at; at = &(*at)->next)
        c->id++;
    *at = c;
    c->arena = s->arena;
    c->socket = 5 + c->id;
    c->resolve.host = sample_text(s, "example.com");
    struct ht_span *addresses = ht_arena_alloc(s->arena, 2 * sizeof *addresses);
    addresses[0] = sample_text(s, address);
    addresses[1] = sample_text(s, "2001:db8::7");
    c->resolve.addresses = (struct ht_span_list){addresses, 2};
    c->resolve.end_us = 12100;
    c->begin_us = 12100;
    c->connected_us = c->closed_us = c->last_out_us = c->last_in_us = -1;
    c->local = c->remote = (struct ht_span){NULL, 0};
    c->version = HT_HTTP_1_1;
    (void)port;
    return c;
}

struct ht_attempt *sample_attempt(struct sample *s, struct ht_connection *c, const char *address, int port,
                                  enum ht_attempt_outcome outcome)
{
    struct ht_attempt *a = ht_arena_alloc(s->arena, sizeof *a), **at = &c->attempts;
    while (*at)
        at = &(*at)->next;
    *at = a;
    a->address = sample_text(s, address);
    a->port = port;
    a->family = AF_INET;
    a->start_us = 12100;
    a->end_us = 36400;
    a->outcome = outcome;
    c->attempt_count++;
    if (outcome != HT_ATTEMPT_CONNECTED)
        return a;
    c->connected_us = a->end_us;
    c->local = sample_text(s, "192.0.2.7:51234");
    c->remote = ht_span_str(ht_arena_printf(s->arena, "%s:%d", address, port));
    c->samples = ht_arena_alloc(s->arena, 2 * sizeof *c->samples);
    c->sample_count = 2;
    c->samples[0] = (struct ht_sample){HT_SAMPLE_CONNECTED, 36400, untold};
    c->samples[0].tcp.rtt_us = 23900;
    c->samples[0].tcp.min_rtt_us = 23900;
    c->samples[0].tcp.snd_mss = 1448;
    c->samples[1] = (struct ht_sample){HT_SAMPLE_CLOSE, 115000, untold};
    c->samples[1].tcp.total_retrans = 0;
    c->samples[1].tcp.bytes_acked = 1285;
    return a;
}

void sample_phase(struct ht_exchange *x, enum ht_phase phase, int64_t start_us, int64_t duration_us,
                  enum ht_outcome outcome)
{
    x->phases[phase] = (struct ht_phase_span){start_us, duration_us, outcome};
    x->phase = outcome == HT_OUTCOME_OK || outcome == HT_OUTCOME_FAILED ? phase : x->phase;
    x->failed = x->failed || outcome == HT_OUTCOME_FAILED;
}

void sample_header(struct sample *s, struct ht_headers *headers, const char *name, const char *value)
{
    ht_headers_add(s->arena, headers, ht_span_str(name), ht_span_str(value));
}

struct ht_event *sample_event(struct sample *s, struct ht_connection *c, struct ht_exchange *x, int64_t t_us,
                              enum ht_dir dir, enum ht_layer layer, const char *kind, const char *summary)
{
    struct ht_event *e = ht_event_append(s->arena, x ? &x->events : &c->events);
    e->id = s->trace.event_count++;
    e->t_us = e->t_last_us = t_us;
    e->connection = c ? c->id : -1;
    e->exchange = x ? x->id : -1;
    e->phase = layer == HT_LAYER_TLS   ? HT_PHASE_TLS
               : layer == HT_LAYER_TCP ? HT_PHASE_CONNECT
                                       : HT_PHASE_REQUEST;
    e->dir = dir;
    e->layer = layer;
    e->kind = kind;
    e->summary = ht_arena_text(s->arena, ht_span_str(summary));
    return e;
}

void sample_head_event(struct sample *s, struct ht_exchange *x, int64_t t_us, enum ht_dir dir,
                       const char *summary, const struct ht_headers *headers)
{
    struct ht_event *e =
        sample_event(s, x->connection, x, t_us, dir, x->stream < 0 ? HT_LAYER_HTTP1 : HT_LAYER_HTTP2,
                     dir == HT_DIR_OUT ? "request" : "response", summary);
    e->fields = ht_field_map(s->arena, NULL, NULL);
    struct ht_field *list = ht_field_list(s->arena, e->fields, "headers");
    for (size_t i = 0; i < headers->count; i++) {
        struct ht_field *one = ht_field_map(s->arena, list, NULL);
        ht_field_text(s->arena, one, "name", headers->at[i].name);
        ht_field_text(s->arena, one, "value", headers->at[i].value);
    }
}

static void certificate(struct sample *s, struct ht_tls *tls, const char *host)
{
    struct ht_certificate *c = ht_arena_alloc(s->arena, sizeof *c);
    struct ht_span *san = ht_arena_alloc(s->arena, sizeof *san);
    *san = sample_text(s, host);
    c->parsed = true;
    c->subject = ht_span_str(ht_arena_printf(s->arena, "CN = *.%s", host));
    c->subject_cn = ht_span_str(ht_arena_printf(s->arena, "*.%s", host));
    c->issuer = sample_text(s, "C = US, O = Example Trust, CN = Example CA");
    c->san = (struct ht_span_list){san, 1};
    c->not_before_s = WALL_US / 1000000 - 16 * DAY_S;
    c->not_after_s = WALL_US / 1000000 + 74 * DAY_S + 3600;
    c->key = "EC P-256";
    c->key_bits = 256;
    c->signature = "ecdsa-with-SHA384";
    memset(c->sha256, 'a', 64);
    memset(c->spki_sha256, 'b', 64);
    memcpy(c->serial, "0a1b2c", 7);
    c->has_sct = true;
    tls->certificates = c;
    tls->certificate_count = 1;
}

static struct ht_event *handshake_event(struct sample *s, struct ht_tls *tls, int64_t t_us, enum ht_dir dir,
                                        const char *kind, int64_t size)
{
    struct ht_event *e = ht_event_append(s->arena, &tls->handshake);
    e->id = s->trace.event_count++;
    e->t_us = e->t_last_us = t_us;
    e->connection = 0;
    e->exchange = -1;
    e->phase = HT_PHASE_TLS;
    e->dir = dir;
    e->layer = HT_LAYER_TLS;
    e->kind = kind;
    e->summary = ht_arena_printf(s->arena, "%s, %d bytes", kind, (int)size);
    e->size = size;
    e->fields = ht_field_map(s->arena, NULL, NULL);
    ht_field_named(s->arena, e->fields, "legacy_version", 0x0303, "TLSv1.2");
    ht_field_named(s->arena, e->fields, "cipher_suite", 0x0a0a, NULL);
    ht_field_uint(s->arena, e->fields, "large", UINT64_MAX);
    ht_field_bytes(s->arena, e->fields, "session_id", ht_span("\xde\xad", 2));
    return e;
}

/* A session of which the ClientHello was sent and nothing else is known. */
static struct ht_tls *begun_tls(struct sample *s, struct ht_connection *c, int64_t begin_us, const char *host)
{
    struct ht_tls *tls = ht_arena_alloc(s->arena, sizeof *tls);
    struct ht_span *alpn = ht_arena_alloc(s->arena, 2 * sizeof *alpn);
    tls->begin_us = begin_us;
    tls->end_us = -1;
    tls->verify_result = -1;
    alpn[0] = sample_text(s, "h2");
    alpn[1] = sample_text(s, "http/1.1");
    tls->client_hello.present = true;
    tls->client_hello.server_name = sample_text(s, host);
    tls->client_hello.alpn = (struct ht_span_list){alpn, 2};
    struct ht_event *hello = handshake_event(s, tls, begin_us + 500, HT_DIR_OUT, "client_hello", 517);
    struct ht_event *copy =
        sample_event(s, c, NULL, hello->t_us, HT_DIR_OUT, HT_LAYER_TLS, "client_hello",
                     "ClientHello, 517 bytes: TLS 1.3, 1.2; server_name example.com; ALPN h2, "
                     "http/1.1");
    copy->fields = hello->fields;
    c->last_out_us = hello->t_us;
    memset(tls->ja3, 'c', 32);
    memcpy(tls->ja4, "t13d1516h2_8daaf6152771_b186095e22b6", 37);
    return tls;
}

struct ht_tls *sample_tls(struct sample *s, struct ht_connection *c, int64_t begin_us, const char *host)
{
    struct ht_tls *tls = begun_tls(s, c, begin_us, host);
    tls->end_us = begin_us + 48000;
    tls->ok = true;
    tls->version = 0x0304;
    tls->cipher = sample_text(s, "TLS_AES_256_GCM_SHA384");
    tls->group = sample_text(s, "X25519");
    tls->signature = sample_text(s, "ecdsa_secp256r1_sha256");
    tls->alpn = sample_text(s, "h2");
    tls->server_hello.present = true;
    memset(tls->ja3s, 'd', 32);
    tls->verify_result = 0;
    tls->verified_chain = tls->hostname_checked = tls->hostname_ok = true;
    tls->ocsp = HT_OCSP_GOOD;
    certificate(s, tls, host);
    handshake_event(s, tls, begin_us + 24600, HT_DIR_IN, "server_hello", 90);
    sample_event(s, c, NULL, begin_us + 24600, HT_DIR_IN, HT_LAYER_TLS, "server_hello",
                 "ServerHello, 90 bytes: TLS 1.3, TLS_AES_256_GCM_SHA384, X25519");
    return tls;
}

void sample_h2(struct sample *s, struct ht_connection *c)
{
    struct ht_h2 *h2 = ht_arena_alloc(s->arena, sizeof *h2);
    static const struct ht_h2_setting local[] = {{3, 100}, {4, 65536}}, peer[] = {{3, 128}, {0x4242, 7}};
    for (int dir = HT_DIR_OUT; dir <= HT_DIR_IN; dir++) {
        h2->settings[dir] = ht_arena_alloc(s->arena, sizeof local);
        memcpy(h2->settings[dir], dir == HT_DIR_OUT ? local : peer, sizeof local);
        h2->settings_count[dir] = 2;
    }
    h2->frames[HT_DIR_OUT][1] = 1;
    h2->frames[HT_DIR_IN][0] = 9;
    h2->frames[HT_DIR_IN][11] = 1;
    h2->frames[HT_DIR_IN][HT_H2_FRAME_TYPES] = 2;
    h2->hpack_compressed[HT_DIR_OUT] = 40;
    h2->hpack_plain[HT_DIR_OUT] = 160;
    struct ht_h2_stall *stall = ht_arena_alloc(s->arena, sizeof *stall);
    *stall = (struct ht_h2_stall){1, HT_DIR_IN, 112000, -1, NULL};
    h2->stalls = stall;
    h2->stall_count = 3;
    c->h2 = h2;
    c->version = HT_HTTP_2;
}

void sample_finding(struct sample *s, struct ht_exchange *x, enum ht_severity severity)
{
    static const char *const steps[] = {"the same with another name: httptrace --connect-to "
                                        "example.com:443:example.net:443 https://example.com/",
                                        NULL};
    struct ht_finding *f = ht_arena_alloc(s->arena, sizeof *f), **at = &x->findings;
    struct ht_evidence *e = ht_arena_alloc(s->arena, 2 * sizeof *e);
    while (*at)
        at = &(*at)->next;
    *at = f;
    e[0] = (struct ht_evidence){x->connection->events.first->id,
                                "ClientHello sent: 517 bytes, server_name blocked.example", &e[1]};
    e[1] =
        (struct ht_evidence){HT_NO_EVENT, "retransmitted, 6 times in all; 0 of 517 bytes acknowledged", NULL};
    *f = (struct ht_finding){.code = severity > HT_SEVERITY_NOTICE ? "tls.ch_dropped" : "dns.local_override",
                             .severity = severity,
                             .phase = HT_PHASE_TLS,
                             .locus = HT_LOCUS_PATH,
                             .confidence = HT_CONFIDENCE_HIGH,
                             .title = "No Server Hello: the ClientHello was dropped on the path.",
                             .explanation =
                                 "TCP reached the server in 21.0 ms, but the first packet that names the "
                                 "site never did.",
                             .also_explained_by = "an outage that began in that moment",
                             .next_steps = steps,
                             .reference = "RFC 8446 section 4.1.2",
                             .evidence = e,
                             .connection = x->connection->id,
                             .exchange = x->id};
}

void sample_end(struct sample *s, int64_t end_us, int64_t curl_code, const char *error)
{
    struct ht_transfer *t = s->transfer;
    struct ht_exchange *x = t->last_exchange;
    t->end_us = end_us;
    t->curl_code = curl_code;
    t->error = sample_text(s, error);
    t->http_status = x ? x->response.status : 0;
    t->bytes_sent = 612;
    t->bytes_received = 3401;
    t->times = (struct ht_curl_times){12100, 36400, 84400, 84500, 109700, end_us};
    t->verdict.status = curl_code ? HT_VERDICT_FAILED : HT_VERDICT_OK;
    t->verdict.has_phase = curl_code != 0;
    t->verdict.phase = x ? x->phase : HT_PHASE_QUEUE;
    t->verdict.confidence = HT_CONFIDENCE_HIGH;
}

struct sample *sample_new(const char *name)
{
    struct ht_arena *arena = ht_arena_new();
    struct sample *s = ht_arena_alloc(arena, sizeof *s);
    s->arena = arena;
    s->trace.info =
        (struct ht_run_info){ht_span_str("0.1.0"),  ht_span_str("7.88.1"), ht_span_str("OpenSSL/3.0.19"),
                             ht_span_str("1.52.0"), ht_span_str("full"),   WALL_US};
    struct ht_transfer *t = s->transfer = s->trace.transfers = ht_arena_alloc(arena, sizeof *t);
    t->arena = arena;
    t->url = sample_text(s, "https://example.com/");
    t->method = sample_text(s, "GET");
    t->end_us = -1;
    t->wall_start_us = WALL_US;
    for (size_t i = 0; i < sample_count; i++) {
        if (strcmp(sample_rows[i].name, name) == 0) {
            sample_rows[i].build(s);
            return s;
        }
    }
    fprintf(stderr, "no sample %s\n", name);
    abort();
}

void sample_free(struct sample *s)
{
    ht_arena_free(s->arena);
}
