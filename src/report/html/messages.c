/* SPDX-License-Identifier: MIT */
/* Takes the exchanges of a transfer, writes their requests and responses with all fields, secrets masked (RFC
 * 9110). */
#include "base/clock.h"
#include "model/model.h"
#include "report/html/html.h"
#include "report/names.h"
#include "report/show.h"
#include "report/xml.h"

static void fields(const struct ht_html *h, const char *caption, const struct ht_headers *headers)
{
    if (!headers->count)
        return;
    ht_sink_printf(h->out, "<table class=\"fields\"><caption>%s</caption>\n<tbody>\n", caption);
    for (size_t i = 0; i < headers->count; i++) {
        struct ht_sink value = ht_sink(HT_CAP_TEXT * 4);
        ht_sink_puts(h->out, "<tr><th scope=\"row\">");
        ht_html_wire(h, headers->at[i].name);
        ht_sink_puts(h->out, "</th><td>");
        ht_show_header(&value, headers->at[i].name, headers->at[i].value, h->secrets);
        ht_html_put(h, &value);
        ht_sink_puts(h->out, "</td></tr>\n");
    }
    ht_sink_puts(h->out, "</tbody></table>\n");
    if (headers->cut)
        ht_sink_puts(h->out, "<p class=\"more\">More fields came than are kept.</p>\n");
}

static void request_line(const struct ht_html *h, const struct ht_exchange *x)
{
    const char *version = ht_http_version_name(x->request.version);
    struct ht_sink line = ht_sink(HT_CAP_TEXT);
    ht_show_text(&line, x->request.method);
    ht_sink_char(&line, ' ');
    ht_show_url(&line, x->request.target, h->secrets);
    if (version)
        ht_sink_printf(&line, " HTTP/%s", version);
    ht_html_put(h, &line);
}

static void status_line(const struct ht_html *h, const struct ht_response *r)
{
    const char *version = ht_http_version_name(r->version);
    struct ht_sink line = ht_sink(HT_CAP_TEXT);
    if (version)
        ht_sink_printf(&line, "HTTP/%s ", version);
    ht_status_line(&line, r);
    ht_html_put(h, &line);
}

static void informational(const struct ht_html *h, const struct ht_response *r)
{
    for (const struct ht_informational *i = r->informational; i; i = i->next) {
        const char *phrase = ht_status_phrase(i->status);
        struct ht_sink caption = ht_sink(0);
        ht_sink_printf(&caption, "%d%s%s", i->status, phrase ? " " : "", phrase ? phrase : "");
        ht_sink_puts(h->out, "<p class=\"informational\"><b>");
        ht_html_put(h, &caption);
        ht_sink_puts(h->out, "</b> after ");
        ht_html_moment(h, i->t_us);
        ht_sink_puts(h->out, "</p>\n");
        fields(h, "Fields", &i->headers);
    }
}

static void body(const struct ht_html *h, const struct ht_exchange *x, enum ht_phase phase)
{
    struct ht_sink text = ht_sink(HT_CAP_TEXT);
    ht_sink_puts(h->out, "<p class=\"size\">");
    if (phase == HT_PHASE_REQUEST) {
        ht_sink_puts(&text, "body: ");
        ht_sink_size(&text, x->request.body_bytes);
    } else {
        ht_sink_puts(&text, "body: ");
        struct ht_sink detail = ht_sink(HT_CAP_TEXT);
        if (x->connection)
            ht_text_detail(&h->text, x, phase, &detail);
        ht_sink_puts(&text, ht_sink_text(&detail));
        ht_sink_free(&detail);
    }
    ht_html_put(h, &text);
    ht_sink_puts(h->out, "</p>\n");
}

static void sent(const struct ht_html *h, const struct ht_exchange *x)
{
    ht_sink_puts(h->out, "<div class=\"message out\"><h4><span class=\"way\">sent</span> <code>");
    request_line(h, x);
    ht_sink_puts(h->out, "</code></h4>\n");
    fields(h, "Fields of the request", &x->request.headers);
    if (x->request.body_bytes > 0)
        body(h, x, HT_PHASE_REQUEST);
    fields(h, "Trailers of the request", &x->request.trailers);
    ht_sink_puts(h->out, "</div>\n");
}

static void received(const struct ht_html *h, const struct ht_exchange *x)
{
    const struct ht_response *r = &x->response;
    ht_sink_puts(h->out, "<div class=\"message in\"><h4><span class=\"way\">received</span> ");
    if (r->status) {
        ht_sink_puts(h->out, "<code>");
        status_line(h, r);
        ht_sink_puts(h->out, "</code></h4>\n");
    } else {
        ht_sink_puts(h->out, "no answer</h4>\n");
    }
    informational(h, r);
    fields(h, "Fields of the response", &r->headers);
    if (r->status)
        body(h, x, HT_PHASE_RESPONSE);
    fields(h, "Trailers of the response", &r->trailers);
    ht_sink_puts(h->out, "</div>\n");
}

static bool was_sent(const struct ht_exchange *x)
{
    return x->request.method.len || x->request.headers.count || x->response.status;
}

bool ht_html_has_messages(const struct ht_html *h)
{
    for (const struct ht_exchange *x = h->transfer->exchanges; x; x = x->next)
        if (was_sent(x))
            return true;
    return false;
}

void ht_html_messages(const struct ht_html *h)
{
    for (const struct ht_exchange *x = h->transfer->exchanges; x; x = x->next) {
        if (!was_sent(x))
            continue;
        ht_sink_puts(h->out, "<div class=\"exchange\">\n");
        sent(h, x);
        received(h, x);
        ht_sink_puts(h->out, "</div>\n");
    }
}
