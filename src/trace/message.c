/* SPDX-License-Identifier: MIT */
/* Messages: takes heads, bodies and trailers of either HTTP version, gives an exchange its request and
 * response. */
#include "base/mask.h"
#include "trace/state.h"

static struct ht_owner owner_of(struct ht_exchange *x)
{
    return (struct ht_owner){x->connection, x};
}

struct ht_headers ht_headers_copy(struct ht_arena *arena, const struct ht_headers *headers)
{
    struct ht_headers copy = {.cut = headers->cut};
    for (size_t i = 0; i < headers->count; i++)
        ht_headers_add(arena, &copy, headers->at[i].name, headers->at[i].value);
    return copy;
}

void ht_field_headers(struct ht_arena *arena, struct ht_field *parent, const char *name,
                      const struct ht_headers *headers)
{
    struct ht_field *list = ht_field_list(arena, parent, name);
    for (size_t i = 0; i < headers->count; i++) {
        struct ht_field *one = ht_field_map(arena, list, NULL);
        ht_field_text(arena, one, "name", headers->at[i].name);
        struct ht_field *value = ht_field_text(arena, one, "value", headers->at[i].value);
        value->secret = ht_mask_is_secret_header(headers->at[i].name);
    }
}

/* The same of fields that the arena has already. */
static void show_headers(struct ht_exchange *x, struct ht_event *event, const struct ht_headers *headers)
{
    struct ht_field *list = ht_field_list(x->arena, event->fields, "headers");
    for (size_t i = 0; i < headers->count; i++) {
        struct ht_field *one = ht_field_map(x->arena, list, NULL);
        ht_field_text(x->arena, one, "name", (struct ht_span){0})->value.bytes = headers->at[i].name;
        struct ht_field *value = ht_field_text(x->arena, one, "value", (struct ht_span){0});
        value->value.bytes = headers->at[i].value;
        value->secret = ht_mask_is_secret_header(headers->at[i].name);
    }
}

static const char *version_text(enum ht_http_version version)
{
    const char *name = ht_http_version_name(version);
    return name ? name : "?";
}

static const char *request_summary(struct ht_arena *arena, const struct ht_request *r)
{
    struct ht_sink masked = ht_sink(HT_CAP_TEXT);
    ht_mask_url(&masked, ht_span_head(r->target, HT_CAP_TEXT));
    const char *target = ht_safe_text(arena, ht_span_str(ht_sink_text(&masked)));
    ht_sink_free(&masked);
    return ht_arena_printf(arena, "%s %s HTTP/%s", ht_safe_text(arena, r->method), target,
                           version_text(r->version));
}

static bool secured(const struct ht_exchange *x)
{
    return x->connection && x->connection->tls;
}

void ht_message_request(struct ht_tracer *tracer, struct ht_exchange *x, const struct ht_raw *raw,
                        enum ht_layer layer, const struct ht_request *request)
{
    struct ht_request *r = &x->request;
    int64_t first = r->first_us;
    *r = *request;
    r->method = ht_arena_dup(x->arena, request->method);
    r->target = ht_arena_dup(x->arena, request->target);
    r->headers = ht_headers_copy(x->arena, &request->headers);
    r->first_us = first >= 0 ? first : raw->t_us;
    r->last_us = raw->t_last_us;
    r->body_bytes = 0;
    if (x->prereq_us < 0)
        x->prereq_us = raw->t_us;
    x->method = r->method;
    if (x->cause != HT_CAUSE_INITIAL)
        x->url = ht_url_of_request(x->arena, r, secured(x));
    if (x->connection)
        x->connection->version = r->version;
    struct ht_event *event = ht_event_begin(tracer, owner_of(x), raw, layer, "request");
    if (!event || tracer->brief)
        return;
    event->fields = ht_field_map(x->arena, NULL, NULL);
    show_headers(x, event, &r->headers);
    ht_event_tell(tracer, event, request_summary(x->arena, r));
}

static const char *response_summary(struct ht_arena *arena, const struct ht_response *r)
{
    return ht_arena_printf(arena, "HTTP/%s %d%s%s", version_text(r->version), r->status,
                           r->reason.len ? " " : "", ht_safe_text(arena, r->reason));
}

static void add_informational(struct ht_exchange *x, const struct ht_raw *raw, const struct ht_response *head)
{
    struct ht_informational **at = &x->response.informational;
    if (x->response.informational_count >= HT_CAP_INFORMATIONAL || !ht_owner_has_room(owner_of(x)))
        return;
    while (*at)
        at = &(*at)->next;
    *at = ht_arena_alloc(x->arena, sizeof **at);
    **at = (struct ht_informational){
        .status = head->status, .t_us = raw->t_us, .headers = ht_headers_copy(x->arena, &head->headers)};
    x->response.informational_count++;
}

static struct ht_span value_of(const struct ht_headers *headers, const char *name)
{
    const struct ht_span *value = ht_headers_get(headers, name);
    return value ? *value : (struct ht_span){0};
}

static void set_final(struct ht_exchange *x, const struct ht_raw *raw, const struct ht_response *head)
{
    struct ht_response *r = &x->response, old = *r;
    *r = *head;
    r->reason = ht_arena_dup(x->arena, head->reason);
    r->headers = ht_headers_copy(x->arena, &head->headers);
    r->informational = old.informational;
    r->informational_count = old.informational_count;
    r->first_us = raw->t_us;
    r->last_us = raw->t_last_us;
    r->content_encoding = value_of(&r->headers, "content-encoding");
    r->location = value_of(&r->headers, "location");
}

void ht_message_response(struct ht_tracer *tracer, struct ht_exchange *x, const struct ht_raw *raw,
                         enum ht_layer layer, const struct ht_response *head, const struct ht_event *marks)
{
    /* A switch to HTTP/2 is interim: the answer comes on stream 1. Any other switch is the answer. */
    bool switched = head->status == 101 && head->framing == HT_FRAMING_UPGRADE;
    bool informational = head->status >= 100 && head->status < 200 && !switched;
    struct ht_event *event =
        ht_event_begin(tracer, owner_of(x), raw, layer, informational ? "informational" : "response");
    if (informational)
        add_informational(x, raw, head);
    else
        set_final(x, raw, head);
    if (!event)
        return;
    event->malformed = marks && marks->malformed;
    event->malformed_at = marks ? marks->malformed_at : 0;
    event->malformed_why = marks ? marks->malformed_why : NULL;
    if (tracer->brief)
        return;
    event->fields = ht_field_map(x->arena, NULL, NULL);
    if (informational)
        ht_field_headers(x->arena, event->fields, "headers", &head->headers);
    else
        show_headers(x, event, &x->response.headers);
    ht_event_tell(tracer, event, response_summary(x->arena, head));
}

void ht_message_unasked(struct ht_tracer *tracer, struct ht_connection *connection, const struct ht_raw *raw,
                        enum ht_layer layer, const struct ht_response *head)
{
    struct ht_owner owner = {connection, NULL};
    struct ht_event *event = ht_event_begin(tracer, owner, raw, layer, "response");
    if (!event)
        return;
    event->malformed = true;
    event->malformed_why = "a response that no request asked for (RFC 9112 section 9.2)";
    event->fields = ht_field_map(connection->arena, NULL, NULL);
    ht_field_headers(connection->arena, event->fields, "headers", &head->headers);
    ht_event_tell(tracer, event, response_summary(connection->arena, head));
}

void ht_message_trailers(struct ht_tracer *tracer, struct ht_exchange *x, const struct ht_raw *raw,
                         enum ht_layer layer, const struct ht_headers *trailers)
{
    struct ht_headers *kept = raw->dir == HT_DIR_OUT ? &x->request.trailers : &x->response.trailers;
    if (kept->count == 0) /* a message has one trailer section: of a flood the first is kept */
        *kept = ht_headers_copy(x->arena, trailers);
    struct ht_event *event = ht_event_begin(tracer, owner_of(x), raw, layer, "trailers");
    if (!event)
        return;
    event->fields = ht_field_map(x->arena, NULL, NULL);
    ht_field_headers(x->arena, event->fields, "headers", trailers);
    ht_event_tellf(tracer, owner_of(x), event, "%zu trailer fields", trailers->count);
}

/* Memory doubles as it grows: what is left behind in the arena is no more than what is kept. */
static void keep_body(struct ht_arena *arena, struct ht_span *body, size_t *room, struct ht_span bytes,
                      size_t cap)
{
    bytes = ht_span_head(bytes, body->len < cap ? cap - body->len : 0);
    size_t need = body->len + bytes.len;
    if (bytes.len == 0)
        return;
    if (need > *room) {
        *room = need > 2 * *room ? need : 2 * *room;
        unsigned char *larger = ht_arena_alloc(arena, *room);
        if (body->len)
            memcpy(larger, body->data, body->len);
        body->data = larger;
    }
    memcpy((unsigned char *)body->data + body->len, bytes.data, bytes.len);
    body->len = need;
}

static void count_body(struct ht_tracer *tracer, struct ht_exchange *x, const struct ht_raw *raw)
{
    size_t cap = tracer->body_cap[raw->dir];
    if (raw->dir == HT_DIR_OUT) {
        x->request.body_bytes = ht_sum(x->request.body_bytes, raw->u.unit.payload);
        x->request.last_us = raw->t_last_us;
        if (x->request.first_us < 0)
            x->request.first_us = raw->t_us;
        keep_body(x->arena, &x->request.body_head, &x->request.body_room, raw->bytes, cap);
        return;
    }
    x->response.body_bytes = ht_sum(x->response.body_bytes, raw->u.unit.payload);
    x->response.last_us = raw->t_last_us;
    keep_body(x->arena, &x->response.body_head, &x->response.body_room, raw->bytes, cap);
}

void ht_message_body(struct ht_tracer *tracer, struct ht_exchange *x, const struct ht_raw *raw,
                     enum ht_layer layer)
{
    count_body(tracer, x, raw);
    struct ht_event *event = ht_event_begin(tracer, owner_of(x), raw, layer, "body");
    if (!event)
        return;
    event->size = raw->u.unit.payload;
    if (tracer->brief)
        return;
    event->fields = ht_field_map(x->arena, NULL, NULL);
    ht_field_uint(x->arena, event->fields, "bytes", (uint64_t)raw->u.unit.payload);
    ht_field_uint(x->arena, event->fields, "frames", (uint64_t)raw->u.unit.frames);
    ht_field_uint(x->arena, event->fields, "wire_bytes", (uint64_t)raw->u.unit.size);
    ht_field_bool(x->arena, event->fields, "end", raw->u.unit.end);
    ht_event_tellf(tracer, owner_of(x), event, "%lld byte%s of body%s", (long long)raw->u.unit.payload,
                   raw->u.unit.payload == 1 ? "" : "s", raw->u.unit.end ? ", complete" : "");
}

void ht_message_request_end(struct ht_exchange *x, int64_t t_us)
{
    x->request.complete = true;
    if (t_us > x->request.last_us)
        x->request.last_us = t_us;
}

void ht_message_response_end(struct ht_exchange *x, int64_t t_us)
{
    x->response.complete = true;
    if (t_us > x->response.last_us)
        x->response.last_us = t_us;
}
