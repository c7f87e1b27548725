/* SPDX-License-Identifier: MIT */
/* Takes the events of running transfers, asks the rules that may speak early, tells the live view what they
 * found. */
#include "cli/early.h"

#include "model/model.h"

#include <stdlib.h>
#include <string.h>

#define PAUSE_US   100000 /* between two askings: a busy transfer has thousands of events in that time */
#define SILENCE_US 500000 /* a transfer that got something more recently is not silent */

/* What was found early. */
struct found {
    int32_t exchange;
    const char *code; /* of a row: static */
    enum ht_phase phase;
    int64_t t_us;
};

struct ht_early {
    const struct ht_command *command;
    const struct ht_rules_options *rules;
    struct ht_live *live;
    struct ht_tracer *tracer;
    struct ht_observer observer;
    bool is_news; /* something was decoded since the rules were asked */
    int64_t asked_us, now_us;
    struct found *found;
    size_t found_count, found_size;
    char why[128];
};

/* Payload proves nothing, and there is much of it. */
static bool is_payload(const struct ht_event *event)
{
    static const char *const kinds[] = {"application_data", "body", "records", "text", "WINDOW_UPDATE"};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (strcmp(event->kind, kinds[i]) == 0)
            return true;
    }
    return false;
}

static void on_event(void *ctx, const struct ht_trace *trace, const struct ht_event *event)
{
    struct ht_early *early = ctx;
    (void)trace;
    early->is_news = early->is_news || !is_payload(event);
}

static const struct found *find(const struct ht_early *early, const struct ht_finding *finding)
{
    for (size_t i = 0; i < early->found_count; i++) {
        const struct found *found = &early->found[i];
        if (found->exchange == finding->exchange && strcmp(found->code, finding->code) == 0)
            return found;
    }
    return NULL;
}

static void keep(struct ht_early *early, const struct ht_finding *finding)
{
    if (early->found_count == early->found_size) {
        early->found_size = early->found_size ? early->found_size * 2 : 16;
        early->found = ht_realloc(early->found, early->found_size * sizeof *early->found);
    }
    early->found[early->found_count++] =
        (struct found){finding->exchange, finding->code, finding->phase, early->now_us};
}

static void tell(struct ht_early *early, const struct ht_finding *finding, int64_t t_us)
{
    if (early->live)
        ht_live_finding(early->live, t_us, finding);
}

static void ask(struct ht_early *early, const struct ht_trace *trace)
{
    for (struct ht_transfer *t = trace->transfers; t; t = t->next) {
        const struct ht_finding *found;
        while ((found = ht_rules_early(trace, t, early->now_us, early->rules)) != NULL) {
            keep(early, found);
            tell(early, found, early->now_us);
        }
    }
    early->is_news = false;
    early->asked_us = early->now_us;
}

static void take(void *ctx, const struct ht_raw *raw)
{
    struct ht_early *early = ctx;
    ht_tracer_take(early->tracer, raw);
    early->now_us = raw->t_last_us > raw->t_us ? raw->t_last_us : raw->t_us;
    if (early->is_news && early->now_us - early->asked_us >= PAUSE_US)
        ask(early, ht_tracer_trace(early->tracer));
}

struct ht_raw_sink ht_early_sink(struct ht_early *early, struct ht_tracer *tracer)
{
    early->tracer = tracer;
    return (struct ht_raw_sink){take, early};
}

struct ht_observer *ht_early_observer(struct ht_early *early)
{
    return &early->observer;
}

struct ht_early *ht_early_new(const struct ht_command *command, const struct ht_rules_options *rules,
                              struct ht_live *live)
{
    struct ht_early *early = ht_malloc(sizeof *early);
    *early = (struct ht_early){.command = command, .rules = rules, .live = live};
    early->observer = (struct ht_observer){.ctx = early, .event = on_event};
    return early;
}

void ht_early_free(struct ht_early *early)
{
    if (!early)
        return;
    free(early->found);
    free(early);
}

static const struct ht_exchange *exchange_of(const struct ht_transfer *transfer, int32_t id)
{
    const struct ht_exchange *x = transfer->exchanges;
    while (x && x->id != id)
        x = x->next;
    return x;
}

/* A word too early: what was dropped came through after all, or more facts say something else. */
static void take_back(struct ht_early *early, const struct ht_transfer *transfer, const struct found *found)
{
    const struct ht_exchange *x = exchange_of(transfer, found->exchange);
    for (const struct ht_finding *f = x->findings; f; f = f->next) {
        if (strcmp(f->code, found->code) == 0)
            return;
    }
    struct ht_finding gone = {.code = found->code,
                              .phase = found->phase,
                              .severity = HT_SEVERITY_NOTICE,
                              .title = "taken back, as later facts say otherwise"};
    tell(early, &gone, transfer->end_us);
}

/* Ids of exchanges are unique within a run, so what was found in this transfer need not be kept. */
static void forget(struct ht_early *early, const struct ht_transfer *transfer)
{
    size_t kept = 0;
    for (size_t i = 0; i < early->found_count; i++) {
        if (exchange_of(transfer, early->found[i].exchange))
            take_back(early, transfer, &early->found[i]);
        else
            early->found[kept++] = early->found[i];
    }
    early->found_count = kept;
}

void ht_early_end(struct ht_early *early, const struct ht_transfer *transfer)
{
    for (const struct ht_exchange *x = transfer->exchanges; x; x = x->next) {
        for (const struct ht_finding *f = x->findings; f; f = f->next) {
            if (!find(early, f))
                tell(early, f, transfer->end_us);
        }
    }
    forget(early, transfer);
}

/* The gravest and surest of the last exchange, which ht_rules_explain_silence() has seen. */
static const struct ht_finding *explanation(const struct ht_transfer *transfer)
{
    for (const struct ht_finding *f = transfer->last_exchange->findings; f; f = f->next) {
        if (f->severity == HT_SEVERITY_ERROR && f->confidence == HT_CONFIDENCE_HIGH)
            return f;
    }
    return NULL;
}

/* Nothing came since the finding was made, and for a while: what went on was no silence. */
static bool is_silent(const struct ht_early *early, const struct ht_connection *c,
                      const struct ht_finding *finding)
{
    const struct found *found = find(early, finding);
    bool heard = c && c->last_in_us >= 0;
    return found && (!heard || (c->last_in_us <= found->t_us && early->now_us - c->last_in_us >= SILENCE_US));
}

const char *ht_early_give_up(void *ctx, int32_t transfer)
{
    struct ht_early *early = ctx;
    const struct ht_transfer *t = ht_trace_transfer(ht_tracer_trace(early->tracer), transfer);
    if (!t || !t->last_exchange || !ht_rules_explain_silence(t))
        return NULL;
    const struct ht_finding *why = explanation(t);
    if (!why || !is_silent(early, t->last_exchange->connection, why))
        return NULL;
    snprintf(early->why, sizeof early->why, HT_GAVE_UP "%s", why->code);
    return early->why;
}
