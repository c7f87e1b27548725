/* SPDX-License-Identifier: MIT */
/* HTTP/1 from bytes to exchanges: heads, bodies by length, chunks and close, and what breaks off. */
#include "unit.h"

#include "trace/feed.h"
#include "trace/look.h"

static void check_h1(struct feed *f, const struct ht_transfer *t)
{
    const struct ht_exchange *x = t->exchanges;
    (void)f;
    assert_null(x->next);
    assert_int_equal(x->response.status, 200);
    assert_int_equal(x->response.body_bytes, 5);
    assert_int_equal(x->response.framing, HT_FRAMING_CONTENT_LENGTH);
    assert_true(x->response.complete);
    assert_true(x->request.complete);
    assert_int_equal(x->response.informational_count, 1);
    assert_int_equal(x->response.informational->status, 103);
    look_span(x->response.body_head, "hello");
    look_span(x->request.target, "/a?b");
    assert_int_equal(x->connection->resolve.addresses.count, 2);
    look_span(x->connection->remote, "192.0.2.1:80");
    look_span(x->connection->local, "192.0.2.7:51234");
    look_phases(x);
    look_outcomes(x, "ooossooo");
    assert_int_equal(look_count(t, "body"), 1);
    assert_int_equal(x->connection->wire_bytes[HT_DIR_OUT], 46);
}

static void run_h1(struct feed *f)
{
    feed_begin(f, check_h1);
    feed_connected(f);
    feed_text(f, 0, 0, HT_DIR_OUT, "GET /a?b HTTP/1.1\r\nHost: example.com\r\nA: b\r\n\r\n");
    feed_text(f, 0, 0, HT_DIR_IN,
              "HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n");
    feed_text(f, 0, 0, HT_DIR_IN, "hello");
    feed_done(f, 0, 0);
    feed_close(f, 0, false, false);
    assert_int_equal(f->ended, 1);
    feed_end(f);
}

static void test_h1(void **state)
{
    (void)state;
    struct feed whole = {0};
    run_h1(&whole);
    for (size_t split = 1; split < 40; split++) {
        struct feed parts = {.split = split};
        run_h1(&parts);
        assert_int_equal(parts.units, whole.units);
    }
}

static void check_chunked(struct feed *f, const struct ht_transfer *t)
{
    const struct ht_response *r = &t->exchanges->response;
    (void)f;
    assert_int_equal(r->framing, HT_FRAMING_CHUNKED);
    assert_int_equal(r->body_bytes, 11);
    assert_true(r->complete);
    assert_int_equal(r->trailers.count, 1);
    look_span(r->trailers.at[0].value, "yes");
    assert_int_equal(look_count(t, "chunk"), 2); /* the one with an extension and the last one */
}

static void test_h1_chunked(void **state)
{
    (void)state;
    for (size_t split = 0; split < 60; split++) {
        struct feed f = {.split = split};
        feed_begin(&f, check_chunked);
        feed_connected(&f);
        feed_text(&f, 0, 0, HT_DIR_OUT, "GET /a?b HTTP/1.1\r\nHost: example.com\r\n\r\n");
        feed_text(&f, 0, 0, HT_DIR_IN,
                  "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6;a=b\r\n "
                  "world\r\n0\r\nDone: yes\r\n\r\n");
        feed_done(&f, 0, 0);
        feed_end(&f);
        assert_int_equal(f.ended, 1);
    }
}

/* Small chunks fold into one run: events do not grow with the body. */
static void check_many_chunks(struct feed *f, const struct ht_transfer *t)
{
    (void)f;
    assert_int_equal(look_count(t, "body"), 1);
    assert_int_equal(t->exchanges->response.body_bytes, 50000);
}

static void test_h1_many_chunks(void **state)
{
    (void)state;
    struct feed f = {0};
    feed_begin(&f, check_many_chunks);
    feed_connected(&f);
    feed_text(&f, 0, 0, HT_DIR_OUT, "GET /a?b HTTP/1.1\r\nHost: example.com\r\n\r\n");
    feed_text(&f, 0, 0, HT_DIR_IN, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
    for (int i = 0; i < 10000; i++)
        feed_text(&f, 0, 0, HT_DIR_IN, "5\r\nhello\r\n");
    feed_text(&f, 0, 0, HT_DIR_IN, "0\r\n\r\n");
    feed_done(&f, 0, 0);
    feed_end(&f);
}

static const char get[] = "GET /a?b HTTP/1.1\r\nHost: example.com\r\n\r\n";

/* One exchange over one connection: `answer` in pieces of `split`, the close, the end with libcurl's code. */
static void run_answer(void (*check)(struct feed *, const struct ht_transfer *), const char *request,
                       const char *answer, bool reset, int code)
{
    for (size_t split = 0; split < 50; split++) {
        struct feed f = {.split = split};
        feed_begin(&f, check);
        feed_connected(&f);
        feed_text(&f, 0, 0, HT_DIR_OUT, request);
        feed_text(&f, 0, 0, HT_DIR_IN, answer);
        feed_close(&f, 0, !reset, reset);
        feed_done(&f, 0, code);
        feed_end(&f);
        assert_int_equal(f.ended, 1);
    }
}

static void check_continue(struct feed *f, const struct ht_transfer *t)
{
    const struct ht_exchange *x = t->exchanges;
    (void)f;
    assert_int_equal(x->response.informational_count, 1);
    assert_int_equal(x->response.status, 201);
    assert_true(x->request.complete && x->response.complete);
    assert_int_equal(x->request.body_bytes, 4);
    assert_true(x->request.last_us > x->response.informational->t_us);
    look_outcomes(x, "ooossooo");
}

static void test_100_continue(void **state)
{
    (void)state;
    struct feed f = {0};
    feed_begin(&f, check_continue);
    feed_connected(&f);
    feed_text(&f, 0, 0, HT_DIR_OUT, "PUT / HTTP/1.1\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n");
    feed_text(&f, 0, 0, HT_DIR_IN, "HTTP/1.1 100 Continue\r\n\r\n");
    feed_text(&f, 0, 0, HT_DIR_OUT, "body");
    feed_text(&f, 0, 0, HT_DIR_IN, "HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n");
    feed_done(&f, 0, 0);
    feed_end(&f);
}

static void check_early_answer(struct feed *f, const struct ht_transfer *t)
{
    const struct ht_exchange *x = t->exchanges;
    (void)f;
    assert_int_equal(x->response.status, 413);
    assert_false(x->request.complete);
    assert_true(x->response.complete);
    assert_int_equal(x->request.body_bytes, 4);
    look_phases(x);
    assert_int_equal(x->phases[HT_PHASE_WAIT].duration_us, 0);
}

static void test_answer_before_the_request_is_whole(void **state)
{
    (void)state;
    run_answer(check_early_answer, "PUT / HTTP/1.1\r\nContent-Length: 400\r\n\r\nbody",
               "HTTP/1.1 413 Too Large\r\nContent-Length: 3\r\n\r\nbig", false, 0);
}

static void check_no_body(struct feed *f, const struct ht_transfer *t)
{
    const struct ht_response *r = &t->exchanges->response;
    (void)f;
    assert_true(r->complete);
    assert_int_equal(r->framing, HT_FRAMING_NONE);
    assert_int_equal(r->body_bytes, 0);
    assert_int_equal(look_count(t, "body"), 0);
}

static void test_answers_without_a_body(void **state)
{
    (void)state;
    run_answer(check_no_body, "HEAD / HTTP/1.1\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n",
               false, 0);
    run_answer(check_no_body, get, "HTTP/1.1 204 No Content\r\n\r\n", false, 0);
    run_answer(check_no_body, get, "HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n", false, 0);
}

static void check_cut(struct feed *f, const struct ht_transfer *t)
{
    const struct ht_exchange *x = t->exchanges;
    (void)f;
    assert_false(x->response.complete);
    assert_int_equal(x->response.status, 200);
    assert_int_equal(x->response.body_bytes, 4);
    assert_true(x->failed);
    look_outcomes(x, "ooossoof");
}

static void test_bodies_that_are_cut(void **state)
{
    (void)state;
    run_answer(check_cut, get, "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nbody", false, 18);
    run_answer(check_cut, get, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nbody", false, 18);
    run_answer(check_cut, get, "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nbody", true, 56);
}

static void check_to_close(struct feed *f, const struct ht_transfer *t)
{
    (void)f;
    assert_int_equal(t->exchanges->response.framing, HT_FRAMING_CLOSE);
    assert_true(t->exchanges->response.complete);
}

static void check_reset(struct feed *f, const struct ht_transfer *t)
{
    (void)f;
    assert_false(t->exchanges->response.complete);
}

static void test_body_to_the_close(void **state)
{
    (void)state;
    run_answer(check_to_close, get, "HTTP/1.1 200 OK\r\n\r\nbody", false, 0);
    run_answer(check_reset, get, "HTTP/1.1 200 OK\r\n\r\nbody", true, 0);
}

/* A head that never became whole is told, with the time of its first byte. */
static void check_half_a_head(struct feed *f, const struct ht_transfer *t)
{
    const struct ht_exchange *x = t->exchanges;
    const struct ht_event *event = look_event(t, "opaque", 0);
    (void)f;
    assert_non_null(event);
    assert_int_equal(event->size, 26);
    assert_true(x->response.first_us >= 0);
    assert_int_equal(x->response.first_us, event->t_us);
    assert_int_equal(x->response.status, 0);
    assert_int_equal(x->connection->wire_bytes[HT_DIR_IN], 26);
    look_outcomes(x, "ooossoof");
}

static void test_head_that_is_cut(void **state)
{
    (void)state;
    run_answer(check_half_a_head, get, "HTTP/1.1 200 OK\r\nContent-L", true, 56);
}

static void check_banner(struct feed *f, const struct ht_transfer *t)
{
    const struct ht_exchange *x = t->exchanges;
    (void)f;
    assert_int_equal(look_count(t, "opaque"), 1);
    assert_int_equal(x->response.first_us, -1);
    assert_int_equal(x->connection->wire_bytes[HT_DIR_IN], 19);
    look_outcomes(x, "ooossofs");
}

static void test_answer_that_is_no_http(void **state)
{
    (void)state;
    run_answer(check_banner, get, "SSH-2.0-OpenSSH_9\r\n", false, 1);
}

static void check_server_first(struct feed *f, const struct ht_transfer *t)
{
    const struct ht_exchange *x = t->exchanges;
    (void)f;
    assert_int_equal(look_count(t, "opaque"), 1);
    assert_int_equal(look_count(t, "request"), 1);
    assert_int_equal(x->response.status, 400);
}

static void test_server_speaks_first(void **state)
{
    (void)state;
    struct feed f = {0};
    feed_begin(&f, check_server_first);
    feed_connected(&f);
    feed_text(&f, 0, 0, HT_DIR_IN, "220 mail.example ESMTP\r\n");
    feed_text(&f, 0, 0, HT_DIR_OUT, get);
    feed_text(&f, 0, 0, HT_DIR_IN, "HTTP/1.1 400 Bad Request\r\n\r\n");
    feed_close(&f, 0, true, false);
    feed_done(&f, 0, 0);
    feed_end(&f);
}

/* What follows an answer that is whole belongs to nobody. */
static void check_leftovers(struct feed *f, const struct ht_transfer *t)
{
    const struct ht_exchange *x = t->exchanges;
    (void)f;
    assert_int_equal(x->response.status, 200);
    assert_int_equal(x->response.body_bytes, 2);
    assert_int_equal(look_count(t, "response"), 2);
    assert_true(look_event(t, "response", 1)->malformed);
}

static void test_leftovers(void **state)
{
    (void)state;
    run_answer(
        check_leftovers, get,
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 500 Oops\r\nContent-Length: 3\r\n\r\nbad",
        false, 0);
}

static void check_websocket(struct feed *f, const struct ht_transfer *t)
{
    const struct ht_response *r = &t->exchanges->response;
    (void)f;
    assert_int_equal(r->status, 101);
    assert_int_equal(r->framing, HT_FRAMING_UPGRADE);
    assert_true(r->complete);
    assert_int_equal(look_count(t, "request"), 1);
    assert_int_equal(look_count(t, "opaque"), 2);
    assert_int_equal(t->exchanges->connection->wire_bytes[HT_DIR_OUT], 47 + 14);
}

static void test_upgrade_to_websocket(void **state)
{
    (void)state;
    struct feed f = {0};
    feed_begin(&f, check_websocket);
    feed_connected(&f);
    feed_text(&f, 0, 0, HT_DIR_OUT, "GET / HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\n\r\n");
    feed_text(&f, 0, 0, HT_DIR_IN, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n\x81\x01z");
    feed_text(&f, 0, 0, HT_DIR_OUT, "\x81\x81gets PRI * z");
    feed_close(&f, 0, true, false);
    feed_done(&f, 0, 0);
    feed_end(&f);
}

/* Every byte of a socket is counted once, in whatever pieces it came. */
static void check_counted(struct feed *f, const struct ht_transfer *t)
{
    const struct ht_connection *c = t->exchanges->connection;
    (void)f;
    assert_int_equal(c->wire_bytes[HT_DIR_OUT], 40);
    assert_int_equal(c->wire_bytes[HT_DIR_IN], 89);
    assert_true(c->last_in_us > c->last_out_us && c->last_out_us >= 0);
}

static void test_every_byte_counts(void **state)
{
    (void)state;
    run_answer(
        check_counted, get,
        "\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6;a=b\r\n world\r\n0\r\nA: "
        "b\r\n\r\nleft",
        true, 56);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_h1),
        cmocka_unit_test(test_h1_chunked),
        cmocka_unit_test(test_h1_many_chunks),
        cmocka_unit_test(test_100_continue),
        cmocka_unit_test(test_answer_before_the_request_is_whole),
        cmocka_unit_test(test_answers_without_a_body),
        cmocka_unit_test(test_bodies_that_are_cut),
        cmocka_unit_test(test_body_to_the_close),
        cmocka_unit_test(test_head_that_is_cut),
        cmocka_unit_test(test_answer_that_is_no_http),
        cmocka_unit_test(test_server_speaks_first),
        cmocka_unit_test(test_leftovers),
        cmocka_unit_test(test_upgrade_to_websocket),
        cmocka_unit_test(test_every_byte_counts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
