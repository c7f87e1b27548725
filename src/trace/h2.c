/* SPDX-License-Identifier: MIT */
/* HTTP/2 on one level, live (RFC 9113): cuts bytes into frames, and folds DATA into one run per stream. */
#include "trace/state.h"

static void give_unit(struct ht_tracer *tracer, const struct ht_raw *raw, enum ht_unit_kind kind,
                      const struct ht_h2_piece *piece)
{
    struct ht_raw unit = *raw;
    unit.kind = HT_RAW_UNIT;
    unit.bytes = piece->bytes;
    memset(&unit.u, 0, sizeof unit.u);
    unit.u.unit.unit = kind;
    unit.u.unit.size = (int64_t)piece->bytes.len;
    ht_tracer_deliver(tracer, &unit);
}

/* A frame ends the runs of its stream, so that events keep their order; a WINDOW_UPDATE says nothing about
 * them. */
static void on_frame(struct ht_tracer *tracer, struct ht_level *level, const struct ht_raw *raw,
                     const struct ht_h2_piece *piece)
{
    struct ht_stream *stream = ht_stream_find(level->h2, ht_frame_stream(piece->bytes));
    if (stream && ht_frame_type(piece->bytes) != HT_H2_WINDOW_UPDATE)
        ht_intake_flush_stream(tracer, stream);
    give_unit(tracer, raw, HT_UNIT_H2_FRAME, piece);
}

/* DATA of a stream that nobody opened folds into the level's own run, one stream at a time. */
static struct ht_run *run_of(struct ht_tracer *tracer, struct ht_level *level, const struct ht_raw *raw,
                             struct ht_stream *stream, uint32_t id)
{
    struct ht_run *run = stream ? &stream->runs[raw->dir] : &level->runs[raw->dir];
    if (run->open && run->raw.u.unit.num != id)
        ht_run_flush(tracer, run);
    return run;
}

static void check_data(struct ht_tracer *tracer, struct ht_level *level, const struct ht_raw *raw,
                       const struct ht_h2_piece *piece)
{
    const char *why = ht_h2_data_why(level->h2->decoder, raw->dir, piece);
    struct ht_raw unit = *raw;
    if (!why)
        return;
    unit.kind = HT_RAW_UNIT;
    unit.bytes = ht_span_str(why);
    memset(&unit.u, 0, sizeof unit.u);
    unit.u.unit.unit = HT_UNIT_H2_BAD_DATA;
    unit.u.unit.num = piece->stream;
    ht_tracer_deliver(tracer, &unit);
}

static void on_data(struct ht_tracer *tracer, struct ht_wire *wire, const struct ht_raw *raw,
                    const struct ht_h2_piece *piece)
{
    struct ht_level *level = &wire->levels[raw->level];
    struct ht_stream *stream = ht_stream_find(level->h2, piece->stream);
    if (piece->begin || piece->bad_padding)
        check_data(tracer, level, raw, piece);
    struct ht_run *run = run_of(tracer, level, raw, stream, piece->stream);
    ht_run_add(run, raw, piece->wire_bytes);
    run->raw.u.unit.unit = HT_UNIT_PAYLOAD;
    run->raw.u.unit.num = piece->stream;
    run->raw.u.unit.payload += (int64_t)piece->bytes.len;
    run->raw.u.unit.frames += piece->begin;
    run->raw.u.unit.cut = !piece->end;
    run->raw.u.unit.end = piece->end && (piece->flags & HT_H2_END_STREAM);
    if (stream && raw->dir == HT_DIR_IN && !stream->head_kept)
        ht_run_keep_head(run, piece->bytes, HT_CAP_BODY_HEAD);
    int64_t counted = (int64_t)piece->wire_bytes - (piece->begin ? (int64_t)HT_H2_HEADER_LEN : 0);
    bool used_up = ht_windows_consume(level->h2, wire->connection, stream, raw->dir, counted, raw->t_us);
    if (used_up || run->raw.u.unit.end)
        ht_run_flush(tracer, run);
}

static void on_not_h2(struct ht_wire *wire, const struct ht_raw *raw, const struct ht_h2_piece *piece,
                      struct ht_span rest)
{
    struct ht_raw bytes = *raw;
    bytes.bytes = piece->bytes;
    if (bytes.bytes.len)
        ht_intake_opaque(wire, &bytes);
    bytes.bytes = rest;
    ht_intake_opaque(wire, &bytes);
}

void ht_intake_h2(struct ht_tracer *tracer, struct ht_wire *wire, const struct ht_raw *raw)
{
    struct ht_level *level = &wire->levels[raw->level];
    struct ht_h2_state *h2 = ht_h2_begin(level, wire->connection, true);
    struct ht_span rest = raw->bytes;
    struct ht_h2_piece piece;
    h2->live = true;
    if (h2->splitter[raw->dir].stopped) {
        ht_intake_opaque(wire, raw);
        return;
    }
    do {
        size_t took = ht_h2_split(&h2->splitter[raw->dir], rest, &piece);
        rest = ht_span_from(rest, took);
        if (piece.kind == HT_H2_PIECE_DATA)
            on_data(tracer, wire, raw, &piece);
        else if (piece.kind == HT_H2_PIECE_FRAME)
            on_frame(tracer, level, raw, &piece);
        else if (piece.kind == HT_H2_PIECE_PREFACE)
            give_unit(tracer, raw, HT_UNIT_H2_PREFACE, &piece);
        else if (piece.kind == HT_H2_PIECE_NOT_H2)
            on_not_h2(wire, raw, &piece, rest);
    } while (piece.kind != HT_H2_NEED_MORE && piece.kind != HT_H2_PIECE_NOT_H2);
}
