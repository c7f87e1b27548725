/* SPDX-License-Identifier: MIT */
/* Takes the findings of a transfer, writes each with its evidence, what it means and what to try next. */
#include "base/clock.h"
#include "model/model.h"
#include "report/show.h"
#include "report/text/text.h"

#define EVIDENCE_COLUMNS 14u
#define LABEL_COLUMNS    17u

static enum ht_style style_of(enum ht_severity severity)
{
    return severity == HT_SEVERITY_ERROR     ? HT_STYLE_BAD
           : severity == HT_SEVERITY_WARNING ? HT_STYLE_WARN
                                             : HT_STYLE_PLAIN;
}

static void evidence(const struct ht_text *t, const struct ht_evidence *e)
{
    struct ht_sink when = ht_sink(0), fact = ht_sink(HT_CAP_TEXT);
    int64_t t_us = ht_timeline_moment(t->events, t->event_count, e->event);
    if (t_us >= 0)
        ht_text_moment(t, &when, t_us);
    ht_show_sentence(&fact, e->fact, t->options->show_secrets);
    ht_sink_printf(t->paint.out, "%*s  ", (int)EVIDENCE_COLUMNS - 2, ht_sink_text(&when));
    ht_paint_wrap(&t->paint, HT_STYLE_PLAIN, ht_sink_text(&fact), EVIDENCE_COLUMNS, EVIDENCE_COLUMNS);
    ht_sink_free(&when);
    ht_sink_free(&fact);
}

static void labelled(const struct ht_text *t, const char *label, const char *text)
{
    struct ht_sink line = ht_sink(HT_CAP_TEXT);
    if (!text || !*text)
        return;
    ht_show_sentence(&line, text, t->options->show_secrets);
    ht_sink_printf(t->paint.out, *label ? "  %-15s" : "  ", label);
    ht_paint_wrap(&t->paint, HT_STYLE_PLAIN, ht_sink_text(&line), *label ? LABEL_COLUMNS : 2,
                  *label ? LABEL_COLUMNS : 2);
    ht_sink_free(&line);
}

static void step(const struct ht_text *t, const char *text)
{
    struct ht_sink line = ht_sink(HT_CAP_TEXT);
    ht_show_step(&line, text, t->options->show_secrets);
    ht_sink_printf(t->paint.out, "  %-15s", "try next");
    ht_paint_wrap(&t->paint, HT_STYLE_PLAIN, ht_sink_text(&line), LABEL_COLUMNS, LABEL_COLUMNS);
    ht_sink_free(&line);
}

static size_t without_period(const char *text)
{
    size_t len = strlen(text);
    return len - (len && text[len - 1] == '.');
}

/* A headline ends as a sentence does. */
bool ht_text_is_headline(const struct ht_text *t, const char *title)
{
    const char *headline = t->transfer->verdict.headline;
    size_t len = without_period(title);
    return headline && without_period(headline) == len && strncmp(headline, title, len) == 0;
}

static void head(const struct ht_text *t, const struct ht_finding *f)
{
    struct ht_sink line = ht_sink(0);
    ht_sink_printf(&line, "%s %s", f->severity >= HT_SEVERITY_WARNING ? "!" : "-", f->code);
    ht_paint_text(&t->paint, style_of(f->severity), ht_sink_text(&line));
    size_t used = line.len;
    ht_sink_reset(&line);
    ht_sink_printf(&line, "%s \u00b7 %s \u00b7 %s confidence", ht_severity_name(f->severity),
                   ht_locus_name(f->locus), ht_confidence_name(f->confidence));
    ht_sink_puts(t->paint.out, "   ");
    ht_paint_fit(&t->paint, HT_STYLE_DIM, ht_sink_text(&line),
                 t->paint.width > used + 8 ? t->paint.width - used - 3 : 8);
    ht_paint_newline(&t->paint);
    ht_sink_free(&line);
}

static void finding(const struct ht_text *t, const struct ht_finding *f)
{
    ht_paint_newline(&t->paint);
    head(t, f);
    for (const struct ht_evidence *e = f->evidence; e; e = e->next)
        evidence(t, e);
    if (f->title && !ht_text_is_headline(t, f->title))
        labelled(t, "", f->title);
    if (f->severity < HT_SEVERITY_WARNING)
        return;
    labelled(t, "", f->explanation);
    labelled(t, "could also be", f->also_explained_by);
    for (const char *const *next = f->next_steps; next && *next; next++)
        step(t, *next);
}

/* The gravest first. Gives whether one is more than a notice. */
void ht_text_findings(const struct ht_text *t)
{
    bool suspicious = false;
    for (int severity = HT_SEVERITY_ERROR; severity >= (int)t->options->least; severity--) {
        for (const struct ht_exchange *x = t->transfer->exchanges; x; x = x->next) {
            for (const struct ht_finding *f = x->findings; f; f = f->next) {
                if (f->severity != (enum ht_severity)severity)
                    continue;
                suspicious = suspicious || f->severity > HT_SEVERITY_NOTICE;
                finding(t, f);
            }
        }
    }
    if (suspicious || !ht_text_succeeded(t) || t->transfer->verdict.status != HT_VERDICT_OK)
        return;
    ht_paint_newline(&t->paint);
    ht_paint_text(&t->paint, HT_STYLE_GOOD, "no interception point found");
    ht_paint_newline(&t->paint);
}
