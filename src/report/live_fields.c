/* SPDX-License-Identifier: MIT */
/* Takes a field tree, writes it as lines "name: value" with children indented, and header fields as sent. */
#include "base/escape.h"
#include "base/mask.h"
#include "model/model.h"
#include "report/live.h"
#include "report/show.h"

#include <inttypes.h>

#define DEPTH_MOST 32 /* bounds the recursion; decoders build no deeper trees */

static bool has_children(const struct ht_field *f)
{
    return f->type == HT_FIELD_MAP || f->type == HT_FIELD_LIST;
}

static void scalar(const struct ht_live *live, struct ht_sink *out, const struct ht_field *map,
                   const struct ht_field *f)
{
    bool secrets = live->options.show_secrets;
    if (f->type == HT_FIELD_TEXT)
        ht_show_field(out, map, f, secrets);
    else if (f->secret && !secrets)
        ht_sink_puts(out, HT_MASK);
    else if (f->type == HT_FIELD_BYTES)
        ht_sink_hex(out, f->value.bytes);
    else if (f->type == HT_FIELD_BOOL)
        ht_sink_puts(out, f->value.number ? "true" : "false");
    else if (f->type == HT_FIELD_NAMED && f->label)
        ht_show_ready(out, f->label);
    else if (f->type == HT_FIELD_NAMED)
        ht_sink_printf(out, "0x%" PRIx64, f->value.number);
    else
        ht_sink_printf(out, "%" PRIu64, f->value.number);
}

/* Whether it fits one line: no child has children of its own. */
static bool is_flat(const struct ht_field *parent)
{
    for (const struct ht_field *f = parent->value.children.first; f; f = f->next) {
        if (has_children(f))
            return false;
    }
    return parent->type == HT_FIELD_LIST || !parent->name;
}

/* "name: value" for a pair such as a header field's, else "a: 1, b: 2", or the values of a list. */
static void flat(const struct ht_live *live, struct ht_sink *out, const struct ht_field *parent)
{
    const struct ht_field *name = ht_field_find(parent, "name"), *value = ht_field_find(parent, "value");
    bool pair = name && value && name->type == HT_FIELD_TEXT;
    const char *between = "";
    if (pair) {
        scalar(live, out, parent, name);
        ht_sink_puts(out, ": ");
        scalar(live, out, parent, value);
        between = ", ";
    }
    for (const struct ht_field *f = parent->value.children.first; f; f = f->next) {
        if (pair && (f == name || f == value))
            continue;
        ht_sink_puts(out, between);
        between = ", ";
        if (f->name) {
            ht_show_ready(out, f->name);
            ht_sink_puts(out, ": ");
        }
        scalar(live, out, parent, f);
    }
}

static bool is_hidden(const struct ht_live *live, const struct ht_field *f)
{
    return f->secret && !live->options.show_secrets && has_children(f);
}

static void one_line(const struct ht_live *live, struct ht_sink *text, const struct ht_field *map,
                     const struct ht_field *f)
{
    struct ht_sink value = ht_sink(0);
    if (is_hidden(live, f))
        ht_sink_puts(&value, HT_MASK);
    else if (has_children(f))
        flat(live, &value, f);
    else
        scalar(live, &value, map, f);
    if (value.len)
        ht_sink_char(text, ' ');
    ht_sink_bytes(text, ht_span(ht_sink_text(&value), value.len));
    ht_sink_free(&value);
}

static void field(struct ht_live *live, char mark, int64_t t_us, const struct ht_field *map,
                  const struct ht_field *f, int depth)
{
    struct ht_sink text = ht_sink(0);
    bool deeper = has_children(f) && !is_flat(f) && !is_hidden(live, f);
    ht_sink_fill(&text, ' ', (size_t)depth * 2 + 2);
    ht_show_ready(&text, f->name ? f->name : "-");
    ht_sink_puts(&text, f->name ? ":" : "");
    if (!deeper)
        one_line(live, &text, map, f);
    ht_live_more(live, mark, t_us, ht_sink_text(&text));
    ht_sink_free(&text);
    for (const struct ht_field *c = deeper ? f->value.children.first : NULL; c && depth < DEPTH_MOST;
         c = c->next)
        field(live, mark, t_us, f, c, depth + 1);
}

void ht_live_fields(struct ht_live *live, char mark, int64_t t_us, const struct ht_field *map)
{
    if (!map || !has_children(map))
        return;
    for (const struct ht_field *f = map->value.children.first; f; f = f->next)
        field(live, mark, t_us, map, f, 0);
}

/* What the summary line says already. */
static bool is_told(struct ht_span name)
{
    return ht_span_eq_str(name, ":method") || ht_span_eq_str(name, ":path") ||
           ht_span_eq_str(name, ":status") || ht_span_eq_str(name, ":scheme");
}

void ht_live_headers(struct ht_live *live, char mark, int64_t t_us, const struct ht_field *headers)
{
    if (!headers || headers->type != HT_FIELD_LIST)
        return;
    for (const struct ht_field *h = headers->value.children.first; h; h = h->next) {
        const struct ht_field *name = ht_field_find(h, "name"), *value = ht_field_find(h, "value");
        if (!name || name->type != HT_FIELD_TEXT || (live->level < 2 && is_told(name->value.bytes)))
            continue;
        struct ht_sink text = ht_sink(0);
        ht_show_text(&text, name->value.bytes);
        ht_sink_puts(&text, ": ");
        if (value && value->type == HT_FIELD_TEXT)
            ht_show_field(&text, h, value, live->options.show_secrets);
        ht_live_more(live, mark, t_us, ht_sink_text(&text));
        ht_sink_free(&text);
    }
}
