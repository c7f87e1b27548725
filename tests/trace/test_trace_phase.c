/* SPDX-License-Identifier: MIT */
/* When things happened and in which phase: first and last bytes of messages, phases of events. */
#include "unit.h"

#include "trace/feed.h"
#include "trace/look.h"

static const char get[] = "GET /a?b HTTP/1.1\r\nHost: example.com\r\n\r\n";

static void check_split_head(struct feed *f, const struct ht_transfer *t)
{
    const struct ht_exchange *x = t->exchanges;
    const struct ht_event *event = look_event(t, "response", 0);
    (void)f;
    /* feed_connected() takes 7 steps of a millisecond; the request and each part of the answer one more. */
    assert_int_equal(x->request.first_us, 8000);
    assert_int_equal(x->request.last_us, 9000);
    assert_int_equal(x->response.first_us, 10000);
    assert_int_equal(event->t_us, 10000);
    assert_int_equal(event->t_last_us, 12000);
    assert_int_equal(x->response.last_us, 13000);
    assert_int_equal(x->phases[HT_PHASE_WAIT].start_us, 9000);
    assert_int_equal(x->phases[HT_PHASE_WAIT].duration_us, 1000);
    look_phases(x);
}

/* The answer began with the first byte of its head, not with the read that made it whole. */
static void test_head_in_several_reads(void **state)
{
    (void)state;
    struct feed f = {0};
    feed_begin(&f, check_split_head);
    f.now_us = 0;
    feed_connected(&f);
    f.now_us = 7000;
    feed_text(&f, 0, 0, HT_DIR_OUT, "GET / HTTP/1.1\r\n");
    feed_text(&f, 0, 0, HT_DIR_OUT, "Host: example.com\r\n\r\n");
    feed_text(&f, 0, 0, HT_DIR_IN, "HTTP/1.1 200 OK\r\n");
    feed_text(&f, 0, 0, HT_DIR_IN, "Content-Le");
    feed_text(&f, 0, 0, HT_DIR_IN, "ngth: 2\r\n\r\no");
    feed_text(&f, 0, 0, HT_DIR_IN, "k");
    feed_done(&f, 0, 0);
    feed_end(&f);
    assert_int_equal(f.ended, 1);
}

static void check_interim_first(struct feed *f, const struct ht_transfer *t)
{
    const struct ht_exchange *x = t->exchanges;
    (void)f;
    assert_int_equal(x->response.informational->t_us, 9000);
    assert_int_equal(x->response.first_us, 10000);
    look_phase(t, "informational", 0, HT_PHASE_WAIT);
}

static void test_final_answer_counts(void **state)
{
    (void)state;
    struct feed f = {0};
    feed_begin(&f, check_interim_first);
    feed_connected(&f);
    f.now_us = 7000;
    feed_text(&f, 0, 0, HT_DIR_OUT, get);
    feed_text(&f, 0, 0, HT_DIR_IN, "HTTP/1.1 103 Early Hints\r\n\r\n");
    feed_text(&f, 0, 0, HT_DIR_IN, "HTTP/1.1 200 OK\r\nContent-Le");
    feed_text(&f, 0, 0, HT_DIR_IN, "ngth: 0\r\n\r\n");
    feed_done(&f, 0, 0);
    feed_end(&f);
    assert_int_equal(f.ended, 1);
}

static void check_split_block(struct feed *f, const struct ht_transfer *t)
{
    const struct ht_exchange *x = t->exchanges;
    (void)f;
    assert_int_equal(x->response.first_us, 20000);
    assert_int_equal(x->response.status, 200);
    assert_int_equal(look_event(t, "HEADERS", 1)->t_us, 20000);
    assert_int_equal(look_event(t, "HEADERS", 1)->t_last_us, 21000);
}

/* HEADERS in two reads, its CONTINUATION in a third. */
static void test_header_block_in_parts(void **state)
{
    uint8_t headers[10], more[9];
    feed_frame(headers, 1, 1, 1, "\x88", 1);
    feed_frame(more, 9, 4, 1, NULL, 0);
    (void)state;
    struct feed f = {0};
    feed_begin(&f, check_split_block);
    feed_connected(&f);
    feed_stream(&f, 0, 0, 1);
    feed_h2_begin(&f, 0, 0);
    feed_h2_get(&f, 0, 0, 1);
    f.now_us = 19000;
    feed_bytes(&f, 0, 0, HT_DIR_IN, headers, 3);
    feed_bytes(&f, 0, 0, HT_DIR_IN, headers + 3, 7);
    feed_bytes(&f, 0, 0, HT_DIR_IN, more, sizeof more);
    feed_done(&f, 0, 0);
    feed_end(&f);
    assert_int_equal(f.ended, 1);
}

static void check_h2_phases(struct feed *f, const struct ht_transfer *t)
{
    (void)f;
    look_phase(t, "attempt", 0, HT_PHASE_CONNECT);
    look_phase(t, "connected", 0, HT_PHASE_CONNECT);
    look_phase(t, "client_hello", 0, HT_PHASE_TLS);
    look_phase(t, "handshake_done", 0, HT_PHASE_TLS);
    look_phase(t, "preface", 0, HT_PHASE_REQUEST);
    look_phase(t, "SETTINGS", 0, HT_PHASE_REQUEST);
    look_phase(t, "request", 0, HT_PHASE_REQUEST);
    look_phase(t, "new_session_ticket", 0, HT_PHASE_WAIT);
    look_phase(t, "SETTINGS", 1, HT_PHASE_WAIT);
    look_phase(t, "PING", 0, HT_PHASE_RESPONSE);
    look_phase(t, "body", 0, HT_PHASE_RESPONSE);
    look_phase(t, "alert", 0, HT_PHASE_RESPONSE);
    look_phase(t, "records", 0, HT_PHASE_TLS);
    look_outcomes(t->exchanges, "ososoooo");
    look_phases(t->exchanges);
}

/* What goes over the connection itself has the phase of the exchange under way. */
static void test_phases_of_a_connections_events(void **state)
{
    static const uint8_t hello[] = {1, 0, 0, 0}, ticket[] = {4, 0, 0, 0}, farewell[] = {1, 0};
    (void)state;
    struct feed f = {0};
    feed_begin(&f, check_h2_phases);
    feed_transfer(&f, 0, "https://example.com/", "");
    feed_open(&f, 0, 0, "192.0.2.1", 443);
    feed_connect(&f, 0, 0);
    feed_tls_begin(&f, 0, 1);
    feed_text(&f, 0, 0, HT_DIR_OUT, "records of the handshake");
    feed_tls_message(&f, 0, 1, HT_DIR_OUT, hello, sizeof hello);
    feed_tls_end(&f, 0, 1, true);
    feed_text(&f, 0, 1, HT_DIR_OUT, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
    feed_h2(&f, 0, 1, HT_DIR_OUT, 4, 0, 0, NULL, 0);
    feed_prereq(&f, 0, 0);
    feed_stream(&f, 0, 0, 1);
    feed_h2_get(&f, 0, 1, 1);
    feed_tls_message(&f, 0, 1, HT_DIR_IN, ticket, sizeof ticket);
    feed_h2(&f, 0, 1, HT_DIR_IN, 4, 0, 0, NULL, 0);
    feed_h2_ok(&f, 0, 1, 1, false);
    feed_h2(&f, 0, 1, HT_DIR_IN, 6, 0, 0, "12345678", 8);
    feed_h2(&f, 0, 1, HT_DIR_IN, 0, 1, 1, "hi", 2);
    feed_tls_message(&f, 0, 1, HT_DIR_OUT, farewell, sizeof farewell);
    feed_done(&f, 0, 0);
    feed_end(&f);
    assert_int_equal(f.ended, 1);
}

static void check_last_bytes(struct feed *f, const struct ht_transfer *t)
{
    const struct ht_connection *c = t->exchanges->connection;
    (void)f;
    assert_int_equal(c->last_out_us, 41000);
    assert_int_equal(c->last_in_us, 42000);
    assert_int_equal(c->wire_bytes[HT_DIR_OUT], 10);
    assert_int_equal(c->wire_bytes[HT_DIR_IN], 20);
}

/* Bytes that still wait to be told as a run count by the time a transfer ends, on every connection of its. */
static void test_last_bytes_of_every_connection(void **state)
{
    (void)state;
    struct feed f = {0};
    feed_begin(&f, check_last_bytes);
    feed_transfer(&f, 0, "https://example.com/", "");
    feed_open(&f, 0, 0, "192.0.2.1", 443);
    feed_connect(&f, 0, 0);
    feed_tls_begin(&f, 0, 1);
    feed_tls_end(&f, 0, 1, true);
    feed_prereq(&f, 0, 0);
    feed_text(&f, 0, 1, HT_DIR_OUT, get);
    feed_text(&f, 0, 1, HT_DIR_IN, "HTTP/1.1 302 Found\r\nLocation: //other/\r\nContent-Length: 0\r\n\r\n");
    feed_open(&f, 0, 1, "192.0.2.2", 443);
    f.now_us = 40000;
    feed_text(&f, 0, 0, HT_DIR_OUT, "0123456789");
    feed_text(&f, 0, 0, HT_DIR_IN, "01234567890123456789");
    feed_done(&f, 0, 7);
    feed_end(&f);
    assert_int_equal(f.ended, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_head_in_several_reads),
        cmocka_unit_test(test_final_answer_counts),
        cmocka_unit_test(test_header_block_in_parts),
        cmocka_unit_test(test_phases_of_a_connections_events),
        cmocka_unit_test(test_last_bytes_of_every_connection),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
