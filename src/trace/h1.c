/* SPDX-License-Identifier: MIT */
/* HTTP/1 on one level (RFC 9112): cuts bytes into units while live, and gives units their meaning. */
#include "trace/state.h"

#include <stdio.h>

static struct ht_raw unit_of(const struct ht_raw *raw, enum ht_unit_kind kind, struct ht_span bytes)
{
    struct ht_raw unit = *raw;
    unit.kind = HT_RAW_UNIT;
    unit.bytes = bytes;
    memset(&unit.u, 0, sizeof unit.u);
    unit.u.unit.unit = kind;
    unit.u.unit.size = (int64_t)bytes.len;
    return unit;
}

static void give_unit(struct ht_tracer *tracer, struct ht_level *level, const struct ht_raw *raw,
                      enum ht_unit_kind kind, const struct ht_h1_piece *piece)
{
    ht_run_flush(tracer, &level->runs[raw->dir]);
    struct ht_raw unit = unit_of(raw, kind, piece->bytes);
    if (kind == HT_UNIT_H1_BAD)
        unit.u.unit.num = (int64_t)piece->offset;
    ht_tracer_deliver(tracer, &unit);
}

static struct ht_run *payload_run(struct ht_level *level, const struct ht_raw *raw, size_t size)
{
    struct ht_run *run = &level->runs[raw->dir];
    ht_run_add(run, raw, size);
    run->raw.u.unit.unit = HT_UNIT_PAYLOAD;
    return run;
}

/* Chunk headers without extensions fold into the run: a download of small chunks stays one event. */
static void on_chunk(struct ht_tracer *tracer, struct ht_level *level, const struct ht_raw *raw,
                     const struct ht_h1_piece *piece)
{
    if (piece->has_extensions || piece->last) {
        give_unit(tracer, level, raw, HT_UNIT_H1_CHUNK, piece);
        return;
    }
    struct ht_run *run = payload_run(level, raw, piece->bytes.len);
    run->raw.u.unit.frames++;
}

static void on_body(struct ht_tracer *tracer, struct ht_wire *wire, const struct ht_raw *raw,
                    const struct ht_h1_piece *piece)
{
    struct ht_level *level = &wire->levels[raw->level];
    struct ht_h1_state *h1 = &level->h1;
    struct ht_run *run = payload_run(level, raw, piece->bytes.len);
    run->raw.u.unit.payload += (int64_t)piece->bytes.len;
    if (raw->dir == HT_DIR_IN && !h1->head_kept)
        ht_run_keep_head(run, piece->bytes, HT_CAP_BODY_HEAD);
    if (h1->left[raw->dir] >= 0 && run->raw.u.unit.payload >= h1->left[raw->dir]) {
        run->raw.u.unit.end = true;
        ht_run_flush(tracer, run);
    }
}

static void on_piece(struct ht_tracer *tracer, struct ht_wire *wire, const struct ht_raw *raw,
                     const struct ht_h1_piece *piece)
{
    struct ht_level *level = &wire->levels[raw->level];
    switch (piece->kind) {
    case HT_H1_HEAD:
        give_unit(tracer, level, raw, HT_UNIT_H1_HEAD, piece);
        break;
    case HT_H1_CHUNK:
        on_chunk(tracer, level, raw, piece);
        break;
    case HT_H1_BODY:
        on_body(tracer, wire, raw, piece);
        break;
    case HT_H1_TRAILERS:
        give_unit(tracer, level, raw, HT_UNIT_H1_TRAILERS, piece);
        break;
    case HT_H1_BAD:
        give_unit(tracer, level, raw, HT_UNIT_H1_BAD, piece);
        break;
    case HT_H1_END:
    case HT_H1_NEED_MORE:
        break;
    }
}

static void restart(struct ht_h1_state *h1)
{
    for (int dir = HT_DIR_OUT; dir <= HT_DIR_IN; dir++) {
        ht_h1_splitter_free(h1->splitter[dir]);
        h1->splitter[dir] = NULL;
    }
    h1->restart = false;
}

void ht_intake_h1(struct ht_tracer *tracer, struct ht_wire *wire, const struct ht_raw *raw)
{
    struct ht_level *level = &wire->levels[raw->level];
    struct ht_span rest = raw->bytes;
    struct ht_h1_piece piece;
    if (level->h1.restart)
        restart(&level->h1);
    if (!level->h1.splitter[raw->dir])
        level->h1.splitter[raw->dir] = ht_h1_splitter_new();
    do {
        size_t took = ht_h1_split(level->h1.splitter[raw->dir], rest, &piece);
        rest = ht_span_from(rest, took);
        on_piece(tracer, wire, raw, &piece);
        if (level->protocol != HT_PROTO_H1) { /* upgraded or tunnelled: what is left is another protocol's */
            struct ht_raw left = *raw;
            left.bytes = rest;
            ht_intake_bytes(tracer, &left);
            return;
        }
    } while (piece.kind != HT_H1_NEED_MORE);
}

/* ---- units ---- */

static bool is_connect(const struct ht_h1_state *h1)
{
    return strcmp(h1->method, "CONNECT") == 0;
}

static void set_body(struct ht_level *level, enum ht_dir dir, enum ht_framing framing, int64_t length)
{
    level->h1.left[dir] = framing == HT_FRAMING_CONTENT_LENGTH ? length : -1;
    if (level->h1.splitter[dir])
        ht_h1_splitter_body(level->h1.splitter[dir], framing, length);
}

static void mark(struct ht_event *event, const struct ht_h1_head *head, const char *why)
{
    *event = (struct ht_event){.malformed = head->malformed || why,
                               .malformed_at = head->malformed_at,
                               .malformed_why = head->malformed ? head->malformed_why : why};
}

static bool asks_h2c(const struct ht_headers *headers)
{
    const struct ht_span *upgrade = ht_headers_get(headers, "upgrade");
    return upgrade && ht_span_ieq_str(*upgrade, "h2c");
}

static void take_request(struct ht_tracer *tracer, struct ht_wire *wire, const struct ht_raw *raw)
{
    struct ht_level *level = &wire->levels[raw->level];
    struct ht_connection *c = wire->connection;
    struct ht_exchange *x = wire->exchange ? wire->exchange : ht_exchange_current(tracer, wire->transfer);
    struct ht_arena *arena = x ? x->arena : c->arena;
    struct ht_h1_head head;
    const char *why = NULL;
    int64_t length = -1;
    ht_h1_decode_head(arena, raw->bytes, false, &head);
    bool connect = ht_span_eq_str(head.method, "CONNECT");
    enum ht_framing framing = connect ? HT_FRAMING_NONE : ht_h1_framing(&head, head.method, &length, &why);
    struct ht_request request = {.method = head.method,
                                 .target = head.target,
                                 .version = head.version,
                                 .headers = head.headers,
                                 .head_bytes = (int64_t)raw->bytes.len};
    snprintf(level->h1.method, sizeof level->h1.method, "%.*s", (int)head.method.len,
             (const char *)head.method.data);
    level->h1.upgrade_h2c = asks_h2c(&head.headers);
    level->h1.head_kept = false;
    set_body(level, HT_DIR_OUT, framing, length);
    if (connect && c->proxy && !c->proxy->ok) {
        ht_proxy_request(tracer, wire, raw, HT_LAYER_HTTP1, &request);
    } else if (x) {
        ht_message_request(tracer, x, raw, HT_LAYER_HTTP1, &request);
        if (framing == HT_FRAMING_NONE || (framing == HT_FRAMING_CONTENT_LENGTH && length == 0))
            ht_message_request_end(x, raw->t_last_us);
    }
}

/* The level goes on as HTTP/2: stream 1 is the request that asked for it (RFC 7540 section 3.2). */
static void upgrade_to_h2(struct ht_wire *wire, struct ht_level *level, struct ht_exchange *x)
{
    level->protocol = HT_PROTO_H2;
    struct ht_h2_state *h2 = ht_h2_begin(level, wire->connection, true);
    struct ht_stream *stream = ht_stream_open(h2, 1);
    wire->connection->h2->upgraded = true;
    wire->connection->version = HT_HTTP_2;
    if (!stream)
        return;
    stream->exchange = x;
    stream->ended[HT_DIR_OUT] = true;
    x->stream = 1;
}

static void take_final(struct ht_level *level, struct ht_exchange *x, const struct ht_raw *raw,
                       const struct ht_h1_head *head, enum ht_framing framing, int64_t length)
{
    x->response.framing = framing;
    x->response.content_length = length;
    if (framing == HT_FRAMING_NONE || (framing == HT_FRAMING_CONTENT_LENGTH && length == 0))
        ht_message_response_end(x, raw->t_last_us);
    if (head->status == 101)
        level->protocol = HT_PROTO_OPAQUE;
}

static void take_response(struct ht_tracer *tracer, struct ht_wire *wire, const struct ht_raw *raw)
{
    struct ht_level *level = &wire->levels[raw->level];
    struct ht_connection *c = wire->connection;
    struct ht_exchange *x = wire->exchange ? wire->exchange : ht_exchange_current(tracer, wire->transfer);
    struct ht_h1_head head;
    struct ht_event marks;
    const char *why = NULL;
    int64_t length = -1;
    ht_h1_decode_head(x ? x->arena : c->arena, raw->bytes, true, &head);
    enum ht_framing framing = ht_h1_framing(&head, ht_span_str(level->h1.method), &length, &why);
    bool to_h2 = head.status == 101 && level->h1.upgrade_h2c;
    bool informational = (head.status >= 100 && head.status < 200 && head.status != 101) || to_h2;
    if (informational)
        framing = HT_FRAMING_NONE;
    mark(&marks, &head, why);
    struct ht_response response = {.status = head.status,
                                   .reason = head.reason,
                                   .version = head.version,
                                   .headers = head.headers,
                                   .head_bytes = (int64_t)raw->bytes.len,
                                   .content_length = length,
                                   .framing = framing};
    set_body(level, HT_DIR_IN, framing, length);
    if (is_connect(&level->h1) && c->proxy && !c->proxy->ok) {
        ht_proxy_response(tracer, wire, raw, HT_LAYER_HTTP1, &response);
    } else if (x) {
        ht_message_response(tracer, x, raw, HT_LAYER_HTTP1, &response, &marks);
        if (!informational)
            take_final(level, x, raw, &head, framing, length);
        else if (to_h2)
            upgrade_to_h2(wire, level, x);
    }
}

void ht_unit_h1_head(struct ht_tracer *tracer, struct ht_wire *wire, const struct ht_raw *raw)
{
    if (wire->levels[raw->level].protocol == HT_PROTO_UNKNOWN)
        wire->levels[raw->level].protocol = HT_PROTO_H1;
    if (raw->dir == HT_DIR_OUT)
        take_request(tracer, wire, raw);
    else
        take_response(tracer, wire, raw);
}

void ht_unit_h1_chunk(struct ht_tracer *tracer, struct ht_wire *wire, const struct ht_raw *raw)
{
    struct ht_owner owner = {wire->connection, wire->exchange};
    struct ht_event *event = ht_event_begin(tracer, owner, raw, HT_LAYER_HTTP1, "chunk");
    if (!event)
        return;
    struct ht_arena *arena = ht_owner_arena(owner);
    struct ht_h1_chunk chunk;
    ht_h1_decode_chunk(arena, raw->bytes, &chunk);
    event->malformed = chunk.malformed;
    event->malformed_at = chunk.malformed_at;
    event->fields = ht_field_map(arena, NULL, NULL);
    ht_field_uint(arena, event->fields, "size", chunk.size);
    ht_field_headers(arena, event->fields, "extensions", &chunk.extensions);
    ht_event_tell(tracer, event,
                  ht_arena_printf(arena, "%s of %llu bytes, %zu extensions",
                                  chunk.size ? "chunk" : "last chunk", (unsigned long long)chunk.size,
                                  chunk.extensions.count));
}

void ht_unit_h1_trailers(struct ht_tracer *tracer, struct ht_wire *wire, const struct ht_raw *raw)
{
    struct ht_exchange *x = wire->exchange;
    if (!x)
        return;
    struct ht_headers trailers = {0};
    struct ht_h1_head marks = {0};
    ht_h1_decode_trailers(x->arena, raw->bytes, &trailers, &marks);
    if (trailers.count)
        ht_message_trailers(tracer, x, raw, HT_LAYER_HTTP1, &trailers);
    if (raw->dir == HT_DIR_OUT)
        ht_message_request_end(x, raw->t_last_us);
    else
        ht_message_response_end(x, raw->t_last_us);
}

void ht_unit_h1_bad(struct ht_tracer *tracer, struct ht_wire *wire, const struct ht_raw *raw)
{
    struct ht_owner owner = {wire->connection, wire->exchange};
    struct ht_event *event = ht_event_begin(tracer, owner, raw, HT_LAYER_HTTP1, "malformed");
    if (!event)
        return;
    event->malformed = true;
    event->malformed_at = (size_t)raw->u.unit.num;
    event->malformed_why = "chunked framing broken (RFC 9112 section 7.1)";
    ht_event_tell(tracer, event,
                  ht_arena_printf(ht_owner_arena(owner), "chunked framing broken at byte %zu of the stream",
                                  event->malformed_at));
}

void ht_unit_h1_payload(struct ht_tracer *tracer, struct ht_wire *wire, const struct ht_raw *raw)
{
    struct ht_h1_state *h1 = &wire->levels[raw->level].h1;
    struct ht_exchange *x = wire->exchange;
    if (raw->dir == HT_DIR_IN)
        h1->head_kept = true;
    if (h1->left[raw->dir] >= 0)
        h1->left[raw->dir] -= raw->u.unit.payload;
    if (!x || (wire->connection->proxy && is_connect(h1)))
        return;
    ht_message_body(tracer, x, raw, HT_LAYER_HTTP1);
    if (raw->u.unit.end && raw->dir == HT_DIR_OUT)
        ht_message_request_end(x, raw->t_last_us);
    if (raw->u.unit.end && raw->dir == HT_DIR_IN)
        ht_message_response_end(x, raw->t_last_us);
}
