/* SPDX-License-Identifier: MIT */
/* HTTP/1 on one level, live (RFC 9112): cuts bytes into units, and folds body bytes into runs. */
#include "trace/state.h"

static void give_unit(struct ht_tracer *tracer, struct ht_level *level, const struct ht_raw *raw,
                      enum ht_unit_kind kind, const struct ht_h1_piece *piece)
{
    struct ht_raw unit = ht_unit_of(raw, kind, piece->bytes);
    struct ht_partial *partial = &level->h1.partial[raw->dir];
    if (partial->begun)
        unit.t_us = partial->first_us;
    unit.u.unit.size = ht_partial_end(partial);
    if (kind == HT_UNIT_H1_BAD)
        unit.u.unit.num = (int64_t)piece->offset;
    ht_run_flush(tracer, &level->runs[raw->dir]);
    if (kind == HT_UNIT_H1_HEAD) /* an answer that cuts into the request's body */
        ht_run_flush(tracer, &level->runs[raw->dir == HT_DIR_OUT ? HT_DIR_IN : HT_DIR_OUT]);
    ht_tracer_deliver(tracer, &unit);
}

/* Line ends between chunks have no unit of their own: whatever follows them counts them. */
static struct ht_run *payload_run(struct ht_level *level, const struct ht_raw *raw)
{
    struct ht_run *run = &level->runs[raw->dir];
    ht_run_add(run, raw, HT_UNIT_PAYLOAD, ht_partial_end(&level->h1.partial[raw->dir]));
    return run;
}

/* Chunk headers without extensions fold into the run: a download of small chunks stays one event. */
static void on_chunk(struct ht_tracer *tracer, struct ht_level *level, const struct ht_raw *raw,
                     const struct ht_h1_piece *piece)
{
    if (piece->has_extensions || piece->last)
        give_unit(tracer, level, raw, HT_UNIT_H1_CHUNK, piece);
    else
        payload_run(level, raw)->raw.u.unit.frames++;
}

static void on_body(struct ht_tracer *tracer, struct ht_level *level, const struct ht_raw *raw,
                    const struct ht_h1_piece *piece)
{
    struct ht_h1_state *h1 = &level->h1;
    struct ht_run *run = payload_run(level, raw);
    run->raw.u.unit.payload += (int64_t)piece->bytes.len;
    ht_run_keep_body(tracer, run, piece->bytes, h1->kept[raw->dir]);
    if (h1->left[raw->dir] >= 0 && run->raw.u.unit.payload >= h1->left[raw->dir]) {
        run->raw.u.unit.end = true;
        ht_run_flush(tracer, run);
    }
}

static void on_piece(struct ht_tracer *tracer, struct ht_level *level, const struct ht_raw *raw,
                     const struct ht_h1_piece *piece)
{
    static const enum ht_unit_kind units[] = {
        [HT_H1_HEAD] = HT_UNIT_H1_HEAD, [HT_H1_TRAILERS] = HT_UNIT_H1_TRAILERS, [HT_H1_BAD] = HT_UNIT_H1_BAD};
    switch (piece->kind) {
    case HT_H1_HEAD:
    case HT_H1_TRAILERS:
    case HT_H1_BAD:
        give_unit(tracer, level, raw, units[piece->kind], piece);
        break;
    case HT_H1_CHUNK:
        on_chunk(tracer, level, raw, piece);
        break;
    case HT_H1_BODY:
        on_body(tracer, level, raw, piece);
        break;
    case HT_H1_END:
        break;
    case HT_H1_NEED_MORE: /* only a head has a beginning worth a time: empty lines before it are not its */
        if (ht_h1_splitter_held(level->h1.splitter[raw->dir]).len == 0)
            level->h1.partial[raw->dir].begun = false;
        break;
    }
}

static void restart(struct ht_h1_state *h1)
{
    for (int dir = HT_DIR_OUT; dir <= HT_DIR_IN; dir++) {
        ht_h1_splitter_free(h1->splitter[dir]);
        h1->splitter[dir] = NULL;
    }
    h1->restart = false;
}

void ht_intake_h1(struct ht_tracer *tracer, struct ht_wire *wire, const struct ht_raw *raw)
{
    struct ht_level *level = &wire->levels[raw->level];
    struct ht_span rest = raw->bytes;
    struct ht_h1_piece piece;
    if (level->h1.restart)
        restart(&level->h1);
    if (!level->h1.splitter[raw->dir])
        level->h1.splitter[raw->dir] = ht_h1_splitter_new();
    do {
        size_t took = ht_h1_split(level->h1.splitter[raw->dir], rest, &piece);
        ht_partial_add(&level->h1.partial[raw->dir], raw, took);
        rest = ht_span_from(rest, took);
        on_piece(tracer, level, raw, &piece);
        if (level->protocol != HT_PROTO_H1) { /* upgraded or tunnelled: what is left is another protocol's */
            struct ht_raw left = *raw;
            left.bytes = rest;
            ht_intake_bytes(tracer, &left);
            return;
        }
    } while (piece.kind != HT_H1_NEED_MORE);
}

void ht_intake_h1_finish(struct ht_tracer *tracer, struct ht_level *level, const struct ht_raw *raw)
{
    struct ht_h1_splitter *splitter = level->h1.splitter[raw->dir];
    struct ht_raw unit = ht_unit_of(raw, HT_UNIT_OPAQUE, (struct ht_span){0});
    if (!splitter)
        return;
    level->h1.splitter[raw->dir] = NULL;
    unit.u.unit.size = ht_partial_end(&level->h1.partial[raw->dir]);
    unit.u.unit.frames = 1;
    unit.u.unit.cut = true;
    unit.bytes = ht_span_head(ht_h1_splitter_held(splitter), HT_CAP_OPAQUE_HEAD);
    if (unit.u.unit.size)
        ht_tracer_deliver(tracer, &unit);
    ht_h1_splitter_free(splitter);
}
