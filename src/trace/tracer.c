/* SPDX-License-Identifier: MIT */
/* The tracer: takes raw events, hands each to its row and to the observers; gives the trace. */
#include "trace/state.h"

#include <stdlib.h>

typedef void take_function(struct ht_tracer *tracer, const struct ht_raw *raw);

/* One row per kind of raw event. BYTES never comes here: intake turns it into units. */
static take_function *const rows[HT_RAW_KIND_COUNT] = {
    [HT_RAW_RUN_START] = ht_take_run_start,
    [HT_RAW_TRANSFER_START] = ht_take_transfer_start,
    [HT_RAW_RESOLVE_START] = ht_take_resolve_start,
    [HT_RAW_LOOKUP] = ht_take_lookup,
    [HT_RAW_QUERY] = ht_take_query,
    [HT_RAW_SOCKET_OPEN] = ht_take_socket_open,
    [HT_RAW_CONNECT] = ht_take_connect,
    [HT_RAW_TCP_INFO] = ht_take_tcp_info,
    [HT_RAW_ICMP] = ht_take_icmp,
    [HT_RAW_SOCKET_CLOSE] = ht_take_socket_close,
    [HT_RAW_TLS_BEGIN] = ht_take_tls_begin,
    [HT_RAW_TLS_MESSAGE] = ht_take_tls_message,
    [HT_RAW_TLS_END] = ht_take_tls_end,
    [HT_RAW_UNIT] = ht_take_unit,
    [HT_RAW_PREREQ] = ht_take_prereq,
    [HT_RAW_STREAM] = ht_take_stream,
    [HT_RAW_TEXT] = ht_take_text,
    [HT_RAW_TRANSFER_END] = ht_take_transfer_end,
    [HT_RAW_RUN_END] = ht_take_run_end,
};

struct ht_tracer *ht_tracer_new(struct ht_observer *observers)
{
    struct ht_tracer *tracer = ht_malloc(sizeof *tracer);
    *tracer = (struct ht_tracer){.observers = observers, .arena = ht_arena_new()};
    tracer->body_cap[HT_DIR_IN] = HT_CAP_BODY_HEAD;
    return tracer;
}

void ht_tracer_keep_bodies(struct ht_tracer *tracer)
{
    tracer->body_cap[HT_DIR_OUT] = tracer->body_cap[HT_DIR_IN] = HT_CAP_BODY;
}

void ht_tracer_be_brief(struct ht_tracer *tracer)
{
    tracer->brief = true;
}

void ht_tracer_free(struct ht_tracer *tracer)
{
    if (!tracer)
        return;
    while (tracer->trace.transfers) {
        struct ht_raw end = {
            .kind = HT_RAW_TRANSFER_END, .transfer = tracer->trace.transfers->id, .socket = -1};
        tracer->observers = NULL;
        ht_take_transfer_end(tracer, &end);
    }
    while (tracer->wires)
        ht_wire_free(tracer, tracer->wires);
    ht_arena_free(tracer->arena);
    free(tracer);
}

void ht_tracer_deliver(struct ht_tracer *tracer, const struct ht_raw *raw)
{
    for (struct ht_observer *o = tracer->observers; o; o = o->next) {
        if (o->raw)
            o->raw(o->ctx, raw);
    }
    if ((unsigned)raw->kind < HT_RAW_KIND_COUNT && rows[raw->kind])
        rows[raw->kind](tracer, raw);
}

/* What changes nothing that a run could belong to lets it grow on. */
static bool keeps_runs(enum ht_raw_kind kind)
{
    return kind == HT_RAW_STREAM || kind == HT_RAW_TCP_INFO || kind == HT_RAW_KEYLOG || kind == HT_RAW_TEXT;
}

static void finish_wires_of(struct ht_tracer *tracer, const struct ht_transfer *transfer)
{
    for (struct ht_wire *w = tracer->wires; w; w = w->next) {
        const struct ht_exchange *x = transfer ? transfer->exchanges : NULL;
        while (x && x->connection != w->connection)
            x = x->next;
        if (!x)
            continue;
        ht_intake_flush(tracer, w);
        if (w->exchange && w->exchange->transfer == transfer && w->exchange->stream < 0)
            ht_intake_finish(tracer, w);
    }
}

static void flush_exchange(struct ht_tracer *tracer, int32_t transfer)
{
    const struct ht_exchange *x = ht_exchange_current(tracer, transfer);
    struct ht_wire *wire = x && x->connection ? ht_wire_find(tracer, x->connection->socket) : NULL;
    if (wire)
        ht_intake_flush(tracer, wire);
}

/* Before the others the runs of the wires they speak of are told, so that a record keeps the order of
 * effects. */
static void flush_before(struct ht_tracer *tracer, const struct ht_raw *raw)
{
    struct ht_wire *wire = ht_wire_find(tracer, raw->socket);
    if (keeps_runs(raw->kind))
        return;
    if (raw->kind == HT_RAW_RUN_END) {
        for (struct ht_wire *w = tracer->wires; w; w = w->next)
            ht_intake_finish(tracer, w);
        return;
    }
    if (raw->kind == HT_RAW_TRANSFER_END)
        finish_wires_of(tracer, ht_tracer_transfer(tracer, raw->transfer));
    else
        flush_exchange(tracer, raw->transfer);
    if (wire && raw->kind == HT_RAW_SOCKET_CLOSE)
        ht_intake_finish(tracer, wire);
    else if (wire)
        ht_intake_flush(tracer, wire);
}

void ht_tracer_take(struct ht_tracer *tracer, const struct ht_raw *raw)
{
    if (raw->kind == HT_RAW_BYTES) {
        ht_intake_bytes(tracer, raw);
        return;
    }
    if (raw->kind != HT_RAW_UNIT || raw->rendered)
        flush_before(tracer, raw);
    ht_tracer_deliver(tracer, raw);
}

static void take(void *ctx, const struct ht_raw *raw)
{
    ht_tracer_take(ctx, raw);
}

struct ht_raw_sink ht_tracer_sink(struct ht_tracer *tracer)
{
    return (struct ht_raw_sink){take, tracer};
}

const struct ht_trace *ht_tracer_trace(const struct ht_tracer *tracer)
{
    return &tracer->trace;
}

void ht_take_run_start(struct ht_tracer *tracer, const struct ht_raw *raw)
{
    struct ht_run_info *info = &tracer->trace.info;
    info->tool = ht_arena_dup(tracer->arena, raw->u.run_start.tool);
    info->libcurl = ht_arena_dup(tracer->arena, raw->u.run_start.libcurl);
    info->tls = ht_arena_dup(tracer->arena, raw->u.run_start.tls);
    info->nghttp2 = ht_arena_dup(tracer->arena, raw->u.run_start.nghttp2);
    info->tap = ht_arena_dup(tracer->arena, raw->u.run_start.tap);
    info->wall_start_us = raw->u.run_start.wall_us;
}

void ht_take_run_end(struct ht_tracer *tracer, const struct ht_raw *raw)
{
    (void)raw;
    tracer->trace.ended = true;
}
