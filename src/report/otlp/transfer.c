/* SPDX-License-Identifier: MIT */
/* Takes a transfer, gives its spans: one for it, one for each request where there are several, one for each
 * phase. */
#include "model/model.h"
#include "report/headline.h"
#include "report/otlp/otlp.h"
#include "report/show.h"

#include <stdlib.h>
#include <string.h>

struct spans {
    const struct ht_json *j;
    json_t *list;
    struct ht_otlp_ids ids; /* of the transfer's own */
    unsigned children;
};

/* A name has few values: the method, or HTTP for one that nobody knows (semantic conventions, "Name"). */
static const char *name_of(struct ht_span method)
{
    static const char *const known[] = {"GET",   "HEAD",  "POST",    "PUT",     "DELETE",
                                        "PATCH", "TRACE", "OPTIONS", "CONNECT", "QUERY"};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (ht_span_eq_str(method, known[i]))
            return known[i];
    return "HTTP";
}

/* What failed, in few words that a query can count: the first error's code, the status, or libcurl's number.
 */
static void add_error_type(const struct ht_json *j, json_t *attributes)
{
    char text[24];
    const struct ht_transfer *t = j->transfer;
    const struct ht_exchange *last = t->last_exchange;
    for (const struct ht_finding *f = last ? last->findings : NULL; f; f = f->next) {
        if (f->severity == HT_SEVERITY_ERROR) {
            ht_otlp_word(attributes, "error.type", f->code);
            return;
        }
    }
    if (t->curl_code)
        snprintf(text, sizeof text, "curl_%d", (int)t->curl_code);
    else
        snprintf(text, sizeof text, "%d", (int)t->http_status);
    ht_otlp_word(attributes, "error.type", text);
}

/* Statuses from 400 on are errors to a client. */
static void judge(const struct ht_json *j, json_t *span)
{
    const struct ht_transfer *t = j->transfer;
    json_t *attributes = json_object_get(span, "attributes");
    ht_otlp_word(attributes, "httptrace.verdict", ht_verdict_status_name(t->verdict.status));
    if (t->verdict.has_phase)
        ht_otlp_word(attributes, "httptrace.locus", ht_locus_name(t->verdict.locus));
    if (t->end_us >= 0 && t->curl_code == 0 && t->http_status < 400)
        return;
    add_error_type(j, attributes);
    ht_otlp_fail(span, ht_json_headline(j));
}

static struct ht_otlp_ids next_child(struct spans *s, const struct ht_otlp_ids *parent)
{
    return ht_otlp_child(parent, ++s->children);
}

static void add_phases(struct spans *s, const struct ht_exchange *x, const struct ht_otlp_ids *parent)
{
    for (int p = 0; p < HT_PHASE_COUNT; p++) {
        const struct ht_phase_span *phase = &x->phases[p];
        bool took_place = phase->outcome == HT_OUTCOME_OK || phase->outcome == HT_OUTCOME_FAILED;
        if (!took_place || phase->start_us < 0 || phase->duration_us < 0 || p == HT_PHASE_QUEUE)
            continue;
        struct ht_otlp_ids ids = next_child(s, parent);
        json_t *span = ht_otlp_span(s->j, &ids, ht_phase_name((enum ht_phase)p), HT_OTLP_INTERNAL,
                                    phase->start_us, phase->start_us + phase->duration_us);
        if (phase->outcome == HT_OUTCOME_FAILED)
            ht_otlp_fail(span, NULL);
        ht_json_append(s->list, span);
    }
}

static void add_events(json_t *span, json_t *events)
{
    if (json_array_size(events))
        ht_json_set(span, "events", events);
    else
        json_decref(events);
}

/* Of several requests each has a span of its own; the first status tells whether that one failed. */
static void add_exchange(struct spans *s, const struct ht_exchange *x, int64_t resends)
{
    struct ht_otlp_ids ids = next_child(s, &s->ids);
    json_t *span = ht_otlp_span(s->j, &ids, name_of(x->method), HT_OTLP_CLIENT, x->start_us, x->end_us);
    json_t *attributes = json_object_get(span, "attributes");
    ht_otlp_request(s->j, attributes, x);
    if (resends)
        ht_otlp_number(attributes, "http.request.resend_count", resends);
    ht_otlp_word(attributes, "httptrace.cause", ht_cause_name(x->cause));
    if (x->failed || x->response.status >= 400)
        ht_otlp_fail(span, NULL);
    add_events(span, ht_otlp_findings(s->j, x));
    ht_json_append(s->list, span);
    add_phases(s, x, &ids);
}

static json_t *transfer_span(struct spans *s, const struct ht_transfer *t)
{
    bool single = t->exchanges && !t->exchanges->next;
    json_t *span =
        ht_otlp_span(s->j, &s->ids, name_of(t->method), HT_OTLP_CLIENT, t->start_us, ht_last_moment(t));
    json_t *attributes = json_object_get(span, "attributes");
    if (t->last_exchange)
        ht_otlp_request(s->j, attributes, t->last_exchange);
    judge(s->j, span);
    if (single && t->retries)
        ht_otlp_number(attributes, "http.request.resend_count", t->retries);
    if (single)
        add_events(span, ht_otlp_findings(s->j, t->exchanges));
    return span;
}

json_t *ht_otlp_spans(const struct ht_json *j)
{
    const struct ht_transfer *t = j->transfer;
    struct spans s = {.j = j, .list = json_array()};
    int64_t resends = t->retries;
    ht_otlp_ids_of(&s.ids, t);
    ht_json_append(s.list, transfer_span(&s, t));
    if (t->exchanges && !t->exchanges->next) {
        add_phases(&s, t->exchanges, &s.ids);
        return s.list;
    }
    for (const struct ht_exchange *x = t->exchanges; x; x = x->next)
        add_exchange(&s, x, resends++);
    return s.list;
}
