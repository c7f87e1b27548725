/* SPDX-License-Identifier: MIT */
/* The samples: one function per story, each a run as the trace would have told it. */
#include "report/sample.h"

#include <errno.h>
#include <netdb.h>

static void request(struct sample *s, struct ht_exchange *x, int64_t t_us, const char *target)
{
    x->request.method = sample_text(s, "GET");
    x->request.target = sample_text(s, target);
    x->request.version = x->stream < 0 ? HT_HTTP_1_1 : HT_HTTP_2;
    x->request.first_us = t_us;
    x->request.last_us = t_us + 200;
    x->request.head_bytes = 78;
    x->request.complete = true;
    sample_header(s, &x->request.headers, "host", "example.com");
    sample_header(s, &x->request.headers, "user-agent", "httptrace/0.1.0");
    sample_head_event(s, x, t_us, HT_DIR_OUT,
                      ht_arena_printf(s->arena, "GET %s HTTP/%s", target, x->stream < 0 ? "1.1" : "2"),
                      &x->request.headers);
}

static void answer(struct sample *s, struct ht_exchange *x, int64_t t_us, int status, int64_t body_bytes)
{
    x->response.status = status;
    x->response.version = x->request.version;
    x->response.first_us = t_us;
    x->response.body_bytes = x->response.content_length = body_bytes;
    x->response.framing = HT_FRAMING_CONTENT_LENGTH;
    x->response.complete = true;
    x->response.head_bytes = 120;
    sample_header(s, &x->response.headers, "server", "nginx");
    sample_header(s, &x->response.headers, "content-type", "text/html; charset=utf-8");
    sample_head_event(s, x, t_us, HT_DIR_IN,
                      ht_arena_printf(s->arena, "HTTP/%s %d", x->stream < 0 ? "1.1" : "2", status),
                      &x->response.headers);
    x->connection->last_in_us = t_us;
}

static struct ht_exchange *fresh(struct sample *s, struct ht_connection *c, const char *url, bool tls)
{
    struct ht_exchange *x =
        sample_exchange(s, s->transfer->exchanges ? HT_CAUSE_REDIRECT : HT_CAUSE_INITIAL, url);
    x->connection = c;
    c->exchange_count++;
    sample_phase(x, HT_PHASE_QUEUE, 0, 0, HT_OUTCOME_OK);
    sample_phase(x, HT_PHASE_RESOLVE, 0, 12100, HT_OUTCOME_OK);
    sample_phase(x, HT_PHASE_CONNECT, 12100, 24300, HT_OUTCOME_OK);
    if (tls)
        sample_phase(x, HT_PHASE_TLS, 36400, 48000, HT_OUTCOME_OK);
    return x;
}

/* Request, wait and response from `t_us` on. */
static void served(struct sample *s, struct ht_exchange *x, int64_t t_us, const char *target, int status,
                   int64_t body_bytes)
{
    request(s, x, t_us, target);
    answer(s, x, t_us + 25200, status, body_bytes);
    sample_phase(x, HT_PHASE_REQUEST, t_us, 200, HT_OUTCOME_OK);
    sample_phase(x, HT_PHASE_WAIT, t_us + 200, 25000, HT_OUTCOME_OK);
    sample_phase(x, HT_PHASE_RESPONSE, t_us + 25200, 6100, HT_OUTCOME_OK);
    x->end_us = t_us + 31300;
}

static void h2_redirect(struct sample *s)
{
    struct ht_connection *c = sample_connection(s, "93.184.216.34", 443);
    sample_attempt(s, c, "93.184.216.34", 443, HT_ATTEMPT_CONNECTED);
    c->tls = sample_tls(s, c, 36400, "example.com");
    sample_h2(s, c);
    struct ht_exchange *first = fresh(s, c, "https://example.com/", true);
    first->stream = 1;
    served(s, first, 84400, "/", 301, 0);
    first->response.location = sample_text(s, "/home");
    first->response.framing = HT_FRAMING_H2;
    struct ht_exchange *second = sample_exchange(s, HT_CAUSE_REDIRECT, "https://example.com/home");
    second->connection = c;
    second->reused = true;
    second->stream = 3;
    second->start_us = 115700;
    c->exchange_count++;
    sample_phase(second, HT_PHASE_RESOLVE, 115700, 0, HT_OUTCOME_REUSED);
    sample_phase(second, HT_PHASE_CONNECT, 115700, 0, HT_OUTCOME_REUSED);
    sample_phase(second, HT_PHASE_TLS, 115700, 0, HT_OUTCOME_REUSED);
    served(s, second, 115700, "/home", 200, 1256);
    second->response.content_encoding = sample_text(s, "gzip");
    second->response.framing = HT_FRAMING_H2;
    second->response.informational = ht_arena_alloc(s->arena, sizeof *second->response.informational);
    second->response.informational->status = 103;
    second->response.informational->t_us = 120000;
    second->response.informational_count = 1;
    sample_header(s, &second->response.informational->headers, "link", "</a.css>; rel=preload");
    sample_end(s, second->end_us, 0, "");
}

static void h1_chunked(struct sample *s)
{
    struct ht_connection *c = sample_connection(s, "192.0.2.80", 80);
    s->transfer->url = sample_text(s, "http://example.com/");
    sample_attempt(s, c, "192.0.2.80", 80, HT_ATTEMPT_CONNECTED);
    struct ht_exchange *x = fresh(s, c, "http://example.com/", false);
    served(s, x, 36400, "/", 200, 20480);
    x->response.reason = sample_text(s, "OK");
    x->response.content_length = -1;
    x->response.framing = HT_FRAMING_CHUNKED;
    sample_header(s, &x->response.trailers, "digest", "sha-256=abc");
    sample_end(s, x->end_us, 0, "");
}

static void refused(struct sample *s)
{
    struct ht_connection *c = sample_connection(s, "127.0.0.1", 9);
    c->socket = -1;
    s->transfer->url = sample_text(s, "http://localhost:9/");
    struct ht_attempt *a = sample_attempt(s, c, "::1", 9, HT_ATTEMPT_REFUSED);
    a->end_us = 12200;
    a->error = ECONNREFUSED;
    a = sample_attempt(s, c, "127.0.0.1", 9, HT_ATTEMPT_UNREACHABLE);
    a->start_us = 12200;
    a->end_us = 13300;
    a->error = EHOSTUNREACH;
    a->icmp = (struct ht_icmp){.seen = true, .type = 3, .code = 1, .offender = sample_text(s, "10.0.0.1")};
    struct ht_exchange *x = sample_exchange(s, HT_CAUSE_INITIAL, "http://localhost:9/");
    x->connection = c;
    sample_phase(x, HT_PHASE_QUEUE, 0, 0, HT_OUTCOME_OK);
    sample_phase(x, HT_PHASE_RESOLVE, 0, 12100, HT_OUTCOME_OK);
    sample_phase(x, HT_PHASE_CONNECT, 12100, 1200, HT_OUTCOME_FAILED);
    x->end_us = 13300;
    sample_end(s, 13300, 7, "Failed to connect to localhost port 9 after 13 ms: Couldn't connect to server");
}

static void unresolved(struct sample *s)
{
    struct ht_connection *c = sample_connection(s, "0.0.0.0", 443);
    c->socket = -1;
    c->begin_us = -1;
    c->resolve.host = sample_text(s, "nowhere.invalid");
    c->resolve.addresses.count = 0;
    c->resolve.error = EAI_NONAME;
    struct ht_exchange *x = sample_exchange(s, HT_CAUSE_INITIAL, "https://nowhere.invalid/");
    x->connection = c;
    sample_phase(x, HT_PHASE_RESOLVE, 0, 12100, HT_OUTCOME_FAILED);
    x->end_us = 12100;
    sample_end(s, 12100, 6, "Could not resolve host: nowhere.invalid");
}

static void tls_alert(struct sample *s)
{
    struct ht_connection *c = sample_connection(s, "198.51.100.7", 443);
    sample_attempt(s, c, "198.51.100.7", 443, HT_ATTEMPT_CONNECTED);
    struct ht_exchange *x = fresh(s, c, "https://example.com/", true);
    struct ht_tls *tls = c->tls = sample_tls(s, c, 36400, "example.com");
    struct ht_tls_alert *alert = ht_arena_alloc(s->arena, sizeof *alert);
    *alert = (struct ht_tls_alert){HT_DIR_IN, 61000, 2, 40, "handshake_failure", NULL};
    tls->ok = false;
    tls->failed = true;
    tls->alerts = alert;
    tls->server_hello.present = false;
    tls->handshake.count = 1;
    tls->handshake.first->next = NULL;
    tls->certificate_count = 0;
    tls->version = 0;
    tls->verify_result = -1;
    tls->cipher = tls->group = tls->signature = tls->alpn = (struct ht_span){NULL, 0};
    tls->ja3s[0] = '\0';
    tls->error_text = sample_text(s, "error:0A000410:SSL routines::sslv3 alert handshake failure");
    sample_event(s, c, NULL, 61050, HT_DIR_IN, HT_LAYER_TLS, "alert", "alert fatal: handshake_failure");
    sample_phase(x, HT_PHASE_TLS, 36400, 24700, HT_OUTCOME_FAILED);
    c->end = HT_TCP_RST;
    c->close_error = ECONNRESET;
    x->end_us = 61100;
    sample_end(s, 61100, 35, "TLS connect error");
}

static void dropped(struct sample *s)
{
    tls_alert(s);
    struct ht_connection *c = s->trace.connections;
    struct ht_exchange *x = s->transfer->exchanges;
    c->tls->alerts = NULL;
    c->tls->error_text = (struct ht_span){NULL, 0};
    c->events.first->next = NULL;
    c->events.count = 1;
    c->end = HT_TCP_TIMEOUT;
    c->close_error = 0;
    sample_phase(x, HT_PHASE_TLS, 36400, 10000000, HT_OUTCOME_FAILED);
    x->end_us = 10036400;
    sample_end(s, 10036400, 28, "Operation timed out after 10036 milliseconds with 0 bytes received");
    sample_finding(s, x, HT_SEVERITY_NOTICE);
    sample_finding(s, x, HT_SEVERITY_ERROR);
    s->transfer->verdict.headline = "No Server Hello: the ClientHello was dropped on the path.";
    s->transfer->verdict.locus = HT_LOCUS_PATH;
}

static struct ht_proxy *proxy(struct sample *s, struct ht_connection *c, enum ht_proxy_kind kind, int status)
{
    struct ht_proxy *p = c->proxy = ht_arena_alloc(s->arena, sizeof *p);
    p->kind = kind;
    p->url =
        sample_text(s, kind == HT_PROXY_HTTPS ? "https://proxy.example:3129" : "http://proxy.example:3128");
    p->tunnel = true;
    p->ok = status == 200;
    p->begin_us = 36400;
    p->end_us = 60000;
    p->socks_reply = -1;
    p->request.method = sample_text(s, "CONNECT");
    p->request.target = sample_text(s, "example.com:443");
    p->request.first_us = 36500;
    p->request.last_us = 36600;
    p->response.status = status;
    p->response.content_length = p->response.last_us = -1;
    p->response.first_us = 59000;
    sample_header(s, &p->request.headers, "Proxy-Authorization", "Basic c2VjcmV0");
    return p;
}

static void proxy_connect(struct sample *s)
{
    struct ht_connection *c = sample_connection(s, "192.0.2.1", 3128);
    sample_attempt(s, c, "192.0.2.1", 3128, HT_ATTEMPT_CONNECTED);
    proxy(s, c, HT_PROXY_HTTP, 407);
    struct ht_exchange *x = fresh(s, c, "https://example.com/", false);
    sample_phase(x, HT_PHASE_PROXY, 36400, 23600, HT_OUTCOME_FAILED);
    sample_event(s, c, NULL, 36500, HT_DIR_OUT, HT_LAYER_HTTP1, "request",
                 "CONNECT example.com:443 HTTP/1.1");
    sample_event(s, c, NULL, 59000, HT_DIR_IN, HT_LAYER_HTTP1, "response",
                 "HTTP/1.1 407 Proxy Authentication Required");
    x->end_us = 60000;
    sample_end(s, 60000, 56, "CONNECT tunnel failed, response 407");
}

static void https_proxy(struct sample *s)
{
    struct ht_connection *c = sample_connection(s, "192.0.2.1", 3129);
    sample_attempt(s, c, "192.0.2.1", 3129, HT_ATTEMPT_CONNECTED);
    proxy(s, c, HT_PROXY_HTTPS, 200);
    c->proxy_tls = sample_tls(s, c, 36400, "proxy.example");
    c->tls = sample_tls(s, c, 60000, "example.com");
    struct ht_exchange *x = fresh(s, c, "https://example.com/", false);
    sample_phase(x, HT_PHASE_PROXY, 36400, 23600, HT_OUTCOME_OK);
    sample_phase(x, HT_PHASE_TLS, 60000, 48000, HT_OUTCOME_OK);
    served(s, x, 108000, "/", 503, 162);
    x->response.body_head = sample_text(s, "<html>\n<h1>No backend</h1>\r\n\n</html>\n");
    sample_header(s, &x->response.headers, "retry-after", "120");
    sample_end(s, x->end_us, 0, "");
}

/* Stopped by the user while it waited for the answer. */
static void interrupted(struct sample *s)
{
    struct ht_connection *c = sample_connection(s, "93.184.216.34", 443);
    sample_attempt(s, c, "93.184.216.34", 443, HT_ATTEMPT_CONNECTED);
    c->tls = sample_tls(s, c, 36400, "example.com");
    struct ht_exchange *x = fresh(s, c, "https://example.com/", true);
    request(s, x, 84400, "/");
    sample_phase(x, HT_PHASE_REQUEST, 84400, 200, HT_OUTCOME_OK);
    sample_phase(x, HT_PHASE_WAIT, 84600, 3000000, HT_OUTCOME_PENDING);
    x->phase = HT_PHASE_WAIT;
    x->end_us = -1;
}

/* Every cap has cut something. */
static void capped(struct sample *s)
{
    h1_chunked(s);
    struct ht_exchange *x = s->transfer->exchanges;
    struct ht_connection *c = s->trace.connections;
    x->response.headers.cut = x->request.headers.cut = x->response.trailers.cut = true;
    x->response.informational_count = 70;
    x->events.dropped = 12;
    c->events.dropped = 3;
    c->attempt_count = 70;
    c->tls = sample_tls(s, c, 36400, "example.com");
    c->tls->certificates_cut = true;
    c->tls->handshake.dropped = 5;
    x->events.last->malformed = true;
    x->events.last->malformed_at = 17;
    x->events.last->malformed_why = "bare CR in a field value (RFC 9112 section 2.2)";
}

static void nothing(struct sample *s)
{
    sample_end(s, 40, 3, "URL using bad/illegal format or missing URL");
}

const struct sample_row sample_rows[] = {
    {"h2_redirect", h2_redirect},
    {"h1_chunked", h1_chunked},
    {"refused", refused},
    {"unresolved", unresolved},
    {"tls_alert", tls_alert},
    {"dropped", dropped},
    {"proxy_connect", proxy_connect},
    {"https_proxy", https_proxy},
    {"interrupted", interrupted},
    {"capped", capped},
    {"nothing", nothing},
    {"hostile", sample_build_hostile},
};
const size_t sample_count = sizeof sample_rows / sizeof *sample_rows;
