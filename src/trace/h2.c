/* SPDX-License-Identifier: MIT */
/* HTTP/2 on one level, live (RFC 9113): cuts bytes into frames, and folds DATA into one run per stream. */
#include "trace/state.h"

static enum ht_dir opposite(enum ht_dir dir)
{
    return dir == HT_DIR_OUT ? HT_DIR_IN : HT_DIR_OUT;
}

/* With the time of its first byte, which may have come in an earlier read. */
static void give_unit(struct ht_tracer *tracer, struct ht_level *level, const struct ht_raw *raw,
                      enum ht_unit_kind kind, struct ht_span bytes)
{
    struct ht_raw unit = ht_unit_of(raw, kind, bytes);
    struct ht_partial *partial = &level->h2->partial[raw->dir];
    if (partial->begun)
        unit.t_us = partial->first_us;
    unit.u.unit.size = ht_partial_end(partial);
    ht_tracer_deliver(tracer, &unit);
}

static void flush_level(struct ht_tracer *tracer, struct ht_level *level)
{
    for (int dir = HT_DIR_OUT; dir <= HT_DIR_IN; dir++)
        ht_run_flush(tracer, &level->runs[dir]);
    if (!level->h2->has_runs)
        return;
    level->h2->has_runs = false;
    for (struct ht_stream *s = level->h2->streams; s; s = s->next)
        ht_intake_flush_stream(tracer, s);
}

/*
 * What must be told before a frame, so that a record keeps the order of effects: all runs where the frame may
 * begin a stream or change what DATA may be sent, else those of its stream. A WINDOW_UPDATE says nothing of
 * DATA that did not have to wait for it.
 */
static void flush_before(struct ht_tracer *tracer, struct ht_level *level, const struct ht_raw *raw,
                         struct ht_span frame)
{
    struct ht_stream *stream = ht_stream_find(level->h2, ht_frame_stream(frame));
    uint8_t type = ht_frame_type(frame);
    bool update = type == HT_H2_WINDOW_UPDATE;
    if (update && !ht_windows_shut(level->h2, stream, opposite(raw->dir)))
        return;
    if (update || type == HT_H2_SETTINGS || (type == HT_H2_HEADERS && !stream))
        flush_level(tracer, level);
    else if (stream)
        ht_intake_flush_stream(tracer, stream);
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
    if (!why)
        return;
    struct ht_raw unit = ht_unit_of(raw, HT_UNIT_H2_BAD_DATA, ht_span_str(why));
    unit.u.unit.num = piece->stream;
    ht_tracer_deliver(tracer, &unit);
}

/* A run ends where it used a window up; those of other streams used up the connection's as well. */
static void count_windows(struct ht_tracer *tracer, struct ht_wire *wire, const struct ht_raw *raw,
                          struct ht_stream *stream, const struct ht_h2_piece *piece)
{
    struct ht_level *level = &wire->levels[raw->level];
    int64_t counted = (int64_t)piece->wire_bytes - (piece->begin ? (int64_t)HT_H2_HEADER_LEN : 0);
    if (!ht_windows_consume(level->h2, wire->connection, stream, raw->dir, counted, raw->t_last_us))
        return;
    struct ht_run *own = stream ? &stream->runs[raw->dir] : &level->runs[raw->dir];
    bool open = own->open;
    own->open = false;
    flush_level(tracer, level);
    own->open = open;
    ht_run_flush(tracer, own);
}

static void on_data(struct ht_tracer *tracer, struct ht_wire *wire, const struct ht_raw *raw,
                    const struct ht_h2_piece *piece)
{
    struct ht_level *level = &wire->levels[raw->level];
    struct ht_stream *stream = ht_stream_find(level->h2, piece->stream);
    if (piece->begin || piece->bad_padding)
        check_data(tracer, level, raw, piece);
    struct ht_run *run = run_of(tracer, level, raw, stream, piece->stream);
    ht_run_add(run, raw, HT_UNIT_PAYLOAD, ht_partial_end(&level->h2->partial[raw->dir]));
    run->raw.u.unit.num = piece->stream;
    run->raw.u.unit.payload += (int64_t)piece->bytes.len;
    run->raw.u.unit.frames += piece->begin;
    run->raw.u.unit.cut = !piece->end;
    run->raw.u.unit.end = piece->end && (piece->flags & HT_H2_END_STREAM);
    if (stream)
        ht_run_keep_body(tracer, run, piece->bytes, stream->kept[raw->dir]);
    count_windows(tracer, wire, raw, stream, piece);
    if (run->raw.u.unit.end)
        ht_run_flush(tracer, run);
    level->h2->has_runs = level->h2->has_runs || run->open;
}

static void on_not_h2(struct ht_wire *wire, const struct ht_raw *raw, const struct ht_h2_piece *piece,
                      struct ht_span rest)
{
    struct ht_raw bytes = *raw;
    ht_partial_end(&wire->levels[raw->level].h2->partial[raw->dir]);
    bytes.bytes = piece->bytes;
    if (bytes.bytes.len)
        ht_intake_opaque(wire, &bytes);
    bytes.bytes = rest;
    ht_intake_opaque(wire, &bytes);
}

void ht_intake_h2(struct ht_tracer *tracer, struct ht_wire *wire, const struct ht_raw *raw)
{
    struct ht_level *level = &wire->levels[raw->level];
    struct ht_h2_state *h2 = ht_h2_begin(level);
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
        ht_partial_add(&h2->partial[raw->dir], raw, took);
        if (piece.kind == HT_H2_PIECE_DATA) {
            on_data(tracer, wire, raw, &piece);
        } else if (piece.kind == HT_H2_PIECE_FRAME) {
            flush_before(tracer, level, raw, piece.bytes);
            give_unit(tracer, level, raw, HT_UNIT_H2_FRAME, piece.bytes);
        } else if (piece.kind == HT_H2_PIECE_PREFACE) {
            give_unit(tracer, level, raw, HT_UNIT_H2_PREFACE, piece.bytes);
        } else if (piece.kind == HT_H2_PIECE_NOT_H2) {
            on_not_h2(wire, raw, &piece, rest);
        }
    } while (piece.kind != HT_H2_NEED_MORE && piece.kind != HT_H2_PIECE_NOT_H2);
}

void ht_intake_h2_finish(struct ht_tracer *tracer, struct ht_level *level, const struct ht_raw *raw)
{
    const struct ht_h2_splitter *splitter = &level->h2->splitter[raw->dir];
    struct ht_span held = splitter->in_frame ? ht_span(splitter->buffer, splitter->buffer_len)
                                             : ht_span(splitter->header, splitter->have);
    struct ht_raw unit = ht_unit_of(raw, HT_UNIT_OPAQUE, ht_span_head(held, HT_CAP_OPAQUE_HEAD));
    unit.u.unit.size = ht_partial_end(&level->h2->partial[raw->dir]);
    unit.u.unit.frames = 1;
    unit.u.unit.cut = true;
    ht_tracer_deliver(tracer, &unit);
}
