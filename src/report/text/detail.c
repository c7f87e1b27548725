/* SPDX-License-Identifier: MIT */
/* Takes an exchange and a phase, writes the phase's facts in one line: addresses, round trip, cipher, sizes.
 */
#include "base/clock.h"
#include "model/model.h"
#include "report/names.h"
#include "report/show.h"
#include "report/text/text.h"

#include <inttypes.h>

typedef void detail(const struct ht_text *t, const struct ht_exchange *x, struct ht_sink *out);

/* What a person calls them; the usual ones need no word. */
static const char *const sources[] = {
    [HT_SOURCE_HOSTS] = "hosts file",
    [HT_SOURCE_CACHE] = "from the cache",
    [HT_SOURCE_OPTION] = "as told by option",
    [HT_SOURCE_DOH] = "DNS over HTTPS",
    [HT_SOURCE_UNTAPPED] = "not seen: libcurl resolved it itself",
};

/* What the resolver said when we asked it ourselves. */
static void query(const struct ht_query *q, struct ht_sink *out)
{
    const char *name = ht_rcode_name(q->rcode);
    ht_show_text(ht_part(out), q->server);
    if (q->rcode < 0)
        ht_sink_puts(out, " did not answer");
    else if (name)
        ht_sink_printf(out, " says %s", name);
    else
        ht_sink_printf(out, " says RCODE %" PRId64, q->rcode);
    if (q->ede_count)
        ht_sink_printf(out, ", extended error %u", q->ede[0]);
    if (q->ede_text.len) {
        ht_sink_puts(out, " (");
        ht_show_text(out, q->ede_text);
        ht_sink_char(out, ')');
    }
}

static void resolve(const struct ht_text *t, const struct ht_exchange *x, struct ht_sink *out)
{
    const struct ht_resolve *r = &x->connection->resolve;
    const char *error = ht_eai_name(r->error);
    (void)t;
    if (r->error)
        ht_sink_printf(ht_part(out), "%s", error ? error : "failed");
    for (const struct ht_query *q = r->queries; q; q = q->next)
        query(q, out);
    if (r->addresses.count)
        ht_show_text(ht_part(out), r->addresses.at[0]);
    if (r->addresses.count > 1)
        ht_sink_printf(out, " and %zu more", r->addresses.count - 1);
    /* RFC 6761 section 6.3; libcurl answers it by itself */
    if (r->source == HT_SOURCE_UNTAPPED && ht_span_ieq_str(r->host, "localhost"))
        ht_sink_puts(ht_part(out), "localhost, no lookup");
    else if ((size_t)r->source < sizeof sources / sizeof *sources && sources[r->source])
        ht_sink_puts(ht_part(out), sources[r->source]);
}

static void attempt(struct ht_sink *out, const struct ht_attempt *a)
{
    ht_show_text(ht_part(out), a->address);
    ht_sink_printf(out, " %s", ht_attempt_outcome_name(a->outcome));
}

static void connect(const struct ht_text *t, const struct ht_exchange *x, struct ht_sink *out)
{
    const struct ht_connection *c = x->connection;
    bool connected = c->connected_us >= 0;
    (void)t;
    if (connected && c->sample_count && c->samples[0].tcp.rtt_us > 0) {
        ht_show_rtt(ht_part(out), c->samples[0].tcp.rtt_us);
    }
    for (const struct ht_attempt *a = c->attempts; a; a = a->next) {
        if (a->outcome != HT_ATTEMPT_CONNECTED)
            attempt(out, a);
    }
    const struct ht_event *line = ht_connection_haproxy(c);
    if (line && !x->reused)
        ht_show_ready(ht_part(out), line->summary);
}

static void proxy(const struct ht_text *t, const struct ht_exchange *x, struct ht_sink *out)
{
    const struct ht_proxy *p = x->connection->proxy;
    if (!p)
        return;
    ht_sink_puts(ht_part(out), ht_proxy_kind_name(p->kind));
    if (p->request.method.len) {
        ht_show_text(ht_part(out), p->request.method);
        ht_sink_char(out, ' ');
        ht_show_url(out, p->request.target, t->options->show_secrets);
    }
    if (p->response.status)
        ht_status_line(ht_part(out), &p->response);
    if (p->socks_reply > 0)
        ht_sink_printf(ht_part(out), "reply %d", p->socks_reply);
}

/* Days between the run's start and the certificate's end. */
static void days_left(const struct ht_text *t, const struct ht_certificate *c, struct ht_sink *out)
{
    int64_t seconds = c->not_after_s - t->transfer->wall_start_us / 1000000;
    int64_t days = seconds / 86400;
    if (seconds < 0)
        ht_sink_printf(out, ", expired %" PRId64 " day%s ago", -days, days == -1 ? "" : "s");
    else
        ht_sink_printf(out, ", %" PRId64 " day%s left", days, days == 1 ? "" : "s");
}

static void certificate(const struct ht_text *t, const struct ht_tls *tls, struct ht_sink *out)
{
    const struct ht_certificate *leaf = tls->certificate_count ? &tls->certificates[0] : NULL;
    if (!leaf || !leaf->parsed)
        return;
    ht_part(out);
    if (leaf->subject_cn.len || leaf->san.count == 0)
        ht_show_text(out, leaf->subject_cn.len ? leaf->subject_cn : ht_span_str("certificate"));
    else
        ht_show_text(out, leaf->san.at[0]);
    days_left(t, leaf, out);
}

static void hello(const struct ht_tls *tls, struct ht_sink *out)
{
    const struct ht_event *first = tls->handshake.first;
    if (first && first->dir == HT_DIR_OUT)
        ht_sink_printf(ht_part(out), "ClientHello %" PRId64 " bytes", first->size);
    ht_sink_puts(ht_part(out), "no ServerHello");
}

static void tls(const struct ht_text *t, const struct ht_exchange *x, struct ht_sink *out)
{
    const struct ht_connection *c = x->connection;
    const struct ht_tls *session = c->tls;
    if (!session)
        return;
    for (const struct ht_tls_alert *a = session->alerts; a && !session->ok; a = a->next)
        ht_sink_printf(ht_part(out), "%s alert %s", a->dir == HT_DIR_IN ? "received" : "sent",
                       a->name ? a->name : "without a name");
    if (session->cipher.len)
        ht_show_text(ht_part(out), session->cipher);
    if (session->group.len)
        ht_show_text(ht_part(out), session->group);
    if (session->alpn.len)
        ht_show_text(ht_part(out), session->alpn);
    if (session->resumed)
        ht_sink_puts(ht_part(out), "resumed");
    certificate(t, session, out);
    if (session->failed && !session->server_hello.present)
        hello(session, out);
}

static void request(const struct ht_text *t, const struct ht_exchange *x, struct ht_sink *out)
{
    const struct ht_request *r = &x->request;
    ht_show_text(ht_part(out), r->method.len ? r->method : x->method);
    if (r->target.len) {
        ht_sink_char(out, ' ');
        ht_show_url(out, r->target, t->options->show_secrets);
    }
    if (r->body_bytes > 0)
        ht_sink_size(ht_part(out), r->body_bytes);
    if (x->stream >= 0)
        ht_sink_printf(ht_part(out), "stream %" PRId64, x->stream);
}

static void wait(const struct ht_text *t, const struct ht_exchange *x, struct ht_sink *out)
{
    (void)t;
    for (const struct ht_informational *i = x->response.informational; i; i = i->next) {
        const char *phrase = ht_status_phrase(i->status);
        ht_sink_printf(ht_part(out), "%d%s%s", i->status, phrase ? " " : "", phrase ? phrase : "");
    }
    if (x->failed && x->phase == HT_PHASE_WAIT)
        ht_sink_puts(ht_part(out), "no answer");
}

static void response(const struct ht_text *t, const struct ht_exchange *x, struct ht_sink *out)
{
    const struct ht_response *r = &x->response;
    const char *framing = ht_framing_name(r->framing);
    (void)t;
    ht_sink_printf(ht_part(out), "%" PRId64, r->body_bytes);
    if (!r->complete && r->content_length > r->body_bytes)
        ht_sink_printf(out, " of %" PRId64, r->content_length);
    ht_sink_puts(out, r->body_bytes == 1 ? " byte" : " bytes");
    if (r->content_encoding.len)
        ht_show_text(ht_part(out), r->content_encoding);
    if (framing && r->framing != HT_FRAMING_NONE)
        ht_sink_puts(ht_part(out), framing);
    if (r->trailers.count)
        ht_sink_printf(ht_part(out), "%zu trailer%s", r->trailers.count, r->trailers.count == 1 ? "" : "s");
    if (!r->complete && r->status)
        ht_sink_puts(ht_part(out), "incomplete");
}

static detail *const details[HT_PHASE_COUNT] = {
    [HT_PHASE_RESOLVE] = resolve,   [HT_PHASE_CONNECT] = connect, [HT_PHASE_PROXY] = proxy,
    [HT_PHASE_TLS] = tls,           [HT_PHASE_REQUEST] = request, [HT_PHASE_WAIT] = wait,
    [HT_PHASE_RESPONSE] = response,
};

void ht_text_detail(const struct ht_text *t, const struct ht_exchange *exchange, enum ht_phase phase,
                    struct ht_sink *out)
{
    if (details[phase] && exchange->connection)
        details[phase](t, exchange, out);
}
