/* SPDX-License-Identifier: MIT */
/* Takes a transfer, writes its first line: the answer, or one sentence on where it died. */
#include "base/clock.h"
#include "model/model.h"
#include "report/names.h"
#include "report/show.h"
#include "report/text.h"

#include "decode/tls/tls.h"

static enum ht_style status_style(int status)
{
    return status >= 500 ? HT_STYLE_BAD : status >= 400 ? HT_STYLE_WARN : HT_STYLE_GOOD;
}

/* "TLS 1.3" of "TLSv1.3": what people write. */
static void tls_version(struct ht_sink *out, uint16_t version)
{
    const char *name = ht_tls_version_name(version);
    bool usual = name && strncmp(name, "TLSv", 4) == 0;
    if (usual)
        ht_sink_printf(out, "TLS %s", name + 4);
    else if (name && !ht_tls_is_grease(version))
        ht_sink_puts(out, name);
    else
        ht_sink_printf(out, "TLS 0x%04x", version);
}

static void answer_line(const struct ht_text *t, const struct ht_exchange *x, struct ht_sink *line)
{
    const struct ht_connection *c = x->connection;
    const char *version = ht_http_version_name(x->response.version);
    ht_text_status(line, &x->response);
    if (version)
        ht_sink_printf(ht_text_part(line), "HTTP/%s", version);
    if (c && c->tls && c->tls->version)
        tls_version(ht_text_part(line), c->tls->version);
    if (c && c->remote.len)
        ht_show_text(ht_text_part(line), c->remote);
    ht_sink_size(ht_text_part(line), x->response.body_bytes);
    if (t->transfer->end_us >= 0) {
        ht_sink_puts(line, " in ");
        ht_text_moment(t, line, t->transfer->end_us);
    }
}

static void died_resolve(const struct ht_exchange *x, struct ht_sink *out)
{
    const struct ht_resolve *r = x->connection ? &x->connection->resolve : NULL;
    const char *why = r ? ht_eai_name(r->error) : NULL;
    ht_sink_puts(out, "The name ");
    if (r)
        ht_show_text(out, r->host);
    ht_sink_printf(out, " was not resolved%s%s.", why ? ": " : "", why ? why : "");
}

static void died_connect(const struct ht_exchange *x, struct ht_sink *out)
{
    const struct ht_connection *c = x->connection;
    const struct ht_attempt *last = c ? c->attempts : NULL;
    ht_sink_puts(out, "No connection");
    while (last && last->next)
        last = last->next;
    if (last) {
        ht_sink_puts(out, " to ");
        ht_show_text(out, last->address);
        ht_sink_printf(out, " port %d: %s", (int)last->port, ht_attempt_outcome_name(last->outcome));
    }
    if (c && c->attempt_count > 1)
        ht_sink_printf(out, ", after %zu attempts", c->attempt_count);
    ht_sink_char(out, '.');
}

static void died_proxy(const struct ht_exchange *x, struct ht_sink *out)
{
    const struct ht_proxy *p = x->connection ? x->connection->proxy : NULL;
    ht_sink_puts(out, "The proxy did not let the request through");
    if (p && p->response.status) {
        ht_sink_puts(out, ": it answered ");
        ht_text_status(out, &p->response);
    }
    ht_sink_char(out, '.');
}

static const struct ht_tls *failed_tls(const struct ht_exchange *x)
{
    const struct ht_connection *c = x->connection;
    if (!c)
        return NULL;
    return c->tls ? c->tls : c->proxy_tls;
}

static void died_tls(const struct ht_exchange *x, struct ht_sink *out)
{
    const struct ht_tls *tls = failed_tls(x);
    const struct ht_tls_alert *alert = tls ? tls->alerts : NULL;
    while (alert && alert->next && alert->dir != HT_DIR_IN)
        alert = alert->next;
    ht_sink_puts(out, "The TLS handshake failed");
    if (alert)
        ht_sink_printf(out, ": alert %s %s", alert->name ? alert->name : "of an unknown kind",
                       alert->dir == HT_DIR_IN ? "from the other side" : "sent by this side");
    else if (tls && !tls->server_hello.present)
        ht_sink_puts(out, ": no ServerHello came");
    ht_sink_char(out, '.');
}

static void died_response(const struct ht_exchange *x, struct ht_sink *out)
{
    ht_sink_puts(out, "The answer ");
    ht_text_status(out, &x->response);
    ht_sink_puts(out, " broke off after ");
    ht_sink_size(out, x->response.body_bytes);
    if (x->response.content_length >= 0) {
        ht_sink_puts(out, " of ");
        ht_sink_size(out, x->response.content_length);
    }
    ht_sink_char(out, '.');
}

/* Phases without a function have a sentence that says all there is. */
static const struct {
    const char *sentence;
    void (*tell)(const struct ht_exchange *exchange, struct ht_sink *out);
} deaths[HT_PHASE_COUNT] = {
    [HT_PHASE_QUEUE] = {"The transfer failed before it began.", NULL},
    [HT_PHASE_RESOLVE] = {NULL, died_resolve},
    [HT_PHASE_CONNECT] = {NULL, died_connect},
    [HT_PHASE_PROXY] = {NULL, died_proxy},
    [HT_PHASE_TLS] = {NULL, died_tls},
    [HT_PHASE_REQUEST] = {"The connection was lost while the request was being sent.", NULL},
    [HT_PHASE_WAIT] = {"The request was sent, and no answer came.", NULL},
    [HT_PHASE_RESPONSE] = {NULL, died_response},
};

static void death(const struct ht_text *t, struct ht_sink *out)
{
    const struct ht_exchange *x = ht_text_last_exchange(t);
    if (!x)
        ht_sink_puts(out, deaths[HT_PHASE_QUEUE].sentence);
    else if (ht_text_was_stopped(t))
        ht_sink_printf(out, "Interrupted in the %s phase.", ht_phase_name(x->phase));
    else if (deaths[x->phase].tell)
        deaths[x->phase].tell(x, out);
    else
        ht_sink_puts(out, deaths[x->phase].sentence);
}

static void print(const struct ht_text *t, enum ht_style style, struct ht_sink *line)
{
    ht_paint_wrap(&t->paint, style, ht_sink_text(line), 0, 2);
    ht_sink_reset(line);
}

void ht_text_headline(const struct ht_text *t)
{
    const struct ht_verdict *v = &t->transfer->verdict;
    const struct ht_exchange *x = ht_text_last_exchange(t);
    struct ht_sink line = ht_sink(HT_CAP_TEXT);
    bool said = v->status != HT_VERDICT_OK && v->headline;
    if (said) {
        ht_show_sentence(&line, v->headline, t->options->show_secrets);
        print(t, v->status == HT_VERDICT_SUSPECT ? HT_STYLE_WARN : HT_STYLE_BAD, &line);
    } else if (!ht_text_succeeded(t)) {
        death(t, &line);
        print(t, HT_STYLE_BAD, &line);
    }
    if (x && x->response.status && ht_text_succeeded(t)) {
        answer_line(t, x, &line);
        print(t, status_style(x->response.status), &line);
    } else if (!said && ht_text_succeeded(t)) {
        ht_sink_puts(&line, "The transfer ended without an answer of HTTP.");
        print(t, HT_STYLE_PLAIN, &line);
    }
    ht_sink_free(&line);
}
