/* SPDX-License-Identifier: MIT */
/* Decoded events: takes what a raw event meant, appends it to the timeline of its owner and tells observers.
 */
#include "base/escape.h"
#include "trace/state.h"

#include <stdio.h>

struct ht_arena *ht_owner_arena(struct ht_owner owner)
{
    return owner.exchange ? owner.exchange->arena : owner.connection->arena;
}

bool ht_owner_has_room(struct ht_owner owner)
{
    const struct ht_arena *arena = ht_owner_arena(owner);
    size_t used = ht_arena_used(arena);
    return used < HT_CAP_OWNER_LEAST ||
           (used < HT_CAP_OWNER_BYTES && ht_arena_total(arena) < HT_CAP_RUN_BYTES);
}

/* The phase of what the connection is used for in that moment. */
static enum ht_phase phase_of_connection(struct ht_tracer *tracer, const struct ht_connection *c,
                                         const struct ht_raw *raw)
{
    const struct ht_wire *wire = ht_wire_find(tracer, raw->socket);
    const struct ht_exchange *x = wire ? ht_wire_exchange(tracer, wire) : NULL;
    if (x)
        return ht_phase_at(x, raw->t_us);
    if (c->last_phase != HT_PHASE_QUEUE) /* a pooled connection outlives what it was used for */
        return c->last_phase;
    return c->connected_us < 0 ? HT_PHASE_CONNECT : HT_PHASE_REQUEST;
}

static enum ht_phase phase_of(struct ht_tracer *tracer, struct ht_owner owner, const struct ht_raw *raw,
                              enum ht_layer layer)
{
    if (layer == HT_LAYER_DNS)
        return HT_PHASE_RESOLVE;
    if (layer == HT_LAYER_SOCKS)
        return HT_PHASE_PROXY;
    enum ht_phase phase = owner.exchange ? ht_phase_at(owner.exchange, raw->t_us)
                                         : phase_of_connection(tracer, owner.connection, raw);
    /* The client's SETTINGS go out before libcurl says that it will send the request. */
    bool http = layer == HT_LAYER_HTTP1 || layer == HT_LAYER_HTTP2;
    return http && phase < HT_PHASE_REQUEST ? HT_PHASE_REQUEST : phase;
}

struct ht_event *ht_event_begin(struct ht_tracer *tracer, struct ht_owner owner, const struct ht_raw *raw,
                                enum ht_layer layer, const char *kind)
{
    struct ht_exchange *exchange = owner.exchange;
    if (!exchange && !owner.connection)
        return NULL;
    struct ht_event_list *list = exchange ? &exchange->events : &owner.connection->events;
    if (!ht_owner_has_room(owner)) {
        list->dropped++;
        return NULL;
    }
    struct ht_event *event = ht_event_append(ht_owner_arena(owner), list);
    if (!event)
        return NULL;
    struct ht_connection *connection = owner.connection ? owner.connection : exchange->connection;
    event->id = tracer->trace.event_count++;
    event->t_us = raw->t_us;
    event->t_last_us = raw->t_last_us > raw->t_us ? raw->t_last_us : raw->t_us;
    event->connection = connection ? connection->id : -1;
    event->exchange = exchange ? exchange->id : -1;
    event->phase = phase_of(tracer, owner, raw, layer);
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

void ht_event_tellf(struct ht_tracer *tracer, struct ht_owner owner, struct ht_event *event,
                    const char *format, ...)
{
    va_list args;
    if (!event || tracer->brief)
        return;
    char room[256]; /* enough for nearly all: no memory is asked for */
    va_start(args, format);
    int len = vsnprintf(room, sizeof room, format, args);
    va_end(args);
    struct ht_sink text = ht_sink(4 * HT_CAP_TEXT);
    if (len >= (int)sizeof room) {
        va_start(args, format);
        ht_sink_vprintf(&text, format, args);
        va_end(args);
    }
    ht_event_tell(tracer, event,
                  ht_arena_text(ht_owner_arena(owner), ht_span_str(text.len ? ht_sink_text(&text) : room)));
    ht_sink_free(&text);
}

const char *ht_safe_text(struct ht_arena *arena, struct ht_span text)
{
    struct ht_sink sink = ht_sink(HT_CAP_TEXT);
    ht_escape_text(&sink, ht_span_head(text, HT_CAP_TEXT));
    char *safe = ht_arena_text(arena, ht_span_str(ht_sink_text(&sink)));
    ht_sink_free(&sink);
    return safe;
}
