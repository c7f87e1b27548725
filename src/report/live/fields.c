/* SPDX-License-Identifier: MIT */
/* Takes a field tree, writes it as few lines as can be read: "name: value", lists of plain values and small
 * structures on one line, a structure that is named by its first field under that name. */
#include "base/escape.h"
#include "base/mask.h"
#include "model/model.h"
#include "report/live/live.h"
#include "report/show.h"

#include <inttypes.h>

#define DEPTH_MOST  32   /* bounds the recursion; decoders build no deeper trees */
#define SHOWN_BYTES 32u  /* of an opaque value; the rest is counted, and whole in the JSON report */
#define INLINE_MOST 100u /* bytes of a structure that may stand on its field's own line */
#define LEVEL_ALL   3

/* What the summary line above the fields says already. */
static const struct {
    enum ht_layer layer;
    const char *name;
} told[] = {
    {HT_LAYER_HTTP2, "length"},
    {HT_LAYER_HTTP2, "type"},
    {HT_LAYER_HTTP2, "stream_identifier"},
    {HT_LAYER_HTTP2, "settings"},
    {HT_LAYER_HTTP2, "window_size_increment"},
    {HT_LAYER_HTTP2, "error_code"},
    {HT_LAYER_HTTP2, "last_stream_id"},
    {HT_LAYER_HTTP2, "additional_debug_data"},
    {HT_LAYER_HTTP2, "opaque_data"},
    {HT_LAYER_HTTP2, "field_block_bytes"},
    {HT_LAYER_HTTP2, "field_section_bytes"},
    {HT_LAYER_TLS, "level"},
    {HT_LAYER_TLS, "description"},
};

static bool has_children(const struct ht_field *f)
{
    return f->type == HT_FIELD_MAP || f->type == HT_FIELD_LIST;
}

/* "SETTINGS, ack" */
static bool is_ack(const struct ht_field *f)
{
    const struct ht_field *flag =
        strcmp(f->name, "flags") == 0 && has_children(f) ? f->value.children.first : NULL;
    return flag && !flag->next && flag->label && strcmp(flag->label, "ACK") == 0;
}

static bool is_told(enum ht_layer layer, const struct ht_field *f)
{
    if (f->name && layer == HT_LAYER_HTTP2 && is_ack(f))
        return true;
    for (size_t i = 0; f->name && i < sizeof told / sizeof *told; i++) {
        if (told[i].layer == layer && strcmp(told[i].name, f->name) == 0)
            return true;
    }
    return false;
}

/* ---- what a field is ---- */

static bool is_hidden(const struct ht_live *live, const struct ht_field *f)
{
    return f->secret && !live->options.show_secrets && has_children(f);
}

static bool is_empty(const struct ht_field *f)
{
    bool bytes = f->type == HT_FIELD_TEXT || f->type == HT_FIELD_BYTES;
    return has_children(f) ? f->value.children.count == 0 : bytes && f->value.bytes.len == 0;
}

/* The length of what stands beside it. */
static bool is_length(const struct ht_field *f)
{
    size_t len = f->name ? strlen(f->name) : 0;
    return f->type == HT_FIELD_UINT && len >= 6 && strcmp(f->name + len - 6, "length") == 0;
}

static bool is_usual(const struct ht_field *f)
{
    return f->type == HT_FIELD_BOOL && f->value.number && f->name && strcmp(f->name, "parsed") == 0;
}

/* The next field from `f` on that has something to tell. */
static const struct ht_field *shown(const struct ht_field *f)
{
    while (f && (is_empty(f) || is_length(f) || is_usual(f)))
        f = f->next;
    return f;
}

static const struct ht_field *first_of(const struct ht_field *parent)
{
    return shown(parent->value.children.first);
}

/* A structure that its first field names: an extension, a setting, a key share. */
static bool is_titled(const struct ht_field *f)
{
    const struct ht_field *first = f->type == HT_FIELD_MAP ? f->value.children.first : NULL;
    return first && !f->name && first->type == HT_FIELD_NAMED;
}

static bool is_pair(const struct ht_field *f)
{
    const struct ht_field *name = ht_field_find(f, "name"), *value = ht_field_find(f, "value");
    return f->type == HT_FIELD_MAP && name && value && name->type == HT_FIELD_TEXT;
}

static bool is_flat_list(const struct ht_field *f)
{
    const struct ht_field *c = f->type == HT_FIELD_LIST ? f->value.children.first : NULL;
    while (c && !has_children(c))
        c = c->next;
    return f->type == HT_FIELD_LIST && !c;
}

/* ---- values on one line ---- */

static void scalar(const struct ht_live *live, struct ht_sink *out, const struct ht_field *map,
                   const struct ht_field *f)
{
    ht_show_value(out, map, f, SHOWN_BYTES, live->options.show_secrets);
}

static void inlined(const struct ht_live *live, struct ht_sink *out, const struct ht_field *map,
                    const struct ht_field *f, int depth);

/* "name: value" of a header field; what else is known of it behind. */
static void pair(const struct ht_live *live, struct ht_sink *out, const struct ht_field *f, int depth)
{
    const struct ht_field *name = ht_field_find(f, "name"), *value = ht_field_find(f, "value");
    scalar(live, out, f, name);
    ht_sink_puts(out, ": ");
    inlined(live, out, f, value, depth + 1);
    for (const struct ht_field *c = first_of(f); c; c = shown(c->next)) {
        if (c == name || c == value)
            continue;
        ht_sink_puts(out, ", ");
        ht_show_ready(out, c->name);
        ht_sink_char(out, ' ');
        inlined(live, out, f, c, depth + 1);
    }
}

/* "INITIAL_WINDOW_SIZE 65535", or "a 1, b 2". */
static void structure(const struct ht_live *live, struct ht_sink *out, const struct ht_field *f, int depth)
{
    const struct ht_field *first = first_of(f), *second = first ? shown(first->next) : NULL;
    bool two = is_titled(f) && first && second && !shown(second->next);
    for (const struct ht_field *c = first; c; c = shown(c->next)) {
        if (c != first)
            ht_sink_puts(out, two ? " " : ", ");
        if (!two && c->name && !(c == first && is_titled(f))) {
            ht_show_ready(out, c->name);
            ht_sink_char(out, ' ');
        }
        inlined(live, out, f, c, depth + 1);
    }
}

static void inlined(const struct ht_live *live, struct ht_sink *out, const struct ht_field *map,
                    const struct ht_field *f, int depth)
{
    const char *between = "";
    if (depth > DEPTH_MOST)
        return;
    if (is_hidden(live, f)) {
        ht_sink_puts(out, HT_MASK);
    } else if (!has_children(f)) {
        scalar(live, out, map, f);
    } else if (is_pair(f)) {
        pair(live, out, f, depth);
    } else if (f->type == HT_FIELD_MAP) {
        structure(live, out, f, depth);
    } else {
        for (const struct ht_field *c = f->value.children.first; c; c = c->next) {
            ht_sink_puts(out, between);
            inlined(live, out, f, c, depth + 1);
            between = ", ";
        }
    }
}

/* Whether it stands on one line, which `out` then has: whatever has no structure, and structures that are
 * short. Header fields are a line each. */
static bool fits(const struct ht_live *live, struct ht_sink *out, const struct ht_field *map,
                 const struct ht_field *f)
{
    bool headers = f->type == HT_FIELD_LIST && f->value.children.first && is_pair(f->value.children.first);
    if (headers && !is_hidden(live, f))
        return false;
    inlined(live, out, map, f, 0);
    return !has_children(f) || is_flat_list(f) || is_hidden(live, f) || is_pair(f) || out->len <= INLINE_MOST;
}

/* ---- lines ---- */

struct lines {
    struct ht_live *live;
    char mark;
    int64_t t_us;
    const char *bullet; /* before the next line's text: "- " begins a structure without a title */
};

static void field(struct lines *l, const struct ht_field *map, const struct ht_field *f, int depth);

static void line(struct lines *l, int depth, const char *text)
{
    struct ht_sink whole = ht_sink(0);
    ht_sink_fill(&whole, ' ', (size_t)depth * 2 + 2 - strlen(l->bullet));
    ht_sink_puts(&whole, l->bullet);
    ht_sink_puts(&whole, text);
    ht_live_more(l->live, l->mark, l->t_us, ht_sink_text(&whole));
    l->bullet = "";
    ht_sink_free(&whole);
}

static void below(struct lines *l, const struct ht_field *parent, const struct ht_field *first, int depth)
{
    for (const struct ht_field *c = first; c && depth < DEPTH_MOST; c = shown(c->next))
        field(l, parent, c, depth);
}

/* "supported_groups, 22 bytes: x25519, secp256r1": the one field that is left needs no name. */
static void titled(struct lines *l, const struct ht_field *f, int depth)
{
    const struct ht_field *length = ht_field_find(f, "length");
    const struct ht_field *rest = shown(f->value.children.first->next);
    struct ht_sink text = ht_sink(0), value = ht_sink(0);
    scalar(l->live, &text, f, f->value.children.first);
    if (length && length->type == HT_FIELD_UINT)
        ht_sink_printf(&text, ", %" PRIu64 " byte%s", length->value.number,
                       length->value.number == 1 ? "" : "s");
    bool one = rest && !shown(rest->next);
    struct ht_field others = *f;
    others.value.children.first = (struct ht_field *)f->value.children.first->next;
    if (rest && fits(l->live, &value, f, one ? rest : &others)) {
        ht_sink_printf(&text, ": %s", ht_sink_text(&value));
        rest = NULL;
    } else if (rest) {
        ht_sink_char(&text, ':');
    }
    line(l, depth, ht_sink_text(&text));
    if (one && rest && rest->type == HT_FIELD_LIST)
        below(l, rest, first_of(rest), depth + 1);
    else
        below(l, f, rest, depth + 1);
    ht_sink_free(&text);
    ht_sink_free(&value);
}

static void untitled(struct lines *l, const struct ht_field *f, int depth)
{
    struct ht_sink value = ht_sink(0);
    if (fits(l->live, &value, NULL, f)) {
        line(l, depth, ht_sink_text(&value));
    } else {
        l->bullet = "- ";
        below(l, f, first_of(f), depth + 1);
        l->bullet = "";
    }
    ht_sink_free(&value);
}

static void named(struct lines *l, const struct ht_field *map, const struct ht_field *f, int depth)
{
    struct ht_sink text = ht_sink(0), value = ht_sink(0);
    bool extensions = strcmp(f->name, "extensions") == 0; /* a line each, however short */
    bool whole = !extensions && fits(l->live, &value, map, f);
    ht_show_ready(&text, f->name);
    ht_sink_printf(&text, ":%s%s", whole && value.len ? " " : "", whole ? ht_sink_text(&value) : "");
    line(l, depth, ht_sink_text(&text));
    if (!whole)
        below(l, f, first_of(f), depth + 1);
    ht_sink_free(&text);
    ht_sink_free(&value);
}

static void field(struct lines *l, const struct ht_field *map, const struct ht_field *f, int depth)
{
    if (f->name)
        named(l, map, f, depth);
    else if (is_titled(f) && !is_hidden(l->live, f))
        titled(l, f, depth);
    else
        untitled(l, f, depth);
}

void ht_live_fields(struct ht_live *live, char mark, int64_t t_us, const struct ht_event *event,
                    bool sections)
{
    struct lines l = {live, mark, t_us, ""};
    const struct ht_field *map = event->fields;
    if (!map || !has_children(map))
        return;
    for (const struct ht_field *f = map->value.children.first; f; f = f->next) {
        bool section = f->name && strcmp(f->name, "field_section") == 0;
        bool hidden = live->level < LEVEL_ALL && !event->malformed && is_told(event->layer, f);
        if (section == sections && !hidden && !is_empty(f))
            field(&l, map, f, 0);
    }
}

/* What the summary line says already. */
static bool is_in_summary(struct ht_span name)
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
        if (!name || name->type != HT_FIELD_TEXT || (live->level < 2 && is_in_summary(name->value.bytes)))
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
