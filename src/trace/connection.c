/* SPDX-License-Identifier: MIT */
/* Connections and wires: made for a lookup or an attempt, found by socket, freed when nobody needs them. */
#include "trace/state.h"

#include <stdlib.h>

struct ht_connection *ht_connection_new(struct ht_tracer *tracer, int64_t t_us)
{
    struct ht_arena *arena = ht_arena_new_of(&tracer->kept_bytes);
    struct ht_connection *c = ht_arena_alloc(arena, sizeof *c);
    c->id = tracer->next_connection++;
    c->arena = arena;
    c->socket = -1;
    c->begin_us = t_us;
    c->connected_us = c->closed_us = c->last_out_us = c->last_in_us = -1;
    c->resolve.source = HT_SOURCE_UNTAPPED;
    c->resolve.start_us = c->resolve.end_us = -1;
    c->next = tracer->trace.connections;
    tracer->trace.connections = c;
    return c;
}

static bool is_needed(const struct ht_tracer *tracer, const struct ht_connection *connection)
{
    for (const struct ht_wire *w = tracer->wires; w; w = w->next) {
        if (w->connection == connection)
            return true;
    }
    for (const struct ht_transfer *t = tracer->trace.transfers; t; t = t->next) {
        for (const struct ht_exchange *x = t->exchanges; x; x = x->next) {
            if (x->connection == connection)
                return true;
        }
    }
    return false;
}

void ht_connection_release(struct ht_tracer *tracer, struct ht_connection *connection)
{
    if (is_needed(tracer, connection))
        return;
    struct ht_connection **at = &tracer->trace.connections;
    while (*at && *at != connection)
        at = &(*at)->next;
    if (*at)
        *at = connection->next;
    ht_arena_free(connection->arena);
}

struct ht_wire *ht_wire_find(struct ht_tracer *tracer, int32_t socket)
{
    struct ht_wire *wire = tracer->recent;
    if (socket < 0)
        return NULL;
    if (wire && wire->socket == socket)
        return wire;
    for (wire = tracer->wires; wire && wire->socket != socket; wire = wire->next)
        ;
    if (wire)
        tracer->recent = wire;
    return wire;
}

struct ht_exchange *ht_wire_exchange(const struct ht_tracer *tracer, const struct ht_wire *wire)
{
    struct ht_exchange *x = wire->exchange ? wire->exchange : ht_exchange_current(tracer, wire->transfer);
    return x && x->connection == wire->connection ? x : NULL;
}

void ht_level_restart(struct ht_level *level)
{
    /* The splitters go with the next head: the one at work is still on the stack. */
    level->protocol = HT_PROTO_UNKNOWN;
    level->h1.method[0] = '\0';
    level->h1.restart = true;
}

static void level_clear(struct ht_level *level)
{
    for (int dir = HT_DIR_OUT; dir <= HT_DIR_IN; dir++) {
        ht_h1_splitter_free(level->h1.splitter[dir]);
        ht_run_clear(&level->runs[dir]);
    }
    ht_socks_level_clear(&level->socks);
    ht_h2_state_free(level->h2);
}

void ht_wire_free(struct ht_tracer *tracer, struct ht_wire *wire)
{
    struct ht_connection *connection = wire->connection;
    struct ht_wire **at = &tracer->wires;
    while (*at != wire)
        at = &(*at)->next;
    *at = wire->next;
    if (tracer->recent == wire)
        tracer->recent = NULL;
    for (int i = 0; i < HT_LEVELS; i++)
        level_clear(&wire->levels[i]);
    free(wire);
    ht_connection_release(tracer, connection);
}

void ht_wires_forget(struct ht_tracer *tracer, const struct ht_exchange *exchange)
{
    for (struct ht_wire *w = tracer->wires; w; w = w->next) {
        if (w->announced == exchange)
            w->announced = NULL;
        if (w->exchange == exchange) {
            w->connection->last_phase = ht_phase_at(exchange, exchange->end_us);
            w->exchange = NULL;
        }
        for (int i = 0; w->multiplexed && i < HT_LEVELS; i++) {
            for (struct ht_stream *s = w->levels[i].h2 ? w->levels[i].h2->streams : NULL; s; s = s->next) {
                if (s->exchange == exchange)
                    s->exchange = NULL;
            }
        }
    }
}
