/* SPDX-License-Identifier: MIT */
/* Takes an exchange, writes one line per phase: its bar on the exchange's own time, its duration, its facts.
 */
#include "base/clock.h"
#include "model/model.h"
#include "report/text/text.h"

#define LABEL_COLUMNS    12u /* two of indent, the longest phase, two of space */
#define DURATION_COLUMNS 10u
#define MARK_COLUMNS     2u
#define GAP_COLUMNS      2u
#define NARROW_COLUMNS   64u /* below it facts stand on a line of their own */
#define WIDE_COLUMNS     100u
#define QUEUE_SHOWN_US   1000
#define FACT_LINES       4u /* of one phase at most: the wire drives their length */

struct scale {
    int64_t start_us, total_us;
    size_t cells;
};

static size_t bar_cells(size_t width)
{
    size_t cells = width < WIDE_COLUMNS ? width / 5 : width * 3 / 10; /* facts first, where room is short */
    if (width < NARROW_COLUMNS)
        return width - LABEL_COLUMNS - DURATION_COLUMNS - MARK_COLUMNS;
    return cells > 48 ? 48 : cells;
}

static struct scale scale_of(const struct ht_exchange *x, size_t width)
{
    struct scale scale = {x->start_us, 1, bar_cells(width)};
    for (int p = 0; p < HT_PHASE_COUNT; p++) {
        const struct ht_phase_span *span = &x->phases[p];
        int64_t end = span->start_us + span->duration_us;
        if (span->outcome != HT_OUTCOME_SKIPPED && end - x->start_us > scale.total_us)
            scale.total_us = end - x->start_us;
    }
    return scale;
}

/* In eighths of a cell. */
static size_t eighths(const struct scale *scale, int64_t t_us)
{
    double part = (double)(t_us - scale->start_us) / (double)scale->total_us;
    double at = part * (double)(scale->cells * 8) + 0.5;
    return at <= 0 ? 0 : at > (double)(scale->cells * 8) ? scale->cells * 8 : (size_t)at;
}

/* The bar without the spaces before it; gives its cells. Block characters fill from the left, so a bar begins
 * with its cell. */
static size_t draw(struct ht_sink *out, bool unicode, size_t length)
{
    static const char *const parts[] = {"",       "\u258f", "\u258e", "\u258d",
                                        "\u258c", "\u258b", "\u258a", "\u2589"};
    for (size_t i = 0; i < length / 8; i++)
        ht_sink_puts(out, unicode ? "\u2588" : "#");
    if (length % 8)
        ht_sink_puts(out, unicode ? parts[length % 8] : "=");
    return length / 8 + (length % 8 != 0);
}

static void bar(const struct ht_text *t, const struct scale *scale, const struct ht_phase_span *span,
                bool failed)
{
    size_t from = eighths(scale, span->start_us) / 8,
           end = eighths(scale, span->start_us + span->duration_us);
    struct ht_sink blocks = ht_sink(0);
    from = from >= scale->cells ? scale->cells - 1 : from;
    size_t length = end > from * 8 ? end - from * 8 : 1;
    size_t cells = draw(&blocks, t->paint.unicode, length);
    ht_sink_fill(t->paint.out, ' ', from);
    struct ht_paint raw = t->paint; /* the blocks are ASCII already where they must be */
    raw.unicode = true;
    ht_paint_text(&raw, failed ? HT_STYLE_BAD : HT_STYLE_BAR, ht_sink_text(&blocks));
    ht_paint_text(&t->paint, HT_STYLE_BAD, failed ? " \u2717" : "");
    ht_sink_fill(t->paint.out, ' ', scale->cells - from - cells + (failed ? 0 : MARK_COLUMNS));
    ht_sink_free(&blocks);
}

static void wrapped(const struct ht_text *t, enum ht_style style, const char *text, size_t at)
{
    struct ht_sink cut = ht_sink(0);
    struct ht_paint paint = {&cut, false, t->paint.unicode, 0};
    size_t room = t->paint.width > at + 8 ? t->paint.width - at : 8;
    ht_paint_fit(&paint, HT_STYLE_PLAIN, text, room * FACT_LINES);
    ht_paint_wrap(&t->paint, style, ht_sink_text(&cut), at, at);
    ht_sink_free(&cut);
}

/* A URL of any length is cut; all else is wrapped, since what was cut off may be what one looks for. Ends the
 * line. */
static void facts(const struct ht_text *t, enum ht_phase phase, const char *text)
{
    size_t at = LABEL_COLUMNS + bar_cells(t->paint.width) + MARK_COLUMNS + DURATION_COLUMNS + GAP_COLUMNS;
    bool narrow = t->paint.width < NARROW_COLUMNS;
    enum ht_style style = narrow ? HT_STYLE_DIM : HT_STYLE_PLAIN;
    if (narrow && *text) {
        ht_paint_newline(&t->paint);
        at = 4;
    }
    if (*text)
        ht_sink_fill(t->paint.out, ' ', narrow ? at : GAP_COLUMNS);
    if (phase == HT_PHASE_REQUEST || !*text) {
        ht_paint_fit(&t->paint, style, text, t->paint.width - at);
        ht_paint_newline(&t->paint);
    } else {
        wrapped(t, style, text, at);
    }
}

static void row(const struct ht_text *t, const struct ht_exchange *x, const struct scale *scale,
                enum ht_phase phase)
{
    const struct ht_phase_span *span = &x->phases[phase];
    struct ht_sink text = ht_sink(HT_CAP_TEXT), duration = ht_sink(0);
    ht_sink_printf(t->paint.out, "  %-10s", ht_phase_name(phase));
    bar(t, scale, span, span->outcome == HT_OUTCOME_FAILED);
    ht_sink_duration(&duration, span->duration_us);
    ht_sink_printf(t->paint.out, "%*s", (int)DURATION_COLUMNS, ht_sink_text(&duration));
    if (span->outcome == HT_OUTCOME_PENDING)
        ht_sink_puts(&text, "unfinished");
    ht_text_detail(t, x, phase, &text);
    facts(t, phase, ht_sink_text(&text));
    ht_sink_free(&text);
    ht_sink_free(&duration);
}

/* One line for all phases that an earlier request had paid for. */
static void reused(const struct ht_text *t, const struct ht_exchange *x)
{
    struct ht_sink line = ht_sink(HT_CAP_TEXT);
    bool first = true;
    for (int p = 0; p < HT_PHASE_COUNT; p++) {
        if (x->phases[p].outcome != HT_OUTCOME_REUSED)
            continue;
        ht_sink_printf(&line, "%s%s", first ? "" : ", ", ht_phase_name((enum ht_phase)p));
        first = false;
    }
    if (!first && x->connection)
        ht_sink_printf(&line, " \u00b7 connection %d", x->connection->id);
    if (!first) {
        ht_paint_text(&t->paint, HT_STYLE_PLAIN, "  reused    ");
        ht_paint_fit(&t->paint, HT_STYLE_PLAIN, ht_sink_text(&line), t->paint.width - LABEL_COLUMNS);
        ht_paint_newline(&t->paint);
    }
    ht_sink_free(&line);
}

bool ht_text_is_shown(const struct ht_exchange *x, enum ht_phase phase)
{
    const struct ht_phase_span *span = &x->phases[phase];
    if (span->outcome == HT_OUTCOME_SKIPPED || span->outcome == HT_OUTCOME_REUSED)
        return false;
    /* phases that were never reached */
    if (span->outcome == HT_OUTCOME_PENDING && (span->start_us < 0 || phase > x->phase))
        return false;
    return phase != HT_PHASE_QUEUE || span->duration_us >= QUEUE_SHOWN_US ||
           span->outcome == HT_OUTCOME_FAILED;
}

void ht_text_waterfall(const struct ht_text *t, const struct ht_exchange *exchange)
{
    struct scale scale = scale_of(exchange, t->paint.width);
    reused(t, exchange);
    for (int p = 0; p < HT_PHASE_COUNT; p++) {
        if (ht_text_is_shown(exchange, (enum ht_phase)p))
            row(t, exchange, &scale, (enum ht_phase)p);
    }
}
