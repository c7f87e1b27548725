/* SPDX-License-Identifier: MIT */
/* Takes events and findings, gives them as JSON: the timeline, and the claims that refer to it. */
#include "model/model.h"
#include "report/json/value.h"
#include "report/show.h"

#include <stdlib.h>

json_t *ht_json_malformed(const struct ht_event *event)
{
    if (!event->malformed)
        return json_null();
    json_t *out = json_object();
    ht_json_set(out, "at", ht_json_uint(event->malformed_at));
    ht_json_set(out, "why", ht_json_ready(event->malformed_why));
    return out;
}

static json_t *summary(const struct ht_json *j, const struct ht_event *event)
{
    struct ht_sink sink = ht_sink(0);
    ht_show_summary(&sink, event, j->options->show_secrets);
    json_t *text = json_string(ht_sink_text(&sink));
    ht_sink_free(&sink);
    return text;
}

json_t *ht_json_event(const struct ht_json *j, const struct ht_event *event)
{
    json_t *out = json_object();
    ht_json_set(out, "id", ht_json_uint(event->id));
    ht_json_set(out, "t_us", json_integer(event->t_us - j->base_us));
    ht_json_set(out, "duration_us",
                json_integer(event->t_last_us > event->t_us ? event->t_last_us - event->t_us : 0));
    ht_json_set(out, "connection", ht_json_count(event->connection));
    ht_json_set(out, "exchange", ht_json_count(event->exchange));
    ht_json_set(out, "phase", ht_json_word(ht_phase_name(event->phase)));
    ht_json_set(out, "dir", ht_json_word(event->dir ? ht_dir_name(event->dir) : NULL));
    ht_json_set(out, "layer", ht_json_word(ht_layer_name(event->layer)));
    ht_json_set(out, "kind", ht_json_ready(event->kind));
    ht_json_set(out, "summary", summary(j, event));
    ht_json_set(out, "bytes", ht_json_count(event->size));
    ht_json_set(out, "fields", ht_json_fields(j, event->fields));
    ht_json_set(out, "malformed", ht_json_malformed(event));
    return out;
}

static void note_dropped(struct ht_json *j)
{
    size_t count = 0;
    const struct ht_connection **connections = ht_transfer_connections(j->transfer, &count);
    for (size_t i = 0; i < count; i++) {
        if (connections[i]->events.dropped)
            ht_json_truncated(j, "events", connections[i]->id, -1, (int64_t)connections[i]->events.dropped);
    }
    for (const struct ht_exchange *x = j->transfer->exchanges; x; x = x->next) {
        if (x->events.dropped)
            ht_json_truncated(j, "events", -1, x->id, (int64_t)x->events.dropped);
    }
    free(connections);
}

json_t *ht_json_timeline(struct ht_json *j)
{
    json_t *list = json_array();
    size_t count = 0;
    note_dropped(j);
    if (!j->options->timeline)
        return list;
    const struct ht_event **events = ht_transfer_timeline(j->transfer, &count);
    for (size_t i = 0; i < count; i++)
        ht_json_append(list, ht_json_event(j, events[i]));
    free(events);
    return list;
}

static uint64_t newest_event(const struct ht_json *j)
{
    const struct ht_exchange *x = j->transfer->last_exchange;
    const struct ht_event *of_exchange = x ? x->events.last : NULL;
    const struct ht_event *of_connection = x && x->connection ? x->connection->events.last : NULL;
    if (!of_exchange && !of_connection)
        return HT_NO_EVENT;
    if (!of_exchange || !of_connection)
        return of_exchange ? of_exchange->id : of_connection->id;
    return of_exchange->id > of_connection->id ? of_exchange->id : of_connection->id;
}

/* A fact that no event shows, such as an option of the run or a silence, stands beside the fact before it, or
 * the next one, or else at the end: a reader finds its place in the timeline. */
static uint64_t place_of(const struct ht_json *j, const struct ht_finding *finding,
                         const struct ht_evidence *e)
{
    uint64_t before = HT_NO_EVENT;
    for (const struct ht_evidence *at = finding->evidence; at != e; at = at->next)
        before = at->event != HT_NO_EVENT ? at->event : before;
    if (e->event != HT_NO_EVENT || before != HT_NO_EVENT)
        return e->event != HT_NO_EVENT ? e->event : before;
    while (e && e->event == HT_NO_EVENT)
        e = e->next;
    return e ? e->event : newest_event(j);
}

static json_t *evidence(const struct ht_json *j, const struct ht_finding *finding)
{
    json_t *list = json_array();
    for (const struct ht_evidence *e = finding->evidence; e; e = e->next) {
        json_t *one = json_object();
        uint64_t place = place_of(j, finding, e);
        ht_json_set(one, "event", place == HT_NO_EVENT ? json_null() : ht_json_uint(place));
        ht_json_set(one, "fact", ht_json_sentence(j, e->fact));
        ht_json_append(list, one);
    }
    return list;
}

static json_t *step_text(const struct ht_json *j, const char *step)
{
    struct ht_sink sink = ht_sink(0);
    ht_show_step(&sink, step, j->options->show_secrets);
    json_t *text = json_string(ht_sink_text(&sink));
    ht_sink_free(&sink);
    return text;
}

static json_t *next_steps(const struct ht_json *j, const struct ht_finding *finding)
{
    json_t *list = json_array();
    for (const char *const *step = finding->next_steps; step && *step; step++)
        ht_json_append(list, step_text(j, *step));
    return list;
}

json_t *ht_json_finding(const struct ht_json *j, const struct ht_finding *f)
{
    json_t *out = json_object();
    ht_json_set(out, "code", ht_json_word(f->code));
    ht_json_set(out, "severity", ht_json_word(ht_severity_name(f->severity)));
    ht_json_set(out, "phase", ht_json_word(ht_phase_name(f->phase)));
    ht_json_set(out, "locus", ht_json_word(ht_locus_name(f->locus)));
    ht_json_set(out, "confidence", ht_json_word(ht_confidence_name(f->confidence)));
    ht_json_set(out, "title", ht_json_sentence(j, f->title));
    ht_json_set(out, "explanation", ht_json_sentence(j, f->explanation));
    ht_json_set(out, "evidence", evidence(j, f));
    ht_json_set(out, "also_explained_by", ht_json_sentence(j, f->also_explained_by));
    ht_json_set(out, "next_steps", next_steps(j, f));
    ht_json_set(out, "reference", ht_json_ready(f->reference));
    ht_json_set(out, "connection", ht_json_count(f->connection));
    ht_json_set(out, "exchange", ht_json_count(f->exchange));
    return out;
}

json_t *ht_json_findings_of(const struct ht_json *j, const struct ht_exchange *exchange)
{
    json_t *list = json_array();
    for (const struct ht_finding *f = exchange->findings; f; f = f->next)
        ht_json_append(list, ht_json_finding(j, f));
    return list;
}

json_t *ht_json_findings(const struct ht_json *j)
{
    json_t *list = json_array();
    for (const struct ht_exchange *x = j->transfer->exchanges; x; x = x->next) {
        json_t *some = ht_json_findings_of(j, x);
        json_array_extend(list, some);
        json_decref(some);
    }
    return list;
}
