/* SPDX-License-Identifier: MIT */
/* Rules of portals and block pages; most of all what they leave alone. */
#include "rules/case.h"
#include "rules/page.h"
#include "rules/redirect.h"

#include <zlib.h>

static struct case_under_test k;

static int begin(void **state)
{
    (void)state;
    case_begin(&k, "http://example.com/");
    return 0;
}

static int end(void **state)
{
    (void)state;
    case_end(&k);
    return 0;
}

static void anew(const char *url)
{
    case_end(&k);
    case_begin(&k, url);
}

static struct ht_span deflated(const char *text, int window_bits, uint8_t *room, size_t size)
{
    z_stream z = {.next_in = (Bytef *)(uintptr_t)text, .avail_in = (uInt)strlen(text)};
    assert_int_equal(deflateInit2(&z, 9, Z_DEFLATED, window_bits, 8, Z_DEFAULT_STRATEGY), Z_OK);
    z.next_out = room;
    z.avail_out = (uInt)size;
    assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
    deflateEnd(&z);
    return ht_span(room, size - z.avail_out);
}

static void redirect(const char *location)
{
    case_answer(&k, 302);
    case_field(&k, "location", location);
}

/* ---- portals ---- */

static const struct ht_finding *portal(const char *url, const char *location)
{
    anew(url);
    redirect(location);
    case_judge(&k, 0, 9000);
    return case_finding(&k, "http.portal");
}

static void redirects_of_portals(void **state)
{
    (void)state;
    const struct ht_finding *f = portal("http://example.com/", "http://192.168.1.1/login");
    assert_non_null(f);
    assert_int_equal(f->confidence, HT_CONFIDENCE_MEDIUM);
    assert_int_not_equal(f->locus, HT_LOCUS_PATH);
    assert_int_equal(k.t->verdict.status, HT_VERDICT_INTERCEPTED);
    assert_non_null(portal("http://example.com/", "http://1.1.1.1/?u=example.com"));
    assert_non_null(portal("http://example.com/", "http://hotspot.local/"));
    assert_non_null(portal("http://localhost:8080/", "http://10.0.0.1/login"));
}

static void redirects_that_are_ordinary(void **state)
{
    (void)state;
    assert_null(portal("http://example.com/", "https://example.com/"));
    assert_null(portal("http://example.com/",
                       "https://login.corp.example/authorize?client_id=1")); /* single sign-on */
    assert_null(portal("http://example.com/", "http://accounts.example.net/"));
    assert_null(portal("http://example.com/", "/login"));
    assert_null(portal("http://example.com/", "http://203.0.113.7/")); /* its own address */
    assert_null(portal("http://192.168.1.10/", "http://192.168.1.11/"));
    assert_null(portal("http://intranet/", "http://10.1.2.3/"));
    assert_null(portal("http://localhost:8080/", "http://127.0.0.1:9090/"));
    assert_null(portal("http://127.0.0.1:8080/", "http://localhost:9090/"));
    assert_null(portal("https://example.com/", "http://192.168.1.1/"));
    anew("http://localhost:9870/"); /* a service that hands work to its nodes */
    case_answer(&k, 307);
    case_field(&k, "location", "http://10.1.2.3:9864/data");
    case_judge(&k, 0, 9000);
    assert_null(case_finding(&k, "http.portal"));
}

static void portals_over_tls(void **state)
{
    (void)state;
    anew("https://example.com/");
    case_tls(&k, false);
    redirect("https://wifi.example.net/login");
    case_judge(&k, 0, 9000);
    assert_non_null(case_finding(&k, "http.portal"));
    anew("https://example.com/"); /* its certificate, an ordinary sign-in */
    case_tls(&k, true);
    redirect("https://login.example.net/");
    case_judge(&k, 0, 9000);
    assert_null(case_finding(&k, "http.portal"));
    anew("https://old.example.com/"); /* a default site that leads to its main name */
    case_tls(&k, false);
    redirect("https://www.example.com/");
    case_judge(&k, 0, 9000);
    assert_null(case_finding(&k, "http.portal"));
}

static void marks_of_portals(void **state)
{
    (void)state;
    case_answer(&k, 511);
    case_judge(&k, 0, 9000);
    assert_int_equal(case_only(&k, "http.portal")->confidence, HT_CONFIDENCE_HIGH);
    assert_int_equal(k.t->verdict.status, HT_VERDICT_INTERCEPTED);
    anew("http://example.com/");
    case_answer(&k, 200);
    case_body(&k, ht_span_str("<!--<WISPAccessGatewayParam><Redirect>"), 38, true);
    case_judge(&k, 0, 9000);
    case_only(&k, "http.portal");
    anew("http://example.com/api");
    case_answer(&k, 200);
    case_field(&k, "content-type", "application/captive+json");
    case_body(&k, ht_span_str("{\"captive\": false}"), 18, true);
    case_judge(&k, 0, 9000);
    assert_null(k.x->findings);
}

/* ---- block pages ---- */

static const struct ht_finding *page(int status, const char *name, const char *value, const char *body)
{
    anew("http://example.com/");
    case_answer(&k, status);
    if (name)
        case_field(&k, name, value);
    case_body(&k, ht_span_str(body), (int64_t)strlen(body), true);
    case_judge(&k, 0, 9000);
    return case_finding(&k, "http.block_page");
}

static void assert_blocked(const struct ht_finding *f, enum ht_locus locus)
{
    assert_non_null(f);
    assert_int_equal(f->severity, HT_SEVERITY_WARNING);
    assert_int_equal(f->locus, locus);
    assert_null(case_finding(&k, "http.status"));
    assert_null(case_finding(&k, "http.gateway_error"));
}

static void refusals_of_edges(void **state)
{
    (void)state;
    assert_blocked(page(403, "cf-mitigated", "challenge", ""), HT_LOCUS_FRONT);
    assert_blocked(page(503, "cf-mitigated", "challenge", ""), HT_LOCUS_FRONT);
    assert_blocked(page(405 - 2, "x-amzn-waf-action", "captcha", ""), HT_LOCUS_FRONT);
    assert_blocked(page(403, "x-sucuri-block", "SQLi", ""), HT_LOCUS_FRONT);
    assert_blocked(page(403, "server", "AkamaiGHost", "<H1>Access Denied</H1>"), HT_LOCUS_FRONT);
    assert_blocked(page(403, NULL, NULL, "Request unsuccessful. Incapsula incident ID: 1-2"), HT_LOCUS_FRONT);
    assert_blocked(
        page(200, NULL, NULL, "The requested URL was rejected. Please consult with your administrator."),
        HT_LOCUS_FRONT);
    assert_blocked(page(403, "x-squid-error", "ERR_ACCESS_DENIED 0", ""), HT_LOCUS_UNKNOWN);
    assert_blocked(page(403, NULL, NULL, "<td>FortiGuard Web Filtering</td>"), HT_LOCUS_UNKNOWN);
}

static void a_proxy_that_was_asked_refuses(void **state)
{
    (void)state;
    k.t->proxy = ht_span_str("http://proxy:3128");
    case_answer(&k, 403);
    case_field(&k, "x-squid-error", "ERR_ACCESS_DENIED 0");
    case_judge(&k, 0, 9000);
    assert_blocked(case_finding(&k, "http.block_page"), HT_LOCUS_PROXY);
}

static void what_every_answer_carries_is_no_refusal(void **state)
{
    (void)state;
    const struct ht_finding *f = page(403, "cf-ray", "8a1b2c3d4e5f6071-AMS", "Forbidden by the application");
    assert_non_null(f);
    assert_int_equal(f->severity, HT_SEVERITY_NOTICE);
    assert_int_equal(f->locus, HT_LOCUS_UNKNOWN);
    assert_non_null(case_finding(&k, "http.status"));
    assert_null(page(403, "server", "cloudflare", "Forbidden by the application"));
    assert_null(page(404, "cf-ray", "8a1b2c3d4e5f6071-AMS", ""));
    assert_null(page(200, "cf-ray", "8a1b2c3d4e5f6071-AMS", "Incapsula incident ID: how to read it"));
    assert_null(page(403, NULL, NULL, "Cloudflare, Akamai, Zscaler and Fortinet are vendors"));
    assert_null(page(404, "x-squid-error", "ERR_DNS_FAIL 0", ""));
    assert_null(page(503, "server", "awselb/2.0", "<h1>503 Service Temporarily Unavailable</h1>"));
}

static void marks_in_a_coded_page(void **state)
{
    uint8_t room[256];
    (void)state;
    struct ht_span body = deflated("Request unsuccessful. Incapsula incident ID: 1-2", 31, room, sizeof room);
    case_answer(&k, 403);
    case_field(&k, "content-encoding", "gzip");
    case_body(&k, body, (int64_t)body.len, true);
    case_judge(&k, 0, 9000);
    assert_blocked(case_finding(&k, "http.block_page"), HT_LOCUS_FRONT);
}

static void every_mark_names_its_source(void **state)
{
    (void)state;
    for (size_t i = 0; i < ht_page_mark_count; i++) {
        const struct ht_page_mark *m = &ht_page_marks[i];
        assert_non_null(m->product);
        assert_non_null(m->source);
        assert_true(m->field || m->server || m->body);
        assert_true(!m->value || m->field);
        assert_true(!m->any_status || (m->body && strlen(m->body) > 40));
    }
}

static void kinds_of_hosts(void **state)
{
    (void)state;
    assert_true(ht_host_is_private(ht_span_str("10.0.0.1")));
    assert_true(ht_host_is_private(ht_span_str("fd00::1")));
    assert_true(ht_host_is_private(ht_span_str("router.lan")));
    assert_false(ht_host_is_private(ht_span_str("127.0.0.1")));
    assert_false(ht_host_is_private(ht_span_str("localhost")));
    assert_false(ht_host_is_private(ht_span_str("8.8.8.8")));
    assert_false(ht_host_is_private(ht_span_str("www.example.com")));
    assert_true(ht_host_is_loopback(ht_span_str("127.0.0.2")));
    assert_true(ht_host_is_loopback(ht_span_str("::1")));
    assert_true(ht_host_is_kin(ht_span_str("a.example.com"), ht_span_str("EXAMPLE.com")));
    assert_false(ht_host_is_kin(ht_span_str("example.com"), ht_span_str("example.net")));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(redirects_of_portals),
        TEST(redirects_that_are_ordinary),
        TEST(portals_over_tls),
        TEST(marks_of_portals),
        TEST(refusals_of_edges),
        TEST(a_proxy_that_was_asked_refuses),
        TEST(what_every_answer_carries_is_no_refusal),
        TEST(marks_in_a_coded_page),
        TEST(every_mark_names_its_source),
        TEST(kinds_of_hosts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
