/* SPDX-License-Identifier: MIT */
/* Ways to a connection: lookups, attempts, races, reuse, retries and redirects. */
#include "unit.h"

#include "trace/feed.h"
#include "trace/look.h"

#include <errno.h>
#include <netdb.h>
#include <stdio.h>

static void check_redirect(struct feed *f, const struct ht_transfer *t)
{
    const struct ht_exchange *first = t->exchanges, *second = first->next;
    (void)f;
    assert_non_null(second);
    assert_int_equal(second->cause, HT_CAUSE_REDIRECT);
    look_span(second->url, "http://example.com/next");
    assert_true(second->reused);
    assert_int_equal(second->start_us, first->end_us);
    assert_ptr_equal(first->connection, second->connection);
    look_phases(first);
    look_phases(second);
    look_outcomes(second, "orrssooo");
}

static void test_redirect_on_same_connection(void **state)
{
    (void)state;
    struct feed f = {0};
    feed_begin(&f, check_redirect);
    feed_connected(&f);
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
    look_outcomes(x, "oofsssss");
    look_phases(x);
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
    look_phases(first);
    look_phases(second);
}

/* A kept connection that the server has closed meanwhile: libcurl asks again on a new one. */
static void test_stale_reuse(void **state)
{
    (void)state;
    struct feed f = {0};
    feed_begin(&f, check_retry);
    feed_connected(&f);
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
            feed_connected(&f);
            raw.socket = raw.transfer = 0;
            if (kind != HT_RAW_TRANSFER_START)
                ht_tracer_take(f.tracer, &raw);
            feed_done(&f, 0, 0);
            feed_end(&f);
        }
    }
}

static void answer(struct feed *f, int32_t socket, const char *host)
{
    char head[200];
    snprintf(head, sizeof head, "GET / HTTP/1.1\r\nHost: %s\r\n\r\n", host);
    feed_text(f, socket, 0, HT_DIR_OUT, head);
    feed_text(f, socket, 0, HT_DIR_IN, "HTTP/1.1 204 No Content\r\n\r\n");
}

static void check_elsewhere(struct feed *f, const struct ht_transfer *t)
{
    const struct ht_exchange *first = t->exchanges, *second = first->next;
    (void)f;
    assert_non_null(second);
    assert_int_equal(second->cause, HT_CAUSE_REDIRECT);
    look_span(second->url, "http://other.example/");
    assert_false(second->reused);
    assert_ptr_not_equal(first->connection, second->connection);
    look_span(second->connection->resolve.host, "other.example");
    look_span(second->connection->remote, "198.51.100.1:80");
    look_outcomes(second, "ooossooo");
    look_phases(first);
    look_phases(second);
    assert_int_equal(second->start_us, first->end_us);
}

static void test_redirect_to_another_host(void **state)
{
    (void)state;
    struct feed f = {0};
    feed_begin(&f, check_elsewhere);
    feed_connected(&f);
    feed_text(&f, 0, 0, HT_DIR_OUT, "GET /a?b HTTP/1.1\r\nHost: example.com\r\n\r\n");
    feed_text(&f, 0, 0, HT_DIR_IN,
              "HTTP/1.1 302 Found\r\nLocation: http://other.example/\r\nContent-Length: 0\r\n\r\n");
    feed_resolve(&f, 0, "other.example", "198.51.100.1");
    feed_open(&f, 0, 1, "198.51.100.1", 80);
    feed_connect(&f, 1, 0);
    feed_prereq(&f, 0, 1);
    answer(&f, 1, "other.example");
    feed_close(&f, 0, true, false);
    feed_done(&f, 0, 0);
    feed_end(&f);
    assert_int_equal(f.ended, 1);
}

/* The second attempt wins; the first one connects too late, or is given up. */
static void check_race(struct feed *f, const struct ht_transfer *t)
{
    const struct ht_connection *c = t->exchanges->connection;
    (void)f;
    assert_null(t->exchanges->next);
    assert_int_equal(c->socket, 1);
    assert_int_equal(c->attempt_count, 2);
    assert_int_equal(c->attempts->next->outcome, HT_ATTEMPT_CONNECTED);
    assert_int_not_equal(c->attempts->outcome, HT_ATTEMPT_PENDING);
    look_span(c->remote, "192.0.2.2:80");
    assert_int_equal(c->end, HT_TCP_OPEN);
    assert_int_equal(c->connected_us, c->attempts->next->end_us);
    look_outcomes(t->exchanges, "ooossooo");
    look_phases(t->exchanges);
}

static void run_race(bool late, bool chosen_second)
{
    struct feed f = {0};
    feed_begin(&f, check_race);
    feed_transfer(&f, 0, "http://example.com/", "");
    feed_resolve(&f, 0, "example.com", "192.0.2.1,192.0.2.2");
    feed_open(&f, 0, 0, "192.0.2.1", 80);
    feed_connect(&f, 0, EINPROGRESS);
    feed_open(&f, 0, 1, "192.0.2.2", 80);
    feed_connect(&f, 1, EINPROGRESS);
    if (late && chosen_second)
        feed_connect(&f, 0, 0);
    feed_connect(&f, 1, 0);
    if (late && !chosen_second)
        feed_connect(&f, 0, 0);
    if (!chosen_second)
        feed_close(&f, 0, false, false);
    feed_prereq(&f, 0, 1);
    if (chosen_second)
        feed_close(&f, 0, false, false);
    answer(&f, 1, "example.com");
    feed_done(&f, 0, 0);
    feed_end(&f);
    assert_int_equal(f.ended, 1);
}

static void test_race_of_attempts(void **state)
{
    (void)state;
    run_race(false, false);
    run_race(true, false);
    run_race(true, true);
}

static void check_tls_retry(struct feed *f, const struct ht_transfer *t)
{
    const struct ht_exchange *first = t->exchanges, *second = first->next;
    (void)f;
    assert_non_null(second);
    assert_null(second->next);
    assert_true(first->failed);
    assert_int_equal(first->phase, HT_PHASE_TLS);
    assert_int_equal(first->connection->end, HT_TCP_RST);
    assert_int_equal(second->cause, HT_CAUSE_RETRY);
    assert_int_equal(second->response.status, 204);
    look_outcomes(first, "ooosfsss");
    look_phases(first);
    look_phases(second);
}

static void test_tls_fails_then_retry(void **state)
{
    (void)state;
    struct feed f = {0};
    feed_begin(&f, check_tls_retry);
    feed_transfer(&f, 0, "https://example.com/", "");
    feed_resolve(&f, 0, "example.com", "192.0.2.1");
    for (int32_t socket = 0; socket < 2; socket++) {
        feed_open(&f, 0, socket, "192.0.2.1", 443);
        feed_connect(&f, socket, 0);
        feed_tls_begin(&f, socket, 1);
        feed_tls_end(&f, socket, 1, socket == 1);
        if (socket == 0)
            feed_close(&f, socket, false, true);
    }
    feed_prereq(&f, 0, 1);
    feed_text(&f, 1, 1, HT_DIR_OUT, "GET / HTTP/1.1\r\nHost: example.com\r\n\r\n");
    feed_text(&f, 1, 1, HT_DIR_IN, "HTTP/1.1 204 No Content\r\n\r\n");
    feed_done(&f, 0, 0);
    feed_end(&f);
    assert_int_equal(f.ended, 1);
}

static void feed_lookup(struct feed *f, const char *addresses, int error)
{
    struct ht_raw raw = feed_raw(f, HT_RAW_LOOKUP, -1, -1);
    raw.u.lookup.host = ht_span_str("example.com");
    raw.u.lookup.addresses = ht_span_str(addresses);
    raw.u.lookup.error = error;
    ht_tracer_take(f->tracer, &raw);
}

static void check_lookups(struct feed *f, const struct ht_transfer *t)
{
    const struct ht_resolve *r = &t->exchanges->connection->resolve;
    (void)f;
    assert_int_equal(r->addresses.count, 2);
    look_span(r->addresses.at[0], "192.0.2.1");
    look_span(r->addresses.at[1], "2001:db8::1");
    assert_int_equal(r->source, HT_SOURCE_RESOLVER);
    assert_int_equal(r->error, 0);
    assert_int_equal(look_count(t, "lookup"), 2);
    look_phase(t, "lookup", 1, HT_PHASE_RESOLVE);
    look_phase(t, "connected", 0, HT_PHASE_CONNECT);
    look_outcomes(t->exchanges, "ooossooo");
}

/* Both address families are looked up apart; the socket of one opens before the other's answer is there. */
static void test_two_lookups(void **state)
{
    (void)state;
    struct feed f = {0};
    feed_begin(&f, check_lookups);
    feed_transfer(&f, 0, "http://example.com/", "");
    for (int i = 0; i < 2; i++) {
        struct ht_raw raw = feed_raw(&f, HT_RAW_RESOLVE_START, -1, 0);
        ht_tracer_take(f.tracer, &raw);
    }
    feed_lookup(&f, "192.0.2.1", 0);
    feed_open(&f, 0, 0, "192.0.2.1", 80);
    feed_connect(&f, 0, EINPROGRESS);
    feed_lookup(&f, "2001:db8::1", 0);
    feed_connect(&f, 0, 0);
    feed_prereq(&f, 0, 0);
    answer(&f, 0, "example.com");
    feed_done(&f, 0, 0);
    feed_end(&f);
    assert_int_equal(f.ended, 1);
}

static void check_one_family(struct feed *f, const struct ht_transfer *t)
{
    const struct ht_resolve *r = &t->exchanges->connection->resolve;
    (void)f;
    assert_int_equal(r->addresses.count, 1);
    assert_int_equal(r->error, 0);
}

static void test_one_family_has_no_address(void **state)
{
    (void)state;
    for (int order = 0; order < 2; order++) {
        struct feed f = {0};
        feed_begin(&f, check_one_family);
        feed_transfer(&f, 0, "http://example.com/", "");
        struct ht_raw raw = feed_raw(&f, HT_RAW_RESOLVE_START, -1, 0);
        ht_tracer_take(f.tracer, &raw);
        feed_lookup(&f, order ? "192.0.2.1" : "", order ? 0 : EAI_NONAME);
        feed_lookup(&f, order ? "" : "192.0.2.1", order ? EAI_NONAME : 0);
        feed_done(&f, 0, 7);
        feed_end(&f);
        assert_int_equal(f.ended, 1);
    }
}

/* Two exchanges over one connection that is closed before the transfer ends: it is freed once. */
static void test_connection_of_two_exchanges_closes(void **state)
{
    (void)state;
    struct feed f = {0};
    feed_begin(&f, check_redirect);
    feed_connected(&f);
    feed_text(&f, 0, 0, HT_DIR_OUT, "GET /a?b HTTP/1.1\r\nHost: example.com\r\n\r\n");
    feed_text(&f, 0, 0, HT_DIR_IN, "HTTP/1.1 302 Found\r\nLocation: /next\r\nContent-Length: 0\r\n\r\n");
    feed_prereq(&f, 0, 0);
    feed_text(&f, 0, 0, HT_DIR_OUT, "GET /next HTTP/1.1\r\nHost: example.com\r\n\r\n");
    feed_text(&f, 0, 0, HT_DIR_IN, "HTTP/1.1 204 No Content\r\n\r\n");
    feed_close(&f, 0, true, false);
    feed_done(&f, 0, 0);
    feed_end(&f);
    assert_int_equal(f.ended, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_redirect_on_same_connection),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_stale_reuse),
        cmocka_unit_test(test_events_out_of_nowhere),
        cmocka_unit_test(test_redirect_to_another_host),
        cmocka_unit_test(test_race_of_attempts),
        cmocka_unit_test(test_tls_fails_then_retry),
        cmocka_unit_test(test_two_lookups),
        cmocka_unit_test(test_one_family_has_no_address),
        cmocka_unit_test(test_connection_of_two_exchanges_closes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
