/* SPDX-License-Identifier: MIT */
/* Takes a transfer, writes what is long in Markdown, folded away: headers, certificates, messages, frames. */
#include "report/markdown/markdown.h"

#include "base/clock.h"
#include "decode/tls/tls.h"
#include "model/model.h"
#include "report/headline.h"
#include "report/show.h"

#include <inttypes.h>

#define LINES_MOST 400u          /* of one part */
#define PART_MOST  (12u * 1024u) /* bytes of one part: some parts of a transfer fit into a comment */

/* Lines of one part, as many as it may have. */
struct part {
    struct ht_sink lines;
    size_t count, left_out;
};

static struct part part(void)
{
    return (struct part){.lines = ht_sink(0)};
}

/* Takes the line over. */
static void add(struct part *p, struct ht_sink *line)
{
    if (p->count >= LINES_MOST || p->lines.len + line->len > PART_MOST) {
        p->left_out++;
    } else {
        p->count++;
        ht_sink_bytes(&p->lines, ht_span(ht_sink_text(line), line->len));
        ht_sink_puts(&p->lines, line->cut ? "\u2026\n" : "\n");
    }
    ht_sink_free(line);
}

static struct ht_sink new_line(void)
{
    return ht_sink(HT_CAP_TEXT);
}

static void add_text(struct part *p, const char *label, struct ht_span text)
{
    struct ht_sink line = new_line();
    ht_sink_puts(&line, label);
    ht_show_text(&line, text);
    add(p, &line);
}

/* `summary` is ours: nothing of the wire is in it. */
static void fold(struct ht_sink *out, struct part *p, const char *summary, const char *language)
{
    if (p->count) {
        if (p->left_out)
            ht_sink_printf(&p->lines, "\u2026 and %zu more lines\n", p->left_out);
        ht_sink_printf(out, "<details><summary>%s</summary>\n\n", summary);
        ht_markdown_block(out, language, ht_sink_text(&p->lines));
        ht_sink_puts(out, "\n</details>\n\n");
    }
    ht_sink_free(&p->lines);
}

/* ---- headers ---- */

static void add_fields(const struct ht_text *t, struct part *p, const struct ht_headers *headers)
{
    for (size_t i = 0; i < headers->count; i++) {
        struct ht_sink line = new_line();
        ht_show_text(&line, headers->at[i].name);
        ht_sink_puts(&line, ": ");
        ht_show_header(&line, headers->at[i].name, headers->at[i].value, t->options->show_secrets);
        add(p, &line);
    }
}

static void add_request(const struct ht_text *t, struct part *p, const struct ht_request *r)
{
    const char *version = ht_http_version_name(r->version);
    struct ht_sink line = new_line();
    ht_show_text(&line, r->method);
    ht_sink_char(&line, ' ');
    ht_show_url(&line, r->target, t->options->show_secrets);
    ht_sink_printf(&line, version ? " HTTP/%s" : "", version);
    add(p, &line);
    add_fields(t, p, &r->headers);
    add_fields(t, p, &r->trailers);
}

static void add_status(struct part *p, enum ht_http_version version, int status, struct ht_span reason)
{
    const char *name = ht_http_version_name(version);
    struct ht_sink line = new_line();
    struct ht_response response = {.status = status, .reason = reason};
    add_text(p, "", ht_span_str(""));
    ht_sink_printf(&line, name ? "HTTP/%s " : "HTTP ", name);
    ht_status_line(&line, &response);
    add(p, &line);
}

void ht_markdown_headers(const struct ht_text *t, const struct ht_exchange *exchange, struct ht_sink *out)
{
    const struct ht_response *r = &exchange->response;
    struct part p = part();
    char summary[96];
    if (exchange->request.method.len)
        add_request(t, &p, &exchange->request);
    for (const struct ht_informational *i = r->informational; i; i = i->next) {
        add_status(&p, r->version, i->status, ht_span_str(""));
        add_fields(t, &p, &i->headers);
    }
    if (r->status) {
        add_status(&p, r->version, r->status, r->reason);
        add_fields(t, &p, &r->headers);
        add_fields(t, &p, &r->trailers);
    }
    bool first = exchange->cause == HT_CAUSE_INITIAL;
    snprintf(summary, sizeof summary, "Headers%s%s: %zu sent, %zu received", first ? "" : ", ",
             first ? "" : ht_cause_name(exchange->cause), exchange->request.headers.count, r->headers.count);
    fold(out, &p, summary, "http");
}

/* ---- connections ---- */

static void add_attempt(struct part *p, const struct ht_attempt *a)
{
    struct ht_sink line = new_line();
    ht_sink_puts(&line, "attempt      ");
    ht_show_text(&line, a->address);
    if (a->port > 0)
        ht_sink_printf(&line, " port %" PRId64, a->port);
    ht_sink_printf(&line, " %s", ht_attempt_outcome_name(a->outcome));
    if (a->end_us >= 0) {
        ht_sink_puts(&line, " after ");
        ht_sink_duration(&line, a->end_us - a->start_us);
    }
    add(p, &line);
}

static void add_date(struct ht_sink *line, int64_t unix_s)
{
    struct ht_sink date = ht_sink(0);
    ht_sink_rfc3339(&date, unix_s * 1000000, false);
    ht_sink_puts(line, ht_sink_text(&date));
    ht_sink_free(&date);
}

static void add_names(struct part *p, const struct ht_certificate *c)
{
    if (c->san.count == 0)
        return;
    struct ht_sink names = new_line();
    ht_sink_puts(&names, "  names     ");
    for (size_t i = 0; i < c->san.count; i++) {
        ht_sink_char(&names, ' ');
        ht_show_text(&names, c->san.at[i]);
    }
    add(p, &names);
}

static void add_certificate(struct part *p, const struct ht_certificate *c, size_t number)
{
    struct ht_sink line = new_line(), dates = new_line(), key = new_line();
    ht_sink_printf(&line, "certificate %zu: ", number);
    ht_show_text(&line, c->parsed ? c->subject : ht_span_str("not readable"));
    add(p, &line);
    add_text(p, "  issuer     ", c->issuer);
    ht_sink_puts(&dates, "  valid      ");
    add_date(&dates, c->not_before_s);
    ht_sink_puts(&dates, " to ");
    add_date(&dates, c->not_after_s);
    add(p, &dates);
    add_names(p, c);
    ht_sink_printf(&key, "  key        %s, signed with %s", c->key ? c->key : "unknown",
                   c->signature ? c->signature : "unknown");
    add(p, &key);
    add_text(p, "  sha256     ", ht_span_str(c->sha256));
}

static void add_alpn(struct part *p, const struct ht_tls *tls)
{
    struct ht_sink line = new_line();
    ht_sink_puts(&line, "ALPN         offered");
    for (size_t i = 0; i < tls->client_hello.alpn.count; i++) {
        ht_sink_char(&line, ' ');
        ht_show_text(&line, tls->client_hello.alpn.at[i]);
    }
    ht_sink_puts(&line, tls->alpn.len ? ", selected " : ", none selected");
    ht_show_text(&line, tls->alpn);
    add(p, &line);
}

static void add_session(struct part *p, const char *label, const struct ht_tls *tls)
{
    struct ht_sink line = new_line();
    const char *version = tls->version ? ht_tls_version_name(tls->version) : NULL;
    ht_sink_puts(&line, label);
    ht_sink_puts(&line, version ? version : tls->version ? "a version without a name" : "no version agreed");
    ht_show_text(tls->cipher.len ? ht_part(&line) : &line, tls->cipher);
    ht_show_text(tls->group.len ? ht_part(&line) : &line, tls->group);
    ht_sink_puts(&line, tls->resumed ? " \u00b7 resumed" : "");
    add(p, &line);
    add_text(p, "server name  ",
             tls->client_hello.server_name.len ? tls->client_hello.server_name : ht_span_str("not sent"));
    add_alpn(p, tls);
    if (tls->ja4[0])
        add_text(p, "JA4          ", ht_span_str(tls->ja4));
    if (tls->verify_result > 0)
        add_text(p, "verification ", tls->verify_text);
    for (size_t i = 0; i < tls->certificate_count; i++)
        add_certificate(p, &tls->certificates[i], i);
}

void ht_markdown_connection(const struct ht_text *t, const struct ht_connection *connection,
                            struct ht_sink *out)
{
    struct part p = part();
    char summary[96];
    size_t certificates = connection->tls ? connection->tls->certificate_count : 0;
    (void)t;
    for (const struct ht_attempt *a = connection->attempts; a; a = a->next)
        add_attempt(&p, a);
    if (connection->local.len)
        add_text(&p, "local        ", connection->local);
    if (connection->remote.len)
        add_text(&p, "remote       ", connection->remote);
    if (connection->proxy_tls)
        add_session(&p, "proxy TLS    ", connection->proxy_tls);
    if (connection->tls)
        add_session(&p, "TLS          ", connection->tls);
    snprintf(summary, sizeof summary, "Connection %d%s", connection->id,
             certificates ? " and certificates" : "");
    fold(out, &p, summary, "text");
}

/* ---- messages and frames ---- */

static bool is_run(const struct ht_event *e)
{
    return strcmp(e->kind, "application_data") == 0 || strcmp(e->kind, "records") == 0;
}

void ht_markdown_events(const struct ht_text *t, enum ht_layer layer, struct ht_sink *out)
{
    struct part p = part();
    char summary[96];
    for (size_t i = 0; i < t->event_count; i++) {
        const struct ht_event *e = t->events[i];
        if (e->layer != layer || is_run(e))
            continue;
        struct ht_sink line = new_line(), at = ht_sink(0);
        ht_sink_ms(&at, e->t_us - t->transfer->start_us);
        ht_sink_printf(&line, "%10s ms %s ", ht_sink_text(&at),
                       e->dir == HT_DIR_OUT  ? ">"
                       : e->dir == HT_DIR_IN ? "<"
                                             : "*");
        ht_show_summary(&line, e, t->options->show_secrets);
        add(&p, &line);
        ht_sink_free(&at);
    }
    snprintf(summary, sizeof summary, "%s: %zu", layer == HT_LAYER_TLS ? "TLS messages" : "HTTP/2 frames",
             p.count + p.left_out);
    fold(out, &p, summary, "text");
}
