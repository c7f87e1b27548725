/* SPDX-License-Identifier: MIT */
/* Reading one event: takes the JSON object of one line (RFC 8259), gives a raw event, by the tables of rows.
 */
#include "record/codec.h"

#include "base/escape.h"
#include "record/rows.h"

#define QUOTED_CAP 64 /* of what a file holds in place of a name, in an error message */

/* What one line is read with. */
struct decoder {
    const json_t *object;
    uint8_t *hex; /* where the next decoded bytes go */
    size_t seen;  /* members taken so far */
    struct ht_raw *raw;
    struct ht_sink *why;
};

/* Whatever the file says is hostile; a long name is cut. */
static void put_quoted(struct ht_sink *why, const char *text)
{
    struct ht_sink harmless = ht_sink(QUOTED_CAP);
    ht_escape_text(&harmless, ht_span_str(text));
    ht_sink_printf(why, "\"%s%s\"", ht_sink_text(&harmless), harmless.cut ? "..." : "");
    ht_sink_free(&harmless);
}

static bool refuse(struct decoder *d, const char *key, const char *what)
{
    ht_sink_puts(d->why, "the member ");
    put_quoted(d->why, key);
    ht_sink_printf(d->why, " %s", what);
    return false;
}

static const json_t *member_of(struct decoder *d, const char *key)
{
    const json_t *value = json_object_get(d->object, key);
    if (value)
        d->seen++;
    return value;
}

static int digit_of(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return -1;
}

static bool take_hex(struct decoder *d, const json_t *value, struct ht_span *to)
{
    const char *text = json_string_value(value);
    size_t len = json_string_length(value);
    if (len % 2)
        return false;
    for (size_t i = 0; i < len; i += 2) {
        int high = digit_of(text[i]), low = digit_of(text[i + 1]);
        if (high < 0 || low < 0)
            return false;
        d->hex[i / 2] = (uint8_t)(high << 4 | low);
    }
    *to = ht_span(d->hex, len / 2);
    d->hex += len / 2;
    return true;
}

static bool take_span(struct decoder *d, const struct ht_record_row *row, struct ht_span *to)
{
    const json_t *text = member_of(d, row->key), *hex = member_of(d, row->hex_key);
    if (text && hex)
        return refuse(d, row->hex_key, "is there in its other form as well");
    if (text && !json_is_string(text))
        return refuse(d, row->key, "is not a string");
    if (hex && (!json_is_string(hex) || !take_hex(d, hex, to)))
        return refuse(d, row->hex_key, "is not lower-case hexadecimal");
    if (text && json_string_length(text))
        *to = ht_span(json_string_value(text), json_string_length(text));
    return true;
}

static bool take_bool(struct decoder *d, const struct ht_record_row *row, const json_t *value, bool *to)
{
    if (value && !json_is_boolean(value))
        return refuse(d, row->key, "is not true or false");
    *to = value ? json_is_true(value) : row->missing != 0;
    return true;
}

static bool take_named(struct decoder *d, const struct ht_record_row *row, const json_t *value, unsigned *to)
{
    const char *name = json_string_value(value);
    *to = (unsigned)row->missing;
    if (!value)
        return true;
    if (!name)
        return refuse(d, row->key, "is not a string");
    for (unsigned i = 0; row->name(i); i++) {
        if (strcmp(row->name(i), name) == 0) {
            *to = i;
            return true;
        }
    }
    refuse(d, row->key, "has the unknown value ");
    put_quoted(d->why, name);
    return false;
}

struct range {
    int64_t least, most;
};

static struct range range_of(enum ht_row_type type)
{
    switch (type) {
    case HT_ROW_TIME:
    case HT_ROW_LAST:
        return (struct range){0, HT_RECORD_INT_MAX};
    case HT_ROW_ID:
        return (struct range){-1, INT32_MAX};
    case HT_ROW_LEVEL:
        return (struct range){0, UINT8_MAX};
    default:
        return (struct range){-HT_RECORD_INT_MAX, HT_RECORD_INT_MAX};
    }
}

static void store_number(enum ht_row_type type, void *to, int64_t number)
{
    if (type == HT_ROW_ID)
        *(int32_t *)to = (int32_t)number;
    else if (type == HT_ROW_LEVEL)
        *(uint8_t *)to = (uint8_t)number;
    else
        *(int64_t *)to = number;
}

static bool take_number(struct decoder *d, const struct ht_record_row *row, const json_t *value, void *to)
{
    struct range range = range_of(row->type);
    int64_t number = row->type == HT_ROW_LAST ? d->raw->t_us : row->missing;
    if (value) {
        if (!json_is_integer(value))
            return refuse(d, row->key, "is not an integer");
        number = json_integer_value(value);
        if (number < range.least || number > range.most)
            return refuse(d, row->key, "is out of range");
    }
    store_number(row->type, to, number);
    return true;
}

static bool take_row(struct decoder *d, const struct ht_record_row *row)
{
    void *to = (char *)d->raw + row->offset;
    if (row->type == HT_ROW_SPAN)
        return take_span(d, row, to);
    const json_t *value = member_of(d, row->key);
    if (!value && row->always)
        return refuse(d, row->key, "is missing");
    if (row->type == HT_ROW_BOOL)
        return take_bool(d, row, value, to);
    if (row->type == HT_ROW_NAMED)
        return take_named(d, row, value, to);
    return take_number(d, row, value, to);
}

static bool take_rows(struct decoder *d, struct ht_record_rows rows)
{
    for (size_t i = 0; i < rows.count; i++) {
        if (!take_row(d, &rows.at[i]))
            return false;
    }
    return true;
}

static bool has_key(struct ht_record_rows rows, const char *key)
{
    for (size_t i = 0; i < rows.count; i++) {
        const struct ht_record_row *row = &rows.at[i];
        if (strcmp(row->key, key) == 0 || (row->hex_key && strcmp(row->hex_key, key) == 0))
            return true;
    }
    return false;
}

/* Every member that was taken is known; where there are more, one is not. */
static bool refuse_unknown(struct decoder *d)
{
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)d->object, key, value)
    {
        if (strcmp(key, "k") != 0 && !has_key(ht_record_common, key) &&
            !has_key(ht_record_rows_of(d->raw->kind), key)) {
            ht_sink_puts(d->why, "unknown member ");
            put_quoted(d->why, key);
            return false;
        }
    }
    return true;
}

static bool take_kind(struct decoder *d)
{
    const json_t *value = member_of(d, "k");
    const char *name = json_string_value(value);
    if (!name)
        return refuse(d, "k", value ? "is not a string" : "is missing");
    d->raw->kind = ht_record_kind_of(name);
    if (d->raw->kind != HT_RAW_KIND_COUNT)
        return true;
    ht_sink_puts(d->why, "unknown event ");
    put_quoted(d->why, name);
    return false;
}

bool ht_record_decode(const json_t *object, uint8_t *hex, struct ht_raw *raw, struct ht_sink *why)
{
    struct decoder d = {.object = object, .hex = hex, .raw = raw, .why = why};
    memset(raw, 0, sizeof *raw);
    if (!take_kind(&d) || !take_rows(&d, ht_record_common) || !take_rows(&d, ht_record_rows_of(raw->kind)))
        return false;
    return d.seen == json_object_size(object) || refuse_unknown(&d);
}
