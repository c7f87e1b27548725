/* SPDX-License-Identifier: MIT */
/* Takes a transfer that failed, gives one plain sentence made of what was seen: the ways a transfer dies once
 * connected, and what all of them share. */
#include "base/clock.h"
#include "decode/h2/h2.h"
#include "model/model.h"
#include "report/headline_death.h"
#include "report/show.h"

#include <inttypes.h>

#define CURL_TIMED_OUT 28 /* CURLE_OPERATION_TIMEDOUT */

/* ---- what several phases say ---- */

bool ht_death_timed_out(const struct ht_death *d)
{
    return d->transfer->curl_code == CURL_TIMED_OUT;
}

/* Who holds the other end of what failed: a proxy that was asked in place of the origin answers for it. */
const char *ht_death_peer(const struct ht_death *d)
{
    return d->c && d->c->proxy && (!d->c->proxy->tunnel || d->x->phase == HT_PHASE_PROXY) ? "the proxy"
                                                                                          : "the server";
}

void ht_death_because(const struct ht_death *d)
{
    struct ht_sink words = ht_sink(HT_CAP_TEXT);
    ht_show_curl_text(&words, d->transfer->error, d->secrets);
    if (words.len) {
        ht_sink_puts(d->out, ": ");
        ht_show_library_text(d->out, ht_span(words.text, words.len));
    }
    ht_sink_char(d->out, '.');
    ht_sink_free(&words);
}

/* Since the last byte either way. */
void ht_death_silence(const struct ht_death *d)
{
    int64_t last_us = d->c->last_in_us > d->c->last_out_us ? d->c->last_in_us : d->c->last_out_us;
    if (d->x->request.last_us > last_us)
        last_us = d->x->request.last_us;
    ht_sink_duration(d->out, d->transfer->end_us - (last_us >= 0 ? last_us : d->x->start_us));
}

static void size(const struct ht_death *d, int64_t bytes)
{
    ht_sink_size(d->out, bytes);
}

/* How the connection or its stream ended; false where neither did, or this side did it. */
bool ht_death_ended(const struct ht_death *d, const char *instead)
{
    const struct ht_h2 *h2 = d->c ? d->c->h2 : NULL;
    const struct ht_h2_goaway *goaway = h2 ? &h2->goaway[HT_DIR_IN] : NULL;
    if (d->x->reset_code >= 0 && d->x->reset_dir == HT_DIR_IN) {
        const char *name = ht_h2_error_name((uint32_t)d->x->reset_code);
        ht_sink_printf(d->out, "%s reset the stream%s: %s", ht_death_peer(d), instead,
                       name ? name : "an error without a name");
    } else if (goaway && goaway->seen && (goaway->code != 0 || d->x->phase == HT_PHASE_WAIT)) {
        const char *name = ht_h2_error_name(goaway->code);
        ht_sink_printf(d->out, "%s said GOAWAY%s: %s", ht_death_peer(d), instead,
                       name ? name : "an error without a name");
    } else if (d->c && d->c->end == HT_TCP_RST) {
        ht_sink_printf(d->out, "%s reset the connection%s", ht_death_peer(d), instead);
    } else if (d->c && d->c->end == HT_TCP_FIN) {
        ht_sink_printf(d->out, "%s closed the connection%s", ht_death_peer(d), instead);
    } else {
        return false;
    }
    return true;
}

/* The first illegal byte from the other side, in the grammar's own words. */
static const char *broken(const struct ht_death *d)
{
    const struct ht_event_list *lists[] = {&d->x->events, d->c ? &d->c->events : NULL};
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        for (const struct ht_event *e = lists[i] ? lists[i]->first : NULL; e; e = e->next) {
            bool http = e->layer == HT_LAYER_HTTP1 || e->layer == HT_LAYER_HTTP2;
            if (e->malformed && e->dir == HT_DIR_IN && http && e->t_us >= d->x->start_us && e->malformed_why)
                return e->malformed_why;
        }
    }
    return NULL;
}

/* ---- request, wait, response ---- */

static bool held_back(const struct ht_death *d)
{
    for (const struct ht_h2_stall *s = d->c && d->c->h2 ? d->c->h2->stalls : NULL; s; s = s->next) {
        if (s->dir == HT_DIR_OUT && s->end_us < 0)
            return true;
    }
    return false;
}

static void died_request(const struct ht_death *d)
{
    ht_sink_puts(d->out, "The request was not sent whole: ");
    if (d->x->request.body_bytes > 0) {
        size(d, d->x->request.body_bytes);
        ht_sink_puts(d->out, " of its body went out, then ");
    }
    if (ht_death_timed_out(d) && d->c) {
        ht_sink_puts(d->out, held_back(d) ? "HTTP/2 flow control held it back for " : "nothing moved for ");
        ht_death_silence(d);
        ht_sink_char(d->out, '.');
    } else if (ht_death_ended(d, "")) {
        ht_sink_char(d->out, '.');
    } else {
        ht_sink_puts(d->out, "the transfer ended");
        ht_death_because(d);
    }
}

/* An alert after the handshake: how TLS 1.3 refuses a client certificate, for one. */
static const struct ht_tls_alert *late_alert(const struct ht_death *d)
{
    const struct ht_tls_alert *a = d->c && d->c->tls ? ht_death_alert_of(d->c->tls) : NULL;
    return a && a->dir == HT_DIR_IN ? a : NULL;
}

/* Nothing is known to be on its way still. */
static bool was_taken(const struct ht_connection *c)
{
    const struct ht_tcp_sample *last = c->sample_count ? &c->samples[c->sample_count - 1].tcp : NULL;
    return last && last->unacked == 0 && last->notsent_bytes <= 0;
}

static void no_word(const struct ht_death *d)
{
    bool some = d->x->request.last_us >= 0 && d->c->last_in_us > d->x->request.last_us;
    if (was_taken(d->c))
        ht_sink_printf(d->out, "%s took the request and sent nothing %sfor ", ht_death_peer(d),
                       some ? "more " : "");
    else
        ht_sink_puts(d->out, "the request was sent, and nothing came back for ");
    ht_death_silence(d);
}

static void died_wait(const struct ht_death *d)
{
    const struct ht_h2_goaway *ours = d->c && d->c->h2 ? &d->c->h2->goaway[HT_DIR_OUT] : NULL;
    const char *name = ours && ours->seen && ours->code ? ht_h2_error_name(ours->code) : NULL;
    const char *why = broken(d);
    ht_sink_puts(d->out, "No answer: ");
    if (late_alert(d)) {
        ht_death_alert(d, late_alert(d));
    } else if (why) {
        ht_sink_printf(d->out, "%s broke HTTP: ", ht_death_peer(d));
        ht_show_ready(d->out, why);
    } else if (name) {
        ht_sink_printf(d->out, "this side gave up on what %s sent: GOAWAY %s", ht_death_peer(d), name);
    } else if (ht_death_timed_out(d) && d->c) {
        no_word(d);
    } else if (!ht_death_ended(d, " after the request")) {
        ht_sink_puts(d->out, "the transfer ended");
        ht_death_because(d);
        return;
    }
    ht_sink_char(d->out, '.');
}

static void broke_off(const struct ht_death *d)
{
    const struct ht_response *r = &d->x->response;
    bool small = r->content_length > r->body_bytes && r->content_length < 1024;
    ht_sink_puts(d->out, "broke off after ");
    if (small)
        ht_sink_printf(d->out, "%" PRId64, r->body_bytes);
    else
        size(d, r->body_bytes);
    if (r->content_length > r->body_bytes) {
        ht_sink_puts(d->out, " of ");
        size(d, r->content_length);
    }
    if (!ht_death_timed_out(d) || !d->c) {
        struct ht_sink end = ht_sink(HT_CAP_TEXT);
        struct ht_death aside = *d;
        aside.out = &end;
        if (ht_death_ended(&aside, ""))
            ht_sink_printf(d->out, ": %s.", ht_sink_text(&end));
        else
            ht_death_because(d);
        ht_sink_free(&end);
        return;
    }
    ht_sink_puts(d->out, ": nothing came for ");
    ht_death_silence(d);
    ht_sink_char(d->out, '.');
}

static void died_response(const struct ht_death *d)
{
    const struct ht_response *r = &d->x->response;
    const char *why = broken(d);
    ht_sink_puts(d->out, "The answer ");
    if (r->status) {
        ht_status_line(d->out, r);
        ht_sink_char(d->out, ' ');
    }
    if (why) {
        ht_sink_puts(d->out, "breaks HTTP: ");
        ht_show_ready(d->out, why);
        ht_sink_char(d->out, '.');
    } else if (r->complete) {
        ht_sink_puts(d->out, "came whole, and the transfer failed");
        ht_death_because(d);
    } else {
        broke_off(d);
    }
}

static void died_queue(const struct ht_death *d)
{
    ht_sink_puts(d->out, "The transfer failed before it began");
    ht_death_because(d);
}

static void (*const deaths[HT_PHASE_COUNT])(const struct ht_death *d) = {
    [HT_PHASE_QUEUE] = died_queue,        [HT_PHASE_RESOLVE] = ht_died_resolve,
    [HT_PHASE_CONNECT] = ht_died_connect, [HT_PHASE_PROXY] = ht_died_proxy,
    [HT_PHASE_TLS] = ht_died_tls,         [HT_PHASE_REQUEST] = died_request,
    [HT_PHASE_WAIT] = died_wait,          [HT_PHASE_RESPONSE] = died_response,
};

void ht_headline_failure(struct ht_sink *out, const struct ht_transfer *transfer, bool secrets)
{
    const struct ht_exchange *x = ht_last_exchange(transfer);
    struct ht_death d = {transfer, x, x ? x->connection : NULL, secrets, out};
    if (x && ht_was_stopped(transfer))
        ht_sink_printf(out, "Interrupted in the %s phase.", ht_phase_name(x->phase));
    else
        deaths[x ? x->phase : HT_PHASE_QUEUE](&d);
}
