/* SPDX-License-Identifier: MIT */
/*
 * Takes finished transfers, gives export requests of OTLP/HTTP with JSON bodies, a line each
 * (https://opentelemetry.io/docs/specs/otlp/#otlphttp): what a collector takes, and a file exporter writes.
 */
#include "base/arena.h"
#include "report/format.h"
#include "report/otlp/otlp.h"
#include "report/show.h"

#include <stdlib.h>

#define MOST_SPANS 512u /* of one request: as the batches of OpenTelemetry's own exporters */

struct otlp {
    size_t spans; /* in the request that is being written; 0: none is */
};

static void open_request(struct ht_document *document, const struct ht_trace *trace)
{
    const char *service = document->options.service_name;
    json_t *attributes = json_array(), *scope = json_object();
    struct ht_sink name = ht_sink(0);
    ht_show_text(&name, ht_span_str(service ? service : "httptrace"));
    ht_otlp_word(attributes, "service.name", ht_sink_text(&name));
    if (!service) /* another's version is not ours to tell */
        ht_otlp_text(attributes, "service.version", trace->info.tool);
    ht_otlp_word(attributes, "telemetry.sdk.name", "httptrace");
    ht_otlp_word(attributes, "telemetry.sdk.language", "c");
    ht_otlp_text(attributes, "telemetry.sdk.version", trace->info.tool);
    ht_json_set(scope, "name", json_string("httptrace"));
    ht_json_set(scope, "version", ht_json_text(trace->info.tool));
    ht_sink_puts(&document->out, "{\"resourceSpans\":[{\"resource\":{\"attributes\":");
    ht_json_write(&document->out, attributes);
    ht_sink_puts(&document->out, "},\"scopeSpans\":[{\"scope\":");
    ht_json_write(&document->out, scope);
    ht_sink_puts(&document->out, ",\"spans\":[");
    json_decref(attributes);
    json_decref(scope);
    ht_sink_free(&name);
}

static void close_request(struct ht_document *document, struct otlp *otlp)
{
    if (otlp->spans)
        ht_sink_puts(&document->out, "]}]}]}\n");
    otlp->spans = 0;
}

static enum ht_status begin(struct ht_document *document, struct ht_error *error)
{
    (void)error;
    document->state = ht_malloc(sizeof(struct otlp));
    *(struct otlp *)document->state = (struct otlp){0};
    return HT_OK;
}

static void add(struct ht_document *document, const struct ht_trace *trace,
                const struct ht_transfer *transfer)
{
    struct otlp *otlp = document->state;
    struct ht_json j = {trace, transfer, &document->options, transfer->start_us, NULL};
    json_t *spans = ht_otlp_spans(&j), *span;
    size_t i;
    if (otlp->spans == 0)
        open_request(document, trace);
    json_array_foreach(spans, i, span)
    {
        ht_sink_puts(&document->out, otlp->spans++ ? "," : "");
        ht_json_write(&document->out, span);
    }
    json_decref(spans);
    if (otlp->spans >= MOST_SPANS)
        close_request(document, otlp);
}

static enum ht_status end(struct ht_document *document, struct ht_error *error)
{
    (void)error;
    if (document->state)
        close_request(document, document->state);
    free(document->state);
    document->state = NULL;
    return HT_OK;
}

const struct ht_format ht_format_otlp = {
    .name = "otlp",
    .help = "OpenTelemetry spans, sent to a collector or written to a file",
    .text = "`--report otlp=http://127.0.0.1:4318` sends the spans with OTLP/HTTP (JSON) at the end of the "
            "run; where "
            "the URL has no path, it is `/v1/traces`. A file gets a line for each request, as the "
            "collector's own "
            "file exporter has it.\n\n"
            "Each URL is a client span with the attributes of OpenTelemetry's conventions for HTTP; each "
            "phase is a child "
            "of it, and each finding an event. Where a URL took several requests (redirects, sign-ins, "
            "retries) each of them "
            "is a client span below the URL's, with `http.request.resend_count`.\n\n"
            "With `--traceparent`, or TRACEPARENT in the environment, the spans join that trace, and the "
            "requests say so. "
            "OTEL_SERVICE_NAME is the service's name, and OTEL_EXPORTER_OTLP_HEADERS holds header fields for "
            "the collector, "
            "as `name=value,name=value`. A collector that is dead or refuses is a warning: the run's result "
            "stays.",
    .flags = HT_FORMAT_URL,
    .content_type = "application/json",
    .url_path = "/v1/traces",
    .begin = begin,
    .transfer = add,
    .end = end,
};
