/* SPDX-License-Identifier: MIT */
/*
 * Fuzzes the intake: takes bytes as a socket gives them, and holds the house to its promise that a record of
 * the units gives the same report as the run itself.
 *
 * Byte 0 chooses the proxy, byte 1 the levels. The rest is a program (program.h).
 */
#include "fuzz.h"
#include "program.h"

#include "base/arena.h"
#include "record/codec.h"
#include "report/report.h"
#include "trace/tracer.h"

#include <httptrace/caps.h>

static const struct ht_report_options options = {.timeline = true};

struct run {
    struct ht_tracer *tracer;
    struct ht_arena *arena;
    struct ht_span *seen; /* the lines that a record would hold */
    size_t count, size;
    struct ht_sink reports;
    struct ht_observer observer;
};

/* Kept by the record's own code: what it forgets, a record would lose. */
static void keep(void *ctx, const struct ht_raw *raw)
{
    struct run *run = ctx;
    struct ht_sink line = ht_sink(0);
    ht_record_encode(&line, raw);
    if (run->count == run->size) {
        run->size = run->size ? run->size * 2 : 64;
        run->seen = ht_realloc(run->seen, run->size * sizeof *run->seen);
    }
    run->seen[run->count++] = ht_arena_dup(run->arena, ht_span(line.text, line.len));
    ht_sink_free(&line);
}

static void report(void *ctx, struct ht_trace *trace, struct ht_transfer *transfer)
{
    struct run *run = ctx;
    ht_report_json(&run->reports, trace, transfer, &options);
}

static void run_begin(struct run *run)
{
    *run = (struct run){.arena = ht_arena_new(), .reports = ht_sink(0)};
    run->observer = (struct ht_observer){.ctx = run, .raw = keep, .transfer_end = report};
    run->tracer = ht_tracer_new(&run->observer);
}

static void run_end(struct run *run)
{
    ht_tracer_free(run->tracer);
    ht_arena_free(run->arena);
    ht_sink_free(&run->reports);
    free(run->seen);
}

/* The record's own code reads what it wrote. */
static void replay(struct run *again, const struct run *live)
{
    for (size_t i = 0; i < live->count; i++) {
        struct ht_span line = live->seen[i];
        struct ht_raw raw;
        struct ht_sink why = ht_sink(0);
        uint8_t *hex = ht_malloc(line.len);
        json_t *object = json_loadb((const char *)line.data, line.len, JSON_REJECT_DUPLICATES, NULL);
        FUZZ_CHECK(object && ht_record_decode(object, hex, &raw, &why));
        ht_tracer_take(again->tracer, &raw);
        json_decref(object);
        free(hex);
        ht_sink_free(&why);
    }
}

static void check_equal(const struct ht_sink *live, const struct ht_sink *again)
{
    bool equal = ht_span_eq(ht_span(live->text, live->len), ht_span(again->text, again->len));
    if (!equal)
        fprintf(stderr, "live:\n%s\nreplayed:\n%s\n", ht_sink_text(live), ht_sink_text(again));
    FUZZ_CHECK(equal);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct run live, again;
    struct ht_reader r = ht_reader(ht_span(data, size));
    run_begin(&live);
    run_begin(&again);
    struct program program = {.sink = ht_tracer_sink(live.tracer)};
    program.proxy = program_proxy(ht_read_u8(&r));
    program.level = ht_read_u8(&r) % 3;
    program_run(&program, &r);
    replay(&again, &live);
    check_equal(&live.reports, &again.reports);
    FUZZ_CHECK(again.count == live.count);
    run_end(&live);
    run_end(&again);
    return 0;
}
