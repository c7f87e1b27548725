/* SPDX-License-Identifier: MIT */
/* Takes the newest transfer of a target, gives the samples of each metric family: the table of them. */
#include "model/model.h"
#include "report/headline.h"
#include "report/prometheus/prometheus.h"
#include "report/show.h"

#include <string.h>

/* ---- the outcome ---- */

static void put_success(const struct ht_prometheus *p)
{
    ht_prometheus_integer(p, "", p->result == HT_PROMETHEUS_SUCCESS);
}

static void put_exit_code(const struct ht_prometheus *p)
{
    ht_prometheus_integer(p, "", p->options->exit_code);
}

static void put_curl_code(const struct ht_prometheus *p)
{
    if (p->result != HT_PROMETHEUS_INTERRUPTED)
        ht_prometheus_integer(p, "", p->transfer->curl_code);
}

static void put_status(const struct ht_prometheus *p)
{
    ht_prometheus_integer(p, "", p->transfer->http_status > 0 ? p->transfer->http_status : 0);
}

/* All of them, so that an alert has a series to look at before anything is wrong. */
static void put_verdict(const struct ht_prometheus *p)
{
    for (int status = HT_VERDICT_OK; status <= HT_VERDICT_FAILED; status++) {
        struct ht_sink labels = ht_sink(0);
        ht_prometheus_label(&labels, "status", ht_verdict_status_name((enum ht_verdict_status)status));
        ht_prometheus_integer(p, ht_sink_text(&labels), (int)p->transfer->verdict.status == status);
        ht_sink_free(&labels);
    }
}

static void put_failure(const struct ht_prometheus *p)
{
    const struct ht_verdict *verdict = &p->transfer->verdict;
    struct ht_sink labels = ht_sink(0);
    if (!verdict->has_phase)
        return;
    ht_prometheus_label(&labels, "phase", ht_phase_name(verdict->phase));
    ht_prometheus_label(&labels, "locus", ht_locus_name(verdict->locus));
    ht_prometheus_label(&labels, "confidence", ht_confidence_name(verdict->confidence));
    ht_prometheus_info(p, &labels);
}

/* ---- findings and checks ---- */

static bool is_same(const struct ht_finding *a, const struct ht_finding *b)
{
    return a->severity == b->severity && strcmp(a->code, b->code) == 0;
}

/* How many are the same as `finding`; 0 where another of them came before. */
static int64_t count_same(const struct ht_transfer *transfer, const struct ht_finding *finding)
{
    int64_t count = 0;
    for (const struct ht_exchange *x = transfer->exchanges; x; x = x->next)
        for (const struct ht_finding *f = x->findings; f; f = f->next) {
            if (f != finding && count == 0 && is_same(f, finding))
                return 0;
            count += is_same(f, finding);
        }
    return count;
}

static void put_findings(const struct ht_prometheus *p)
{
    for (const struct ht_exchange *x = p->transfer->exchanges; x; x = x->next)
        for (const struct ht_finding *f = x->findings; f; f = f->next) {
            int64_t count = count_same(p->transfer, f);
            struct ht_sink labels = ht_sink(0);
            ht_prometheus_label(&labels, "code", f->code);
            ht_prometheus_label(&labels, "severity", ht_severity_name(f->severity));
            if (count)
                ht_prometheus_integer(p, ht_sink_text(&labels), count);
            ht_sink_free(&labels);
        }
}

/* Whether the same check was judged before: a series must not come twice. */
static bool is_repeated(const struct ht_report_options *options, size_t index)
{
    for (size_t i = 0; i < index; i++)
        if (strcmp(options->checks[i].text, options->checks[index].text) == 0)
            return true;
    return false;
}

static void put_checks(const struct ht_prometheus *p)
{
    for (size_t i = 0; i < p->options->check_count; i++) {
        const struct ht_check *check = &p->options->checks[i];
        struct ht_sink labels = ht_sink(0), text = ht_sink(0);
        ht_show_ready(&text, check->text);
        ht_prometheus_label(&labels, "check", ht_sink_text(&text));
        if (!is_repeated(p->options, i))
            ht_prometheus_integer(p, ht_sink_text(&labels), check->ok);
        ht_sink_free(&text);
        ht_sink_free(&labels);
    }
}

/* ---- times ---- */

static void put_duration(const struct ht_prometheus *p)
{
    ht_prometheus_seconds(p, "", ht_last_moment(p->transfer) - p->transfer->start_us);
}

static int64_t time_in(const struct ht_transfer *transfer, enum ht_phase phase)
{
    int64_t sum_us = 0;
    for (const struct ht_exchange *x = transfer->exchanges; x; x = x->next) {
        const struct ht_phase_span *span = &x->phases[phase];
        if (span->start_us >= 0 && span->duration_us > 0 && span->outcome != HT_OUTCOME_SKIPPED)
            sum_us += span->duration_us;
    }
    return sum_us;
}

static void put_phases(const struct ht_prometheus *p)
{
    for (int phase = 0; phase < HT_PHASE_COUNT; phase++) {
        struct ht_sink labels = ht_sink(0);
        ht_prometheus_label(&labels, "phase", ht_phase_name((enum ht_phase)phase));
        ht_prometheus_seconds(p, ht_sink_text(&labels), time_in(p->transfer, (enum ht_phase)phase));
        ht_sink_free(&labels);
    }
}

static void put_when(const struct ht_prometheus *p)
{
    const struct ht_transfer *t = p->transfer;
    ht_prometheus_seconds(p, "", t->wall_start_us + ht_last_moment(t) - t->start_us);
}

/* ---- what went over the wire ---- */

static int64_t count_requests(const struct ht_transfer *transfer, bool redirects_only)
{
    int64_t count = 0;
    for (const struct ht_exchange *x = transfer->exchanges; x; x = x->next)
        count += x->request.first_us >= 0 && (!redirects_only || x->cause == HT_CAUSE_REDIRECT);
    return count;
}

static void put_requests(const struct ht_prometheus *p)
{
    ht_prometheus_integer(p, "", count_requests(p->transfer, false));
}

static void put_redirects(const struct ht_prometheus *p)
{
    ht_prometheus_integer(p, "", count_requests(p->transfer, true));
}

static void put_retries(const struct ht_prometheus *p)
{
    ht_prometheus_integer(p, "", p->transfer->retries);
}

static void put_sent(const struct ht_prometheus *p)
{
    ht_prometheus_integer(p, "", p->transfer->bytes_sent);
}

static void put_received(const struct ht_prometheus *p)
{
    ht_prometheus_integer(p, "", p->transfer->bytes_received);
}

static void put_body(const struct ht_prometheus *p)
{
    if (p->last && p->last->response.status)
        ht_prometheus_integer(p, "", p->last->response.body_bytes);
}

static void put_decoded(const struct ht_prometheus *p)
{
    if (p->last && p->last->response.status && p->transfer->decoded_bytes >= 0)
        ht_prometheus_integer(p, "", p->transfer->decoded_bytes);
}

static void put_http(const struct ht_prometheus *p)
{
    const char *version = p->last ? ht_http_version_name(p->last->response.version) : NULL;
    struct ht_sink labels = ht_sink(0);
    if (!version)
        return;
    ht_prometheus_label(&labels, "version", version);
    ht_prometheus_info(p, &labels);
}

/* ---- the run ---- */

static void put_transfers(const struct ht_prometheus *p)
{
    static const char *const names[] = {"success", "failure", "interrupted", "retried"};
    for (size_t i = 0; i < HT_PROMETHEUS_RESULTS; i++) {
        struct ht_sink labels = ht_sink(0);
        ht_prometheus_label(&labels, "result", names[i]);
        ht_prometheus_integer(p, ht_sink_text(&labels), (int64_t)p->counts[i]);
        ht_sink_free(&labels);
    }
}

static const struct ht_prometheus_family families[] = {
    {"success", "Whether the exit code was 0", put_success},
    {"exit_code", "Exit code, those of --fail-on and --expect included", put_exit_code},
    {"curl_code", "Code of libcurl, 0 where the transfer succeeded", put_curl_code},
    {"http_status_code", "Status of the last response, 0 where there was none", put_status},
    {"verdict", "1 for the status that the verdict has, 0 for the others", put_verdict},
    {"failure_info", "Where it went wrong, as the verdict has it", put_failure},
    {"findings", "Findings by code and severity", put_findings},
    {"expect_success", "Whether a check of --expect holds", put_checks},
    {"duration_seconds", "Time from begin to end", put_duration},
    {"phase_duration_seconds", "Time in each phase, that of all requests", put_phases},
    {"last_transfer_timestamp_seconds", "When it ended, in Unix time", put_when},
    {"requests", "Requests sent, redirects and repetitions included", put_requests},
    {"redirects", "Redirects followed", put_redirects},
    {"retries", "Transfers that --retry made before this one", put_retries},
    {"sent_bytes", "Heads and bodies of requests", put_sent},
    {"received_bytes", "Heads and bodies of responses", put_received},
    {"response_body_bytes", "Body of the last response as it was sent", put_body},
    {"response_decoded_bytes", "The same with content codings undone", put_decoded},
    {"http_info", "HTTP version of the last response", put_http},
    {"tls_info", "What client and server agreed on", ht_prometheus_tls},
    {"certificate_info", "The server's certificate", ht_prometheus_certificate},
    {"certificate_not_after_timestamp_seconds", "When it expires, in Unix time", ht_prometheus_not_after},
    {"certificate_chain_not_after_timestamp_seconds",
     "When the first certificate of the chain that was sent expires, in Unix time",
     ht_prometheus_chain_not_after},
    {"certificate_expires_in_seconds", "How long it was still valid when the transfer began",
     ht_prometheus_expires_in},
    {"transfers", "Transfers of this target in the run; all else tells of the newest", put_transfers},
};

const struct ht_prometheus_family *ht_prometheus_families(size_t *count)
{
    *count = sizeof families / sizeof *families;
    return families;
}
