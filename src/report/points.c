/* SPDX-License-Identifier: MIT */
/* Takes a transfer that was judged, gives its test points: itself, its phases, the checks, the findings. */
#include "report/points.h"

#include "base/arena.h"
#include "base/clock.h"
#include "model/model.h"
#include "report/headline.h"
#include "report/show.h"
#include "report/text/text.h"

#include <httptrace/caps.h>

struct list {
    struct ht_point *at;
    size_t count, room;
    struct ht_point common;
};

static struct ht_point *add(struct list *list, enum ht_point_kind kind, enum ht_point_result result)
{
    if (list->count == list->room) {
        list->room = list->room ? 2 * list->room : 32;
        list->at = ht_realloc(list->at, list->room * sizeof *list->at);
    }
    struct ht_point *point = &list->at[list->count++];
    *point = list->common;
    point->kind = kind;
    point->result = result;
    return point;
}

static bool broke(const struct ht_transfer *transfer)
{
    return ht_was_stopped(transfer) || transfer->curl_code != 0;
}

static void add_transfer(struct list *list)
{
    const struct ht_transfer *transfer = list->common.transfer;
    struct ht_point *point = add(list, HT_POINT_TRANSFER, broke(transfer) ? HT_POINT_BROKE : HT_POINT_PASSED);
    point->duration_us = ht_last_moment(transfer) - transfer->start_us;
}

/* What libcurl mended by itself is no failure of the transfer. */
static enum ht_point_result result_of(const struct ht_transfer *transfer, enum ht_outcome outcome)
{
    switch (outcome) {
    case HT_OUTCOME_OK:
        return HT_POINT_PASSED;
    case HT_OUTCOME_REUSED:
    case HT_OUTCOME_SKIPPED:
        return HT_POINT_SKIPPED;
    case HT_OUTCOME_FAILED:
    case HT_OUTCOME_PENDING:
        break;
    }
    return broke(transfer) ? HT_POINT_BROKE : HT_POINT_SKIPPED;
}

static void add_phases(struct list *list, const struct ht_exchange *x, size_t request)
{
    for (int phase = 0; phase < HT_PHASE_COUNT; phase++) {
        const struct ht_phase_span *span = &x->phases[phase];
        struct ht_point *point = add(list, HT_POINT_PHASE, result_of(list->common.transfer, span->outcome));
        point->exchange = x;
        point->request = request;
        point->phase = (enum ht_phase)phase;
        if (span->start_us >= 0 && span->duration_us > 0 && span->outcome != HT_OUTCOME_SKIPPED)
            point->duration_us = span->duration_us;
    }
}

static void add_checks(struct list *list)
{
    const struct ht_report_options *options = list->common.options;
    for (size_t i = 0; i < options->check_count; i++) {
        const struct ht_check *check = &options->checks[i];
        add(list, HT_POINT_CHECK, check->ok ? HT_POINT_PASSED : HT_POINT_FAILED)->check = check;
    }
}

/* As --fail-on says; without it what is an error fails, as with --ci. */
static bool fails(const struct ht_report_options *options, const struct ht_finding *finding)
{
    return finding->severity >= (options->gated ? options->fail_on : HT_SEVERITY_ERROR);
}

static void add_findings(struct list *list, const struct ht_exchange *x, size_t request)
{
    for (const struct ht_finding *f = x->findings; f; f = f->next) {
        struct ht_point *point =
            add(list, HT_POINT_FINDING, fails(list->common.options, f) ? HT_POINT_FAILED : HT_POINT_PASSED);
        point->exchange = x;
        point->request = request;
        point->phase = f->phase;
        point->finding = f;
    }
}

/* What is tried again is not judged yet: only the last attempt passes or fails (--retry). */
static void suspend(struct list *list)
{
    for (size_t i = 0; i < list->count; i++)
        if (list->at[i].result != HT_POINT_PASSED)
            list->at[i].result = HT_POINT_SKIPPED;
}

struct ht_point *ht_points(const struct ht_trace *trace, const struct ht_transfer *transfer,
                           const struct ht_report_options *options, size_t *count)
{
    struct list list = {.common = {.trace = trace, .transfer = transfer, .options = options}};
    size_t request = 0;
    add_transfer(&list);
    for (const struct ht_exchange *x = transfer->exchanges; x; x = x->next)
        add_phases(&list, x, ++request);
    add_checks(&list);
    request = 0;
    for (const struct ht_exchange *x = transfer->exchanges; x; x = x->next)
        add_findings(&list, x, ++request);
    if (transfer->retry_in_us > 0)
        suspend(&list);
    *count = list.count;
    return list.at;
}

/* ---- in words ---- */

const char *ht_point_kind_name(enum ht_point_kind kind)
{
    static const char *const names[] = {"transfer", "phase", "expect", "finding"};
    return names[kind];
}

void ht_point_name(struct ht_sink *out, const struct ht_point *point)
{
    if (point->request > 1)
        ht_sink_printf(out, "request %zu: ", point->request);
    ht_sink_puts(out, ht_point_kind_name(point->kind));
    switch (point->kind) {
    case HT_POINT_TRANSFER:
        break;
    case HT_POINT_PHASE:
        ht_sink_printf(out, " %s", ht_phase_name(point->phase));
        break;
    case HT_POINT_CHECK:
        ht_sink_char(out, ' ');
        ht_show_ready(out, point->check->text);
        break;
    case HT_POINT_FINDING:
        ht_sink_printf(out, " %s", point->finding->code);
        break;
    }
}

static void phase_failed(struct ht_sink *out, const struct ht_point *point)
{
    if (point->exchange == ht_last_exchange(point->transfer)) {
        ht_headline(out, point->transfer, point->options->show_secrets);
        return;
    }
    ht_sink_puts(out, "failed after ");
    ht_sink_duration(out, point->duration_us);
}

/* Fields of the answer are part of it. */
static void phase_facts(struct ht_sink *out, const struct ht_point *point)
{
    struct ht_text text = {.trace = point->trace, .transfer = point->transfer, .options = point->options};
    struct ht_sink facts = ht_sink(HT_CAP_TEXT);
    ht_text_detail(&text, point->exchange, point->phase, &facts);
    ht_sink_printf(out, "%s%s", ht_sink_text(&facts), facts.cut ? "..." : "");
    ht_sink_free(&facts);
}

static void phase_message(struct ht_sink *out, const struct ht_point *point)
{
    enum ht_outcome outcome = point->exchange->phases[point->phase].outcome;
    if (point->result == HT_POINT_BROKE || (outcome == HT_OUTCOME_FAILED && point->transfer->retry_in_us > 0))
        phase_failed(out, point);
    else if (outcome == HT_OUTCOME_REUSED)
        ht_sink_puts(out, "the connection was there already");
    else if (outcome == HT_OUTCOME_SKIPPED)
        ht_sink_puts(out, point->exchange->failed && point->phase > point->exchange->phase ? "not reached"
                                                                                           : "not needed");
    else if (point->result == HT_POINT_SKIPPED)
        ht_sink_puts(out, "failed, and libcurl tried again");
    else
        phase_facts(out, point);
}

void ht_point_message(struct ht_sink *out, const struct ht_point *point)
{
    switch (point->kind) {
    case HT_POINT_TRANSFER:
        ht_headline(out, point->transfer, point->options->show_secrets);
        ht_headline_retry(out, point->transfer, " Tried again in ");
        break;
    case HT_POINT_PHASE:
        phase_message(out, point);
        break;
    case HT_POINT_CHECK:
        if (!point->check->ok) {
            ht_sink_puts(out, "got ");
            ht_show_ready(out, point->check->got ? point->check->got : "nothing");
        }
        break;
    case HT_POINT_FINDING:
        ht_show_sentence(out, point->finding->title, point->options->show_secrets);
        break;
    }
}

static void line(struct ht_sink *out, const struct ht_point *point, const char *label, const char *text)
{
    if (!text || !*text)
        return;
    ht_sink_puts(out, label);
    ht_show_sentence(out, text, point->options->show_secrets);
    ht_sink_char(out, '\n');
}

void ht_point_details(struct ht_sink *out, const struct ht_point *point)
{
    const struct ht_finding *f = point->finding;
    if (!f)
        return;
    ht_sink_printf(out, "%s, locus %s, %s confidence, phase %s\n", ht_severity_name(f->severity),
                   ht_locus_name(f->locus), ht_confidence_name(f->confidence), ht_phase_name(f->phase));
    for (const struct ht_evidence *e = f->evidence; e; e = e->next)
        line(out, point, "* ", e->fact);
    line(out, point, "", f->explanation);
    line(out, point, "could also be: ", f->also_explained_by);
    for (const char *const *next = f->next_steps; next && *next; next++) {
        ht_sink_puts(out, "try next: ");
        ht_show_step(out, *next, point->options->show_secrets);
        ht_sink_char(out, '\n');
    }
}
