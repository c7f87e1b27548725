/* SPDX-License-Identifier: MIT */
/* Takes a run's events and finished transfers, gives each format's document in its place: a stream, a file
 * that appears whole, a URL. */
#include "cli/reports.h"

#include "base/arena.h"
#include "base/output.h"
#include "cli/terminal.h"
#include "fetch/post.h"
#include "report/show.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PIPE_PATIENCE_MS 2000          /* until somebody reads a named pipe */
#define SUMMARY_MOST     (1024 * 1024) /* of a step's: GitHub takes none that is longer */
#define SUMMARY_MOST_RUN (256 * 1024)  /* so that others in the step have room as well */
#define SUMMARY_LEAST    4096          /* of a run: less says nothing */

/* One report and where its bytes go. */
struct printer {
    struct ht_document document;
    const struct ht_report_request *request;
    struct ht_output output; /* fd -1 while it is none */
    FILE *spool;             /* of what is sent at the end; output's descriptor is its */
    struct ht_error failed;  /* the first thing that went wrong with it */
    bool silent;             /* keeps notes, which are no errors, for itself */
    struct printer *next;
};

struct ht_reports {
    const struct ht_command *command;
    struct printer *printers;
    struct ht_raw_sink inner;
    struct ht_observer observer;
};

/* Standard output, unless something else has it or is expected there. */
static int stream_of(const struct ht_command *command, const struct ht_report_request *request)
{
    return request->on_stderr || command->stdout_taken || command->as_curl ? STDERR_FILENO : STDOUT_FILENO;
}

static void keep_failure(struct printer *printer, enum ht_status status, const struct ht_error *error)
{
    if (status != HT_OK && printer->failed.status == HT_OK)
        printer->failed = *error;
}

static void put_notes(struct printer *printer)
{
    char *rest = NULL,
         *line = printer->document.notes.len ? strtok_r(printer->document.notes.text, "\n", &rest) : NULL;
    for (; line && !printer->silent; line = strtok_r(NULL, "\n", &rest))
        fprintf(stderr, "httptrace: %s\n", line);
    ht_sink_reset(&printer->document.notes);
}

static void flush(struct ht_document *document, void *ctx)
{
    struct printer *printer = ctx;
    if (document->out.len && printer->failed.status == HT_OK)
        ht_output_write(&printer->output, ht_sink_text(&document->out), document->out.len);
    ht_sink_reset(&document->out);
}

static void settle(struct printer *printer)
{
    flush(&printer->document, printer);
    put_notes(printer);
}

static enum ht_status open_file(struct printer *printer, struct ht_error *error)
{
    const struct ht_report_request *request = printer->request;
    if (request->create_dirs && ht_output_make_directories(request->target, error) != HT_OK)
        return error->status;
    if (ht_output_is_pipe(request->target))
        return ht_output_open_pipe(&printer->output, request->target, PIPE_PATIENCE_MS, error);
    if (request->append)
        return ht_output_append(&printer->output, request->target, error);
    if (request->format->flags & HT_FORMAT_FLOWS)
        return ht_output_truncate(&printer->output, request->target, error);
    enum ht_status status = ht_output_open(&printer->output, request->target, error);
    if (status == HT_OK && request->format->flags & HT_FORMAT_SECRET)
        ht_output_make_private(&printer->output);
    return status;
}

/* Sent when the run is over: a collector that is slow is not to hold up transfers that are timed. */
static enum ht_status open_spool(struct printer *printer, struct ht_error *error)
{
    printer->spool = tmpfile();
    if (!printer->spool)
        return ht_fail(error, HT_ERR_IO, "cannot make a temporary file: %s", strerror(errno));
    printer->output = (struct ht_output){.name = printer->request->target, .fd = fileno(printer->spool)};
    return HT_OK;
}

static enum ht_status open_place(struct ht_reports *reports, struct printer *printer, struct ht_error *error)
{
    switch (printer->request->place) {
    case HT_REPORT_STREAM:
        printer->output =
            (struct ht_output){.name = "-", .fd = stream_of(reports->command, printer->request)};
        return HT_OK;
    case HT_REPORT_FILE:
        return open_file(printer, error);
    case HT_REPORT_URL:
        break;
    }
    return open_spool(printer, error);
}

/* Behind what other steps left there; in what room they left. */
static enum ht_status begin_summary(struct printer *printer, struct ht_error *error)
{
    struct stat file;
    off_t size = fstat(printer->output.fd, &file) == 0 ? file.st_size : 0;
    off_t room = size > SUMMARY_MOST ? 0 : SUMMARY_MOST - size;
    if (room < SUMMARY_LEAST)
        return ht_fail(error, HT_ERR_IO, "it is full, with %lld bytes", (long long)size);
    printer->document.options.room_bytes = (size_t)(room < SUMMARY_MOST_RUN ? room : SUMMARY_MOST_RUN);
    ht_sink_puts(&printer->document.out, size ? "\n\n" : "");
    return HT_OK;
}

static enum ht_status begin(struct ht_reports *reports, struct printer *printer, struct ht_error *error)
{
    const struct ht_format *format = printer->request->format;
    printer->document.options = ht_terminal_options(reports->command, printer->output.fd);
    if (printer->request->is_summary && begin_summary(printer, error) != HT_OK)
        return error->status;
    if (!format->begin)
        return HT_OK;
    enum ht_status status = format->begin(&printer->document, error);
    settle(printer);
    return status;
}

/* What fails here is told at the end: it does not stop the others. */
static struct printer *new_printer(struct ht_reports *reports, const struct ht_report_request *request)
{
    struct printer *printer = ht_malloc(sizeof *printer);
    struct ht_error error = {0};
    *printer =
        (struct printer){.silent = reports->command->silent,
                         .request = request,
                         .output = {.fd = -1},
                         .document = {.format = request->format, .target = request->target, .flush = flush}};
    printer->document.flush_ctx = printer;
    enum ht_status status = open_place(reports, printer, &error);
    if (status == HT_OK)
        status = begin(reports, printer, &error);
    keep_failure(printer, status, &error);
    return printer;
}

/* ---- what happens ---- */

static void take_raw(void *ctx, const struct ht_raw *raw)
{
    struct ht_reports *reports = ctx;
    for (struct printer *at = reports->printers; at; at = at->next) {
        if (!at->request->format->raw || at->failed.status != HT_OK)
            continue;
        at->request->format->raw(&at->document, raw);
        settle(at);
    }
    reports->inner.take(reports->inner.ctx, raw);
}

bool ht_reports_want_raw(const struct ht_reports *reports)
{
    const struct printer *at = reports ? reports->printers : NULL;
    while (at && !at->request->format->raw)
        at = at->next;
    return at != NULL;
}

struct ht_raw_sink ht_reports_sink(struct ht_reports *reports, struct ht_raw_sink next)
{
    reports->inner = next;
    return ht_reports_want_raw(reports) ? (struct ht_raw_sink){take_raw, reports} : next;
}

static void take_event(void *ctx, const struct ht_trace *trace, const struct ht_event *event)
{
    struct ht_reports *reports = ctx;
    for (struct printer *at = reports->printers; at; at = at->next) {
        if (!at->request->format->event || at->failed.status != HT_OK)
            continue;
        at->request->format->event(&at->document, trace, event);
        settle(at);
    }
}

struct ht_observer *ht_reports_observer(struct ht_reports *reports)
{
    bool wanted = false;
    for (struct printer *at = reports->printers; at; at = at->next)
        wanted = wanted || at->request->format->event;
    reports->observer = (struct ht_observer){.ctx = reports, .event = take_event};
    return wanted ? &reports->observer : NULL;
}

/* One that failed gets no more; called as curl, -s and others leave nothing on the streams. */
static bool is_done(const struct ht_reports *reports, const struct printer *printer)
{
    return printer->failed.status != HT_OK ||
           (reports->command->unreported && printer->request->place == HT_REPORT_STREAM);
}

bool ht_reports_are_none(const struct ht_reports *reports)
{
    return reports->printers == NULL;
}

bool ht_reports_watch(const struct ht_reports *reports)
{
    const struct printer *at = reports ? reports->printers : NULL;
    while (at && !at->request->format->raw && !at->request->format->event)
        at = at->next;
    return at != NULL;
}

void ht_reports_transfer(struct ht_reports *reports, const struct ht_trace *trace,
                         const struct ht_transfer *transfer, const struct ht_gate_result *result)
{
    for (struct printer *at = reports->printers; at; at = at->next) {
        if (is_done(reports, at))
            continue;
        at->document.options.exit_code = result->exit_code;
        at->document.options.exit_why = result->why;
        at->document.options.checks = result->checks;
        at->document.options.check_count = result->check_count;
        at->request->format->transfer(&at->document, trace, transfer);
        at->document.transfers++;
        settle(at);
    }
}

/* ---- the end ---- */

void ht_reports_interrupted(struct ht_reports *reports, const char *summary)
{
    for (struct printer *at = reports ? reports->printers : NULL; at; at = at->next)
        at->document.options.interrupted = summary;
}

/* A collector that does not answer is nothing that a run fails of. */
static void warn_unsent(const struct printer *printer, const struct ht_error *error)
{
    struct ht_sink url = ht_sink(0);
    ht_show_url(&url, ht_span_str(printer->document.target), false);
    fprintf(stderr, "httptrace: warning: report %s was not sent to %s: %s\n", printer->document.format->name,
            ht_sink_text(&url), error->text);
    ht_sink_free(&url);
}

/* A line is a request of its own. After one that failed the collector is left alone. */
static enum ht_status send_lines(struct ht_post *post, FILE *spool, struct ht_error *error)
{
    char *line = NULL;
    size_t size = 0;
    ssize_t len;
    enum ht_status status = HT_OK;
    rewind(spool);
    while (status == HT_OK && (len = getline(&line, &size, spool)) > 0)
        status = ht_post_send(post, ht_span(line, (size_t)len), error);
    free(line);
    return status;
}

static void send_spool(struct printer *printer)
{
    const struct ht_format *format = printer->document.format;
    struct ht_error error = {0};
    struct ht_post *post = ht_post_open(printer->document.target, format->url_path, format->content_type,
                                        getenv("OTEL_EXPORTER_OTLP_HEADERS"));
    if (send_lines(post, printer->spool, &error) != HT_OK)
        warn_unsent(printer, &error);
    ht_post_close(post);
}

static void close_spool(struct printer *printer)
{
    if (!printer->spool)
        return;
    if (printer->failed.status == HT_OK)
        send_spool(printer);
    fclose(printer->spool);
}

static void close_place(struct printer *printer)
{
    struct ht_error error = {0};
    enum ht_status status = HT_OK;
    if (printer->request->place == HT_REPORT_URL)
        close_spool(printer);
    else if (printer->request->place == HT_REPORT_FILE)
        status = ht_output_close(&printer->output, printer->failed.status == HT_OK, &error);
    else if (printer->output.error)
        status = ht_fail(&error, HT_ERR_IO, "cannot write the report: %s", strerror(printer->output.error));
    keep_failure(printer, status, &error);
}

static void end_printer(struct printer *printer)
{
    struct ht_error error = {0};
    const struct ht_format *format = printer->request->format;
    if (format->end)
        keep_failure(printer, format->end(&printer->document, &error), &error);
    settle(printer);
    close_place(printer);
}

static void free_all(struct ht_reports *reports)
{
    while (reports->printers) {
        struct printer *printer = reports->printers;
        reports->printers = printer->next;
        ht_sink_free(&printer->document.out);
        ht_sink_free(&printer->document.notes);
        free(printer);
    }
    free(reports);
}

/* A line for each that failed; the last one is the error, for whoever tells of it. */
static enum ht_status tell_failures(const struct ht_reports *reports, struct ht_error *error)
{
    enum ht_status status = HT_OK;
    for (const struct printer *at = reports->printers; at; at = at->next) {
        if (at->failed.status == HT_OK)
            continue;
        if (at->request->is_summary) { /* nobody asked for it by name */
            fprintf(stderr, "httptrace: warning: the job summary was not written: %s\n", at->failed.text);
            continue;
        }
        if (status != HT_OK)
            fprintf(stderr, "httptrace: %s\n", error->text);
        *error = at->failed;
        status = error->status;
    }
    return status;
}

enum ht_status ht_reports_close(struct ht_reports *reports, int exit_code, struct ht_error *error)
{
    if (!reports)
        return HT_OK;
    for (struct printer *at = reports->printers; at; at = at->next) {
        at->document.options.exit_code = exit_code;
        end_printer(at);
    }
    enum ht_status status = tell_failures(reports, error);
    free_all(reports);
    return status;
}

struct ht_reports *ht_reports_open(const struct ht_command *command)
{
    struct ht_reports *reports = ht_malloc(sizeof *reports);
    *reports = (struct ht_reports){.command = command};
    struct printer **end = &reports->printers;
    for (const struct ht_report_request *at = command->reports; at; at = at->next) {
        *end = new_printer(reports, at);
        end = &(*end)->next;
    }
    return reports;
}
