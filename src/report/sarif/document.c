/* SPDX-License-Identifier: MIT */
/* Takes finished transfers, gives a SARIF 2.1.0 log with one run: a result for each finding and for each
 * check that did not hold. */
#include "base/arena.h"
#include "base/mask.h"
#include "model/model.h"
#include "report/format.h"
#include "report/headline.h"
#include "report/sarif/sarif.h"
#include "report/show.h"

#include <inttypes.h>
#include <stdlib.h>

/* What stands after the results. */
struct sarif {
    struct ht_sink *out;
    size_t rules, results;
    int64_t start_us, end_us; /* by the clock; -1: no transfer yet */
    json_t *tool;             /* versions */
    struct ht_sink first;     /* URL, as a path */
    size_t stopped;           /* transfers that the user ended */
    uint64_t dropped;         /* events that a cap left out */
    bool blind;               /* libcurl's callbacks were all there was */
    int exit_code;            /* of the last transfer that had one, and why */
    struct ht_sink exit_why;
};

/* Takes the reference. */
static void put(struct ht_sink *out, json_t *value)
{
    ht_json_write(out, value);
    json_decref(value);
}

static void put_line(struct ht_sink *out, size_t *count, json_t *value)
{
    ht_sink_puts(out, (*count)++ ? ",\n" : "\n");
    put(out, value);
}

static void put_rule(void *ctx, json_t *rule)
{
    struct sarif *sarif = ctx;
    put_line(sarif->out, &sarif->rules, rule);
}

static enum ht_status begin(struct ht_document *document, struct ht_error *error)
{
    struct sarif *sarif = document->state = ht_malloc(sizeof *sarif);
    (void)error;
    *sarif = (struct sarif){
        .out = &document->out, .start_us = -1, .end_us = -1, .first = ht_sink(0), .exit_why = ht_sink(0)};
    ht_sink_puts(sarif->out, "{\"$schema\":\"https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/"
                             "schemas/sarif-schema-2.1.0.json\","
                             "\"version\":\"2.1.0\",\"runs\":[{\"tool\":{\"driver\":{\"name\":\"httptrace\","
                             "\"version\":\"" HT_VERSION "\","
                             "\"semanticVersion\":\"" HT_VERSION
                             "\",\"shortDescription\":{\"text\":\"Traces HTTP requests and names what "
                             "came between.\"},\n\"rules\":[");
    ht_sarif_rules(&document->options, put_rule, sarif);
    ht_sink_puts(sarif->out, "\n]}},\n\"results\":[");
    return HT_OK;
}

/* ---- a transfer ---- */

static void note_dropped(struct sarif *sarif, const struct ht_transfer *transfer)
{
    size_t count = 0;
    const struct ht_connection **connections = ht_transfer_connections(transfer, &count);
    for (size_t i = 0; i < count; i++)
        sarif->dropped += connections[i]->events.dropped;
    for (const struct ht_exchange *x = transfer->exchanges; x; x = x->next)
        sarif->dropped += x->events.dropped;
    free(connections);
}

static void note_exit(struct sarif *sarif, const struct ht_json *j)
{
    if (j->options->exit_code == 0)
        return;
    sarif->exit_code = j->options->exit_code;
    ht_sink_reset(&sarif->exit_why);
    if (j->options->exit_why)
        ht_show_ready(&sarif->exit_why, j->options->exit_why);
    else
        ht_headline(&sarif->exit_why, j->transfer, j->options->show_secrets);
}

static void note_run(struct sarif *sarif, const struct ht_json *j)
{
    const struct ht_transfer *t = j->transfer;
    int64_t end_us = t->wall_start_us + ht_last_moment(t) - t->start_us;
    if (sarif->start_us < 0)
        ht_sarif_path(&sarif->first, t->url);
    if (sarif->start_us < 0 || t->wall_start_us < sarif->start_us)
        sarif->start_us = t->wall_start_us;
    if (end_us > sarif->end_us)
        sarif->end_us = end_us;
    if (!sarif->tool)
        sarif->tool = ht_json_tool(&j->trace->info);
    sarif->blind = ht_span_eq_str(j->trace->info.tap, "callbacks");
    sarif->stopped += ht_was_stopped(t);
    note_dropped(sarif, t);
    note_exit(sarif, j);
}

static void put_findings(struct sarif *sarif, struct ht_sarif *s)
{
    s->events = ht_transfer_timeline(s->json.transfer, &s->event_count);
    for (const struct ht_exchange *x = s->json.transfer->exchanges; x; x = x->next) {
        for (const struct ht_finding *f = x->findings; f; f = f->next)
            put_line(sarif->out, &sarif->results, ht_sarif_finding(s, x, f));
    }
    free(s->events);
}

static void add(struct ht_document *document, const struct ht_trace *trace,
                const struct ht_transfer *transfer)
{
    struct sarif *sarif = document->state;
    const struct ht_report_options *options = &document->options;
    struct ht_sarif s = {.json = {trace, transfer, options, transfer->start_us, NULL}};
    put_findings(sarif, &s);
    for (size_t i = 0; i < options->check_count; i++) {
        if (!options->checks[i].ok)
            put_line(sarif->out, &sarif->results, ht_sarif_check(&s, &options->checks[i]));
    }
    note_run(sarif, &s.json);
}

/* ---- the run ---- */

static void notify(json_t *list, const char *id, const char *level, struct ht_sink *text)
{
    json_t *one = json_object(), *descriptor = json_object();
    ht_json_set(descriptor, "id", json_string(id));
    ht_json_set(one, "descriptor", descriptor);
    ht_json_set(one, "level", json_string(level));
    ht_json_set(one, "message", ht_sarif_message(text));
    ht_json_append(list, one);
}

static json_t *notifications(const struct sarif *sarif, const char *interrupted)
{
    json_t *list = json_array();
    struct ht_sink text = ht_sink(0);
    if (interrupted) {
        ht_sink_printf(&text, "The run was stopped: %s.", interrupted);
        notify(list, "run.stopped", "error", &text);
    } else if (sarif->stopped) {
        ht_sink_printf(&text, "The run was stopped: %zu %s had not ended.", sarif->stopped,
                       sarif->stopped == 1 ? "transfer" : "transfers");
        notify(list, "run.stopped", "error", &text);
    }
    if (sarif->blind) {
        ht_sink_puts(
            &text,
            "Only libcurl's callbacks could be heard: frames, bytes of sockets and most of TCP are missing.");
        notify(list, "tap.callbacks", "warning", &text);
    }
    if (sarif->dropped) {
        ht_sink_printf(&text, "%" PRIu64 " %s past a cap and left out.", sarif->dropped,
                       sarif->dropped == 1 ? "event was" : "events were");
        notify(list, "trace.truncated", "warning", &text);
    }
    ht_sink_free(&text);
    return list;
}

static json_t *invocation(struct sarif *sarif, const struct ht_document *document)
{
    json_t *out = json_object(), *properties = json_object();
    int code = document->options.exit_code;
    if (sarif->start_us >= 0) {
        ht_json_set(out, "startTimeUtc", ht_json_wall_time(sarif->start_us));
        ht_json_set(out, "endTimeUtc", ht_json_wall_time(sarif->end_us));
    }
    ht_json_set(out, "exitCode", json_integer(code));
    if (code && code == sarif->exit_code)
        ht_json_set(out, "exitCodeDescription", json_string(ht_sink_text(&sarif->exit_why)));
    ht_json_set(out, "executionSuccessful",
                json_boolean(sarif->stopped == 0 && !document->options.interrupted && code <= 128));
    ht_json_set(out, "toolExecutionNotifications", notifications(sarif, document->options.interrupted));
    ht_json_set(properties, "transfers", json_integer((json_int_t)document->transfers));
    if (sarif->tool)
        json_object_set(properties, "tool", sarif->tool);
    ht_json_set(out, "properties", properties);
    return out;
}

/* A category ends with a slash; what follows it would tell one run from another. */
static json_t *automation(const struct sarif *sarif, const char *category)
{
    json_t *out = json_object();
    struct ht_sink id = ht_sink(0);
    if (category)
        ht_show_text(&id, ht_span_str(category));
    else
        ht_sink_printf(&id, "httptrace/%s", ht_sink_text(&sarif->first));
    if (id.text[id.len - 1] != '/')
        ht_sink_char(&id, '/');
    ht_json_set(out, "id", json_string(ht_sink_text(&id)));
    ht_sink_free(&id);
    return out;
}

static enum ht_status end(struct ht_document *document, struct ht_error *error)
{
    struct sarif *sarif = document->state;
    (void)error;
    if (!sarif)
        return HT_OK;
    ht_sink_puts(sarif->out, "\n],\n\"invocations\":[");
    put(sarif->out, invocation(sarif, document));
    ht_sink_puts(sarif->out, "],\n\"automationDetails\":");
    put(sarif->out, automation(sarif, document->options.category));
    if (!document->options.show_secrets)
        ht_sink_puts(sarif->out, ",\n\"redactionTokens\":[\"" HT_MASK "\"]");
    ht_sink_puts(sarif->out, "}]}\n");
    json_decref(sarif->tool);
    ht_sink_free(&sarif->first);
    ht_sink_free(&sarif->exit_why);
    free(sarif);
    document->state = NULL;
    return HT_OK;
}

const struct ht_format ht_format_sarif = {
    .name = "sarif",
    .help = "SARIF 2.1.0, for GitHub code scanning and viewers of results",
    .text = "One run. Its rules are all kinds of findings there are, as docs/findings.md has them; its "
            "results are the findings "
            "of every URL, and each `--expect` that does not hold. The evidence of a finding is its code "
            "flow, each fact with "
            "the number of its event in the JSON report and the time by the clock. An error is an `error`, a "
            "warning a "
            "`warning`, a notice a `note`; what is only worth knowing is `informational`. What `--retry` "
            "tried again is no more "
            "than a `note`: the last attempt counts. Members of `properties` are those of the JSON report; "
            "`fails_run` says "
            "whether `--fail-on` counts the finding.\n\n"
            "GitHub refuses a result without a file, and a URL for one. So a result stands in line 1 of a "
            "file that the "
            "repository does not have, `https/example.com:8443/path` for "
            "https://example.com:8443/path?query; its logical "
            "location is the URL, masked. Fingerprints are made from the masked URL, the method, and the "
            "rule or check: the "
            "same trouble stays one alert from run to run, whatever the secrets, addresses and times are.\n\n"
            "GitHub Actions: `httptrace --report sarif=httptrace.sarif URL`, then "
            "github/codeql-action/upload-sarif with "
            "`sarif_file: httptrace.sarif`, in a step that always runs. `automationDetails` has the "
            "category, made from the "
            "first URL or given by `--sarif-category`: the action's own `category` has no effect then.\n\n"
            "The command line is not in it: it may hold secrets.",
    .begin = begin,
    .transfer = add,
    .end = end,
};
