/* SPDX-License-Identifier: MIT */
/* Fuzzes everything behind the seam: takes a record file's bytes, reads it into a tracer that the live view
 * at its chattiest watches, and writes both reports of each transfer at its end. */
#include "fuzz.h"

#include "model/model.h"
#include "record/record.h"
#include "report/report.h"
#include "trace/tracer.h"

#include <string.h>

static const struct ht_report_options options = {
    .timeline = true, .unicode = true, .color = true, .width = 80};

/* Whatever a record claims, phases are contiguous and never negative. */
static void check_phases(const struct ht_exchange *x)
{
    int64_t at = x->start_us;
    for (int p = 0; p < HT_PHASE_COUNT; p++) {
        FUZZ_CHECK(x->phases[p].start_us == at && x->phases[p].duration_us >= 0);
        at += x->phases[p].duration_us;
    }
    FUZZ_CHECK(at == x->end_us || x->end_us < x->start_us);
}

static void check_events(const struct ht_transfer *transfer)
{
    size_t count = 0;
    const struct ht_event **list = ht_transfer_timeline(transfer, &count);
    for (size_t i = 0; i < count; i++) {
        FUZZ_CHECK(list[i]->summary && list[i]->kind && list[i]->t_last_us >= list[i]->t_us);
        FUZZ_CHECK(!list[i]->malformed || list[i]->malformed_why);
    }
    free(list);
}

static void transfer_end(void *ctx, struct ht_trace *trace, struct ht_transfer *transfer)
{
    struct ht_sink out = ht_sink(0);
    (void)ctx;
    for (const struct ht_exchange *x = transfer->exchanges; x; x = x->next)
        check_phases(x);
    check_events(transfer);
    ht_report_json(&out, trace, transfer, &options);
    FUZZ_CHECK(out.len && out.text[out.len - 1] == '\n');
    ht_sink_reset(&out);
    ht_report_text(&out, trace, transfer, &options);
    FUZZ_CHECK(out.len && strlen(out.text) == out.len);
    ht_sink_free(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static FILE *nowhere;
    struct ht_error error;
    FILE *file = size ? fmemopen((void *)(uintptr_t)data, size, "rb") : NULL;
    if (!nowhere)
        nowhere = fopen("/dev/null", "w");
    if (!file || !nowhere)
        return 0;
    struct ht_live *live = ht_live_new(nowhere, 3, &options);
    struct ht_observer reports = {.transfer_end = transfer_end, .next = ht_live_observer(live)};
    struct ht_tracer *tracer = ht_tracer_new(&reports);
    if (ht_record_read_file(file, "fuzz.rec", ht_tracer_sink(tracer), &error) != HT_OK)
        FUZZ_CHECK(error.text[0]);
    ht_tracer_free(tracer);
    ht_live_free(live);
    fclose(file);
    return 0;
}
