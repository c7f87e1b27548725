/* SPDX-License-Identifier: MIT */
/* Rules of who stands behind a certificate, and how strong it is: inspection products, roots, timestamps,
 * keys. */
#include "rules/cert_data.h"
#include "rules/tls_case.h"

#include <string.h>

#define ERROR   HT_SEVERITY_ERROR
#define WARNING HT_SEVERITY_WARNING
#define NOTICE  HT_SEVERITY_NOTICE
#define INFO    HT_SEVERITY_INFO
#define MEDIUM  HT_CONFIDENCE_MEDIUM
#define HIGH    HT_CONFIDENCE_HIGH

enum { PEER_UNVERIFIED = 60, DAY_S = 86400 };
#define NOW_S INT64_C(1800000000)

static void begin(struct built *b)
{
    tls_case_begin(b);
    tls_case_answer(b, 0x0304);
}

static void refuse(struct built *b, int64_t result, const char *text)
{
    b->connection->tls->verify_result = result;
    b->connection->tls->verify_text = ht_span_str(text);
    tls_case_fail(b, "certificate verify failed", 4500);
    reach_close(b, HT_TCP_CLOSED, 4600, 600, 1500);
    reach_judge(b, PEER_UNVERIFIED, HT_PHASE_TLS, 5000);
}

static void accept(struct built *b)
{
    tls_case_agree(b, 0x0304, "TLS_AES_128_GCM_SHA256", "h2");
    b->exchange->prereq_us = 6000;
    reach_answer(b, 200, 9000);
    reach_judge(b, 0, HT_PHASE_RESPONSE, 10000);
}

static void test_strength(void **state)
{
    struct built b;
    (void)state;
    begin(&b);
    struct ht_certificate *leaf = tls_case_certificate(&b, "CN = site.example", "CN = Middle");
    leaf->key = "RSA 1024";
    leaf->key_bits = 1024;
    struct ht_certificate *middle = tls_case_certificate(&b, "CN = Middle", "CN = Root");
    middle->signature = "sha1WithRSAEncryption";
    accept(&b);
    reach_expect(&b, "cert.weak_key", WARNING, HT_LOCUS_ORIGIN, HIGH);
    reach_expect(&b, "cert.weak_signature", WARNING, HT_LOCUS_ORIGIN, HIGH);
    reach_expect_fact(&b, "cert.weak_signature", "CN = Middle is signed with sha1WithRSAEncryption");
    reach_end(&b);
    begin(&b); /* old roots are trusted for what they are, not for their signature */
    tls_case_certificate(&b, "CN = site.example", "CN = Root");
    struct ht_certificate *root = tls_case_certificate(&b, "CN = Root", "CN = Root");
    root->signature = "sha1WithRSAEncryption";
    root->key = "RSA 1024";
    root->key_bits = 1024;
    accept(&b);
    assert_null(b.exchange->findings);
    reach_end(&b);
    begin(&b); /* refused for it */
    tls_case_certificate(&b, "CN = site.example", "CN = CA")->key = "RSA 1024";
    b.connection->tls->certificates[0].key_bits = 1024;
    refuse(&b, 66, "EE certificate key too weak");
    reach_expect(&b, "cert.weak_key", ERROR, HT_LOCUS_ORIGIN, HIGH);
    reach_expect_not(&b, "cert.rejected");
    reach_end(&b);
}

static void inspect(struct built *b, const char *issuer, const char *remote, struct ht_proxy *proxy)
{
    begin(b);
    b->connection->remote = ht_span_str(remote);
    b->connection->proxy = proxy;
    tls_case_certificate(b, "CN = site.example", issuer);
}

static void test_inspection(void **state)
{
    struct ht_proxy proxy = {.tunnel = true, .ok = true};
    struct built b;
    (void)state;
    inspect(&b, "O = Fortinet, CN = FGT60F0000000000", "192.0.2.1:443", NULL);
    accept(&b);
    reach_expect(&b, "cert.inspection_issuer", ERROR, HT_LOCUS_PATH, HIGH);
    reach_expect_fact(&b, "cert.inspection_issuer", "the chain verifies");
    assert_int_equal(b.transfer->verdict.status, HT_VERDICT_INTERCEPTED);
    reach_end(&b);
    inspect(&b, "O = mitmproxy, CN = mitmproxy", "192.0.2.1:443", &proxy);
    refuse(&b, 20, "unable to get local issuer certificate");
    reach_expect(&b, "cert.inspection_issuer", ERROR, HT_LOCUS_PROXY, HIGH);
    reach_expect_not(&b, "cert.untrusted");
    reach_end(&b);
    inspect(&b, "O = ESET, CN = ESET SSL Filter CA", "192.0.2.1:443", NULL);
    b.connection->tls->anchor_public = 0;
    accept(&b);
    reach_expect(&b, "cert.inspection_issuer", ERROR, HT_LOCUS_LOCAL, HIGH);
    reach_expect_not(&b, "cert.local_root");
    reach_end(&b);
}

/* On a connection that is used again it is said again: each URL has a report of its own. */
static void test_inspection_on_reuse(void **state)
{
    struct built b;
    (void)state;
    inspect(&b, "O = Zscaler Inc., CN = Zscaler Intermediate Root CA", "192.0.2.1:443", NULL);
    tls_case_agree(&b, 0x0304, "TLS_AES_128_GCM_SHA256", "h2");
    b.exchange->reused = true;
    reach_answer(&b, 200, 9000);
    reach_judge(&b, 0, HT_PHASE_RESPONSE, 10000);
    reach_expect(&b, "cert.inspection_issuer", ERROR, HT_LOCUS_PATH, HIGH);
    reach_end(&b);
}

static void test_not_inspection(void **state)
{
    static const char *const issuers[] = {
        "O = DigiCert Inc, CN = DigiCert Global G2 TLS RSA SHA256 2020 CA1",
        "O = Cisco Systems, CN = Cisco CA",
        "CN = Charles",
        "CN = ESET",
        "O = Let's Encrypt, CN = R10",
        "O = Charles Schwab, CN = Schwab CA",
        "CN = My mitmproxy lab CA",
        "CN = notmitmproxy",
    };
    (void)state;
    for (size_t i = 0; i < sizeof issuers / sizeof *issuers; i++) {
        struct built b;
        inspect(&b, issuers[i], "192.0.2.1:443", NULL);
        accept(&b);
        reach_expect_not(&b, "cert.inspection_issuer");
        reach_end(&b);
    }
    struct built b; /* an appliance's own page */
    begin(&b);
    tls_case_certificate(&b, "O = Fortinet, CN = FortiGate", "O = Fortinet, CN = FortiGate");
    refuse(&b, 18, "self-signed certificate");
    reach_expect_not(&b, "cert.inspection_issuer");
    reach_expect(&b, "cert.self_signed", ERROR, HT_LOCUS_ORIGIN, HIGH);
    reach_end(&b);
}

static const struct ht_inspector *find(const char *cn, const char *o)
{
    return ht_inspector_find(ht_span_str(cn), ht_span_str(o));
}

static void test_names_are_whole(void **state)
{
    (void)state;
    assert_string_equal(find("FORTIGATE ca", "")->product, "Fortinet FortiGate");
    assert_string_equal(find("Charles Proxy CA (19 Nov 2026, host)", "")->product, "Charles Proxy");
    assert_string_equal(find("ca.firm.goskope.com", "")->product, "Netskope");
    assert_string_equal(find("DO_NOT_TRUST_FiddlerRoot", "")->product, "Fiddler");
    assert_null(find("", ""));
    assert_null(find("", "Fortinet Fan Club"));
    assert_null(find("ca.firm.goskope.com.evil.example", ""));
    assert_null(ht_inspector_find(ht_span("mitmproxy\0.example", 18), (struct ht_span){0}));
}

static void test_roots(void **state)
{
    struct built b;
    (void)state;
    for (int custom = 0; custom < 2; custom++) {
        begin(&b);
        tls_case_certificate(&b, "CN = site.example", "O = Firm, CN = Firm CA");
        b.connection->tls->anchor_public = 0;
        b.transfer->custom_ca = custom;
        accept(&b);
        reach_expect(&b, "cert.local_root", custom ? INFO : NOTICE, HT_LOCUS_UNKNOWN, MEDIUM);
        reach_expect_not(&b, "cert.no_sct");
        reach_end(&b);
    }
    static const int64_t fine[] = {1, -1}; /* public, or nobody knows */
    for (size_t i = 0; i < 2; i++) {
        begin(&b);
        tls_case_certificate(&b, "CN = site.example", "CN = CA")->has_sct = true;
        b.connection->tls->anchor_public = fine[i];
        accept(&b);
        assert_null(b.exchange->findings);
        reach_end(&b);
    }
}

static void test_timestamps(void **state)
{
    struct built b;
    (void)state;
    begin(&b);
    tls_case_certificate(&b, "CN = site.example", "CN = CA");
    b.connection->tls->anchor_public = 1;
    accept(&b);
    reach_expect(&b, "cert.no_sct", NOTICE, HT_LOCUS_UNKNOWN, HT_CONFIDENCE_LOW);
    reach_end(&b);
    begin(&b);
    tls_case_certificate(&b, "CN = site.example", "CN = CA");
    b.connection->tls->anchor_public = 1;
    b.connection->tls->sct_in_tls = true;
    accept(&b);
    reach_expect_not(&b, "cert.no_sct");
    reach_end(&b);
    begin(&b); /* issued before logs were asked for */
    tls_case_certificate(&b, "CN = site.example", "CN = CA")->not_before_s = 1500000000;
    b.connection->tls->anchor_public = 1;
    accept(&b);
    reach_expect_not(&b, "cert.no_sct");
    reach_end(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_strength),
        cmocka_unit_test(test_inspection),
        cmocka_unit_test(test_inspection_on_reuse),
        cmocka_unit_test(test_not_inspection),
        cmocka_unit_test(test_names_are_whole),
        cmocka_unit_test(test_roots),
        cmocka_unit_test(test_timestamps),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
