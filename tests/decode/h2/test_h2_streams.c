/* SPDX-License-Identifier: MIT */
/* Streams that real programs sent: decoded without a mark, and survived when cut or flipped. */
#include "h2_bytes.h"

#define IN  HT_DIR_IN
#define OUT HT_DIR_OUT

static struct ht_arena *arena;

static int set_up(void **state)
{
    (void)state;
    arena = ht_arena_new();
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    ht_arena_free(arena);
    return 0;
}

/* ---- streams that real programs sent ---- */

struct play {
    struct ht_h2_decoder *decoder;
    struct ht_arena *arena;
    size_t frames, malformed;
    struct ht_sink log;
};

static void play(struct play *p, enum ht_dir dir, struct ht_span in)
{
    struct ht_h2_splitter splitter;
    struct ht_h2_piece piece;
    ht_h2_splitter_init(&splitter, dir == OUT);
    do {
        in = ht_span_from(in, ht_h2_split(&splitter, in, &piece));
        if (piece.kind == HT_H2_PIECE_FRAME) {
            struct ht_h2_frame frame;
            ht_h2_decode(p->decoder, p->arena, dir, piece.bytes, &frame);
            p->frames++;
            p->malformed += frame.malformed;
            ht_sink_printf(&p->log, "%s\n", frame.summary);
        } else if (piece.kind == HT_H2_PIECE_DATA && piece.begin) {
            p->malformed += ht_h2_data_why(p->decoder, dir, &piece) != NULL;
        }
    } while (piece.kind != HT_H2_NEED_MORE);
    ht_h2_splitter_clear(&splitter);
}

static struct play play_both(struct ht_span out, struct ht_span in)
{
    struct play p = {.decoder = ht_h2_decoder_new(), .arena = ht_arena_new(), .log = ht_sink(0)};
    play(&p, OUT, out);
    play(&p, IN, in);
    ht_h2_decoder_free(p.decoder);
    ht_arena_free(p.arena);
    return p;
}

static void real_streams(void **state)
{
    (void)state;
    struct play p =
        play_both(h2_fixture(arena, "nghttpd-client.bin"), h2_fixture(arena, "nghttpd-server.bin"));
    assert_int_equal(p.malformed, 0);
    assert_non_null(strstr(p.log.text, ": GET http://127.0.0.1:18090/a.txt?token=[masked]\n"));
    assert_non_null(strstr(p.log.text, "SETTINGS, ack\n"));
    assert_non_null(strstr(p.log.text, ": 200\n"));
    assert_non_null(strstr(p.log.text, ": trailers, 1 field\n"));
    ht_sink_free(&p.log);
    p = play_both(h2_fixture(arena, "nginx-h2-client.bin"), h2_fixture(arena, "nginx-h2-server.bin"));
    assert_int_equal(p.malformed, 0);
    assert_non_null(strstr(p.log.text, ": POST http://127.0.0.1:18091/a.txt\n"));
    assert_non_null(strstr(p.log.text, ": 405\n"));
    assert_non_null(strstr(p.log.text, "WINDOW_UPDATE, stream 0: +2147418112\n"));
    ht_sink_free(&p.log);
}

static void survive(struct ht_span out, struct ht_span in)
{
    struct play p = play_both(out, in);
    ht_sink_free(&p.log);
}

static void real_streams_cut_and_flipped(void **state)
{
    (void)state;
    struct ht_span out = h2_fixture(arena, "nginx-h2-client.bin"),
                   in = h2_fixture(arena, "nginx-h2-server.bin");
    for (size_t cut = 0; cut < in.len; cut++)
        survive(ht_span_head(out, cut), ht_span_head(in, cut));
    uint8_t *raw[] = {(uint8_t *)(uintptr_t)out.data, (uint8_t *)(uintptr_t)in.data};
    const size_t len[] = {out.len, in.len};
    for (size_t side = 0; side < 2; side++) {
        for (size_t at = 0; at < len[side]; at++) {
            for (unsigned flip = 1; flip < 256; flip = flip * 2 + 1) {
                raw[side][at] ^= (uint8_t)flip;
                survive(out, in);
                raw[side][at] ^= (uint8_t)flip;
            }
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(real_streams),
        cmocka_unit_test(real_streams_cut_and_flipped),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
