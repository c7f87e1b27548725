/* SPDX-License-Identifier: MIT */
/* Fuzzes the HTTP/2 decoders. Byte 0: bit 0, the client's direction; bits 1 to 4, the portion's size less
 * one. The rest is a byte stream, split whole and in portions: both must give the same units. */
#include "fuzz.h"

#include "base/sink.h"
#include "decode/h2/h2.h"

static void take_frame(struct ht_h2_decoder *decoder, struct ht_arena *arena, enum ht_dir dir,
                       const struct ht_h2_piece *piece, struct ht_sink *log)
{
    struct ht_h2_frame frame;
    ht_h2_decode(decoder, arena, dir, piece->bytes, &frame);
    FUZZ_CHECK(frame.summary && frame.fields);
    FUZZ_CHECK(!frame.malformed || (frame.malformed_at <= piece->bytes.len && frame.malformed_why));
    FUZZ_CHECK(frame.headers.count <= HT_CAP_HEADERS && frame.settings_count <= HT_CAP_LIST);
    FUZZ_CHECK(piece->bytes.len <= HT_H2_HEADER_LEN + HT_CAP_FRAME_BYTES);
    ht_sink_printf(log, "[%s %d %zu %s]", frame.summary, frame.malformed, frame.malformed_at,
                   frame.malformed ? frame.malformed_why : "");
    if (frame.type == HT_H2_SETTINGS && frame.settings_count)
        ht_h2_decoder_table_size(decoder, dir == HT_DIR_IN ? HT_DIR_OUT : HT_DIR_IN, frame.settings[0].value);
}

/* Payload of one DATA frame may come in any number of parts. */
static void take_data(struct ht_h2_decoder *decoder, enum ht_dir dir, const struct ht_h2_piece *piece,
                      struct ht_sink *log)
{
    if (piece->begin)
        ht_sink_printf(log, "[DATA %u %u %u", piece->stream, piece->flags, piece->length);
    if (piece->begin || piece->bad_padding)
        FUZZ_CHECK(ht_h2_data_why(decoder, dir, piece) != NULL || !piece->bad_padding);
    if (piece->bad_padding)
        ht_sink_puts(log, " bad padding ");
    ht_sink_bytes(log, piece->bytes);
    if (piece->end)
        ht_sink_puts(log, "]");
}

static void split(struct ht_span in, size_t portion, enum ht_dir dir, struct ht_sink *log)
{
    struct ht_arena *arena = ht_arena_new();
    struct ht_h2_decoder *decoder = ht_h2_decoder_new();
    struct ht_h2_splitter splitter;
    uint64_t wire = 0;
    ht_h2_splitter_init(&splitter, dir == HT_DIR_OUT);
    for (size_t at = 0; at < in.len; at += portion) {
        struct ht_span part = ht_span_head(ht_span_from(in, at), portion);
        struct ht_h2_piece piece;
        do {
            size_t took = ht_h2_split(&splitter, part, &piece);
            FUZZ_CHECK(took <= part.len);
            part = ht_span_from(part, took);
            wire += piece.wire_bytes;
            if (piece.kind == HT_H2_PIECE_FRAME)
                take_frame(decoder, arena, dir, &piece, log);
            else if (piece.kind == HT_H2_PIECE_DATA)
                take_data(decoder, dir, &piece, log);
            else if (piece.kind != HT_H2_NEED_MORE)
                ht_sink_printf(log, "[%d]", (int)piece.kind);
        } while (piece.kind != HT_H2_NEED_MORE);
        FUZZ_CHECK(part.len == 0);
    }
    FUZZ_CHECK(wire <= in.len);
    ht_h2_splitter_clear(&splitter);
    ht_h2_decoder_free(decoder);
    ht_arena_free(arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 1)
        return 0;
    struct ht_span in = ht_span(data + 1, size - 1);
    enum ht_dir dir = data[0] & 1 ? HT_DIR_OUT : HT_DIR_IN;
    struct ht_sink whole = ht_sink(0), parts = ht_sink(0);
    split(in, in.len ? in.len : 1, dir, &whole);
    split(in, (data[0] >> 1 & 15u) + 1u, dir, &parts);
    FUZZ_CHECK(ht_span_eq(ht_span(whole.text, whole.len), ht_span(parts.text, parts.len)));
    ht_sink_free(&whole);
    ht_sink_free(&parts);
    return 0;
}
