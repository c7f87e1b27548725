/* SPDX-License-Identifier: MIT */
/* Takes the HTTP/2 connections of a transfer, writes settings, frames, streams and what ended them (RFC
 * 9113). */
#include "decode/h2/h2.h"
#include "base/clock.h"
#include "model/model.h"
#include "report/html/html.h"
#include "report/html/windows.h"
#include "report/show.h"
#include "report/xml.h"

#include <inttypes.h>

/* ---- settings ---- */

static const struct ht_h2_setting *setting_of(const struct ht_h2 *h2, enum ht_dir dir, uint16_t id)
{
    for (size_t i = 0; i < h2->settings_count[dir]; i++)
        if (h2->settings[dir][i].id == id)
            return &h2->settings[dir][i];
    return NULL;
}

static void setting_cell(const struct ht_html *h, const struct ht_h2_setting *s)
{
    if (s)
        ht_sink_printf(h->out, "<td class=\"number\">%" PRIu32 "</td>", s->value);
    else
        ht_sink_puts(h->out, "<td class=\"number none\">default</td>");
}

static void setting(const struct ht_html *h, const struct ht_h2 *h2, uint16_t id)
{
    const char *name = ht_h2_setting_name(id);
    ht_sink_puts(h->out, "<tr><th scope=\"row\"><code>");
    if (name)
        ht_xml_text(h->out, name);
    else
        ht_sink_printf(h->out, "0x%04x", id);
    ht_sink_puts(h->out, "</code></th>");
    setting_cell(h, setting_of(h2, HT_DIR_OUT, id));
    setting_cell(h, setting_of(h2, HT_DIR_IN, id));
    ht_sink_puts(h->out, "</tr>\n");
}

static void settings(const struct ht_html *h, const struct ht_h2 *h2)
{
    ht_sink_puts(
        h->out,
        "<table class=\"small\"><caption>Settings</caption>\n<thead><tr><th scope=\"col\">setting</th>"
        "<th scope=\"col\" class=\"number\">this host</th><th scope=\"col\" class=\"number\">the "
        "server</th></tr></thead>\n<tbody>\n");
    for (size_t i = 0; i < h2->settings_count[HT_DIR_OUT]; i++)
        setting(h, h2, h2->settings[HT_DIR_OUT][i].id);
    for (size_t i = 0; i < h2->settings_count[HT_DIR_IN]; i++)
        if (!setting_of(h2, HT_DIR_OUT, h2->settings[HT_DIR_IN][i].id))
            setting(h, h2, h2->settings[HT_DIR_IN][i].id);
    ht_sink_puts(h->out, "</tbody></table>\n");
}

/* ---- frames ---- */

static void frames(const struct ht_html *h, const struct ht_h2 *h2)
{
    ht_sink_puts(h->out, "<table class=\"small\"><caption>Frames of the whole "
                         "connection</caption>\n<thead><tr><th scope=\"col\">frame</th>"
                         "<th scope=\"col\" class=\"number\">sent</th><th scope=\"col\" "
                         "class=\"number\">received</th></tr></thead>\n<tbody>\n");
    for (unsigned type = 0; type <= HT_H2_FRAME_TYPES; type++) {
        const char *name = type < HT_H2_FRAME_TYPES ? ht_h2_frame_name((uint8_t)type) : "other";
        if (!h2->frames[HT_DIR_OUT][type] && !h2->frames[HT_DIR_IN][type])
            continue;
        ht_sink_puts(h->out, "<tr><th scope=\"row\"><code>");
        if (name)
            ht_xml_text(h->out, name);
        else
            ht_sink_printf(h->out, "0x%02x", type);
        ht_sink_printf(h->out,
                       "</code></th><td class=\"number\">%" PRIu64 "</td><td class=\"number\">%" PRIu64
                       "</td></tr>\n",
                       h2->frames[HT_DIR_OUT][type], h2->frames[HT_DIR_IN][type]);
    }
    ht_sink_puts(h->out, "</tbody></table>\n");
}

/* ---- what else is known ---- */

static void hpack(const struct ht_html *h, const struct ht_h2 *h2, enum ht_dir dir, const char *name)
{
    struct ht_sink text = ht_sink(0);
    if (h2->hpack_plain[dir])
        ht_sink_printf(&text, "%" PRIu64 " of %" PRIu64 " bytes", h2->hpack_compressed[dir],
                       h2->hpack_plain[dir]);
    ht_html_fact(h, name, &text);
}

static void goaway(const struct ht_html *h, const struct ht_h2_goaway *g, const char *name)
{
    const char *code = ht_h2_error_name(g->code);
    struct ht_sink text = ht_sink(HT_CAP_TEXT);
    if (g->seen) {
        ht_sink_printf(&text, "%s, last stream %" PRIu32 ", at ", code ? code : "an error without a name",
                       g->last_stream);
        ht_sink_duration(&text, g->t_us - h->transfer->start_us);
        if (g->debug.len)
            ht_show_text(ht_part(&text), g->debug);
    }
    ht_html_fact(h, name, &text);
}

static void facts(const struct ht_html *h, const struct ht_h2 *h2)
{
    ht_sink_puts(h->out, "<dl class=\"facts\">\n");
    hpack(h, h2, HT_DIR_OUT, "HPACK, sent");
    hpack(h, h2, HT_DIR_IN, "HPACK, received");
    goaway(h, &h2->goaway[HT_DIR_OUT], "GOAWAY sent");
    goaway(h, &h2->goaway[HT_DIR_IN], "GOAWAY received");
    ht_html_fact_text(h, "begun", h2->upgraded ? "by an upgrade from HTTP/1.1 (h2c)" : NULL);
    ht_sink_puts(h->out, "</dl>\n");
}

/* ---- streams over time ---- */

static void part(const struct ht_html *h, const struct ht_html_scale *scale, const struct ht_exchange *x,
                 enum ht_phase phase)
{
    const struct ht_phase_span *span = &x->phases[phase];
    if (!ht_text_is_shown(x, phase))
        return;
    int from = ht_html_place(scale, span->start_us),
        to = ht_html_place(scale, span->start_us + span->duration_us);
    ht_sink_puts(h->out, "<rect y=\"4\" height=\"14\" x=\"");
    ht_html_percent(h->out, from);
    ht_sink_puts(h->out, "\" width=\"");
    ht_html_percent(h->out, to - from < 200 ? 200 : to - from);
    ht_sink_printf(h->out, "\" class=\"%s%s\"/>", ht_phase_name(phase),
                   span->outcome == HT_OUTCOME_FAILED ? " failed" : "");
}

static void stream_end(const struct ht_exchange *x, struct ht_sink *out)
{
    const char *name = x->reset_code < 0 ? NULL : ht_h2_error_name((uint32_t)x->reset_code);
    if (x->reset_code >= 0)
        ht_sink_printf(ht_part(out), "reset by the %s: %s",
                       x->reset_dir == HT_DIR_IN ? "other side" : "this side",
                       name ? name : "an error without a name");
}

static void stream(const struct ht_html *h, const struct ht_html_scale *scale, const struct ht_exchange *x)
{
    struct ht_sink text = ht_sink(HT_CAP_TEXT);
    ht_sink_printf(h->out,
                   "<tr><th scope=\"row\">stream %" PRId64
                   "</th><td class=\"drawn\"><svg class=\"bar\" width=\"100%%\" height=\"22\" "
                   "role=\"img\"><title>request, wait and response of stream %" PRId64 "</title>",
                   x->stream, x->stream);
    ht_html_grid(h->out, scale, 22);
    part(h, scale, x, HT_PHASE_REQUEST);
    part(h, scale, x, HT_PHASE_WAIT);
    part(h, scale, x, HT_PHASE_RESPONSE);
    ht_sink_puts(h->out, "</svg></td><td class=\"detail\">");
    ht_show_text(&text, x->method);
    ht_sink_char(&text, ' ');
    ht_show_url(&text, x->request.target.len ? x->request.target : x->url, h->secrets);
    if (x->response.status)
        ht_status_line(ht_part(&text), &x->response);
    stream_end(x, &text);
    ht_html_put(h, &text);
    ht_sink_puts(h->out, "</td></tr>\n");
}

static void streams(const struct ht_html *h, const struct ht_connection *c)
{
    struct ht_html_scale scale = ht_html_scale_of(h);
    bool begun = false;
    for (const struct ht_exchange *x = h->transfer->exchanges; x; x = x->next) {
        if (x->connection != c || x->stream < 0)
            continue;
        if (!begun) {
            ht_sink_puts(h->out, "<table class=\"phases streams\"><caption>Streams of this transfer over "
                                 "time</caption>\n<thead><tr><th scope=\"col\">stream</th>"
                                 "<th scope=\"col\" class=\"drawn\"><span class=\"unseen\">time</span>");
            ht_html_axis(h->out, &scale);
            ht_sink_puts(h->out, "</th><th scope=\"col\">carried</th></tr></thead>\n<tbody>\n");
        }
        begun = true;
        stream(h, &scale, x);
    }
    if (begun)
        ht_sink_puts(h->out, "</tbody></table>\n");
}

bool ht_html_has_h2(const struct ht_html *h)
{
    for (size_t i = 0; i < h->connection_count; i++)
        if (h->connections[i]->h2)
            return true;
    return false;
}

void ht_html_h2(const struct ht_html *h)
{
    for (size_t i = 0; i < h->connection_count; i++) {
        const struct ht_connection *c = h->connections[i];
        if (!c->h2)
            continue;
        ht_sink_printf(h->out, "<div class=\"session\"><h4>Connection %d</h4>\n", c->id);
        facts(h, c->h2);
        streams(h, c);
        ht_html_windows(h, c);
        ht_sink_puts(h->out, "<div class=\"columns\">\n");
        settings(h, c->h2);
        frames(h, c->h2);
        ht_sink_puts(h->out, "</div></div>\n");
    }
}
