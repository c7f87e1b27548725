/* SPDX-License-Identifier: MIT */
/* Takes the trace of a dry run, writes what a person sees of the request: where it would go, the TLS offer,
 * the head. */
#include "base/clock.h"
#include "decode/tls/tls.h"
#include "model/model.h"
#include "report/paint.h"
#include "report/request.h"
#include "report/show.h"

#define LABEL_COLUMNS 12u
#define FIELD_INDENT  2u /* of a long field's further lines */

struct page {
    struct ht_paint paint;
    const struct ht_transfer *transfer;
    const struct ht_plan *plan;
    bool secrets;
};

/* One row: its label, where it is the first of several, and text that goes on below itself. Ends `text`. */
static void row(const struct page *p, const char *label, enum ht_style style, struct ht_sink *text)
{
    struct ht_sink left = ht_sink(0);
    ht_sink_printf(&left, "  %-*s", (int)LABEL_COLUMNS - 2, label);
    ht_paint_text(&p->paint, HT_STYLE_BOLD, ht_sink_text(&left));
    ht_paint_wrap(&p->paint, style, ht_sink_text(text), LABEL_COLUMNS,
                  LABEL_COLUMNS + (label[0] ? 0 : FIELD_INDENT));
    ht_sink_free(&left);
    ht_sink_free(text);
}

static void puts_row(const struct page *p, const char *label, const char *ready)
{
    struct ht_sink text = ht_sink(0);
    ht_show_ready(&text, ready);
    row(p, label, HT_STYLE_PLAIN, &text);
}

static void heading(const struct page *p)
{
    struct ht_sink line = ht_sink(HT_CAP_TEXT);
    const struct ht_exchange *x = ht_request_seen(p->transfer);
    ht_show_text(&line, x ? x->method : p->transfer->method);
    ht_sink_char(&line, ' ');
    ht_show_url(&line, p->transfer->url, p->secrets);
    ht_paint_fit(&p->paint, HT_STYLE_BOLD, ht_sink_text(&line), p->paint.width);
    ht_paint_newline(&p->paint);
    ht_paint_text(&p->paint, HT_STYLE_DIM, "dry run: nothing was sent, no name was looked up");
    ht_paint_newline(&p->paint);
    ht_paint_newline(&p->paint);
    ht_sink_free(&line);
}

/* ---- where it would go ---- */

static void reach_text(struct ht_sink *out, const struct ht_reach *reach)
{
    if (reach->unix_socket.len) {
        ht_sink_puts(out, "the Unix socket ");
        ht_show_text(out, reach->unix_socket);
        return;
    }
    ht_show_text(out, reach->host);
    ht_sink_printf(out, " port %lld", (long long)reach->port);
    if (reach->lookup) {
        ht_sink_puts(out, ", its address from a lookup");
    } else if (!ht_span_eq(reach->address, reach->host)) {
        ht_sink_puts(out, ", at ");
        ht_show_text(out, reach->address);
    }
}

static void connect_row(const struct page *p)
{
    struct ht_reach reach = ht_request_reach(p->transfer);
    struct ht_sink text = ht_sink(HT_CAP_TEXT);
    if (p->plan->socks) {
        ht_sink_puts(&text, "the proxy ");
        ht_show_url(&text, ht_span_str(p->plan->socks), p->secrets);
        ht_sink_puts(&text, reach.known ? ", and through it " : "");
    }
    if (reach.known)
        reach_text(&text, &reach);
    if (text.len)
        row(p, "connect", HT_STYLE_PLAIN, &text);
    ht_sink_free(&text);
}

static void field_rows(const struct page *p, const struct ht_headers *headers)
{
    for (size_t i = 0; i < headers->count; i++) {
        struct ht_sink text = ht_sink(HT_CAP_TEXT);
        ht_show_text(&text, headers->at[i].name);
        ht_sink_puts(&text, ": ");
        ht_show_header(&text, headers->at[i].name, headers->at[i].value, p->secrets);
        row(p, "", HT_STYLE_OUT, &text);
    }
}

static void head_rows(const struct page *p, const char *label, const struct ht_request *request)
{
    const char *version = ht_http_version_name(request->version);
    struct ht_sink line = ht_sink(HT_CAP_TEXT);
    ht_show_text(&line, request->method);
    ht_sink_char(&line, ' ');
    ht_show_url(&line, request->target, p->secrets);
    ht_sink_printf(&line, " HTTP/%s", version ? version : "?");
    row(p, label, HT_STYLE_OUT, &line);
    field_rows(p, &request->headers);
}

static void proxy_rows(const struct page *p, const struct ht_proxy *proxy)
{
    struct ht_sink text = ht_sink(HT_CAP_TEXT);
    ht_show_url(&text, proxy->url, p->secrets);
    ht_sink_printf(&text, " (%s)%s", ht_proxy_kind_name(proxy->kind),
                   proxy->tunnel ? ", asked for a tunnel" : ", which gets the request itself");
    row(p, "proxy", HT_STYLE_PLAIN, &text);
    if (proxy->tunnel && proxy->request.first_us >= 0)
        head_rows(p, "", &proxy->request);
}

/* ---- the TLS offer ---- */

typedef const char *name_of(uint16_t number);

static void numbers(struct ht_sink *out, const struct ht_u16_list *list, name_of *name)
{
    const char *before = "";
    for (size_t i = 0; i < list->count; i++) {
        if (ht_tls_is_grease(list->at[i]))
            continue;
        if (name(list->at[i]))
            ht_sink_printf(out, "%s%s", before, name(list->at[i]));
        else
            ht_sink_printf(out, "%s0x%04x", before, list->at[i]);
        before = ", ";
    }
}

static void offer_row(const struct page *p, const char *what, const struct ht_u16_list *list, name_of *name)
{
    struct ht_sink text = ht_sink(0);
    if (list->count == 0)
        return;
    ht_sink_printf(&text, "%s: ", what);
    numbers(&text, list, name);
    row(p, "", HT_STYLE_PLAIN, &text);
}

static void names_row(const struct page *p, const struct ht_tls_hello *hello)
{
    struct ht_sink text = ht_sink(HT_CAP_TEXT);
    ht_sink_puts(&text, hello->server_name.len ? "server name: " : "server name: none");
    ht_show_text(&text, hello->server_name);
    ht_sink_puts(&text, hello->alpn.count ? "; ALPN: " : "; no ALPN");
    for (size_t i = 0; i < hello->alpn.count; i++) {
        ht_sink_puts(&text, i ? ", " : "");
        ht_show_text(&text, hello->alpn.at[i]);
    }
    row(p, "", HT_STYLE_PLAIN, &text);
}

static void tls_rows(const struct page *p, const char *label, const struct ht_tls *tls)
{
    const struct ht_tls_hello *hello = tls ? &tls->client_hello : NULL;
    struct ht_sink text = ht_sink(0);
    if (!hello || !hello->present)
        return;
    ht_sink_puts(&text, "versions: ");
    if (hello->versions.count)
        numbers(&text, &hello->versions, ht_tls_version_name);
    else /* before TLS 1.3 it names the highest one alone */
        ht_sink_printf(&text, "up to %s", ht_tls_version_name(hello->legacy_version));
    row(p, label, HT_STYLE_PLAIN, &text);
    names_row(p, hello);
    offer_row(p, "cipher suites", &hello->ciphers, ht_tls_cipher_name);
    offer_row(p, "groups", &hello->groups, ht_tls_group_name);
    offer_row(p, "signature algorithms", &hello->signature_schemes, ht_tls_signature_name);
    text = ht_sink(0);
    ht_sink_printf(&text, "JA3: %s", tls->ja3);
    row(p, "", HT_STYLE_PLAIN, &text);
    text = ht_sink(0);
    ht_sink_printf(&text, "JA4: %s", tls->ja4);
    row(p, "", HT_STYLE_PLAIN, &text);
}

/* ---- the request ---- */

static void body_row(const struct page *p, const struct ht_request *request)
{
    struct ht_body body = ht_request_body(request);
    struct ht_sink text = ht_sink(HT_CAP_TEXT);
    if (body.kind == HT_BODY_NONE)
        ht_sink_puts(&text, "none");
    else if (body.kind == HT_BODY_LENGTH)
        ht_sink_printf(&text, "%lld byte%s", (long long)body.bytes, body.bytes == 1 ? "" : "s");
    else
        ht_sink_printf(&text, "%slength not known beforehand",
                       body.kind == HT_BODY_CHUNKED ? "chunked, " : "");
    if (body.type.len && body.kind != HT_BODY_NONE) {
        ht_sink_puts(&text, ", ");
        ht_show_text(&text, body.type);
    }
    row(p, "body", HT_STYLE_PLAIN, &text);
}

static void failure_row(const struct page *p)
{
    struct ht_sink text = ht_sink(HT_CAP_TEXT);
    ht_sink_puts(&text, "none was made");
    if (p->transfer->error.len) {
        ht_sink_puts(&text, ": ");
        ht_show_curl_text(&text, p->transfer->error, p->secrets);
    }
    row(p, "request", HT_STYLE_BAD, &text);
}

static void note_rows(const struct page *p, const struct ht_exchange *x)
{
    const char *label = "also";
    if (x && ht_request_may_fall_back(x)) {
        puts_row(p, label,
                 "HTTP/2 is an offer: with a server that does not choose it the request is HTTP/1.1");
        label = "";
    }
    for (size_t i = 0; i < p->plan->note_count; i++, label = "")
        puts_row(p, label, p->plan->notes[i]);
}

bool ht_report_request_text(struct ht_sink *out, const struct ht_transfer *transfer,
                            const struct ht_plan *plan, const struct ht_report_options *options)
{
    size_t width = options->width < 40 ? 40 : (size_t)options->width;
    struct page p = {{out, options->color, options->unicode, width}, transfer, plan, options->show_secrets};
    const struct ht_exchange *seen = ht_request_seen(transfer);
    const struct ht_connection *c = transfer->exchanges ? transfer->exchanges->connection : NULL;
    if (transfer->id > 0)
        ht_paint_newline(&p.paint);
    heading(&p);
    connect_row(&p);
    if (c && c->proxy && !transfer->unix_socket.len)
        proxy_rows(&p, c->proxy);
    if (seen) {
        head_rows(&p, "request", &seen->request);
        body_row(&p, &seen->request);
    } else {
        failure_row(&p);
    }
    if (c) {
        tls_rows(&p, "TLS", c->tls);
        tls_rows(&p, "proxy TLS", c->proxy_tls);
    }
    note_rows(&p, seen);
    return seen;
}
