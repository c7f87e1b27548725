/* SPDX-License-Identifier: MIT */
/* Rules of alerts and of ALPN. */
#include "rules/tls_case.h"

#include <stdio.h>
#include <string.h>

#define ERROR   HT_SEVERITY_ERROR
#define WARNING HT_SEVERITY_WARNING
#define NOTICE  HT_SEVERITY_NOTICE
#define HIGH    HT_CONFIDENCE_HIGH

static void refuse(struct built *b, uint8_t level, uint8_t number, const char *name)
{
    tls_case_begin(b);
    tls_case_alert(b, HT_DIR_IN, level, number, name);
    tls_case_fail(b, "an alert came", 4500);
    reach_close(b, HT_TCP_FIN, 4600, HELLO_RECORD, 7);
    reach_judge(b, 35, HT_PHASE_TLS, 5000);
}

static void test_each_alert(void **state)
{
    static const struct {
        uint8_t number;
        const char *name;
    } alerts[] = {
        {10, "unexpected_message"},
        {20, "bad_record_mac"},
        {22, "record_overflow"},
        {40, "handshake_failure"},
        {47, "illegal_parameter"},
        {50, "decode_error"},
        {51, "decrypt_error"},
        {70, "protocol_version"},
        {71, "insufficient_security"},
        {80, "internal_error"},
        {86, "inappropriate_fallback"},
        {109, "missing_extension"},
        {110, "unsupported_extension"},
        {112, "unrecognized_name"},
        {116, "certificate_required"},
        {120, "no_application_protocol"},
        {42, "bad_certificate"},
        {43, "unsupported_certificate"},
        {44, "certificate_revoked"},
        {45, "certificate_expired"},
        {46, "certificate_unknown"},
        {48, "unknown_ca"},
        {49, "access_denied"},
        {111, "certificate_unobtainable"},
        {115, "unknown_psk_identity"},
        {113, "bad_certificate_status_response"},
        {114, "bad_certificate_hash_value"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof alerts / sizeof *alerts; i++) {
        struct built b;
        char code[64];
        snprintf(code, sizeof code, "tls.alert.%s", alerts[i].name);
        refuse(&b, 2, alerts[i].number, alerts[i].name);
        reach_expect(&b, code, ERROR, HT_LOCUS_FRONT, HIGH);
        reach_expect_not(&b, "tls.ch_fin");
        reach_expect_not(&b, "tls.no_server_hello");
        reach_expect_not(&b, "tls.alert.unknown");
        assert_int_equal(b.transfer->verdict.locus, HT_LOCUS_FRONT);
        reach_end(&b);
    }
}

static void test_unnamed_alert(void **state)
{
    struct built b;
    (void)state;
    refuse(&b, 2, 199, NULL);
    reach_expect(&b, "tls.alert.unknown", ERROR, HT_LOCUS_FRONT, HIGH);
    assert_non_null(strstr(reach_found(&b, "tls.alert.unknown")->title, "199"));
    reach_end(&b);
}

/* A close_notify says goodbye; a warning of unrecognized_name comes with handshakes that succeed. */
static void test_harmless_alerts(void **state)
{
    struct built b;
    (void)state;
    tls_case_begin(&b);
    tls_case_agree(&b, 0x0303, "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", "h2");
    tls_case_alert(&b, HT_DIR_IN, 1, 112, "unrecognized_name");
    tls_case_alert(&b, HT_DIR_IN, 1, 0, "close_notify");
    reach_answer(&b, 200, 9000);
    reach_judge(&b, 0, HT_PHASE_RESPONSE, 10000);
    reach_expect_not(&b, "tls.alert.unrecognized_name");
    reach_end(&b);
    tls_case_begin(&b); /* and no blame for a failure that came later */
    tls_case_agree(&b, 0x0303, "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", "h2");
    tls_case_alert(&b, HT_DIR_IN, 1, 112, "unrecognized_name");
    reach_close(&b, HT_TCP_RST, 9000, 800, 1500);
    reach_judge(&b, 56, HT_PHASE_WAIT, 10000);
    reach_expect_not(&b, "tls.alert.unrecognized_name");
    reach_end(&b);
}

/* What a peer said before this exchange began is not its failure. */
static void test_alert_of_an_earlier_exchange(void **state)
{
    struct built b;
    (void)state;
    tls_case_begin(&b);
    tls_case_agree(&b, 0x0304, "TLS_AES_128_GCM_SHA256", "http/1.1");
    tls_case_alert(&b, HT_DIR_IN, 2, 80, "internal_error");
    reach_answer(&b, 200, 4600);
    reach_next(&b, HT_CAUSE_REDIRECT, true, 10000);
    reach_judge(&b, 52, HT_PHASE_WAIT, 20000);
    reach_expect_not(&b, "tls.alert.internal_error");
    reach_end(&b);
}

static void choose(struct built *b, const char *alpn, bool wanted, const char *alt_svc)
{
    tls_case_begin(b);
    b->transfer->http2_wanted = wanted;
    tls_case_agree(b, 0x0304, "TLS_AES_128_GCM_SHA256", alpn);
    if (alt_svc)
        reach_header(b, "Alt-Svc", alt_svc);
    reach_answer(b, 200, 9000);
    reach_judge(b, 0, HT_PHASE_RESPONSE, 10000);
}

static void test_fallback(void **state)
{
    struct built b;
    (void)state;
    choose(&b, "h2", false, NULL);
    assert_null(b.exchange->findings);
    reach_end(&b);
    choose(&b, "http/1.1", false, NULL);
    reach_expect(&b, "alpn.fallback", NOTICE, HT_LOCUS_FRONT, HT_CONFIDENCE_LOW);
    reach_end(&b);
    choose(&b, "http/1.1", true, NULL);
    reach_expect(&b, "alpn.fallback", WARNING, HT_LOCUS_FRONT, HT_CONFIDENCE_LOW);
    reach_end(&b);
    choose(&b, "http/1.1", false, "h3=\":443\", h2=\":443\"");
    reach_expect(&b, "alpn.fallback", WARNING, HT_LOCUS_FRONT, HT_CONFIDENCE_LOW);
    reach_end(&b);
    choose(&b, "http/1.1", false, "h3=\":443\"");
    reach_expect(&b, "alpn.fallback", NOTICE, HT_LOCUS_FRONT, HT_CONFIDENCE_LOW);
    reach_end(&b);
    choose(&b, "", false, NULL);
    reach_expect(&b, "alpn.none", NOTICE, HT_LOCUS_FRONT, HT_CONFIDENCE_MEDIUM);
    reach_expect_not(&b, "alpn.fallback");
    reach_end(&b);
}

/* --http1.1: nothing else was offered. */
static void test_no_h2_offered(void **state)
{
    static struct ht_span one;
    struct built b;
    (void)state;
    one = ht_span_str("http/1.1");
    tls_case_begin(&b)->client_hello.alpn = (struct ht_span_list){&one, 1};
    tls_case_agree(&b, 0x0304, "TLS_AES_128_GCM_SHA256", "http/1.1");
    reach_answer(&b, 200, 9000);
    reach_judge(&b, 0, HT_PHASE_RESPONSE, 10000);
    assert_null(b.exchange->findings);
    reach_end(&b);
}

static void lie(struct built *b, bool frames_first, struct ht_span head)
{
    tls_case_begin(b);
    tls_case_agree(b, 0x0304, "TLS_AES_128_GCM_SHA256", "h2");
    if (frames_first)
        reach_event(b, "SETTINGS", HT_DIR_IN, 5500)->layer = HT_LAYER_HTTP2;
    struct ht_event *opaque = reach_event(b, "opaque", HT_DIR_IN, 6000);
    opaque->fields = ht_field_map(b->arena, NULL, NULL);
    ht_field_text(b->arena, opaque->fields, "head", head);
    reach_close(b, HT_TCP_CLOSED, 7000, 900, 1500);
    reach_judge(b, 16, HT_PHASE_WAIT, 8000);
}

static void test_lied(void **state)
{
    struct built b;
    const struct ht_span answer = ht_span_str("HTTP/1.1 400 Bad Request\r\n");
    (void)state;
    lie(&b, false, answer);
    reach_expect(&b, "alpn.lied", ERROR, HT_LOCUS_FRONT, HIGH);
    reach_expect_fact(&b, "alpn.lied", "HTTP/1.1 400 Bad Request");
    reach_end(&b);
    lie(&b, true, answer);
    reach_expect_not(&b, "alpn.lied");
    reach_end(&b);
    lie(&b, false, ht_span("\0\0\x12\x04\0\0\0\0\0", 9)); /* libcurl gave it up before it was read */
    reach_expect_not(&b, "alpn.lied");
    reach_end(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_alert),
        cmocka_unit_test(test_unnamed_alert),
        cmocka_unit_test(test_harmless_alerts),
        cmocka_unit_test(test_alert_of_an_earlier_exchange),
        cmocka_unit_test(test_fallback),
        cmocka_unit_test(test_no_h2_offered),
        cmocka_unit_test(test_lied),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
