/* SPDX-License-Identifier: MIT */
/* Takes decoded events as they come, writes the lines of -v, -vv and -vvv: mark, elapsed time, phase, text.
 */
#include "report/live/live.h"

#include "base/arena.h"
#include "base/clock.h"
#include "model/model.h"
#include "report/show.h"

#include <inttypes.h>
#include <stdlib.h>

enum body { BODY_NONE, BODY_FIELDS, BODY_HEADERS };

/* How a kind of event is shown. A row without a kind stands for all others of its layer. */
struct row {
    enum ht_layer layer;
    const char *kind;
    int level;      /* from which -v on */
    char marks[3];  /* by ht_dir */
    enum body body; /* what is below the summary */
    int body_level;
};

#define INFO                                                                                                 \
    {                                                                                                        \
        '*', '*', '*'                                                                                        \
    }
#define DATA                                                                                                 \
    {                                                                                                        \
        '*', '}', '{'                                                                                        \
    }
#define HEAD                                                                                                 \
    {                                                                                                        \
        '*', '>', '<'                                                                                        \
    }

static const struct row rows[] = {
    {HT_LAYER_CURL, "text", 3, INFO, BODY_NONE, 0},
    {HT_LAYER_CURL, "transfer_start", 2, INFO, BODY_NONE, 0},
    {HT_LAYER_CURL, "transfer_end", 1, INFO, BODY_NONE, 0},
    {HT_LAYER_CURL, NULL, 2, INFO, BODY_FIELDS, 2},
    {HT_LAYER_DNS, "lookup", 1, INFO, BODY_NONE, 0},
    {HT_LAYER_DNS, "resolve_start", 1, INFO, BODY_NONE, 0},
    {HT_LAYER_DNS, NULL, 2, INFO, BODY_FIELDS, 2},
    {HT_LAYER_TCP, "attempt", 1, INFO, BODY_NONE, 0},
    {HT_LAYER_TCP, "connected", 1, INFO, BODY_NONE, 0},
    {HT_LAYER_TCP, "connect_failed", 1, INFO, BODY_NONE, 0},
    {HT_LAYER_TCP, "connect_cancelled", 1, INFO, BODY_NONE, 0},
    {HT_LAYER_TCP, "haproxy", 1, DATA, BODY_NONE, 0},
    {HT_LAYER_TCP, "opaque", 1, DATA, BODY_FIELDS, 2},
    {HT_LAYER_TCP, "closed", 1, INFO, BODY_NONE, 0},
    {HT_LAYER_TCP, "icmp", 1, INFO, BODY_NONE, 0},
    {HT_LAYER_TCP, "sample", 3, INFO, BODY_FIELDS, 3},
    {HT_LAYER_TCP, NULL, 2, INFO, BODY_FIELDS, 2},
    {HT_LAYER_SOCKS, NULL, 1, DATA, BODY_FIELDS, 2},
    {HT_LAYER_TLS, "handshake_done", 1, INFO, BODY_NONE, 0},
    {HT_LAYER_TLS, "handshake_failed", 1, INFO, BODY_NONE, 0},
    {HT_LAYER_TLS, "records", 3, DATA, BODY_NONE, 0},
    {HT_LAYER_TLS, "application_data", 3, DATA, BODY_NONE, 0},
    {HT_LAYER_TLS, "new_session_ticket", 2, DATA, BODY_FIELDS, 2},
    {HT_LAYER_TLS, NULL, 1, DATA, BODY_FIELDS, 2},
    {HT_LAYER_HTTP1, "request", 1, HEAD, BODY_HEADERS, 1},
    {HT_LAYER_HTTP1, "response", 1, HEAD, BODY_HEADERS, 1},
    {HT_LAYER_HTTP1, "informational", 1, HEAD, BODY_HEADERS, 1},
    {HT_LAYER_HTTP1, "trailers", 1, HEAD, BODY_HEADERS, 1},
    {HT_LAYER_HTTP1, "body", 2, DATA, BODY_NONE, 0},
    {HT_LAYER_HTTP1, NULL, 2, DATA, BODY_FIELDS, 2},
    {HT_LAYER_HTTP2, "request", 1, HEAD, BODY_HEADERS, 1},
    {HT_LAYER_HTTP2, "response", 1, HEAD, BODY_HEADERS, 1},
    {HT_LAYER_HTTP2, "informational", 1, HEAD, BODY_HEADERS, 1},
    {HT_LAYER_HTTP2, "trailers", 1, HEAD, BODY_HEADERS, 1},
    {HT_LAYER_HTTP2, "body", 2, DATA, BODY_NONE, 0},
    {HT_LAYER_HTTP2, NULL, 2, DATA, BODY_FIELDS, 2},
};

static const struct row *row_of(const struct ht_event *event)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        bool kind = !rows[i].kind || (event->kind && strcmp(rows[i].kind, event->kind) == 0);
        if (rows[i].layer == event->layer && kind)
            return &rows[i];
    }
    return NULL;
}

static enum ht_style style_of(char mark)
{
    switch (mark) {
    case '>':
    case '}':
        return HT_STYLE_OUT;
    case '<':
    case '{':
        return HT_STYLE_IN;
    case '!':
        return HT_STYLE_BAD;
    default:
        return HT_STYLE_PLAIN;
    }
}

static void line_start(struct ht_live *live, char mark, int64_t t_us, const char *name)
{
    struct ht_sink start = ht_sink(0), ms = ht_sink(0);
    ht_sink_ms(&ms, t_us);
    ht_sink_char(&start, mark);
    ht_paint_text(&live->paint, style_of(mark), ht_sink_text(&start));
    ht_sink_reset(&start);
    ht_sink_printf(&start, "%9s %-10s", ht_sink_text(&ms), name);
    ht_paint_text(&live->paint, HT_STYLE_DIM, ht_sink_text(&start));
    ht_sink_free(&start);
    ht_sink_free(&ms);
}

void ht_live_line(struct ht_live *live, char mark, int64_t t_us, const char *name, const char *text)
{
    line_start(live, mark, t_us, name);
    ht_paint_text(&live->paint, mark == '!' ? HT_STYLE_BAD : HT_STYLE_PLAIN, text);
    ht_paint_newline(&live->paint);
}

void ht_live_more(struct ht_live *live, char mark, int64_t t_us, const char *text)
{
    ht_live_line(live, mark, t_us, "", text);
}

void ht_live_flush(struct ht_live *live)
{
    if (live->buffer.len)
        fwrite(live->buffer.text, 1, live->buffer.len, live->stream);
    fflush(live->stream);
    ht_sink_reset(&live->buffer);
}

static void malformed(struct ht_live *live, char mark, const struct ht_event *event)
{
    struct ht_sink text = ht_sink(0);
    ht_sink_printf(&text, "malformed at byte %zu: ", event->malformed_at);
    ht_show_ready(&text, event->malformed_why);
    ht_live_more(live, mark, event->t_us, ht_sink_text(&text));
    ht_sink_free(&text);
}

/* Where several transfers run at a time, each line says whose it is. */
static void whose(struct ht_sink *out, const struct ht_trace *trace, const struct ht_event *event)
{
    if (!trace->transfers || !trace->transfers->next)
        return;
    if (event->exchange >= 0)
        ht_sink_printf(out, "[exchange %d] ", event->exchange);
    else
        ht_sink_printf(out, "[connection %d] ", event->connection);
}

/* ---- lines that wait ---- */

static void wait_connected(struct ht_live *live, char mark, int64_t t_us, const struct ht_event *event,
                           const char *text)
{
    live->connected.waits = true;
    live->connected.mark = mark;
    live->connected.t_us = t_us;
    live->connected.connection = event->connection;
    live->connected.phase = event->phase;
    ht_sink_puts(&live->connected.text, text);
}

/* What the kernel knew of the connection when it was made. */
static void add_sample(struct ht_live *live, const struct ht_trace *trace, const struct ht_event *next)
{
    const struct ht_connection *c = trace ? ht_trace_connection(trace, live->connected.connection) : NULL;
    struct ht_sink *text = &live->connected.text;
    if (!next || strcmp(next->kind, "sample") != 0 || next->connection != live->connected.connection || !c ||
        !c->sample_count)
        return;
    const struct ht_tcp_sample *tcp = &c->samples[c->sample_count - 1].tcp;
    if (tcp->rtt_us > 0) {
        ht_sink_puts(text, ", ");
        ht_show_rtt(text, tcp->rtt_us);
    }
    if (tcp->snd_mss > 0)
        ht_sink_printf(text, ", mss %" PRId64, tcp->snd_mss);
}

/* Whether the message that a frame carried shows its header section. */
static bool shows_section(const struct ht_live *live, const struct ht_event *next)
{
    const struct row *row = next ? row_of(next) : NULL;
    const struct ht_live_section *of = &live->section_of;
    return row && row->layer == HT_LAYER_HTTP2 && row->body == BODY_HEADERS && next->dir == of->dir &&
           next->exchange == of->exchange && next->t_us == of->t_us;
}

/* The lines that waited for `next`, NULL where it will be no event. */
static void settle(struct ht_live *live, const struct ht_trace *trace, const struct ht_event *next)
{
    if (live->connected.waits) {
        add_sample(live, trace, next);
        ht_live_line(live, live->connected.mark, live->connected.t_us, ht_phase_name(live->connected.phase),
                     ht_sink_text(&live->connected.text));
        live->connected.waits = false;
        ht_sink_reset(&live->connected.text);
    }
    if (live->section.len && !shows_section(live, next))
        ht_sink_bytes(&live->buffer, ht_span(live->section.text, live->section.len));
    ht_sink_reset(&live->section);
}

static void hold_section(struct ht_live *live, char mark, int64_t t_us, const struct ht_event *event)
{
    struct ht_paint paint = live->paint;
    if (event->layer == HT_LAYER_HTTP2 && !event->malformed)
        live->paint.out = &live->section;
    live->section_of = (struct ht_live_section){event->dir, event->exchange, event->t_us};
    ht_live_fields(live, mark, t_us, event, true);
    live->paint = paint;
}

/* ---- what is observed ---- */

/* How every TLS session ends. */
static bool is_farewell(const struct ht_event *event)
{
    const struct ht_field *f =
        event->layer == HT_LAYER_TLS ? ht_field_find(event->fields, "description") : NULL;
    return f && f->type == HT_FIELD_NAMED && f->label && strcmp(f->label, "close_notify") == 0;
}

static void show(struct ht_live *live, const struct ht_trace *trace, const struct ht_event *event,
                 const struct row *row)
{
    char mark = row->marks[event->dir];
    int64_t t_us = event->t_last_us > event->t_us ? event->t_last_us : event->t_us;
    bool connected = event->layer == HT_LAYER_TCP && strcmp(event->kind, "connected") == 0;
    struct ht_sink text = ht_sink(0);
    whose(&text, trace, event);
    if (event->layer == HT_LAYER_TCP && strcmp(event->kind, "closed") == 0)
        ht_sink_puts(&text, "connection: ");
    ht_show_summary(&text, event, live->options.show_secrets);
    if (connected)
        wait_connected(live, mark, t_us, event, ht_sink_text(&text));
    else
        ht_live_line(live, mark, t_us, ht_phase_name(event->phase), ht_sink_text(&text));
    ht_sink_free(&text);
    if (event->malformed)
        malformed(live, mark, event);
    if (row->body == BODY_HEADERS)
        ht_live_headers(live, mark, t_us, ht_field_find(event->fields, "headers"));
    if (row->body == BODY_FIELDS && live->level >= row->body_level) {
        ht_live_fields(live, mark, t_us, event, false);
        hold_section(live, mark, t_us, event);
    }
}

static void on_event(void *ctx, const struct ht_trace *trace, const struct ht_event *event)
{
    struct ht_live *live = ctx;
    const struct row *row = row_of(event);
    int level = row ? row->level : 0;
    settle(live, trace, event);
    if (is_farewell(event) && level < 2)
        level = 2;
    /* what breaks a grammar is what one looks for */
    if (row && (live->level >= level || event->malformed))
        show(live, trace, event, row);
    ht_live_flush(live);
}

static void on_raw(void *ctx, const struct ht_raw *raw)
{
    struct ht_live *live = ctx;
    settle(live, NULL, NULL);
    if (live->level >= 3)
        ht_live_raw(live, raw);
    ht_live_flush(live);
}

void ht_live_finding(struct ht_live *live, int64_t t_us, const struct ht_finding *finding)
{
    struct ht_sink text = ht_sink(0);
    settle(live, NULL, NULL);
    ht_sink_printf(&text, "%s: ", finding->code);
    ht_show_sentence(&text, finding->title, live->options.show_secrets);
    char mark = finding->severity > HT_SEVERITY_INFO ? '!' : '*';
    ht_live_line(live, mark, t_us, ht_phase_name(finding->phase), ht_sink_text(&text));
    ht_sink_free(&text);
    ht_live_flush(live);
}

struct ht_live *ht_live_new(FILE *stream, int level, const struct ht_report_options *options)
{
    struct ht_live *live = ht_malloc(sizeof *live);
    *live = (struct ht_live){.stream = stream, .level = level, .options = *options, .buffer = ht_sink(0)};
    live->connected.text = ht_sink(0);
    live->section = ht_sink(0);
    live->paint = (struct ht_paint){&live->buffer, options->color, options->unicode, 0};
    live->observer = (struct ht_observer){.ctx = live, .event = on_event};
    if (level >= 3)
        live->observer.raw = on_raw;
    return live;
}

struct ht_observer *ht_live_observer(struct ht_live *live)
{
    return &live->observer;
}

void ht_live_free(struct ht_live *live)
{
    if (!live)
        return;
    settle(live, NULL, NULL);
    ht_live_flush(live);
    ht_sink_free(&live->buffer);
    ht_sink_free(&live->connected.text);
    ht_sink_free(&live->section);
    free(live);
}
