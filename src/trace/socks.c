/* SPDX-License-Identifier: MIT */
/* SOCKS (RFC 1928, RFC 1929, SOCKS4): takes bytes of a handshake, cuts them into messages; takes messages,
 * gives events and what the proxy answered. */
#include "trace/state.h"

#include <httptrace/caps.h>

#include <stdlib.h>

/* ---- bytes to units, live only ---- */

static void keep(struct ht_socks_level *s, enum ht_dir dir, struct ht_span bytes)
{
    s->held[dir] = ht_realloc(s->held[dir], s->held_len[dir] + bytes.len);
    memcpy(s->held[dir] + s->held_len[dir], bytes.data, bytes.len);
    s->held_len[dir] += bytes.len;
}

void ht_socks_level_clear(struct ht_socks_level *socks)
{
    for (int dir = HT_DIR_OUT; dir <= HT_DIR_IN; dir++) {
        free(socks->held[dir]);
        socks->held[dir] = NULL;
        socks->held_len[dir] = 0;
    }
}

static void give(struct ht_tracer *tracer, const struct ht_raw *raw, struct ht_span bytes, bool cut)
{
    struct ht_raw unit = ht_unit_of(raw, HT_UNIT_SOCKS, bytes);
    unit.u.unit.size = (int64_t)bytes.len;
    unit.u.unit.cut = cut;
    ht_tracer_deliver(tracer, &unit);
}

void ht_intake_socks_finish(struct ht_tracer *tracer, struct ht_level *level, const struct ht_raw *raw)
{
    struct ht_socks_level *s = &level->socks;
    uint8_t *bytes = s->held[raw->dir];
    size_t len = s->held_len[raw->dir];
    ht_partial_end(&s->partial[raw->dir]);
    s->held[raw->dir] = NULL;
    s->held_len[raw->dir] = 0;
    if (len)
        give(tracer, raw, ht_span(bytes, len), true);
    free(bytes);
}

/* A proxy that answers has read what it answers: a message of ours that is still under way will stay so. */
static void finish_ours(struct ht_tracer *tracer, struct ht_level *level, const struct ht_raw *raw)
{
    const struct ht_partial *partial = &level->socks.partial[HT_DIR_OUT];
    struct ht_raw at = *raw;
    if (raw->dir != HT_DIR_IN || !partial->size)
        return;
    at.dir = HT_DIR_OUT;
    at.t_us = partial->first_us;
    at.t_last_us = partial->last_us;
    ht_intake_socks_finish(tracer, level, &at);
}

/* The messages in `in`; gives how many bytes they had. The handshake may end with one of them. */
static size_t cut(struct ht_tracer *tracer, struct ht_level *level, const struct ht_raw *raw,
                  struct ht_span in)
{
    struct ht_raw at = *raw;
    size_t took = 0;
    while (took < in.len && level->protocol == HT_PROTO_SOCKS) {
        struct ht_span rest = ht_span_from(in, took);
        size_t len = ht_socks_split(&level->socks.state, raw->dir, rest);
        if (len == 0)
            break;
        finish_ours(tracer, level, raw);
        give(tracer, &at, ht_span_head(rest, len), false);
        took += len;
        at.t_us = raw->t_last_us > raw->t_us ? raw->t_last_us : raw->t_us;
    }
    return took;
}

/* What is left once messages were cut: the begin of the next one, or what follows the handshake. */
static void keep_rest(struct ht_tracer *tracer, struct ht_wire *wire, const struct ht_raw *raw,
                      struct ht_span bytes)
{
    struct ht_level *level = &wire->levels[raw->level];
    struct ht_raw rest = *raw;
    rest.bytes = bytes;
    if (bytes.len && level->protocol == HT_PROTO_SOCKS) {
        keep(&level->socks, raw->dir, bytes);
        ht_partial_add(&level->socks.partial[raw->dir], raw, bytes.len);
    } else if (bytes.len) {
        ht_intake_bytes(tracer, &rest);
    }
}

void ht_intake_socks(struct ht_tracer *tracer, struct ht_wire *wire, const struct ht_raw *raw)
{
    struct ht_level *level = &wire->levels[raw->level];
    struct ht_socks_level *s = &level->socks;
    struct ht_raw whole = *raw;
    s->state.five = wire->connection->proxy && wire->connection->proxy->kind == HT_PROXY_SOCKS5;
    if (!s->partial[raw->dir].size) {
        size_t took = cut(tracer, level, raw, raw->bytes);
        keep_rest(tracer, wire, raw, ht_span_from(raw->bytes, took));
        return;
    }
    keep(s, raw->dir, raw->bytes);
    ht_partial_add(&s->partial[raw->dir], raw, raw->bytes.len);
    whole.bytes = ht_span(s->held[raw->dir], s->held_len[raw->dir]);
    whole.t_us = s->partial[raw->dir].first_us;
    size_t took = cut(tracer, level, &whole, whole.bytes);
    if (took == 0)
        return;
    uint8_t *held = s->held[raw->dir];
    s->held[raw->dir] = NULL;
    s->held_len[raw->dir] = 0;
    ht_partial_end(&s->partial[raw->dir]);
    keep_rest(tracer, wire, raw, ht_span_from(whole.bytes, took));
    free(held);
}

/* ---- units ---- */

/* The reply that ends the handshake; a refusal counts though the rest of it never came. */
static void take_reply(struct ht_proxy *p, const struct ht_socks_message *m, int granted)
{
    if (m->code < 0 || (m->truncated && m->code == granted))
        return;
    p->socks_reply = m->code;
    p->ok = m->code == granted;
}

static void take_message(struct ht_proxy *p, struct ht_arena *arena, const struct ht_raw *raw,
                         const struct ht_socks_message *m)
{
    const int granted_4 = 90, succeeded_5 = 0;
    if (m->kind == HT_SOCKS_METHOD)
        p->socks_method = m->code;
    else if (m->kind == HT_SOCKS_SIGN_IN_STATUS)
        p->socks_auth = m->code;
    else if (m->kind == HT_SOCKS_REPLY || m->kind == HT_SOCKS_REPLY_4)
        take_reply(p, m, m->kind == HT_SOCKS_REPLY ? succeeded_5 : granted_4);
    else if (m->kind == HT_SOCKS_OTHER && raw->dir == HT_DIR_IN && p->stray.len == 0) {
        const char *name = ht_socks_other_name(raw->bytes);
        p->stray = ht_arena_dup(arena, ht_span_head(raw->bytes, HT_CAP_OPAQUE_HEAD));
        p->stray_name = name ? name : "";
        p->stray_us = raw->t_us;
    }
}

void ht_unit_socks(struct ht_tracer *tracer, struct ht_wire *wire, const struct ht_raw *raw)
{
    struct ht_level *level = &wire->levels[raw->level];
    struct ht_proxy *p = wire->connection->proxy;
    struct ht_arena *arena = wire->connection->arena;
    struct ht_owner owner = {wire->connection, NULL};
    struct ht_socks_message message;
    level->protocol = HT_PROTO_SOCKS;
    if (!p)
        return;
    level->socks.state.five = p->kind == HT_PROXY_SOCKS5;
    struct ht_event *event = ht_event_begin(tracer, owner, raw, HT_LAYER_SOCKS, "socks");
    struct ht_arena *scratch = event ? NULL : ht_arena_new();
    ht_socks_decode(&level->socks.state, event ? arena : scratch, raw->dir, raw->bytes, &message);
    take_message(p, arena, raw, &message);
    if (p->ok && p->end_us < 0) {
        p->end_us = raw->t_last_us;
        ht_level_restart(level);
    }
    if (event) {
        event->size = (int64_t)raw->bytes.len;
        event->fields = message.fields;
        event->malformed = message.malformed;
        event->malformed_at = message.malformed_at;
        event->malformed_why = message.malformed_why;
        ht_event_tell(tracer, event, message.summary);
    }
    ht_arena_free(scratch);
}
