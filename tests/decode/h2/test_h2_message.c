/* SPDX-License-Identifier: MIT */
/* The rules for a message's fields (RFC 9113 section 8). */
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

struct message_row {
    enum ht_dir dir;
    bool end;
    const char *pairs[16];
    const char *why; /* NULL: nothing is wrong */
};

static const struct message_row messages[] = {
    {OUT, true, {":method", "OPTIONS", ":scheme", "https", ":authority", "h", ":path", "*"}, NULL},
    {OUT, false, {":method", "CONNECT", ":protocol", "websocket", ":scheme", "https", ":path", "/"}, NULL},
    {OUT, true, {"x", "trailer"}, NULL},
    {OUT, false, {"x", "trailer"}, "section 8.1"},
    {IN, false, {"x", "trailer"}, "section 8.1"},
    {IN, false, {":status", "103", "link", "</a>"}, NULL},
    {IN, true, {":status", "103"}, "section 8.1"},
    {IN, false, {":status", "101"}, "section 8.6"},
    {IN, true, {":status", "20"}, "section 8.3.2"},
    {IN, true, {":status", "2OO"}, "section 8.3.2"},
    {IN, true, {":status", "099"}, "section 8.3.2"},
    {IN, true, {":status", "200", ":status", "200"}, "twice"},
    {IN, true, {":status", "200", ":path", "/"}, "other kind"},
    {IN, true, {":status", "200", ":x", "/"}, "unknown pseudo"},
    {IN, true, {"server", "x", ":status", "200"}, "after a regular one"},
    {IN, true, {":status", "200", "Server", "x"}, "upper-case"},
    {IN, true, {":status", "200", "a b", "x"}, "illegal byte in a field name"},
    {IN, true, {":status", "200", "a:b", "x"}, "illegal byte in a field name"},
    {IN, true, {":status", "200", "", "x"}, "empty field name"},
    {IN, true, {":status", "200", "a", "x\ny"}, "NUL, CR or LF"},
    {IN, true, {":status", "200", "a", " x"}, "white space"},
    {IN, true, {":status", "200", "a", "x\t"}, "white space"},
    {IN, true, {":status", "200", "connection", "close"}, "section 8.2.2"},
    {IN, true, {":status", "200", "transfer-encoding", "chunked"}, "section 8.2.2"},
    {OUT, true, {":method", "GET", ":scheme", "http", ":path", "/", "te", "trailers"}, NULL},
    {OUT, true, {":method", "GET", ":scheme", "http", ":path", "/", "te", "gzip"}, "TE says"},
    {OUT, true, {":method", "GET", ":scheme", "http", ":path", ""}, "empty :path"},
    {OUT, true, {":method", "GET", ":scheme", "http"}, "without :scheme or :path"},
    {OUT, true, {":scheme", "http", ":path", "/"}, "without :method"},
    {OUT, true, {":method", "CONNECT", ":scheme", "http", ":authority", "h", ":path", "/"}, "section 8.5"},
    {OUT, true, {":method", "CONNECT"}, "section 8.5"},
    {OUT, true, {":method", "GET", ":protocol", "x", ":scheme", "http", ":path", "/"}, "RFC 8441"},
    {OUT, true, {":status", "200"}, "other kind"},
};

static void message_rules(void **state)
{
    (void)state;
    struct ht_h2_decoder *decoder = ht_h2_decoder_new();
    struct ht_h2_frame f;
    ht_h2_decode(decoder, arena, IN, h2_frame(arena, 4, 0, 0, BYTES("")), &f);
    ht_h2_decode(decoder, arena, OUT, h2_frame(arena, 4, 0, 0, BYTES("")), &f);
    for (size_t i = 0; i < sizeof messages / sizeof *messages; i++) {
        const struct message_row *row = &messages[i];
        nghttp2_hd_deflater *fresh;
        nghttp2_hd_deflate_new(&fresh, 0);
        struct ht_span b = h2_block(arena, fresh, row->pairs);
        nghttp2_hd_deflate_del(fresh);
        uint8_t flags = (uint8_t)(HT_H2_END_HEADERS | (row->end ? HT_H2_END_STREAM : 0));
        ht_h2_decode(decoder, arena, row->dir, h2_frame(arena, HT_H2_HEADERS, flags, 1, b), &f);
        if (!row->why != !f.malformed || (row->why && !strstr(f.malformed_why, row->why)))
            fail_msg("row %zu: %s", i, f.malformed ? f.malformed_why : "nothing is wrong");
    }
    ht_h2_decode(decoder, arena, IN,
                 h2_frame(arena, HT_H2_HEADERS, HT_H2_END_HEADERS, 1, BYTES("\x88\x00\1a\1b\x00\1A\1b")), &f);
    h2_assert_mark(&f, 15, "upper-case");
    ht_h2_decode(decoder, arena, OUT,
                 h2_frame(arena, HT_H2_HEADERS, HT_H2_END_HEADERS, 2, BYTES("\x82\x86\x84")), &f);
    h2_assert_mark(&f, 5, "section 5.1.1");
    ht_h2_decoder_free(decoder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(message_rules),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
