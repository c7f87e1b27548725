/* SPDX-License-Identifier: MIT */
/* Takes the findings of a transfer, writes each with its evidence, linked to the events that it was read
 * from. */
#include "base/clock.h"
#include "model/model.h"
#include "report/html/html.h"
#include "report/show.h"
#include "report/xml.h"

static const struct ht_event *event_of(const struct ht_html *h, uint64_t id)
{
    for (size_t i = 0; id != HT_NO_EVENT && i < h->event_count; i++) {
        if (h->events[i]->id == id)
            return h->events[i];
    }
    return NULL;
}

static bool is_read_from(const struct ht_finding *f, const struct ht_event *event)
{
    const struct ht_evidence *e = f->evidence;
    while (e && e->event != event->id)
        e = e->next;
    return e != NULL;
}

const struct ht_finding *ht_html_proves(const struct ht_html *h, const struct ht_event *event)
{
    const struct ht_finding *gravest = NULL;
    for (const struct ht_exchange *x = h->transfer->exchanges; x; x = x->next)
        for (const struct ht_finding *f = x->findings; f; f = f->next)
            if ((!gravest || f->severity > gravest->severity) && is_read_from(f, event))
                gravest = f;
    return gravest;
}

size_t ht_html_number_of(const struct ht_html *h, const struct ht_finding *finding)
{
    size_t number = 1;
    for (const struct ht_exchange *x = h->transfer->exchanges; x; x = x->next)
        for (const struct ht_finding *f = x->findings; f; f = f->next, number++)
            if (f == finding)
                return number;
    return 0;
}

static void evidence(const struct ht_html *h, const struct ht_finding *f)
{
    if (!f->evidence)
        return;
    ht_sink_puts(h->out, "<h5>Evidence</h5>\n<ol class=\"evidence\">\n");
    for (const struct ht_evidence *e = f->evidence; e; e = e->next) {
        const struct ht_event *event = event_of(h, e->event);
        ht_sink_puts(h->out, "<li>");
        if (event) {
            ht_sink_printf(h->out, "<a class=\"time\" href=\"#t%zu-e%llu\">", h->number,
                           (unsigned long long)event->id);
            ht_html_moment(h, event->t_us);
            ht_sink_puts(h->out, "</a> ");
        } else {
            ht_sink_puts(h->out, "<span class=\"time\"></span> ");
        }
        ht_sink_puts(h->out, "<span>");
        ht_html_sentence(h, e->fact);
        ht_sink_puts(h->out, "</span></li>\n");
    }
    ht_sink_puts(h->out, "</ol>\n");
}

static void paragraph(const struct ht_html *h, const char *label, const char *text)
{
    if (!text || !*text)
        return;
    ht_sink_puts(h->out, "<p>");
    if (*label)
        ht_sink_printf(h->out, "<b class=\"label\">%s</b> ", label);
    ht_html_sentence(h, text);
    ht_sink_puts(h->out, "</p>\n");
}

static void steps(const struct ht_html *h, const struct ht_finding *f)
{
    if (!f->next_steps || !*f->next_steps)
        return;
    ht_sink_puts(h->out, "<h5>Try next</h5>\n<ul class=\"steps\">\n");
    for (const char *const *step = f->next_steps; *step; step++) {
        struct ht_sink text = ht_sink(HT_CAP_TEXT);
        ht_show_step(&text, *step, h->secrets);
        ht_sink_puts(h->out, "<li>");
        ht_html_put(h, &text);
        ht_sink_puts(h->out, "</li>\n");
    }
    ht_sink_puts(h->out, "</ul>\n");
}

static void reference(const struct ht_html *h, const struct ht_finding *f)
{
    struct ht_sink text = ht_sink(HT_CAP_TEXT);
    if (f->reference)
        ht_show_ready(&text, f->reference);
    if (text.len) {
        ht_sink_puts(h->out, "<p class=\"reference\">");
        ht_html_put(h, &text);
        ht_sink_puts(h->out, "</p>\n");
    }
    ht_sink_free(&text);
}

static void head(const struct ht_html *h, const struct ht_finding *f)
{
    ht_sink_printf(h->out, "<span class=\"sign\" aria-hidden=\"true\">%s</span><h4>",
                   ht_html_severity_mark(f->severity));
    ht_html_sentence(h, f->title ? f->title : f->code);
    ht_sink_puts(h->out, "</h4><span class=\"tags\"><code>");
    ht_xml_text(h->out, f->code);
    ht_sink_printf(h->out, "</code> %s \u00b7 %s \u00b7 %s confidence</span>", ht_severity_name(f->severity),
                   ht_locus_name(f->locus), ht_confidence_name(f->confidence));
}

static void body(const struct ht_html *h, const struct ht_finding *f)
{
    paragraph(h, "", f->explanation);
    evidence(h, f);
    paragraph(h, "could also be", f->also_explained_by);
    steps(h, f);
    reference(h, f);
}

/* What is only worth knowing is folded. */
static void finding(const struct ht_html *h, const struct ht_finding *f)
{
    bool open = f->severity >= HT_SEVERITY_WARNING;
    ht_sink_printf(h->out, "<li class=\"finding %s\" id=\"t%zu-f%zu\">", ht_severity_name(f->severity),
                   h->number, ht_html_number_of(h, f));
    ht_sink_puts(h->out, open ? "<details open=\"open\"><summary>" : "<details><summary>");
    head(h, f);
    ht_sink_puts(h->out, "</summary>\n<div class=\"body\">\n");
    body(h, f);
    ht_sink_puts(h->out, "</div></details></li>\n");
}

bool ht_html_has_findings(const struct ht_html *h)
{
    for (const struct ht_exchange *x = h->transfer->exchanges; x; x = x->next)
        if (x->findings)
            return true;
    return false;
}

/* The gravest first. */
void ht_html_findings(const struct ht_html *h)
{
    ht_sink_puts(h->out, "<ul class=\"findings\">\n");
    for (int severity = HT_SEVERITY_ERROR; severity >= HT_SEVERITY_INFO; severity--)
        for (const struct ht_exchange *x = h->transfer->exchanges; x; x = x->next)
            for (const struct ht_finding *f = x->findings; f; f = f->next)
                if (f->severity == (enum ht_severity)severity)
                    finding(h, f);
    ht_sink_puts(h->out, "</ul>\n");
}
