/* SPDX-License-Identifier: MIT */
/* One run: connects tap or record, trace, reports and recorder, and lets the events flow. */
#include "cli/run.h"

#include "cli/dry.h"
#include "base/escape.h"
#include "cli/early.h"
#include "cli/descriptors.h"
#include "cli/gate.h"
#include "cli/progress.h"
#include "cli/reports.h"
#include "cli/terminal.h"
#include "record/record.h"
#include "report/headline.h"
#include "report/show.h"
#include "rules/rules.h"
#include "tap/tap.h"
#include "trace/tracer.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

static volatile sig_atomic_t stop_signal;

struct run {
    const struct ht_command *command;
    struct ht_reports *reports;
    struct ht_report_options report; /* of what --dry-run and --curl print */
    FILE *out;
    struct ht_recorder *recorder;
    struct ht_live *live;
    struct ht_rules_options rules;
    struct ht_early *early;               /* NULL: nobody is told anything before the end */
    struct ht_progress *progress;         /* NULL: there is one URL */
    bool shows_progress, shares_terminal; /* with reports */
    struct ht_gate gate;
    struct ht_dry_source dry;
    struct ht_observer reporting, recording;
    struct ht_observer *observers;
    int last_code; /* of the run so far, without gates */
    bool side_by_side;
    bool is_counted;            /* a transfer has ended, with last_code */
    struct ht_sink interrupted; /* what became of the URLs; empty where it was not */
    int write_errno;            /* of the first report that could not be written */
};

/* The first signal ends the run in order, with its report; the second one ends the process as ever. */
static void on_signal(int number)
{
    stop_signal = number;
    signal(number, SIG_DFL);
}

static void catch_signals(void)
{
    struct sigaction action = {.sa_handler = on_signal};
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    signal(SIGPIPE, SIG_IGN);
}

/* A body on standard output has it for itself. */
static FILE *report_stream(const struct ht_command *command)
{
    return command->stdout_taken || command->as_curl ? stderr : stdout;
}

/* libcurl's code; 130 where the run was interrupted, by whichever signal: a record of it does not tell which.
 */
static int exit_code_of(const struct ht_transfer *transfer)
{
    return transfer->interrupted ? HT_EXIT_INTERRUPTED : (int)transfer->curl_code;
}

/* As curl ends: one after another the last transfer counts, side by side the last that failed. */
static void count_code(struct run *run, const struct ht_trace *trace, int code)
{
    run->is_counted = true;
    run->side_by_side = run->side_by_side || run->command->parallel || trace->transfers->next;
    if (!run->side_by_side || code != 0)
        run->last_code = code;
}

static void put(struct run *run, const struct ht_sink *text)
{
    ht_progress_erase(run->progress);
    if (fwrite(ht_sink_text(text), 1, text->len, run->out) != text->len || fflush(run->out) != 0)
        run->write_errno = run->write_errno ? run->write_errno : errno;
}

/* In curl's place and without reports: what curl says of a failure, in its form, or nothing. */
static void tell_as_curl(const struct run *run, const struct ht_transfer *transfer)
{
    struct ht_sink line = ht_sink(0);
    if (transfer->curl_code == 0 || (run->command->silent && !run->command->show_error))
        return;
    ht_sink_printf(&line, "curl: (%d) ", (int)transfer->curl_code);
    ht_show_as_curl(&line, transfer->error);
    fprintf(stderr, "%s\n", ht_sink_text(&line));
    ht_sink_free(&line);
}

/* --quiet. Of several URLs it says which; how many were interrupted is told by the summary. */
static void tell_failure(struct run *run, const struct ht_transfer *transfer)
{
    struct ht_sink line = ht_sink(0);
    bool several = run->command->several;
    bool failed = transfer->curl_code != 0 || transfer->retry_in_us > 0;
    if (!failed || (several && transfer->interrupted) || (run->command->silent && !run->command->show_error))
        return;
    ht_progress_erase(run->progress);
    ht_sink_puts(&line, "httptrace: ");
    if (transfer->curl_code != 0)
        ht_sink_printf(&line, "(%d) ", (int)transfer->curl_code);
    ht_headline(&line, transfer, run->report.show_secrets);
    ht_headline_retry(&line, transfer, " Trying again in ");
    if (several) {
        ht_sink_puts(&line, " (");
        ht_show_url(&line, transfer->url, run->report.show_secrets);
        ht_sink_char(&line, ')');
    }
    fprintf(stderr, "%s\n", ht_sink_text(&line));
    ht_sink_free(&line);
}

static void tell_failed(const struct run *run, const struct ht_gate_result *result,
                        const struct ht_transfer *transfer)
{
    struct ht_sink lines = ht_sink(0);
    ht_gate_tell(&run->gate, &lines, result, transfer);
    if (lines.len)
        ht_progress_erase(run->progress);
    fputs(ht_sink_text(&lines), stderr);
    ht_sink_free(&lines);
}

/* A dry run ends well where it has something to show. */
static void report_dry(struct run *run, const struct ht_transfer *transfer)
{
    struct ht_arena *arena = ht_arena_new();
    struct ht_plan plan = ht_dry_plan(arena, &run->dry.job);
    struct ht_sink text = ht_sink(0);
    bool seen = run->command->json ? ht_report_request_json(&text, transfer, &plan, &run->report)
                                   : ht_report_request_text(&text, transfer, &plan, &run->report);
    if (transfer->interrupted || !seen)
        run->last_code = exit_code_of(transfer);
    put(run, &text);
    ht_sink_free(&text);
    ht_arena_free(arena);
}

static void report_curl(struct run *run, const struct ht_transfer *transfer)
{
    struct ht_sink text = ht_sink(0), notes = ht_sink(0);
    ht_report_curl(&text, &notes, transfer, run->report.show_secrets,
                   isatty(fileno(run->out)) ? (size_t)run->report.width - 1 : 0);
    put(run, &text);
    fputs(ht_sink_text(&notes), stderr);
    ht_sink_free(&text);
    ht_sink_free(&notes);
}

static void report_other(void *ctx, struct ht_trace *trace, struct ht_transfer *transfer)
{
    struct run *run = ctx;
    (void)trace;
    if (run->command->dry)
        report_dry(run, transfer);
    else
        report_curl(run, transfer);
}

/* Without a report, only for what looks at findings. */
static bool needs_findings(const struct run *run, const struct ht_transfer *transfer, int code)
{
    const struct ht_command *command = run->command;
    return code != 0 || transfer->retry_in_us > 0 || !ht_reports_are_none(run->reports) || run->early ||
           run->shows_progress || command->fail_on >= 0 || command->expects;
}

static void report_transfer(void *ctx, struct ht_trace *trace, struct ht_transfer *transfer)
{
    struct run *run = ctx;
    struct ht_arena *arena = ht_arena_new();
    int code = exit_code_of(transfer);
    if (needs_findings(run, transfer, code))
        ht_rules_judge(trace, transfer, &run->rules);
    struct ht_gate_result result = {.exit_code = code};
    if (transfer->retry_in_us == 0) { /* else the next attempt says */
        result = ht_gate_judge(&run->gate, arena, transfer, code);
        count_code(run, trace, code);
    }
    if (run->early)
        ht_early_end(run->early, transfer);
    if (run->command->unreported)
        tell_as_curl(run, transfer);
    else if (run->command->quiet)
        tell_failure(run, transfer);
    if (run->shares_terminal)
        ht_progress_erase(run->progress);
    ht_reports_transfer(run->reports, trace, transfer, &result);
    tell_failed(run, &result, transfer);
    ht_arena_free(arena);
}

static void record_raw(void *ctx, const struct ht_raw *raw)
{
    struct run *run = ctx;
    ht_recorder_take(run->recorder, raw);
}

static void observe(struct run *run, struct ht_observer *observer)
{
    observer->next = run->observers;
    run->observers = observer;
}

static void set_up_early(struct run *run)
{
    if (!run->live && !run->command->give_up_early)
        return;
    run->early = ht_early_new(run->command, &run->rules, run->live);
    observe(run, ht_early_observer(run->early));
}

static void set_up_progress(struct run *run)
{
    const struct ht_command *command = run->command;
    if (command->kind != HT_COMMAND_TRACE || !command->several)
        return;
    run->shows_progress = isatty(STDERR_FILENO) && !command->verbose && !command->ci && !command->silent &&
                          !command->no_progress && !command->progress_bar && !command->as_curl;
    run->shares_terminal = isatty(fileno(run->out));
    struct ht_report_options terminal = ht_terminal_options(command, STDERR_FILENO);
    run->progress =
        ht_progress_new(run->shows_progress ? stderr : NULL, (size_t)terminal.width, command->total);
    observe(run, ht_progress_observer(run->progress));
}

static enum ht_status set_up(struct run *run, struct ht_error *error)
{
    const struct ht_command *command = run->command;
    run->out = report_stream(command);
    run->report = ht_terminal_options(command, fileno(run->out));
    run->rules = (struct ht_rules_options){.ignore = command->ignore, .ignore_count = command->ignore_count};
    memcpy(run->rules.slow_us, command->slow_us, sizeof run->rules.slow_us);
    run->gate = (struct ht_gate){.command = command};
    run->reporting = (struct ht_observer){.ctx = run, .transfer_end = report_transfer};
    if (command->dry || command->curl) {
        run->reporting.transfer_end = report_other;
        observe(run, &run->reporting);
        return HT_OK;
    }
    run->reports = ht_reports_open(command);
    if (ht_reports_observer(run->reports))
        observe(run, ht_reports_observer(run->reports));
    set_up_progress(run);
    observe(run, &run->reporting);
    if (command->verbose) {
        struct ht_report_options live = ht_terminal_options(command, STDERR_FILENO);
        run->live = ht_live_new(stderr, command->verbose, &live);
        observe(run, ht_live_observer(run->live));
    }
    set_up_early(run);
    if (!command->record_path)
        return HT_OK;
    run->recording = (struct ht_observer){.ctx = run, .raw = record_raw};
    observe(run, &run->recording);
    return ht_recorder_open(command->record_path, &run->recorder, error);
}

/* HTTPTRACE_TAP=callbacks traces as where calls cannot be interposed: to see what a static libcurl would
 * show. */
static bool wants_callbacks(void)
{
    const char *tap = getenv("HTTPTRACE_TAP");
    return tap && strcmp(tap, "callbacks") == 0;
}

/* Whether anybody sees or keeps what libcurl says of itself. */
static bool wants_texts(const struct run *run)
{
    const struct ht_command *command = run->command;
    return command->verbose || command->timeline || command->record_path || ht_reports_watch(run->reports);
}

/* Whether anybody sees an event: without that only what fails has something to say. */
static bool shows_events(const struct run *run)
{
    const struct ht_command *command = run->command;
    return !run->reports || !ht_reports_are_none(run->reports) || run->live || run->early ||
           command->expects || command->record_path;
}

static enum ht_status feed(struct run *run, struct ht_tracer *tracer, struct ht_error *error)
{
    const struct ht_command *command = run->command;
    struct ht_raw_sink sink = run->early ? ht_early_sink(run->early, tracer) : ht_tracer_sink(tracer);
    if (run->reports)
        sink = ht_reports_sink(run->reports, sink);
    struct ht_tap_options options = {
        .operations = command->operations,
        .source = command->dry ? ht_dry_source(&run->dry, command->source) : command->source,
        .sink = sink,
        .dump = command->dry ? NULL : &command->dump,
        .parallel = command->parallel ? ht_descriptors_raise(command->parallel_max) : 1,
        .parallel_host = command->parallel ? command->parallel_max_host : 0,
        .stop = &stop_signal,
        .dry = command->dry,
        .texts = wants_texts(run),
        .failures_only = !shows_events(run) && !run->shows_progress && command->fail_on < 0,
        .fail_early = command->fail_early,
        .all_bytes = ht_reports_want_raw(run->reports),
        .callbacks_only = wants_callbacks(),
        .tool_version = HT_VERSION};
    if (command->give_up_early && run->early) {
        options.give_up = ht_early_give_up;
        options.give_up_ctx = run->early;
    }
    int curl_code = 0; /* the transfers' own codes are told to report_transfer */
    if (command->kind == HT_COMMAND_READ)
        return ht_record_read(command->read_path, sink, error);
    enum ht_status status = ht_tap_run(&options, &curl_code, error);
    if (status != HT_ERR_IO || !run->is_counted)
        return status;
    error->exit_code = run->last_code; /* a body that could not be written is libcurl's matter too */
    return command->as_curl && command->silent ? HT_OK : status;
}

/* What an interrupted run came to. */
static void summarize(struct run *run)
{
    ht_progress_erase(run->progress);
    if (!run->progress || !stop_signal)
        return;
    const struct ht_progress_counts *counts = ht_progress_counts(run->progress);
    if (counts->started != counts->total) /* also where the signal came between two transfers */
        run->last_code = HT_EXIT_INTERRUPTED;
    ht_progress_summary(&run->interrupted, counts);
    ht_reports_interrupted(run->reports, ht_sink_text(&run->interrupted));
    if (!run->command->silent)
        fprintf(stderr, "httptrace: interrupted: %s\n", ht_sink_text(&run->interrupted));
}

static int exit_code_of_run(const struct run *run)
{
    int code = ht_gate_exit_code(&run->gate, run->last_code);
    return code == HT_EXIT_INTERRUPTED && stop_signal == SIGTERM ? 128 + SIGTERM : code;
}

static enum ht_status finish(struct run *run, enum ht_status status, struct ht_error *error)
{
    struct ht_error later = {0};
    summarize(run);
    ht_progress_free(run->progress);
    ht_early_free(run->early);
    ht_live_free(run->live);
    if (run->recorder && ht_recorder_close(run->recorder, &later) != HT_OK && status == HT_OK) {
        *error = later;
        status = later.status;
    }
    if (ht_reports_close(run->reports, exit_code_of_run(run), &later) != HT_OK && status == HT_OK) {
        *error = later;
        status = later.status;
    }
    ht_sink_free(&run->interrupted);
    if (run->write_errno && status == HT_OK)
        status = ht_fail(error, HT_ERR_IO, "cannot write the report: %s", strerror(run->write_errno));
    return status;
}

enum ht_status ht_run(const struct ht_command *command, int *exit_code, struct ht_error *error)
{
    struct run run = {.command = command, .interrupted = ht_sink(0)};
    catch_signals();
    enum ht_status status = set_up(&run, error);
    if (status == HT_OK) {
        struct ht_tracer *tracer = ht_tracer_new(run.observers);
        if (command->har_bodies)
            ht_tracer_keep_bodies(tracer);
        if (!shows_events(&run))
            ht_tracer_be_brief(tracer);
        status = feed(&run, tracer, error);
        ht_tracer_free(tracer);
    }
    status = finish(&run, status, error);
    *exit_code = exit_code_of_run(&run);
    return status;
}
