/* SPDX-License-Identifier: MIT */
/* Memory stays flat whatever a peer sends, and what matters is not lost behind a flood. */
#include "unit.h"

#include "trace/feed.h"
#include "trace/look.h"

#include <httptrace/caps.h>
#include <stdlib.h>

#define FLOOD 200000
#define HOPS  50u

/* One exchange, or one connection: its arena up to the cap, what one more message may need, and its lists. */
static const size_t bound = HT_CAP_OWNER_BYTES + 3u * HT_CAP_HEADER_PLAIN;

static void look_memory(const struct ht_transfer *t)
{
    assert_true(ht_arena_used(t->exchanges->arena) < bound);
    assert_true(ht_arena_used(t->exchanges->connection->arena) < bound);
    assert_true(t->exchanges->events.count <= HT_CAP_EVENTS);
    assert_true(t->exchanges->connection->events.count <= HT_CAP_EVENTS);
}

/* The answer behind the flood is still known. */
static void check_answered(struct feed *f, const struct ht_transfer *t)
{
    const struct ht_exchange *x = t->exchanges;
    (void)f;
    look_memory(t);
    assert_true(x->events.dropped + x->connection->events.dropped > 0);
    assert_int_equal(x->response.status, 200);
    assert_int_equal(x->response.headers.count, 1);
    assert_true(x->response.complete);
}

static void check_memory(struct feed *f, const struct ht_transfer *t)
{
    (void)f;
    look_memory(t);
}

static void test_informational(void **state)
{
    (void)state;
    struct feed f = {0};
    feed_begin(&f, check_answered);
    feed_connected(&f);
    feed_text(&f, 0, 0, HT_DIR_OUT, "GET /a?b HTTP/1.1\r\nHost: example.com\r\n\r\n");
    for (int i = 0; i < FLOOD; i++)
        feed_text(&f, 0, 0, HT_DIR_IN, "HTTP/1.1 103 Early Hints\r\nLink: </a-style-sheet.css>\r\n\r\n");
    feed_text(&f, 0, 0, HT_DIR_IN, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    feed_done(&f, 0, 0);
    feed_end(&f);
    assert_int_equal(f.ended, 1);
}

/* Few of them, each as large as a head may be. */
static void test_large_informational(void **state)
{
    size_t size = HT_CAP_HEAD_BYTES - 100;
    char *head = ht_malloc(size);
    memset(head, 'x', size);
    memcpy(head, "HTTP/1.1 103 Early Hints\r\nLink: ", 32);
    memcpy(head + size - 4, "\r\n\r\n", 4);
    (void)state;
    struct feed f = {0};
    feed_begin(&f, check_answered);
    feed_connected(&f);
    feed_text(&f, 0, 0, HT_DIR_OUT, "GET /a?b HTTP/1.1\r\nHost: example.com\r\n\r\n");
    for (int i = 0; i < 200; i++)
        feed_bytes(&f, 0, 0, HT_DIR_IN, head, size);
    feed_text(&f, 0, 0, HT_DIR_IN, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    feed_done(&f, 0, 0);
    feed_end(&f);
    free(head);
    assert_int_equal(f.ended, 1);
}

struct flood {
    const char *name;
    uint8_t type, flags;
    uint32_t stream;
    const char *payload;
    size_t len;
};

/* A CONTINUATION needs its HEADERS before it: each flood is of whole frames that may stand alone. */
static const struct flood floods[] = {
    {"SETTINGS", 4, 0, 0, "\0\x6\0\1\0\0", 6},
    {"SETTINGS that change windows", 4, 0, 0, "\0\4\0\0\0\0", 6},
    {"PING", 6, 0, 0, "12345678", 8},
    {"WINDOW_UPDATE of the connection", 8, 0, 0, "\0\0\0\1", 4},
    {"WINDOW_UPDATE of a stream", 8, 0, 1, "\0\0\0\1", 4},
    {"RST_STREAM", 3, 0, 9, "\0\0\0\1", 4},
    {"PRIORITY", 2, 0, 1, "\0\0\0\3\1", 5},
    {"PUSH_PROMISE", 5, 4, 1, "\0\0\0\2\x82\x84\x86", 7},
    {"informational HEADERS", 1, 4, 1,
     "\x48\x03"
     "103",
     5},
    {"empty DATA of nobody's stream", 0, 0, 7, "", 0},
    {"GOAWAY", 7, 0, 0, "\0\0\0\1\0\0\0\0debug", 13},
    {"a type nobody named", 0x42, 0, 0, "12345678", 8},
};

static void run_flood(const struct flood *flood)
{
    struct feed f = {0};
    feed_begin(&f, flood->type ? check_answered : check_memory);
    feed_connected(&f);
    feed_stream(&f, 0, 0, 1);
    feed_h2_begin(&f, 0, 0);
    feed_h2_get(&f, 0, 0, 1);
    for (int i = 0; i < FLOOD / 10; i++)
        feed_h2(&f, 0, 0, HT_DIR_IN, flood->type, flood->flags, flood->stream, flood->payload, flood->len);
    feed_h2_ok(&f, 0, 0, 1, true);
    feed_done(&f, 0, 0);
    feed_end(&f);
    assert_int_equal(f.ended, 1);
}

static void test_h2_frames(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof floods / sizeof *floods; i++) {
        print_message("%s\n", floods[i].name);
        run_flood(&floods[i]);
    }
}

static void test_h2_continuation(void **state)
{
    (void)state;
    struct feed f = {0};
    feed_begin(&f, check_memory);
    feed_connected(&f);
    feed_stream(&f, 0, 0, 1);
    feed_h2_begin(&f, 0, 0);
    feed_h2_get(&f, 0, 0, 1);
    feed_h2(&f, 0, 0, HT_DIR_IN, 1, 0, 1, "\x88", 1);
    for (int i = 0; i < FLOOD; i++)
        feed_h2(&f, 0, 0, HT_DIR_IN, 9, 0, 1, "\x40\1a\1b", 5);
    feed_h2(&f, 0, 0, HT_DIR_IN, 9, 4, 1, "", 0);
    feed_done(&f, 0, 92);
    feed_end(&f);
    assert_int_equal(f.ended, 1);
}

/* Trailers without end: the first are kept. */
static void test_h2_trailers(void **state)
{
    (void)state;
    struct feed f = {0};
    feed_begin(&f, check_memory);
    feed_connected(&f);
    feed_stream(&f, 0, 0, 1);
    feed_h2_begin(&f, 0, 0);
    feed_h2_get(&f, 0, 0, 1);
    feed_h2_ok(&f, 0, 0, 1, false);
    for (int i = 0; i < FLOOD / 10; i++)
        feed_h2(&f, 0, 0, HT_DIR_IN, 1, 4, 1, "\x40\1a\1b", 5);
    feed_done(&f, 0, 92);
    feed_end(&f);
    assert_int_equal(f.ended, 1);
}

static void check_alert(struct feed *f, const struct ht_transfer *t)
{
    const struct ht_tls *tls = t->exchanges->connection->tls;
    (void)f;
    look_memory(t);
    assert_int_equal(tls->handshake.count, HT_CAP_EVENTS);
    assert_non_null(tls->alerts);
    assert_int_equal(tls->alerts->description, 80);
}

static void test_tls_messages(void **state)
{
    uint8_t ticket[204] = {4, 0, 0, 200, 0, 0, 0, 9, 0, 0, 0, 9, 1, 0, 0, 182};
    static const uint8_t key_update[] = {24, 0, 0, 1, 1}, internal_error[] = {2, 80};
    (void)state;
    struct feed f = {0};
    feed_begin(&f, check_alert);
    feed_transfer(&f, 0, "https://example.com/", "");
    feed_open(&f, 0, 0, "192.0.2.1", 443);
    feed_connect(&f, 0, 0);
    feed_tls_begin(&f, 0, 1);
    feed_tls_end(&f, 0, 1, true);
    feed_prereq(&f, 0, 0);
    for (int i = 0; i < FLOOD / 10; i++) {
        feed_tls_message(&f, 0, 1, HT_DIR_IN, ticket, sizeof ticket);
        feed_tls_message(&f, 0, 1, HT_DIR_IN, key_update, sizeof key_update);
    }
    feed_tls_message(&f, 0, 1, HT_DIR_IN, internal_error, sizeof internal_error);
    feed_done(&f, 0, 56);
    feed_end(&f);
    assert_int_equal(f.ended, 1);
}

/* Each hop by itself stays below its cap. */
static void check_chain(struct feed *f, const struct ht_transfer *t)
{
    size_t sum = 0, hops = 0;
    (void)f;
    for (const struct ht_exchange *x = t->exchanges; x; x = x->next, hops++) {
        sum += ht_arena_used(x->arena) + ht_arena_used(x->connection->arena);
        assert_true(x->events.count > 0 && x->connection->events.count > 0);
        assert_true(x->connection->events.dropped > 0);
    }
    assert_int_equal(hops, HOPS);
    assert_true(sum < HT_CAP_RUN_BYTES + HOPS * 3u * HT_CAP_OWNER_LEAST);
    assert_int_equal(t->last_exchange->response.status, 200);
}

/* A chain of redirects, each to another connection with a flood of its own. */
static void test_redirects(void **state)
{
    uint8_t debug[16000] = {0, 0, 0, 1};
    (void)state;
    struct feed f = {0};
    feed_begin(&f, check_chain);
    feed_transfer(&f, 0, "http://example.com/", "");
    for (int32_t hop = 0; hop < (int32_t)HOPS; hop++) {
        feed_open(&f, 0, hop, "192.0.2.1", 80);
        feed_connect(&f, hop, 0);
        feed_prereq(&f, 0, hop);
        feed_stream(&f, 0, hop, 1);
        feed_h2_begin(&f, hop, 0);
        feed_h2_get(&f, hop, 0, 1);
        for (int i = 0; i < 600; i++)
            feed_h2(&f, hop, 0, HT_DIR_IN, 7, 0, 0, debug, sizeof debug);
        feed_h2_ok(&f, hop, 0, 1, true);
    }
    feed_done(&f, 0, 0);
    feed_end(&f);
    assert_int_equal(f.ended, 1);
}

static void check_one_of_many(struct feed *f, const struct ht_transfer *t)
{
    (void)f;
    assert_true(ht_arena_used(t->exchanges->arena) < 32768);
    assert_true(ht_arena_used(t->exchanges->connection->arena) < 65536);
    assert_int_equal(t->exchanges->response.status, 204);
}

static void test_many_requests_on_one_connection(void **state)
{
    (void)state;
    struct feed f = {0};
    feed_begin(&f, check_one_of_many);
    feed_connected(&f);
    for (int32_t i = 0; i < 100000; i++) {
        if (i) {
            feed_transfer(&f, i, "http://example.com/", "");
            feed_prereq(&f, i, 0);
        }
        feed_text(&f, 0, 0, HT_DIR_OUT, "GET /a?b HTTP/1.1\r\nHost: example.com\r\n\r\n");
        feed_text(&f, 0, 0, HT_DIR_IN, "HTTP/1.1 204 No Content\r\n\r\n");
        feed_done(&f, i, 0);
    }
    feed_end(&f);
    assert_int_equal(f.ended, 100000);
}

static void check_chunks(struct feed *f, const struct ht_transfer *t)
{
    (void)f;
    assert_true(ht_arena_used(t->exchanges->arena) < 65536);
    assert_int_equal(t->exchanges->response.body_bytes, (int64_t)FLOOD * 100);
    assert_int_equal(t->exchanges->connection->wire_bytes[HT_DIR_IN], 47 + (int64_t)FLOOD * 600 + 5);
    assert_int_equal(look_count(t, "body"), 1);
}

/* A body in chunks of one byte: what holds for 20 million of them holds for a gibibyte. */
static void test_chunks_of_one_byte(void **state)
{
    char chunks[601] = "";
    for (size_t i = 0; i < 100; i++)
        memcpy(chunks + 6 * i, "1\r\nx\r\n", 6);
    (void)state;
    struct feed f = {0};
    feed_begin(&f, check_chunks);
    feed_connected(&f);
    feed_text(&f, 0, 0, HT_DIR_OUT, "GET /a?b HTTP/1.1\r\nHost: example.com\r\n\r\n");
    feed_text(&f, 0, 0, HT_DIR_IN, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
    for (int i = 0; i < FLOOD; i++)
        feed_bytes(&f, 0, 0, HT_DIR_IN, chunks, 600);
    feed_text(&f, 0, 0, HT_DIR_IN, "0\r\n\r\n");
    feed_done(&f, 0, 0);
    feed_end(&f);
    assert_int_equal(f.ended, 1);
}

/* Chunks with extensions are events of their own. */
static void test_chunk_extensions(void **state)
{
    (void)state;
    struct feed f = {0};
    feed_begin(&f, check_answered);
    feed_connected(&f);
    feed_text(&f, 0, 0, HT_DIR_OUT, "GET /a?b HTTP/1.1\r\nHost: example.com\r\n\r\n");
    feed_text(&f, 0, 0, HT_DIR_IN, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
    for (int i = 0; i < FLOOD; i++)
        feed_text(&f, 0, 0, HT_DIR_IN, "1;an-extension=with-a-value\r\nx\r\n");
    feed_text(&f, 0, 0, HT_DIR_IN, "0\r\n\r\n");
    feed_done(&f, 0, 0);
    feed_end(&f);
    assert_int_equal(f.ended, 1);
}

static void check_proxy_flood(struct feed *f, const struct ht_transfer *t)
{
    (void)f;
    look_memory(t);
    assert_int_equal(t->exchanges->connection->proxy->response.status, 502);
}

static void test_proxy_answers(void **state)
{
    (void)state;
    struct feed f = {0};
    feed_begin(&f, check_proxy_flood);
    feed_transfer(&f, 0, "https://example.com/", "http://proxy.example:3128");
    feed_open(&f, 0, 0, "192.0.2.9", 3128);
    feed_connect(&f, 0, 0);
    feed_text(&f, 0, 0, HT_DIR_OUT, "CONNECT example.com:443 HTTP/1.1\r\n\r\n");
    for (int i = 0; i < FLOOD; i++)
        feed_text(&f, 0, 0, HT_DIR_IN, "HTTP/1.1 102 Processing\r\nVia: a-proxy-of-some-name\r\n\r\n");
    feed_text(&f, 0, 0, HT_DIR_IN, "HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n");
    feed_done(&f, 0, 56);
    feed_end(&f);
    assert_int_equal(f.ended, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_informational),      cmocka_unit_test(test_large_informational),
        cmocka_unit_test(test_h2_frames),          cmocka_unit_test(test_h2_continuation),
        cmocka_unit_test(test_h2_trailers),        cmocka_unit_test(test_tls_messages),
        cmocka_unit_test(test_redirects),          cmocka_unit_test(test_many_requests_on_one_connection),
        cmocka_unit_test(test_chunks_of_one_byte), cmocka_unit_test(test_chunk_extensions),
        cmocka_unit_test(test_proxy_answers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
