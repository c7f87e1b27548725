/* SPDX-License-Identifier: MIT */
/* Takes a transfer that failed or was answered with an error, writes what is known of that moment. */
#include "base/clock.h"
#include "decode/h2/h2.h"
#include "model/model.h"
#include "report/show.h"
#include "report/text/text.h"

#include <inttypes.h>

#define NAME_COLUMNS 17u
#define BODY_LINES   3

/* What may not be cut. */
static void whole_line(const struct ht_text *t, const char *name, const char *value)
{
    if (t->fact) {
        t->fact(t->fact_ctx, name, value);
        return;
    }
    ht_sink_printf(t->paint.out, "  %-15s", name);
    ht_paint_wrap(&t->paint, HT_STYLE_PLAIN, value, NAME_COLUMNS, NAME_COLUMNS);
}

static void line(const struct ht_text *t, const char *name, enum ht_style style, const char *value)
{
    if (t->fact) {
        t->fact(t->fact_ctx, name, value);
        return;
    }
    size_t used = strlen(name) + 3 > NAME_COLUMNS ? strlen(name) + 3 : NAME_COLUMNS;
    ht_sink_printf(t->paint.out, "  %-*s", (int)used - 2, name);
    ht_paint_fit(&t->paint, style, value, t->paint.width > used ? t->paint.width - used : 1);
    ht_paint_newline(&t->paint);
}

/* ---- a failure ---- */

/* Runs of records tell less than the messages within. */
static bool is_protocol(const struct ht_event *e)
{
    static const char *const runs[] = {"application_data", "records"};
    bool protocol = e->layer == HT_LAYER_SOCKS || e->layer == HT_LAYER_TLS || e->layer == HT_LAYER_HTTP1 ||
                    e->layer == HT_LAYER_HTTP2 || strcmp(e->kind, "opaque") == 0;
    for (size_t i = 0; i < sizeof runs / sizeof *runs; i++)
        protocol = protocol && strcmp(e->kind, runs[i]) != 0;
    return protocol;
}

static bool is_spoken(const struct ht_event *e, const struct ht_exchange *x, enum ht_dir dir)
{
    bool ours = e->exchange == x->id || (x->connection && e->connection == x->connection->id);
    return ours && e->dir == dir && is_protocol(e);
}

static const struct ht_event *last_event(const struct ht_text *t, const struct ht_exchange *x,
                                         enum ht_dir dir)
{
    for (size_t i = t->event_count; i > 0; i--) {
        if (is_spoken(t->events[i - 1], x, dir))
            return t->events[i - 1];
    }
    return NULL;
}

static void last_each_way(const struct ht_text *t, const struct ht_exchange *x, enum ht_dir dir)
{
    const struct ht_event *e = last_event(t, x, dir);
    const struct ht_connection *c = x->connection;
    int64_t byte_us = !c ? -1 : dir == HT_DIR_OUT ? c->last_out_us : c->last_in_us;
    struct ht_sink text = ht_sink(HT_CAP_TEXT), at = ht_sink(0);
    if (e || byte_us >= 0) {
        ht_sink_puts(&at, "at ");
        ht_text_moment(t, &at, e ? e->t_last_us > e->t_us ? e->t_last_us : e->t_us : byte_us);
        ht_sink_puts(ht_part(&text), ht_sink_text(&at));
    }
    ht_part(&text);
    if (e)
        ht_show_summary(&text, e, t->options->show_secrets);
    else
        ht_sink_puts(&text, byte_us >= 0 ? "bytes that were not decoded" : "nothing");
    whole_line(t, dir == HT_DIR_OUT ? "last sent" : "last received", ht_sink_text(&text));
    ht_sink_free(&text);
    ht_sink_free(&at);
}

static void attempts(const struct ht_text *t, const struct ht_connection *c)
{
    for (const struct ht_attempt *a = c->attempts; a; a = a->next) {
        struct ht_sink text = ht_sink(HT_CAP_TEXT);
        ht_show_text(&text, a->address);
        if (a->port > 0)
            ht_sink_printf(&text, " port %" PRId64, a->port);
        ht_sink_printf(&text, " %s", ht_attempt_outcome_name(a->outcome));
        if (a->end_us >= 0) {
            ht_sink_puts(&text, " after ");
            ht_sink_duration(&text, a->end_us - a->start_us);
        }
        if (a->icmp.seen) {
            ht_sink_printf(&text, ", ICMP %" PRId64 "/%" PRId64 " from ", a->icmp.type, a->icmp.code);
            ht_show_text(&text, a->icmp.offender);
        }
        whole_line(t, "attempt", ht_sink_text(&text));
        ht_sink_free(&text);
    }
}

static void session_error(const struct ht_text *t, const struct ht_tls *tls)
{
    if (!tls || !tls->failed || (!tls->error_text.len && !tls->verify_text.len))
        return;
    struct ht_sink text = ht_sink(HT_CAP_TEXT);
    if (tls->error_text.len)
        ht_show_library_text(ht_part(&text), tls->error_text);
    if (tls->verify_result > 0 && tls->verify_text.len)
        ht_show_text(ht_part(&text), tls->verify_text);
    whole_line(t, "tls", ht_sink_text(&text));
    ht_sink_free(&text);
}

static const char *by_whom(enum ht_dir dir)
{
    return dir == HT_DIR_IN ? "by the other side" : "by this side";
}

static void stream_reset(const struct ht_text *t, const struct ht_exchange *x)
{
    char text[96];
    const char *name = x->reset_code < 0 ? NULL : ht_h2_error_name((uint32_t)x->reset_code);
    if (x->reset_code < 0)
        return;
    snprintf(text, sizeof text, "stream %" PRId64 " reset %s: %s", x->stream, by_whom(x->reset_dir),
             name ? name : "an error without a name");
    whole_line(t, "http/2", text);
}

/* Only an end that is not this side's own doing is worth a line. */
static void connection_end(const struct ht_text *t, const struct ht_connection *c)
{
    static const char *const ends[] = {[HT_TCP_FIN] = "closed by the other side",
                                       [HT_TCP_RST] = "reset by the other side",
                                       [HT_TCP_TIMEOUT] = "timed out"};
    if ((size_t)c->end < sizeof ends / sizeof *ends && ends[c->end])
        whole_line(t, "connection", ends[c->end]);
}

void ht_text_failure(const struct ht_text *t)
{
    const struct ht_exchange *x = ht_last_exchange(t->transfer);
    if (!x || ht_text_succeeded(t))
        return;
    ht_paint_newline(&t->paint);
    line(t, ht_was_stopped(t->transfer) ? "stopped in" : "failed in", HT_STYLE_BAD, ht_phase_name(x->phase));
    if (x->connection && x->phase == HT_PHASE_CONNECT)
        attempts(t, x->connection);
    if (x->phase >= HT_PHASE_PROXY || (x->connection && x->connection->connected_us >= 0)) {
        last_each_way(t, x, HT_DIR_OUT);
        last_each_way(t, x, HT_DIR_IN);
    }
    stream_reset(t, x);
    if (x->connection) {
        connection_end(t, x->connection);
        session_error(t, x->connection->proxy_tls);
        session_error(t, x->connection->tls);
    }
}

/* ---- an answer with an error status ---- */

static void told_by(const struct ht_text *t, const struct ht_headers *headers)
{
    static const char *const names[] = {
        "server", "via", "content-type", "location", "retry-after", "www-authenticate", "proxy-authenticate"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const struct ht_span *value = ht_headers_get(headers, names[i]);
        if (!value)
            continue;
        struct ht_sink text = ht_sink(HT_CAP_TEXT);
        ht_show_header(&text, ht_span_str(names[i]), *value, t->options->show_secrets);
        line(t, names[i], HT_STYLE_PLAIN, ht_sink_text(&text));
        ht_sink_free(&text);
    }
}

static bool is_text(const struct ht_response *r)
{
    const struct ht_span *type = ht_headers_get(&r->headers, "content-type");
    static const char *const texts[] = {"text/", "application/json", "application/problem+json",
                                        "application/xml"};
    for (size_t i = 0; type && !r->content_encoding.len && i < sizeof texts / sizeof *texts; i++) {
        if (ht_span_ieq_str(ht_span_head(*type, strlen(texts[i])), texts[i]))
            return true;
    }
    return false;
}

/* The first lines of a body that a person can read. */
static void says(const struct ht_text *t, const struct ht_response *r)
{
    struct ht_span left = r->body_head;
    for (int shown = 0; is_text(r) && left.len && shown < BODY_LINES;) {
        struct ht_span one = ht_span_head(left, ht_span_find_byte(left, '\n', 0));
        left = ht_span_from(left, one.len + 1);
        while (one.len && (one.data[one.len - 1] == '\r' || one.data[one.len - 1] == ' '))
            one.len--;
        while (one.len && (one.data[0] == ' ' || one.data[0] == '\t'))
            one = ht_span_from(one, 1);
        if (!one.len)
            continue;
        struct ht_sink text = ht_sink(HT_CAP_TEXT);
        ht_show_text(&text, one);
        line(t, shown ? "" : "it says", HT_STYLE_DIM, ht_sink_text(&text));
        ht_sink_free(&text);
        shown++;
    }
}

void ht_text_answer(const struct ht_text *t)
{
    const struct ht_exchange *x = ht_last_exchange(t->transfer);
    if (!x || x->response.status < 400)
        return;
    struct ht_sink text = ht_sink(HT_CAP_TEXT);
    ht_status_line(&text, &x->response);
    ht_paint_newline(&t->paint);
    line(t, "error answer", x->response.status >= 500 ? HT_STYLE_BAD : HT_STYLE_WARN, ht_sink_text(&text));
    told_by(t, &x->response.headers);
    says(t, &x->response);
    ht_sink_free(&text);
}
