/* SPDX-License-Identifier: MIT */
/* Takes the events of a transfer, gives for each of its connections the messages that went over it and their
 * places in a sequence diagram. */
#include "report/html/conversation.h"

#include "base/arena.h"
#include "model/model.h"

#include <stdlib.h>

#define DRAWN_MOST      600u /* messages of one transfer */
#define CONNECTION_MOST 180u
#define TOP             14
#define STEP_HEIGHT     36
#define PHASE_HEIGHT    30
#define GAP_HEIGHT      28
#define GAP_PART        20 /* a silence of this part of the whole is marked */
#define GAP_LEAST_US    1000

static bool is_one_of(const char *kind, const char *const *kinds)
{
    while (*kinds && strcmp(kind, *kinds) != 0)
        kinds++;
    return *kinds;
}

/* A message whose HEADERS frame is drawn already. */
static bool is_told_by_frame(const struct ht_html *h, size_t at)
{
    static const char *const messages[] = {"request", "response", "informational", "trailers", NULL};
    const struct ht_event *e = h->events[at], *before = at ? h->events[at - 1] : NULL;
    return e->layer == HT_LAYER_HTTP2 && is_one_of(e->kind, messages) && before &&
           before->layer == HT_LAYER_HTTP2 && before->dir == e->dir && before->t_us == e->t_us;
}

static bool is_drawn(const struct ht_html *h, size_t at)
{
    static const char *const runs[] = {"records", "application_data", "handshake_done", NULL};
    static const char *const tcp[] = {
        "connected", "connect_failed", "connect_cancelled", "closed", "icmp", "opaque", NULL};
    const struct ht_event *e = h->events[at];
    if (e->connection < 0 || e->t_us < h->transfer->start_us || is_told_by_frame(h, at))
        return false;
    if (e->layer == HT_LAYER_TCP)
        return is_one_of(e->kind, tcp);
    return e->layer == HT_LAYER_SOCKS || e->layer == HT_LAYER_HTTP1 || e->layer == HT_LAYER_HTTP2 ||
           (e->layer == HT_LAYER_TLS && !is_one_of(e->kind, runs));
}

/* TCP ends at the proxy; within a tunnel all else is the server's. */
static enum ht_html_peer peer_of(const struct ht_connection *c, const struct ht_event *e)
{
    if (!c->proxy)
        return HT_HTML_FRONT;
    bool outer = e->layer == HT_LAYER_TCP || e->layer == HT_LAYER_SOCKS || e->phase <= HT_PHASE_PROXY;
    return outer || !c->proxy->tunnel ? HT_HTML_PROXY : HT_HTML_FRONT;
}

/* What TCP tells has no direction in the model. */
static enum ht_dir dir_of(const struct ht_connection *c, const struct ht_event *e)
{
    if (e->layer != HT_LAYER_TCP || e->dir != HT_DIR_NONE)
        return e->dir;
    if (strcmp(e->kind, "connected") == 0)
        return HT_DIR_IN;
    if (strcmp(e->kind, "closed") != 0)
        return HT_DIR_NONE;
    return c->end == HT_TCP_FIN || c->end == HT_TCP_RST ? HT_DIR_IN
           : c->end == HT_TCP_CLOSED                    ? HT_DIR_OUT
                                                        : HT_DIR_NONE;
}

static bool is_bad(const struct ht_connection *c, const struct ht_event *e)
{
    static const char *const failures[] = {"alert",     "handshake_failed", "connect_failed", "icmp",
                                           "malformed", "RST_STREAM",       "GOAWAY",         NULL};
    bool reset = e->layer == HT_LAYER_TCP && strcmp(e->kind, "closed") == 0 && c->end == HT_TCP_RST;
    return e->malformed || reset || is_one_of(e->kind, failures);
}

static struct ht_html_step step_of(const struct ht_connection *c, const struct ht_event *e)
{
    struct ht_html_step step = {.event = e, .peer = peer_of(c, e), .dir = dir_of(c, e), .bad = is_bad(c, e)};
    if (step.dir == HT_DIR_NONE)
        step.peer = HT_HTML_NOTE;
    return step;
}

/* Messages follow each other at one distance; a silence that matters is named. */
static void lay_out(const struct ht_html *h, struct ht_html_diagram *d)
{
    int64_t whole = ht_html_scale_of(h).span_us;
    int y = TOP;
    for (size_t i = 0; i < d->count; i++) {
        struct ht_html_step *s = &d->steps[i], *before = i ? s - 1 : NULL;
        int64_t gap = before ? s->event->t_us - before->event->t_us : 0;
        s->new_phase = !before || before->event->phase != s->event->phase;
        s->gap_us = !s->skipped && gap >= GAP_LEAST_US && gap >= whole / GAP_PART ? gap : 0;
        y += (s->skipped ? GAP_HEIGHT : 0) + (s->gap_us ? GAP_HEIGHT : 0) +
             (s->new_phase ? PHASE_HEIGHT : 0) + STEP_HEIGHT;
        s->y = y;
    }
    d->height = y + TOP;
}

static size_t count_of(const struct ht_html *h, const struct ht_connection *c)
{
    size_t count = 0;
    for (size_t i = 0; i < h->event_count; i++)
        count += h->events[i]->connection == c->id && is_drawn(h, i);
    return count;
}

/* `most` messages of it: of a long one the begin, and the end, which often tells more. */
static struct ht_html_diagram diagram_of(const struct ht_html *h, const struct ht_connection *c, size_t most)
{
    struct ht_html_diagram d = {.connection = c};
    size_t all = count_of(h, c), skipped = all > most ? all - most : 0, first = most - most / 3, at = 0;
    d.steps = ht_malloc((most + 1) * sizeof *d.steps);
    for (size_t i = 0; i < h->event_count; i++) {
        if (h->events[i]->connection != c->id || !is_drawn(h, i))
            continue;
        if (!skipped || at < first || at >= first + skipped) {
            d.steps[d.count] = step_of(c, h->events[i]);
            d.steps[d.count++].skipped = at == first + skipped ? skipped : 0;
        }
        at++;
    }
    lay_out(h, &d);
    return d;
}

bool ht_html_has_conversation(const struct ht_html *h)
{
    for (size_t i = 0; i < h->event_count; i++)
        if (is_drawn(h, i))
            return true;
    return false;
}

void ht_html_conversation(const struct ht_html *h)
{
    size_t left = DRAWN_MOST;
    for (size_t i = 0; i < h->connection_count && left; i++) {
        struct ht_html_diagram d =
            diagram_of(h, h->connections[i], left < CONNECTION_MOST ? left : CONNECTION_MOST);
        if (d.count)
            ht_html_draw(h, &d);
        left -= d.count;
        free(d.steps);
    }
    ht_sink_printf(h->out,
                   "<p class=\"more\">All messages, with all that was read in them, are in the <a "
                   "href=\"#t%zu-events\">table of events</a>.</p>\n",
                   h->number);
}
