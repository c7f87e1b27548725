/* SPDX-License-Identifier: MIT */
/* A run in which every text of the wire is hostile and every place that may hold a secret holds one. */
#include "report/sample.h"

#include <string.h>

/* A cursor jump, a C1 control, a bidi override, a zero-width joiner, a NUL, bytes that are no UTF-8, and
 * workflow commands of two CI services. */
static const char poison_bytes[] = "A\x1b[2J\x1b]0;t\x07\xc2\x9b"
                                   "31m\xe2\x80\xae\xe2\x80\x8d\0\xff\xc3(\r\n"
                                   "::error::gotcha\n##[error]gotcha\x7f";
#define POISON ht_span(poison_bytes, sizeof poison_bytes - 1)

const char *const sample_secrets[] = {
    "S3CRETurl",   "S3CRETauth", "S3CRETcookie", "S3CRETset", "S3CRETproxy", "S3CRETloc",
    "S3CRETfield", "S3CRETtext", "S3CRETerror",  "S3CRETref", NULL};

static void poison_header(struct sample *s, struct ht_headers *headers)
{
    ht_headers_add(s->arena, headers, POISON, POISON);
}

static void headers(struct sample *s, struct ht_exchange *x)
{
    sample_header(s, &x->request.headers, "Authorization", "Bearer S3CRETauth");
    sample_header(s, &x->request.headers, "cookie", "sid=S3CRETcookie");
    sample_header(s, &x->request.headers, "X-Api-Key", "S3CRETkey");
    sample_header(s, &x->request.headers, "Referer", "https://a.example/?token=S3CRETref");
    poison_header(s, &x->request.headers);
    poison_header(s, &x->request.trailers);
    sample_header(s, &x->response.headers, "Set-Cookie", "sid=S3CRETset; Path=/");
    sample_header(s, &x->response.headers, "Location", "https://S3CRETuser:S3CRETloc@b.example/");
    sample_header(s, &x->response.headers, "content-type", "text/plain");
    poison_header(s, &x->response.headers);
    poison_header(s, &x->response.trailers);
    ht_headers_add(s->arena, &x->response.headers, ht_span_str("server"), POISON);
}

static void session(struct sample *s, struct ht_connection *c)
{
    struct ht_tls *tls = c->tls = sample_tls(s, c, 36400, "example.com");
    struct ht_certificate *leaf = tls->certificates;
    struct ht_span *list = ht_arena_alloc(s->arena, sizeof *list);
    *list = POISON;
    leaf->subject = leaf->issuer = leaf->subject_cn = leaf->issuer_cn = POISON;
    leaf->san = tls->client_hello.alpn = (struct ht_span_list){list, 1};
    tls->alpn = tls->cipher = tls->group = tls->client_hello.server_name = POISON;
    tls->verify_text = tls->error_text = POISON;
    tls->verify_result = 18;
    struct ht_field *fields = tls->handshake.first->fields;
    ht_field_text(s->arena, fields, "text", POISON);
    ht_field_text(s->arena, fields, "hidden", ht_span_str("S3CRETfield"))->secret = true;
    ht_field_bytes(s->arena, fields, "hidden_bytes", ht_span_str("S3CRETfield"))->secret = true;
    for (int i = 0; i < 3; i++)
        ht_field_uint(s->arena, fields, "twice", (uint64_t)i);
}

static void frames(struct sample *s, struct ht_connection *c, struct ht_exchange *x)
{
    sample_h2(s, c);
    c->h2->goaway[HT_DIR_IN] = (struct ht_h2_goaway){true, 110000, 1, 2, POISON};
    struct ht_event *e =
        sample_event(s, c, x, 110000, HT_DIR_IN, HT_LAYER_HTTP2, "GOAWAY", "GOAWAY: last stream 1");
    e->fields = ht_field_map(s->arena, NULL, NULL);
    ht_field_text(s->arena, e->fields, "debug_data", POISON);
    ht_field_text(s->arena, e->fields, "url", ht_span_str("https://a.example/?api_key=S3CRETurl"));
}

/* What libcurl says of itself repeats what it was given. */
static void libcurl_text(struct sample *s, struct ht_connection *c, struct ht_exchange *x)
{
    static const char *const texts[] = {
        "Added cookie sid=\"S3CRETtext\" for domain a.example, path /, expire 0\\x0a",
        "[HTTP/2] [1] [authorization: Bearer S3CRETtext]",
        "h2 [cookie: a=S3CRETtext]",
        "Issue another request to this URL: 'https://u:S3CRETtext@a.example/'",
        "no hostile text: \x1b[31m::error::gotcha",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        sample_event(s, c, x, 90000, HT_DIR_NONE, HT_LAYER_CURL, "text", texts[i]);
}

static void messages(struct sample *s, struct ht_connection *c, struct ht_exchange *x)
{
    x->connection = c;
    x->method = x->request.method = POISON;
    x->request.target = sample_text(s, "/?token=S3CRETurl");
    x->request.version = x->response.version = HT_HTTP_2;
    x->stream = 1;
    x->response.status = 500;
    x->response.reason = x->response.content_encoding = POISON;
    x->response.location = sample_text(s, "https://S3CRETuser:S3CRETloc@b.example/");
    x->response.first_us = 110000;
    x->response.body_head = POISON;
    headers(s, x);
    sample_head_event(s, x, 84400, HT_DIR_OUT, "GET /", &x->request.headers);
    sample_head_event(s, x, 110000, HT_DIR_IN, "HTTP/2 500", &x->response.headers);
}

void sample_build_hostile(struct sample *s)
{
    struct ht_connection *c = sample_connection(s, "2001:db8::1", 443);
    struct ht_exchange *x =
        sample_exchange(s, HT_CAUSE_INITIAL, "https://S3CRETuser:S3CRETurl@[2001:db8::1]/");
    sample_attempt(s, c, "2001:db8::1", 443, HT_ATTEMPT_CONNECTED)->icmp =
        (struct ht_icmp){.seen = true, .type = 3, .code = 1, .offender = POISON};
    c->remote = sample_text(s, "[2001:db8::1]:443");
    c->resolve.host = c->local = POISON;
    c->resolve.queries = ht_arena_alloc(s->arena, sizeof *c->resolve.queries);
    *c->resolve.queries = (struct ht_query){
        .server = POISON, .type = 1, .rcode = 3, .ede = {15}, .ede_count = 1, .ede_text = POISON};
    c->proxy = ht_arena_alloc(s->arena, sizeof *c->proxy);
    c->proxy->url = sample_text(s, "http://S3CRETuser:S3CRETproxy@proxy.example/");
    c->proxy->request.method = c->proxy->request.target = POISON;
    c->proxy->response.status = 200;
    c->proxy->response.reason = POISON;
    sample_header(s, &c->proxy->request.headers, "Proxy-Authorization", "Basic S3CRETproxy");
    session(s, c);
    messages(s, c, x);
    frames(s, c, x);
    libcurl_text(s, c, x);
    for (int p = HT_PHASE_RESOLVE; p <= HT_PHASE_RESPONSE; p++)
        sample_phase(x, (enum ht_phase)p, p * 10000, 10000,
                     p == HT_PHASE_RESPONSE ? HT_OUTCOME_FAILED : HT_OUTCOME_OK);
    x->end_us = 120000;
    s->transfer->verdict.headline = "Failed at https://u:S3CRETtext@a.example/ \x1b[2J";
    s->transfer->url = sample_text(s, "https://S3CRETuser:S3CRETurl@[2001:db8::1]/?password=S3CRETurl");
    sample_end(s, 120000, 92, "Stream error at https://u:S3CRETerror@a.example/ \x1b[2J::error::gotcha");
    sample_finding(s, x, HT_SEVERITY_ERROR);
    x->findings->title = x->findings->explanation = x->findings->also_explained_by =
        "\x1b[2J ::error::gotcha";
    x->findings->evidence->fact =
        "\xe2\x80\xae##[error]gotcha from 2001:db8::1: refused https://a.example/?token=S3CRETtext";
}
