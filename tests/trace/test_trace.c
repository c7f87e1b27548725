/* SPDX-License-Identifier: MIT */
/* The tracer from raw events to exchanges: HTTP/1, HTTP/2, redirects, reuse, proxies, failures, phases. */
#include "unit.h"

#include "trace/feed.h"

#include <errno.h>
#include <stdlib.h>

static size_t count_kind(const struct ht_transfer *t, const char *kind)
{
    size_t n = 0, found = 0;
    const struct ht_event **list = ht_transfer_timeline(t, &n);
    for (size_t i = 0; i < n; i++)
        found += strcmp(list[i]->kind, kind) == 0;
    free(list);
    return found;
}

/* Contiguous, and adding up to the exchange's duration. */
static void assert_phases(const struct ht_exchange *x)
{
    int64_t at = x->start_us;
    for (int p = 0; p < HT_PHASE_COUNT; p++) {
        assert_int_equal(x->phases[p].start_us, at);
        assert_true(x->phases[p].duration_us >= 0);
        at += x->phases[p].duration_us;
    }
    assert_int_equal(at, x->end_us);
}

static void assert_outcomes(const struct ht_exchange *x, const char *expected)
{
    static const char letters[] = "ofrsp"; /* ok, failed, reused, skipped, pending */
    char got[HT_PHASE_COUNT + 1] = {0};
    for (int p = 0; p < HT_PHASE_COUNT; p++)
        got[p] = letters[x->phases[p].outcome];
    assert_string_equal(got, expected);
}

static void assert_span(struct ht_span span, const char *text)
{
    assert_int_equal(span.len, strlen(text));
    assert_memory_equal(span.data, text, span.len);
}

static void connect_plain(struct feed *f)
{
    feed_transfer(f, 0, "http://example.com/a?b", "");
    feed_resolve(f, 0, "example.com", "192.0.2.1,192.0.2.2");
    feed_open(f, 0, 0, "192.0.2.1", 80);
    feed_connect(f, 0, EINPROGRESS);
    feed_connect(f, 0, 0);
    feed_prereq(f, 0, 0);
}

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
    assert_span(x->response.body_head, "hello");
    assert_span(x->request.target, "/a?b");
    assert_int_equal(x->connection->resolve.addresses.count, 2);
    assert_span(x->connection->remote, "192.0.2.1:80");
    assert_span(x->connection->local, "192.0.2.7:51234");
    assert_phases(x);
    assert_outcomes(x, "ooossooo");
    assert_int_equal(count_kind(t, "body"), 1);
    assert_int_equal(x->connection->wire_bytes[HT_DIR_OUT], 46);
}

static void run_h1(struct feed *f)
{
    feed_begin(f, check_h1);
    connect_plain(f);
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
    assert_span(r->trailers.at[0].value, "yes");
    assert_int_equal(count_kind(t, "chunk"), 2); /* the one with an extension and the last one */
}

static void test_h1_chunked(void **state)
{
    (void)state;
    for (size_t split = 0; split < 60; split++) {
        struct feed f = {.split = split};
        feed_begin(&f, check_chunked);
        connect_plain(&f);
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
    assert_int_equal(count_kind(t, "body"), 1);
    assert_int_equal(t->exchanges->response.body_bytes, 50000);
}

static void test_h1_many_chunks(void **state)
{
    (void)state;
    struct feed f = {0};
    feed_begin(&f, check_many_chunks);
    connect_plain(&f);
    feed_text(&f, 0, 0, HT_DIR_OUT, "GET /a?b HTTP/1.1\r\nHost: example.com\r\n\r\n");
    feed_text(&f, 0, 0, HT_DIR_IN, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
    for (int i = 0; i < 10000; i++)
        feed_text(&f, 0, 0, HT_DIR_IN, "5\r\nhello\r\n");
    feed_text(&f, 0, 0, HT_DIR_IN, "0\r\n\r\n");
    feed_done(&f, 0, 0);
    feed_end(&f);
}

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
    assert_phases(x);
    /* 4096 was the window: it is used up by the 41st frame, until an update comes. */
    assert_int_equal(h2->stall_count, 1);
    assert_int_equal(h2->stalls->stream, 1);
    assert_true(h2->stalls->end_us > h2->stalls->start_us);
    /* One run up to there and one after; a read that ends within the 41st frame makes a third. */
    assert_in_range(count_kind(t, "body"), 2, 3);
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
        connect_plain(&f);
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

static void check_redirect(struct feed *f, const struct ht_transfer *t)
{
    const struct ht_exchange *first = t->exchanges, *second = first->next;
    (void)f;
    assert_non_null(second);
    assert_int_equal(second->cause, HT_CAUSE_REDIRECT);
    assert_span(second->url, "http://example.com/next");
    assert_true(second->reused);
    assert_int_equal(second->start_us, first->end_us);
    assert_ptr_equal(first->connection, second->connection);
    assert_phases(first);
    assert_phases(second);
    assert_outcomes(second, "orrssooo");
}

static void test_redirect_on_same_connection(void **state)
{
    (void)state;
    struct feed f = {0};
    feed_begin(&f, check_redirect);
    connect_plain(&f);
    feed_text(&f, 0, 0, HT_DIR_OUT, "GET /a?b HTTP/1.1\r\nHost: example.com\r\n\r\n");
    feed_text(&f, 0, 0, HT_DIR_IN, "HTTP/1.1 302 Found\r\nLocation: /next\r\nContent-Length: 0\r\n\r\n");
    feed_prereq(&f, 0, 0);
    feed_text(&f, 0, 0, HT_DIR_OUT, "GET /next HTTP/1.1\r\nHost: example.com\r\n\r\n");
    feed_text(&f, 0, 0, HT_DIR_IN, "HTTP/1.1 204 No Content\r\n\r\n");
    feed_done(&f, 0, 0);
    feed_end(&f);
}

static void check_refused(struct feed *f, const struct ht_transfer *t)
{
    const struct ht_exchange *x = t->exchanges;
    (void)f;
    assert_int_equal(x->phase, HT_PHASE_CONNECT);
    assert_outcomes(x, "oofsssss");
    assert_phases(x);
    assert_int_equal(x->connection->attempt_count, 2);
    assert_int_equal(x->connection->attempts->outcome, HT_ATTEMPT_REFUSED);
    assert_int_equal(x->connection->attempts->next->outcome, HT_ATTEMPT_CANCELLED);
    assert_int_equal(t->verdict.status, HT_VERDICT_FAILED);
    assert_int_equal(t->verdict.phase, HT_PHASE_CONNECT);
}

static void test_refused(void **state)
{
    (void)state;
    struct feed f = {0};
    feed_begin(&f, check_refused);
    feed_transfer(&f, 0, "http://example.com/", "");
    feed_resolve(&f, 0, "example.com", "192.0.2.1,192.0.2.2");
    feed_open(&f, 0, 0, "192.0.2.1", 80);
    feed_connect(&f, 0, EINPROGRESS);
    feed_connect(&f, 0, ECONNREFUSED);
    feed_close(&f, 0, false, false);
    feed_open(&f, 0, 1, "192.0.2.2", 80);
    feed_connect(&f, 1, EINPROGRESS);
    feed_close(&f, 1, false, false);
    feed_done(&f, 0, 7);
    feed_end(&f);
}

static void check_tunnel(struct feed *f, const struct ht_transfer *t)
{
    const struct ht_exchange *x = t->exchanges;
    (void)f;
    assert_non_null(x->connection->proxy);
    assert_true(x->connection->proxy->ok && x->connection->proxy->tunnel);
    assert_span(x->connection->proxy->url, "http://proxy.example:3128");
    assert_int_equal(x->connection->proxy->response.status, 200);
    assert_span(x->connection->proxy->request.target, "example.com:80");
    assert_int_equal(x->response.status, 204);
    assert_outcomes(x, "oooosooo");
    assert_phases(x);
}

static void test_tunnel(void **state)
{
    (void)state;
    struct feed f = {0};
    feed_begin(&f, check_tunnel);
    feed_transfer(&f, 0, "http://example.com/", "http://user:pw@proxy.example:3128");
    feed_resolve(&f, 0, "proxy.example", "192.0.2.9");
    feed_open(&f, 0, 0, "192.0.2.9", 3128);
    feed_connect(&f, 0, 0);
    feed_text(&f, 0, 0, HT_DIR_OUT, "CONNECT example.com:80 HTTP/1.1\r\nHost: example.com:80\r\n\r\n");
    feed_text(&f, 0, 0, HT_DIR_IN, "HTTP/1.1 200 Connection established\r\n\r\n");
    feed_prereq(&f, 0, 0);
    feed_text(&f, 0, 0, HT_DIR_OUT, "GET / HTTP/1.1\r\nHost: example.com\r\n\r\n");
    feed_text(&f, 0, 0, HT_DIR_IN, "HTTP/1.1 204 No Content\r\n\r\n");
    feed_done(&f, 0, 0);
    feed_end(&f);
}

static void check_retry(struct feed *f, const struct ht_transfer *t)
{
    (void)f;
    if (t->id != 1)
        return;
    const struct ht_exchange *first = t->exchanges, *second = first->next;
    assert_non_null(second);
    assert_int_equal(second->cause, HT_CAUSE_RETRY);
    assert_true(first->reused && first->failed);
    assert_false(second->reused);
    assert_int_equal(first->connection->end, HT_TCP_RST);
    assert_int_equal(second->response.status, 200);
    assert_phases(first);
    assert_phases(second);
}

/* A kept connection that the server has closed meanwhile: libcurl asks again on a new one. */
static void test_stale_reuse(void **state)
{
    (void)state;
    struct feed f = {0};
    feed_begin(&f, check_retry);
    connect_plain(&f);
    feed_text(&f, 0, 0, HT_DIR_OUT, "GET /a?b HTTP/1.1\r\nHost: example.com\r\n\r\n");
    feed_text(&f, 0, 0, HT_DIR_IN, "HTTP/1.1 204 No Content\r\n\r\n");
    feed_done(&f, 0, 0);
    feed_transfer(&f, 1, "http://example.com/again", "");
    feed_prereq(&f, 1, 0);
    feed_text(&f, 0, 0, HT_DIR_OUT, "GET /again HTTP/1.1\r\nHost: example.com\r\n\r\n");
    feed_close(&f, 0, false, true);
    feed_open(&f, 1, 1, "192.0.2.1", 80);
    feed_connect(&f, 1, 0);
    feed_prereq(&f, 1, 1);
    feed_text(&f, 1, 0, HT_DIR_OUT, "GET /again HTTP/1.1\r\nHost: example.com\r\n\r\n");
    feed_text(&f, 1, 0, HT_DIR_IN, "HTTP/1.1 200 OK\r\n\r\nto the end");
    feed_close(&f, 1, true, false);
    feed_done(&f, 1, 0);
    feed_end(&f);
    assert_int_equal(f.ended, 2);
}

/* What makes no sense is left out: no raw event may need another one before it. */
static void test_events_out_of_nowhere(void **state)
{
    (void)state;
    for (int kind = 0; kind < HT_RAW_KIND_COUNT; kind++) {
        for (int level = 0; level < 5; level++) {
            struct feed f = {0};
            feed_begin(&f, NULL);
            struct ht_raw raw = feed_raw(&f, (enum ht_raw_kind)kind, 7, 9);
            raw.level = (uint8_t)level;
            raw.dir = HT_DIR_IN;
            ht_tracer_take(f.tracer, &raw);
            connect_plain(&f);
            raw.socket = raw.transfer = 0;
            if (kind != HT_RAW_TRANSFER_START)
                ht_tracer_take(f.tracer, &raw);
            feed_done(&f, 0, 0);
            feed_end(&f);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_h1),
        cmocka_unit_test(test_h1_chunked),
        cmocka_unit_test(test_h1_many_chunks),
        cmocka_unit_test(test_h2),
        cmocka_unit_test(test_redirect_on_same_connection),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_tunnel),
        cmocka_unit_test(test_stale_reuse),
        cmocka_unit_test(test_events_out_of_nowhere),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
