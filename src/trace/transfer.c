/* SPDX-License-Identifier: MIT */
/* Transfers: takes their start, their libcurl text and their end; gives them to observers when complete. */
#include "trace/state.h"

#include <stdlib.h>

static size_t slot(int32_t id)
{
    return (uint32_t)id % HT_SEEN;
}

struct ht_transfer *ht_tracer_transfer(const struct ht_tracer *tracer, int32_t id)
{
    struct ht_transfer *newest = tracer->newest[slot(id)];
    return newest && newest->id == id ? newest : ht_trace_transfer(&tracer->trace, id);
}

void ht_take_transfer_start(struct ht_tracer *tracer, const struct ht_raw *raw)
{
    if (raw->transfer < 0 || ht_tracer_transfer(tracer, raw->transfer))
        return;
    struct ht_arena *arena = ht_arena_new();
    struct ht_transfer *transfer = ht_arena_alloc(arena, sizeof *transfer);
    transfer->id = raw->transfer;
    transfer->arena = arena;
    transfer->url = ht_arena_dup(arena, raw->u.transfer_start.url);
    transfer->method = ht_arena_dup(arena, raw->u.transfer_start.method);
    transfer->proxy = ht_arena_dup(arena, raw->u.transfer_start.proxy);
    transfer->host_override = ht_arena_dup(arena, raw->u.transfer_start.host_override);
    transfer->unix_socket = ht_arena_dup(arena, raw->u.transfer_start.unix_socket);
    transfer->trace_parent = ht_arena_dup(arena, raw->u.transfer_start.trace_parent);
    transfer->echo_header = ht_arena_dup(arena, raw->u.transfer_start.echo_header);
    transfer->http2_wanted = raw->u.transfer_start.http2_wanted;
    transfer->insecure = raw->u.transfer_start.insecure;
    transfer->custom_ca = raw->u.transfer_start.custom_ca;
    transfer->retries = raw->u.transfer_start.retries;
    transfer->start_us = raw->t_us;
    transfer->end_us = -1;
    transfer->wall_start_us = ht_sum(tracer->trace.info.wall_start_us, raw->t_us);
    struct ht_transfer **at = &tracer->trace.transfers;
    while (*at)
        at = &(*at)->next;
    *at = tracer->newest[slot(transfer->id)] = transfer;
    ht_exchange_for(tracer, transfer->id, raw->t_us);
}

void ht_take_text(struct ht_tracer *tracer, const struct ht_raw *raw)
{
    struct ht_exchange *exchange = ht_exchange_current(tracer, raw->transfer);
    struct ht_owner owner = {exchange ? exchange->connection : NULL, exchange};
    struct ht_event *event = ht_event_begin(tracer, owner, raw, HT_LAYER_CURL, "text");
    if (event)
        ht_event_tell(tracer, event, ht_safe_text(ht_owner_arena(owner), raw->bytes));
}

/* Without rules the verdict says what is certain: whether it failed, and in which phase. */
static void judge(struct ht_transfer *transfer)
{
    struct ht_exchange *last = transfer->last_exchange;
    bool failed = transfer->curl_code != 0;
    transfer->verdict = (struct ht_verdict){
        .status = failed ? HT_VERDICT_FAILED : HT_VERDICT_OK,
        .has_phase = failed,
        .phase = last ? last->phase : HT_PHASE_QUEUE,
        .locus = HT_LOCUS_UNKNOWN,
        .confidence = HT_CONFIDENCE_HIGH,
    };
}

/* While the transfer is in the list, so that a connection of two of its exchanges outlives the first. */
static void release_connections(struct ht_tracer *tracer, struct ht_transfer *transfer)
{
    for (struct ht_exchange *x = transfer->exchanges; x; x = x->next) {
        struct ht_connection *connection = x->connection;
        ht_wires_forget(tracer, x);
        x->connection = NULL;
        if (connection)
            ht_connection_release(tracer, connection);
    }
}

static void forget_transfer(struct ht_tracer *tracer, struct ht_transfer *transfer)
{
    struct ht_transfer **at = &tracer->trace.transfers;
    release_connections(tracer, transfer);
    while (*at != transfer)
        at = &(*at)->next;
    *at = transfer->next;
    if (tracer->newest[slot(transfer->id)] == transfer)
        tracer->newest[slot(transfer->id)] = NULL;
    for (struct ht_exchange *next, *x = transfer->exchanges; x; x = next) {
        next = x->next;
        ht_arena_free(x->arena);
    }
    ht_arena_free(transfer->arena);
}

void ht_take_transfer_end(struct ht_tracer *tracer, const struct ht_raw *raw)
{
    struct ht_transfer *transfer = ht_tracer_transfer(tracer, raw->transfer);
    if (!transfer)
        return;
    transfer->end_us = raw->t_us;
    transfer->curl_code = raw->u.transfer_end.curl_code;
    transfer->interrupted = transfer->curl_code == HT_CURL_INTERRUPTED;
    transfer->http_status = raw->u.transfer_end.http_status;
    transfer->bytes_sent = raw->u.transfer_end.bytes_sent;
    transfer->bytes_received = raw->u.transfer_end.bytes_received;
    transfer->decoded_bytes = raw->u.transfer_end.decoded_bytes;
    transfer->retry_in_us = raw->u.transfer_end.retry_in_us;
    transfer->error = ht_arena_dup(transfer->arena, raw->u.transfer_end.error);
    transfer->reason = ht_arena_dup(transfer->arena, raw->u.transfer_end.reason);
    transfer->times = raw->u.transfer_end.times;
    if (transfer->last_exchange)
        ht_exchange_close(transfer->last_exchange, raw->t_us, transfer->curl_code != 0);
    judge(transfer);
    for (struct ht_observer *o = tracer->observers; o; o = o->next) {
        if (o->transfer_end)
            o->transfer_end(o->ctx, &tracer->trace, transfer);
    }
    forget_transfer(tracer, transfer);
}
