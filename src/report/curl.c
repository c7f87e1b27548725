/* SPDX-License-Identifier: MIT */
/* Takes the request of a transfer, gives a curl command that sends the like of it. */
#include "base/arena.h"
#include "base/mask.h"
#include "base/shell.h"
#include "base/url.h"
#include "model/model.h"
#include "report/report.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define BODY_FILE "request-body" /* what the command names in place of the body, which no trace holds */

struct rebuilt {
    struct ht_shell_command command;
    const struct ht_transfer *transfer;
    const struct ht_exchange *exchange;
    const struct ht_headers *headers;
    bool secrets;
};

/* What curl writes by itself, so that it need not be asked for: a value of NULL stands for any. */
static const struct {
    const char *name, *value;
} by_itself[] = {
    {"Accept", "*/*"},        {"Content-Length", NULL}, {"Expect", "100-continue"},
    {"HTTP2-Settings", NULL}, {"Upgrade", "h2c"},       {"Proxy-Connection", NULL},
};

static bool begins(struct ht_span span, const char *text)
{
    return span.len >= strlen(text) && strncasecmp((const char *)span.data, text, strlen(text)) == 0;
}

static const struct ht_span *field(const struct rebuilt *r, const char *name)
{
    return ht_headers_get(r->headers, name);
}

static bool has_body(const struct rebuilt *r)
{
    const struct ht_span *length = field(r, "Content-Length");
    return r->exchange->request.body_bytes > 0 || (length && !ht_span_ieq_str(*length, "0"));
}

static void add_span(struct rebuilt *r, const char *flag, struct ht_span value)
{
    struct ht_sink text = ht_sink(0);
    ht_sink_bytes(&text, value);
    ht_shell_add(&r->command, flag, ht_sink_text(&text));
    ht_sink_free(&text);
}

static void add_url(struct rebuilt *r, const char *flag, struct ht_span url)
{
    struct ht_sink text = ht_sink(0);
    if (r->secrets)
        ht_sink_bytes(&text, url);
    else
        ht_mask_url(&text, url);
    ht_shell_add(&r->command, flag, ht_sink_text(&text));
    ht_sink_free(&text);
}

static bool curl_writes_host(const struct rebuilt *r, struct ht_span value)
{
    struct ht_span authority = ht_url_authority(r->transfer->url);
    for (size_t i = authority.len; i-- > 0;)
        if (authority.data[i] == '@') {
            authority = ht_span_from(authority, i + 1);
            break;
        }
    return value.len == authority.len &&
           strncasecmp((const char *)value.data, (const char *)authority.data, value.len) == 0;
}

/* Whether curl would write this field with this value unasked. */
static bool is_unasked(const struct rebuilt *r, const struct ht_header *header)
{
    if (header->name.len && header->name.data[0] == ':')
        return true;
    if (ht_span_ieq_str(header->name, "Host"))
        return curl_writes_host(r, header->value);
    if (ht_span_ieq_str(header->name, "User-Agent"))
        return begins(header->value, "httptrace/");
    if (ht_span_ieq_str(header->name, "Connection"))
        return begins(header->value, "Upgrade, HTTP2-Settings");
    for (size_t i = 0; i < sizeof by_itself / sizeof *by_itself; i++)
        if (ht_span_ieq_str(header->name, by_itself[i].name))
            return !by_itself[i].value || ht_span_ieq_str(header->value, by_itself[i].value);
    return false;
}

static void add_header(struct rebuilt *r, const struct ht_header *header)
{
    struct ht_sink text = ht_sink(0);
    ht_sink_bytes(&text, header->name);
    ht_sink_puts(&text, header->value.len ? ": " : ";"); /* curl takes "Name:" for a field to leave out */
    if (r->secrets)
        ht_sink_bytes(&text, header->value);
    else
        ht_mask_header(&text, header->name, header->value);
    ht_shell_add(&r->command, "-H", ht_sink_text(&text));
    ht_sink_free(&text);
}

/* Fields that curl would write, and that this request did not have. */
static void leave_out(struct rebuilt *r)
{
    if (!field(r, "Accept"))
        ht_shell_add(&r->command, "-H", "Accept:");
    if (!field(r, "User-Agent"))
        ht_shell_add(&r->command, "-H", "User-Agent:");
    if (has_body(r) && !field(r, "Content-Type"))
        ht_shell_add(&r->command, "-H", "Content-Type:");
}

static void add_method(struct rebuilt *r)
{
    struct ht_span method = r->exchange->method;
    bool length = field(r, "Content-Length") != NULL, body = has_body(r);
    if (ht_span_ieq_str(method, "HEAD"))
        ht_shell_add(&r->command, "-I", NULL);
    else if (!ht_span_ieq_str(method, body || length ? "POST" : "GET"))
        add_span(r, "-X", method);
    if (body)
        ht_shell_add(&r->command, "--data-binary", "@" BODY_FILE);
    else if (length)
        ht_shell_add(&r->command, "--data-binary", "");
}

static bool offers_h2(const struct ht_tls *tls)
{
    for (size_t i = 0; tls && i < tls->client_hello.alpn.count; i++)
        if (ht_span_ieq_str(tls->client_hello.alpn.at[i], "h2"))
            return true;
    return false;
}

static const char *version_flag(const struct rebuilt *r)
{
    const struct ht_connection *c = r->exchange->connection;
    const struct ht_tls *tls = c ? c->tls : NULL;
    if (r->exchange->request.version == HT_HTTP_1_0)
        return "--http1.0";
    if (field(r, "HTTP2-Settings"))
        return "--http2";
    if (r->exchange->request.version == HT_HTTP_2 && !tls)
        return "--http2-prior-knowledge";
    return tls && tls->client_hello.present && !offers_h2(tls) ? "--http1.1" : NULL;
}

static void add_connection(struct rebuilt *r)
{
    const struct ht_transfer *t = r->transfer;
    const char *version = version_flag(r);
    if (version)
        ht_shell_add(&r->command, version, NULL);
    if (t->proxy.len)
        add_url(r, "-x", t->proxy);
    if (t->unix_socket.len)
        add_span(r, "--unix-socket", t->unix_socket);
    if (ht_connection_haproxy(r->exchange->connection))
        ht_shell_add(&r->command, "--haproxy-protocol", NULL);
    if (t->insecure)
        ht_shell_add(&r->command, "-k", NULL);
    for (const struct ht_exchange *x = t->exchanges; x; x = x->next)
        if (x->cause == HT_CAUSE_REDIRECT) {
            ht_shell_add(&r->command, "-L", NULL);
            return;
        }
}

static void note(const struct rebuilt *r, struct ht_sink *notes)
{
    if (has_body(r))
        ht_sink_puts(notes,
                     "httptrace: a record holds no bodies: put that of the request into the file " BODY_FILE
                     "\n");
    if (r->transfer->host_override.len)
        ht_sink_puts(notes, "httptrace: --resolve or --connect-to was given, which the command has not\n");
}

void ht_report_curl(struct ht_sink *out, struct ht_sink *notes, const struct ht_transfer *transfer,
                    bool secrets, size_t width)
{
    const struct ht_exchange *exchange = transfer->exchanges;
    struct rebuilt r = {ht_shell_command("curl"), transfer, exchange, NULL, secrets};
    if (exchange && exchange->request.first_us >= 0) {
        r.headers = &exchange->request.headers;
        add_method(&r);
        for (size_t i = 0; i < r.headers->count; i++)
            if (!is_unasked(&r, &r.headers->at[i]))
                add_header(&r, &r.headers->at[i]);
        leave_out(&r);
        add_connection(&r);
        note(&r, notes);
    }
    add_url(&r, transfer->url.len && transfer->url.data[0] == '-' ? "--url" : NULL, transfer->url);
    ht_shell_end(&r.command, out, width);
}
