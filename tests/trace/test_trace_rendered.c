/* SPDX-License-Identifier: MIT */
/* HTTP/2 as libcurl renders it: messages without frames, and no word on their grammar. */
#include "unit.h"

#include "trace/feed.h"
#include "trace/look.h"

static void feed_head(struct feed *f, int32_t transfer, enum ht_dir dir, const char *text)
{
    struct ht_raw raw = feed_raw(f, HT_RAW_UNIT, 0, transfer);
    raw.dir = dir;
    raw.level = 1;
    raw.rendered = true;
    raw.bytes = ht_span_str(text);
    raw.u.unit.unit = HT_UNIT_H1_HEAD;
    ht_tracer_take(f->tracer, &raw);
}

static void feed_body(struct feed *f, int32_t transfer, enum ht_dir dir, const char *text)
{
    struct ht_raw raw = feed_raw(f, HT_RAW_BYTES, 0, transfer);
    raw.dir = dir;
    raw.level = 1;
    raw.rendered = true;
    raw.bytes = ht_span_str(text);
    ht_tracer_take(f->tracer, &raw);
}

static void begin(struct feed *f, void (*check)(struct feed *, const struct ht_transfer *))
{
    *f = (struct feed){0};
    feed_begin(f, check);
    feed_connected(f);
}

static void finish(struct feed *f, int code)
{
    feed_done(f, 0, code);
    feed_close(f, 0, false, false);
    feed_end(f);
    assert_int_equal(f->ended, 1);
}

static void check_answer(struct feed *f, const struct ht_transfer *t)
{
    const struct ht_exchange *x = t->exchanges;
    (void)f;
    assert_int_equal(x->request.version, HT_HTTP_2);
    assert_int_equal(x->connection->version, HT_HTTP_2);
    assert_true(ht_span_eq_str(x->request.target, "/a?HTTP/1"));
    assert_int_equal(x->response.version, HT_HTTP_2);
    assert_int_equal(x->response.status, 200);
    assert_int_equal(x->response.framing, HT_FRAMING_H2);
    assert_int_equal(x->response.informational_count, 1);
    assert_int_equal(x->response.body_bytes, 6);
    assert_true(ht_span_eq_str(x->response.body_head, "abcdef"));
    assert_int_equal(x->response.complete, t->curl_code == 0);
    assert_true(x->request.complete);
    assert_false(look_event(t, "request", 0)->malformed);
    assert_false(look_event(t, "response", 0)->malformed);
    assert_null(x->connection->h2);
    assert_int_equal(look_count(t, "body"), 1);
}

static void answer_of_unknown_length(int code)
{
    struct feed f;
    begin(&f, check_answer);
    feed_head(&f, 0, HT_DIR_OUT, "GET /a?HTTP/1 HTTP/2\r\nHost: example.com\r\n\r\n");
    feed_head(&f, 0, HT_DIR_IN, "HTTP/2 103 \r\nlink: </s>\r\n\r\n");
    feed_head(&f, 0, HT_DIR_IN, "HTTP/2 200 \r\nserver: x\r\n\r\n");
    feed_body(&f, 0, HT_DIR_IN, "abc");
    feed_body(&f, 0, HT_DIR_IN, "def");
    finish(&f, code);
}

/* That it is whole nobody knows but libcurl. */
static void test_answer(void **state)
{
    (void)state;
    answer_of_unknown_length(0);
    answer_of_unknown_length(56);
}

static void check_lengths(struct feed *f, const struct ht_transfer *t)
{
    const struct ht_exchange *x = t->exchanges;
    (void)f;
    assert_int_equal(x->request.body_bytes, 4);
    assert_true(x->request.complete);
    assert_int_equal(x->response.version, HT_HTTP_3);
    assert_int_equal(x->response.content_length, 3);
    assert_true(x->response.complete);
}

static void test_lengths_end_messages(void **state)
{
    struct feed f;
    (void)state;
    begin(&f, check_lengths);
    feed_head(&f, 0, HT_DIR_OUT, "POST / HTTP/3\r\ncontent-length: 4\r\n\r\n");
    feed_body(&f, 0, HT_DIR_OUT, "body");
    feed_head(&f, 0, HT_DIR_IN, "HTTP/3 200 \r\ncontent-length: 3\r\n\r\n");
    feed_body(&f, 0, HT_DIR_IN, "abc");
    finish(&f, 56);
}

static void check_nothing(struct feed *f, const struct ht_transfer *t)
{
    (void)f;
    assert_int_equal(t->exchanges->response.body_bytes, 0);
}

/* A record may say anything. */
static void test_nonsense_is_survived(void **state)
{
    static const char *const heads[] = {
        "", "\r", "HTTP/", "HTTP/2", "HTTP/2\r\n", "GET HTTP/\r\n", "\r\n\r\n", "x HTTP/2"};
    struct feed f;
    (void)state;
    begin(&f, check_nothing);
    for (size_t i = 0; i < sizeof heads / sizeof *heads; i++) {
        feed_head(&f, 0, HT_DIR_IN, heads[i]);
        feed_head(&f, 0, HT_DIR_OUT, heads[i]);
        feed_head(&f, 7, HT_DIR_IN, heads[i]); /* no such transfer */
    }
    feed_body(&f, 7, HT_DIR_IN, "nobody's");
    finish(&f, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_answer),
        cmocka_unit_test(test_lengths_end_messages),
        cmocka_unit_test(test_nonsense_is_survived),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
