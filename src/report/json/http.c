/* SPDX-License-Identifier: MIT */
/* Takes the exchanges of a transfer, gives them as JSON: phases, request, response (RFC 9110). */
#include "decode/h2/h2.h"
#include "model/model.h"
#include "report/json/value.h"

static json_t *headers(struct ht_json *j, const struct ht_headers *list, const char *what, int32_t connection,
                       int32_t exchange)
{
    if (list->cut)
        ht_json_truncated(j, what, connection, exchange, -1);
    return ht_json_headers(j, list);
}

json_t *ht_json_request(struct ht_json *j, const struct ht_request *request, int32_t connection,
                        int32_t exchange)
{
    json_t *out = json_object();
    ht_json_set(out, "target", request->target.len ? ht_json_url(j, request->target) : json_null());
    ht_json_set(out, "headers", headers(j, &request->headers, "request headers", connection, exchange));
    ht_json_set(out, "trailers", headers(j, &request->trailers, "request trailers", connection, exchange));
    ht_json_set(out, "head_bytes", ht_json_count(request->head_bytes));
    ht_json_set(out, "body_bytes", ht_json_count(request->body_bytes));
    ht_json_set(out, "sent_us", ht_json_time(j, request->first_us));
    ht_json_set(out, "complete", json_boolean(request->complete));
    return out;
}

static json_t *informational(struct ht_json *j, const struct ht_response *response, int32_t connection,
                             int32_t exchange)
{
    json_t *list = json_array();
    size_t count = 0;
    for (const struct ht_informational *i = response->informational; i; i = i->next) {
        json_t *one = json_object();
        ht_json_set(one, "status", json_integer(i->status));
        ht_json_set(one, "t_us", ht_json_time(j, i->t_us));
        ht_json_set(one, "headers",
                    headers(j, &i->headers, "informational response headers", connection, exchange));
        ht_json_append(list, one);
        count++;
    }
    if (response->informational_count > count)
        ht_json_truncated(j, "informational responses", connection, exchange,
                          (int64_t)(response->informational_count - count));
    return list;
}

json_t *ht_json_response(struct ht_json *j, const struct ht_response *response, int32_t connection,
                         int32_t exchange)
{
    if (response->status == 0 && !response->informational)
        return json_null();
    json_t *out = json_object();
    ht_json_set(out, "status", response->status ? json_integer(response->status) : json_null());
    ht_json_set(out, "reason", ht_json_text_or_null(response->reason));
    ht_json_set(out, "headers", headers(j, &response->headers, "response headers", connection, exchange));
    ht_json_set(out, "trailers", headers(j, &response->trailers, "response trailers", connection, exchange));
    ht_json_set(out, "informational", informational(j, response, connection, exchange));
    ht_json_set(out, "head_bytes", ht_json_count(response->head_bytes));
    ht_json_set(out, "body_bytes", ht_json_count(response->body_bytes));
    ht_json_set(out, "content_length", ht_json_count(response->content_length));
    ht_json_set(out, "first_byte_us", ht_json_time(j, response->first_us));
    ht_json_set(out, "framing", ht_json_word(ht_framing_name(response->framing)));
    ht_json_set(out, "complete", json_boolean(response->complete));
    ht_json_set(out, "content_encoding", ht_json_text_or_null(response->content_encoding));
    return out;
}

static json_t *phases(const struct ht_json *j, const struct ht_exchange *exchange)
{
    json_t *list = json_array();
    int64_t at_us = exchange->start_us;
    for (int p = 0; p < HT_PHASE_COUNT; p++) {
        const struct ht_phase_span *span = &exchange->phases[p];
        bool timed = span->start_us >= 0 && span->duration_us >= 0 && span->outcome != HT_OUTCOME_SKIPPED;
        json_t *one = json_object();
        /* what took no time stands where the phase before it ended */
        int64_t start_us = timed ? span->start_us : at_us, duration_us = timed ? span->duration_us : 0;
        ht_json_set(one, "name", ht_json_word(ht_phase_name((enum ht_phase)p)));
        ht_json_set(one, "start_us", json_integer(start_us - j->base_us));
        ht_json_set(one, "duration_us", json_integer(duration_us));
        ht_json_set(one, "outcome", ht_json_word(ht_outcome_name(span->outcome)));
        ht_json_append(list, one);
        at_us = start_us + duration_us;
    }
    return list;
}

/* Where the answer sent the client: as the next request had it, or as the answer said. */
static json_t *redirect(const struct ht_json *j, const struct ht_exchange *exchange)
{
    const struct ht_exchange *next = exchange->next;
    bool followed = next && next->cause == HT_CAUSE_REDIRECT;
    if (!followed && (exchange->response.status / 100 != 3 || !exchange->response.location.len))
        return json_null();
    json_t *out = json_object();
    ht_json_set(out, "status", json_integer(exchange->response.status));
    ht_json_set(out, "location", ht_json_url(j, followed ? next->url : exchange->response.location));
    ht_json_set(out, "followed", json_boolean(followed));
    return out;
}

static json_t *reset(const struct ht_exchange *exchange)
{
    if (exchange->reset_code < 0)
        return json_null();
    json_t *out = json_object();
    uint32_t code = (uint32_t)exchange->reset_code;
    ht_json_set(out, "dir", ht_json_word(ht_dir_name(exchange->reset_dir)));
    ht_json_set(out, "code", ht_json_named(ht_h2_error_name(code), code, 8));
    return out;
}

static json_t *http_version(const struct ht_exchange *exchange)
{
    const char *answered = ht_http_version_name(exchange->response.version);
    return ht_json_word(answered ? answered : ht_http_version_name(exchange->request.version));
}

static json_t *exchange_value(struct ht_json *j, const struct ht_exchange *x)
{
    const struct ht_connection *connection = x->connection;
    json_t *out = json_object();
    ht_json_set(out, "id", json_integer(x->id));
    ht_json_set(out, "url", ht_json_url(j, x->url));
    ht_json_set(out, "method", ht_json_text(x->method));
    ht_json_set(out, "http_version", http_version(x));
    ht_json_set(out, "connection", connection ? json_integer(connection->id) : json_null());
    ht_json_set(out, "reused", json_boolean(x->reused));
    ht_json_set(out, "stream", ht_json_count(x->stream));
    ht_json_set(out, "cause", ht_json_word(ht_cause_name(x->cause)));
    ht_json_set(out, "start_us", ht_json_time(j, x->start_us));
    ht_json_set(out, "duration_us", ht_json_span_us(x->start_us, x->end_us));
    ht_json_set(out, "failed", json_boolean(x->failed));
    ht_json_set(out, "phase", ht_json_word(ht_phase_name(x->phase)));
    ht_json_set(out, "phases", phases(j, x));
    ht_json_set(out, "request", ht_json_request(j, &x->request, -1, x->id));
    ht_json_set(out, "response", ht_json_response(j, &x->response, -1, x->id));
    ht_json_set(out, "reset", reset(x));
    ht_json_set(out, "redirect", redirect(j, x));
    return out;
}

json_t *ht_json_exchanges(struct ht_json *j)
{
    json_t *list = json_array();
    for (const struct ht_exchange *x = j->transfer->exchanges; x; x = x->next)
        ht_json_append(list, exchange_value(j, x));
    return list;
}
