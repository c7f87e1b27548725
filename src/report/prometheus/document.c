/* SPDX-License-Identifier: MIT */
/* Takes finished transfers, gives Prometheus' text format: each metric family once, with the samples of all
 * targets. */
#include "base/arena.h"
#include "report/format.h"
#include "report/headline.h"
#include "report/prometheus/prometheus.h"
#include "report/show.h"

#include <stdlib.h>
#include <string.h>

#define PREFIX       "httptrace_"
#define TARGETS_KEPT 1000 /* whoever reads the file keeps some 45 series of each in memory */

/* A URL and a method. `samples` are those of its newest transfer: the text of each family, a NUL after each.
 */
struct target {
    char *labels, *samples;
    const char *next; /* family to be written */
    size_t counts[HT_PROMETHEUS_RESULTS];
};

struct metrics {
    struct target *targets; /* ordered by labels: a file is the same whoever came first */
    size_t count, room, left_out;
    struct ht_sink build;
    bool interrupted;
};

static enum ht_status begin(struct ht_document *document, struct ht_error *error)
{
    struct metrics *metrics = ht_malloc(sizeof *metrics);
    (void)error;
    *metrics = (struct metrics){.build = ht_sink(0)};
    document->state = metrics;
    return HT_OK;
}

/* ---- targets ---- */

static char *labels_of(const struct ht_transfer *transfer, bool secrets)
{
    struct ht_sink labels = ht_sink(0), url = ht_sink(0);
    ht_show_url(&url, transfer->url, secrets);
    ht_prometheus_label(&labels, "url", ht_sink_text(&url));
    ht_prometheus_label_text(&labels, "method", transfer->method);
    char *out = ht_strdup(ht_sink_text(&labels) + 1); /* without its comma */
    ht_sink_free(&labels);
    ht_sink_free(&url);
    return out;
}

/* Where the target is, or would be. */
static size_t place_of(const struct metrics *metrics, const char *labels)
{
    size_t low = 0, high = metrics->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (strcmp(metrics->targets[middle].labels, labels) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void insert(struct metrics *metrics, size_t at, char *labels)
{
    if (metrics->count == metrics->room) {
        metrics->room = metrics->room ? 2 * metrics->room : 16;
        metrics->targets = ht_realloc(metrics->targets, metrics->room * sizeof *metrics->targets);
    }
    struct target *target = &metrics->targets[at];
    memmove(target + 1, target, (metrics->count++ - at) * sizeof *target);
    *target = (struct target){.labels = labels};
}

/* NULL where there are too many. */
static struct target *target_of(struct metrics *metrics, const struct ht_transfer *transfer, bool secrets)
{
    char *labels = labels_of(transfer, secrets);
    size_t at = place_of(metrics, labels);
    bool known = at < metrics->count && strcmp(metrics->targets[at].labels, labels) == 0;
    if (!known && metrics->count < TARGETS_KEPT) {
        insert(metrics, at, labels);
        return &metrics->targets[at];
    }
    free(labels);
    return known ? &metrics->targets[at] : NULL;
}

/* ---- a transfer ---- */

static enum ht_prometheus_result result_of(const struct ht_document *document,
                                           const struct ht_transfer *transfer)
{
    if (ht_was_stopped(transfer))
        return HT_PROMETHEUS_INTERRUPTED;
    if (transfer->retry_in_us > 0)
        return HT_PROMETHEUS_RETRIED;
    return document->options.exit_code ? HT_PROMETHEUS_FAILURE : HT_PROMETHEUS_SUCCESS;
}

static void put_samples(struct target *target, struct ht_prometheus *p)
{
    struct ht_sink samples = ht_sink(0);
    size_t count;
    const struct ht_prometheus_family *families = ht_prometheus_families(&count);
    p->out = &samples;
    for (size_t i = 0; i < count; i++) {
        families[i].put(p);
        ht_sink_char(&samples, '\0');
    }
    free(target->samples);
    target->samples = samples.text;
    target->next = samples.text;
}

static void put_build(struct ht_sink *out, const struct ht_run_info *info)
{
    if (out->len)
        return;
    ht_prometheus_label_text(out, "version", info->tool);
    ht_prometheus_label_text(out, "libcurl", info->libcurl);
    ht_prometheus_label_text(out, "tls", info->tls);
}

static void add(struct ht_document *document, const struct ht_trace *trace,
                const struct ht_transfer *transfer)
{
    struct metrics *metrics = document->state;
    struct ht_prometheus p = {.transfer = transfer,
                              .last = ht_last_exchange(transfer),
                              .options = &document->options,
                              .result = result_of(document, transfer)};
    put_build(&metrics->build, &trace->info);
    metrics->interrupted = metrics->interrupted || p.result == HT_PROMETHEUS_INTERRUPTED;
    struct target *target = target_of(metrics, transfer, document->options.show_secrets);
    if (!target) {
        metrics->left_out++;
        return;
    }
    target->counts[p.result]++;
    p.counts = target->counts;
    put_samples(target, &p);
}

/* ---- the document ---- */

static void put_head(struct ht_sink *out, const char *name, const char *help)
{
    ht_sink_printf(out, "# HELP " PREFIX "%s %s\n# TYPE " PREFIX "%s gauge\n", name, help, name);
}

static void put_target(struct ht_sink *out, const char *name, struct target *target)
{
    while (*target->next) {
        size_t len = strcspn(target->next, "\n") + 1;
        ht_sink_printf(out, PREFIX "%s{%s%.*s", name, target->labels, (int)len, target->next);
        target->next += len;
    }
    target->next++;
}

static void put_family(struct ht_document *document, const struct ht_prometheus_family *family)
{
    struct metrics *metrics = document->state;
    bool begun = false;
    for (size_t i = 0; i < metrics->count; i++) {
        struct target *target = &metrics->targets[i];
        if (*target->next && !begun)
            put_head(&document->out, family->name, family->help);
        begun = begun || *target->next;
        put_target(&document->out, family->name, target);
    }
    ht_document_flush(document);
}

static void put_run(struct ht_document *document, const struct metrics *metrics)
{
    struct ht_sink *out = &document->out;
    if (metrics->build.len) {
        put_head(out, "build_info", "What made these metrics");
        ht_sink_printf(out, PREFIX "build_info{%s} 1\n", metrics->build.text + 1);
    }
    put_head(out, "interrupted", "Whether the run was stopped before all was done");
    ht_sink_printf(out, PREFIX "interrupted %d\n", metrics->interrupted || document->options.interrupted);
    put_head(out, "transfers_left_out", "Transfers of targets past the limit, of which nothing is told");
    ht_sink_printf(out, PREFIX "transfers_left_out %zu\n", metrics->left_out);
}

static void free_metrics(struct metrics *metrics)
{
    for (size_t i = 0; i < metrics->count; i++) {
        free(metrics->targets[i].labels);
        free(metrics->targets[i].samples);
    }
    free(metrics->targets);
    ht_sink_free(&metrics->build);
    free(metrics);
}

static enum ht_status end(struct ht_document *document, struct ht_error *error)
{
    struct metrics *metrics = document->state;
    size_t count;
    const struct ht_prometheus_family *families = ht_prometheus_families(&count);
    (void)error;
    if (!metrics)
        return HT_OK;
    for (size_t i = 0; i < count; i++)
        put_family(document, &families[i]);
    put_run(document, metrics);
    if (metrics->left_out)
        ht_sink_printf(&document->notes,
                       "report prometheus has metrics of the first %d URLs; %zu transfers of others are left "
                       "out\n",
                       TARGETS_KEPT, metrics->left_out);
    free_metrics(metrics);
    document->state = NULL;
    return HT_OK;
}

const struct ht_format ht_format_prometheus = {
    .name = "prometheus",
    .help = "Metrics for Prometheus, by node_exporter's textfile collector",
    .text =
        "Gauges in Prometheus' text format, each with the labels `url`, masked, and `method`: "
        "`httptrace_success`, 1 where the exit code is 0, `httptrace_exit_code` and "
        "`httptrace_http_status_code`; `httptrace_duration_seconds` and `httptrace_phase_duration_seconds`; "
        "`httptrace_verdict`, `httptrace_findings` by code and severity, `httptrace_expect_success` for each "
        "`--expect`; sizes; `httptrace_http_info` and `httptrace_tls_info`; "
        "`httptrace_certificate_not_after_timestamp_seconds` and more of the certificate. The `HELP` lines "
        "of "
        "the file describe them all.\n\n"
        "Alerts look like `httptrace_success == 0`, `httptrace_verdict{status=\"intercepted\"} == 1` or "
        "`httptrace_certificate_not_after_timestamp_seconds - time() < 14 * 86400`. A session that was "
        "resumed has no certificate.\n\n"
        "Run it by cron or a systemd timer with `--report prometheus=FILE.prom`, the file in the "
        "directory that node_exporter was given with `--collector.textfile.directory`. The file is "
        "replaced as a whole, so that none is ever read half written, and one of an earlier run stays "
        "until then: `time() - httptrace_last_transfer_timestamp_seconds` tells its age.\n\n"
        "A status of 404 is a success unless `-f` or `--expect` says otherwise, as with the exit code. A "
        "phase "
        "that did not take place has 0 seconds; the phases of redirects and repetitions are added up.\n\n"
        "A URL and method that are traced more than once in a run have one series each: the newest "
        "transfer's, in the order in which they ended; `httptrace_transfers` counts them all by result, "
        "those that `--retry` repeated too. "
        "A run has metrics of the first 1000 URLs that were done. Keep what changes from run to run, as a "
        "random number, out of URLs: each value makes series of its own.",
    .begin = begin,
    .transfer = add,
    .end = end,
};
