/* SPDX-License-Identifier: MIT */
/* Takes a transfer of the trace, gives its report as JSON: docs/report.schema.json, "httptrace.report/1" (RFC
 * 8259). */
#include "base/clock.h"
#include "model/model.h"
#include "report/format.h"
#include "report/headline.h"
#include "report/json/value.h"

json_t *ht_json_tool(const struct ht_run_info *info)
{
    json_t *out = json_object();
    ht_json_set(out, "name", json_string("httptrace"));
    ht_json_set(out, "version", ht_json_text(info->tool));
    ht_json_set(out, "libcurl", ht_json_text_or_null(info->libcurl));
    ht_json_set(out, "tls", ht_json_text_or_null(info->tls));
    ht_json_set(out, "nghttp2", ht_json_text_or_null(info->nghttp2));
    ht_json_set(out, "tap", ht_json_text_or_null(info->tap));
    return out;
}

static json_t *curl_times(const struct ht_curl_times *times)
{
    json_t *out = json_object();
    ht_json_set(out, "namelookup_us", ht_json_count(times->namelookup_us));
    ht_json_set(out, "connect_us", ht_json_count(times->connect_us));
    ht_json_set(out, "appconnect_us", ht_json_count(times->appconnect_us));
    ht_json_set(out, "pretransfer_us", ht_json_count(times->pretransfer_us));
    ht_json_set(out, "starttransfer_us", ht_json_count(times->starttransfer_us));
    ht_json_set(out, "total_us", ht_json_count(times->total_us));
    return out;
}

json_t *ht_json_outcome(const struct ht_json *j)
{
    const struct ht_transfer *t = j->transfer;
    bool ended = t->end_us >= 0;
    json_t *out = json_object();
    ht_json_set(out, "curl_code", ended ? json_integer(t->curl_code) : json_null());
    ht_json_set(out, "curl_error", ht_json_curl_text(j, t->error));
    ht_json_set(out, "reason", ht_json_curl_text(j, t->reason));
    ht_json_set(out, "http_status", t->http_status > 0 ? json_integer(t->http_status) : json_null());
    ht_json_set(out, "bytes_sent", ht_json_count(t->bytes_sent));
    ht_json_set(out, "bytes_received", ht_json_count(t->bytes_received));
    ht_json_set(out, "decoded_bytes", ht_json_count(t->decoded_bytes));
    ht_json_set(out, "retries", json_integer(t->retries));
    ht_json_set(out, "retry_in_us", t->retry_in_us > 0 ? json_integer(t->retry_in_us) : json_null());
    ht_json_set(out, "exit_code", json_integer(j->options->exit_code));
    ht_json_set(out, "interrupted", json_boolean(t->interrupted || !ended));
    ht_json_set(out, "curl_times", ended ? curl_times(&t->times) : json_null());
    return out;
}

json_t *ht_json_verdict(const struct ht_json *j)
{
    const struct ht_verdict *v = &j->transfer->verdict;
    json_t *out = json_object();
    ht_json_set(out, "status", ht_json_word(ht_verdict_status_name(v->status)));
    ht_json_set(out, "phase", ht_json_word(v->has_phase ? ht_phase_name(v->phase) : NULL));
    ht_json_set(out, "locus", ht_json_word(ht_locus_name(v->locus)));
    ht_json_set(out, "confidence", ht_json_word(ht_confidence_name(v->confidence)));
    ht_json_set(out, "headline", ht_json_headline(j));
    return out;
}

json_t *ht_json_wall_time(int64_t wall_us)
{
    struct ht_sink sink = ht_sink(0);
    ht_sink_rfc3339(&sink, wall_us, true);
    json_t *text = json_string(ht_sink_text(&sink));
    ht_sink_free(&sink);
    return text;
}

static json_t *report(struct ht_json *j)
{
    const struct ht_transfer *t = j->transfer;
    json_t *out = json_object();
    ht_json_set(out, "schema", json_string("httptrace.report/1"));
    ht_json_set(out, "tool", ht_json_tool(&j->trace->info));
    ht_json_set(out, "url", ht_json_url(j, t->url));
    ht_json_set(out, "method", ht_json_text(t->method));
    ht_json_set(out, "started_at", ht_json_wall_time(t->wall_start_us));
    ht_json_set(out, "duration_us", json_integer(ht_last_moment(t) - t->start_us));
    ht_json_set(out, "outcome", ht_json_outcome(j));
    ht_json_set(out, "verdict", ht_json_verdict(j));
    ht_json_set(out, "findings", ht_json_findings(j));
    if (j->options->check_count)
        ht_json_set(out, "expect", ht_json_checks(j));
    ht_json_set(out, "exchanges", ht_json_exchanges(j));
    ht_json_set(out, "connections", ht_json_connections(j));
    ht_json_set(out, "timeline", ht_json_timeline(j));
    ht_json_set(out, "truncated", j->truncated);
    return out;
}

void ht_report_json(struct ht_sink *out, const struct ht_trace *trace, const struct ht_transfer *transfer,
                    const struct ht_report_options *options)
{
    struct ht_json j = {trace, transfer, options, transfer->start_us, json_array()};
    json_t *value = report(&j);
    ht_json_dump(out, value, options->pretty);
    ht_sink_char(out, '\n');
    json_decref(value);
}

static void add_object(struct ht_document *document, const struct ht_trace *trace,
                       const struct ht_transfer *transfer)
{
    ht_report_json(&document->out, trace, transfer, &document->options);
}

static void add_line(struct ht_document *document, const struct ht_trace *trace,
                     const struct ht_transfer *transfer)
{
    struct ht_report_options options = document->options;
    options.pretty = false;
    ht_report_json(&document->out, trace, transfer, &options);
}

const struct ht_format ht_format_json = {
    .name = "json",
    .help = "JSON objects, one for each URL",
    .text = "The schema is `httptrace.report/1` (docs/report.schema.json). An object is a line, but indented "
            "where it goes to a terminal. `--json` is short for it. `--timeline` puts every decoded event "
            "into it.",
    .flags = HT_FORMAT_PIECES,
    .transfer = add_object,
};

const struct ht_format ht_format_jsonl = {
    .name = "jsonl",
    .help = "The same as JSON Lines, never indented",
    .text = "One line for each URL, in the order in which they are done, on a terminal as well.",
    .flags = HT_FORMAT_PIECES,
    .transfer = add_line,
};
