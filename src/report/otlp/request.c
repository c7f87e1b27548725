/* SPDX-License-Identifier: MIT */
/* Takes an exchange, gives the attributes and events of its span by OpenTelemetry's semantic conventions for
 * HTTP. */
#include "base/url.h"
#include "model/model.h"
#include "report/otlp/otlp.h"
#include "report/show.h"

#include <stdlib.h>
#include <string.h>

#define PORT_HTTP  80
#define PORT_HTTPS 443

static void add_shown(json_t *attributes, const char *key, struct ht_sink *text)
{
    ht_otlp_word(attributes, key, ht_sink_text(text));
    ht_sink_free(text);
}

static void add_url(const struct ht_json *j, json_t *attributes, const struct ht_exchange *x)
{
    struct ht_sink url = ht_sink(0);
    bool tls = ht_span_ieq_str(ht_span_head(x->url, 6), "https:");
    struct ht_span host = ht_url_host(x->url);
    int64_t port = ht_url_port(x->url);
    ht_show_url(&url, x->url, j->options->show_secrets);
    add_shown(attributes, "url.full", &url);
    ht_otlp_word(attributes, "url.scheme", tls ? "https" : "http");
    ht_otlp_text(attributes, "server.address", host);
    ht_otlp_number(attributes, "server.port", port > 0 ? port : tls ? PORT_HTTPS : PORT_HTTP);
}

static void add_peer(json_t *attributes, const struct ht_connection *connection)
{
    const struct ht_attempt *attempt = ht_connected_attempt(connection);
    if (!attempt)
        return;
    ht_otlp_text(attributes, "network.peer.address", attempt->address);
    if (attempt->port > 0)
        ht_otlp_number(attributes, "network.peer.port", attempt->port);
    ht_otlp_word(attributes, "network.transport", attempt->port > 0 ? "tcp" : "unix");
}

static void add_tls(json_t *attributes, const struct ht_connection *connection)
{
    const struct ht_tls *tls = connection ? connection->tls : NULL;
    char version[8];
    if (!tls || tls->version < 0x0301 || tls->version > 0x0304)
        return;
    snprintf(version, sizeof version, "1.%u", (unsigned)tls->version - 0x0301u);
    ht_otlp_word(attributes, "tls.protocol.name", "tls");
    ht_otlp_word(attributes, "tls.protocol.version", version);
    ht_otlp_text(attributes, "tls.cipher", tls->cipher);
    ht_otlp_text(attributes, "tls.next_protocol", tls->alpn);
}

static const char *version_of(const struct ht_exchange *x)
{
    const char *answered = ht_http_version_name(x->response.version);
    return answered ? answered : ht_http_version_name(x->request.version);
}

void ht_otlp_request(const struct ht_json *j, json_t *attributes, const struct ht_exchange *x)
{
    ht_otlp_text(attributes, "http.request.method", x->method);
    add_url(j, attributes, x);
    if (x->response.status)
        ht_otlp_number(attributes, "http.response.status_code", x->response.status);
    ht_otlp_word(attributes, "network.protocol.name", "http");
    ht_otlp_word(attributes, "network.protocol.version", version_of(x));
    add_peer(attributes, x->connection);
    add_tls(attributes, x->connection);
    ht_otlp_number(attributes, "http.request.body.size", x->request.body_bytes);
    if (x->response.status)
        ht_otlp_number(attributes, "http.response.body.size", x->response.body_bytes);
    const struct ht_span *agent = ht_headers_get(&x->request.headers, "user-agent");
    if (agent)
        ht_otlp_text(attributes, "user_agent.original", *agent);
}

/* ---- findings ---- */

/* When its first piece of evidence happened; where no event shows one, when the exchange was over. */
static int64_t time_of(const struct ht_finding *finding, const struct ht_exchange *x,
                       const struct ht_event **events, size_t count)
{
    uint64_t id = finding->evidence ? finding->evidence->event : HT_NO_EVENT;
    int64_t t_us = ht_timeline_moment(events, count, id);
    if (t_us >= 0)
        return t_us;
    return x->end_us >= 0 ? x->end_us : x->start_us;
}

static void add_sentence(const struct ht_json *j, json_t *attributes, const char *key, const char *sentence)
{
    struct ht_sink text = ht_sink(0);
    ht_show_sentence(&text, sentence, j->options->show_secrets);
    add_shown(attributes, key, &text);
}

static void add_facts(const struct ht_json *j, json_t *attributes, const struct ht_finding *finding)
{
    struct ht_sink text = ht_sink(0);
    for (const struct ht_evidence *e = finding->evidence; e; e = e->next) {
        ht_sink_puts(&text, text.len ? "; " : "");
        ht_show_sentence(&text, e->fact, j->options->show_secrets);
    }
    add_shown(attributes, "httptrace.finding.evidence", &text);
}

static json_t *event_of(const struct ht_json *j, const struct ht_finding *f, int64_t t_us)
{
    json_t *out = json_object(), *attributes = json_array();
    ht_otlp_word(attributes, "httptrace.finding.code", f->code);
    ht_otlp_word(attributes, "httptrace.finding.severity", ht_severity_name(f->severity));
    ht_otlp_word(attributes, "httptrace.finding.locus", ht_locus_name(f->locus));
    ht_otlp_word(attributes, "httptrace.finding.confidence", ht_confidence_name(f->confidence));
    add_sentence(j, attributes, "httptrace.finding.title", f->title);
    add_facts(j, attributes, f);
    ht_json_set(out, "timeUnixNano", ht_otlp_time(j, t_us));
    ht_json_set(out, "name", json_string("httptrace.finding"));
    ht_json_set(out, "attributes", attributes);
    return out;
}

json_t *ht_otlp_findings(const struct ht_json *j, const struct ht_exchange *x)
{
    json_t *list = json_array();
    size_t count = 0;
    const struct ht_event **events = x->findings ? ht_transfer_timeline(j->transfer, &count) : NULL;
    for (const struct ht_finding *f = x->findings; f; f = f->next)
        ht_json_append(list, event_of(j, f, time_of(f, x, events, count)));
    free(events);
    return list;
}
