/* SPDX-License-Identifier: MIT */
/* Looking things up in a trace: by id, by name, and the events of one transfer in order. */
#include "model/model.h"

#include <stdlib.h>

const struct ht_span *ht_headers_get(const struct ht_headers *headers, const char *name)
{
    for (size_t i = 0; i < headers->count; i++) {
        if (ht_span_ieq_str(headers->at[i].name, name))
            return &headers->at[i].value;
    }
    return NULL;
}

struct ht_transfer *ht_trace_transfer(const struct ht_trace *trace, int32_t id)
{
    struct ht_transfer *t = trace->transfers;
    while (t && t->id != id)
        t = t->next;
    return t;
}

struct ht_connection *ht_trace_connection(const struct ht_trace *trace, int32_t id)
{
    struct ht_connection *c = trace->connections;
    while (c && c->id != id)
        c = c->next;
    return c;
}

const struct ht_event *ht_connection_haproxy(const struct ht_connection *connection)
{
    const struct ht_event *at = connection ? connection->events.first : NULL;
    while (at && (at->layer != HT_LAYER_TCP || strcmp(at->kind, "haproxy") != 0))
        at = at->next;
    return at;
}

static int by_id(const void *a, const void *b)
{
    const struct ht_connection *const *x = a, *const *y = b;
    return ((*x)->id > (*y)->id) - ((*x)->id < (*y)->id);
}

const struct ht_connection **ht_transfer_connections(const struct ht_transfer *transfer, size_t *count)
{
    size_t size = 0, n = 0;
    for (const struct ht_exchange *x = transfer->exchanges; x; x = x->next)
        size++;
    const struct ht_connection **list = ht_malloc(size * sizeof *list);
    for (const struct ht_exchange *x = transfer->exchanges; x; x = x->next) {
        size_t at = 0;
        while (at < n && list[at] != x->connection)
            at++;
        if (x->connection && at == n)
            list[n++] = x->connection;
    }
    qsort(list, n, sizeof *list, by_id);
    *count = n;
    return list;
}

static int by_time(const void *a, const void *b)
{
    const struct ht_event *const *x = a, *const *y = b;
    if ((*x)->t_us != (*y)->t_us)
        return (*x)->t_us < (*y)->t_us ? -1 : 1;
    return ((*x)->id > (*y)->id) - ((*x)->id < (*y)->id);
}

static size_t copy_events(const struct ht_event **to, const struct ht_event_list *list)
{
    size_t n = 0;
    for (const struct ht_event *e = list->first; e; e = e->next)
        to[n++] = e;
    return n;
}

const struct ht_event **ht_transfer_timeline(const struct ht_transfer *transfer, size_t *count)
{
    size_t connections = 0, size = 0, n = 0;
    const struct ht_connection **used = ht_transfer_connections(transfer, &connections);
    for (size_t i = 0; i < connections; i++)
        size += used[i]->events.count;
    for (const struct ht_exchange *x = transfer->exchanges; x; x = x->next)
        size += x->events.count;
    const struct ht_event **list = ht_malloc(size * sizeof *list);
    for (size_t i = 0; i < connections; i++)
        n += copy_events(list + n, &used[i]->events);
    for (const struct ht_exchange *x = transfer->exchanges; x; x = x->next)
        n += copy_events(list + n, &x->events);
    qsort(list, n, sizeof *list, by_time);
    free(used);
    *count = n;
    return list;
}

int64_t ht_timeline_moment(const struct ht_event *const *events, size_t count, uint64_t id)
{
    for (size_t i = 0; i < count; i++) {
        if (events[i]->id == id)
            return events[i]->t_us;
    }
    return -1;
}

const struct ht_attempt *ht_connected_attempt(const struct ht_connection *connection)
{
    const struct ht_attempt *a = connection ? connection->attempts : NULL;
    while (a && a->outcome != HT_ATTEMPT_CONNECTED)
        a = a->next;
    return a;
}
