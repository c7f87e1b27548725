/* SPDX-License-Identifier: MIT */
/* Takes raw events and the ends of transfers, gives counts and a line that is rewritten in place. */
#include "cli/progress.h"

#include "base/arena.h"

#include <stdlib.h>
#include <string.h>

#define REDRAW_US  200000
#define SECOND_US  1000000
#define ERASE_LINE "\r\033[K"

struct ht_progress {
    struct ht_observer observer;
    struct ht_progress_counts counts;
    FILE *stream; /* NULL: nothing is shown */
    size_t width;
    int64_t start_us, drawn_us; /* of the run's clock; -1: not yet */
    bool shown;
};

/* Parts come in the order of what a person wants to know; the first that does not fit ends the line. */
static bool add(struct ht_sink *out, size_t begin, size_t width, const char *part)
{
    size_t gap = out->len > begin ? 2 : 0;
    if (out->len - begin + gap + strlen(part) > width)
        return false;
    ht_sink_printf(out, "%s%s", gap ? ", " : "", part);
    return true;
}

static void write_left(char *text, size_t size, const struct ht_progress_counts *c)
{
    int64_t left_s = (c->total - c->done) * (c->elapsed_us / c->done) / SECOND_US + 1;
    if (left_s < 120)
        snprintf(text, size, "%lld s left", (long long)left_s);
    else if (left_s < INT64_C(36000))
        snprintf(text, size, "%lld min left", (long long)(left_s + 30) / 60);
    else
        snprintf(text, size, "%lld h left", (long long)(left_s + 1800) / 3600);
}

void ht_progress_write(struct ht_sink *out, const struct ht_progress_counts *c, size_t width)
{
    char part[80];
    size_t begin = out->len;
    bool knows = c->total >= c->done;
    if (knows)
        snprintf(part, sizeof part, "%lld of %lld done", (long long)c->done, (long long)c->total);
    else
        snprintf(part, sizeof part, "%lld done", (long long)c->done);
    if (!add(out, begin, width, part))
        return;
    snprintf(part, sizeof part, "%lld failed", (long long)c->failed);
    if (!add(out, begin, width, part))
        return;
    snprintf(part, sizeof part, "%lld finding%s", (long long)c->findings, c->findings == 1 ? "" : "s");
    if (!add(out, begin, width, part) || c->done == 0 || c->elapsed_us <= 0)
        return;
    double rate = (double)c->done * SECOND_US / (double)c->elapsed_us;
    snprintf(part, sizeof part, rate < 10 ? "%.1f/s" : "%.0f/s", rate);
    if (!add(out, begin, width, part) || !knows || c->total == c->done)
        return;
    write_left(part, sizeof part, c);
    add(out, begin, width, part);
}

void ht_progress_summary(struct ht_sink *out, const struct ht_progress_counts *c)
{
    ht_sink_printf(out, "%lld done, %lld failed", (long long)c->done, (long long)c->failed);
    if (c->interrupted)
        ht_sink_printf(out, ", %lld interrupted", (long long)c->interrupted);
    if (c->total >= c->started)
        ht_sink_printf(out, ", %lld not started", (long long)(c->total - c->started));
}

static void draw(struct ht_progress *progress, int64_t now_us)
{
    struct ht_sink line = ht_sink(0);
    progress->counts.elapsed_us = now_us - progress->start_us;
    ht_sink_puts(&line, ERASE_LINE);
    ht_progress_write(&line, &progress->counts, progress->width - 1); /* the last column may wrap */
    fputs(ht_sink_text(&line), progress->stream);
    fflush(progress->stream);
    ht_sink_free(&line);
    progress->drawn_us = now_us;
    progress->shown = true;
}

static void take_raw(void *ctx, const struct ht_raw *raw)
{
    struct ht_progress *progress = ctx;
    if (raw->kind == HT_RAW_TRANSFER_START && raw->u.transfer_start.retries == 0)
        progress->counts.started++;
    if (progress->start_us < 0)
        progress->start_us = progress->drawn_us = raw->t_us;
    if (progress->stream && raw->kind != HT_RAW_RUN_END && raw->t_us - progress->drawn_us >= REDRAW_US)
        draw(progress, raw->t_us);
}

static void take_end(void *ctx, struct ht_trace *trace, struct ht_transfer *transfer)
{
    struct ht_progress *progress = ctx;
    (void)trace;
    if (transfer->interrupted) {
        progress->counts.interrupted++;
        return;
    }
    if (transfer->retry_in_us > 0)
        return;
    progress->counts.done++;
    progress->counts.failed += transfer->curl_code != 0;
    for (const struct ht_exchange *x = transfer->exchanges; x; x = x->next)
        for (const struct ht_finding *at = x->findings; at; at = at->next)
            progress->counts.findings += at->severity >= HT_SEVERITY_NOTICE;
}

struct ht_progress *ht_progress_new(FILE *stream, size_t width, int64_t total)
{
    struct ht_progress *progress = ht_malloc(sizeof *progress);
    *progress = (struct ht_progress){.stream = stream,
                                     .width = width ? width : 1,
                                     .counts = {.total = total},
                                     .start_us = -1,
                                     .observer = {.raw = take_raw, .transfer_end = take_end}};
    progress->observer.ctx = progress;
    return progress;
}

struct ht_observer *ht_progress_observer(struct ht_progress *progress)
{
    return &progress->observer;
}

const struct ht_progress_counts *ht_progress_counts(const struct ht_progress *progress)
{
    return &progress->counts;
}

void ht_progress_erase(struct ht_progress *progress)
{
    if (!progress || !progress->shown)
        return;
    fputs(ERASE_LINE, progress->stream);
    fflush(progress->stream);
    progress->shown = false;
}

void ht_progress_free(struct ht_progress *progress)
{
    ht_progress_erase(progress);
    free(progress);
}
