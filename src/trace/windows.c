/* SPDX-License-Identifier: MIT */
/* Flow control (RFC 9113 section 5.2): takes DATA, WINDOW_UPDATE and SETTINGS, tells when a window stood at
 * zero. */
#include "trace/state.h"

/* True where one begins: not for one that lasts already, nor past the cap. */
static bool stall_begin(struct ht_connection *c, struct ht_h2_stall **slot, uint32_t stream, enum ht_dir dir,
                        int64_t t_us)
{
    if (*slot || ht_h2_model(c)->stall_count >= HT_CAP_STALLS)
        return false;
    struct ht_h2_stall *stall = ht_arena_alloc(c->arena, sizeof *stall);
    *stall = (struct ht_h2_stall){.stream = stream, .dir = dir, .start_us = t_us, .end_us = -1};
    struct ht_h2_stall **at = &c->h2->stalls;
    while (*at)
        at = &(*at)->next;
    *at = stall;
    c->h2->stall_count++;
    *slot = stall;
    return true;
}

static void stall_end(struct ht_h2_stall **slot, int64_t t_us)
{
    if (!*slot)
        return;
    (*slot)->end_us = t_us;
    *slot = NULL;
}

bool ht_windows_consume(struct ht_h2_state *h2, struct ht_connection *connection, struct ht_stream *stream,
                        enum ht_dir dir, int64_t bytes, int64_t t_us)
{
    h2->window[dir] = ht_sum(h2->window[dir], -bytes);
    if (stream)
        stream->window[dir] = ht_sum(stream->window[dir], -bytes);
    bool began = h2->window[dir] <= 0 && stall_begin(connection, &h2->stall[dir], 0, dir, t_us);
    if (stream && stream->window[dir] <= 0)
        began |= stall_begin(connection, &stream->stall[dir], stream->id, dir, t_us);
    return began;
}

void ht_windows_update(struct ht_h2_state *h2, struct ht_stream *stream, enum ht_dir data_dir,
                       uint32_t increment, int64_t t_us)
{
    int64_t *window = stream ? &stream->window[data_dir] : &h2->window[data_dir];
    struct ht_h2_stall **stall = stream ? &stream->stall[data_dir] : &h2->stall[data_dir];
    *window = ht_sum(*window, increment);
    if (*window > 0)
        stall_end(stall, t_us);
}

void ht_windows_initial(struct ht_h2_state *h2, enum ht_dir data_dir, uint32_t value, int64_t t_us)
{
    int64_t change = (int64_t)value - h2->initial_window[data_dir];
    h2->initial_window[data_dir] = value;
    for (struct ht_stream *s = h2->streams; s; s = s->next) {
        s->window[data_dir] = ht_sum(s->window[data_dir], change);
        if (s->window[data_dir] > 0)
            stall_end(&s->stall[data_dir], t_us);
    }
}

bool ht_windows_shut(const struct ht_h2_state *h2, const struct ht_stream *stream, enum ht_dir data_dir)
{
    return (stream ? stream->window[data_dir] : h2->window[data_dir]) <= 0;
}

void ht_windows_stream_end(struct ht_stream *stream, enum ht_dir data_dir, int64_t t_us)
{
    stall_end(&stream->stall[data_dir], t_us);
}
