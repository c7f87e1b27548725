/* SPDX-License-Identifier: MIT */
/* Takes a finding or a check that did not hold, gives a result (SARIF 2.1.0 section 3.27). */
#include "model/model.h"
#include "report/headline.h"
#include "report/sarif/sarif.h"
#include "report/show.h"

#include <string.h>

/* ---- what both kinds have ---- */

static void put_url(const struct ht_json *j, struct ht_sink *text)
{
    ht_show_text(text, j->transfer->method);
    ht_sink_char(text, ' ');
    ht_show_url(text, j->transfer->url, j->options->show_secrets);
}

/* Ends the sentence before it. */
static void end_sentence(struct ht_sink *text)
{
    if (text->len && !strchr(".!?", text->text[text->len - 1]))
        ht_sink_char(text, '.');
}

static json_t *locations(const struct ht_json *j)
{
    json_t *list = json_array(), *location = json_object(), *names = json_array(), *name = json_object();
    ht_json_set(name, "fullyQualifiedName", ht_json_url(j, j->transfer->url));
    ht_json_set(name, "kind", json_string("resource"));
    ht_json_append(names, name);
    ht_json_set(location, "physicalLocation", ht_sarif_place(j->transfer->url));
    ht_json_set(location, "logicalLocations", names);
    ht_json_append(list, location);
    return list;
}

static json_t *result(const struct ht_json *j, const char *rule, enum ht_severity severity)
{
    json_t *out = json_object();
    int64_t index = ht_sarif_rule_index(j->options, rule);
    ht_json_set(out, "ruleId", json_string(rule));
    if (index >= 0)
        ht_json_set(out, "ruleIndex", json_integer(index));
    ht_json_set(out, "kind", json_string(severity == HT_SEVERITY_INFO ? "informational" : "fail"));
    ht_json_set(out, "level", json_string(ht_sarif_level(severity)));
    return out;
}

/* ---- a finding ---- */

/* What is tried again is not judged yet: only the last attempt counts (--retry). */
static bool counts(const struct ht_json *j)
{
    return j->transfer->retry_in_us == 0;
}

/* "Title. Fact; fact. GET https://example.com/: phase tls, locus path, high confidence." */
static json_t *message(const struct ht_json *j, const struct ht_finding *f)
{
    struct ht_sink text = ht_sink(0);
    ht_show_sentence(&text, f->title, j->options->show_secrets);
    end_sentence(&text);
    for (const struct ht_evidence *e = f->evidence; e; e = e->next) {
        ht_sink_puts(&text, e == f->evidence ? " " : "; ");
        ht_show_sentence(&text, e->fact, j->options->show_secrets);
    }
    end_sentence(&text);
    ht_sink_char(&text, ' ');
    put_url(j, &text);
    ht_sink_printf(&text, ": phase %s, locus %s, %s confidence.", ht_phase_name(f->phase),
                   ht_locus_name(f->locus), ht_confidence_name(f->confidence));
    ht_headline_retry(&text, j->transfer, " Tried again in ");
    end_sentence(&text);
    json_t *out = ht_sarif_message(&text);
    ht_sink_free(&text);
    return out;
}

static json_t *step(const struct ht_sarif *s, struct ht_span url, const struct ht_evidence *e)
{
    const struct ht_json *j = &s->json;
    json_t *out = json_object(), *location = json_object();
    struct ht_sink fact = ht_sink(0);
    int64_t t_us = ht_timeline_moment(s->events, s->event_count, e->event);
    ht_show_sentence(&fact, e->fact, j->options->show_secrets);
    ht_json_set(location, "physicalLocation", ht_sarif_place(url));
    ht_json_set(location, "message", ht_sarif_message(&fact));
    ht_json_set(out, "location", location);
    if (t_us >= 0)
        ht_json_set(out, "executionTimeUtc",
                    ht_json_wall_time(j->transfer->wall_start_us + t_us - j->base_us));
    ht_sink_free(&fact);
    return out;
}

/* The evidence as a way through the session, each fact with the number and the time of its event. */
static json_t *code_flows(const struct ht_sarif *s, const struct ht_exchange *x, const struct ht_finding *f,
                          const json_t *evidence)
{
    json_t *flows = json_array(), *flow = json_object(), *threads = json_array(), *thread = json_object();
    json_t *steps = json_array();
    size_t i = 0;
    for (const struct ht_evidence *e = f->evidence; e; e = e->next) {
        json_t *one = step(s, x->transfer->url, e), *properties = json_object();
        json_object_set(properties, "event", json_object_get(json_array_get(evidence, i++), "event"));
        ht_json_set(one, "properties", properties);
        ht_json_append(steps, one);
    }
    ht_json_set(thread, "locations", steps);
    ht_json_append(threads, thread);
    ht_json_set(flow, "threadFlows", threads);
    ht_json_append(flows, flow);
    return flows;
}

static void set_version(json_t *out, enum ht_http_version version)
{
    const char *name = ht_http_version_name(version);
    ht_json_set(out, "protocol", json_string("HTTP"));
    if (name)
        ht_json_set(out, "version", json_string(name));
}

static void set_messages(const struct ht_json *j, json_t *out, const struct ht_exchange *x)
{
    json_t *request = json_object(), *response = json_object();
    set_version(request, x->request.version);
    ht_json_set(request, "target", ht_json_url(j, x->url));
    ht_json_set(request, "method", ht_json_text(x->request.method));
    if (x->response.status) {
        set_version(response, x->response.version);
        ht_json_set(response, "statusCode", json_integer(x->response.status));
        if (x->response.reason.len)
            ht_json_set(response, "reasonPhrase", ht_json_text(x->response.reason));
    } else {
        ht_json_set(response, "noResponseReceived", json_true());
    }
    ht_json_set(out, "webRequest", request);
    ht_json_set(out, "webResponse", response);
}

/* What the JSON report says of it and SARIF has no place for. */
static json_t *properties(const struct ht_json *j, const struct ht_finding *f, const json_t *said)
{
    static const char *const names[] = {"severity",          "phase",      "locus",      "confidence",
                                        "also_explained_by", "next_steps", "connection", "exchange"};
    json_t *out = json_object();
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        json_object_set(out, names[i], json_object_get(said, names[i]));
    if (j->options->gated)
        ht_json_set(out, "fails_run", json_boolean(counts(j) && f->severity >= j->options->fail_on));
    return out;
}

/* Which of the transfer's findings with that code it is, from 1 on. */
static unsigned number_of(const struct ht_transfer *transfer, const struct ht_finding *f)
{
    unsigned number = 1;
    for (const struct ht_exchange *x = transfer->exchanges; x; x = x->next) {
        for (const struct ht_finding *at = x->findings; at; at = at->next) {
            if (at == f)
                return number;
            number += strcmp(at->code, f->code) == 0;
        }
    }
    return number;
}

json_t *ht_sarif_finding(const struct ht_sarif *s, const struct ht_exchange *x, const struct ht_finding *f)
{
    const struct ht_json *j = &s->json;
    bool grave = f->severity > HT_SEVERITY_NOTICE;
    json_t *out = result(j, f->code, grave && !counts(j) ? HT_SEVERITY_NOTICE : f->severity);
    json_t *said = ht_json_finding(j, f);
    ht_json_set(out, "message", message(j, f));
    ht_json_set(out, "locations", locations(j));
    if (f->evidence)
        ht_json_set(out, "codeFlows", code_flows(s, x, f, json_object_get(said, "evidence")));
    ht_json_set(out, "partialFingerprints",
                ht_sarif_fingerprints(j->transfer, f->code, counts(j) ? "" : "tried again",
                                      number_of(j->transfer, f)));
    if (x->request.first_us >= 0 && x->request.method.len)
        set_messages(j, out, x);
    ht_json_set(out, "properties", properties(j, f, said));
    json_decref(said);
    return out;
}

/* ---- a check ---- */

static unsigned number_of_check(const struct ht_report_options *options, const struct ht_check *check)
{
    unsigned number = 1;
    for (const struct ht_check *at = options->checks; at != check; at++)
        number += !at->ok && strcmp(at->text, check->text) == 0;
    return number;
}

json_t *ht_sarif_check(const struct ht_sarif *s, const struct ht_check *check)
{
    const struct ht_json *j = &s->json;
    json_t *out = result(j, HT_SARIF_EXPECT, HT_SEVERITY_ERROR), *said = json_object();
    struct ht_sink text = ht_sink(0);
    ht_sink_puts(&text, "Expected ");
    ht_show_ready(&text, check->text);
    ht_sink_puts(&text, ", got ");
    ht_show_ready(&text, check->got ? check->got : "nothing");
    ht_sink_puts(&text, ": ");
    put_url(j, &text);
    end_sentence(&text);
    ht_json_set(out, "message", ht_sarif_message(&text));
    ht_json_set(out, "locations", locations(j));
    ht_json_set(
        out, "partialFingerprints",
        ht_sarif_fingerprints(j->transfer, HT_SARIF_EXPECT, check->text, number_of_check(j->options, check)));
    ht_json_set(said, "check", ht_json_ready(check->text));
    ht_json_set(said, "got", ht_json_ready(check->got));
    ht_json_set(out, "properties", said);
    ht_sink_free(&text);
    return out;
}
