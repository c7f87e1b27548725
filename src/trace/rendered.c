/* SPDX-License-Identifier: MIT */
/*
 * Rendered messages: takes heads and bodies of HTTP/2 and 3 that libcurl shows as text in the form of HTTP/1,
 * gives exchanges their messages. Neither frames nor grammar are judged: no peer sent them so (RFC 9113
 * section 8).
 */
#include "trace/state.h"

#define NAME "HTTP/"

/* The offset of the version's name in the start-line; the head's length where there is none. */
static size_t version_at(struct ht_span head, enum ht_dir dir)
{
    const uint8_t *end = head.len ? memchr(head.data, '\r', head.len) : NULL;
    size_t line = end ? (size_t)(end - head.data) : 0, name = sizeof NAME - 1;
    if (line < name + 1)
        return head.len;
    size_t at = dir == HT_DIR_IN ? 0 : line - name - 1;
    return memcmp(head.data + at, NAME, name) == 0 ? at : head.len;
}

/* Decodes a copy that says HTTP/1.1 in the version's place. */
static void decode(struct ht_arena *arena, const struct ht_raw *raw, struct ht_h1_head *out)
{
    static const char as[] = NAME "1.1";
    size_t at = version_at(raw->bytes, raw->dir), behind = at + sizeof NAME;
    if (at == raw->bytes.len) {
        ht_h1_decode_head(arena, raw->bytes, raw->dir == HT_DIR_IN, out);
        return;
    }
    size_t rest = raw->bytes.len - behind, len = at + sizeof as - 1 + rest;
    uint8_t *copy = ht_arena_alloc(arena, len);
    memcpy(copy, raw->bytes.data, at);
    memcpy(copy + at, as, sizeof as - 1);
    memcpy(copy + at + sizeof as - 1, raw->bytes.data + behind, rest);
    ht_h1_decode_head(arena, ht_span(copy, len), raw->dir == HT_DIR_IN, out);
    out->version = raw->bytes.data[behind - 1] == '3' ? HT_HTTP_3 : HT_HTTP_2;
}

/* Content-Length as the message's semantics have it; -1 without one, 0 also where there can be no body. */
static int64_t length_of(struct ht_h1_head head, struct ht_span method)
{
    const char *why;
    int64_t length;
    head.version = HT_HTTP_1_1;
    bool none = ht_h1_framing(&head, method, &length, &why) == HT_FRAMING_NONE;
    return none ? 0 : length;
}

static void take_request(struct ht_tracer *tracer, struct ht_exchange *x, const struct ht_raw *raw,
                         const struct ht_h1_head *head)
{
    struct ht_request request = {.method = head->method,
                                 .target = head->target,
                                 .version = head->version,
                                 .headers = head->headers,
                                 .head_bytes = 0};
    ht_message_request(tracer, x, raw, HT_LAYER_HTTP2, &request);
    if (length_of(*head, head->method) == 0)
        ht_message_request_end(x, raw->t_last_us);
}

static void take_response(struct ht_tracer *tracer, struct ht_exchange *x, const struct ht_raw *raw,
                          const struct ht_h1_head *head)
{
    struct ht_response response = {.status = head->status,
                                   .version = head->version,
                                   .headers = head->headers,
                                   .head_bytes = 0,
                                   .framing = HT_FRAMING_H2};
    const char *why;
    struct ht_h1_head as_h1 = *head;
    as_h1.version = HT_HTTP_1_1;
    ht_h1_framing(&as_h1, x->request.method, &response.content_length, &why);
    ht_message_response(tracer, x, raw, HT_LAYER_HTTP2, &response, NULL);
    if (head->status >= 200 && length_of(*head, x->request.method) == 0)
        ht_message_response_end(x, raw->t_last_us);
}

void ht_unit_rendered_head(struct ht_tracer *tracer, struct ht_wire *wire, const struct ht_raw *raw)
{
    struct ht_exchange *x = ht_exchange_current(tracer, raw->transfer);
    if (!x || x->connection != wire->connection)
        return;
    struct ht_arena *scratch = ht_arena_new();
    struct ht_h1_head head;
    decode(scratch, raw, &head);
    if (raw->dir == HT_DIR_OUT)
        take_request(tracer, x, raw, &head);
    else
        take_response(tracer, x, raw, &head);
    ht_arena_free(scratch);
}

static void end_by_length(struct ht_exchange *x, const struct ht_raw *raw)
{
    const struct ht_h1_head sent = {.version = HT_HTTP_1_1, .headers = x->request.headers};
    if (raw->dir == HT_DIR_IN && x->response.content_length >= 0 &&
        x->response.body_bytes >= x->response.content_length)
        ht_message_response_end(x, raw->t_last_us);
    if (raw->dir == HT_DIR_OUT && x->request.body_bytes >= length_of(sent, x->request.method))
        ht_message_request_end(x, raw->t_last_us);
}

void ht_unit_rendered_payload(struct ht_tracer *tracer, struct ht_wire *wire, const struct ht_raw *raw)
{
    struct ht_exchange *x = ht_exchange_current(tracer, raw->transfer);
    if (!x || x->connection != wire->connection)
        return;
    ht_message_body(tracer, x, raw, HT_LAYER_HTTP2);
    end_by_length(x, raw);
}

/* Streams of several transfers may take turns on one connection. */
void ht_intake_rendered(struct ht_tracer *tracer, struct ht_wire *wire, const struct ht_raw *raw)
{
    struct ht_run *run = &wire->levels[raw->level].runs[raw->dir];
    const struct ht_exchange *x = ht_exchange_current(tracer, raw->transfer);
    if (run->open && run->raw.transfer != raw->transfer)
        ht_run_flush(tracer, run);
    ht_run_add(run, raw, HT_UNIT_PAYLOAD, (int64_t)raw->bytes.len);
    run->raw.u.unit.payload += (int64_t)raw->bytes.len;
    if (x)
        ht_run_keep_body(tracer, run, raw->bytes,
                         raw->dir == HT_DIR_IN ? x->response.body_head.len : x->request.body_head.len);
}
