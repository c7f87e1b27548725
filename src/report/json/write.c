/* SPDX-License-Identifier: MIT */
/* Takes a JSON value, gives its text on one line (RFC 8259), as jansson would write it: whose own writer
 * looks for loops in every list, and costs three times as much. */
#include "report/json/value.h"

#define EXACT_DIGITS 15 /* of a double: 0.1 is written as that */
#define DEPTH        64 /* more than any report has: a bound for the recursion */

/* The one letter of an escape, or 0. */
static char letter_of(uint8_t c)
{
    static const char *const pairs = "\bb\ff\nn\rr\tt\"\"\\\\";
    for (const char *at = pairs; *at; at += 2) {
        if ((uint8_t)at[0] == c)
            return at[1];
    }
    return 0;
}

static bool is_plain(uint8_t c)
{
    return c >= 0x20 && c != '"' && c != '\\';
}

static void put_escape(struct ht_sink *out, uint8_t c)
{
    char letter = letter_of(c);
    if (letter)
        ht_sink_bytes(out, ht_span((const char[]){'\\', letter}, 2));
    else
        ht_sink_printf(out, "\\u%04X", c);
}

static void put_string(struct ht_sink *out, struct ht_span text)
{
    size_t plain = 0;
    ht_sink_char(out, '"');
    for (size_t at = 0; at < text.len; at++) {
        if (is_plain(text.data[at]))
            continue;
        ht_sink_bytes(out, ht_span(text.data + plain, at - plain));
        put_escape(out, text.data[at]);
        plain = at + 1;
    }
    ht_sink_bytes(out, ht_span_from(text, plain));
    ht_sink_char(out, '"');
}

static void put_integer(struct ht_sink *out, json_int_t value)
{
    char digits[24], *at = digits + sizeof digits;
    uint64_t rest = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    do
        *--at = (char)('0' + rest % 10);
    while (rest /= 10);
    if (value < 0)
        *--at = '-';
    ht_sink_bytes(out, ht_span(at, (size_t)(digits + sizeof digits - at)));
}

static void put_value(struct ht_sink *out, const json_t *value, int depth);

static void put_array(struct ht_sink *out, const json_t *array, int depth)
{
    ht_sink_char(out, '[');
    for (size_t i = 0; i < json_array_size(array); i++) {
        if (i > 0)
            ht_sink_char(out, ',');
        put_value(out, json_array_get(array, i), depth + 1);
    }
    ht_sink_char(out, ']');
}

static void put_object(struct ht_sink *out, const json_t *object, int depth)
{
    /* jansson's iterators take what they do not change for changeable. */
    json_t *members = (json_t *)(uintptr_t)object;
    const char *before = "";
    ht_sink_char(out, '{');
    for (void *at = json_object_iter(members); at; at = json_object_iter_next(members, at)) {
        ht_sink_puts(out, before);
        put_string(out, ht_span_str(json_object_iter_key(at)));
        ht_sink_char(out, ':');
        put_value(out, json_object_iter_value(at), depth + 1);
        before = ",";
    }
    ht_sink_char(out, '}');
}

static int to_sink(const char *text, size_t len, void *ctx)
{
    ht_sink_bytes(ctx, ht_span(text, len));
    return 0;
}

static void put_value(struct ht_sink *out, const json_t *value, int depth)
{
    static const char *const words[] = {[JSON_TRUE] = "true", [JSON_FALSE] = "false", [JSON_NULL] = "null"};
    if (depth > DEPTH)
        ht_sink_puts(out, "null");
    else if (json_is_object(value))
        put_object(out, value, depth);
    else if (json_is_array(value))
        put_array(out, value, depth);
    else if (json_is_string(value))
        put_string(out, ht_span(json_string_value(value), json_string_length(value)));
    else if (json_is_integer(value))
        put_integer(out, json_integer_value(value));
    else if (json_is_real(value))
        json_dump_callback(value, to_sink, out, JSON_ENCODE_ANY | JSON_REAL_PRECISION(EXACT_DIGITS));
    else
        ht_sink_puts(out, words[json_typeof(value)]);
}

void ht_json_write(struct ht_sink *out, const json_t *value)
{
    put_value(out, value, 0);
}

void ht_json_dump(struct ht_sink *out, const json_t *value, bool pretty)
{
    if (pretty)
        json_dump_callback(value, to_sink, out, JSON_INDENT(2));
    else
        ht_json_write(out, value);
}
