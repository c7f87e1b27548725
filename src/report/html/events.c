/* SPDX-License-Identifier: MIT */
/* Takes the timeline of a transfer, writes all events as tables of a hundred each, so that a browser lays out
 * only what is looked at; check boxes choose the layers, without a script. */
#include "base/clock.h"
#include "model/model.h"
#include "report/html/html.h"
#include "report/show.h"
#include "report/xml.h"

#include <inttypes.h>

#define CHUNK 100u
#define LAZY  (2 * CHUNK) /* events past which a browser need not lay out what nobody looks at */

/* What can be shown or left out: a layer, or what repeats it at a lower level. */
static const struct kind {
    const char *class, *name;
    bool shown; /* at first */
} kinds[] = {
    {"dns", "DNS", true},
    {"tcp", "TCP", true},
    {"socks", "SOCKS", true},
    {"tls", "TLS", true},
    {"http1", "HTTP/1", true},
    {"http2", "HTTP/2", true},
    {"records", "TLS records", false},
    {"curl", "libcurl\u2019s words", false},
};
#define KINDS (sizeof kinds / sizeof *kinds)

static size_t kind_of(const struct ht_event *e)
{
    bool run = e->layer == HT_LAYER_TLS &&
               (strcmp(e->kind, "records") == 0 || strcmp(e->kind, "application_data") == 0);
    const char *class = run ? "records" : ht_layer_name(e->layer);
    for (size_t i = 0; i < KINDS; i++)
        if (strcmp(kinds[i].class, class) == 0)
            return i;
    return KINDS - 1;
}

static void filter(const struct ht_html *h)
{
    size_t counts[KINDS] = {0};
    for (size_t i = 0; i < h->event_count; i++)
        counts[kind_of(h->events[i])]++;
    ht_sink_puts(h->out, "<fieldset class=\"filter\"><legend>Show</legend>\n");
    for (size_t i = 0; i < KINDS; i++) {
        if (counts[i])
            ht_sink_printf(h->out,
                           "<label><input type=\"checkbox\" class=\"show-%s\"%s/> %s <span "
                           "class=\"count\">%zu</span></label>\n",
                           kinds[i].class, kinds[i].shown ? " checked=\"checked\"" : "", kinds[i].name,
                           counts[i]);
    }
    ht_sink_puts(h->out, "</fieldset>\n");
}

static void marks(const struct ht_html *h, const struct ht_event *e, const struct ht_finding *proven)
{
    if (e->malformed) {
        ht_sink_puts(h->out, "<span class=\"mark bad\">\u2717 malformed at byte ");
        ht_sink_printf(h->out, "%zu: ", e->malformed_at);
        ht_html_sentence(h, e->malformed_why);
        ht_sink_puts(h->out, "</span>");
    }
    if (proven)
        ht_sink_printf(h->out, "<a class=\"mark\" href=\"#t%zu-f%zu\">%s evidence of %s</a>", h->number,
                       ht_html_number_of(h, proven), ht_html_severity_mark(proven->severity), proven->code);
}

/* Several requests or connections share a timeline: each event says whose it is. */
static void owner(const struct ht_html *h, const struct ht_event *e)
{
    if (h->connection_count < 2 && (!h->transfer->exchanges || !h->transfer->exchanges->next))
        return;
    ht_sink_puts(h->out, " <span class=\"owner\">");
    if (e->connection >= 0)
        ht_sink_printf(h->out, "connection %d", e->connection);
    if (e->exchange >= 0)
        ht_sink_printf(h->out, "%srequest %d", e->connection >= 0 ? ", " : "", e->exchange);
    ht_sink_puts(h->out, "</span>");
}

static void lasting(const struct ht_html *h, const struct ht_event *e)
{
    if (e->t_last_us <= e->t_us)
        return;
    ht_sink_puts(h->out, " <span class=\"owner\">over ");
    ht_html_duration(h, e->t_last_us - e->t_us);
    ht_sink_puts(h->out, "</span>");
}

static void what(const struct ht_html *h, const struct ht_event *e)
{
    bool folded = e->fields && e->fields->value.children.count;
    ht_sink_puts(h->out, folded ? "<details><summary>" : "<span class=\"plain\">");
    ht_html_summary(h, e);
    lasting(h, e);
    owner(h, e);
    ht_sink_puts(h->out, folded ? "</summary>" : "</span>");
    if (folded) {
        ht_html_fields(h, e);
        ht_sink_puts(h->out, "</details>");
    }
}

static void row(const struct ht_html *h, const struct ht_event *e)
{
    static const char *const signs[] = {"", "\u2192", "\u2190"}, *const words[] = {"", "sent", "received"};
    const struct ht_finding *proven = ht_html_proves(h, e);
    bool grave = proven && proven->severity >= HT_SEVERITY_WARNING;
    ht_sink_printf(h->out, "<tr id=\"t%zu-e%" PRIu64 "\" class=\"l-%s%s%s\"><td class=\"time\">", h->number,
                   e->id, kinds[kind_of(e)].class, e->malformed ? " bad" : "", grave ? " proof" : "");
    ht_html_moment(h, e->t_us);
    ht_sink_printf(
        h->out,
        "</td><td class=\"phase\"><span class=\"swatch %s\"></span>%s</td><td class=\"layer\">%s</td>"
        "<td class=\"way %s\"><span aria-hidden=\"true\">%s</span><span class=\"unseen\">%s</span></td><td "
        "class=\"what\">",
        ht_phase_name(e->phase), ht_phase_name(e->phase), kinds[kind_of(e)].name, ht_dir_name(e->dir),
        signs[e->dir], words[e->dir]);
    what(h, e);
    marks(h, e, proven);
    ht_sink_puts(h->out, "</td></tr>\n");
}

static void chunk(const struct ht_html *h, size_t from, size_t to)
{
    ht_sink_printf(
        h->out,
        "<div class=\"chunk%s\"><table class=\"events\"><caption>Events %zu to %zu of %zu</caption>\n"
        "<thead><tr><th scope=\"col\" class=\"time\">time</th><th scope=\"col\" class=\"phase\">phase</th>"
        "<th scope=\"col\" class=\"layer\">layer</th><th scope=\"col\" class=\"way\"><span "
        "class=\"unseen\">direction</span></th>"
        "<th scope=\"col\" class=\"what\">what happened</th></tr></thead>\n<tbody>\n",
        h->event_count > LAZY && to - from == CHUNK ? " lazy" : "", from + 1, to, h->event_count);
    for (size_t i = from; i < to; i++)
        row(h, h->events[i]);
    ht_sink_puts(h->out, "</tbody></table></div>\n");
    ht_html_spill(h);
}

static size_t dropped(const struct ht_html *h)
{
    size_t count = 0;
    for (size_t i = 0; i < h->connection_count; i++)
        count += h->connections[i]->events.dropped;
    for (const struct ht_exchange *x = h->transfer->exchanges; x; x = x->next)
        count += x->events.dropped;
    return count;
}

bool ht_html_has_events(const struct ht_html *h)
{
    return h->event_count > 0;
}

void ht_html_events(const struct ht_html *h)
{
    size_t lost = dropped(h);
    filter(h);
    for (size_t from = 0; from < h->event_count; from += CHUNK)
        chunk(h, from, h->event_count - from > CHUNK ? from + CHUNK : h->event_count);
    if (lost)
        ht_sink_printf(h->out, "<p class=\"more\">%zu more event%s counted, not kept.</p>\n", lost,
                       lost == 1 ? " was" : "s were");
}
