/* SPDX-License-Identifier: MIT */
/* Rules of certificates that do not verify: trust told apart, dates, names, revocation. */
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

static void expect_one_of_trust(const struct built *b, const char *code)
{
    static const char *const codes[] = {"cert.self_signed", "cert.untrusted", "cert.incomplete_chain",
                                        "cert.rejected"};
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
        if (strcmp(code, codes[i]) != 0)
            reach_expect_not(b, codes[i]);
    }
    assert_non_null(reach_found(b, code));
}

static void test_self_signed(void **state)
{
    struct built b;
    (void)state;
    begin(&b);
    tls_case_certificate(&b, "CN = site.example", "CN = site.example");
    refuse(&b, 18, "self-signed certificate");
    expect_one_of_trust(&b, "cert.self_signed");
    reach_expect(&b, "cert.self_signed", ERROR, HT_LOCUS_ORIGIN, HIGH);
    reach_end(&b);
}

static void test_root_sent(void **state)
{
    struct built b;
    (void)state;
    begin(&b);
    tls_case_certificate(&b, "CN = site.example", "O = Firm, CN = Firm CA");
    tls_case_certificate(&b, "O = Firm, CN = Firm CA", "O = Firm, CN = Firm CA");
    refuse(&b, 19, "self-signed certificate in certificate chain");
    expect_one_of_trust(&b, "cert.untrusted");
    reach_expect(&b, "cert.untrusted", ERROR, HT_LOCUS_ORIGIN, HIGH);
    reach_end(&b);
}

static void test_no_status(void **state)
{
    enum { INVALID_CERT_STATUS = 91 };
    struct built b;
    (void)state;
    begin(&b);
    tls_case_certificate(&b, "CN = site.example", "CN = Firm CA");
    tls_case_agree(&b, 0x0304, "TLS_AES_128_GCM_SHA256", "h2");
    b.connection->tls->verify_result = 0;
    reach_judge(&b, INVALID_CERT_STATUS, HT_PHASE_TLS, 10000);
    reach_expect(&b, "cert.no_status", ERROR, HT_LOCUS_ORIGIN, HIGH);
    reach_expect_not(&b, "failed.unexplained");
    reach_end(&b);
}

static void test_of_the_proxy(void **state)
{
    struct built b;
    (void)state;
    begin(&b);
    tls_case_certificate(&b, "CN = proxy.example", "CN = Firm CA");
    tls_case_certificate(&b, "CN = Firm CA", "CN = Firm CA");
    b.connection->tls->verify_result = 19;
    tls_case_fail(&b, "certificate verify failed", 4500);
    b.connection->proxy_tls = b.connection->tls;
    b.connection->tls = NULL;
    reach_judge(&b, PEER_UNVERIFIED, HT_PHASE_PROXY, 5000);
    reach_expect(&b, "cert.untrusted", ERROR, HT_LOCUS_PROXY, HIGH);
    assert_string_equal(reach_found(&b, "cert.untrusted")->title,
                        "The proxy's certificate chain ends in a CA that is not trusted here");
    reach_end(&b);
}

/* A chain that ends below an issuer that nobody has: what tells a missing intermediate from an unknown root.
 */
static void test_missing_issuer(void **state)
{
    static const struct {
        const char *issuer, *ca_issuers, *authority, *kin, *code;
        bool with_intermediate;
    } chains[] = {
        {"O = Let's Encrypt, CN = R10", "http://r10.i.lencr.org/", "", "", "cert.incomplete_chain", false},
        {"CN = Firm CA", "", "CN = Firm Top", "", "cert.incomplete_chain", false},
        {"CN = Firm CA", "", "CN = Firm CA", "", "cert.untrusted", false},
        {"O = Firm, CN = Firm CA", "", "", "/O=Firm/CN=Firm Top", "cert.incomplete_chain", false},
        {"CN = Firm Issuing CA 2", "", "", "", "cert.incomplete_chain", false},
        {"CN = Firm Root CA", "", "", "", "cert.untrusted", false},
        {"CN = Firm CA", "", "", "", "cert.untrusted", false},
        {"O = Firm, CN = Firm CA", "", "", "", "cert.untrusted", true},
        /* intermediates of public CAs carry caIssuers as well: it says nothing of what is missing above them
         */
        {"CN = Firm CA", "http://ca.example/ca.crt", "", "", "cert.untrusted", true},
    };
    (void)state;
    for (size_t i = 0; i < sizeof chains / sizeof *chains; i++) {
        struct built b;
        begin(&b);
        if (chains[i].with_intermediate)
            tls_case_certificate(&b, "CN = site.example", "CN = Middle");
        struct ht_certificate *top = tls_case_certificate(
            &b, chains[i].with_intermediate ? "CN = Middle" : "CN = site.example", chains[i].issuer);
        top->ca_issuers = ht_span_str(chains[i].ca_issuers);
        top->authority = ht_span_str(chains[i].authority);
        b.connection->tls->kin = ht_span_str(chains[i].kin);
        refuse(&b, 20, "unable to get local issuer certificate");
        expect_one_of_trust(&b, chains[i].code);
        assert_non_null(reach_found(&b, chains[i].code)->also_explained_by);
        reach_end(&b);
    }
}

static void test_other_reasons(void **state)
{
    struct built b;
    (void)state;
    begin(&b);
    tls_case_certificate(&b, "CN = site.example", "CN = Firm CA");
    refuse(&b, 26, "unsuitable certificate purpose");
    expect_one_of_trust(&b, "cert.rejected");
    reach_expect_fact(&b, "cert.rejected", "unsuitable certificate purpose (26)");
    reach_end(&b);
}

static void test_dates(void **state)
{
    struct built b;
    (void)state;
    begin(&b);
    struct ht_certificate *leaf = tls_case_certificate(&b, "CN = site.example", "CN = CA");
    leaf->not_before_s = NOW_S - 30 * DAY_S;
    leaf->not_after_s = NOW_S - 2 * DAY_S;
    refuse(&b, 10, "certificate has expired");
    reach_expect(&b, "cert.expired", ERROR, HT_LOCUS_ORIGIN, HIGH);
    reach_expect_fact(&b, "cert.expired", "valid from 2026-12-16T08:00:00Z to 2027-01-13T08:00:00Z");
    reach_expect_fact(&b, "cert.expired", "this host's clock says 2027-01-15T08:00:00Z");
    reach_expect_not(&b, "cert.not_yet_valid");
    reach_end(&b);
    begin(&b);
    leaf = tls_case_certificate(&b, "CN = site.example", "CN = CA");
    leaf->not_before_s = NOW_S + DAY_S;
    leaf->not_after_s = NOW_S + 9 * DAY_S;
    refuse(&b, 9, "certificate is not yet valid");
    reach_expect(&b, "cert.not_yet_valid", ERROR, HT_LOCUS_ORIGIN, HIGH);
    reach_end(&b);
}

/* With -k the answer's Date tells whose clock is wrong. */
static void test_wrong_clock(void **state)
{
    struct built b;
    (void)state;
    begin(&b);
    b.transfer->insecure = true;
    struct ht_certificate *leaf = tls_case_certificate(&b, "CN = site.example", "CN = CA");
    leaf->not_before_s = NOW_S - 900 * DAY_S;
    leaf->not_after_s = NOW_S - 700 * DAY_S;
    b.connection->tls->verify_result = 10;
    reach_header(&b, "Date", "Sat, 01 Feb 2025 08:00:00 GMT");
    accept(&b);
    reach_expect(&b, "cert.expired", NOTICE, HT_LOCUS_LOCAL, HIGH);
    reach_expect_fact(&b, "cert.expired", "the answer's Date says 2025-02-01T08:00:00Z");
    reach_end(&b);
}

/* Servers send expired spare certificates; what verifies is healthy. */
static void test_expired_spare(void **state)
{
    struct built b;
    (void)state;
    begin(&b);
    tls_case_certificate(&b, "CN = site.example", "CN = Middle");
    tls_case_certificate(&b, "CN = Middle", "CN = Old Root")->not_after_s = NOW_S - DAY_S;
    accept(&b);
    assert_null(b.exchange->findings);
    reach_end(&b);
}

static void test_name(void **state)
{
    static struct ht_span names[2];
    struct built b;
    (void)state;
    names[0] = ht_span_str("other.example");
    names[1] = ht_span_str("*.other.example");
    begin(&b);
    struct ht_certificate *leaf = tls_case_certificate(&b, "CN = other", "CN = CA");
    leaf->san = (struct ht_span_list){names, 2};
    b.connection->tls->hostname_ok = false;
    tls_case_agree(&b, 0x0304, "TLS_AES_128_GCM_SHA256", "h2");
    reach_judge(&b, PEER_UNVERIFIED, HT_PHASE_TLS, 9000);
    reach_expect(&b, "cert.name_mismatch", ERROR, HT_LOCUS_FRONT, MEDIUM);
    reach_expect_fact(&b, "cert.name_mismatch",
                      "asked for site.example; the certificate is for other.example, *.other.example");
    reach_end(&b);
}

/* What verification would have said, when the user waived it. */
static void test_insecure(void **state)
{
    struct built b;
    (void)state;
    begin(&b);
    b.transfer->insecure = true;
    tls_case_certificate(&b, "CN = site.example", "CN = site.example");
    b.connection->tls->verify_result = 18;
    b.connection->tls->hostname_ok = false;
    accept(&b);
    reach_expect(&b, "cert.self_signed", NOTICE, HT_LOCUS_ORIGIN, HIGH);
    reach_expect(&b, "cert.name_mismatch", NOTICE, HT_LOCUS_FRONT, MEDIUM);
    assert_int_equal(b.transfer->verdict.status, HT_VERDICT_OK);
    reach_end(&b);
}

static void test_revoked(void **state)
{
    struct built b;
    (void)state;
    begin(&b);
    tls_case_certificate(&b, "CN = site.example", "CN = CA");
    b.connection->tls->ocsp = HT_OCSP_REVOKED;
    tls_case_agree(&b, 0x0304, "TLS_AES_128_GCM_SHA256", "h2");
    reach_judge(&b, 91, HT_PHASE_TLS, 9000);
    reach_expect(&b, "cert.revoked", ERROR, HT_LOCUS_ORIGIN, HIGH);
    reach_end(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_self_signed),    cmocka_unit_test(test_root_sent),
        cmocka_unit_test(test_no_status),      cmocka_unit_test(test_of_the_proxy),
        cmocka_unit_test(test_missing_issuer), cmocka_unit_test(test_other_reasons),
        cmocka_unit_test(test_dates),          cmocka_unit_test(test_wrong_clock),
        cmocka_unit_test(test_expired_spare),  cmocka_unit_test(test_name),
        cmocka_unit_test(test_insecure),       cmocka_unit_test(test_revoked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
