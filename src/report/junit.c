/* SPDX-License-Identifier: MIT */
/* Takes finished transfers, gives JUnit XML as Jenkins' junit-10.xsd has it: a suite for each, a case for
 * each point. */
#include "report/format.h"

#include "base/clock.h"
#include "base/url.h"
#include "model/model.h"
#include "report/headline.h"
#include "report/points.h"
#include "report/show.h"
#include "report/xml.h"

#include <inttypes.h>
#include <stdlib.h>

#define SUITE_DECIMALS 3 /* Surefire's time of a suite has no more */
#define CASE_DECIMALS  6

/* Escapes what was gathered and empties it. */
static void put(struct ht_sink *out, struct ht_sink *text)
{
    ht_xml_bytes(out, ht_span(ht_sink_text(text), text->len));
    ht_sink_reset(text);
}

static void put_seconds(struct ht_sink *out, int64_t us, int decimals)
{
    struct ht_sink text = ht_sink(0);
    ht_sink_seconds(&text, us < 0 ? 0 : us);
    ht_sink_printf(out, " time=\"%.*s\"", (int)text.len - CASE_DECIMALS + decimals, ht_sink_text(&text));
    ht_sink_free(&text);
}

/* ---- the suite ---- */

/* "example.com:8443", without the user. */
static void host_of(struct ht_sink *out, struct ht_span url)
{
    struct ht_span authority = ht_url_authority(url);
    size_t from = authority.len;
    while (from > 0 && authority.data[from - 1] != '@')
        from--;
    ht_show_text(out, from < authority.len ? ht_span_from(authority, from) : ht_span_str("httptrace"));
}

static struct ht_span path_of(struct ht_span url)
{
    struct ht_span authority = ht_url_authority(url);
    size_t from = authority.data ? (size_t)(authority.data - url.data) + authority.len : url.len, end = from;
    while (end < url.len && url.data[end] != '?' && url.data[end] != '#')
        end++;
    return end > from ? ht_span(url.data + from, end - from) : ht_span_str("/");
}

/* Readers take what stands before the last full stop for a package: that is the host, the path has none. */
static void class_of(struct ht_sink *out, struct ht_span url, bool secrets)
{
    host_of(out, url);
    ht_sink_char(out, '.');
    size_t from = out->len;
    ht_show_url(out, path_of(url), secrets);
    for (size_t i = from; i < out->len; i++)
        if (out->text[i] == '.')
            out->text[i] = '_';
}

static size_t count_of(const struct ht_point *points, size_t count, enum ht_point_result result)
{
    size_t found = 0;
    for (size_t i = 0; i < count; i++)
        found += points[i].result == result;
    return found;
}

static void put_timestamp(struct ht_sink *out, int64_t wall_us)
{
    struct ht_sink date = ht_sink(0);
    ht_sink_rfc3339(&date, wall_us, false);
    size_t len = date.len && date.text[date.len - 1] == 'Z' ? date.len - 1 : date.len;
    ht_sink_printf(out, " timestamp=\"%.*s\"", (int)len, ht_sink_text(&date));
    ht_sink_free(&date);
}

static void begin_suite(struct ht_document *document, const struct ht_transfer *transfer,
                        const struct ht_point *points, size_t count)
{
    struct ht_sink *out = &document->out, text = ht_sink(0);
    ht_sink_puts(out, "<testsuite name=\"");
    ht_show_url(&text, transfer->url, document->options.show_secrets);
    put(out, &text);
    ht_sink_puts(out, "\" package=\"");
    host_of(&text, transfer->url);
    put(out, &text);
    ht_sink_printf(out, "\" id=\"%zu\" tests=\"%zu\" failures=\"%zu\" errors=\"%zu\" skipped=\"%zu\"",
                   document->transfers, count, count_of(points, count, HT_POINT_FAILED),
                   count_of(points, count, HT_POINT_BROKE), count_of(points, count, HT_POINT_SKIPPED));
    put_seconds(out, points[0].duration_us, SUITE_DECIMALS);
    put_timestamp(out, transfer->wall_start_us);
    ht_sink_puts(out, ">\n");
    ht_sink_free(&text);
}

/* ---- its properties ---- */

static void property(struct ht_sink *out, const char *name, struct ht_sink *value)
{
    if (value->len) {
        ht_sink_printf(out, "<property name=\"%s\" value=\"", name);
        put(out, value);
        ht_sink_puts(out, "\"/>\n");
    }
}

static void property_text(struct ht_sink *out, const char *name, struct ht_span text)
{
    struct ht_sink value = ht_sink(0);
    ht_show_text(&value, text);
    property(out, name, &value);
    ht_sink_free(&value);
}

static void property_number(struct ht_sink *out, const char *name, int64_t number)
{
    if (number >= 0)
        ht_sink_printf(out, "<property name=\"%s\" value=\"%" PRId64 "\"/>\n", name, number);
}

static void put_verdict(struct ht_sink *out, const struct ht_transfer *transfer, bool secrets)
{
    const struct ht_verdict *v = &transfer->verdict;
    struct ht_sink line = ht_sink(0);
    ht_headline(&line, transfer, secrets);
    property(out, "headline", &line);
    property_text(out, "verdict", ht_span_str(ht_verdict_status_name(v->status)));
    if (v->has_phase)
        property_text(out, "verdict.phase", ht_span_str(ht_phase_name(v->phase)));
    property_text(out, "verdict.locus", ht_span_str(ht_locus_name(v->locus)));
    property_text(out, "verdict.confidence", ht_span_str(ht_confidence_name(v->confidence)));
    ht_sink_free(&line);
}

static void put_properties(struct ht_document *document, const struct ht_run_info *info,
                           const struct ht_transfer *transfer)
{
    struct ht_sink *out = &document->out;
    ht_sink_puts(out, "<properties>\n");
    put_verdict(out, transfer, document->options.show_secrets);
    property_text(out, "method", transfer->method);
    property_number(out, "http_status", transfer->http_status > 0 ? transfer->http_status : -1);
    property_number(out, "curl_code", transfer->end_us >= 0 ? transfer->curl_code : -1);
    property_number(out, "exit_code", document->options.exit_code);
    property_number(out, "bytes_sent", transfer->bytes_sent);
    property_number(out, "bytes_received", transfer->bytes_received);
    property_text(out, "httptrace", info->tool);
    property_text(out, "libcurl", info->libcurl);
    property_text(out, "tls", info->tls);
    property_text(out, "nghttp2", info->nghttp2);
    property_text(out, "tap", info->tap);
    ht_sink_puts(out, "</properties>\n");
}

/* ---- its cases ---- */

/* "curl.28", "finding.tls.ch_dropped", "expect": what a reader may group failures by. */
static void put_type(struct ht_sink *out, const struct ht_point *point)
{
    if (point->kind == HT_POINT_FINDING)
        ht_sink_printf(out, "finding.%s", point->finding->code);
    else if (point->kind == HT_POINT_CHECK)
        ht_sink_puts(out, "expect");
    else if (ht_was_stopped(point->transfer))
        ht_sink_puts(out, "interrupted");
    else
        ht_sink_printf(out, "curl.%" PRId64, point->transfer->curl_code);
}

static void element(struct ht_sink *out, const char *name, struct ht_sink *text)
{
    ht_sink_printf(out, "<%s>", name);
    put(out, text);
    ht_sink_printf(out, "</%s>\n", name);
}

static void put_failure(struct ht_sink *out, const struct ht_point *point, struct ht_sink *message)
{
    const char *name = point->result == HT_POINT_FAILED ? "failure" : "error";
    struct ht_sink details = ht_sink(0);
    ht_sink_bytes(&details, ht_span(ht_sink_text(message), message->len));
    ht_sink_char(&details, '\n');
    ht_point_details(&details, point);
    ht_sink_printf(out, "<%s type=\"", name);
    put_type(out, point);
    ht_sink_puts(out, "\" message=\"");
    put(out, message);
    ht_sink_puts(out, "\">");
    put(out, &details);
    ht_sink_printf(out, "</%s>\n", name);
    ht_sink_free(&details);
}

static void put_outcome(struct ht_sink *out, const struct ht_point *point)
{
    struct ht_sink text = ht_sink(0);
    ht_point_message(&text, point);
    if (point->result == HT_POINT_SKIPPED) {
        element(out, "skipped", &text);
    } else if (point->result != HT_POINT_PASSED) {
        put_failure(out, point, &text);
    } else {
        if (point->finding) {
            ht_sink_char(&text, '\n');
            ht_point_details(&text, point);
        }
        if (text.len)
            element(out, "system-out", &text);
    }
    ht_sink_free(&text);
}

static void put_case(struct ht_sink *out, const struct ht_point *point, bool secrets)
{
    struct ht_sink text = ht_sink(0), outcome = ht_sink(0);
    put_outcome(&outcome, point);
    ht_sink_puts(out, "<testcase classname=\"");
    class_of(&text, point->transfer->url, secrets);
    put(out, &text);
    ht_sink_puts(out, "\" name=\"");
    ht_point_name(&text, point);
    put(out, &text);
    ht_sink_char(out, '"');
    put_seconds(out, point->duration_us, CASE_DECIMALS);
    if (outcome.len)
        ht_sink_printf(out, ">\n%s</testcase>\n", ht_sink_text(&outcome));
    else
        ht_sink_puts(out, "/>\n");
    ht_sink_free(&text);
    ht_sink_free(&outcome);
}

/* ---- the document ---- */

static enum ht_status begin(struct ht_document *document, struct ht_error *error)
{
    (void)error;
    ht_sink_puts(&document->out,
                 "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"httptrace\">\n");
    return HT_OK;
}

static void add(struct ht_document *document, const struct ht_trace *trace,
                const struct ht_transfer *transfer)
{
    size_t count = 0;
    struct ht_point *points = ht_points(trace, transfer, &document->options, &count);
    begin_suite(document, transfer, points, count);
    put_properties(document, &trace->info, transfer);
    for (size_t i = 0; i < count; i++)
        put_case(&document->out, &points[i], document->options.show_secrets);
    ht_sink_puts(&document->out, "</testsuite>\n");
    free(points);
}

/* A suite of the run's own: those of the URLs that were done may have no error at all. */
static void put_interrupted(struct ht_document *document)
{
    ht_sink_printf(
        &document->out,
        "<testsuite name=\"httptrace\" package=\"httptrace\" id=\"%zu\" tests=\"1\" failures=\"0\" "
        "errors=\"1\" skipped=\"0\" time=\"0.000\">\n"
        "<testcase classname=\"httptrace./\" name=\"run\" time=\"0.000000\">\n"
        "<error type=\"interrupted\" message=\"",
        document->transfers);
    ht_xml_text(&document->out, document->options.interrupted);
    ht_sink_puts(&document->out, "\"/>\n</testcase>\n</testsuite>\n");
}

static enum ht_status end(struct ht_document *document, struct ht_error *error)
{
    (void)error;
    if (document->options.interrupted)
        put_interrupted(document);
    ht_sink_puts(&document->out, "</testsuites>\n");
    return HT_OK;
}

const struct ht_format ht_format_junit = {
    .name = "junit",
    .help = "JUnit XML, for the test results of Jenkins, GitLab and others",
    .text =
        "A test suite for each URL. Its test cases are the transfer, the phases of each request, each "
        "`--expect` and each finding; their names stay the same from run to run, so that a server can tell "
        "what "
        "failed since when. The class is the host and the path, which gives Jenkins' tree a package for each "
        "host.\n\n"
        "A check that does not hold is a `failure`, and so is a finding of the severity of `--fail-on` or "
        "graver; without `--fail-on` an error is one. All other findings pass, and tell in `system-out` what "
        "was "
        "seen. A transfer that fails, and the phase in which it did, are an `error`. A phase that was not "
        "needed is "
        "`skipped`, as `tls` of an http URL. Where several URLs were asked for and the run was stopped, a "
        "suite "
        "`httptrace` has that as an error. Verdict, exit code and versions are properties of the "
        "suite.\n\n"
        "GitLab CI: `httptrace --report junit=httptrace.xml URL` in the script and "
        "`artifacts:reports:junit: httptrace.xml`. Jenkins: `junit 'httptrace.xml'` in a step that always "
        "runs.",
    .begin = begin,
    .transfer = add,
    .end = end,
};
