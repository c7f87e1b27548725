/* SPDX-License-Identifier: MIT */
/* Takes a transfer, draws its way from this host to the origin and marks the place that the verdict names. */
#include "base/clock.h"
#include "base/url.h"
#include "model/model.h"
#include "report/html/html.h"
#include "report/show.h"

struct stop {
    enum ht_locus locus;
    const char *name;
    void (*detail)(const struct ht_html *h, const struct ht_connection *c, struct ht_sink *out);
};

static void local(const struct ht_html *h, const struct ht_connection *c, struct ht_sink *out)
{
    (void)h;
    if (c)
        ht_show_text(out, c->local);
}

/* The round trip as TCP measured it, or how long the connect took. */
static void path(const struct ht_html *h, const struct ht_connection *c, struct ht_sink *out)
{
    (void)h;
    if (!c || c->connected_us < 0)
        ht_sink_puts(out, "no connection");
    else if (c->sample_count && c->samples[0].tcp.rtt_us > 0)
        ht_show_rtt(out, c->samples[0].tcp.rtt_us);
}

static void proxy(const struct ht_html *h, const struct ht_connection *c, struct ht_sink *out)
{
    if (c && c->proxy)
        ht_show_url(out, c->proxy->url, h->secrets);
}

static void front(const struct ht_html *h, const struct ht_connection *c, struct ht_sink *out)
{
    const struct ht_exchange *x = ht_last_exchange(h->transfer);
    if (c && c->proxy)
        ht_show_text(out, ht_url_host(h->transfer->url));
    else if (c && c->remote.len)
        ht_show_text(out, c->remote);
    else if (x && c && c->attempts)
        ht_show_text(out, c->attempts->address);
}

static void origin(const struct ht_html *h, const struct ht_connection *c, struct ht_sink *out)
{
    (void)h, (void)c;
    ht_sink_puts(out, "behind the front");
}

static const struct stop stops[] = {
    {HT_LOCUS_LOCAL, "this host", local}, {HT_LOCUS_PATH, "path", path},
    {HT_LOCUS_PROXY, "proxy", proxy},     {HT_LOCUS_FRONT, "front", front},
    {HT_LOCUS_ORIGIN, "origin", origin},
};

/* The last stop that is known to have been reached. */
static enum ht_locus reached(const struct ht_html *h, const struct ht_connection *c)
{
    const struct ht_exchange *x = ht_last_exchange(h->transfer);
    const struct ht_verdict *v = &h->transfer->verdict;
    if (v->status == HT_VERDICT_OK && ht_text_succeeded(&h->text))
        return HT_LOCUS_ORIGIN;
    if (v->status != HT_VERDICT_OK && v->locus != HT_LOCUS_UNKNOWN)
        return v->locus;
    if (!c || c->connected_us < 0)
        return HT_LOCUS_LOCAL;
    bool beyond = !c->proxy || (c->tls && c->tls->server_hello.present) || (x && x->response.status);
    return beyond ? HT_LOCUS_FRONT : HT_LOCUS_PROXY;
}

/* How a stop looks, and what a reader hears of it. */
static const struct look {
    const char *class, *sign, *word;
} passed = {"passed", "\u2713", "reached"}, here = {"here", "\u2717", "here"},
  suspect = {"here", "!", "here"}, beyond = {"beyond", "?", "not known"};

static const struct look *look_of(const struct ht_html *h, enum ht_locus locus, enum ht_locus last)
{
    const struct ht_verdict *v = &h->transfer->verdict;
    if (v->status != HT_VERDICT_OK && v->locus == locus)
        return v->status == HT_VERDICT_SUSPECT ? &suspect : &here;
    return locus <= last ? &passed : &beyond;
}

static void stop(const struct ht_html *h, const struct stop *s, const struct ht_connection *c,
                 enum ht_locus last)
{
    const struct look *look = look_of(h, s->locus, last);
    struct ht_sink detail = ht_sink(HT_CAP_TEXT);
    s->detail(h, c, &detail);
    ht_sink_printf(h->out,
                   "<li class=\"%s %s\"%s><span class=\"dot\" aria-hidden=\"true\">%s</span><span "
                   "class=\"stop\"><b>%s</b>"
                   "<span class=\"unseen\">: %s</span><span class=\"detail\">",
                   look->class, ht_locus_name(s->locus),
                   look == &here || look == &suspect ? " aria-current=\"true\"" : "", look->sign, s->name,
                   look->word);
    ht_html_put(h, &detail);
    ht_sink_puts(h->out, "</span>");
    if (look == &here || look == &suspect)
        ht_sink_puts(h->out, "<span class=\"flag\">here</span>");
    ht_sink_puts(h->out, "</span></li>\n");
}

void ht_html_path(const struct ht_html *h)
{
    const struct ht_exchange *x = ht_last_exchange(h->transfer);
    const struct ht_connection *c = x ? x->connection : NULL;
    bool proxied = (c && c->proxy) || h->transfer->verdict.locus == HT_LOCUS_PROXY;
    enum ht_locus last = reached(h, c);
    ht_sink_puts(h->out, "<ol class=\"path\" aria-label=\"The way of the request\">\n");
    for (size_t i = 0; i < sizeof stops / sizeof *stops; i++) {
        if (stops[i].locus != HT_LOCUS_PROXY || proxied)
            stop(h, &stops[i], c, last);
    }
    ht_sink_puts(h->out, "</ol>\n");
}
