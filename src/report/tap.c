/* SPDX-License-Identifier: MIT */
/* Takes finished transfers, gives the Test Anything Protocol, version 14: a subtest for each, its points
 * within. */
#include "report/format.h"

#include "base/clock.h"
#include "model/model.h"
#include "report/headline.h"
#include "report/points.h"
#include "report/show.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

/* A block of diagnostics: YAML between "---" and "...", its strings those of JSON, which YAML takes. */
struct yaml {
    struct ht_sink *out;
    const char *indent;
    bool begun;
};

static void key(struct yaml *yaml, const char *name)
{
    if (!yaml->begun)
        ht_sink_printf(yaml->out, "%s---\n", yaml->indent);
    yaml->begun = true;
    ht_sink_printf(yaml->out, "%s%s:", yaml->indent, name);
}

static void string(struct yaml *yaml, const char *text)
{
    json_t *value = json_string(text);
    char *quoted = json_dumps(value, JSON_ENCODE_ANY);
    ht_sink_printf(yaml->out, " %s\n", quoted ? quoted : "\"\"");
    free(quoted);
    json_decref(value);
}

static void member(struct yaml *yaml, const char *name, const char *text)
{
    if (!text || !*text)
        return;
    key(yaml, name);
    string(yaml, text);
}

static void sentence(struct yaml *yaml, const struct ht_point *point, const char *name, const char *text)
{
    struct ht_sink shown = ht_sink(0);
    if (text)
        ht_show_sentence(&shown, text, point->options->show_secrets);
    member(yaml, name, ht_sink_text(&shown));
    ht_sink_free(&shown);
}

static void list(struct yaml *yaml, const char *name)
{
    key(yaml, name);
    ht_sink_char(yaml->out, '\n');
}

/* Perl's reader takes `- "server: x"` for a map, for it looks at the colon before the quote. */
static bool seems_a_key(const char *text)
{
    size_t word = strcspn(text, " ");
    const char *next = text + word + strspn(text + word, " ");
    return (word > 0 && text[word - 1] == ':' && text[word]) ||
           (next[0] == ':' && (next[1] == ' ' || !next[1]));
}

static void item(struct yaml *yaml, struct ht_sink *text)
{
    ht_sink_printf(yaml->out, "%s  -%s", yaml->indent, seems_a_key(ht_sink_text(text)) ? " !!str" : "");
    string(yaml, ht_sink_text(text));
    ht_sink_reset(text);
}

static void end_yaml(const struct yaml *yaml)
{
    if (yaml->begun)
        ht_sink_printf(yaml->out, "%s...\n", yaml->indent);
}

/* ---- a point ---- */

static void put_finding(struct yaml *yaml, const struct ht_point *point)
{
    const struct ht_finding *f = point->finding;
    struct ht_sink text = ht_sink(0);
    bool secrets = point->options->show_secrets;
    member(yaml, "severity", ht_severity_name(f->severity));
    member(yaml, "phase", ht_phase_name(f->phase));
    member(yaml, "locus", ht_locus_name(f->locus));
    member(yaml, "confidence", ht_confidence_name(f->confidence));
    if (f->evidence)
        list(yaml, "evidence");
    for (const struct ht_evidence *e = f->evidence; e; e = e->next) {
        ht_show_sentence(&text, e->fact, secrets);
        item(yaml, &text);
    }
    sentence(yaml, point, "explanation", f->explanation);
    sentence(yaml, point, "could_also_be", f->also_explained_by);
    if (f->next_steps && *f->next_steps)
        list(yaml, "try_next");
    for (const char *const *step = f->next_steps; step && *step; step++) {
        ht_show_step(&text, *step, secrets);
        item(yaml, &text);
    }
    ht_sink_free(&text);
}

static void put_diagnostics(struct ht_sink *out, const struct ht_point *point)
{
    struct yaml yaml = {out, "      ", false};
    struct ht_sink message = ht_sink(0);
    ht_point_message(&message, point);
    member(&yaml, "message", ht_sink_text(&message));
    if (point->duration_us > 0) {
        key(&yaml, "duration_ms");
        ht_sink_char(out, ' ');
        ht_sink_ms(out, point->duration_us);
        ht_sink_char(out, '\n');
    }
    if (point->finding)
        put_finding(&yaml, point);
    end_yaml(&yaml);
    ht_sink_free(&message);
}

/* What follows the dash: "#" would begin a directive. */
static void describe(struct ht_sink *out, const char *text)
{
    for (; *text; text++) {
        if (*text == '#' || *text == '\\')
            ht_sink_char(out, '\\');
        ht_sink_char(out, *text);
    }
}

static void put_point(struct ht_sink *out, const struct ht_point *point, size_t number)
{
    struct ht_sink text = ht_sink(0);
    bool ok = point->result == HT_POINT_PASSED || point->result == HT_POINT_SKIPPED;
    ht_point_name(&text, point);
    ht_sink_printf(out, "    %s %zu - ", ok ? "ok" : "not ok", number);
    describe(out, ht_sink_text(&text));
    if (point->result == HT_POINT_SKIPPED) {
        ht_sink_reset(&text);
        ht_point_message(&text, point);
        ht_sink_puts(out, " # SKIP ");
        describe(out, ht_sink_text(&text));
    }
    ht_sink_char(out, '\n');
    if (point->result != HT_POINT_SKIPPED)
        put_diagnostics(out, point);
    ht_sink_free(&text);
}

/* ---- the transfer ---- */

static size_t count_failed(const struct ht_point *points, size_t count)
{
    size_t failed = 0;
    for (size_t i = 0; i < count; i++)
        failed += points[i].result == HT_POINT_FAILED || points[i].result == HT_POINT_BROKE;
    return failed;
}

static void put_summary(struct ht_document *document, const struct ht_point *points, size_t count)
{
    const struct ht_transfer *transfer = points[0].transfer;
    struct yaml yaml = {&document->out, "  ", false};
    struct ht_sink line = ht_sink(0);
    ht_headline(&line, transfer, document->options.show_secrets);
    member(&yaml, "message", ht_sink_text(&line));
    member(&yaml, "verdict", ht_verdict_status_name(transfer->verdict.status));
    member(&yaml, "locus", ht_locus_name(transfer->verdict.locus));
    key(&yaml, "failed");
    ht_sink_printf(&document->out, " %zu\n", count_failed(points, count));
    key(&yaml, "exit_code");
    ht_sink_printf(&document->out, " %d\n", document->options.exit_code);
    end_yaml(&yaml);
    ht_sink_free(&line);
}

static void add(struct ht_document *document, const struct ht_trace *trace,
                const struct ht_transfer *transfer)
{
    size_t count = 0;
    struct ht_sink *out = &document->out, url = ht_sink(0);
    struct ht_point *points = ht_points(trace, transfer, &document->options, &count);
    ht_show_url(&url, transfer->url, document->options.show_secrets);
    ht_sink_puts(out, "# Subtest: ");
    describe(out, ht_sink_text(&url));
    ht_sink_char(out, '\n');
    for (size_t i = 0; i < count; i++)
        put_point(out, &points[i], i + 1);
    ht_sink_printf(out, "    1..%zu\n", count);
    ht_sink_printf(out, "%s %zu - ", count_failed(points, count) ? "not ok" : "ok", document->transfers + 1);
    describe(out, ht_sink_text(&url));
    ht_sink_char(out, '\n');
    put_summary(document, points, count);
    ht_sink_free(&url);
    free(points);
}

/* ---- the document ---- */

static enum ht_status begin(struct ht_document *document, struct ht_error *error)
{
    (void)error;
    ht_sink_puts(&document->out, "TAP version 14\n");
    return HT_OK;
}

static enum ht_status end(struct ht_document *document, struct ht_error *error)
{
    (void)error;
    ht_sink_printf(&document->out, "1..%zu%s\n", document->transfers,
                   document->transfers ? "" : " # SKIP nothing was requested");
    if (document->options.interrupted)
        ht_sink_printf(&document->out, "Bail out! interrupted: %s\n", document->options.interrupted);
    return HT_OK;
}

const struct ht_format ht_format_tap = {
    .name = "tap",
    .help = "Test Anything Protocol 14, for prove and other harnesses",
    .text = "A test for each URL, with a subtest of its points: the transfer, the phases of each request, "
            "each `--expect` and each finding. What fails, and how points are called, is as with `junit`. "
            "The diagnostics below a point are YAML: what was seen, how long it took, of a finding its "
            "evidence and what to try next. A phase that was not needed is skipped. The plan is at the end, "
            "as the number of URLs may not be known before. A run of several URLs that is stopped bails out "
            "after it: without that the tests of those that were done would pass for all.\n\n"
            "`prove -e cat httptrace.tap` reads a file that `--report tap=httptrace.tap` wrote. A prove that "
            "knows version 13 alone, as that of Perl 5.36, takes it with `prove -e 'sed 1s/14/13/' "
            "httptrace.tap`.",
    .begin = begin,
    .transfer = add,
    .end = end,
};
