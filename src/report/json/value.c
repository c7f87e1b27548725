/* SPDX-License-Identifier: MIT */
/* Takes values of the model, gives JSON values (RFC 8259): strings harmless and masked, numbers exact. */
#include "report/json/value.h"

#include "base/clock.h"
#include "base/mask.h"
#include "report/headline.h"
#include "report/show.h"

#include <inttypes.h>
#include <netdb.h>
#include <string.h>

#define EXACT_MAX   (UINT64_C(1) << 53) /* RFC 8259 section 6: what readers with doubles keep */
#define SAME_NAMES  64
#define FIELD_DEPTH 32 /* deeper trees are not built; this only bounds the recursion */

static json_t *take_text(struct ht_sink *sink)
{
    json_t *value = json_stringn(ht_sink_text(sink), sink->len);
    ht_sink_free(sink);
    return value;
}

json_t *ht_json_text(struct ht_span wire)
{
    struct ht_sink sink = ht_sink(0);
    ht_show_text(&sink, wire);
    return take_text(&sink);
}

/* Harmless and masked by its maker. */
json_t *ht_json_headline(const struct ht_json *j)
{
    struct ht_sink sink = ht_sink(0);
    ht_headline(&sink, j->transfer, j->options->show_secrets);
    return take_text(&sink);
}

json_t *ht_json_text_or_null(struct ht_span wire)
{
    return wire.len ? ht_json_text(wire) : json_null();
}

json_t *ht_json_ready(const char *text)
{
    struct ht_sink sink = ht_sink(0);
    if (!text)
        return json_null();
    ht_show_ready(&sink, text);
    return take_text(&sink);
}

json_t *ht_json_sentence(const struct ht_json *j, const char *text)
{
    struct ht_sink sink = ht_sink(0);
    if (!text)
        return json_null();
    ht_show_sentence(&sink, text, j->options->show_secrets);
    return take_text(&sink);
}

json_t *ht_json_word(const char *name)
{
    return name ? json_string(name) : json_null();
}

json_t *ht_json_url(const struct ht_json *j, struct ht_span url)
{
    struct ht_sink sink = ht_sink(0);
    ht_show_url(&sink, url, j->options->show_secrets);
    return take_text(&sink);
}

json_t *ht_json_curl_text(const struct ht_json *j, struct ht_span text)
{
    struct ht_sink masked = ht_sink(0);
    ht_show_curl_text(&masked, text, j->options->show_secrets);
    json_t *value = ht_json_text_or_null(ht_span(ht_sink_text(&masked), masked.len));
    ht_sink_free(&masked);
    return value;
}

json_t *ht_json_hex(struct ht_span bytes)
{
    struct ht_sink sink = ht_sink(0);
    ht_sink_hex(&sink, bytes);
    return take_text(&sink);
}

json_t *ht_json_date(int64_t seconds)
{
    struct ht_sink sink = ht_sink(0);
    bool fits = seconds > INT64_MIN / 1000000 && seconds < INT64_MAX / 1000000;
    if (fits)
        ht_sink_rfc3339(&sink, seconds * 1000000, false);
    else
        ht_sink_puts(&sink, "out-of-range");
    return take_text(&sink);
}

json_t *ht_json_time(const struct ht_json *j, int64_t t_us)
{
    return t_us < 0 ? json_null() : json_integer(t_us - j->base_us);
}

json_t *ht_json_span_us(int64_t from_us, int64_t to_us)
{
    return from_us < 0 || to_us < 0 ? json_null() : json_integer(to_us - from_us);
}

json_t *ht_json_count(int64_t value)
{
    return value < 0 ? json_null() : json_integer(value);
}

json_t *ht_json_uint(uint64_t value)
{
    char text[24];
    if (value <= EXACT_MAX)
        return json_integer((json_int_t)value);
    snprintf(text, sizeof text, "%" PRIu64, value);
    return json_string(text);
}

json_t *ht_json_headers(const struct ht_json *j, const struct ht_headers *headers)
{
    json_t *list = json_array();
    for (size_t i = 0; i < headers->count; i++) {
        const struct ht_header *h = &headers->at[i];
        struct ht_sink value = ht_sink(0);
        json_t *pair = json_array();
        ht_show_header(&value, h->name, h->value, j->options->show_secrets);
        ht_json_append(pair, ht_json_text(h->name));
        ht_json_append(pair, take_text(&value));
        ht_json_append(list, pair);
    }
    return list;
}

static json_t *text_field(const struct ht_json *j, const struct ht_field *map, const struct ht_field *field)
{
    struct ht_sink sink = ht_sink(0);
    ht_show_field(&sink, map, field, j->options->show_secrets);
    return take_text(&sink);
}

/* A map of the wire may hold a name twice: the second becomes "name_2". Past a few, the last one wins: a
 * hostile message of thousands must not cost their square. */
static void set_unique(json_t *object, const char *name, json_t *value)
{
    char key[128];
    snprintf(key, sizeof key, "%s", name ? name : "");
    for (unsigned n = 2; n <= SAME_NAMES && json_object_get(object, key); n++)
        snprintf(key, sizeof key, "%.100s_%u", name ? name : "", n);
    ht_json_set(object, key, value);
}

static json_t *field_value(const struct ht_json *j, const struct ht_field *map, const struct ht_field *field,
                           int depth);

static json_t *children(const struct ht_json *j, const struct ht_field *field, int depth)
{
    bool map = field->type == HT_FIELD_MAP;
    json_t *out = map ? json_object() : json_array();
    for (const struct ht_field *f = field->value.children.first; f && depth < FIELD_DEPTH; f = f->next) {
        json_t *value = field_value(j, field, f, depth + 1);
        if (map)
            set_unique(out, f->name, value);
        else
            ht_json_append(out, value);
    }
    return out;
}

static json_t *field_value(const struct ht_json *j, const struct ht_field *map, const struct ht_field *field,
                           int depth)
{
    bool text = field->type == HT_FIELD_TEXT;
    if (field->secret && !text && !j->options->show_secrets)
        return json_string(HT_MASK);
    switch (field->type) {
    case HT_FIELD_BOOL:
        return json_boolean(field->value.number != 0);
    case HT_FIELD_NAMED:
        return field->label ? ht_json_ready(field->label) : ht_json_uint(field->value.number);
    case HT_FIELD_TEXT:
        return text_field(j, map, field);
    case HT_FIELD_BYTES:
        return ht_json_hex(field->value.bytes);
    case HT_FIELD_MAP:
    case HT_FIELD_LIST:
        return children(j, field, depth);
    case HT_FIELD_UINT:
        break;
    }
    return ht_json_uint(field->value.number);
}

json_t *ht_json_fields(const struct ht_json *j, const struct ht_field *field)
{
    return field ? field_value(j, NULL, field, 0) : json_object();
}

json_t *ht_json_named(const char *name, uint64_t number, int digits)
{
    char text[24];
    if (name)
        return json_string(name);
    snprintf(text, sizeof text, "0x%0*" PRIx64, digits, number);
    return json_string(text);
}

json_t *ht_json_errno(int64_t error)
{
    char text[24];
    const char *name = error > 0 && error < INT32_MAX ? strerrorname_np((int)error) : NULL;
    if (error == 0 || name)
        return ht_json_word(error ? name : NULL);
    snprintf(text, sizeof text, "%" PRId64, error);
    return json_string(text);
}

void ht_json_set(json_t *object, const char *key, json_t *value)
{
    json_object_set_new_nocheck(object, key, value); /* keys are names of ours */
}

void ht_json_append(json_t *array, json_t *value)
{
    json_array_append_new(array, value);
}

void ht_json_truncated(struct ht_json *j, const char *what, int32_t connection, int32_t exchange,
                       int64_t dropped)
{
    json_t *entry = json_object();
    ht_json_set(entry, "what", json_string(what));
    ht_json_set(entry, "connection", ht_json_count(connection));
    ht_json_set(entry, "exchange", ht_json_count(exchange));
    ht_json_set(entry, "dropped", ht_json_count(dropped));
    ht_json_append(j->truncated, entry);
}
