/* SPDX-License-Identifier: MIT */
/* HTTP/1 units (RFC 9112): takes heads, chunk lines, trailers and runs of body, gives exchanges their
 * messages. */
#include "trace/state.h"

#include <stdio.h>

static bool is_connect(const struct ht_h1_state *h1)
{
    return strcmp(h1->method, "CONNECT") == 0;
}

/* Whether what goes over the level now is between libcurl and the proxy. */
static bool is_with_proxy(const struct ht_connection *c, const struct ht_h1_state *h1)
{
    return is_connect(h1) && c->proxy && !c->proxy->ok;
}

static void set_body(struct ht_level *level, enum ht_dir dir, enum ht_framing framing, int64_t length)
{
    level->h1.left[dir] = framing == HT_FRAMING_CONTENT_LENGTH ? length : -1;
    if (level->h1.splitter[dir])
        ht_h1_splitter_body(level->h1.splitter[dir], framing, length);
}

static bool has_no_body(enum ht_framing framing, int64_t length)
{
    return framing == HT_FRAMING_NONE || (framing == HT_FRAMING_CONTENT_LENGTH && length == 0);
}

static bool asks_h2c(const struct ht_headers *headers)
{
    const struct ht_span *upgrade = ht_headers_get(headers, "upgrade");
    return upgrade && ht_span_ieq_str(*upgrade, "h2c");
}

static void remember_request(struct ht_h1_state *h1, const struct ht_h1_head *head)
{
    snprintf(h1->method, sizeof h1->method, "%.*s", (int)ht_span_head(head->method, sizeof h1->method).len,
             (const char *)head->method.data);
    h1->upgrade_h2c = asks_h2c(&head->headers);
    memset(h1->kept, 0, sizeof h1->kept);
    h1->unasked = false;
}

static void take_request(struct ht_tracer *tracer, struct ht_wire *wire, const struct ht_raw *raw,
                         const struct ht_h1_head *head)
{
    struct ht_level *level = &wire->levels[raw->level];
    struct ht_exchange *x = ht_wire_exchange(tracer, wire);
    const char *why;
    int64_t length = -1;
    bool connect = ht_span_eq_str(head->method, "CONNECT");
    enum ht_framing framing = connect ? HT_FRAMING_NONE : ht_h1_framing(head, head->method, &length, &why);
    struct ht_request request = {.method = head->method,
                                 .target = head->target,
                                 .version = head->version,
                                 .headers = head->headers,
                                 .head_bytes = (int64_t)raw->bytes.len};
    remember_request(&level->h1, head);
    set_body(level, HT_DIR_OUT, framing, length);
    if (is_with_proxy(wire->connection, &level->h1)) {
        ht_proxy_request(tracer, wire, raw, HT_LAYER_HTTP1, &request);
    } else if (x) {
        ht_message_request(tracer, x, raw, HT_LAYER_HTTP1, &request);
        if (has_no_body(framing, length))
            ht_message_request_end(x, raw->t_last_us);
    }
}

/* The level goes on as HTTP/2: stream 1 is the request that asked for it (RFC 7540 section 3.2). */
static void upgrade_to_h2(struct ht_wire *wire, struct ht_level *level, struct ht_exchange *x)
{
    level->protocol = HT_PROTO_H2;
    struct ht_h2_state *h2 = ht_h2_begin(level);
    struct ht_stream *stream = ht_stream_open(h2, 1);
    ht_h2_model(wire->connection)->upgraded = true;
    wire->connection->version = HT_HTTP_2;
    if (!stream)
        return;
    stream->exchange = x;
    wire->multiplexed = true;
    stream->ended[HT_DIR_OUT] = true;
    x->stream = 1;
}

static bool is_interim(const struct ht_h1_state *h1, int status)
{
    return status >= 100 && status < 200 && (status != 101 || h1->upgrade_h2c);
}

/* An answer to an exchange. Of HTTP/1 an exchange has one, whatever the peer sends behind it. */
static void answer(struct ht_tracer *tracer, struct ht_wire *wire, const struct ht_raw *raw,
                   struct ht_exchange *x, const struct ht_response *response, const struct ht_event *marks)
{
    struct ht_level *level = &wire->levels[raw->level];
    level->h1.unasked = !x || x->prereq_us < 0 || x->response.first_us >= 0;
    if (level->h1.unasked) {
        ht_message_unasked(tracer, wire->connection, raw, HT_LAYER_HTTP1, response);
        return;
    }
    ht_message_response(tracer, x, raw, HT_LAYER_HTTP1, response, marks);
    if (response->status == 101 && level->h1.upgrade_h2c)
        upgrade_to_h2(wire, level, x);
    else if (!is_interim(&level->h1, response->status) &&
             has_no_body(response->framing, response->content_length))
        ht_message_response_end(x, raw->t_last_us);
}

static void take_response(struct ht_tracer *tracer, struct ht_wire *wire, const struct ht_raw *raw,
                          const struct ht_h1_head *head)
{
    struct ht_level *level = &wire->levels[raw->level];
    const char *why = NULL;
    struct ht_response response = {.status = head->status,
                                   .reason = head->reason,
                                   .version = head->version,
                                   .headers = head->headers,
                                   .head_bytes = (int64_t)raw->bytes.len};
    response.framing = ht_h1_framing(head, ht_span_str(level->h1.method), &response.content_length, &why);
    if (is_interim(&level->h1, head->status))
        response.framing = HT_FRAMING_NONE;
    const struct ht_event marks = {.malformed = head->malformed || why,
                                   .malformed_at = head->malformed_at,
                                   .malformed_why = head->malformed ? head->malformed_why : why};
    set_body(level, HT_DIR_IN, response.framing, response.content_length);
    if (is_with_proxy(wire->connection, &level->h1)) {
        ht_proxy_response(tracer, wire, raw, HT_LAYER_HTTP1, &response);
        return;
    }
    if (response.framing == HT_FRAMING_UPGRADE)
        level->protocol = HT_PROTO_OPAQUE;
    answer(tracer, wire, raw, ht_wire_exchange(tracer, wire), &response, &marks);
}

void ht_unit_h1_head(struct ht_tracer *tracer, struct ht_wire *wire, const struct ht_raw *raw)
{
    struct ht_arena *scratch = ht_arena_new();
    struct ht_h1_head head;
    if (wire->levels[raw->level].protocol == HT_PROTO_UNKNOWN)
        wire->levels[raw->level].protocol = HT_PROTO_H1;
    ht_h1_decode_head(scratch, raw->bytes, raw->dir == HT_DIR_IN, &head);
    if (raw->dir == HT_DIR_OUT)
        take_request(tracer, wire, raw, &head);
    else
        take_response(tracer, wire, raw, &head);
    ht_arena_free(scratch);
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
    event->malformed_why = chunk.malformed_why;
    event->fields = ht_field_map(arena, NULL, NULL);
    ht_field_uint(arena, event->fields, "size", chunk.size);
    ht_field_headers(arena, event->fields, "extensions", &chunk.extensions);
    ht_event_tellf(tracer, owner, event, "%s of %llu bytes, %zu extensions",
                   chunk.size ? "chunk" : "last chunk", (unsigned long long)chunk.size,
                   chunk.extensions.count);
}

/* The exchange whose body this is; NULL where it is the proxy's, or an answer that nobody asked for. */
static struct ht_exchange *exchange_of_body(const struct ht_wire *wire, const struct ht_raw *raw)
{
    const struct ht_h1_state *h1 = &wire->levels[raw->level].h1;
    bool foreign = is_with_proxy(wire->connection, h1) || (raw->dir == HT_DIR_IN && h1->unasked);
    return foreign ? NULL : wire->exchange;
}

static void end_message(struct ht_exchange *x, const struct ht_raw *raw)
{
    if (raw->dir == HT_DIR_OUT)
        ht_message_request_end(x, raw->t_last_us);
    else
        ht_message_response_end(x, raw->t_last_us);
}

void ht_unit_h1_trailers(struct ht_tracer *tracer, struct ht_wire *wire, const struct ht_raw *raw)
{
    struct ht_exchange *x = exchange_of_body(wire, raw);
    if (!x)
        return;
    struct ht_arena *scratch = ht_arena_new();
    struct ht_headers trailers = {0};
    struct ht_h1_head marks = {0};
    ht_h1_decode_trailers(scratch, raw->bytes, &trailers, &marks);
    if (trailers.count)
        ht_message_trailers(tracer, x, raw, HT_LAYER_HTTP1, &trailers);
    end_message(x, raw);
    ht_arena_free(scratch);
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
    ht_event_tellf(tracer, owner, event, "chunked framing broken at byte %zu of the stream",
                   event->malformed_at);
}

void ht_unit_h1_payload(struct ht_tracer *tracer, struct ht_wire *wire, const struct ht_raw *raw)
{
    struct ht_h1_state *h1 = &wire->levels[raw->level].h1;
    struct ht_exchange *x = exchange_of_body(wire, raw);
    h1->kept[raw->dir] += raw->bytes.len;
    if (h1->left[raw->dir] >= 0)
        h1->left[raw->dir] -= raw->u.unit.payload;
    if (is_with_proxy(wire->connection, h1) && raw->dir == HT_DIR_IN)
        wire->connection->proxy->response.body_bytes =
            ht_sum(wire->connection->proxy->response.body_bytes, raw->u.unit.payload);
    if (!x)
        return;
    ht_message_body(tracer, x, raw, HT_LAYER_HTTP1);
    if (raw->u.unit.end)
        end_message(x, raw);
}
