/* SPDX-License-Identifier: MIT */
/* HTTP/2 state of one level: its splitters, its decoder and the streams that are open (RFC 9113 section 5.1).
 */
#include "base/reader.h"
#include "trace/state.h"

#include <stdlib.h>

#define DEFAULT_WINDOW 65535 /* RFC 9113 section 6.9.2 */

/* Those of one side have every other id. */
static size_t slot(uint32_t id)
{
    return (id >> 1) % HT_SEEN;
}

static void stream_free(struct ht_h2_state *h2, struct ht_stream *stream)
{
    struct ht_stream **at = &h2->streams;
    while (*at != stream)
        at = &(*at)->next;
    *at = stream->next;
    if (h2->seen[slot(stream->id)] == stream)
        h2->seen[slot(stream->id)] = NULL;
    for (int dir = HT_DIR_OUT; dir <= HT_DIR_IN; dir++)
        ht_run_clear(&stream->runs[dir]);
    h2->stream_count--;
    free(stream);
}

uint8_t ht_frame_type(struct ht_span frame)
{
    struct ht_reader r = ht_reader(ht_span_from(frame, 3));
    return ht_read_u8(&r);
}

uint32_t ht_frame_stream(struct ht_span frame)
{
    struct ht_reader r = ht_reader(ht_span_from(frame, 5));
    return ht_read_u32(&r) & 0x7FFFFFFFu;
}

struct ht_h2_state *ht_h2_begin(struct ht_level *level)
{
    if (level->h2)
        return level->h2;
    struct ht_h2_state *h2 = ht_malloc(sizeof *h2);
    *h2 = (struct ht_h2_state){.decoder = ht_h2_decoder_new()};
    ht_h2_splitter_init(&h2->splitter[HT_DIR_OUT], true);
    ht_h2_splitter_init(&h2->splitter[HT_DIR_IN], false);
    for (int dir = HT_DIR_OUT; dir <= HT_DIR_IN; dir++)
        h2->window[dir] = h2->initial_window[dir] = DEFAULT_WINDOW;
    level->h2 = h2;
    return h2;
}

struct ht_h2 *ht_h2_model(struct ht_connection *connection)
{
    if (!connection->h2)
        connection->h2 = ht_arena_alloc(connection->arena, sizeof *connection->h2);
    return connection->h2;
}

void ht_h2_state_free(struct ht_h2_state *h2)
{
    if (!h2)
        return;
    while (h2->streams)
        stream_free(h2, h2->streams);
    ht_h2_splitter_clear(&h2->splitter[HT_DIR_OUT]);
    ht_h2_splitter_clear(&h2->splitter[HT_DIR_IN]);
    ht_h2_decoder_free(h2->decoder);
    free(h2);
}

struct ht_stream *ht_stream_find(struct ht_h2_state *h2, uint32_t id)
{
    struct ht_stream *stream = h2->seen[slot(id)];
    if (stream && stream->id == id)
        return stream;
    for (stream = h2->streams; stream && stream->id != id; stream = stream->next)
        ;
    if (stream)
        h2->seen[slot(id)] = stream;
    return stream;
}

/* Ended streams go when the next one comes, not at once: whoever ended one may still hold it. */
static void free_ended(struct ht_h2_state *h2)
{
    for (struct ht_stream *next, *s = h2->streams; s; s = next) {
        next = s->next;
        if (s->ended[HT_DIR_OUT] && s->ended[HT_DIR_IN])
            stream_free(h2, s);
    }
}

struct ht_stream *ht_stream_open(struct ht_h2_state *h2, uint32_t id)
{
    free_ended(h2);
    struct ht_stream *stream = ht_stream_find(h2, id);
    if (stream || id == 0 || h2->stream_count >= HT_CAP_STREAMS)
        return stream;
    stream = ht_malloc(sizeof *stream);
    *stream = (struct ht_stream){.id = id, .next = h2->streams};
    for (int dir = HT_DIR_OUT; dir <= HT_DIR_IN; dir++)
        stream->window[dir] = h2->initial_window[dir];
    h2->streams = h2->seen[slot(id)] = stream;
    h2->stream_count++;
    return stream;
}
