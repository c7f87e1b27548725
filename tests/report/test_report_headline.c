/* SPDX-License-Identifier: MIT */
/* Tests of the sentence on a failure: what it says in each phase, and that it claims nothing which was not
 * seen. */
#include "unit.h"

#include "report/headline.h"
#include "report/sample.h"

#include <openssl/x509_vfy.h>
#include <string.h>

#define TIMED_OUT 28

/* A transfer to one address that died in a phase after 2 s. */
static struct sample *died(enum ht_phase phase, int64_t curl_code, const char *error)
{
    struct sample *s = sample_new("h1_chunked");
    struct ht_exchange *x = s->transfer->exchanges;
    struct ht_connection *c = x->connection;
    x->phase = phase;
    x->failed = true;
    x->response = (struct ht_response){.content_length = -1, .first_us = -1};
    x->events = (struct ht_event_list){0};
    c->events = (struct ht_event_list){0};
    c->end = HT_TCP_CLOSED;
    c->last_out_us = c->last_in_us = 100000;
    x->request.last_us = 100000;
    sample_end(s, 2100000, curl_code, error);
    return s;
}

static void expect(struct sample *s, const char *sentence)
{
    struct ht_sink out = ht_sink(0);
    ht_headline(&out, s->transfer, false);
    assert_string_equal(ht_sink_text(&out), sentence);
    ht_sink_free(&out);
    sample_free(s);
}

static void test_resolve(void **state)
{
    (void)state;
    struct sample *s = died(HT_PHASE_RESOLVE, 6, "Could not resolve host");
    struct ht_resolve *r = &s->trace.connections->resolve;
    *r = (struct ht_resolve){.host = sample_text(s, "nowhere.invalid"), .start_us = 0, .end_us = -1};
    expect(s, "No address for nowhere.invalid: Could not resolve host.");
    s = died(HT_PHASE_RESOLVE, TIMED_OUT, "Resolving timed out");
    r = &s->trace.connections->resolve;
    *r = (struct ht_resolve){.host = sample_text(s, "nowhere.invalid"), .start_us = 100000, .end_us = -1};
    expect(s, "No address for nowhere.invalid: the resolver did not answer for 2.00 s.");
}

static void one_attempt(struct sample *s, enum ht_attempt_outcome outcome, int64_t error)
{
    struct ht_connection *c = s->trace.connections;
    c->attempts = NULL;
    c->attempt_count = 0;
    c->connected_us = -1;
    struct ht_attempt *a = sample_attempt(s, c, "192.0.2.1", 443, outcome);
    a->start_us = 100000;
    a->end_us = 2100000;
    a->error = error;
}

static void test_connect(void **state)
{
    (void)state;
    struct sample *s = died(HT_PHASE_CONNECT, 7, "x");
    one_attempt(s, HT_ATTEMPT_REFUSED, 111);
    expect(s, "Connection refused by 192.0.2.1:443.");
    s = died(HT_PHASE_CONNECT, 7, "x");
    one_attempt(s, HT_ATTEMPT_UNREACHABLE, 113);
    expect(s, "No connection to 192.0.2.1:443: No route to host.");
    s = died(HT_PHASE_CONNECT, TIMED_OUT, "x");
    one_attempt(s, HT_ATTEMPT_CANCELLED, 0);
    expect(s, "No connection: 192.0.2.1:443 did not answer for 2.00 s.");
    s = died(HT_PHASE_CONNECT, 7, "x");
    one_attempt(s, HT_ATTEMPT_REFUSED, 111);
    s->trace.connections->attempts->icmp =
        (struct ht_icmp){.seen = true, .type = 3, .code = 13, .offender = sample_text(s, "192.0.2.254")};
    s->transfer->proxy = sample_text(s, "http://192.0.2.1:443");
    expect(s, "Connection refused by 192.0.2.1:443 (ICMP 3/13 from 192.0.2.254), the proxy.");
}

static struct sample *proxied(int64_t curl_code, int status, int socks_reply)
{
    struct sample *s = died(HT_PHASE_PROXY, curl_code, "x");
    struct ht_proxy *p = ht_arena_alloc(s->arena, sizeof *p);
    *p = (struct ht_proxy){.tunnel = true,
                           .response = {.status = status},
                           .socks_method = -1,
                           .socks_auth = -1,
                           .kind = socks_reply < 0    ? HT_PROXY_HTTP
                                   : socks_reply < 90 ? HT_PROXY_SOCKS5
                                                      : HT_PROXY_SOCKS4,
                           .socks_reply = socks_reply};
    s->trace.connections->proxy = p;
    return s;
}

static void test_proxy(void **state)
{
    (void)state;
    expect(proxied(56, 403, -1), "The proxy opened no tunnel: 403 Forbidden.");
    expect(proxied(56, 407, -1), "The proxy asks for a password: 407 Proxy Authentication Required.");
    expect(proxied(97, 0, 2),
           "The SOCKS proxy made no connection: reply 2, connection not allowed by ruleset.");
    expect(proxied(97, 0, 91), "The SOCKS proxy made no connection: reply 91, request rejected or failed.");
    expect(proxied(97, 0, 200), "The SOCKS proxy made no connection: reply 200, a code without a name.");
    struct sample *s = proxied(97, 0, -1);
    s->trace.connections->proxy->socks_method = 255;
    expect(s, "The SOCKS proxy takes none of the ways to sign in that were offered.");
    s = proxied(97, 0, -1);
    s->trace.connections->proxy->socks_auth = 1;
    expect(s, "The SOCKS proxy refused the name and password.");
    expect(proxied(TIMED_OUT, 0, -1), "No answer from the proxy for 2.00 s.");
    expect(proxied(56, 0, -1), "The proxy did not let the request through: x.");
}

static struct ht_tls *session(struct sample *s, bool server_hello)
{
    struct ht_tls *tls = sample_tls(s, s->trace.connections, 1000, "example.com");
    tls->ok = false;
    tls->failed = true;
    tls->verify_result = 0;
    tls->hostname_ok = true;
    tls->error_text = (struct ht_span){0};
    tls->alerts = NULL;
    tls->server_hello.present = server_hello;
    s->trace.connections->tls = tls;
    s->trace.connections->proxy = NULL;
    return tls;
}

static void test_tls_certificates(void **state)
{
    static const struct {
        int64_t result;
        const char *sentence;
    } rows[] = {
        {X509_V_ERR_CERT_HAS_EXPIRED, "TLS failed: the certificate has expired."},
        {X509_V_ERR_CERT_NOT_YET_VALID, "TLS failed: the certificate is not valid yet."},
        {X509_V_ERR_CERT_REVOKED, "TLS failed: the certificate is revoked."},
        {X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT, "TLS failed: the certificate is not trusted (words)."},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct sample *s = died(HT_PHASE_TLS, 60, "x");
        struct ht_tls *tls = session(s, true);
        tls->verify_result = rows[i].result;
        tls->verify_text = sample_text(s, "words");
        expect(s, rows[i].sentence);
    }
    struct sample *s = died(HT_PHASE_TLS, 60, "x");
    struct ht_tls *tls = session(s, true);
    tls->hostname_checked = true;
    tls->hostname_ok = false;
    tls->certificates[0].subject_cn = sample_text(s, "other.example");
    expect(s, "TLS failed: the certificate is for another name (other.example).");
}

static void test_tls_endings(void **state)
{
    (void)state;
    struct sample *s = died(HT_PHASE_TLS, 35, "x");
    struct ht_tls_alert alert = {
        .dir = HT_DIR_IN, .level = 2, .description = 40, .name = "handshake_failure"};
    session(s, false)->alerts = &alert;
    expect(s, "TLS failed: the server sent the alert handshake_failure.");
    s = died(HT_PHASE_TLS, 35, "x");
    session(s, false);
    s->trace.connections->end = HT_TCP_RST;
    s->trace.connections->wire_bytes[HT_DIR_IN] = 0;
    expect(s, "TLS failed: the server reset the connection after the ClientHello.");
    s = died(HT_PHASE_TLS, TIMED_OUT, "x");
    session(s, false);
    s->trace.connections->wire_bytes[HT_DIR_IN] = 0;
    expect(s, "TLS failed: the ClientHello was sent and nothing came back for 2.00 s.");
    s = died(HT_PHASE_TLS, TIMED_OUT, "x");
    session(s, true);
    expect(s, "TLS failed: the handshake stood still for 2.00 s.");
    s = died(HT_PHASE_TLS, 90, "public key does not match");
    session(s, true)->ok = true;
    expect(s, "TLS failed: the session was set up and not used (public key does not match).");
}

static void test_wait(void **state)
{
    struct ht_sample last = {.tcp = {.unacked = 0}};
    (void)state;
    for (int acked = 0; acked < 2; acked++) {
        struct sample *s = died(HT_PHASE_WAIT, TIMED_OUT, "x");
        last.tcp.unacked = acked ? 0 : 1;
        s->trace.connections->samples = &last;
        s->trace.connections->sample_count = 1;
        expect(s, acked ? "No answer: the server took the request and sent nothing for 2.00 s."
                        : "No answer: the request was sent, and nothing came back for 2.00 s.");
    }
    struct sample *s = died(HT_PHASE_WAIT, 52, "x");
    s->trace.connections->end = HT_TCP_FIN;
    expect(s, "No answer: the server closed the connection after the request.");
    s = died(HT_PHASE_WAIT, 92, "x");
    s->transfer->exchanges->reset_code = 7;
    s->transfer->exchanges->reset_dir = HT_DIR_IN;
    expect(s, "No answer: the server reset the stream after the request: REFUSED_STREAM.");
    s = died(HT_PHASE_WAIT, 56, "something of libcurl's");
    expect(s, "No answer: the transfer ended: something of libcurl's.");
}

static void test_response(void **state)
{
    (void)state;
    struct sample *s = died(HT_PHASE_RESPONSE, 18, "x");
    struct ht_response *r = &s->transfer->exchanges->response;
    *r = (struct ht_response){.status = 200, .body_bytes = 14, .content_length = 1000};
    s->trace.connections->end = HT_TCP_FIN;
    expect(s, "The answer 200 OK broke off after 14 of 1000 bytes: the server closed the connection.");
    s = died(HT_PHASE_RESPONSE, TIMED_OUT, "x");
    s->transfer->exchanges->response =
        (struct ht_response){.status = 200, .body_bytes = 14, .content_length = -1};
    expect(s, "The answer 200 OK broke off after 14 bytes: nothing came for 2.00 s.");
    s = died(HT_PHASE_RESPONSE, 47, "Maximum (50) redirects followed");
    s->transfer->exchanges->response = (struct ht_response){.status = 302, .complete = true};
    expect(s, "The answer 302 Found came whole, and the transfer failed: Maximum (50) redirects followed.");
    s = died(HT_PHASE_RESPONSE, 8, "x");
    struct ht_event *e = sample_event(s, s->trace.connections, s->transfer->exchanges, 100000, HT_DIR_IN,
                                      HT_LAYER_HTTP1, "response", "HTTP/1.1 0");
    e->malformed = true;
    e->malformed_why = "the status code is not three digits";
    expect(s, "The answer breaks HTTP: the status code is not three digits.");
}

static void test_the_verdict_comes_first(void **state)
{
    (void)state;
    struct sample *s = died(HT_PHASE_WAIT, 52, "x");
    s->transfer->verdict.status = HT_VERDICT_FAILED;
    s->transfer->verdict.headline = "A rule knows better.";
    expect(s, "A rule knows better.");
    s = sample_new("h1_chunked");
    s->transfer->verdict.headline = NULL;
    struct ht_sink out = ht_sink(0);
    ht_headline(&out, s->transfer, false);
    assert_non_null(strstr(ht_sink_text(&out), "200 OK \u00b7 HTTP/1.1"));
    ht_sink_free(&out);
    sample_free(s);
}

static void test_libcurls_words_are_masked(void **state)
{
    (void)state;
    expect(died(HT_PHASE_QUEUE, 3, "bad https://u:S3CRET@a.example/ \x1b[2J"),
           "The transfer failed before it began: bad https://u:[masked]@a.example/ \\x1b[2J.");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_resolve),
        cmocka_unit_test(test_connect),
        cmocka_unit_test(test_proxy),
        cmocka_unit_test(test_tls_certificates),
        cmocka_unit_test(test_tls_endings),
        cmocka_unit_test(test_wait),
        cmocka_unit_test(test_response),
        cmocka_unit_test(test_the_verdict_comes_first),
        cmocka_unit_test(test_libcurls_words_are_masked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
