/* SPDX-License-Identifier: MIT */
/* Rules of proxies: every way in which one says no or says nothing, and runs through one that are well. */
#include "rules/reach.h"

#include <errno.h>

enum { COULDNT_CONNECT = 7, TIMED_OUT = 28, RECV_ERROR = 56, PROXY_ERROR = 97 };

#define URL "https://www.example.com/"

static struct built b;

static struct ht_proxy *begin(enum ht_proxy_kind kind)
{
    reach_begin(&b, URL);
    b.transfer->proxy = ht_span_str("http://192.0.2.8:3128");
    reach_connect(&b, "192.0.2.8", 1000, 2000);
    struct ht_proxy *p = ht_arena_alloc(b.arena, sizeof *p);
    *p = (struct ht_proxy){.kind = kind,
                           .url = ht_span_str("http://192.0.2.8:3128"),
                           .tunnel = true,
                           .begin_us = 2000,
                           .end_us = -1,
                           .socks_reply = -1,
                           .socks_method = -1,
                           .socks_auth = -1};
    p->request.method = ht_span_str("CONNECT");
    p->request.target = ht_span_str("www.example.com:443");
    p->response.first_us = -1;
    b.connection->proxy = p;
    b.connection->wire_bytes[HT_DIR_OUT] = 120;
    return p;
}

static void answered(int status, const char *reason)
{
    struct ht_proxy *p = begin(HT_PROXY_HTTP);
    p->response.status = status;
    p->response.reason = ht_span_str(reason);
    p->response.first_us = 3000;
    reach_judge(&b, RECV_ERROR, HT_PHASE_PROXY, 4000);
}

static void ends(const char *code, enum ht_locus locus, enum ht_confidence confidence)
{
    reach_expect(&b, code, HT_SEVERITY_ERROR, locus, confidence);
    reach_expect(&b, "proxy.in_use", HT_SEVERITY_INFO, HT_LOCUS_LOCAL, HT_CONFIDENCE_HIGH);
    for (const struct ht_finding *f = b.exchange->findings; f; f = f->next)
        assert_true(f->severity < HT_SEVERITY_ERROR || strcmp(f->code, code) == 0);
    reach_end(&b);
}

static void statuses(void **unused)
{
    (void)unused;
    answered(403, "Forbidden");
    ends("proxy.connect_denied", HT_LOCUS_PROXY, HT_CONFIDENCE_HIGH);
    answered(451, "No");
    ends("proxy.connect_denied", HT_LOCUS_PROXY, HT_CONFIDENCE_HIGH);
    answered(407, "Proxy Authentication Required");
    ends("proxy.auth_required", HT_LOCUS_PROXY, HT_CONFIDENCE_HIGH);
    answered(502, "Bad Gateway");
    ends("proxy.gateway_error", HT_LOCUS_UNKNOWN, HT_CONFIDENCE_HIGH);
    answered(504, "Gateway Timeout");
    ends("proxy.gateway_error", HT_LOCUS_UNKNOWN, HT_CONFIDENCE_HIGH);
}

/* A request for http:// is answered by the proxy itself. */
static void sign_in_without_a_tunnel(void **unused)
{
    (void)unused;
    begin(HT_PROXY_HTTP)->tunnel = false;
    reach_answer(&b, 407, 3000);
    reach_judge(&b, 0, HT_PHASE_RESPONSE, 4000);
    ends("proxy.auth_required", HT_LOCUS_PROXY, HT_CONFIDENCE_HIGH);
}

static void never_reached(void **unused)
{
    static const struct {
        int error;
        enum ht_confidence confidence;
        const char *words;
    } rows[] = {
        {ECONNREFUSED, HT_CONFIDENCE_HIGH, "refused"},
        {EHOSTUNREACH, HT_CONFIDENCE_HIGH, "no way there"},
        {ETIMEDOUT, HT_CONFIDENCE_MEDIUM, "nothing came back"},
    };
    (void)unused;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        reach_begin(&b, URL);
        b.transfer->proxy = ht_span_str("http://192.0.2.8:3128");
        reach_attempt(&b, "192.0.2.8", 1000, 900000, rows[i].error);
        reach_judge(&b, COULDNT_CONNECT, HT_PHASE_CONNECT, 900100);
        reach_expect(&b, "proxy.unreachable", HT_SEVERITY_ERROR, HT_LOCUS_PROXY, rows[i].confidence);
        assert_non_null(strstr(b.transfer->verdict.headline, rows[i].words));
        reach_expect_not(&b, "tcp.refused");
        reach_expect_not(&b, "tcp.syn_timeout");
        reach_expect_not(&b, "tcp.unreachable");
        reach_end(&b);
    }
}

static void hangs_up(void **unused)
{
    static const enum ht_tcp_end how[] = {HT_TCP_FIN, HT_TCP_RST};
    (void)unused;
    for (size_t i = 0; i < 2; i++) {
        begin(HT_PROXY_HTTP);
        reach_close(&b, how[i], 3000, 120, 0);
        reach_judge(&b, RECV_ERROR, HT_PHASE_PROXY, 4000);
        ends("proxy.closed", HT_LOCUS_PROXY, HT_CONFIDENCE_MEDIUM);
    }
}

static void says_nothing(void **unused)
{
    (void)unused;
    begin(HT_PROXY_HTTP); /* it may wait for the origin */
    reach_judge(&b, TIMED_OUT, HT_PHASE_PROXY, 8000000);
    ends("proxy.silent", HT_LOCUS_PROXY, HT_CONFIDENCE_MEDIUM);
    begin(HT_PROXY_SOCKS5); /* a greeting is its own business */
    reach_judge(&b, TIMED_OUT, HT_PHASE_PROXY, 8000000);
    ends("proxy.silent", HT_LOCUS_PROXY, HT_CONFIDENCE_HIGH);
    begin(HT_PROXY_SOCKS5);
    reach_early(&b, 3000000);
    reach_expect_not(&b, "proxy.silent");
    reach_early(&b, 7100000);
    reach_expect(&b, "proxy.silent", HT_SEVERITY_ERROR, HT_LOCUS_PROXY, HT_CONFIDENCE_HIGH);
    reach_end(&b);
}

static void socks_replies(void **unused)
{
    static const struct {
        enum ht_proxy_kind kind;
        int reply;
        enum ht_locus locus;
        const char *words;
    } rows[] = {
        {HT_PROXY_SOCKS5, 1, HT_LOCUS_UNKNOWN, "general SOCKS server failure"},
        {HT_PROXY_SOCKS5, 2, HT_LOCUS_PROXY, "not allowed by ruleset"},
        {HT_PROXY_SOCKS5, 5, HT_LOCUS_UNKNOWN, "connection refused"},
        {HT_PROXY_SOCKS5, 8, HT_LOCUS_PROXY, "address type not supported"},
        {HT_PROXY_SOCKS5, 99, HT_LOCUS_PROXY, "a code without a name"},
        {HT_PROXY_SOCKS4, 91, HT_LOCUS_UNKNOWN, "rejected or failed"},
        {HT_PROXY_SOCKS4, 93, HT_LOCUS_PROXY, "another user"},
    };
    (void)unused;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        begin(rows[i].kind)->socks_reply = rows[i].reply;
        reach_close(&b, HT_TCP_FIN, 3000, 20, 10);
        reach_judge(&b, PROXY_ERROR, HT_PHASE_PROXY, 4000);
        assert_non_null(strstr(b.transfer->verdict.headline, rows[i].words));
        ends("proxy.socks_refused", rows[i].locus, HT_CONFIDENCE_HIGH);
    }
}

static void socks_sign_in(void **unused)
{
    (void)unused;
    begin(HT_PROXY_SOCKS5)->socks_method = 0xFF;
    reach_close(&b, HT_TCP_FIN, 3000, 3, 2);
    reach_judge(&b, PROXY_ERROR, HT_PHASE_PROXY, 4000);
    ends("proxy.socks_refused", HT_LOCUS_PROXY, HT_CONFIDENCE_HIGH);
    struct ht_proxy *p = begin(HT_PROXY_SOCKS5);
    p->socks_method = 2;
    p->socks_auth = 1;
    reach_close(&b, HT_TCP_FIN, 3000, 30, 4);
    reach_judge(&b, PROXY_ERROR, HT_PHASE_PROXY, 4000);
    ends("proxy.socks_refused", HT_LOCUS_PROXY, HT_CONFIDENCE_HIGH);
}

static void other_protocol(void **unused)
{
    static const struct {
        enum ht_proxy_kind kind;
        const char *bytes, *name, *title;
        enum ht_confidence confidence;
    } answers[] = {
        {HT_PROXY_SOCKS4, "\5\xff", "SOCKS5", "The proxy does not speak SOCKS4 but, it seems, SOCKS5",
         HT_CONFIDENCE_HIGH},
        {HT_PROXY_SOCKS5, "HTTP/1.1 400", "HTTP", "The proxy does not speak SOCKS5 but, it seems, HTTP",
         HT_CONFIDENCE_HIGH},
        {HT_PROXY_SOCKS5, "220 mail", "", "The proxy does not speak SOCKS5", HT_CONFIDENCE_MEDIUM},
    };
    (void)unused;
    for (size_t i = 0; i < 2 * sizeof answers / sizeof *answers; i++) {
        struct ht_proxy *p = begin(answers[i / 2].kind);
        p->stray = ht_span_str(answers[i / 2].bytes);
        p->stray_name = answers[i / 2].name;
        p->stray_us = 2500;
        if (i % 2) {
            reach_close(&b, HT_TCP_FIN, 3000, 20, 10);
            reach_judge(&b, PROXY_ERROR, HT_PHASE_PROXY, 4000);
        } else {
            reach_judge(&b, TIMED_OUT, HT_PHASE_PROXY, 4000000);
        }
        assert_non_null(strstr(b.transfer->verdict.headline, answers[i / 2].title));
        ends("proxy.other_protocol", HT_LOCUS_PROXY, answers[i / 2].confidence);
    }
}

static void well(void **unused)
{
    static const enum ht_proxy_kind kinds[] = {HT_PROXY_HTTP, HT_PROXY_SOCKS4, HT_PROXY_SOCKS5};
    (void)unused;
    for (size_t i = 0; i < 3; i++) {
        struct ht_proxy *p = begin(kinds[i]);
        p->ok = true;
        p->response.status = kinds[i] == HT_PROXY_HTTP ? 200 : 0;
        p->socks_reply = kinds[i] == HT_PROXY_SOCKS4 ? 90 : kinds[i] == HT_PROXY_SOCKS5 ? 0 : -1;
        b.exchange->prereq_us = 5000;
        reach_answer(&b, 200, 6000);
        reach_header(&b, "via", "1.1 somebody");
        reach_judge(&b, 0, HT_PHASE_RESPONSE, 7000);
        assert_string_equal(b.exchange->findings->code, "proxy.in_use");
        assert_null(b.exchange->findings->next);
        reach_end(&b);
    }
}

static void traces(void **unused)
{
    (void)unused;
    reach_begin(&b, "http://www.example.com/");
    reach_connect(&b, "203.0.113.9", 1000, 2000);
    reach_answer(&b, 200, 3000);
    reach_header(&b, "Via", "1.1 gw (squid)");
    reach_judge(&b, 0, HT_PHASE_RESPONSE, 4000);
    reach_expect(&b, "proxy.traces", HT_SEVERITY_NOTICE, HT_LOCUS_UNKNOWN, HT_CONFIDENCE_MEDIUM);
    reach_end(&b);
    reach_begin(&b, URL); /* nobody but the server that was asked for can have written it */
    reach_connect(&b, "203.0.113.9", 1000, 2000);
    struct ht_tls *tls = ht_arena_alloc(b.arena, sizeof *tls);
    *tls = (struct ht_tls){.ok = true, .hostname_ok = true, .hostname_checked = true, .version = 0x0304};
    b.connection->tls = tls;
    reach_answer(&b, 200, 3000);
    reach_header(&b, "via", "1.1 varnish");
    reach_judge(&b, 0, HT_PHASE_RESPONSE, 4000);
    reach_expect(&b, "proxy.traces", HT_SEVERITY_INFO, HT_LOCUS_FRONT, HT_CONFIDENCE_MEDIUM);
    reach_end(&b);
    reach_begin(&b, URL);
    reach_connect(&b, "203.0.113.9", 1000, 2000);
    reach_answer(&b, 200, 3000);
    reach_header(&b, "server", "nginx");
    reach_judge(&b, 0, HT_PHASE_RESPONSE, 4000);
    reach_expect_not(&b, "proxy.traces");
    reach_expect_not(&b, "proxy.in_use");
    reach_end(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(statuses),      cmocka_unit_test(sign_in_without_a_tunnel),
        cmocka_unit_test(never_reached), cmocka_unit_test(hangs_up),
        cmocka_unit_test(says_nothing),  cmocka_unit_test(socks_replies),
        cmocka_unit_test(socks_sign_in), cmocka_unit_test(other_protocol),
        cmocka_unit_test(well),          cmocka_unit_test(traces),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
