/* SPDX-License-Identifier: MIT */
/* Decoded events: takes what a raw event meant, appends it to the timeline of its owner and tells observers.
 */
#include "base/escape.h"
#include "trace/state.h"

struct ht_arena *ht_owner_arena(struct ht_owner owner)
{
    return owner.exchange ? owner.exchange->arena : owner.connection->arena;
}

struct ht_event *ht_event_begin(struct ht_tracer *tracer, struct ht_owner owner, const struct ht_raw *raw,
                                enum ht_layer layer, const char *kind)
{
    struct ht_exchange *exchange = owner.exchange;
    if (!exchange && !owner.connection)
        return NULL;
    struct ht_event_list *list = exchange ? &exchange->events : &owner.connection->events;
    struct ht_event *event = ht_event_append(ht_owner_arena(owner), list);
    if (!event)
        return NULL;
    struct ht_connection *connection = owner.connection ? owner.connection : exchange->connection;
    event->id = tracer->trace.event_count++;
    event->t_us = raw->t_us;
    event->t_last_us = raw->t_last_us > raw->t_us ? raw->t_last_us : raw->t_us;
    event->connection = connection ? connection->id : -1;
    event->exchange = exchange ? exchange->id : -1;
    event->phase = exchange ? ht_phase_now(exchange) : HT_PHASE_CONNECT;
    event->dir = raw->dir;
    event->layer = layer;
    event->kind = kind;
    event->summary = "";
    return event;
}

void ht_event_tell(struct ht_tracer *tracer, struct ht_event *event, const char *summary)
{
    if (!event)
        return;
    event->summary = summary ? summary : "";
    for (struct ht_observer *o = tracer->observers; o; o = o->next) {
        if (o->event)
            o->event(o->ctx, &tracer->trace, event);
    }
}

void ht_event_note(struct ht_tracer *tracer, struct ht_owner owner, const struct ht_raw *raw,
                   enum ht_layer layer, const char *kind, const char *summary)
{
    ht_event_tell(tracer, ht_event_begin(tracer, owner, raw, layer, kind), summary);
}

const char *ht_safe_text(struct ht_arena *arena, struct ht_span text)
{
    struct ht_sink sink = ht_sink(HT_CAP_TEXT);
    ht_escape_text(&sink, ht_span_head(text, HT_CAP_TEXT));
    char *safe = ht_arena_text(arena, ht_span_str(ht_sink_text(&sink)));
    ht_sink_free(&sink);
    return safe;
}
