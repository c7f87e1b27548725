/* SPDX-License-Identifier: MIT */
/* Takes the frames of an HTTP/2 connection, draws what flow control allowed at every moment (RFC 9113
 * section 5.2). */
#include "report/html/windows.h"

#include "base/arena.h"
#include "base/clock.h"
#include "decode/h2/h2.h"
#include "model/model.h"
#include "report/html/plot.h"
#include "report/xml.h"

#include <inttypes.h>
#include <stdlib.h>

#define DEFAULT_WINDOW      65535 /* RFC 9113 section 6.9.2 */
#define INITIAL_WINDOW_SIZE 4     /* section 6.5.2 */
#define CHARTS_MOST         6u
#define HEIGHT              120
#define TOO_HIGH            8 /* a connection's window of so many times the stream's is told, not drawn */

struct chart {
    const struct ht_html *h;
    const struct ht_connection *connection;
    const struct ht_exchange *exchange;
    enum ht_dir dir; /* of the DATA */
    int64_t initial;
    struct ht_html_line stream, whole, carried; /* carried: DATA so far */
};

static enum ht_dir opposite(enum ht_dir dir)
{
    return dir == HT_DIR_OUT ? HT_DIR_IN : HT_DIR_OUT;
}

static int64_t number(const struct ht_field *map, const char *name, int64_t otherwise)
{
    const struct ht_field *f = map ? ht_field_find(map, name) : NULL;
    bool fits = f && (f->type == HT_FIELD_UINT || f->type == HT_FIELD_NAMED) && f->value.number <= UINT32_MAX;
    return fits ? (int64_t)f->value.number : otherwise;
}

static void take_settings(struct chart *c, const struct ht_event *e)
{
    const struct ht_field *list = e->fields ? ht_field_find(e->fields, "settings") : NULL;
    for (const struct ht_field *s = list ? list->value.children.first : NULL; s; s = s->next) {
        if (s->type != HT_FIELD_MAP || number(s, "identifier", 0) != INITIAL_WINDOW_SIZE)
            continue;
        int64_t value = number(s, "value", c->initial);
        ht_html_line_step(&c->stream, e->t_us, value - c->initial);
        c->initial = value;
    }
}

static void take_update(struct chart *c, const struct ht_event *e)
{
    int64_t stream = number(e->fields, "stream_identifier", 0),
            by = number(e->fields, "window_size_increment", 0);
    if (stream == 0)
        ht_html_line_step(&c->whole, e->t_us, by);
    else if (stream == c->exchange->stream)
        ht_html_line_step(&c->stream, e->t_us, by);
}

/* A run of DATA: its payload goes off the window from its first byte to its last. */
static void take_data(struct chart *c, const struct ht_event *e)
{
    int64_t wire = number(e->fields, "wire_bytes", e->size), frames = number(e->fields, "frames", 0);
    int64_t counted = wire - frames * (int64_t)HT_H2_HEADER_LEN;
    ht_html_line_add(&c->whole, e->t_us, c->whole.now);
    ht_html_line_add(&c->whole, e->t_last_us, c->whole.now - counted);
    if (e->exchange != c->exchange->id)
        return;
    ht_html_line_add(&c->stream, e->t_us, c->stream.now);
    ht_html_line_add(&c->stream, e->t_last_us, c->stream.now - counted);
    ht_html_line_add(&c->carried, e->t_us, c->carried.now);
    ht_html_line_add(&c->carried, e->t_last_us, c->carried.now + counted);
}

static void fill(struct chart *c)
{
    bool asked = ht_text_is_shown(c->exchange, HT_PHASE_REQUEST);
    int64_t start_us = asked ? c->exchange->phases[HT_PHASE_REQUEST].start_us : c->exchange->start_us;
    ht_html_line_add(&c->stream, start_us, DEFAULT_WINDOW);
    ht_html_line_add(&c->whole, start_us, DEFAULT_WINDOW);
    for (size_t i = 0; i < c->h->event_count; i++) {
        const struct ht_event *e = c->h->events[i];
        if (e->connection != c->connection->id || e->layer != HT_LAYER_HTTP2 || !e->fields)
            continue;
        if (e->dir == c->dir && strcmp(e->kind, "body") == 0)
            take_data(c, e);
        else if (e->dir == opposite(c->dir) && strcmp(e->kind, "WINDOW_UPDATE") == 0)
            take_update(c, e);
        else if (e->dir == opposite(c->dir) && strcmp(e->kind, "SETTINGS") == 0)
            take_settings(c, e);
    }
}

/* ---- drawing ---- */

static int64_t end_of(const struct chart *c)
{
    return c->exchange->end_us >= 0 ? c->exchange->end_us : c->stream.at[c->stream.count - 1].t_us;
}

static bool is_of(const struct chart *c, const struct ht_h2_stall *s)
{
    return s->dir == c->dir && (s->stream == 0 || s->stream == c->exchange->stream);
}

/* Stalls of the stream and of its connection overlap: gives the part of one, in the order of the list, that
 * those before it did not have. False where there is none. */
static bool part_of(const struct chart *c, const struct ht_h2_stall *s, int64_t *covered_us,
                    struct ht_html_scale *part)
{
    int64_t end_us = s->end_us < 0 ? end_of(c) : s->end_us;
    int64_t start_us = s->start_us > *covered_us ? s->start_us : *covered_us;
    if (!is_of(c, s) || end_us <= start_us)
        return false;
    *covered_us = end_us;
    *part = (struct ht_html_scale){start_us, end_us - start_us};
    return true;
}

static void stalls(const struct chart *c, const struct ht_html_scale *scale)
{
    struct ht_sink *out = c->h->out;
    int64_t covered_us = scale->start_us;
    struct ht_html_scale part;
    for (const struct ht_h2_stall *s = c->connection->h2->stalls; s; s = s->next) {
        if (!part_of(c, s, &covered_us, &part))
            continue;
        int from = ht_html_place(scale, part.start_us);
        int to = ht_html_place(scale, part.start_us + part.span_us);
        ht_sink_puts(out, "<rect class=\"stall\" y=\"0\" height=\"100%\" x=\"");
        ht_html_percent(out, from);
        ht_sink_puts(out, "\" width=\"");
        ht_html_percent(out, to - from < 200 ? 200 : to - from);
        ht_sink_puts(out, "\"><title>stalled for ");
        ht_html_duration(c->h, part.span_us);
        ht_sink_puts(out, "</title></rect>");
    }
}

static int64_t stalled_us(const struct chart *c)
{
    int64_t total = 0, covered_us = c->h->transfer->start_us;
    struct ht_html_scale part;
    for (const struct ht_h2_stall *s = c->connection->h2->stalls; s; s = s->next)
        if (part_of(c, s, &covered_us, &part))
            total += part.span_us;
    return total;
}

/* Other transfers' DATA is not in this timeline: then the connection's window is not known. */
static bool knows_whole(const struct chart *c)
{
    uint32_t own = 0;
    for (const struct ht_exchange *x = c->h->transfer->exchanges; x; x = x->next)
        own += x->connection == c->connection;
    return own >= c->connection->exchange_count;
}

static void caption(const struct chart *c, bool drawn)
{
    struct ht_sink text = ht_sink(0);
    ht_sink_printf(&text, "Stream %" PRId64 ": what %s may send. ", c->exchange->stream,
                   c->dir == HT_DIR_OUT ? "this host" : "the server");
    ht_sink_size(&text, c->carried.now);
    ht_sink_puts(&text, c->carried.now == 1 ? " of DATA was sent (filled)" : " of DATA were sent (filled)");
    if (stalled_us(c) > 0) {
        ht_sink_puts(&text, "; a window stood at zero for ");
        ht_sink_duration(&text, stalled_us(c));
        ht_sink_puts(&text, " (hatched)");
    }
    if (drawn)
        ht_sink_puts(&text, "; dashed: the connection\u2019s window");
    else if (knows_whole(c)) {
        ht_sink_puts(&text, "; the connection\u2019s window never fell below ");
        ht_sink_size(&text, c->whole.least < 0 ? 0 : c->whole.least);
    }
    ht_sink_puts(c->h->out, "<figcaption>");
    ht_html_put(c->h, &text);
    ht_sink_puts(c->h->out, ".</figcaption>\n");
}

static void draw(const struct chart *c)
{
    struct ht_sink *out = c->h->out;
    int64_t end = end_of(c);
    struct ht_html_scale scale = {c->h->transfer->start_us,
                                  end > c->h->transfer->start_us ? end - c->h->transfer->start_us : 1};
    bool drawn = knows_whole(c) && c->whole.most / TOO_HIGH <= c->stream.most;
    int64_t top = drawn && c->whole.most > c->stream.most ? c->whole.most : c->stream.most;
    ht_sink_puts(out, "<figure class=\"window\">\n");
    caption(c, drawn);
    ht_sink_printf(out,
                   "<svg class=\"plot\" width=\"100%%\" height=\"%d\" role=\"img\"><title>Flow-control "
                   "window of stream %" PRId64 " over time</title>",
                   HEIGHT, c->exchange->stream);
    ht_html_grid(out, &scale, HEIGHT);
    stalls(c, &scale);
    ht_html_plot_box(out, HEIGHT);
    ht_html_line_area(&c->carried, out, &scale, end, "carried");
    if (drawn)
        ht_html_line_plot(&c->whole, out, &scale, top, end, "whole");
    ht_html_line_plot(&c->stream, out, &scale, top, end, "stream");
    ht_sink_puts(out, "</svg><text x=\"4\" y=\"14\">");
    struct ht_sink most = ht_sink(0);
    ht_sink_size(&most, top);
    ht_html_put(c->h, &most);
    ht_sink_printf(out, "</text><text x=\"4\" y=\"%d\">0</text></svg>\n", HEIGHT - 8);
    ht_html_axis(out, &scale);
    ht_sink_puts(out, "</figure>\n");
}

static bool carried_data(const struct ht_html *h, const struct ht_exchange *x, enum ht_dir dir)
{
    for (size_t i = 0; i < h->event_count; i++) {
        const struct ht_event *e = h->events[i];
        if (e->exchange == x->id && e->layer == HT_LAYER_HTTP2 && e->dir == dir &&
            strcmp(e->kind, "body") == 0)
            return true;
    }
    return false;
}

static size_t charts_of(const struct ht_html *h, const struct ht_connection *connection,
                        const struct ht_exchange *x)
{
    size_t drawn = 0;
    for (int dir = HT_DIR_OUT; dir <= HT_DIR_IN; dir++) {
        if (!carried_data(h, x, (enum ht_dir)dir))
            continue;
        struct chart c = {.h = h,
                          .connection = connection,
                          .exchange = x,
                          .dir = (enum ht_dir)dir,
                          .initial = DEFAULT_WINDOW};
        fill(&c);
        draw(&c);
        ht_html_line_free(&c.stream);
        ht_html_line_free(&c.whole);
        ht_html_line_free(&c.carried);
        drawn++;
    }
    return drawn;
}

void ht_html_windows(const struct ht_html *h, const struct ht_connection *connection)
{
    size_t drawn = 0;
    for (const struct ht_exchange *x = h->transfer->exchanges; x && drawn < CHARTS_MOST; x = x->next)
        if (x->connection == connection && x->stream >= 0)
            drawn += charts_of(h, connection, x);
}
