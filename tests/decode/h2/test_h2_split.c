/* SPDX-License-Identifier: MIT */
/* The HTTP/2 splitter: any portions of the input give the same units; what lies whole is borrowed. */
#include "h2_bytes.h"

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

struct feed {
    struct ht_h2_splitter splitter;
    struct ht_sink log;
    uint64_t wire;
};

static struct feed feed_new(bool preface)
{
    struct feed f = {.log = ht_sink(0)};
    ht_h2_splitter_init(&f.splitter, preface);
    return f;
}

static void feed_free(struct feed *f)
{
    ht_h2_splitter_clear(&f->splitter);
    ht_sink_free(&f->log);
}

static void log_piece(struct feed *f, const struct ht_h2_piece *p)
{
    if (p->kind == HT_H2_PIECE_PREFACE)
        ht_sink_puts(&f->log, "preface ");
    if (p->kind == HT_H2_PIECE_NOT_H2)
        ht_sink_printf(&f->log, "not-h2(%.*s) ", (int)p->bytes.len, (const char *)p->bytes.data);
    if (p->kind == HT_H2_PIECE_FRAME)
        ht_sink_printf(&f->log, "%u/%u/%u/%zu%s ", p->bytes.data[3], p->stream, p->length, p->bytes.len,
                       p->cut ? "cut" : "");
    if (p->kind != HT_H2_PIECE_DATA)
        return;
    if (p->begin)
        ht_sink_printf(&f->log, "DATA/%u/%u/%u:", p->stream, p->flags, p->length);
    ht_sink_bytes(&f->log, p->bytes);
    if (p->bad_padding)
        ht_sink_puts(&f->log, "!");
    if (p->end)
        ht_sink_puts(&f->log, ". ");
}

static void give(struct feed *f, struct ht_span in)
{
    struct ht_h2_piece piece;
    uint8_t *copy = ht_malloc(in.len);
    if (in.len)
        memcpy(copy, in.data, in.len);
    struct ht_span rest = ht_span(copy, in.len);
    do {
        size_t took = ht_h2_split(&f->splitter, rest, &piece);
        assert_true(took <= rest.len);
        rest = ht_span_from(rest, took);
        f->wire += piece.wire_bytes;
        log_piece(f, &piece);
    } while (piece.kind != HT_H2_NEED_MORE);
    assert_int_equal(rest.len, 0);
    free(copy);
}

static struct ht_span join_all(const struct ht_span *parts, size_t count)
{
    struct ht_span all = {0};
    for (size_t i = 0; i < count; i++)
        all = h2_join(arena, all, parts[i]);
    return all;
}

static struct ht_span server_stream(void)
{
    const struct ht_span parts[] = {
        h2_frame(arena, HT_H2_SETTINGS, 0, 0, BYTES("\0\3\0\0\0\x64")),
        h2_frame(arena, HT_H2_DATA, 0, 1, BYTES("hello")),
        h2_frame(arena, HT_H2_DATA, HT_H2_PADDED, 1, BYTES("\3abc\0\0\0")),
        h2_frame(arena, HT_H2_DATA, HT_H2_PADDED, 3, BYTES("\2\0\0")),
        h2_frame(arena, HT_H2_PING, 0, 0, BYTES("12345678")),
        h2_frame(arena, HT_H2_DATA, HT_H2_PADDED, 1, BYTES("\4abc")),
        h2_frame(arena, HT_H2_DATA, HT_H2_PADDED, 1, BYTES("")),
        h2_frame(arena, HT_H2_SETTINGS, HT_H2_ACK, 0, BYTES("")),
        h2_frame(arena, HT_H2_DATA, HT_H2_END_STREAM, 0x80000001, BYTES("")),
    };
    return join_all(parts, sizeof parts / sizeof *parts);
}

static const char *const server_log = "4/0/6/15 DATA/1/0/5:hello. DATA/1/8/7:abc. DATA/3/8/3:. 6/0/8/17 "
                                      "DATA/1/8/4:!. DATA/1/8/0:!. 4/0/0/9 DATA/1/1/0:. ";

static void whole_input(void **state)
{
    (void)state;
    struct ht_span in = server_stream();
    struct feed f = feed_new(false);
    give(&f, in);
    assert_string_equal(ht_sink_text(&f.log), server_log);
    assert_int_equal(f.wire, in.len);
    feed_free(&f);
}

static void every_split_point(void **state)
{
    (void)state;
    struct ht_span in = server_stream();
    for (size_t at = 0; at <= in.len; at++) {
        struct feed f = feed_new(false);
        give(&f, ht_span_head(in, at));
        give(&f, ht_span_from(in, at));
        assert_string_equal(ht_sink_text(&f.log), server_log);
        assert_int_equal(f.wire, in.len);
        feed_free(&f);
    }
}

static void portions_of_every_size(void **state)
{
    (void)state;
    struct ht_span in = server_stream();
    for (size_t size = 1; size <= in.len; size++) {
        struct feed f = feed_new(false);
        for (size_t at = 0; at < in.len; at += size)
            give(&f, ht_span_head(ht_span_from(in, at), size));
        assert_string_equal(ht_sink_text(&f.log), server_log);
        assert_int_equal(f.wire, in.len);
        feed_free(&f);
    }
}

static void client_preface(void **state)
{
    (void)state;
    struct ht_span in = h2_join(arena, ht_span_str(HT_H2_PREFACE), h2_frame(arena, 4, 0, 0, BYTES("")));
    for (size_t at = 0; at <= in.len; at++) {
        struct feed f = feed_new(true);
        give(&f, ht_span_head(in, at));
        give(&f, ht_span_from(in, at));
        assert_string_equal(ht_sink_text(&f.log), "preface 4/0/0/9 ");
        assert_int_equal(f.wire, in.len);
        feed_free(&f);
    }
}

/* What earlier calls took is given back; the rest is the caller's input, of which nothing was taken. */
static void not_h2(bool preface, const char *text, size_t at, const char *log)
{
    struct feed f = feed_new(preface);
    struct ht_h2_piece piece;
    give(&f, ht_span(text, at));
    assert_int_equal(f.log.len, 0);
    assert_int_equal(ht_h2_split(&f.splitter, ht_span_from(ht_span_str(text), at), &piece), 0);
    log_piece(&f, &piece);
    assert_string_equal(ht_sink_text(&f.log), log);
    assert_int_equal(ht_h2_split(&f.splitter, BYTES("more"), &piece), 4);
    assert_int_equal(piece.kind, HT_H2_NEED_MORE);
    feed_free(&f);
}

static void what_is_not_http2(void **state)
{
    (void)state;
    not_h2(true, "GET / HTTP/1.1\r\n", 0, "not-h2() ");
    not_h2(true, "PRI * HTTP/1.1\r\n", 0, "not-h2() ");
    not_h2(true, "PRI * HTTP/1.1\r\n", 9, "not-h2(PRI * HTT) ");
    not_h2(false, "HTTP/1.1 400 Bad Request\r\n", 0, "not-h2() ");
    not_h2(false, "HTTP/1.1 400 Bad Request\r\n", 8, "not-h2(HTTP/1.1) ");
    not_h2(false, "SSH-2.0-x\r\n", 3, "not-h2(SSH) ");
}

static void long_frames_are_cut(void **state)
{
    (void)state;
    const size_t length = HT_CAP_FRAME_BYTES + 1000;
    struct ht_span in =
        h2_join(arena, h2_frame(arena, 4, 0, 0, BYTES("")),
                h2_join(arena, h2_frame(arena, 77, 0, 9, ht_span(ht_arena_alloc(arena, length), length)),
                        h2_frame(arena, 6, 0, 0, BYTES("12345678"))));
    for (size_t size = 1000; size < in.len + 1000; size += 11000) {
        struct feed f = feed_new(false);
        for (size_t at = 0; at < in.len; at += size)
            give(&f, ht_span_head(ht_span_from(in, at), size));
        assert_string_equal(ht_sink_text(&f.log), "4/0/0/9 77/9/66536/65545cut 6/0/8/17 ");
        assert_int_equal(f.wire, in.len);
        assert_true(f.splitter.buffer_size <= HT_H2_HEADER_LEN + HT_CAP_FRAME_BYTES);
        feed_free(&f);
    }
}

static void whole_frames_and_data_are_borrowed(void **state)
{
    (void)state;
    struct ht_span in = h2_join(arena, h2_frame(arena, 4, 0, 0, BYTES("\0\3\0\0\0\1")),
                                h2_frame(arena, 0, 0, 1, BYTES("hello")));
    struct ht_h2_splitter s;
    struct ht_h2_piece piece;
    ht_h2_splitter_init(&s, false);
    assert_int_equal(ht_h2_split(&s, in, &piece), 15);
    assert_ptr_equal(piece.bytes.data, in.data);
    assert_int_equal(ht_h2_split(&s, ht_span_head(ht_span_from(in, 15), 11), &piece), 11);
    assert_ptr_equal(piece.bytes.data, in.data + 24);
    assert_int_equal(piece.bytes.len, 2);
    assert_true(piece.begin && !piece.end);
    assert_null(s.buffer);
    ht_h2_splitter_clear(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whole_input),
        cmocka_unit_test(every_split_point),
        cmocka_unit_test(portions_of_every_size),
        cmocka_unit_test(client_preface),
        cmocka_unit_test(what_is_not_http2),
        cmocka_unit_test(long_frames_are_cut),
        cmocka_unit_test(whole_frames_and_data_are_borrowed),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
