/* SPDX-License-Identifier: MIT */
/* Field sections: takes field lines, gives names and values and marks what breaks the grammar (RFC 9112
 * sections 5 and 7.1.2). */
#include "base/sink.h"
#include "decode/h1/grammar.h"
#include "model/model.h"

/* A field whose value may still be continued by obs-fold. */
struct pending {
    bool open;
    struct ht_span name;
    struct ht_sink value;
};

static void flush(struct ht_arena *arena, struct pending *field, struct ht_headers *fields)
{
    if (field->open)
        ht_headers_add(arena, fields, field->name, ht_span(field->value.text, field->value.len));
    field->open = false;
    ht_sink_reset(&field->value);
}

static bool has_colon(struct ht_span s)
{
    return s.len && memchr(s.data, ':', s.len);
}

/* Length of the field name. Marks what stands between it and the colon. */
static size_t read_name(const struct ht_h1_line *line, struct ht_h1_head *marks)
{
    struct ht_span s = line->text;
    size_t len = 0;
    while (len < s.len && ht_h1_is_tchar(s.data[len]))
        len++;
    if (len < s.len && s.data[len] == ':' && len)
        return len;
    size_t colon = len;
    while (colon < s.len && ht_h1_is_blank(s.data[colon]))
        colon++;
    if (!has_colon(s))
        ht_h1_mark(marks, line->at + len, "field line without a colon (RFC 9112 section 5)");
    else if (s.data[len] == ':')
        ht_h1_mark(marks, line->at, "empty field name (RFC 9110 section 5.1)");
    else if (s.data[colon] == ':')
        ht_h1_mark(marks, line->at + len, "white space before the colon (RFC 9112 section 5.1)");
    else
        ht_h1_mark(marks, line->at + len, "illegal byte in a field name (RFC 9110 section 5.1)");
    return len;
}

static void begin_field(const struct ht_h1_line *line, struct pending *field, struct ht_h1_head *marks)
{
    struct ht_span s = line->text;
    size_t name_len = read_name(line, marks);
    size_t colon_at = ht_span_find_byte(s, ':', 0);
    bool colon = colon_at < s.len;
    size_t value_at = colon ? colon_at + 1 : s.len;
    struct ht_span value = ht_span_from(s, value_at);
    ht_h1_mark_text(marks, value, line->at + value_at);
    /* Behind an illegal byte the name goes on: it is shown as it came. */
    bool plain = !colon || name_len + 1 == value_at;
    field->name = plain ? ht_span_head(s, name_len) : ht_h1_trim(ht_span_head(s, value_at - 1));
    if (!colon)
        field->name = s;
    field->open = true;
    ht_sink_bytes(&field->value, ht_h1_trim(value));
}

static void fold(const struct ht_h1_line *line, struct pending *field, struct ht_h1_head *marks)
{
    ht_h1_mark(marks, line->at,
               field->open ? "obs-fold (RFC 9112 section 5.2)"
                           : "white space before the first field (RFC 9112 section 2.2)");
    ht_h1_mark_text(marks, line->text, line->at);
    if (!field->open)
        return;
    ht_sink_char(&field->value, ' ');
    ht_sink_bytes(&field->value, ht_h1_trim(line->text));
}

void ht_h1_decode_fields(struct ht_arena *arena, struct ht_span bytes, size_t at, struct ht_headers *fields,
                         struct ht_h1_head *marks)
{
    struct pending field = {.value = ht_sink(0)};
    struct ht_h1_line line;
    bool ended = false;
    while (!ended && ht_h1_next_line(bytes, &at, &line, marks)) {
        if (!line.terminated)
            ht_h1_mark(marks, bytes.len, "the field section ends early (RFC 9112 section 2.1)");
        if (line.text.len && ht_h1_is_blank(line.text.data[0])) {
            fold(&line, &field, marks);
            continue;
        }
        flush(arena, &field, fields);
        ended = line.text.len == 0 && line.terminated;
        if (line.text.len)
            begin_field(&line, &field, marks);
    }
    flush(arena, &field, fields);
    ht_sink_free(&field.value);
    if (!ended)
        ht_h1_mark(marks, bytes.len, "the field section ends early (RFC 9112 section 2.1)");
}

void ht_h1_decode_trailers(struct ht_arena *arena, struct ht_span bytes, struct ht_headers *out,
                           struct ht_h1_head *marks)
{
    *out = (struct ht_headers){0};
    marks->malformed = false;
    marks->malformed_at = 0;
    marks->malformed_why = NULL;
    ht_h1_decode_fields(arena, bytes, 0, out, marks);
}
