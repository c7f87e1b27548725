/* SPDX-License-Identifier: MIT */
/* HTTP/2 from bytes to exchanges: streams, trailers, resets, pushes, windows, the upgrade from HTTP/1. */
#include "unit.h"

#include "trace/feed.h"
#include "trace/look.h"

static const char preface[] = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
static const uint8_t settings[] = {0, 0, 6, 4, 0, 0, 0, 0, 0, 0, 4, 0, 0, 0x10, 0};
static const uint8_t settings_ack[] = {0, 0, 0, 4, 1, 0, 0, 0, 0};
static const uint8_t get_root[] = {0,    0,    14,  1,   5,   0,   0,   0,   1,   0x82, 0x84, 0x86,
                                   0x41, 0x09, 'l', 'o', 'c', 'a', 'l', 'h', 'o', 's',  't'};
static const uint8_t status_200[] = {0, 0, 1, 1, 4, 0, 0, 0, 1, 0x88};

static void check_h2(struct feed *f, const struct ht_transfer *t)
{
    const struct ht_exchange *x = t->exchanges;
    const struct ht_h2 *h2 = x->connection->h2;
    (void)f;
    assert_int_equal(x->response.status, 200);
    assert_int_equal(x->stream, 1);
    assert_int_equal(x->response.framing, HT_FRAMING_H2);
    assert_int_equal(x->response.body_bytes, 5000);
    assert_true(x->response.complete && x->request.complete);
    assert_int_equal(h2->frames[HT_DIR_IN][0], 50);
    assert_int_equal(h2->settings_count[HT_DIR_OUT], 1);
    assert_true(h2->settings_acked[HT_DIR_OUT]);
    assert_int_equal(h2->frames[HT_DIR_OUT][1], 1);
    look_phases(x);
    /* 4096 was the window: it is used up by the 41st frame, until an update comes. */
    assert_int_equal(h2->stall_count, 1);
    assert_int_equal(h2->stalls->stream, 1);
    assert_true(h2->stalls->end_us > h2->stalls->start_us);
    /* One run up to there and one after; a read that ends within the 41st frame makes a third. */
    assert_true(look_count(t, "body") >= 2 && look_count(t, "body") <= 3);
}

static void feed_data(struct feed *f, int frames, bool last)
{
    uint8_t frame[109] = {0, 0, 100, 0, 0, 0, 0, 0, 1};
    for (int i = 0; i < frames; i++) {
        frame[4] = last && i == frames - 1;
        feed_bytes(f, 0, 0, HT_DIR_IN, frame, sizeof frame);
    }
}

static void test_h2(void **state)
{
    static const uint8_t update[] = {0, 0, 4, 8, 0, 0, 0, 0, 1, 0, 0, 0x40, 0};
    (void)state;
    /* The protocol is told by the first three bytes: no client sends fewer at first. */
    for (size_t split = 3; split < 24; split++) {
        struct feed f = {.split = split};
        feed_begin(&f, check_h2);
        feed_connected(&f);
        feed_stream(&f, 0, 0, 1);
        feed_bytes(&f, 0, 0, HT_DIR_OUT, preface, sizeof preface - 1);
        feed_bytes(&f, 0, 0, HT_DIR_OUT, settings, sizeof settings);
        feed_bytes(&f, 0, 0, HT_DIR_OUT, get_root, sizeof get_root);
        feed_bytes(&f, 0, 0, HT_DIR_IN, settings, sizeof settings);
        feed_bytes(&f, 0, 0, HT_DIR_IN, settings_ack, sizeof settings_ack);
        feed_bytes(&f, 0, 0, HT_DIR_IN, status_200, sizeof status_200);
        feed_data(&f, 41, false);
        feed_bytes(&f, 0, 0, HT_DIR_OUT, update, sizeof update);
        feed_data(&f, 9, true);
        feed_done(&f, 0, 0);
        feed_close(&f, 0, true, false);
        feed_end(&f);
        assert_int_equal(f.ended, 1);
    }
}

static void begin_h2(struct feed *f, void (*check)(struct feed *, const struct ht_transfer *))
{
    feed_begin(f, check);
    feed_connected(f);
    feed_stream(f, 0, 0, 1);
    feed_h2_begin(f, 0, 0);
    feed_h2_get(f, 0, 0, 1);
}

static void end_h2(struct feed *f, int code)
{
    feed_close(f, 0, true, false);
    feed_done(f, 0, code);
    feed_end(f);
    assert_true(f->ended > 0);
}

static void check_trailers(struct feed *f, const struct ht_transfer *t)
{
    const struct ht_response *r = &t->exchanges->response;
    (void)f;
    assert_int_equal(r->status, 200);
    assert_int_equal(r->body_bytes, 3);
    assert_int_equal(r->trailers.count, 1);
    look_span(r->trailers.at[0].name, "a");
    assert_true(r->complete);
}

static void test_trailers(void **state)
{
    static const uint8_t block[] = {0x40, 1, 'a', 1, 'b'};
    (void)state;
    struct feed f = {0};
    begin_h2(&f, check_trailers);
    feed_h2_ok(&f, 0, 0, 1, false);
    feed_h2(&f, 0, 0, HT_DIR_IN, 0, 0, 1, "abc", 3);
    feed_h2(&f, 0, 0, HT_DIR_IN, 1, 5, 1, block, sizeof block);
    end_h2(&f, 0);
}

static void check_late_end(struct feed *f, const struct ht_transfer *t)
{
    const struct ht_response *r = &t->exchanges->response;
    (void)f;
    assert_int_equal(r->content_length, 3);
    assert_int_equal(r->complete, t->curl_code == 0 && r->body_bytes == 3);
}

/* libcurl is done with the last byte of Content-Length, before END_STREAM. */
static void test_whole_by_its_length(void **state)
{
    static const uint8_t block[] = {0x88, 0x5c, 1, '3'};
    (void)state;
    for (size_t len = 2; len <= 3; len++) {
        struct feed f = {0};
        begin_h2(&f, check_late_end);
        feed_h2(&f, 0, 0, HT_DIR_IN, 1, 4, 1, block, sizeof block);
        feed_h2(&f, 0, 0, HT_DIR_IN, 0, 0, 1, "abc", len);
        end_h2(&f, len == 3 ? 0 : 18);
    }
}

static void check_push(struct feed *f, const struct ht_transfer *t)
{
    const struct ht_exchange *x = t->exchanges;
    (void)f;
    assert_int_equal(x->response.status, 200);
    assert_int_equal(x->response.body_bytes, 0);
    assert_int_equal(x->connection->h2->frames[HT_DIR_IN][0], 1);
    assert_int_equal(look_count(t, "PUSH_PROMISE"), 1);
}

static void test_pushed_stream_is_nobodys(void **state)
{
    static const uint8_t promise[] = {0, 0, 0, 2, 0x82, 0x84, 0x86};
    (void)state;
    struct feed f = {0};
    begin_h2(&f, check_push);
    feed_h2(&f, 0, 0, HT_DIR_IN, 5, 4, 1, promise, sizeof promise);
    feed_h2(&f, 0, 0, HT_DIR_IN, 1, 4, 2, "\x8d", 1);
    feed_h2(&f, 0, 0, HT_DIR_IN, 0, 1, 2, "pushed", 6);
    feed_h2_ok(&f, 0, 0, 1, true);
    end_h2(&f, 0);
}

static void check_reset_first(struct feed *f, const struct ht_transfer *t)
{
    const struct ht_exchange *x = t->exchanges;
    (void)f;
    assert_int_equal(x->reset_code, 7);
    assert_int_equal(x->reset_dir, HT_DIR_IN);
    assert_int_equal(x->response.status, 0);
    look_outcomes(x, "ooossofs");
}

static void check_reset_after(struct feed *f, const struct ht_transfer *t)
{
    const struct ht_exchange *x = t->exchanges;
    (void)f;
    assert_int_equal(x->reset_code, 2);
    assert_int_equal(x->response.status, 200);
    assert_int_equal(x->response.body_bytes, 3);
    assert_false(x->response.complete);
    look_outcomes(x, "ooossoof");
}

static void test_rst_stream(void **state)
{
    static const uint8_t refused[] = {0, 0, 0, 7}, internal[] = {0, 0, 0, 2};
    (void)state;
    struct feed before = {0}, after = {0};
    begin_h2(&before, check_reset_first);
    feed_h2(&before, 0, 0, HT_DIR_IN, 3, 0, 1, refused, 4);
    end_h2(&before, 92);
    begin_h2(&after, check_reset_after);
    feed_h2_ok(&after, 0, 0, 1, false);
    feed_h2(&after, 0, 0, HT_DIR_IN, 0, 0, 1, "abc", 3);
    feed_h2(&after, 0, 0, HT_DIR_IN, 3, 0, 1, internal, 4);
    end_h2(&after, 92);
}

static void check_no_end(struct feed *f, const struct ht_transfer *t)
{
    const struct ht_exchange *x = t->exchanges;
    (void)f;
    assert_int_equal(x->reset_code, -1);
    assert_false(x->connection->h2->goaway[HT_DIR_IN].seen);
    assert_true(look_event(t, "RST_STREAM", 0)->malformed);
    assert_true(look_event(t, "GOAWAY", 0)->malformed);
}

static void test_frames_too_small_for_their_codes(void **state)
{
    static const uint8_t zeros[7];
    struct feed f = {0};
    (void)state;
    begin_h2(&f, check_no_end);
    feed_h2(&f, 0, 0, HT_DIR_IN, 3, 0, 1, zeros, 3);
    feed_h2(&f, 0, 0, HT_DIR_IN, 7, 0, 0, zeros, 7);
    end_h2(&f, 16);
}

static void check_goaway(struct feed *f, const struct ht_transfer *t)
{
    const struct ht_h2_goaway *g = &t->exchanges->connection->h2->goaway[HT_DIR_IN];
    (void)f;
    assert_true(g->seen);
    assert_int_equal(g->last_stream, 1);
    assert_int_equal(g->code, 11);
    look_span(g->debug, "calm");
}

static void test_goaway(void **state)
{
    static const uint8_t goaway[] = {0, 0, 0, 1, 0, 0, 0, 11, 'c', 'a', 'l', 'm'};
    (void)state;
    struct feed f = {0};
    begin_h2(&f, check_goaway);
    feed_h2(&f, 0, 0, HT_DIR_IN, 7, 0, 0, goaway, sizeof goaway);
    end_h2(&f, 92);
}

static void check_two_streams(struct feed *f, const struct ht_transfer *t)
{
    const struct ht_exchange *x = t->exchanges;
    assert_int_equal(x->stream, t->id == 0 ? 1 : 3);
    assert_int_equal(x->response.body_bytes, t->id == 0 ? 20 : 6);
    look_span(x->response.body_head, t->id == 0 ? "aaaaaaaaaaaaaaaaaaaa" : "bbbbbb");
    assert_true(x->request.complete && x->response.complete);
    assert_int_equal(x->reused, t->id == 1);
    assert_int_equal(look_count(t, "body"), 1);
    look_phases(x);
    assert_true(f->ended <= 2);
}

static void test_two_transfers_on_one_connection(void **state)
{
    (void)state;
    for (size_t split = 0; split < 30; split += split ? 1 : 3) {
        struct feed f = {.split = split};
        begin_h2(&f, check_two_streams);
        feed_transfer(&f, 1, "http://example.com/b", "");
        feed_prereq(&f, 1, 0);
        feed_stream(&f, 1, 0, 3);
        feed_h2_get(&f, 0, 0, 3);
        feed_h2_ok(&f, 0, 0, 3, false);
        feed_h2_ok(&f, 0, 0, 1, false);
        feed_h2(&f, 0, 0, HT_DIR_IN, 0, 0, 1, "aaaaaaaaaa", 10);
        feed_h2(&f, 0, 0, HT_DIR_IN, 0, 0, 3, "bbb", 3);
        feed_h2(&f, 0, 0, HT_DIR_IN, 0, 1, 1, "aaaaaaaaaa", 10);
        feed_h2(&f, 0, 0, HT_DIR_IN, 0, 1, 3, "bbb", 3);
        feed_done(&f, 1, 0);
        end_h2(&f, 0);
        assert_int_equal(f.ended, 2);
    }
}

static void check_h2c(struct feed *f, const struct ht_transfer *t)
{
    const struct ht_exchange *x = t->exchanges;
    (void)f;
    assert_int_equal(x->response.status, 200);
    assert_int_equal(x->response.informational->status, 101);
    assert_int_equal(x->response.framing, HT_FRAMING_H2);
    assert_int_equal(x->response.body_bytes, 4);
    assert_true(x->connection->h2->upgraded && x->response.complete && x->request.complete);
    assert_int_equal(x->stream, 1);
}

static void test_upgrade_from_http_1(void **state)
{
    (void)state;
    for (size_t split = 0; split < 30; split += split ? 1 : 3) {
        struct feed f = {.split = split};
        feed_begin(&f, check_h2c);
        feed_connected(&f);
        feed_text(&f, 0, 0, HT_DIR_OUT, "GET / HTTP/1.1\r\nHost: h\r\nUpgrade: h2c\r\n\r\n");
        feed_text(&f, 0, 0, HT_DIR_IN, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\n\r\n");
        feed_h2_begin(&f, 0, 0);
        feed_h2_ok(&f, 0, 0, 1, false);
        feed_h2(&f, 0, 0, HT_DIR_IN, 0, 1, 1, "body", 4);
        feed_done(&f, 0, 0);
        feed_end(&f);
        assert_int_equal(f.ended, 1);
    }
}

/* Streams share the connection's window: it is used up by both, and the stall has the time of the last byte.
 */
static void check_shared_window(struct feed *f, const struct ht_transfer *t)
{
    const struct ht_h2 *h2 = t->exchanges->connection->h2;
    (void)f;
    assert_int_equal(h2->stall_count, 4); /* the connection and stream 3, then the connection and stream 1 */
    for (const struct ht_h2_stall *s = h2->stalls; s; s = s->next)
        assert_true(s->end_us < 0 || s->end_us > s->start_us);
}

static void test_connection_window(void **state)
{
    static uint8_t big[16384];
    static const uint8_t more[] = {0, 1, 0, 0};
    (void)state;
    struct feed f = {0};
    begin_h2(&f, check_shared_window);
    feed_h2_ok(&f, 0, 0, 1, false);
    feed_h2_get(&f, 0, 0, 3);
    feed_h2_ok(&f, 0, 0, 3, false);
    feed_h2(&f, 0, 0, HT_DIR_IN, 0, 0, 1, big, 16000);
    for (int i = 0; i < 4; i++)
        feed_h2(&f, 0, 0, HT_DIR_IN, 0, 0, 3, big, 16384 - (i == 3));
    feed_h2(&f, 0, 0, HT_DIR_OUT, 8, 0, 0, more, 4);
    feed_h2(&f, 0, 0, HT_DIR_OUT, 8, 0, 3, more, 4);
    for (int i = 0; i < 4; i++)
        feed_h2(&f, 0, 0, HT_DIR_IN, 0, 0, 1, big, 12384);
    end_h2(&f, 18);
}

static void check_half_a_frame(struct feed *f, const struct ht_transfer *t)
{
    const struct ht_connection *c = t->exchanges->connection;
    (void)f;
    assert_int_equal(look_count(t, "opaque"), 1);
    assert_int_equal(look_event(t, "opaque", 0)->size, 12);
    assert_int_equal(c->wire_bytes[HT_DIR_IN], 9 + 12);
}

static void test_frame_that_is_cut(void **state)
{
    static const uint8_t half[] = {0, 0, 8, 7, 0, 0, 0, 0, 0, 0, 0, 0};
    (void)state;
    struct feed f = {0};
    begin_h2(&f, check_half_a_frame);
    feed_bytes(&f, 0, 0, HT_DIR_IN, half, sizeof half);
    end_h2(&f, 92);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_h2),
        cmocka_unit_test(test_trailers),
        cmocka_unit_test(test_whole_by_its_length),
        cmocka_unit_test(test_pushed_stream_is_nobodys),
        cmocka_unit_test(test_rst_stream),
        cmocka_unit_test(test_frames_too_small_for_their_codes),
        cmocka_unit_test(test_goaway),
        cmocka_unit_test(test_two_transfers_on_one_connection),
        cmocka_unit_test(test_upgrade_from_http_1),
        cmocka_unit_test(test_connection_window),
        cmocka_unit_test(test_frame_that_is_cut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
