/* SPDX-License-Identifier: MIT */
/* Fuzzes the HTTP/1 decoders. Byte 0: bit 0, a response; bit 1, to HEAD; bit 2, to CONNECT; bits 3 to 6, the
 * portion's size less one. The rest is a byte stream, split whole and in portions: both must give the same
 * units. */
#include "fuzz.h"

#include "base/sink.h"
#include "decode/h1/h1.h"

struct run {
    struct ht_h1_splitter *splitter;
    struct ht_arena *arena;
    bool is_response, left_http, in_body;
    struct ht_span method;
    struct ht_sink log;
};

static void check_marks(const struct ht_h1_head *head, struct ht_span bytes)
{
    FUZZ_CHECK(!head->malformed || (head->malformed_at <= bytes.len && head->malformed_why));
    FUZZ_CHECK(head->headers.count <= HT_CAP_HEADERS);
}

static void take_head(struct run *run, const struct ht_h1_piece *piece)
{
    struct ht_h1_head head;
    int64_t length;
    const char *why;
    ht_h1_decode_head(run->arena, piece->bytes, run->is_response, &head);
    check_marks(&head, piece->bytes);
    enum ht_framing framing = ht_h1_framing(&head, run->method, &length, &why);
    FUZZ_CHECK(length >= -1 && (framing != HT_FRAMING_CONTENT_LENGTH || length >= 0));
    run->left_http = framing == HT_FRAMING_UPGRADE;
    ht_h1_splitter_body(run->splitter, framing, length);
}

static void take_other(struct run *run, const struct ht_h1_piece *piece)
{
    struct ht_h1_head marks = {0};
    struct ht_headers trailers;
    struct ht_h1_chunk chunk;
    if (piece->kind == HT_H1_TRAILERS) {
        ht_h1_decode_trailers(run->arena, piece->bytes, &trailers, &marks);
        check_marks(&marks, piece->bytes);
    } else if (piece->kind == HT_H1_CHUNK) {
        ht_h1_decode_chunk(run->arena, piece->bytes, &chunk);
        FUZZ_CHECK(chunk.size == piece->chunk_size && piece->last == (chunk.size == 0));
        FUZZ_CHECK(!chunk.malformed || chunk.malformed_at <= piece->bytes.len);
    }
}

static void take(struct run *run, const struct ht_h1_piece *piece)
{
    bool body = piece->kind == HT_H1_BODY;
    if (!body || !run->in_body)
        ht_sink_printf(&run->log, "[%d %llu %d %d]", (int)piece->kind, (unsigned long long)piece->offset,
                       piece->cut, piece->bare_lf);
    run->in_body = body;
    ht_sink_bytes(&run->log, piece->bytes);
    if (piece->kind == HT_H1_HEAD)
        take_head(run, piece);
    else
        take_other(run, piece);
}

static void feed(struct run *run, struct ht_span in, size_t portion)
{
    for (size_t at = 0; at < in.len && !run->left_http; at += portion) {
        struct ht_span part = ht_span_head(ht_span_from(in, at), portion);
        struct ht_h1_piece piece;
        do {
            size_t took = ht_h1_split(run->splitter, part, &piece);
            FUZZ_CHECK(took <= part.len);
            part = ht_span_from(part, took);
            if (piece.kind != HT_H1_NEED_MORE)
                take(run, &piece);
        } while (piece.kind != HT_H1_NEED_MORE && !run->left_http);
        FUZZ_CHECK(part.len == 0 || run->left_http);
    }
}

static struct ht_sink split(struct ht_span in, size_t portion, uint8_t flags)
{
    struct run run = {.splitter = ht_h1_splitter_new(), .arena = ht_arena_new(), .log = ht_sink(0)};
    run.is_response = flags & 1;
    run.method = ht_span_str(flags & 2 ? "HEAD" : flags & 4 ? "CONNECT" : "GET");
    feed(&run, in, portion);
    struct ht_span held = ht_h1_splitter_held(run.splitter);
    struct ht_h1_head head;
    ht_h1_decode_head(run.arena, held, run.is_response, &head);
    check_marks(&head, held);
    FUZZ_CHECK(held.len == 0 || head.malformed);
    ht_sink_printf(&run.log, "[end %d %zu]", ht_h1_splitter_finish(run.splitter), held.len);
    ht_h1_splitter_free(run.splitter);
    ht_arena_free(run.arena);
    return run.log;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 1)
        return 0;
    struct ht_span in = ht_span(data + 1, size - 1);
    struct ht_sink whole = split(in, in.len ? in.len : 1, data[0]);
    struct ht_sink parts = split(in, (data[0] >> 3 & 15u) + 1u, data[0]);
    FUZZ_CHECK(ht_span_eq(ht_span(whole.text, whole.len), ht_span(parts.text, parts.len)));
    ht_sink_free(&whole);
    ht_sink_free(&parts);
    return 0;
}
