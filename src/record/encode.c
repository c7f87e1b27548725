/* SPDX-License-Identifier: MIT */
/* Writing one event: takes a raw event, gives its line of a record (RFC 8259), by the tables of rows. */
#include "record/codec.h"

#include "record/rows.h"

/* Whether a JSON string shows these bytes as they are: no encoding to guess, nothing a terminal obeys. */
static bool is_plain(struct ht_span s)
{
    for (size_t i = 0; i < s.len; i++) {
        uint8_t c = s.data[i];
        if ((c < 0x20 && c != '\r' && c != '\n' && c != '\t') || c >= 0x7F)
            return false;
    }
    return true;
}

static char short_escape(uint8_t c)
{
    switch (c) {
    case '\r':
        return 'r';
    case '\n':
        return 'n';
    case '\t':
        return 't';
    case '"':
    case '\\':
        return (char)c;
    default:
        return '\0';
    }
}

static void put_string(struct ht_sink *out, struct ht_span s)
{
    size_t plain = 0;
    ht_sink_char(out, '"');
    for (size_t i = 0; i < s.len; i++) {
        char escape = short_escape(s.data[i]);
        if (!escape)
            continue;
        ht_sink_bytes(out, ht_span(s.data + plain, i - plain));
        ht_sink_bytes(out, ht_span((char[]){'\\', escape}, 2));
        plain = i + 1;
    }
    if (s.len > plain)
        ht_sink_bytes(out, ht_span(s.data + plain, s.len - plain));
    ht_sink_char(out, '"');
}

static void put_int(struct ht_sink *out, int64_t value)
{
    char digits[24], *at = digits + sizeof digits;
    uint64_t rest = value < 0 ? (uint64_t)0 - (uint64_t)value : (uint64_t)value;
    do {
        *--at = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest);
    if (value < 0)
        *--at = '-';
    ht_sink_bytes(out, ht_span(at, (size_t)(digits + sizeof digits - at)));
}

static void put_key(struct ht_sink *out, const char *key)
{
    ht_sink_bytes(out, ht_span(",\"", 2));
    ht_sink_puts(out, key);
    ht_sink_bytes(out, ht_span("\":", 2));
}

static void put_span(struct ht_sink *out, const struct ht_record_row *row, struct ht_span s)
{
    if (s.len == 0)
        return;
    if (is_plain(s)) {
        put_key(out, row->key);
        put_string(out, s);
        return;
    }
    put_key(out, row->hex_key);
    ht_sink_char(out, '"');
    ht_sink_hex(out, s);
    ht_sink_char(out, '"');
}

/* A number past the bound is held at it: a line that no reader takes would cost the whole record. */
static int64_t bounded(int64_t value)
{
    if (value > HT_RECORD_INT_MAX)
        return HT_RECORD_INT_MAX;
    return value < -HT_RECORD_INT_MAX ? -HT_RECORD_INT_MAX : value;
}

static int64_t not_negative(int64_t value)
{
    return value < 0 ? 0 : bounded(value);
}

static int64_t number_of(const struct ht_record_row *row, const void *member)
{
    switch (row->type) {
    case HT_ROW_TIME:
    case HT_ROW_LAST:
        return not_negative(*(const int64_t *)member);
    case HT_ROW_ID:
        return *(const int32_t *)member < -1 ? -1 : *(const int32_t *)member;
    case HT_ROW_LEVEL:
        return *(const uint8_t *)member;
    case HT_ROW_BOOL:
        return *(const bool *)member;
    case HT_ROW_NAMED:
        return *(const unsigned *)member;
    default:
        return bounded(*(const int64_t *)member);
    }
}

static void put_number(struct ht_sink *out, const struct ht_record_row *row, int64_t value)
{
    const char *name = row->name ? row->name(value) : NULL;
    put_key(out, row->key);
    if (row->type == HT_ROW_BOOL)
        ht_sink_puts(out, value ? "true" : "false");
    else if (row->name)
        put_string(out, ht_span_str(name));
    else
        put_int(out, value);
}

static void put_rows(struct ht_sink *out, struct ht_record_rows rows, const struct ht_raw *raw)
{
    for (size_t i = 0; i < rows.count; i++) {
        const struct ht_record_row *row = &rows.at[i];
        const void *member = (const char *)raw + row->offset;
        if (row->type == HT_ROW_SPAN) {
            put_span(out, row, *(const struct ht_span *)member);
            continue;
        }
        int64_t value = number_of(row, member);
        int64_t missing = row->type == HT_ROW_LAST ? not_negative(raw->t_us) : row->missing;
        if (row->always || value != missing)
            put_number(out, row, value);
    }
}

void ht_record_encode(struct ht_sink *out, const struct ht_raw *raw)
{
    ht_sink_puts(out, "{\"k\":");
    put_string(out, ht_span_str(ht_record_kind_name(raw->kind)));
    put_rows(out, ht_record_common, raw);
    put_rows(out, ht_record_rows_of(raw->kind), raw);
    ht_sink_char(out, '}');
}
