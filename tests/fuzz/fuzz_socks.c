/* SPDX-License-Identifier: MIT */
/* Fuzzes the SOCKS decoder. Byte 0: bit 0, SOCKS5; bits 1 to 4, the portions' size less one. The rest are
 * turns: a byte with the direction in bit 0 and the length in the others, then as many bytes. Whole turns and
 * turns in portions must give the same messages. */
#include "fuzz.h"

#include "base/reader.h"
#include "base/sink.h"
#include "decode/socks/socks.h"

#include <httptrace/caps.h>

struct side {
    struct ht_sink bytes;
    size_t at;
    bool over; /* what came is no message: how much of it there is depends on the portions */
};

static struct ht_span held(const struct side *side)
{
    return ht_span_from(ht_span(side->bytes.text, side->bytes.len), side->at);
}

/* What is left never becomes whole. */
static void finish(struct ht_socks_state *state, struct ht_arena *arena, struct side *side, enum ht_dir dir,
                   struct ht_sink *log)
{
    struct ht_socks_message m;
    if (side->over || held(side).len == 0)
        return;
    ht_socks_decode(state, arena, dir, held(side), &m);
    FUZZ_CHECK(m.truncated && m.malformed_at <= held(side).len);
    ht_sink_puts(log, m.summary);
    side->over = true;
}

static void take(struct ht_socks_state *state, struct ht_arena *arena, struct side *sides, enum ht_dir dir,
                 struct ht_sink *log)
{
    struct side *side = &sides[dir];
    size_t len;
    while (!side->over && held(side).len && (len = ht_socks_split(state, dir, held(side))) > 0) {
        struct ht_socks_message m;
        FUZZ_CHECK(len <= held(side).len);
        if (dir == HT_DIR_IN) /* what is under way was begun under the old state */
            finish(state, arena, &sides[HT_DIR_OUT], HT_DIR_OUT, log);
        ht_socks_decode(state, arena, dir, ht_span_head(held(side), len), &m);
        FUZZ_CHECK(m.summary && m.fields && !m.truncated);
        FUZZ_CHECK(!m.malformed || (m.malformed_at <= len && m.malformed_why));
        ht_sink_printf(log, "[%d %d %d %s]", (int)dir, (int)m.kind, m.code,
                       m.malformed ? m.malformed_why : "");
        side->over = m.kind == HT_SOCKS_OTHER || m.malformed;
        if (!side->over)
            ht_sink_puts(log, m.summary);
        side->at += len;
    }
}

static void play(struct ht_span in, bool five, size_t portion, struct ht_sink *log)
{
    struct ht_arena *arena = ht_arena_new();
    struct ht_socks_state state = {.five = five};
    struct side sides[3] = {0};
    struct ht_reader r = ht_reader(in);
    while (ht_reader_left(&r)) {
        uint8_t turn = ht_read_u8(&r);
        enum ht_dir dir = turn & 1 ? HT_DIR_IN : HT_DIR_OUT;
        size_t len = turn >> 1 < ht_reader_left(&r) ? turn >> 1 : ht_reader_left(&r);
        struct ht_span bytes = ht_read_span(&r, len);
        for (size_t at = 0; at < bytes.len; at += portion) {
            ht_sink_bytes(&sides[dir].bytes, ht_span_head(ht_span_from(bytes, at), portion));
            take(&state, arena, sides, dir, log);
        }
    }
    finish(&state, arena, &sides[HT_DIR_OUT], HT_DIR_OUT, log);
    finish(&state, arena, &sides[HT_DIR_IN], HT_DIR_IN, log);
    ht_sink_free(&sides[HT_DIR_OUT].bytes);
    ht_sink_free(&sides[HT_DIR_IN].bytes);
    ht_arena_free(arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 1 || size > HT_CAP_SOCKS_MESSAGE / 2) /* past the cap portions are units of their own */
        return 0;
    struct ht_span in = ht_span(data + 1, size - 1);
    struct ht_sink whole = ht_sink(0), parts = ht_sink(0);
    play(in, data[0] & 1, size, &whole);
    play(in, data[0] & 1, (data[0] >> 1 & 15u) + 1u, &parts);
    FUZZ_CHECK(ht_span_eq(ht_span(whole.text, whole.len), ht_span(parts.text, parts.len)));
    ht_sink_free(&whole);
    ht_sink_free(&parts);
    return 0;
}
