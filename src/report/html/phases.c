/* SPDX-License-Identifier: MIT */
/* Takes the exchanges of a transfer, writes the waterfall of their phases: a bar on the transfer's time axis
 * each. */
#include "base/clock.h"
#include "model/model.h"
#include "report/html/html.h"
#include "report/show.h"
#include "report/xml.h"

#define BAR_HEIGHT 22
#define BAR_LEAST  400   /* of 100000: what can still be seen */
#define SIGN_ROOM  95000 /* behind it a sign has no room */
#define SIGN_WIDTH 10000 /* on the narrowest of drawings */

/* Behind the bar; where there is no room, on it, or before a thin one. */
static void sign(const struct ht_html *h, int from, int to)
{
    bool behind = to <= SIGN_ROOM, on = !behind && to - from >= SIGN_WIDTH;
    ht_sink_printf(h->out, "<text class=\"sign%s\" y=\"15\" x=\"", on ? " inside" : "");
    ht_html_percent(h->out, behind || on ? to : from);
    ht_sink_puts(h->out,
                 behind ? "\" dx=\"5\">\u2717</text>" : "\" dx=\"-5\" text-anchor=\"end\">\u2717</text>");
}

static void bar(const struct ht_html *h, const struct ht_html_scale *scale, const struct ht_phase_span *span,
                enum ht_phase phase)
{
    int from = ht_html_place(scale, span->start_us),
        to = ht_html_place(scale, span->start_us + span->duration_us);
    bool failed = span->outcome == HT_OUTCOME_FAILED;
    to = to - from < BAR_LEAST ? from + BAR_LEAST : to;
    ht_sink_printf(h->out, "<svg class=\"bar\" width=\"100%%\" height=\"%d\" role=\"img\"><title>%s from ",
                   BAR_HEIGHT, ht_phase_name(phase));
    ht_html_moment(h, span->start_us);
    ht_sink_puts(h->out, " to ");
    ht_html_moment(h, span->start_us + span->duration_us);
    ht_sink_puts(h->out, failed ? ", failed</title>" : "</title>");
    ht_html_grid(h->out, scale, BAR_HEIGHT);
    ht_sink_puts(h->out, "<rect y=\"4\" height=\"14\" rx=\"2\" x=\"");
    ht_html_percent(h->out, from);
    ht_sink_puts(h->out, "\" width=\"");
    ht_html_percent(h->out, to - from);
    ht_sink_printf(h->out, "\" class=\"%s%s\"/>", ht_phase_name(phase), failed ? " failed" : "");
    if (failed)
        sign(h, from, to);
    ht_sink_puts(h->out, "</svg>");
}

static void row(const struct ht_html *h, const struct ht_exchange *x, const struct ht_html_scale *scale,
                enum ht_phase phase)
{
    const struct ht_phase_span *span = &x->phases[phase];
    struct ht_sink detail = ht_sink(HT_CAP_TEXT);
    bool failed = span->outcome == HT_OUTCOME_FAILED;
    ht_sink_printf(h->out,
                   "<tr%s><th scope=\"row\"><span class=\"swatch %s\"></span>%s</th><td class=\"drawn\">",
                   failed ? " class=\"bad\"" : "", ht_phase_name(phase), ht_phase_name(phase));
    bar(h, scale, span, phase);
    ht_sink_puts(h->out, "</td><td class=\"number\">");
    ht_html_duration(h, span->duration_us);
    ht_sink_puts(h->out, "</td><td class=\"detail\">");
    if (span->outcome == HT_OUTCOME_PENDING)
        ht_sink_puts(&detail, "unfinished");
    else if (failed)
        ht_sink_puts(&detail, "failed");
    ht_text_detail(&h->text, x, phase, &detail);
    ht_html_put(h, &detail);
    ht_sink_puts(h->out, "</td></tr>\n");
}

/* "redirect → GET https://… · 200 OK" above the phases of each request. */
static void heading(const struct ht_html *h, const struct ht_exchange *x)
{
    struct ht_sink text = ht_sink(HT_CAP_TEXT);
    ht_sink_puts(h->out, "<tr class=\"request\"><th colspan=\"4\" scope=\"rowgroup\">");
    if (x->cause != HT_CAUSE_INITIAL)
        ht_sink_printf(h->out, "<span class=\"cause\">%s \u2192</span> ", ht_cause_name(x->cause));
    ht_show_text(&text, x->method);
    ht_sink_char(&text, ' ');
    ht_show_url(&text, x->url, h->secrets);
    if (x->response.status)
        ht_status_line(ht_part(&text), &x->response);
    ht_html_put(h, &text);
    ht_sink_puts(h->out, "</th></tr>\n");
}

/* All phases that an earlier request had paid for. */
static void reused(const struct ht_html *h, const struct ht_exchange *x)
{
    struct ht_sink text = ht_sink(0);
    for (int p = 0; p < HT_PHASE_COUNT; p++)
        if (x->phases[p].outcome == HT_OUTCOME_REUSED)
            ht_sink_printf(&text, "%s%s", text.len ? ", " : "", ht_phase_name((enum ht_phase)p));
    if (text.len && x->connection) {
        ht_sink_printf(&text, " \u00b7 connection %d", x->connection->id);
        ht_sink_puts(h->out, "<tr class=\"reused\"><th scope=\"row\">reused</th><td colspan=\"3\">");
        ht_html_put(h, &text);
        ht_sink_puts(h->out, "</td></tr>\n");
    }
    ht_sink_free(&text);
}

bool ht_html_has_phases(const struct ht_html *h)
{
    return h->transfer->exchanges;
}

void ht_html_phases(const struct ht_html *h)
{
    struct ht_html_scale scale = ht_html_scale_of(h);
    ht_sink_puts(
        h->out,
        "<table class=\"phases\"><caption class=\"unseen\">Phases of each request on the transfer\u2019s time"
        "</caption>\n<thead><tr><th scope=\"col\">phase</th><th scope=\"col\" class=\"drawn\">"
        "<span class=\"unseen\">time</span>");
    ht_html_axis(h->out, &scale);
    ht_sink_puts(h->out, "</th><th scope=\"col\" class=\"number\">duration</th><th scope=\"col\">known of "
                         "it</th></tr></thead>\n");
    for (const struct ht_exchange *x = h->transfer->exchanges; x; x = x->next) {
        ht_sink_puts(h->out, "<tbody>\n");
        heading(h, x);
        reused(h, x);
        for (int p = 0; p < HT_PHASE_COUNT; p++)
            if (ht_text_is_shown(x, (enum ht_phase)p))
                row(h, x, &scale, (enum ht_phase)p);
        ht_sink_puts(h->out, "</tbody>\n");
    }
    ht_sink_puts(h->out, "</table>\n");
}
