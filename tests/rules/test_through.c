/* SPDX-License-Identifier: MIT */
/* Requests through a proxy: TCP tells of the proxy alone, the origin's TLS of the origin. */
#include "rules/case.h"

#include <netinet/tcp.h>

#define SECONDS(n) ((n)*INT64_C(1000000))
#define SOCKET     "the TCP connection is with the proxy http://192.0.2.8:3128"
enum { PARTIAL = 18, TIMED_OUT = 28, EMPTY = 52, RECV = 56 };

static struct case_under_test k;
static struct ht_proxy proxy;
static struct ht_tls *tls;

static void through(bool tunnel)
{
    case_begin(&k, tunnel ? "https://example.com/" : "http://example.com/");
    proxy = (struct ht_proxy){.kind = HT_PROXY_HTTP,
                              .url = ht_span_str("http://192.0.2.8:3128"),
                              .tunnel = tunnel,
                              .ok = true,
                              .socks_reply = -1,
                              .socks_method = -1,
                              .socks_auth = -1};
    proxy.response.status = tunnel ? 200 : 0;
    k.t->proxy = proxy.url;
    k.c->proxy = &proxy;
    tls = tunnel ? case_tls(&k, true) : NULL;
}

static const struct ht_finding *names_nobody(const char *code)
{
    const struct ht_finding *f = case_only(&k, code);
    assert_int_equal(f->locus, HT_LOCUS_UNKNOWN);
    assert_true(case_tells(f, SOCKET));
    assert_non_null(strstr(f->also_explained_by, "the proxy itself"));
    return f;
}

static void an_end_is_of_the_proxys_tcp(void **state)
{
    (void)state;
    for (int tunnel = 0; tunnel < 2; tunnel++) {
        through(tunnel);
        case_close(&k, HT_TCP_FIN, 3000);
        case_judge(&k, EMPTY, 3000);
        names_nobody("http.empty");
        case_end(&k);
        through(tunnel);
        case_close(&k, HT_TCP_RST, 3000);
        case_judge(&k, RECV, 3000);
        names_nobody("http.killed");
        case_end(&k);
        through(tunnel);
        case_answer(&k, 200);
        case_body(&k, ht_span_str("abc"), 3, false);
        case_close(&k, HT_TCP_FIN, 5000);
        case_judge(&k, PARTIAL, 5000);
        names_nobody("http.truncated");
        case_end(&k);
    }
}

static void a_silence_is_anybodys(void **state)
{
    (void)state;
    through(false);
    case_judge(&k, TIMED_OUT, SECONDS(5));
    assert_non_null(strstr(names_nobody("http.no_response")->title, "taken by the proxy,"));
    case_end(&k);
    through(true);
    case_judge(&k, TIMED_OUT, SECONDS(5));
    assert_non_null(strstr(names_nobody("http.no_response")->title, "the proxy's tunnel"));
    case_end(&k);
    through(true); /* not even the proxy has it */
    case_sample(&k, 100, 20, TCP_ESTABLISHED);
    case_judge(&k, TIMED_OUT, SECONDS(5));
    assert_null(strstr(names_nobody("http.no_response")->title, "taken"));
    case_end(&k);
    through(true);
    case_answer(&k, 200);
    case_body(&k, ht_span_str("abc"), 3, false);
    case_judge(&k, TIMED_OUT, SECONDS(5));
    names_nobody("http.stalled");
    case_end(&k);
    through(true);
    case_part(&k, ht_span_str("HTTP/1.1 200 OK\r\n"), 17);
    case_judge(&k, TIMED_OUT, SECONDS(5));
    names_nobody("http.header_stall");
    case_end(&k);
    through(true);
    struct ht_h2 *h2 = case_h2(&k, 1);
    h2->frames[HT_DIR_IN][4] = 0;
    h2->settings_seen[HT_DIR_IN] = false;
    case_judge(&k, TIMED_OUT, SECONDS(5));
    names_nobody("h2.no_settings");
    case_end(&k);
}

/* The proxy cannot have said what only the origin's keys can write. */
static void what_tls_protects_is_the_origins(void **state)
{
    struct ht_tls_alert goodbye = {.dir = HT_DIR_IN, .t_us = 2500, .level = 1};
    (void)state;
    through(true);
    tls->alerts = &goodbye;
    case_close(&k, HT_TCP_FIN, 3000);
    case_judge(&k, EMPTY, 3000);
    const struct ht_finding *f = case_only(&k, "http.empty");
    assert_int_equal(f->locus, HT_LOCUS_FRONT);
    assert_false(case_tells(f, SOCKET));
    case_end(&k);
    for (int tunnel = 0; tunnel < 2; tunnel++) {
        through(tunnel);
        case_h2(&k, 3)->goaway[HT_DIR_IN] = (struct ht_h2_goaway){true, 3000, 1, 0, {0}};
        case_judge(&k, RECV, 4000);
        f = case_only(&k, "h2.goaway_early");
        assert_int_equal(f->locus, tunnel ? HT_LOCUS_FRONT : HT_LOCUS_UNKNOWN);
        case_end(&k);
    }
}

static void an_alert_in_clear_is_anybodys(void **state)
{
    struct ht_tls_alert alert = {
        .dir = HT_DIR_IN, .t_us = 2500, .level = 2, .description = 80, .name = "internal_error"};
    (void)state;
    for (int answered = 0; answered < 2; answered++) {
        through(true);
        k.x->request.first_us = k.x->prereq_us = -1;
        k.x->request.complete = false;
        k.x->phase = HT_PHASE_TLS;
        tls->ok = false;
        tls->failed = true;
        tls->client_hello.present = true;
        tls->server_hello.present = answered;
        tls->alerts = &alert;
        case_judge(&k, 35, 4000);
        const struct ht_finding *f = case_finding(&k, "tls.alert.internal_error");
        assert_non_null(f);
        assert_int_equal(f->locus, answered ? HT_LOCUS_FRONT : HT_LOCUS_UNKNOWN);
        assert_int_equal(case_tells(f, SOCKET), !answered);
        case_end(&k);
    }
}

static void a_page_may_say_that_the_proxy_failed(void **state)
{
    static const char page[] = "<p>Tinyproxy was unable to connect to the remote web server.</p>";
    (void)state;
    for (int i = 0; i < 4; i++) {
        through(i == 1);
        case_answer(&k, 500);
        case_field(&k, "server", i == 2 ? "nginx" : "tinyproxy/1.11.1");
        case_body(&k, ht_span_str(i == 3 ? "<p>no</p>" : page), 64, true);
        case_judge(&k, 0, 9000);
        const struct ht_finding *f = case_finding(&k, "http.gateway_error");
        assert_int_equal(f != NULL, i == 0);
        assert_true(!f || (f->locus == HT_LOCUS_UNKNOWN && case_tells(f, "the page says")));
        case_end(&k);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_end_is_of_the_proxys_tcp),
        cmocka_unit_test(a_silence_is_anybodys),
        cmocka_unit_test(what_tls_protects_is_the_origins),
        cmocka_unit_test(an_alert_in_clear_is_anybodys),
        cmocka_unit_test(a_page_may_say_that_the_proxy_failed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
