/* SPDX-License-Identifier: MIT */
/* Takes ids, names and times, gives spans and their attributes as OTLP's JSON has them. */
#include "report/otlp/otlp.h"
#include "report/show.h"

#include <inttypes.h>

#define STATUS_ERROR 2

json_t *ht_otlp_time(const struct ht_json *j, int64_t t_us)
{
    char text[24];
    snprintf(text, sizeof text, "%" PRId64, (j->transfer->wall_start_us + t_us - j->base_us) * 1000);
    return json_string(text);
}

/* Takes the value. */
static void add(json_t *attributes, const char *key, const char *type, json_t *value)
{
    json_t *one = json_object(), *any = json_object();
    ht_json_set(any, type, value);
    ht_json_set(one, "key", json_string(key));
    ht_json_set(one, "value", any);
    ht_json_append(attributes, one);
}

void ht_otlp_text(json_t *attributes, const char *key, struct ht_span wire)
{
    if (wire.len)
        add(attributes, key, "stringValue", ht_json_text(wire));
}

void ht_otlp_word(json_t *attributes, const char *key, const char *word)
{
    if (word && *word)
        add(attributes, key, "stringValue", json_string(word));
}

/* 64-bit integers are strings in the JSON of Protocol Buffers. */
void ht_otlp_number(json_t *attributes, const char *key, int64_t value)
{
    char text[24];
    if (value < 0)
        return;
    snprintf(text, sizeof text, "%" PRId64, value);
    add(attributes, key, "intValue", json_string(text));
}

json_t *ht_otlp_span(const struct ht_json *j, const struct ht_otlp_ids *ids, const char *name,
                     enum ht_otlp_kind kind, int64_t start_us, int64_t end_us)
{
    json_t *out = json_object();
    ht_json_set(out, "traceId", json_string(ids->trace));
    ht_json_set(out, "spanId", json_string(ids->span));
    if (ids->parent[0])
        ht_json_set(out, "parentSpanId", json_string(ids->parent));
    ht_json_set(out, "name", json_string(name));
    ht_json_set(out, "kind", json_integer(kind));
    ht_json_set(out, "startTimeUnixNano", ht_otlp_time(j, start_us));
    ht_json_set(out, "endTimeUnixNano", ht_otlp_time(j, end_us > start_us ? end_us : start_us));
    ht_json_set(out, "attributes", json_array());
    return out;
}

void ht_otlp_fail(json_t *span, json_t *message)
{
    json_t *status = json_object();
    ht_json_set(status, "code", json_integer(STATUS_ERROR));
    if (message)
        ht_json_set(status, "message", message);
    ht_json_set(span, "status", status);
}
