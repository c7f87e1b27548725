/* SPDX-License-Identifier: MIT */
/* Takes a transfer, writes what a person reads first in Markdown: headline, phases, findings, checks. */
#include "report/markdown/markdown.h"

#include "base/clock.h"
#include "model/model.h"
#include "report/headline.h"
#include "report/show.h"

#include <inttypes.h>

#define BAR_CELLS       20
#define EVIDENCE_MOST   12
#define FAILURE_COLUMNS 100
#define GRAVE           3 /* badness of what failed */

/* ---- how bad it is ---- */

static bool check_failed(const struct ht_text *t)
{
    for (size_t i = 0; i < t->options->check_count; i++)
        if (!t->options->checks[i].ok)
            return true;
    return false;
}

int ht_markdown_badness(const struct ht_text *t)
{
    const struct ht_exchange *x = ht_last_exchange(t->transfer);
    enum ht_verdict_status status = t->transfer->verdict.status;
    if (t->transfer->retry_in_us > 0)
        return 1; /* the next attempt tells how it ends */
    if (!ht_text_succeeded(t) || status == HT_VERDICT_FAILED || status == HT_VERDICT_INTERCEPTED)
        return GRAVE;
    if (check_failed(t) || t->options->exit_code)
        return 2;
    return status == HT_VERDICT_SUSPECT || (x && x->response.status >= 400);
}

static const char *symbol(int badness)
{
    return badness >= 2 ? "\u274c" : badness ? "\u26a0\ufe0f" : "\u2705";
}

/* ---- the head ---- */

static void put_request(const struct ht_text *t, struct ht_sink *out)
{
    struct ht_sink text = ht_sink(HT_CAP_TEXT);
    ht_show_text(&text, t->transfer->method);
    ht_sink_char(&text, ' ');
    ht_show_url(&text, t->transfer->url, t->options->show_secrets);
    ht_markdown_code(out, ht_sink_text(&text));
    ht_sink_puts(out, text.cut ? "\u2026" : "");
    ht_sink_free(&text);
}

static void put_verdict(const struct ht_text *t, struct ht_sink *out)
{
    const struct ht_verdict *v = &t->transfer->verdict;
    ht_sink_printf(out, " \u00b7 verdict **%s**", ht_verdict_status_name(v->status));
    if (v->has_phase)
        ht_sink_printf(out, " (phase %s, locus %s, %s confidence)", ht_phase_name(v->phase),
                       ht_locus_name(v->locus), ht_confidence_name(v->confidence));
}

/* "exit 28 (libcurl: …)" as the text report has it. */
static void put_exit(const struct ht_text *t, struct ht_sink *out)
{
    struct ht_sink line = ht_sink(0), text = ht_sink(HT_CAP_TEXT);
    struct ht_text plain = *t;
    plain.paint = (struct ht_paint){.out = &line, .unicode = true, .width = HT_CAP_TEXT};
    ht_text_exit(&plain);
    for (const char *at = ht_sink_text(&line); *at; at++)
        if (*at != '\n')
            ht_sink_char(&text, *at);
    if (text.len) {
        ht_sink_puts(out, " \u00b7 ");
        ht_markdown_text(out, ht_sink_text(&text));
    }
    ht_sink_free(&line);
    ht_sink_free(&text);
}

/* --retry */
static void put_attempt(const struct ht_transfer *transfer, struct ht_sink *out)
{
    if (transfer->retries == 0 && transfer->retry_in_us == 0)
        return;
    ht_sink_printf(out, " \u00b7 attempt %lld", (long long)transfer->retries + 1);
    ht_headline_retry(out, transfer, ", tried again in ");
}

void ht_markdown_head(const struct ht_text *t, struct ht_sink *out)
{
    struct ht_sink headline = ht_sink(HT_CAP_TEXT), answer = ht_sink(HT_CAP_TEXT);
    ht_headline(&headline, t->transfer, t->options->show_secrets);
    ht_headline_answer(&answer, t->transfer);
    ht_sink_printf(out, "### %s ", symbol(ht_markdown_badness(t)));
    ht_markdown_text(out, ht_sink_text(&headline));
    ht_sink_puts(out, "\n\n");
    put_request(t, out);
    if (answer.len && ht_text_succeeded(t) && strcmp(ht_sink_text(&answer), ht_sink_text(&headline)) != 0) {
        ht_sink_puts(out, " \u00b7 ");
        ht_markdown_text(out, ht_sink_text(&answer));
    }
    put_verdict(t, out);
    put_exit(t, out);
    put_attempt(t->transfer, out);
    ht_sink_puts(out, " \u00b7 `"); /* ":37:" could be an emoji */
    ht_sink_rfc3339(out, t->transfer->wall_start_us, false);
    ht_sink_puts(out, "`\n\n");
    ht_sink_free(&headline);
    ht_sink_free(&answer);
}

/* ---- phases ---- */

static void put_bar(struct ht_sink *out, const struct ht_exchange *x, const struct ht_phase_span *span)
{
    int64_t total_us = 1;
    for (int p = 0; p < HT_PHASE_COUNT; p++) {
        int64_t end_us = x->phases[p].start_us + x->phases[p].duration_us - x->start_us;
        if (x->phases[p].outcome != HT_OUTCOME_SKIPPED && end_us > total_us)
            total_us = end_us;
    }
    int64_t from = (span->start_us - x->start_us) * BAR_CELLS / total_us;
    int64_t to = (span->start_us + span->duration_us - x->start_us) * BAR_CELLS / total_us;
    from = from < 0 ? 0 : from >= BAR_CELLS ? BAR_CELLS - 1 : from;
    to = to <= from ? from + 1 : to;
    for (int64_t i = 0; i < BAR_CELLS; i++)
        ht_sink_puts(out, i >= from && i < to ? "\u2588" : "\u2591");
}

/* On one line of a narrow cell. */
static void put_duration(struct ht_sink *out, int64_t duration_us)
{
    struct ht_sink text = ht_sink(0);
    ht_sink_duration(&text, duration_us);
    for (size_t i = 0; i < text.len; i++) {
        if (text.text[i] == ' ')
            ht_sink_puts(out, "\u00a0");
        else
            ht_sink_char(out, text.text[i]);
    }
    ht_sink_free(&text);
}

static void put_phase(const struct ht_text *t, const struct ht_exchange *x, enum ht_phase phase,
                      struct ht_sink *out)
{
    const struct ht_phase_span *span = &x->phases[phase];
    struct ht_sink facts = ht_sink(HT_CAP_TEXT);
    ht_sink_printf(out, "| %s | ", ht_phase_name(phase));
    put_bar(out, x, span);
    ht_sink_puts(out, " | ");
    put_duration(out, span->duration_us);
    ht_sink_printf(out, " | %s",
                   span->outcome == HT_OUTCOME_FAILED    ? "\u274c "
                   : span->outcome == HT_OUTCOME_PENDING ? "unfinished "
                                                         : "");
    ht_text_detail(t, x, phase, &facts);
    ht_markdown_cell(out, ht_sink_text(&facts));
    ht_sink_puts(out, facts.cut ? "\u2026 |\n" : " |\n");
    ht_sink_free(&facts);
}

static void put_reused(const struct ht_exchange *x, struct ht_sink *out)
{
    const char *before = "| reused | | | ";
    for (int p = 0; p < HT_PHASE_COUNT; p++) {
        if (x->phases[p].outcome != HT_OUTCOME_REUSED)
            continue;
        ht_sink_printf(out, "%s%s", before, ht_phase_name((enum ht_phase)p));
        before = ", ";
    }
    if (before[0] == ',')
        ht_sink_puts(out, " |\n");
}

/* Which of several requests it is. */
static void put_cause(const struct ht_text *t, const struct ht_exchange *x, struct ht_sink *out)
{
    struct ht_sink text = ht_sink(HT_CAP_TEXT);
    if (x->cause != HT_CAUSE_INITIAL)
        ht_sink_printf(out, "%s \u2192 ", ht_cause_name(x->cause));
    ht_show_text(&text, x->method);
    ht_sink_char(&text, ' ');
    ht_show_url(&text, x->url, t->options->show_secrets);
    ht_markdown_code(out, ht_sink_text(&text));
    ht_sink_reset(&text);
    if (x->response.status) {
        ht_status_line(&text, &x->response);
        ht_sink_puts(out, " \u00b7 ");
        ht_markdown_text(out, ht_sink_text(&text));
    }
    ht_sink_puts(out, "\n\n");
    ht_sink_free(&text);
}

void ht_markdown_phases(const struct ht_text *t, const struct ht_exchange *exchange, struct ht_sink *out)
{
    if (t->transfer->exchanges->next)
        put_cause(t, exchange, out);
    ht_sink_puts(out, "| phase | | time | |\n|---|---|--:|---|\n");
    put_reused(exchange, out);
    for (int p = 0; p < HT_PHASE_COUNT; p++)
        if (ht_text_is_shown(exchange, (enum ht_phase)p))
            put_phase(t, exchange, (enum ht_phase)p, out);
    ht_sink_char(out, '\n');
}

/* ---- findings and checks ---- */

static void put_sentence(const struct ht_text *t, struct ht_sink *out, const char *text)
{
    struct ht_sink line = ht_sink(HT_CAP_TEXT);
    ht_show_sentence(&line, text, t->options->show_secrets);
    ht_markdown_text(out, ht_sink_text(&line));
    ht_sink_puts(out, line.cut ? "\u2026" : "");
    ht_sink_free(&line);
}

static void put_evidence(const struct ht_text *t, const struct ht_finding *f, struct ht_sink *out)
{
    size_t count = 0;
    for (const struct ht_evidence *e = f->evidence; e; e = e->next) {
        if (++count > EVIDENCE_MOST)
            continue;
        int64_t t_us = ht_timeline_moment(t->events, t->event_count, e->event);
        ht_sink_puts(out, "- ");
        if (t_us >= 0) {
            ht_text_moment(t, out, t_us);
            ht_sink_puts(out, ": ");
        }
        put_sentence(t, out, e->fact);
        ht_sink_char(out, '\n');
    }
    if (count > EVIDENCE_MOST)
        ht_sink_printf(out, "- and %zu more\n", count - EVIDENCE_MOST);
    ht_sink_puts(out, count ? "\n" : "");
}

/* Where a step's command begins; its end where there is none. */
static size_t command_of(struct ht_span step)
{
    static const char *const programs[] = {"httptrace ", "curl "};
    size_t first = step.len;
    for (size_t i = 0; i < sizeof programs / sizeof *programs; i++) {
        size_t at = ht_span_find(step, ht_span_str(programs[i]), 0);
        bool begins = at < step.len && (at == 0 || (at > 1 && step.data[at - 2] == ':'));
        first = begins && at < first ? at : first;
    }
    return first;
}

static void put_step(const struct ht_text *t, struct ht_sink *out, const char *step)
{
    struct ht_sink line = ht_sink(HT_CAP_TEXT), prose = ht_sink(0);
    ht_show_step(&line, step, t->options->show_secrets);
    struct ht_span whole = ht_span(ht_sink_text(&line), line.len);
    size_t at = command_of(whole);
    ht_sink_bytes(&prose, ht_span_head(whole, at));
    ht_sink_puts(out, "- ");
    ht_markdown_text(out, ht_sink_text(&prose));
    ht_sink_puts(out, at && at < whole.len ? " " : "");
    ht_markdown_code(out, ht_sink_text(&line) + at);
    ht_sink_char(out, '\n');
    ht_sink_free(&line);
    ht_sink_free(&prose);
}

static void put_steps(const struct ht_text *t, const struct ht_finding *f, struct ht_sink *out)
{
    if (!f->next_steps || !*f->next_steps)
        return;
    ht_sink_puts(out, "Try next:\n\n");
    for (const char *const *next = f->next_steps; *next; next++)
        put_step(t, out, *next);
    ht_sink_char(out, '\n');
}

static void put_paragraph(const struct ht_text *t, struct ht_sink *out, const char *label, const char *text)
{
    if (!text || !*text)
        return;
    ht_sink_puts(out, label);
    put_sentence(t, out, text);
    ht_sink_puts(out, "\n\n");
}

void ht_markdown_finding(const struct ht_text *t, const struct ht_finding *finding, struct ht_sink *out)
{
    ht_sink_printf(out, "**%s** `%s` \u00b7 %s \u00b7 %s confidence", ht_severity_name(finding->severity),
                   finding->code, ht_locus_name(finding->locus), ht_confidence_name(finding->confidence));
    if (finding->title && !ht_text_is_headline(t, finding->title))
        put_paragraph(t, out, ": ", finding->title);
    else
        ht_sink_puts(out, "\n\n");
    put_evidence(t, finding, out);
    if (finding->severity < HT_SEVERITY_WARNING)
        return;
    put_paragraph(t, out, "", finding->explanation);
    put_paragraph(t, out, "Could also be: ", finding->also_explained_by);
    put_steps(t, finding, out);
}

void ht_markdown_checks(const struct ht_text *t, struct ht_sink *out)
{
    if (t->options->check_count == 0)
        return;
    ht_sink_puts(out, "| expected | | got |\n|---|---|---|\n");
    for (size_t i = 0; i < t->options->check_count; i++) {
        const struct ht_check *check = &t->options->checks[i];
        struct ht_sink text = ht_sink(HT_CAP_TEXT), got = ht_sink(HT_CAP_TEXT);
        ht_show_ready(&text, check->text);
        ht_show_ready(&got, check->ok ? "" : check->got ? check->got : "nothing");
        ht_sink_puts(out, "| ");
        ht_markdown_cell(out, ht_sink_text(&text));
        ht_sink_printf(out, " | %s | ", symbol(check->ok ? 0 : 2));
        ht_markdown_cell(out, ht_sink_text(&got));
        ht_sink_puts(out, " |\n");
        ht_sink_free(&text);
        ht_sink_free(&got);
    }
    ht_sink_char(out, '\n');
}

/* ---- what the text report tells of it ---- */

void ht_markdown_failure(const struct ht_text *t, struct ht_sink *out)
{
    struct ht_sink lines = ht_sink(0);
    struct ht_text plain = *t;
    plain.paint = (struct ht_paint){.out = &lines, .unicode = true, .width = FAILURE_COLUMNS};
    ht_text_answer(&plain);
    ht_text_failure(&plain);
    const char *text = ht_sink_text(&lines);
    while (*text == '\n')
        text++;
    if (*text) {
        ht_markdown_block(out, "text", text);
        ht_sink_char(out, '\n');
    }
    ht_sink_free(&lines);
}
