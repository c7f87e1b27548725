/* SPDX-License-Identifier: MIT */
/* Runs: payload and wire bytes fold into one unit with count, bytes, first and last time; no copy but a
 * body's head. */
#include "trace/state.h"

#include <stdlib.h>

struct ht_raw ht_unit_of(const struct ht_raw *raw, enum ht_unit_kind kind, struct ht_span bytes)
{
    struct ht_raw unit = *raw;
    unit.kind = HT_RAW_UNIT;
    unit.bytes = bytes;
    memset(&unit.u, 0, sizeof unit.u);
    unit.u.unit.unit = kind;
    if (unit.t_last_us < unit.t_us)
        unit.t_last_us = unit.t_us;
    return unit;
}

void ht_run_add(struct ht_run *run, const struct ht_raw *from, enum ht_unit_kind kind, int64_t size)
{
    if (!run->open) {
        run->raw = ht_unit_of(from, kind, (struct ht_span){0});
        run->open = true;
    }
    if (from->t_last_us > run->raw.t_last_us)
        run->raw.t_last_us = from->t_last_us;
    run->raw.u.unit.unit = kind;
    run->raw.u.unit.size += size;
}

void ht_run_keep_head(struct ht_run *run, struct ht_span bytes, size_t cap)
{
    size_t have = run->raw.bytes.len;
    size_t more = have < cap ? cap - have : 0;
    bytes = ht_span_head(bytes, more);
    if (bytes.len == 0)
        return;
    if (run->head_cap < have + bytes.len) {
        run->head_cap = have + bytes.len;
        run->head = ht_realloc(run->head, run->head_cap);
    }
    memcpy(run->head + have, bytes.data, bytes.len);
    run->raw.bytes = ht_span(run->head, have + bytes.len);
}

void ht_run_keep_body(const struct ht_tracer *tracer, struct ht_run *run, struct ht_span bytes, size_t kept)
{
    size_t cap = tracer->body_cap[run->raw.dir];
    if (kept < cap)
        ht_run_keep_head(run, bytes, cap - kept);
}

void ht_run_clear(struct ht_run *run)
{
    free(run->head);
    *run = (struct ht_run){0};
}

void ht_run_flush(struct ht_tracer *tracer, struct ht_run *run)
{
    if (!run->open)
        return;
    /* Closed before it is told: what it leads to may begin another. */
    run->open = false;
    struct ht_run told = *run;
    run->head = NULL;
    run->head_cap = 0;
    ht_tracer_deliver(tracer, &told.raw);
    free(told.head);
}

void ht_partial_add(struct ht_partial *partial, const struct ht_raw *raw, size_t took)
{
    if (took == 0)
        return;
    if (!partial->begun)
        partial->first_us = raw->t_us;
    partial->begun = true;
    partial->size += (int64_t)took;
    partial->last_us = raw->t_last_us;
}

int64_t ht_partial_end(struct ht_partial *partial)
{
    int64_t size = partial->size;
    *partial = (struct ht_partial){0};
    return size;
}
