/* SPDX-License-Identifier: MIT */
/* Proxies: CONNECT answered well, with 407 and then well, refused; HTTPS proxies; SOCKS. */
#include "unit.h"

#include "trace/feed.h"
#include "trace/look.h"

static void check_tunnel(struct feed *f, const struct ht_transfer *t)
{
    const struct ht_exchange *x = t->exchanges;
    (void)f;
    assert_non_null(x->connection->proxy);
    assert_true(x->connection->proxy->ok && x->connection->proxy->tunnel);
    look_span(x->connection->proxy->url, "http://proxy.example:3128");
    assert_int_equal(x->connection->proxy->response.status, 200);
    look_span(x->connection->proxy->request.target, "example.com:80");
    assert_int_equal(x->response.status, 204);
    look_outcomes(x, "oooosooo");
    look_phases(x);
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

static const char connect[] = "CONNECT example.com:443 HTTP/1.1\r\nHost: example.com:443\r\n\r\n";
static const char with_credentials[] =
    "CONNECT example.com:443 HTTP/1.1\r\nHost: example.com:443\r\nProxy-Authorization: Basic eDp5\r\n\r\n";
static const char challenge[] = "HTTP/1.1 407 Proxy Authentication Required\r\n"
                                "Proxy-Authenticate: Basic\r\nContent-Length: 3\r\n\r\nno!";
static const char established[] = "HTTP/1.1 200 Connection established\r\n\r\n";

static void begin_proxy(struct feed *f, void (*check)(struct feed *, const struct ht_transfer *),
                        const char *proxy)
{
    feed_begin(f, check);
    feed_transfer(f, 0, "https://example.com/", proxy);
    feed_open(f, 0, 0, "192.0.2.9", 3128);
    feed_connect(f, 0, 0);
}

static void check_407_then_200(struct feed *f, const struct ht_transfer *t)
{
    const struct ht_exchange *x = t->exchanges;
    const struct ht_proxy *p = x->connection->proxy;
    (void)f;
    assert_null(x->next);
    assert_int_equal(p->response.status, 200);
    assert_int_equal(p->request.headers.count, 2);
    assert_int_equal(look_count(t, "request"), 3);
    assert_int_equal(look_count(t, "response"), 3);
    look_phase(t, "request", 0, HT_PHASE_PROXY);
    look_phase(t, "response", 1, HT_PHASE_PROXY);
    look_phase(t, "request", 2, HT_PHASE_REQUEST);
    assert_int_equal(x->response.status, 204);
    assert_int_equal(x->response.body_bytes, 0);
    look_outcomes(x, "osoooooo");
    look_phases(x);
}

static void test_407_then_credentials(void **state)
{
    (void)state;
    for (size_t split = 0; split < 40; split++) {
        struct feed f = {.split = split};
        begin_proxy(&f, check_407_then_200, "http://proxy.example:3128");
        feed_text(&f, 0, 0, HT_DIR_OUT, connect);
        feed_text(&f, 0, 0, HT_DIR_IN, challenge);
        feed_text(&f, 0, 0, HT_DIR_OUT, with_credentials);
        feed_text(&f, 0, 0, HT_DIR_IN, established);
        feed_tls_begin(&f, 0, 1);
        feed_tls_end(&f, 0, 1, true);
        feed_prereq(&f, 0, 0);
        feed_text(&f, 0, 1, HT_DIR_OUT, "GET / HTTP/1.1\r\nHost: example.com\r\n\r\n");
        feed_text(&f, 0, 1, HT_DIR_IN, "HTTP/1.1 204 No Content\r\n\r\n");
        feed_done(&f, 0, 0);
        feed_end(&f);
        assert_int_equal(f.ended, 1);
    }
}

/* The proxy closes after its challenge: the first connection is an exchange of its own. */
static void check_407_then_new_connection(struct feed *f, const struct ht_transfer *t)
{
    const struct ht_exchange *x = t->exchanges;
    (void)f;
    assert_non_null(x->next);
    assert_true(x->failed);
    assert_int_equal(x->next->cause, HT_CAUSE_AUTH);
    assert_int_equal(x->connection->proxy->response.status, 407);
    assert_int_equal(x->next->connection->proxy->response.status, 200);
    look_phases(x);
    look_phases(x->next);
}

static void test_407_and_close(void **state)
{
    (void)state;
    struct feed f = {0};
    begin_proxy(&f, check_407_then_new_connection, "http://proxy.example:3128");
    feed_text(&f, 0, 0, HT_DIR_OUT, connect);
    feed_text(&f, 0, 0, HT_DIR_IN, challenge);
    feed_close(&f, 0, true, false);
    feed_open(&f, 0, 1, "192.0.2.9", 3128);
    feed_connect(&f, 1, 0);
    feed_text(&f, 1, 0, HT_DIR_OUT, with_credentials);
    feed_text(&f, 1, 0, HT_DIR_IN, established);
    feed_done(&f, 0, 35);
    feed_end(&f);
    assert_int_equal(f.ended, 1);
}

static void check_denied(struct feed *f, const struct ht_transfer *t)
{
    const struct ht_exchange *x = t->exchanges;
    const struct ht_proxy *p = x->connection->proxy;
    (void)f;
    assert_null(x->next);
    assert_false(p->ok);
    assert_true(p->response.status == 403 || p->response.status == 407);
    assert_int_equal(p->response.body_bytes, 3);
    assert_int_equal(x->response.status, 0);
    look_outcomes(x, "osofssss");
    look_phases(x);
}

static void test_denied(void **state)
{
    (void)state;
    const char *const answers[] = {"HTTP/1.1 403 Forbidden\r\nContent-Length: 3\r\n\r\nno!", challenge};
    for (size_t i = 0; i < 2; i++) {
        struct feed f = {0};
        begin_proxy(&f, check_denied, "http://proxy.example:3128");
        feed_text(&f, 0, 0, HT_DIR_OUT, connect);
        feed_text(&f, 0, 0, HT_DIR_IN, answers[i]);
        feed_close(&f, 0, true, false);
        feed_done(&f, 0, 56);
        feed_end(&f);
        assert_int_equal(f.ended, 1);
    }
}

static void check_https_proxy(struct feed *f, const struct ht_transfer *t)
{
    const struct ht_exchange *x = t->exchanges;
    const struct ht_connection *c = x->connection;
    (void)f;
    assert_int_equal(c->proxy->kind, HT_PROXY_HTTPS);
    assert_true(c->proxy->ok);
    assert_non_null(c->proxy_tls);
    assert_non_null(c->tls);
    assert_true(c->proxy_tls->end_us < c->proxy->end_us && c->proxy->end_us < c->tls->begin_us);
    assert_int_equal(x->response.status, 200);
    assert_int_equal(x->response.body_bytes, 2);
    look_phase(t, "handshake_done", 0, HT_PHASE_PROXY);
    look_phase(t, "handshake_done", 1, HT_PHASE_TLS);
    look_outcomes(x, "osoooooo");
    look_phases(x);
}

static void begin_https_proxy(struct feed *f)
{
    begin_proxy(f, check_https_proxy, "https://proxy.example");
    feed_tls_begin(f, 0, 1);
    feed_tls_end(f, 0, 1, true);
    feed_text(f, 0, 1, HT_DIR_OUT, connect);
    feed_text(f, 0, 1, HT_DIR_IN, established);
    feed_tls_begin(f, 0, 2);
    feed_tls_end(f, 0, 2, true);
    feed_prereq(f, 0, 0);
}

static void test_https_proxy(void **state)
{
    (void)state;
    struct feed one = {0}, two = {0};
    begin_https_proxy(&one);
    feed_text(&one, 0, 2, HT_DIR_OUT, "GET / HTTP/1.1\r\nHost: example.com\r\n\r\n");
    feed_text(&one, 0, 2, HT_DIR_IN, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi");
    feed_done(&one, 0, 0);
    feed_end(&one);
    begin_https_proxy(&two);
    feed_stream(&two, 0, 0, 1);
    feed_h2_begin(&two, 0, 2);
    feed_h2_get(&two, 0, 2, 1);
    feed_h2_ok(&two, 0, 2, 1, false);
    feed_h2(&two, 0, 2, HT_DIR_IN, 0, 1, 1, "hi", 2);
    feed_done(&two, 0, 0);
    feed_end(&two);
    assert_int_equal(one.ended + two.ended, 2);
}

static void check_socks(struct feed *f, const struct ht_transfer *t)
{
    const struct ht_exchange *x = t->exchanges;
    const struct ht_proxy *p = x->connection->proxy;
    bool four = p->kind == HT_PROXY_SOCKS4;
    (void)f;
    assert_int_equal(p->socks_reply, four ? 91 : 0);
    assert_int_equal(p->ok, !four);
    look_phase(t, "socks", 0, HT_PHASE_PROXY);
    look_outcomes(x, four ? "osofssss" : "osoosooo");
    look_phases(x);
}

static void test_socks(void **state)
{
    (void)state;
    struct feed five = {0}, four = {0};
    begin_proxy(&five, check_socks, "socks5h://proxy.example");
    feed_bytes(&five, 0, 0, HT_DIR_OUT, "\5\1\0", 3);
    feed_bytes(&five, 0, 0, HT_DIR_IN, "\5\0", 2);
    feed_bytes(&five, 0, 0, HT_DIR_OUT, "\5\1\0\3\1h\0P", 8);
    feed_bytes(&five, 0, 0, HT_DIR_IN, "\5\0\0\1\0\0\0\0\0\0", 10);
    feed_prereq(&five, 0, 0);
    feed_text(&five, 0, 0, HT_DIR_OUT, "GET / HTTP/1.1\r\nHost: h\r\n\r\n");
    feed_text(&five, 0, 0, HT_DIR_IN, "HTTP/1.1 204 No Content\r\n\r\n");
    feed_done(&five, 0, 0);
    feed_end(&five);
    begin_proxy(&four, check_socks, "socks4://proxy.example");
    feed_bytes(&four, 0, 0, HT_DIR_OUT, "\4\1\0P\300\0\2\1\0", 9);
    feed_bytes(&four, 0, 0, HT_DIR_IN, "\0\133\0\0\0\0\0\0", 8);
    feed_close(&four, 0, true, false);
    feed_done(&four, 0, 97);
    feed_end(&four);
    assert_int_equal(five.ended + four.ended, 2);
}

static void check_sign_in(struct feed *f, const struct ht_transfer *t)
{
    static const char *const summaries[] = {
        "SOCKS5 greeting: no authentication, user name and password",
        "SOCKS5 method: user name and password",
        "SOCKS5 sign-in with user name and password",
        "SOCKS5 sign-in: success",
        "SOCKS5 CONNECT h:80",
        "SOCKS5 reply: succeeded",
    };
    const struct ht_proxy *p = t->exchanges->connection->proxy;
    (void)f;
    assert_int_equal(look_count(t, "socks"), 6);
    for (size_t i = 0; i < 6; i++) {
        assert_string_equal(look_event(t, "socks", i)->summary, summaries[i]);
        assert_false(look_event(t, "socks", i)->malformed);
    }
    assert_int_equal(look_count(t, "opaque"), 0);
    assert_true(ht_field_find(look_event(t, "socks", 2)->fields, "password")->secret);
    assert_true(p->ok && p->socks_reply == 0 && p->socks_method == 2 && p->socks_auth == 0);
    assert_int_equal(p->stray.len, 0);
    assert_int_equal(t->exchanges->response.status, 204);
    look_outcomes(t->exchanges, "osoosooo");
}

/* Messages in any pieces are one each; the reply holds an IPv6 address. */
static void test_socks_in_pieces(void **state)
{
    (void)state;
    for (size_t split = 0; split < 24; split++) {
        struct feed f = {.split = split};
        begin_proxy(&f, check_sign_in, "socks5h://proxy.example");
        feed_bytes(&f, 0, 0, HT_DIR_OUT, "\5\2\0\2", 4);
        feed_bytes(&f, 0, 0, HT_DIR_IN, "\5\2", 2);
        feed_bytes(&f, 0, 0, HT_DIR_OUT, "\1\4user\6S3CRET", 13);
        feed_bytes(&f, 0, 0, HT_DIR_IN, "\1\0", 2);
        feed_bytes(&f, 0, 0, HT_DIR_OUT, "\5\1\0\3\1h\0P", 8);
        feed_bytes(&f, 0, 0, HT_DIR_IN, "\5\0\0\4\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 22);
        feed_prereq(&f, 0, 0);
        feed_text(&f, 0, 0, HT_DIR_OUT, "GET / HTTP/1.1\r\nHost: h\r\n\r\n");
        feed_text(&f, 0, 0, HT_DIR_IN, "HTTP/1.1 204 No Content\r\n\r\n");
        feed_done(&f, 0, 0);
        feed_end(&f);
        assert_int_equal(f.ended, 1);
    }
}

#define HAPROXY "PROXY TCP4 192.0.2.1 192.0.2.9 50000 80\r\n"
#define GET     "GET / HTTP/1.1\r\nHost: h\r\n\r\n"

static void check_haproxy(struct feed *f, const struct ht_transfer *t)
{
    const struct ht_exchange *x = t->exchanges;
    const struct ht_event *event = look_event(t, "haproxy", 0);
    (void)f;
    assert_non_null(event);
    assert_string_equal(event->summary, "PROXY TCP4 from 192.0.2.1:50000 to 192.0.2.9:80");
    assert_int_equal(event->size, strlen(HAPROXY));
    assert_int_equal(look_count(t, "haproxy"), 1);
    look_phase(t, "haproxy", 0, HT_PHASE_CONNECT);
    assert_int_equal(x->request.head_bytes, strlen(GET));
    assert_int_equal(x->connection->wire_bytes[HT_DIR_OUT], strlen(HAPROXY GET));
    assert_int_equal(x->response.status, 204);
    look_phases(x);
}

static void test_haproxy(void **state)
{
    (void)state;
    static const char *const pieces[][2] = {{HAPROXY, GET}, {HAPROXY GET, ""}, {HAPROXY "GET", GET + 3}};
    for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++) {
        struct feed f = {0};
        feed_begin(&f, check_haproxy);
        feed_transfer(&f, 0, "http://h/", NULL);
        feed_open(&f, 0, 0, "192.0.2.9", 80);
        feed_connect(&f, 0, 0);
        feed_prereq(&f, 0, 0);
        feed_text(&f, 0, 0, HT_DIR_OUT, pieces[i][0]);
        feed_text(&f, 0, 0, HT_DIR_OUT, pieces[i][1]);
        feed_text(&f, 0, 0, HT_DIR_IN, "HTTP/1.1 204 No Content\r\n\r\n");
        feed_done(&f, 0, 0);
        feed_end(&f);
        assert_int_equal(f.ended, 1);
    }
}

static void check_stray(struct feed *f, const struct ht_transfer *t)
{
    const struct ht_proxy *p = t->exchanges->connection->proxy;
    (void)f;
    assert_false(p->ok);
    assert_int_equal(p->socks_reply, -1);
    look_span(p->stray, "\5\xff");
    assert_string_equal(p->stray_name, "SOCKS5");
}

static void check_broken_off(struct feed *f, const struct ht_transfer *t)
{
    const struct ht_proxy *p = t->exchanges->connection->proxy;
    const struct ht_event *last = look_event(t, "socks", 3);
    (void)f;
    assert_non_null(last);
    assert_true(last->malformed);
    assert_string_equal(last->summary, "SOCKS5 reply, cut short after 2 bytes");
    assert_false(p->ok);
    assert_int_equal(p->socks_reply, 5);
}

static void test_socks_answers_of_another_kind(void **state)
{
    (void)state;
    struct feed stray = {0}, cut = {0};
    begin_proxy(&stray, check_stray, "socks4://proxy.example");
    feed_bytes(&stray, 0, 0, HT_DIR_OUT, "\4\1\0P\300\0\2\1\0", 9);
    feed_bytes(&stray, 0, 0, HT_DIR_IN, "\5\xff", 2);
    feed_done(&stray, 0, 28);
    feed_end(&stray);
    begin_proxy(&cut, check_broken_off, "socks5h://proxy.example"); /* a refusal without its address */
    feed_bytes(&cut, 0, 0, HT_DIR_OUT, "\5\1\0", 3);
    feed_bytes(&cut, 0, 0, HT_DIR_IN, "\5\0", 2);
    feed_bytes(&cut, 0, 0, HT_DIR_OUT, "\5\1\0\3\1h\0P", 8);
    feed_bytes(&cut, 0, 0, HT_DIR_IN, "\5\5", 2);
    feed_close(&cut, 0, true, false);
    feed_done(&cut, 0, 97);
    feed_end(&cut);
    assert_int_equal(stray.ended + cut.ended, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tunnel),          cmocka_unit_test(test_407_then_credentials),
        cmocka_unit_test(test_407_and_close),   cmocka_unit_test(test_denied),
        cmocka_unit_test(test_https_proxy),     cmocka_unit_test(test_socks),
        cmocka_unit_test(test_socks_in_pieces), cmocka_unit_test(test_socks_answers_of_another_kind),
        cmocka_unit_test(test_haproxy),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
