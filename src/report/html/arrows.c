/* SPDX-License-Identifier: MIT */
/* Takes a laid-out conversation, draws it: lifelines, arrows with their words, time running down the left
 * side. */
#include "base/clock.h"
#include "base/url.h"
#include "model/model.h"
#include "report/html/conversation.h"
#include "report/show.h"
#include "report/xml.h"

#include <inttypes.h>

#define CLIENT_X  "15%" /* in a format CLIENT_X "%" */
#define PROXY_X   "50%"
#define FRONT_X   "94%"
#define NAME_MOST 30u /* bytes of a message's name, before what it holds */

static const char *const peer_x[] = {CLIENT_X, PROXY_X, FRONT_X};
static const size_t name_columns[] = {16, 34, 48};
static const size_t word_columns[] = {36, 62, 110}; /* all words are in the table of events */

/* ---- the head: who speaks ---- */

static void head(const struct ht_html *h, const char *x, const char *anchor, const char *who,
                 struct ht_sink *address)
{
    ht_sink_printf(
        h->out,
        "<text class=\"who\" x=\"%s\" y=\"16\" text-anchor=\"%s\">%s</text><text class=\"address\" x=\"%s\" "
        "y=\"33\" text-anchor=\"%s\">",
        x, anchor, who, x, anchor);
    ht_html_label(h, ht_sink_text(address), 0, name_columns);
    ht_sink_puts(h->out, "</text>");
    ht_sink_free(address);
}

static void names(const struct ht_html *h, const struct ht_connection *c)
{
    struct ht_sink local = ht_sink(HT_CAP_TEXT), proxy = ht_sink(HT_CAP_TEXT), front = ht_sink(HT_CAP_TEXT);
    ht_show_text(&local, c->local);
    ht_show_text(&front, c->proxy ? ht_url_host(h->transfer->url) : c->remote);
    ht_sink_puts(h->out, "<svg class=\"names\" width=\"100%\" height=\"42\" aria-hidden=\"true\">");
    head(h, "0", "start", "this host", &local);
    if (c->proxy) {
        ht_show_text(&proxy, c->remote);
        head(h, PROXY_X, "middle", "proxy", &proxy);
    }
    head(h, "100%", "end", "front", &front);
    ht_sink_puts(h->out, "</svg>\n");
    ht_sink_free(&proxy);
}

/* ---- lifelines ---- */

static void lifeline(const struct ht_html *h, const char *x, int height, const char *class)
{
    ht_sink_printf(h->out, "<line class=\"life%s\" x1=\"%s\" x2=\"%s\" y1=\"0\" y2=\"%d\"/>", class, x, x,
                   height);
}

static void lifelines(const struct ht_html *h, const struct ht_html_diagram *d)
{
    const struct ht_proxy *proxy = d->connection->proxy;
    lifeline(h, CLIENT_X, d->height, "");
    if (proxy)
        lifeline(h, PROXY_X, d->height, "");
    lifeline(h, FRONT_X, d->height, proxy && !proxy->tunnel ? " unseen-hop" : "");
    ht_sink_char(h->out, '\n');
}

/* ---- messages ---- */

static void moment(const struct ht_html *h, const struct ht_html_step *s)
{
    ht_sink_printf(h->out,
                   "<text class=\"moment\" x=\"" CLIENT_X "%\" dx=\"-6\" y=\"%d\" text-anchor=\"end\">",
                   s->y + 4);
    ht_html_moment(h, s->event->t_us);
    ht_sink_puts(h->out, "</text>");
}

static void above(const struct ht_html *h, const struct ht_html_step *s)
{
    int y = s->y - 36;
    if (s->new_phase) {
        ht_sink_printf(
            h->out,
            "<text class=\"phase\" x=\"0\" y=\"%d\">%s</text><line class=\"turn %s\" x1=\"0\" x2=\"100%%\" "
            "y1=\"%d\" y2=\"%d\"/>\n",
            y - 4, ht_phase_name(s->event->phase), ht_phase_name(s->event->phase), y + 3, y + 3);
        y -= 30;
    }
    if (s->gap_us) {
        ht_sink_printf(h->out, "<text class=\"gap\" x=\"" CLIENT_X "%\" dx=\"12\" y=\"%d\">\u22ee ", y + 2);
        ht_html_duration(h, s->gap_us);
        ht_sink_puts(h->out, " of silence</text>\n");
        y -= 28;
    }
    if (s->skipped)
        ht_sink_printf(h->out,
                       "<text class=\"gap\" x=\"" CLIENT_X
                       "%\" dx=\"12\" y=\"%d\">\u22ee %zu messages that are not "
                       "drawn</text>\n",
                       y + 2, s->skipped);
}

/* Where the name of a message ends within its words: "ClientHello" of "ClientHello, 512 bytes: …". */
static size_t name_length(const char *words)
{
    size_t len = strcspn(words, ",:");
    return words[len] && len <= NAME_MOST ? len : 0;
}

/* Other layers' words are sentences. */
static bool is_named(const struct ht_event *e)
{
    return e->layer == HT_LAYER_TLS || e->layer == HT_LAYER_HTTP2;
}

static void words(const struct ht_html *h, const struct ht_html_step *s)
{
    struct ht_sink all = ht_sink(HT_CAP_TEXT);
    ht_show_summary(&all, s->event, h->secrets);
    ht_sink_printf(h->out, "<text class=\"words\" x=\"" CLIENT_X "%\" dx=\"12\" y=\"%d\">", s->y - 7);
    if (s->bad)
        ht_sink_puts(h->out, "<tspan class=\"sign\">\u2717 </tspan>");
    ht_html_label(h, ht_sink_text(&all), is_named(s->event) ? name_length(ht_sink_text(&all)) : 0,
                  word_columns);
    ht_sink_puts(h->out, "</text>");
    ht_sink_free(&all);
}

static void arrow(const struct ht_html *h, const struct ht_html_step *s, bool through)
{
    const char *peer = peer_x[s->peer];
    bool in = s->dir == HT_DIR_IN;
    ht_sink_printf(h->out, "<line class=\"arrow\" x1=\"%s\" x2=\"%s\" y1=\"%d\" y2=\"%d\"/>", CLIENT_X, peer,
                   s->y, s->y);
    if (through)
        ht_sink_printf(h->out, "<circle class=\"through\" cx=\"" PROXY_X "%\" cy=\"%d\" r=\"4\"/>", s->y);
    ht_sink_printf(h->out, "<svg class=\"tip\" x=\"%s\" y=\"%d\" overflow=\"visible\"><path d=\"%s\"/></svg>",
                   in ? CLIENT_X : peer, s->y, in ? "M1 0l9 -4.5v9z" : "M-1 0l-9 -4.5v9z");
}

static void link_to(const struct ht_html *h, const struct ht_html_step *s, bool proof)
{
    static const char *const ways[] = {"", "sent: ", "received: "};
    const struct ht_event *e = s->event;
    ht_sink_printf(h->out, "<a href=\"#t%zu-e%" PRIu64 "\" class=\"%s %s%s%s\"><title>%s", h->number, e->id,
                   ht_layer_name(e->layer), s->dir ? ht_dir_name(s->dir) : "here", s->bad ? " bad" : "",
                   proof ? " proof" : "", ways[s->dir]);
    ht_html_summary(h, e);
    ht_sink_puts(h->out, proof ? " (evidence of a finding)</title>" : "</title>");
}

static void step(const struct ht_html *h, const struct ht_html_diagram *d, const struct ht_html_step *s)
{
    const struct ht_finding *f = ht_html_proves(h, s->event);
    bool proof = f && f->severity >= HT_SEVERITY_WARNING;
    above(h, s);
    link_to(h, s, proof);
    ht_sink_printf(h->out, "<rect class=\"hit\" x=\"0\" y=\"%d\" width=\"100%%\" height=\"34\" rx=\"4\"/>",
                   s->y - 24);
    moment(h, s);
    if (proof)
        ht_sink_printf(h->out,
                       "<text class=\"sign\" x=\"100%%\" dx=\"-6\" y=\"%d\" text-anchor=\"end\">%s</text>",
                       s->y + 4, ht_html_severity_mark(f->severity));
    if (s->peer != HT_HTML_NOTE)
        arrow(h, s, s->peer == HT_HTML_FRONT && d->connection->proxy);
    else
        ht_sink_printf(h->out, "<circle class=\"point\" cx=\"" CLIENT_X "%\" cy=\"%d\" r=\"4\"/>", s->y);
    words(h, s);
    ht_sink_puts(h->out, "</a>\n");
}

void ht_html_draw(const struct ht_html *h, const struct ht_html_diagram *d)
{
    const struct ht_connection *c = d->connection;
    if (h->connection_count > 1)
        ht_sink_printf(h->out, "<h4>Connection %d</h4>\n", c->id);
    ht_sink_puts(h->out, "<div class=\"sequence\">\n");
    names(h, c);
    ht_sink_printf(
        h->out,
        "<svg class=\"messages\" width=\"100%%\" height=\"%d\" role=\"group\" "
        "aria-labelledby=\"t%zu-c%d-title\" "
        "aria-describedby=\"t%zu-c%d-desc\"><title id=\"t%zu-c%d-title\">Messages of connection %d</title>"
        "<desc id=\"t%zu-c%d-desc\">%zu messages in the order of time, each a link to its event</desc>\n",
        d->height, h->number, c->id, h->number, c->id, h->number, c->id, c->id, h->number, c->id, d->count);
    lifelines(h, d);
    for (size_t i = 0; i < d->count; i++)
        step(h, d, &d->steps[i]);
    ht_sink_puts(h->out, "</svg></div>\n");
}
