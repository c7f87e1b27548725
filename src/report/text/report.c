/* SPDX-License-Identifier: MIT */
/* Takes a transfer of the trace, writes what a person sees: headline, waterfall of the phases, findings,
 * exit. */
#include "report/text/text.h"

#include "base/clock.h"
#include "model/model.h"
#include "report/format.h"
#include "report/headline.h"
#include "report/names.h"
#include "report/show.h"

#include <stdlib.h>

#define WIDTH_LEAST 30
#define WIDTH_MOST  200

bool ht_text_succeeded(const struct ht_text *t)
{
    return t->transfer->end_us >= 0 && t->transfer->curl_code == 0;
}

void ht_text_moment(const struct ht_text *t, struct ht_sink *out, int64_t t_us)
{
    ht_sink_duration(out, t_us - t->transfer->start_us);
}

/* Each request of several has its URL and its cause above its waterfall. */
static void heading(const struct ht_text *t, const struct ht_exchange *exchange)
{
    struct ht_sink line = ht_sink(HT_CAP_TEXT);
    ht_sink_puts(&line, exchange->cause == HT_CAUSE_INITIAL ? "" : ht_cause_name(exchange->cause));
    ht_sink_puts(&line, exchange->cause == HT_CAUSE_INITIAL ? "" : " \u2192 ");
    ht_show_text(&line, exchange->method);
    ht_sink_char(&line, ' ');
    ht_show_url(&line, exchange->url, t->options->show_secrets);
    if (exchange->response.status)
        ht_status_line(ht_part(&line), &exchange->response);
    ht_paint_fit(&t->paint, HT_STYLE_BOLD, ht_sink_text(&line), t->paint.width);
    ht_paint_newline(&t->paint);
    ht_sink_free(&line);
}

static void exchanges(const struct ht_text *t)
{
    const struct ht_exchange *first = t->transfer->exchanges;
    for (const struct ht_exchange *x = first; x; x = x->next) {
        ht_paint_newline(&t->paint);
        if (first->next || t->options->several)
            heading(t, x);
        ht_text_waterfall(t, x);
    }
}

void ht_text_exit(const struct ht_text *t)
{
    const struct ht_transfer *transfer = t->transfer;
    int code = t->options->exit_code ? t->options->exit_code : (int)transfer->curl_code;
    if (code == 0 || transfer->retry_in_us > 0)
        return;
    struct ht_sink line = ht_sink(HT_CAP_TEXT), words = ht_sink(HT_CAP_TEXT);
    bool is_ours = transfer->reason.len > 0;
    ht_show_curl_text(&words, is_ours ? transfer->reason : transfer->error, t->options->show_secrets);
    ht_sink_printf(&line, "exit %d", code);
    if (t->options->exit_why) {
        ht_sink_printf(&line, " (%s)", t->options->exit_why);
    } else if (words.len) {
        /* another exit code than libcurl's was not libcurl's to explain */
        ht_sink_puts(&line, code == transfer->curl_code && !is_ours ? " (libcurl: " : " (");
        ht_show_library_text(&line, ht_span(words.text, words.len));
        ht_sink_char(&line, ')');
    }
    ht_paint_newline(&t->paint);
    ht_paint_wrap(&t->paint, HT_STYLE_PLAIN, ht_sink_text(&line), 0, 2);
    ht_sink_free(&line);
    ht_sink_free(&words);
}

/* --retry: which attempt this was, where there was or will be another. */
static void attempt(const struct ht_text *t)
{
    const struct ht_transfer *transfer = t->transfer;
    struct ht_sink line = ht_sink(HT_CAP_TEXT);
    if (transfer->retries == 0 && transfer->retry_in_us == 0)
        return;
    ht_sink_printf(&line, "attempt %lld", (long long)transfer->retries + 1);
    ht_headline_retry(&line, transfer, ", tried again in ");
    ht_paint_newline(&t->paint);
    ht_paint_wrap(&t->paint, HT_STYLE_PLAIN, ht_sink_text(&line), 0, 2);
    ht_sink_free(&line);
}

static size_t clamp(int width)
{
    if (width <= 0)
        return 80;
    return width < WIDTH_LEAST ? WIDTH_LEAST : width > WIDTH_MOST ? WIDTH_MOST : (size_t)width;
}

void ht_report_text(struct ht_sink *out, const struct ht_trace *trace, const struct ht_transfer *transfer,
                    const struct ht_report_options *options)
{
    struct ht_text t = {.paint = {out, options->color, options->unicode, clamp(options->width)},
                        .trace = trace,
                        .transfer = transfer,
                        .options = options};
    t.events = ht_transfer_timeline(transfer, &t.event_count);
    if (transfer->id > 0)
        ht_paint_newline(&t.paint); /* after the report of the one before */
    ht_text_headline(&t);
    exchanges(&t);
    ht_text_answer(&t);
    ht_text_failure(&t);
    ht_text_findings(&t);
    ht_text_checks(&t);
    attempt(&t);
    ht_text_exit(&t);
    free(t.events);
}

static void add_text(struct ht_document *document, const struct ht_trace *trace,
                     const struct ht_transfer *transfer)
{
    ht_report_text(&document->out, trace, transfer, &document->options);
}

const struct ht_format ht_format_text = {
    .name = "text",
    .help = "What a person reads: headline, waterfall of the phases, findings",
    .text = "The default on standard output. In colour and in the width of the terminal where there is one. "
            "Findings of severity info are in it with `-v`.",
    .flags = HT_FORMAT_PIECES,
    .transfer = add_text,
};
