/* SPDX-License-Identifier: MIT */
/* HTTP/2 frames and runs of DATA: takes units, gives connections their settings and exchanges their messages.
 */
#include "trace/state.h"

static enum ht_dir opposite(enum ht_dir dir)
{
    return dir == HT_DIR_OUT ? HT_DIR_IN : HT_DIR_OUT;
}

static struct ht_h2_state *state_of(const struct ht_tracer *tracer, struct ht_wire *wire,
                                    const struct ht_raw *raw)
{
    struct ht_level *level = &wire->levels[raw->level];
    level->protocol = HT_PROTO_H2;
    ht_h2_model(wire->connection);
    struct ht_h2_state *h2 = ht_h2_begin(level);
    if (tracer->brief)
        ht_h2_decoder_be_brief(h2->decoder);
    return h2;
}

void ht_unit_h2_preface(struct ht_tracer *tracer, struct ht_wire *wire, const struct ht_raw *raw)
{
    state_of(tracer, wire, raw);
    struct ht_owner owner = {wire->connection, NULL};
    ht_event_tell(tracer, ht_event_begin(tracer, owner, raw, HT_LAYER_HTTP2, "preface"),
                  "client connection preface");
}

/* The exchange that libcurl said would have this stream; without its word, the one that was about to be sent.
 */
static struct ht_exchange *exchange_of_stream(const struct ht_tracer *tracer, const struct ht_wire *wire,
                                              uint32_t id)
{
    struct ht_exchange *announced = wire->announced;
    if (announced && announced->connection == wire->connection && announced->stream == id &&
        announced->transfer->last_exchange == announced)
        return announced;
    for (struct ht_transfer *t = tracer->trace.transfers; t; t = t->next) {
        struct ht_exchange *x = t->last_exchange;
        if (x && x->connection == wire->connection && x->stream == id)
            return x;
    }
    return wire->exchange && wire->exchange->stream < 0 ? wire->exchange : NULL;
}

static struct ht_stream *stream_for(struct ht_tracer *tracer, struct ht_wire *wire, struct ht_h2_state *h2,
                                    const struct ht_raw *raw, const struct ht_h2_frame *frame)
{
    struct ht_stream *stream = frame->stream ? ht_stream_find(h2, frame->stream) : NULL;
    if (stream || frame->type != HT_H2_HEADERS || raw->dir != HT_DIR_OUT)
        return stream;
    stream = ht_stream_open(h2, frame->stream);
    if (!stream)
        return NULL;
    stream->exchange = exchange_of_stream(tracer, wire, frame->stream);
    wire->multiplexed = true;
    if (stream->exchange)
        stream->exchange->stream = frame->stream;
    return stream;
}

static void put_setting(struct ht_connection *c, enum ht_dir dir, struct ht_h2_setting setting)
{
    struct ht_h2 *h2 = c->h2;
    size_t count = h2->settings_count[dir];
    for (size_t i = 0; i < count; i++) {
        if (h2->settings[dir][i].id == setting.id) {
            h2->settings[dir][i].value = setting.value;
            return;
        }
    }
    if (count >= HT_CAP_SETTINGS)
        return;
    if (!h2->settings[dir])
        h2->settings[dir] = ht_arena_alloc(c->arena, HT_CAP_SETTINGS * sizeof setting);
    h2->settings[dir][h2->settings_count[dir]++] = setting;
}

static void on_settings(struct ht_wire *wire, struct ht_h2_state *h2, const struct ht_raw *raw,
                        const struct ht_h2_frame *frame)
{
    struct ht_connection *c = wire->connection;
    enum ht_dir sender = frame->ack ? opposite(raw->dir) : raw->dir;
    if (frame->ack) {
        c->h2->settings_acked[sender] = true;
        if (h2->table_size_due[sender])
            ht_h2_decoder_table_size(h2->decoder, raw->dir, h2->table_size[sender]);
        h2->table_size_due[sender] = false;
        return;
    }
    c->h2->settings_seen[sender] = true;
    for (size_t i = 0; i < frame->settings_count; i++) {
        struct ht_h2_setting setting = frame->settings[i];
        put_setting(c, sender, setting);
        if (setting.id == 4) /* INITIAL_WINDOW_SIZE bounds what the other side sends */
            ht_windows_initial(h2, opposite(sender), setting.value, raw->t_us);
        if (setting.id == 1) { /* HEADER_TABLE_SIZE holds once it is acknowledged */
            h2->table_size[sender] = setting.value;
            h2->table_size_due[sender] = true;
        }
    }
}

static void on_window_update(struct ht_h2_state *h2, struct ht_stream *stream, const struct ht_raw *raw,
                             const struct ht_h2_frame *frame)
{
    if (frame->stream == 0 || stream)
        ht_windows_update(h2, stream, opposite(raw->dir), frame->increment, raw->t_us);
}

static void on_goaway(struct ht_connection *c, const struct ht_raw *raw, const struct ht_h2_frame *frame)
{
    struct ht_h2_goaway *goaway = &c->h2->goaway[raw->dir];
    struct ht_span debug =
        goaway->seen ? goaway->debug : ht_arena_dup(c->arena, ht_span_head(frame->debug, HT_CAP_TEXT));
    *goaway = (struct ht_h2_goaway){true, raw->t_us, frame->last_stream, frame->error_code, debug};
}

static void on_reset(struct ht_stream *stream, const struct ht_raw *raw, const struct ht_h2_frame *frame)
{
    if (!stream)
        return;
    if (stream->exchange && stream->exchange->reset_code < 0) {
        stream->exchange->reset_code = frame->error_code;
        stream->exchange->reset_dir = raw->dir;
    }
    for (int dir = HT_DIR_OUT; dir <= HT_DIR_IN; dir++) {
        stream->ended[dir] = true;
        ht_windows_stream_end(stream, (enum ht_dir)dir, raw->t_us);
    }
}

static struct ht_span pseudo(const struct ht_headers *headers, const char *name)
{
    const struct ht_span *value = ht_headers_get(headers, name);
    return value ? *value : (struct ht_span){0};
}

static int status_of(const struct ht_headers *headers)
{
    struct ht_span s = pseudo(headers, ":status");
    int status = 0;
    for (size_t i = 0; i < s.len && s.len == 3; i++) {
        if (s.data[i] < '0' || s.data[i] > '9')
            return 0;
        status = status * 10 + (s.data[i] - '0');
    }
    return status;
}

static void on_request_block(struct ht_tracer *tracer, struct ht_exchange *x, const struct ht_raw *raw,
                             const struct ht_h2_frame *frame)
{
    struct ht_request request = {.method = pseudo(&frame->headers, ":method"),
                                 .target = pseudo(&frame->headers, ":path"),
                                 .version = HT_HTTP_2,
                                 .headers = frame->headers,
                                 .head_bytes = (int64_t)frame->block_bytes};
    if (x->request.first_us < 0)
        ht_message_request(tracer, x, raw, HT_LAYER_HTTP2, &request);
    else
        ht_message_trailers(tracer, x, raw, HT_LAYER_HTTP2, &frame->headers);
}

/* Content-Length as the message's semantics have it: the same rules as over HTTP/1 (RFC 9113 section 8.1.1).
 */
static int64_t length_of(const struct ht_exchange *x, const struct ht_response *response)
{
    const struct ht_h1_head head = {.is_response = true,
                                    .version = HT_HTTP_1_1,
                                    .status = response->status,
                                    .headers = response->headers};
    const char *why;
    int64_t length;
    ht_h1_framing(&head, x->request.method, &length, &why);
    return length;
}

static void on_response_block(struct ht_tracer *tracer, struct ht_exchange *x, const struct ht_raw *raw,
                              const struct ht_h2_frame *frame)
{
    struct ht_response response = {.status = status_of(&frame->headers),
                                   .version = HT_HTTP_2,
                                   .headers = frame->headers,
                                   .head_bytes = (int64_t)frame->block_bytes,
                                   .framing = HT_FRAMING_H2};
    response.content_length = length_of(x, &response);
    if (x->response.status == 0)
        ht_message_response(tracer, x, raw, HT_LAYER_HTTP2, &response, NULL);
    else
        ht_message_trailers(tracer, x, raw, HT_LAYER_HTTP2, &frame->headers);
}

/* The message began with the first frame of its block. */
static void on_block(struct ht_tracer *tracer, const struct ht_h2_state *h2, struct ht_stream *stream,
                     const struct ht_raw *raw, const struct ht_h2_frame *frame)
{
    struct ht_raw block = *raw;
    if (!stream || !stream->exchange || frame->block_type != HT_H2_HEADERS)
        return;
    block.t_us = h2->block_us[raw->dir];
    if (raw->dir == HT_DIR_OUT)
        on_request_block(tracer, stream->exchange, &block, frame);
    else
        on_response_block(tracer, stream->exchange, &block, frame);
}

static void end_stream(struct ht_stream *stream, const struct ht_raw *raw)
{
    if (!stream)
        return;
    stream->ended[raw->dir] = true;
    ht_windows_stream_end(stream, raw->dir, raw->t_last_us);
    if (stream->exchange && raw->dir == HT_DIR_OUT)
        ht_message_request_end(stream->exchange, raw->t_last_us);
    if (stream->exchange && raw->dir == HT_DIR_IN)
        ht_message_response_end(stream->exchange, raw->t_last_us);
}

static void count_frames(struct ht_h2 *h2, const struct ht_raw *raw, unsigned type, uint64_t frames)
{
    h2->frames[raw->dir][type < HT_H2_FRAME_TYPES ? type : HT_H2_FRAME_TYPES] += frames;
}

/* A frame too small for its code ends nothing but, by that error, the connection: what the decoder read there
 * is no code (RFC 9113 sections 4.2 and 6.4). */
static bool has_code(const struct ht_raw *raw, const struct ht_h2_frame *frame)
{
    size_t size = raw->bytes.len < HT_H2_HEADER_LEN ? 0 : raw->bytes.len - HT_H2_HEADER_LEN;
    return frame->type == HT_H2_GOAWAY ? size >= 8 : size == 4;
}

/* What a frame does to the connection and its streams. */
static void apply(struct ht_tracer *tracer, struct ht_wire *wire, struct ht_h2_state *h2,
                  const struct ht_raw *raw, const struct ht_h2_frame *frame)
{
    struct ht_stream *stream = stream_for(tracer, wire, h2, raw, frame);
    struct ht_h2 *model = wire->connection->h2;
    count_frames(model, raw, frame->type, 1);
    if (frame->type == HT_H2_HEADERS)
        h2->block_us[raw->dir] = raw->t_us;
    if (frame->header_block_complete) {
        model->hpack_compressed[raw->dir] += frame->block_bytes;
        model->hpack_plain[raw->dir] += frame->plain_bytes;
        on_block(tracer, h2, stream, raw, frame);
    }
    if (frame->type == HT_H2_SETTINGS)
        on_settings(wire, h2, raw, frame);
    else if (frame->type == HT_H2_WINDOW_UPDATE)
        on_window_update(h2, stream, raw, frame);
    else if (frame->type == HT_H2_GOAWAY && has_code(raw, frame))
        on_goaway(wire->connection, raw, frame);
    else if (frame->type == HT_H2_RST_STREAM && has_code(raw, frame))
        on_reset(stream, raw, frame);
    if (frame->header_block_complete && frame->block_type == HT_H2_HEADERS && frame->end_stream)
        end_stream(stream, raw);
}

static struct ht_exchange *exchange_of_frame(const struct ht_tracer *tracer, const struct ht_wire *wire,
                                             struct ht_h2_state *h2, const struct ht_raw *raw)
{
    uint32_t id = ht_frame_stream(raw->bytes);
    struct ht_stream *stream = ht_stream_find(h2, id);
    if (stream)
        return stream->exchange;
    return id && raw->dir == HT_DIR_OUT ? exchange_of_stream(tracer, wire, id) : NULL;
}

void ht_unit_h2_frame(struct ht_tracer *tracer, struct ht_wire *wire, const struct ht_raw *raw)
{
    struct ht_h2_state *h2 = state_of(tracer, wire, raw);
    struct ht_owner owner = {wire->connection, exchange_of_frame(tracer, wire, h2, raw)};
    struct ht_event *event = ht_event_begin(tracer, owner, raw, HT_LAYER_HTTP2, "frame");
    /* Past the caps a frame is decoded for its effects alone. */
    struct ht_arena *scratch = event ? NULL : ht_arena_new();
    struct ht_h2_frame frame;
    ht_h2_decode(h2->decoder, scratch ? scratch : ht_owner_arena(owner), raw->dir, raw->bytes, &frame);
    if (event) {
        event->kind = frame.name ? frame.name : "UNKNOWN";
        event->fields = frame.fields;
        event->size = raw->u.unit.size;
        event->malformed = frame.malformed;
        event->malformed_at = frame.malformed_at;
        event->malformed_why = frame.malformed_why;
        ht_event_tell(tracer, event, frame.summary);
    }
    apply(tracer, wire, h2, raw, &frame);
    ht_arena_free(scratch);
}

void ht_unit_h2_bad_data(struct ht_tracer *tracer, struct ht_wire *wire, const struct ht_raw *raw)
{
    struct ht_h2_state *h2 = state_of(tracer, wire, raw);
    struct ht_stream *stream = ht_stream_find(h2, (uint32_t)raw->u.unit.num);
    /* A record holds no DATA frame: of one that is out of order the decoder hears here. */
    const struct ht_h2_piece seen = {.kind = HT_H2_PIECE_DATA, .stream = (uint32_t)raw->u.unit.num};
    ht_h2_data_why(h2->decoder, raw->dir, &seen);
    struct ht_owner owner = {wire->connection, stream ? stream->exchange : NULL};
    struct ht_event *event = ht_event_begin(tracer, owner, raw, HT_LAYER_HTTP2, "DATA");
    if (!event)
        return;
    event->malformed = true;
    event->malformed_why = ht_safe_text(ht_owner_arena(owner), raw->bytes);
    ht_event_tell(tracer, event, event->malformed_why);
}

void ht_unit_h2_payload(struct ht_tracer *tracer, struct ht_wire *wire, const struct ht_raw *raw)
{
    struct ht_h2_state *h2 = state_of(tracer, wire, raw);
    struct ht_stream *stream = ht_stream_find(h2, (uint32_t)raw->u.unit.num);
    struct ht_h2 *counts = wire->connection->h2;
    int64_t payload = ht_sum(raw->u.unit.size, -raw->u.unit.frames * (int64_t)HT_H2_HEADER_LEN);
    count_frames(counts, raw, HT_H2_DATA, (uint64_t)raw->u.unit.frames);
    counts->data_bytes[raw->dir] = ht_sum(counts->data_bytes[raw->dir], payload);
    if (!h2->live) /* live bytes were counted as they came */
        ht_windows_consume(h2, wire->connection, stream, raw->dir, payload, raw->t_last_us);
    if (!stream)
        return;
    stream->kept[raw->dir] += raw->bytes.len;
    if (stream->exchange)
        ht_message_body(tracer, stream->exchange, raw, HT_LAYER_HTTP2);
    if (raw->u.unit.end)
        end_stream(stream, raw);
}
