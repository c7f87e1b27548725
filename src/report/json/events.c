/* SPDX-License-Identifier: MIT */
/* Takes a run as it happens, gives it as JSON Lines: docs/events.schema.json, "httptrace.event/1". */
#include "base/arena.h"
#include "model/model.h"
#include "report/format.h"
#include "report/headline.h"
#include "report/json/value.h"

#include <stdlib.h>

struct state {
    bool begun;          /* the run's line is written */
    int32_t next;        /* transfers below it have their line */
    const char *version; /* of the schema */
};

/* Takes the reference. */
static void put(struct ht_document *document, json_t *line)
{
    ht_json_write(&document->out, line);
    ht_sink_char(&document->out, '\n');
    json_decref(line);
}

static json_t *line_of(const char *type, const struct ht_transfer *transfer)
{
    json_t *line = json_object();
    ht_json_set(line, "type", json_string(type));
    ht_json_set(line, "transfer", ht_json_count(transfer ? transfer->id : -1));
    return line;
}

/* The members of `more`, whose reference it takes, behind those of `line`. */
static json_t *joined(json_t *line, json_t *more)
{
    json_object_update(line, more);
    json_decref(more);
    return line;
}

static void put_run(struct ht_document *document, const struct ht_run_info *info)
{
    struct state *state = document->state;
    json_t *line = json_object();
    state->begun = true;
    ht_json_set(line, "type", json_string("run"));
    ht_json_set(line, "schema", json_string(state->version));
    ht_json_set(line, "started_at", ht_json_wall_time(info->wall_start_us));
    ht_json_set(line, "tool", ht_json_tool(info));
    put(document, line);
}

static void put_start(struct ht_document *document, const struct ht_trace *trace,
                      const struct ht_transfer *transfer)
{
    struct ht_json j = {trace, transfer, &document->options, 0, NULL};
    json_t *line = line_of("transfer", transfer);
    ht_json_set(line, "t_us", json_integer(transfer->start_us));
    ht_json_set(line, "url", ht_json_url(&j, transfer->url));
    ht_json_set(line, "method", ht_json_text(transfer->method));
    put(document, line);
}

/* Transfers begin in the order of their ids: what has begun since the last line is told before the next. */
static void catch_up(struct ht_document *document, const struct ht_trace *trace)
{
    struct state *state = document->state;
    if (!state->begun)
        put_run(document, &trace->info);
    for (const struct ht_transfer *t = trace->transfers; t; t = t->next) {
        if (t->id < state->next)
            continue;
        put_start(document, trace, t);
        state->next = t->id + 1;
    }
}

static const struct ht_transfer *transfer_of(const struct ht_trace *trace, const struct ht_event *event)
{
    for (const struct ht_transfer *t = event->exchange < 0 ? NULL : trace->transfers; t; t = t->next)
        for (const struct ht_exchange *x = t->exchanges; x; x = x->next)
            if (x->id == event->exchange)
                return t;
    return NULL;
}

static enum ht_status begin(struct ht_document *document, struct ht_error *error)
{
    (void)error;
    document->state = ht_malloc(sizeof(struct state));
    *(struct state *)document->state = (struct state){.version = "httptrace.event/1"};
    return HT_OK;
}

static void add_event(struct ht_document *document, const struct ht_trace *trace,
                      const struct ht_event *event)
{
    struct ht_json j = {trace, NULL, &document->options, 0, NULL};
    catch_up(document, trace);
    put(document, joined(line_of("event", transfer_of(trace, event)), ht_json_event(&j, event)));
}

static void put_findings(struct ht_document *document, const struct ht_json *j)
{
    for (const struct ht_exchange *x = j->transfer->exchanges; x; x = x->next)
        for (const struct ht_finding *f = x->findings; f; f = f->next)
            put(document, joined(line_of("finding", j->transfer), ht_json_finding(j, f)));
}

static json_t *exchange_ids(const struct ht_transfer *transfer)
{
    json_t *ids = json_array();
    for (const struct ht_exchange *x = transfer->exchanges; x; x = x->next)
        ht_json_append(ids, json_integer(x->id));
    return ids;
}

static json_t *result(struct ht_json *j)
{
    const struct ht_transfer *t = j->transfer;
    json_t *line = line_of("result", t);
    ht_json_set(line, "t_us", json_integer(ht_last_moment(t)));
    ht_json_set(line, "url", ht_json_url(j, t->url));
    ht_json_set(line, "method", ht_json_text(t->method));
    ht_json_set(line, "duration_us", json_integer(ht_last_moment(t) - t->start_us));
    ht_json_set(line, "outcome", ht_json_outcome(j));
    ht_json_set(line, "verdict", ht_json_verdict(j));
    if (j->options->check_count)
        ht_json_set(line, "expect", ht_json_checks(j));
    ht_json_set(line, "exchanges", exchange_ids(t));
    json_decref(ht_json_timeline(j)); /* for what caps left out of it */
    ht_json_set(line, "truncated", json_incref(j->truncated));
    return line;
}

static void add_transfer(struct ht_document *document, const struct ht_trace *trace,
                         const struct ht_transfer *transfer)
{
    struct ht_report_options options = document->options;
    options.timeline = false;
    struct ht_json j = {trace, transfer, &options, 0, json_array()};
    catch_up(document, trace);
    put_findings(document, &j);
    put(document, result(&j));
    json_decref(j.truncated);
}

static enum ht_status end(struct ht_document *document, struct ht_error *error)
{
    json_t *line = json_object();
    (void)error;
    ht_json_set(line, "type", json_string("end"));
    ht_json_set(line, "transfers", json_integer((json_int_t)document->transfers));
    put(document, line);
    free(document->state);
    document->state = NULL;
    return HT_OK;
}

const struct ht_format ht_format_events = {
    .name = "events",
    .help = "JSON Lines, one for each event, as they happen",
    .text =
        "For programs that follow a run. The schema is `httptrace.event/1` (docs/events.schema.json). Every "
        "line "
        "is an object with a `type`: `run` (versions, the time at which the run began), `transfer` (a URL is "
        "begun), `event` (what the report's timeline has), `finding` (as the report has it, when its "
        "transfer "
        "was judged), `result` (how a transfer ended: exit code, verdict), and `end` (nothing follows; where "
        "it is missing the run was killed). `--events` is short for it.\n\n"
        "`t_us` counts from the run's start in every line that has one, so that lines of transfers under way "
        "at the same "
        "time (`-Z`) are in order; a report of `--json` counts from its transfer's start, which is the "
        "`t_us` of "
        "the line `transfer`. `id` of an event, `connection` and `exchange` are the same in both.\n\n"
        "Each line is written at once. A file is written in place, and has what happened so far: "
        "it can be followed with `tail -f FILE | jq .summary`. It is masked as reports are.",
    .flags = HT_FORMAT_FLOWS,
    .begin = begin,
    .event = add_event,
    .transfer = add_transfer,
    .end = end,
};
