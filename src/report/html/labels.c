/* SPDX-License-Identifier: MIT */
/* Takes words for a drawing, writes them cut for a narrow, a middling and a wide screen; the style sheet
 * shows one. */
#include "report/html/html.h"
#include "report/xml.h"

#define SCREENS 3

/* `name` bytes at the begin stand out. */
static void put_cut(const struct ht_html *h, const char *text, size_t name, size_t columns)
{
    struct ht_sink cut = ht_sink(0);
    struct ht_paint paint = {&cut, false, true, columns};
    ht_paint_fit(&paint, HT_STYLE_PLAIN, text, columns);
    size_t bold = name < cut.len ? name : 0;
    if (bold) {
        ht_sink_puts(h->out, "<tspan class=\"name\">");
        ht_xml_bytes(h->out, ht_span(ht_sink_text(&cut), bold));
        ht_sink_puts(h->out, "</tspan>");
    }
    ht_xml_text(h->out, ht_sink_text(&cut) + bold);
    ht_sink_free(&cut);
}

static size_t columns_of(const char *text)
{
    struct ht_sink whole = ht_sink(0);
    struct ht_paint paint = {&whole, false, true, SIZE_MAX};
    size_t columns = ht_paint_fit(&paint, HT_STYLE_PLAIN, text, SIZE_MAX);
    ht_sink_free(&whole);
    return columns;
}

void ht_html_label(const struct ht_html *h, const char *text, size_t name, const size_t columns[3])
{
    static const char *const alone[SCREENS] = {"narrow", "middle", "wide"};
    static const char *const onwards[SCREENS] = {"", "broad", "wide"};
    size_t whole = columns_of(text);
    if (whole <= columns[0]) {
        put_cut(h, text, name, columns[0]);
        return;
    }
    for (size_t i = 0; i < SCREENS; i++) {
        bool last = i == SCREENS - 1 || whole <= columns[i];
        ht_sink_printf(h->out, "<tspan class=\"%s\">", last ? onwards[i] : alone[i]);
        put_cut(h, text, name, columns[i]);
        ht_sink_puts(h->out, "</tspan>");
        if (last)
            return;
    }
}
