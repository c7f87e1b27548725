/* SPDX-License-Identifier: MIT */
/* Intake: takes bytes of one level as they were sent or received, cuts them into units by the level's
 * protocol. */
#include "trace/state.h"

static void flush_level(struct ht_tracer *tracer, struct ht_wire *wire, int level)
{
    for (int dir = HT_DIR_OUT; dir <= HT_DIR_IN; dir++)
        ht_run_flush(tracer, &wire->levels[level].runs[dir]);
    struct ht_h2_state *h2 = wire->levels[level].h2;
    if (!h2 || !h2->has_runs)
        return;
    h2->has_runs = false;
    for (struct ht_stream *next, *s = h2->streams; s; s = next) {
        next = s->next;
        ht_intake_flush_stream(tracer, s);
    }
}

void ht_intake_flush(struct ht_tracer *tracer, struct ht_wire *wire)
{
    for (int level = 0; level < HT_LEVELS; level++)
        flush_level(tracer, wire, level);
}

static void finish_dir(struct ht_tracer *tracer, struct ht_level *level, const struct ht_raw *raw)
{
    const struct ht_partial *h1 = &level->h1.partial[raw->dir];
    const struct ht_partial *h2 = level->h2 ? &level->h2->partial[raw->dir] : NULL;
    const struct ht_partial *socks = &level->socks.partial[raw->dir];
    const struct ht_partial *held = socks->size ? socks : h1->size ? h1 : h2;
    struct ht_raw at = *raw;
    if (!held || !held->size)
        return;
    at.t_us = held->begun ? held->first_us : held->last_us;
    at.t_last_us = held->last_us;
    if (held == socks)
        ht_intake_socks_finish(tracer, level, &at);
    else if (held == h1)
        ht_intake_h1_finish(tracer, level, &at);
    else
        ht_intake_h2_finish(tracer, level, &at);
}

void ht_intake_finish(struct ht_tracer *tracer, struct ht_wire *wire)
{
    struct ht_raw raw = {.kind = HT_RAW_UNIT, .socket = wire->socket, .transfer = -1};
    ht_intake_flush(tracer, wire);
    for (raw.level = 0; raw.level < HT_LEVELS; raw.level++) {
        for (int dir = HT_DIR_OUT; dir <= HT_DIR_IN; dir++) {
            raw.dir = (enum ht_dir)dir;
            finish_dir(tracer, &wire->levels[raw.level], &raw);
        }
    }
}

void ht_intake_flush_stream(struct ht_tracer *tracer, struct ht_stream *stream)
{
    for (int dir = HT_DIR_OUT; dir <= HT_DIR_IN; dir++)
        ht_run_flush(tracer, &stream->runs[dir]);
}

/* What a stream is, told by the first bytes that this side sends on it (RFC 9113 section 3.4, RFC 1928, RFC
 * 9112). */
static enum ht_protocol guess(const struct ht_tracer *tracer, const struct ht_wire *wire,
                              const struct ht_raw *raw)
{
    const struct ht_transfer *t = ht_tracer_transfer(tracer, wire->transfer);
    struct ht_span scheme = t ? ht_url_scheme(t->proxy) : (struct ht_span){0};
    if (raw->level == 0 && scheme.len > 4 && ht_span_ieq_str(ht_span_head(scheme, 5), "socks") &&
        wire->connection->proxy && wire->connection->proxy->end_us < 0)
        return HT_PROTO_SOCKS;
    if (raw->bytes.len >= 3 && memcmp(raw->bytes.data, HT_H2_PREFACE, 3) == 0)
        return HT_PROTO_H2;
    return HT_PROTO_H1;
}

static void intake_tls(struct ht_tracer *tracer, struct ht_wire *wire, const struct ht_raw *raw)
{
    struct ht_level *level = &wire->levels[raw->level];
    enum ht_dir other = raw->dir == HT_DIR_OUT ? HT_DIR_IN : HT_DIR_OUT;
    const struct ht_tls *tls = wire->connection->tls ? wire->connection->tls : wire->connection->proxy_tls;
    bool handshaking = tls && tls->end_us < 0;
    if (handshaking) /* so that each flight is one run */
        ht_run_flush(tracer, &level->runs[other]);
    struct ht_run *run = &level->runs[raw->dir];
    ht_run_add(run, raw, HT_UNIT_TLS_RUN, (int64_t)raw->bytes.len);
    run->raw.u.unit.frames++;
    if (handshaking)
        ht_run_keep_head(run, raw->bytes, HT_CAP_OPAQUE_HEAD);
}

void ht_intake_opaque(struct ht_wire *wire, const struct ht_raw *raw)
{
    struct ht_run *run = &wire->levels[raw->level].runs[raw->dir];
    ht_run_add(run, raw, HT_UNIT_OPAQUE, (int64_t)raw->bytes.len);
    run->raw.u.unit.frames++;
    ht_run_keep_head(run, raw->bytes, HT_CAP_OPAQUE_HEAD);
}

void ht_intake_bytes(struct ht_tracer *tracer, const struct ht_raw *raw)
{
    struct ht_wire *wire = ht_wire_find(tracer, raw->socket);
    if (!wire || raw->level >= HT_LEVELS || raw->bytes.len == 0 || raw->dir == HT_DIR_NONE)
        return;
    struct ht_level *level = &wire->levels[raw->level];
    if (raw->rendered) {
        ht_intake_rendered(tracer, wire, raw);
        return;
    }
    if (level->protocol == HT_PROTO_UNKNOWN && raw->dir == HT_DIR_OUT) {
        ht_run_flush(tracer, &level->runs[HT_DIR_IN]);
        size_t line = ht_intake_haproxy(tracer, raw);
        if (line) { /* what the stream is, what comes behind it tells */
            struct ht_raw rest = *raw;
            rest.bytes = ht_span_from(raw->bytes, line);
            ht_intake_bytes(tracer, &rest);
            return;
        }
        level->protocol = guess(tracer, wire, raw);
    }
    switch (level->protocol) {
    case HT_PROTO_TLS:
        intake_tls(tracer, wire, raw);
        break;
    case HT_PROTO_H1:
        ht_intake_h1(tracer, wire, raw);
        break;
    case HT_PROTO_H2:
        ht_intake_h2(tracer, wire, raw);
        break;
    case HT_PROTO_SOCKS:
        ht_intake_socks(tracer, wire, raw);
        break;
    case HT_PROTO_OPAQUE:
    case HT_PROTO_UNKNOWN: /* the peer speaks first */
        ht_intake_opaque(wire, raw);
        break;
    }
}

typedef void unit_function(struct ht_tracer *tracer, struct ht_wire *wire, const struct ht_raw *raw);

static void unit_payload(struct ht_tracer *tracer, struct ht_wire *wire, const struct ht_raw *raw)
{
    if (wire->levels[raw->level].h2)
        ht_unit_h2_payload(tracer, wire, raw);
    else
        ht_unit_h1_payload(tracer, wire, raw);
}

/* An answer whose head breaks off has begun all the same. */
static void begin_answer(struct ht_exchange *x, const struct ht_raw *raw)
{
    bool is_head = raw->bytes.len >= 5 && memcmp(raw->bytes.data, "HTTP/", 5) == 0;
    if (x && raw->u.unit.cut && raw->dir == HT_DIR_IN && is_head && x->response.first_us < 0) {
        x->response.first_us = raw->t_us;
        x->response.last_us = raw->t_last_us;
    }
}

void ht_unit_opaque(struct ht_tracer *tracer, struct ht_wire *wire, const struct ht_raw *raw)
{
    struct ht_owner owner = {wire->connection, wire->exchange};
    struct ht_event *event = ht_event_begin(tracer, owner, raw, HT_LAYER_TCP, "opaque");
    begin_answer(wire->exchange, raw);
    if (!event)
        return;
    struct ht_arena *arena = ht_owner_arena(owner);
    event->size = raw->u.unit.size;
    event->fields = ht_field_map(arena, NULL, NULL);
    ht_field_text(arena, event->fields, "head", ht_span_head(raw->bytes, HT_CAP_OPAQUE_HEAD));
    ht_event_tellf(tracer, owner, event, "%lld byte%s of %s", (long long)event->size,
                   event->size == 1 ? "" : "s",
                   raw->u.unit.cut ? "a message that never became whole" : "no protocol known here");
}

/* One row per unit. */
static unit_function *const rows[HT_UNIT_KIND_COUNT] = {
    [HT_UNIT_H1_HEAD] = ht_unit_h1_head,         [HT_UNIT_H1_CHUNK] = ht_unit_h1_chunk,
    [HT_UNIT_H1_TRAILERS] = ht_unit_h1_trailers, [HT_UNIT_H1_BAD] = ht_unit_h1_bad,
    [HT_UNIT_H2_PREFACE] = ht_unit_h2_preface,   [HT_UNIT_H2_FRAME] = ht_unit_h2_frame,
    [HT_UNIT_H2_BAD_DATA] = ht_unit_h2_bad_data, [HT_UNIT_SOCKS] = ht_unit_socks,
    [HT_UNIT_HAPROXY] = ht_unit_haproxy,         [HT_UNIT_PAYLOAD] = unit_payload,
    [HT_UNIT_TLS_RUN] = ht_unit_tls_run,         [HT_UNIT_OPAQUE] = ht_unit_opaque,
};

static void take_rendered(struct ht_tracer *tracer, struct ht_wire *wire, const struct ht_raw *raw)
{
    if (raw->u.unit.unit == HT_UNIT_H1_HEAD)
        ht_unit_rendered_head(tracer, wire, raw);
    else if (raw->u.unit.unit == HT_UNIT_PAYLOAD)
        ht_unit_rendered_payload(tracer, wire, raw);
}

static void count_wire(struct ht_connection *c, const struct ht_raw *raw)
{
    c->wire_bytes[raw->dir] = ht_sum(c->wire_bytes[raw->dir], raw->u.unit.size);
    int64_t *last = raw->dir == HT_DIR_OUT ? &c->last_out_us : &c->last_in_us;
    if (raw->t_last_us > *last)
        *last = raw->t_last_us;
}

void ht_take_unit(struct ht_tracer *tracer, const struct ht_raw *raw)
{
    struct ht_wire *wire = ht_wire_find(tracer, raw->socket);
    if (!wire || raw->level >= HT_LEVELS || raw->dir == HT_DIR_NONE)
        return;
    if (raw->rendered) {
        take_rendered(tracer, wire, raw);
        return;
    }
    if (raw->level == 0)
        count_wire(wire->connection, raw);
    if ((unsigned)raw->u.unit.unit < HT_UNIT_KIND_COUNT)
        rows[raw->u.unit.unit](tracer, wire, raw);
}
