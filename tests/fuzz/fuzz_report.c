/* SPDX-License-Identifier: MIT */
/*
 * Fuzzes every row of the table of formats: takes a record file or a program (program.h) behind a head of
 * options, judges it, makes each document of it in memory. Whatever came from the wire, a document is
 * harmless text of a bounded size, JSON is JSON, and no line of it is a command to a CI service.
 *
 * Head: a byte of flags, one of the width, one of what the run came to; then "{" of a record, or the URL and
 * libcurl's words, each with a byte of length, the proxy, the levels and a program.
 */
#include "fuzz.h"
#include "program.h"

#include "base/arena.h"
#include "base/escape.h"
#include "record/record.h"
#include "report/format.h"
#include "rules/rules.h"
#include "trace/tracer.h"

#include <ctype.h>
#include <jansson.h>
#include <string.h>

#define FORMATS_MAX  32
#define CHECK_BYTES  200u
#define DOCUMENT_MAX (64u * 1024u * 1024u) /* of inputs that fuzzers make; libFuzzer's own bound is 1 MiB */

#ifdef __clang__
#define NO_COVERAGE __attribute__((no_sanitize("coverage")))
#else
#define NO_COVERAGE
#endif

enum flag {
    FLAG_SECRETS = 1,
    FLAG_COLOR = 2,
    FLAG_UNICODE = 4,
    FLAG_SEVERAL = 8,
    FLAG_BODIES = 16,
    FLAG_PRETTY = 32,
    FLAG_GATED = 64,
    FLAG_EARLY = 128
};

struct run {
    struct ht_document documents[FORMATS_MAX];
    size_t count;
    struct ht_tracer *tracer;
    struct ht_rules_options rules;
    struct ht_check checks[2];
    struct ht_sink check_text;
    bool early;
};

/* ---- what holds for every document ---- */

/* Colours are all that a terminal is told: "ESC [ digits m". */
static size_t skip_color(struct ht_span text, size_t at)
{
    size_t end = at + 1;
    if (text.data[at] != 0x1B || end >= text.len || text.data[end] != '[')
        return 0;
    for (end++;
         end < text.len && (text.data[end] == ';' || (text.data[end] >= '0' && text.data[end] <= '9'));)
        end++;
    return end < text.len && text.data[end] == 'm' ? end + 1 - at : 0;
}

static bool is_harmless(uint32_t c)
{
    return (c == '\n' || c >= 0x20) && !(c >= 0x7F && c <= 0x9F) && !(c >= 0x200B && c <= 0x200F) &&
           !(c >= 0x2028 && c <= 0x202E) && !(c >= 0x2066 && c <= 0x2069) && c != 0x061C && c != 0xFEFF;
}

/* Most of what a document has; nothing that a fuzzer should learn from. */
NO_COVERAGE static size_t skip_plain(struct ht_span text, size_t at)
{
    while (at < text.len && ((text.data[at] >= 0x20 && text.data[at] < 0x7F) || text.data[at] == '\n'))
        at++;
    return at;
}

NO_COVERAGE static void check_text(const char *name, struct ht_span text, bool color)
{
    for (size_t at = skip_plain(text, 0); at < text.len; at = skip_plain(text, at)) {
        uint32_t c = 0;
        size_t skipped = color ? skip_color(text, at) : 0, len = ht_utf8_next(text, at, &c);
        if (!skipped && !(len && is_harmless(c))) {
            fprintf(stderr, "%s lets U+%04X pass at %zu\n", name, (unsigned)c, at);
            abort();
        }
        at += skipped ? skipped : len;
    }
}

/* Of a name that some runner may know: "::1" and "::ffff:0:0" are addresses, and nobody's command. */
static bool is_name(struct ht_span name)
{
    size_t hex = 0;
    for (size_t i = 0; i < name.len; i++) {
        uint8_t c = name.data[i];
        hex += isxdigit(c) ? 1 : 0;
        if (!isalnum(c) && c != '-' && c != '_')
            return false;
    }
    return name.len > hex;
}

/* What GitHub's runner takes for a command, were it on a line of its own: "::name::" or "::name x::". */
static bool is_command(struct ht_span line)
{
    line = ht_span_from(line, 2);
    size_t end = ht_span_find(line, ht_span_str("::"), 0), space = ht_span_find_byte(line, ' ', 0);
    return end < line.len && is_name(ht_span_head(line, space < end ? space : end));
}

/* Where a line may be broken is nobody's to know: no part of it is one. */
static bool has_command(struct ht_span line)
{
    for (size_t at = 0; (at = ht_span_find(line, ht_span_str("::"), at)) < line.len; at++)
        if (is_command(ht_span_from(line, at)))
            return true;
    return false;
}

/* Of a line of ours what comes after its own marks. */
static struct ht_span after_ours(struct ht_span line)
{
    static const char *const ours[] = {
        "::error title=", "::warning title=", "::notice title=", "::group::", "::endgroup::"};
    for (size_t i = 0; i < sizeof ours / sizeof *ours; i++) {
        struct ht_span rest = ht_span_from(line, strlen(ours[i]));
        if (!ht_span_eq_str(ht_span_head(line, strlen(ours[i])), ours[i]))
            continue;
        return i < 3 ? ht_span_from(rest, ht_span_find(rest, ht_span_str("::"), 0) + 2) : rest;
    }
    return line;
}

/* Style sheets have "::before" in them. */
static void check_commands(const char *name, struct ht_span text)
{
    bool speaks = strcmp(name, "github") == 0;
    FUZZ_CHECK(ht_span_find(text, ht_span_str("##["), 0) >= text.len);
    while (text.len && strcmp(name, "html") != 0) {
        struct ht_span line = ht_span_head(text, ht_span_find_byte(text, '\n', 0));
        text = ht_span_from(text, line.len + 1);
        if (has_command(speaks ? after_ours(line) : line)) {
            fprintf(stderr, "%s: %.*s\n", name, (int)line.len, (const char *)line.data);
            abort();
        }
    }
}

static bool is_json(const char *name)
{
    static const char *const names[] = {"events", "har", "json", "jsonl", "otlp", "sarif"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(name, names[i]) == 0)
            return true;
    return false;
}

/* One value after the other, each with a newline behind it. */
static void check_json(const char *name, struct ht_span text)
{
    while (text.len) {
        json_error_t why;
        json_t *value = json_loadb((const char *)text.data, text.len,
                                   JSON_REJECT_DUPLICATES | JSON_DISABLE_EOF_CHECK, &why);
        if (!value) {
            fprintf(stderr, "%s: %s at %d: %.200s\n", name, why.text, why.position, (const char *)text.data);
            abort();
        }
        json_decref(value);
        text = ht_span_from(text, (size_t)why.position);
        FUZZ_CHECK(text.len && text.data[0] == '\n');
        text = ht_span_from(text, 1);
    }
}

static void check_document(const struct ht_document *document)
{
    const char *name = document->format->name;
    struct ht_span text = ht_span(document->out.text, document->out.len);
    FUZZ_CHECK(text.len <= DOCUMENT_MAX && document->notes.len <= DOCUMENT_MAX);
    check_text(name, ht_span(document->notes.text, document->notes.len), false);
    if (document->format->flags & HT_FORMAT_FILE)
        return;
    check_text(name, text, document->options.color);
    check_commands(name, text);
    if (is_json(name))
        check_json(name, text);
}

/* ---- a run with all of them ---- */

static void take_raw(void *ctx, const struct ht_raw *raw)
{
    struct run *run = ctx;
    for (size_t i = 0; i < run->count; i++)
        if (run->documents[i].format->raw)
            run->documents[i].format->raw(&run->documents[i], raw);
    ht_tracer_take(run->tracer, raw);
    const struct ht_trace *trace = ht_tracer_trace(run->tracer);
    for (struct ht_transfer *t = trace->transfers; t && run->early; t = t->next)
        while (ht_rules_early(trace, t, raw->t_us, &run->rules))
            continue;
}

static void take_event(void *ctx, const struct ht_trace *trace, const struct ht_event *event)
{
    struct run *run = ctx;
    for (size_t i = 0; i < run->count; i++)
        if (run->documents[i].format->event)
            run->documents[i].format->event(&run->documents[i], trace, event);
}

static void take_transfer(void *ctx, struct ht_trace *trace, struct ht_transfer *transfer)
{
    struct run *run = ctx;
    ht_rules_judge(trace, transfer, &run->rules);
    for (size_t i = 0; i < run->count; i++) {
        run->documents[i].format->transfer(&run->documents[i], trace, transfer);
        run->documents[i].transfers++;
    }
}

static void run_begin(struct run *run, const struct ht_report_options *options)
{
    const struct ht_format *const *formats = ht_formats(&run->count);
    struct ht_error error = {0};
    FUZZ_CHECK(run->count <= FORMATS_MAX);
    for (size_t i = 0; i < run->count; i++) {
        struct ht_document *document = &run->documents[i];
        *document = (struct ht_document){.format = formats[i], .options = *options};
        FUZZ_CHECK(!formats[i]->begin || formats[i]->begin(document, &error) == HT_OK);
    }
}

static void run_end(struct run *run)
{
    struct ht_error error = {0};
    for (size_t i = 0; i < run->count; i++) {
        struct ht_document *document = &run->documents[i];
        enum ht_status status = document->format->end ? document->format->end(document, &error) : HT_OK;
        FUZZ_CHECK(status == HT_OK || document->format->flags & HT_FORMAT_WIRE);
        check_document(document);
        ht_sink_free(&document->out);
        ht_sink_free(&document->notes);
    }
}

/* ---- the input ---- */

/* Texts of checks are harmless as they come from their maker; here the beginning of the input stands for
 * them. */
static void make_checks(struct run *run, struct ht_span input)
{
    run->check_text = ht_sink(0);
    ht_escape_text(&run->check_text, ht_span_head(input, CHECK_BYTES));
    run->checks[0] = (struct ht_check){"status=200", true, "200"};
    run->checks[1] = (struct ht_check){ht_sink_text(&run->check_text), false, NULL};
    if (input.len % 2)
        run->checks[1].got = run->checks[1].text;
}

static struct ht_report_options read_options(struct run *run, struct ht_reader *r)
{
    uint8_t flags = ht_read_u8(r), width = ht_read_u8(r), end = ht_read_u8(r);
    run->early = flags & FLAG_EARLY;
    return (struct ht_report_options){.show_secrets = flags & FLAG_SECRETS,
                                      .timeline = true,
                                      .bodies = flags & FLAG_BODIES,
                                      .pretty = flags & FLAG_PRETTY,
                                      .color = flags & FLAG_COLOR,
                                      .unicode = flags & FLAG_UNICODE,
                                      .width = 20 + width,
                                      .exit_code = end,
                                      .several = flags & FLAG_SEVERAL,
                                      .least = end & 1 ? HT_SEVERITY_INFO : HT_SEVERITY_NOTICE,
                                      .exit_why = end & 2 ? "an --expect did not hold" : NULL,
                                      .checks = run->checks,
                                      .check_count = end & 4 ? 2 : 0,
                                      .gated = flags & FLAG_GATED,
                                      .fail_on = end & 8 ? HT_SEVERITY_WARNING : HT_SEVERITY_ERROR,
                                      .interrupted = end & 16 ? "1 of 2 URLs was done" : NULL,
                                      .room_bytes = end & 32 ? 16384 : 0,
                                      .catalogue = ht_rules_usual};
}

static void run_record(struct run *run, struct ht_span text)
{
    struct ht_error error = {.text = ""};
    FILE *file = fmemopen((void *)(uintptr_t)text.data, text.len, "rb");
    if (!file)
        return;
    enum ht_status status = ht_record_read_file(file, "x", (struct ht_raw_sink){take_raw, run}, &error);
    FUZZ_CHECK((status == HT_OK) == (error.text[0] == '\0'));
    fclose(file);
}

static void run_program(struct run *run, struct ht_reader *r)
{
    struct program program = {.sink = {take_raw, run}};
    program.url = ht_read_span(r, ht_read_u8(r));
    program.error = ht_read_span(r, ht_read_u8(r));
    program.proxy = program_proxy(ht_read_u8(r));
    program.level = ht_read_u8(r) % 3;
    program_run(&program, r);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct run run = {.count = 0};
    struct ht_reader r = ht_reader(ht_span(data, size));
    struct ht_observer observer = {.ctx = &run, .event = take_event, .transfer_end = take_transfer};
    struct ht_report_options options = read_options(&run, &r);
    struct ht_span rest = ht_span_from(ht_span(data, size), 3);
    make_checks(&run, rest);
    run.tracer = ht_tracer_new(&observer);
    if (options.bodies)
        ht_tracer_keep_bodies(run.tracer);
    run_begin(&run, &options);
    if (rest.len && rest.data[0] == '{')
        run_record(&run, rest);
    else
        run_program(&run, &r);
    ht_tracer_free(run.tracer);
    run_end(&run);
    ht_sink_free(&run.check_text);
    return 0;
}
