/* SPDX-License-Identifier: MIT */
/* Takes the trace of a dry run, gives its request as JSON: docs/request.schema.json, "httptrace.request/1"
 * (RFC 8259). */
#include "base/clock.h"
#include "decode/tls/tls.h"
#include "model/model.h"
#include "report/json/value.h"
#include "report/request.h"

static json_t *url_or_null(const struct ht_json *j, struct ht_span url)
{
    return url.len ? ht_json_url(j, url) : json_null();
}

static json_t *connect_to(const struct ht_json *j, const struct ht_plan *plan)
{
    struct ht_reach reach = ht_request_reach(j->transfer);
    if (!reach.known)
        return json_null();
    json_t *out = json_object();
    ht_json_set(out, "host", ht_json_text_or_null(reach.host));
    ht_json_set(out, "port", ht_json_count(reach.port));
    ht_json_set(out, "address", ht_json_text_or_null(reach.address));
    ht_json_set(out, "lookup", json_boolean(reach.lookup));
    ht_json_set(out, "unix_socket", ht_json_text_or_null(reach.unix_socket));
    ht_json_set(out, "socks_proxy", url_or_null(j, ht_span_str(plan->socks ? plan->socks : "")));
    return out;
}

static json_t *body(const struct ht_request *request)
{
    struct ht_body b = ht_request_body(request);
    if (b.kind == HT_BODY_NONE)
        return json_null();
    json_t *out = json_object();
    ht_json_set(out, "bytes", b.kind == HT_BODY_LENGTH ? json_integer(b.bytes) : json_null());
    ht_json_set(out, "chunked", json_boolean(b.kind == HT_BODY_CHUNKED));
    ht_json_set(out, "content_type", ht_json_text_or_null(b.type));
    return out;
}

static json_t *head(const struct ht_json *j, const struct ht_request *request)
{
    json_t *out = json_object();
    ht_json_set(out, "method", ht_json_text(request->method));
    ht_json_set(out, "target", url_or_null(j, request->target));
    ht_json_set(out, "http_version", ht_json_word(ht_http_version_name(request->version)));
    ht_json_set(out, "headers", ht_json_headers(j, &request->headers));
    ht_json_set(out, "head_bytes", ht_json_count(request->head_bytes));
    return out;
}

static json_t *request(const struct ht_json *j)
{
    const struct ht_exchange *x = ht_request_seen(j->transfer);
    if (!x)
        return json_null();
    json_t *out = head(j, &x->request);
    ht_json_set(out, "may_fall_back", json_boolean(ht_request_may_fall_back(x)));
    ht_json_set(out, "body", body(&x->request));
    return out;
}

static json_t *proxy(const struct ht_json *j, const struct ht_proxy *p)
{
    if (!p)
        return json_null();
    json_t *out = json_object();
    bool asked = p->tunnel && p->request.first_us >= 0;
    ht_json_set(out, "kind", ht_json_word(ht_proxy_kind_name(p->kind)));
    ht_json_set(out, "url", url_or_null(j, p->url));
    ht_json_set(out, "connect", asked ? head(j, &p->request) : json_null());
    return out;
}

typedef const char *name_of(uint16_t number);

static json_t *numbers(const struct ht_u16_list *list, name_of *name)
{
    json_t *out = json_array();
    for (size_t i = 0; i < list->count; i++)
        ht_json_append(out, ht_json_named(name(list->at[i]), list->at[i], 4));
    return out;
}

static json_t *texts(const struct ht_span_list *list)
{
    json_t *out = json_array();
    for (size_t i = 0; i < list->count; i++)
        ht_json_append(out, ht_json_text(list->at[i]));
    return out;
}

/* Before TLS 1.3 a ClientHello names its highest version alone. */
static json_t *versions(const struct ht_tls_hello *hello)
{
    const struct ht_u16_list highest = {&hello->legacy_version, 1};
    return numbers(hello->versions.count ? &hello->versions : &highest, ht_tls_version_name);
}

static json_t *offer(const struct ht_tls *tls)
{
    if (!tls || !tls->client_hello.present)
        return json_null();
    const struct ht_tls_hello *hello = &tls->client_hello;
    json_t *out = json_object();
    ht_json_set(out, "versions", versions(hello));
    ht_json_set(out, "sni", ht_json_text_or_null(hello->server_name));
    ht_json_set(out, "alpn", texts(&hello->alpn));
    ht_json_set(out, "cipher_suites", numbers(&hello->ciphers, ht_tls_cipher_name));
    ht_json_set(out, "groups", numbers(&hello->groups, ht_tls_group_name));
    ht_json_set(out, "key_shares", numbers(&hello->key_shares, ht_tls_group_name));
    ht_json_set(out, "signature_algorithms", numbers(&hello->signature_schemes, ht_tls_signature_name));
    ht_json_set(out, "extensions", numbers(&hello->extensions, ht_tls_extension_name));
    ht_json_set(out, "ja3", json_string(tls->ja3));
    ht_json_set(out, "ja4", json_string(tls->ja4));
    return out;
}

static json_t *notes(const struct ht_plan *plan)
{
    json_t *out = json_array();
    for (size_t i = 0; i < plan->note_count; i++)
        ht_json_append(out, ht_json_ready(plan->notes[i]));
    return out;
}

static json_t *whole(const struct ht_json *j, const struct ht_plan *plan)
{
    const struct ht_transfer *t = j->transfer;
    const struct ht_connection *c = t->exchanges ? t->exchanges->connection : NULL;
    bool seen = ht_request_seen(t) != NULL;
    json_t *out = json_object();
    ht_json_set(out, "schema", json_string("httptrace.request/1"));
    ht_json_set(out, "url", ht_json_url(j, t->url));
    ht_json_set(out, "connect", connect_to(j, plan));
    ht_json_set(out, "proxy_tls", offer(c ? c->proxy_tls : NULL));
    ht_json_set(out, "proxy", proxy(j, c && !t->unix_socket.len ? c->proxy : NULL));
    ht_json_set(out, "tls", offer(c ? c->tls : NULL));
    ht_json_set(out, "request", request(j));
    ht_json_set(out, "notes", notes(plan));
    ht_json_set(out, "error", seen ? json_null() : ht_json_curl_text(j, t->error));
    return out;
}

bool ht_report_request_json(struct ht_sink *out, const struct ht_transfer *transfer,
                            const struct ht_plan *plan, const struct ht_report_options *options)
{
    struct ht_json j = {NULL, transfer, options, transfer->start_us, json_array()};
    json_t *value = whole(&j, plan);
    ht_json_dump(out, value, options->pretty);
    ht_sink_char(out, '\n');
    json_decref(value);
    json_decref(j.truncated);
    return ht_request_seen(transfer);
}
