/* SPDX-License-Identifier: MIT */
/* Rules of TLS handshakes that stop, of what was agreed on, and of client certificates. */
#include "rules/tls_case.h"

#include <string.h>

#define ERROR   HT_SEVERITY_ERROR
#define WARNING HT_SEVERITY_WARNING
#define NOTICE  HT_SEVERITY_NOTICE
#define INFO    HT_SEVERITY_INFO
#define LOW     HT_CONFIDENCE_LOW
#define MEDIUM  HT_CONFIDENCE_MEDIUM
#define HIGH    HT_CONFIDENCE_HIGH

enum { TIMED_OUT = 28, SSL_FAILED = 35, RECV_FAILED = 56, LATE_US = 3000000 };

static void judge(struct built *b, int code)
{
    reach_judge(b, code, HT_PHASE_TLS, LATE_US);
}

static void plain(struct built *b, const char *head, size_t len, const char *unread)
{
    struct ht_tls *tls = tls_case_begin(b);
    tls->reply_head = ht_span(head, len);
    tls->bytes[HT_DIR_IN] = (int64_t)len;
    reach_event(b, "records", HT_DIR_IN, 3000);
    b->connection->unread = ht_span_str(unread);
    tls_case_fail(b, "wrong version number", 3000);
    reach_close(b, HT_TCP_CLOSED, 3100, HELLO_RECORD, (int64_t)len);
    judge(b, SSL_FAILED);
}

static void test_plaintext(void **state)
{
    static const struct {
        const char *head, *unread, *title;
    } peers[] = {
        {"HTTP/", "1.1 400 Bad Request\r\n\r\n", "HTTP"},
        {"SSH-2", ".0-OpenSSH_9.2\r\n", "SSH"},
        {"220 m", "ail ESMTP\r\n", "SMTP or FTP"},
        {"* OK ", "IMAP4rev1\r\n", "IMAP"},
        {"ABCDE", "FG", "does not speak TLS"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof peers / sizeof *peers; i++) {
        struct built b;
        plain(&b, peers[i].head, strlen(peers[i].head), peers[i].unread);
        reach_expect(&b, "tls.plaintext_reply", ERROR, HT_LOCUS_FRONT, HIGH);
        assert_non_null(strstr(reach_found(&b, "tls.plaintext_reply")->title, peers[i].title));
        reach_expect_fact(&b, "tls.plaintext_reply", peers[i].unread[0] == 'F' ? "ABCDEFG" : peers[i].head);
        reach_expect_not(&b, "tls.ch_fin");
        reach_end(&b);
    }
}

static void test_not_plaintext(void **state)
{
    struct built b;
    (void)state;
    plain(&b, "\x15\x03\x03\x00\x02", 5, ""); /* an alert record */
    reach_expect_not(&b, "tls.plaintext_reply");
    reach_end(&b);
    plain(&b, "\x16\x03", 2, ""); /* the first bytes of a record, cut */
    reach_expect_not(&b, "tls.plaintext_reply");
    reach_end(&b);
}

static void stops(struct built *b, enum ht_tcp_end how, int code)
{
    tls_case_begin(b);
    tls_case_acked(b, HELLO_RECORD, 0, 4000);
    tls_case_answer(b, 0x0304);
    tls_case_fail(b, "unexpected end", code == TIMED_OUT ? LATE_US : 4000);
    reach_close(b, how, LATE_US, HELLO_RECORD, 127);
    judge(b, code);
}

static void test_stops_midway(void **state)
{
    struct built b;
    (void)state;
    stops(&b, HT_TCP_CLOSED, TIMED_OUT);
    reach_expect(&b, "tls.stalled_mid_handshake", ERROR, HT_LOCUS_UNKNOWN, MEDIUM);
    reach_expect_fact(&b, "tls.stalled_mid_handshake", "server_hello, received, at 3.0 ms");
    reach_expect_not(&b, "tls.no_server_hello");
    reach_end(&b);
    stops(&b, HT_TCP_RST, SSL_FAILED);
    reach_expect(&b, "tls.cut_mid_handshake", ERROR, HT_LOCUS_UNKNOWN, MEDIUM);
    reach_expect_not(&b, "tls.ch_rst_acked");
    reach_end(&b);
    stops(&b, HT_TCP_FIN, SSL_FAILED);
    reach_expect(&b, "tls.cut_mid_handshake", ERROR, HT_LOCUS_UNKNOWN, MEDIUM);
    reach_end(&b);
}

/* Newer TLS libraries answer the close with an alert, which is not what broke it. */
static void test_alert_in_answer_to_a_close(void **state)
{
    struct built b;
    (void)state;
    tls_case_begin(&b);
    tls_case_acked(&b, HELLO_RECORD, 0, 4000);
    tls_case_answer(&b, 0x0304);
    tls_case_alert(&b, HT_DIR_OUT, 2, 50, "decode_error");
    tls_case_fail(&b, "unexpected eof while reading", 4500);
    reach_close(&b, HT_TCP_FIN, 4600, HELLO_RECORD, 127);
    judge(&b, SSL_FAILED);
    reach_expect(&b, "tls.cut_mid_handshake", ERROR, HT_LOCUS_UNKNOWN, MEDIUM);
    reach_expect_not(&b, "tls.bad_record");
    reach_end(&b);
}

/* The same behind a handshake, where the library's words are nowhere: what broke a message is told apart. */
static void agreed_then_decode_error(struct built *b, bool malformed, enum ht_tcp_end how)
{
    tls_case_begin(b);
    tls_case_agree(b, 0x0304, "TLS_AES_256_GCM_SHA384", "http/1.1");
    const struct ht_event *ticket = tls_case_message(b, "new_session_ticket", HT_DIR_IN, 5100);
    struct ht_event *kept = ht_event_append(b->arena, &b->connection->events);
    *kept = *ticket;
    kept->next = NULL;
    kept->malformed = malformed;
    tls_case_alert(b, HT_DIR_OUT, 2, 50, "decode_error");
    reach_close(b, how, 5600, HELLO_RECORD + 200, 1200);
    judge(b, RECV_FAILED);
}

static void test_close_behind_the_handshake(void **state)
{
    struct built b;
    (void)state;
    agreed_then_decode_error(&b, false, HT_TCP_FIN);
    reach_expect_not(&b, "tls.bad_record");
    reach_end(&b);
    agreed_then_decode_error(&b, true, HT_TCP_FIN);
    reach_expect(&b, "tls.bad_record", ERROR, HT_LOCUS_UNKNOWN, HIGH);
    reach_end(&b);
    agreed_then_decode_error(&b, false, HT_TCP_CLOSED);
    reach_expect(&b, "tls.bad_record", ERROR, HT_LOCUS_UNKNOWN, HIGH);
    reach_end(&b);
}

/* This host broke off because of the certificate: that the peer closed then is no cut. */
static void test_refused_certificate_is_no_cut(void **state)
{
    struct built b;
    (void)state;
    tls_case_begin(&b);
    tls_case_answer(&b, 0x0304);
    tls_case_certificate(&b, "CN = site.example", "CN = Unknown CA");
    b.connection->tls->verify_result = 20;
    b.connection->tls->verify_text = ht_span_str("unable to get local issuer certificate");
    tls_case_fail(&b, "certificate verify failed", 4500);
    reach_close(&b, HT_TCP_FIN, 4600, HELLO_RECORD, 1200);
    judge(&b, 60);
    reach_expect_not(&b, "tls.cut_mid_handshake");
    reach_expect_not(&b, "tls.bad_record");
    reach_end(&b);
}

static void mismatch(struct built *b, enum ht_dir dir, const uint16_t *versions, size_t count)
{
    struct ht_tls *tls = tls_case_begin(b);
    tls->client_hello.versions = (struct ht_u16_list){versions, count};
    tls_case_alert(b, dir, 2, 70, "protocol_version");
    tls_case_fail(b, "tlsv1 alert protocol version", 4500);
    reach_close(b, HT_TCP_CLOSED, 4600, HELLO_RECORD, 7);
    judge(b, SSL_FAILED);
}

static void test_version_mismatch(void **state)
{
    static const uint16_t all[] = {0x0304, 0x0303}, old[] = {0x0303};
    struct built b;
    (void)state;
    mismatch(&b, HT_DIR_IN, all, 2);
    reach_expect(&b, "tls.version_mismatch", ERROR, HT_LOCUS_FRONT, HIGH);
    reach_expect_fact(&b, "tls.version_mismatch", "offered TLSv1.3, TLSv1.2");
    reach_expect(&b, "tls.alert.protocol_version", ERROR, HT_LOCUS_FRONT, HIGH);
    reach_end(&b);
    mismatch(&b, HT_DIR_IN, old, 1);
    reach_expect(&b, "tls.version_mismatch", ERROR, HT_LOCUS_LOCAL, HIGH);
    reach_expect(&b, "tls.alert.protocol_version", ERROR, HT_LOCUS_LOCAL, HIGH);
    assert_int_equal(b.transfer->verdict.locus, HT_LOCUS_LOCAL);
    reach_end(&b);
    mismatch(&b, HT_DIR_OUT, all, 2);
    reach_expect(&b, "tls.version_mismatch", ERROR, HT_LOCUS_FRONT, HIGH);
    reach_expect_not(&b, "tls.alert.protocol_version");
    reach_expect_not(&b, "tls.bad_record");
    reach_end(&b);
}

static void gives_up(struct built *b, uint8_t alert, const char *name)
{
    tls_case_begin(b);
    tls_case_answer(b, 0x0303);
    tls_case_alert(b, HT_DIR_OUT, 2, alert, name);
    tls_case_fail(b, "some reason", 4500);
    reach_close(b, HT_TCP_CLOSED, 4600, HELLO_RECORD, 127);
    judge(b, SSL_FAILED);
}

static void test_own_alerts(void **state)
{
    struct built b;
    (void)state;
    gives_up(&b, 20, "bad_record_mac");
    reach_expect(&b, "tls.bad_record", ERROR, HT_LOCUS_UNKNOWN, HIGH);
    reach_expect_fact(&b, "tls.bad_record", "bad_record_mac (20) was sent by this host");
    reach_expect_not(&b, "tls.refused_here");
    reach_end(&b);
    gives_up(&b, 40, "handshake_failure");
    reach_expect(&b, "tls.refused_here", ERROR, HT_LOCUS_FRONT, MEDIUM);
    reach_expect_fact(&b, "tls.refused_here", "some reason");
    reach_expect_not(&b, "tls.bad_record");
    reach_end(&b);
}

static void test_downgrade(void **state)
{
    static const uint8_t marked[32] = {[24] = 'D', 'O', 'W', 'N', 'G', 'R', 'D', 1};
    static const uint16_t only12[] = {0x0303};
    struct built b;
    (void)state;
    for (int with_offer = 0; with_offer < 2; with_offer++) {
        struct ht_tls *tls = tls_case_begin(&b);
        tls_case_answer(&b, 0x0303);
        tls->server_hello.random = ht_span(marked, sizeof marked);
        if (!with_offer) /* the user's own --tls-max: the mark is as it should be */
            tls->client_hello.versions = (struct ht_u16_list){only12, 1};
        tls_case_alert(&b, HT_DIR_OUT, 2, 47, "illegal_parameter");
        tls_case_fail(&b, "inappropriate fallback", 4500);
        judge(&b, SSL_FAILED);
        if (with_offer) {
            reach_expect(&b, "tls.downgrade_sentinel", ERROR, HT_LOCUS_PATH, HIGH);
            reach_expect_not(&b, "tls.bad_record");
        } else {
            reach_expect_not(&b, "tls.downgrade_sentinel");
        }
        reach_end(&b);
    }
}

static void agree(struct built *b, uint16_t version, const char *cipher)
{
    tls_case_begin(b);
    tls_case_agree(b, version, cipher, "h2");
    reach_answer(b, 200, 9000);
    judge(b, 0);
}

static void test_agreed(void **state)
{
    struct built b;
    (void)state;
    agree(&b, 0x0304, "TLS_AES_128_GCM_SHA256");
    assert_null(b.exchange->findings);
    reach_end(&b);
    agree(&b, 0x0303, "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256");
    reach_expect(&b, "tls.version_low", INFO, HT_LOCUS_FRONT, HIGH);
    reach_expect_not(&b, "tls.weak_cipher");
    reach_end(&b);
    agree(&b, 0x0302, "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA");
    reach_expect(&b, "tls.version_low", WARNING, HT_LOCUS_FRONT, HIGH);
    reach_expect(&b, "tls.weak_cipher", WARNING, HT_LOCUS_FRONT, HIGH);
    reach_end(&b);
    agree(&b, 0x0303, "TLS_RSA_WITH_AES_128_GCM_SHA256");
    reach_expect_fact(&b, "tls.weak_cipher", "no forward secrecy");
    reach_end(&b);
    agree(&b, 0x0303, "TLS_ECDHE_RSA_WITH_RC4_128_SHA");
    reach_expect_fact(&b, "tls.weak_cipher", "RC4");
    reach_end(&b);
}

static void test_hello_retry(void **state)
{
    struct built b;
    (void)state;
    tls_case_begin(&b)->hello_retry = true;
    tls_case_agree(&b, 0x0304, "TLS_AES_128_GCM_SHA256", "h2");
    reach_answer(&b, 200, 9000);
    judge(&b, 0);
    reach_expect(&b, "tls.hello_retry", INFO, HT_LOCUS_FRONT, HIGH);
    reach_end(&b);
}

/* What a session is, is said of the exchange that made it. */
static void test_said_once(void **state)
{
    struct built b;
    (void)state;
    tls_case_begin(&b);
    tls_case_agree(&b, 0x0303, "TLS_RSA_WITH_AES_128_CBC_SHA", "");
    reach_answer(&b, 200, 9000);
    reach_next(&b, HT_CAUSE_REDIRECT, true, 10000);
    reach_answer(&b, 200, 12000);
    judge(&b, 0);
    reach_expect_not(&b, "tls.version_low");
    reach_expect_not(&b, "tls.weak_cipher");
    reach_expect_not(&b, "alpn.none");
    reach_end(&b);
}

static void asked(struct built *b, bool sent)
{
    struct ht_tls *tls = tls_case_begin(b);
    tls_case_agree(b, 0x0304, "TLS_AES_128_GCM_SHA256", "h2");
    tls->client_certificate_requested = true;
    tls->client_certificate_sent = sent;
}

static void test_client_certificate(void **state)
{
    struct built b;
    (void)state;
    asked(&b, false);
    tls_case_alert(&b, HT_DIR_IN, 2, 116, "certificate_required");
    reach_close(&b, HT_TCP_FIN, 5500, 700, 1400);
    judge(&b, RECV_FAILED);
    reach_expect(&b, "tls.client_cert_required", ERROR, HT_LOCUS_LOCAL, HIGH);
    reach_expect_not(&b, "tls.alert.certificate_required");
    reach_end(&b);
    asked(&b, false);
    reach_close(&b, HT_TCP_FIN, 5500, 700, 1400);
    judge(&b, 52);
    reach_expect(&b, "tls.client_cert_required", ERROR, HT_LOCUS_LOCAL, MEDIUM);
    reach_end(&b);
    asked(&b, true); /* it was sent, and not liked */
    tls_case_alert(&b, HT_DIR_IN, 2, 42, "bad_certificate");
    judge(&b, RECV_FAILED);
    reach_expect_not(&b, "tls.client_cert_required");
    reach_expect(&b, "tls.alert.bad_certificate", ERROR, HT_LOCUS_LOCAL, HIGH);
    reach_end(&b);
    asked(&b, false); /* it is optional: the request was answered */
    reach_answer(&b, 200, 9000);
    judge(&b, 0);
    reach_expect_not(&b, "tls.client_cert_required");
    reach_end(&b);
}

static void test_client_certificate_by_page(void **state)
{
    struct built b;
    (void)state;
    asked(&b, false);
    reach_answer(&b, 400, 9000);
    b.exchange->response.body_head = ht_span_str("<center>No required SSL certificate was sent</center>");
    judge(&b, 0);
    reach_expect(&b, "tls.client_cert_required", WARNING, HT_LOCUS_LOCAL, HIGH);
    reach_end(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_plaintext),
        cmocka_unit_test(test_not_plaintext),
        cmocka_unit_test(test_stops_midway),
        cmocka_unit_test(test_close_behind_the_handshake),
        cmocka_unit_test(test_refused_certificate_is_no_cut),
        cmocka_unit_test(test_alert_in_answer_to_a_close),
        cmocka_unit_test(test_version_mismatch),
        cmocka_unit_test(test_own_alerts),
        cmocka_unit_test(test_downgrade),
        cmocka_unit_test(test_agreed),
        cmocka_unit_test(test_hello_retry),
        cmocka_unit_test(test_said_once),
        cmocka_unit_test(test_client_certificate),
        cmocka_unit_test(test_client_certificate_by_page),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
