/* SPDX-License-Identifier: MIT */
/* Takes the field tree of an event, writes it as nested lists: what was decoded of the message, whole but for
 * caps. */
#include "base/mask.h"
#include "model/model.h"
#include "report/html/html.h"
#include "report/show.h"
#include "report/xml.h"

#define DEPTH_MOST  32   /* bounds the recursion; decoders build no deeper trees */
#define FIELDS_MOST 400u /* of one event; all are in the JSON report */
#define BYTES_SHOWN 64u  /* of an opaque value */

struct walk {
    const struct ht_html *h;
    size_t left;
    bool cut;
};

static bool has_children(const struct ht_field *f)
{
    return f->type == HT_FIELD_MAP || f->type == HT_FIELD_LIST;
}

static void value(const struct walk *w, const struct ht_field *map, const struct ht_field *f)
{
    struct ht_sink text = ht_sink(HT_CAP_TEXT);
    ht_show_value(&text, map, f, BYTES_SHOWN, w->h->secrets);
    ht_html_put(w->h, &text);
}

/* A structure is named by what it begins with: an extension's type, a header field's name. */
static const struct ht_field *title_of(const struct ht_field *f)
{
    const struct ht_field *first = f->type == HT_FIELD_MAP ? f->value.children.first : NULL;
    bool titled = first && !f->name && (first->type == HT_FIELD_NAMED || first->type == HT_FIELD_TEXT);
    return titled ? first : NULL;
}

static void field(struct walk *w, const struct ht_field *map, const struct ht_field *f, int depth);

static void below(struct walk *w, const struct ht_field *parent, const struct ht_field *first, int depth)
{
    if (!first || depth >= DEPTH_MOST)
        return;
    ht_sink_puts(w->h->out, "<ul>");
    for (const struct ht_field *c = first; c; c = c->next)
        field(w, parent, c, depth + 1);
    ht_sink_puts(w->h->out, "</ul>");
}

/* Plain values of a list stand in one line. */
static bool is_flat(const struct ht_field *f)
{
    const struct ht_field *c = f->type == HT_FIELD_LIST ? f->value.children.first : NULL;
    while (c && !has_children(c))
        c = c->next;
    return f->type == HT_FIELD_LIST && !c;
}

static void flat(struct walk *w, const struct ht_field *f)
{
    for (const struct ht_field *c = f->value.children.first; c; c = c->next) {
        if (w->left == 0) {
            w->cut = true;
            return;
        }
        w->left--;
        ht_sink_puts(w->h->out, c == f->value.children.first ? "" : ", ");
        value(w, f, c);
    }
}

static void inside(struct walk *w, const struct ht_field *map, const struct ht_field *f, int depth)
{
    const struct ht_field *title = title_of(f);
    if (f->secret && !w->h->secrets && has_children(f)) {
        ht_sink_puts(w->h->out, HT_MASK);
    } else if (is_flat(f)) {
        flat(w, f);
    } else if (title) {
        ht_sink_puts(w->h->out, "<b>");
        value(w, f, title);
        ht_sink_puts(w->h->out, "</b>");
        below(w, f, title->next, depth);
    } else if (has_children(f)) {
        below(w, f, f->value.children.first, depth);
    } else {
        value(w, map, f);
    }
}

static void field(struct walk *w, const struct ht_field *map, const struct ht_field *f, int depth)
{
    if (w->left == 0) {
        w->cut = true;
        return;
    }
    w->left--;
    ht_sink_puts(w->h->out, "<li>");
    if (f->name) {
        struct ht_sink name = ht_sink(HT_CAP_TEXT);
        ht_show_ready(&name, f->name);
        ht_sink_puts(w->h->out, "<i>");
        ht_html_put(w->h, &name);
        ht_sink_puts(w->h->out, "</i> ");
    }
    inside(w, map, f, depth);
    ht_sink_puts(w->h->out, "</li>");
}

void ht_html_fields(const struct ht_html *h, const struct ht_event *event)
{
    struct walk w = {h, FIELDS_MOST, false};
    if (!event->fields || !event->fields->value.children.count)
        return;
    ht_sink_puts(h->out, "<div class=\"tree\">");
    below(&w, event->fields, event->fields->value.children.first, 0);
    if (w.cut)
        ht_sink_puts(h->out, "<p class=\"more\">More fields are in the JSON report.</p>");
    ht_sink_puts(h->out, "</div>");
}
