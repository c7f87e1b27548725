/* SPDX-License-Identifier: MIT */
/* Rules of names: each kind of failed lookup, answers that no public name should have, and what is none of
 * it. */
#include "rules/reach.h"

#include "rules/address.h"
#include "rules/ede.h"

#include <errno.h>
#include <netdb.h>
#include <sys/socket.h>

enum { COULDNT_RESOLVE = 6, COULDNT_CONNECT = 7, TIMED_OUT = 28, PEER_FAILED = 35 };

static struct built b;

static void begin_lookup(const char *url, const char *host)
{
    reach_begin(&b, url);
    b.exchange->resolve_us = 100;
    b.connection->resolve.host = ht_span_str(host);
    b.connection->resolve.start_us = 100;
    reach_event(&b, "resolve_start", HT_DIR_NONE, 100);
}

static void lookup_fails(int error)
{
    b.connection->resolve.error = error;
    b.connection->resolve.end_us = 5000;
    b.connection->resolve.source = HT_SOURCE_RESOLVER;
    reach_event(&b, "lookup", HT_DIR_NONE, 5000);
}

static struct ht_query *query(int64_t type, int64_t rcode, int64_t addresses)
{
    struct ht_query **at = &b.connection->resolve.queries;
    while (*at)
        at = &(*at)->next;
    *at = ht_arena_alloc(b.arena, sizeof **at);
    **at = (struct ht_query){.server = ht_span_str("192.0.2.53"),
                             .type = type,
                             .rcode = rcode,
                             .addresses = addresses,
                             .error = rcode < 0 ? ETIMEDOUT : 0,
                             .start_us = 5100,
                             .end_us = 5900};
    reach_event(&b, "query", HT_DIR_NONE, 5100);
    return *at;
}

static void ends(const char *code, enum ht_locus locus, enum ht_confidence confidence)
{
    reach_judge(&b, COULDNT_RESOLVE, HT_PHASE_RESOLVE, 6000);
    reach_expect(&b, code, HT_SEVERITY_ERROR, locus, confidence);
    assert_null(reach_found(&b, code)->next); /* and nothing else */
    assert_int_equal(b.transfer->verdict.phase, HT_PHASE_RESOLVE);
    reach_end(&b);
}

/* What getaddrinfo() said, and what our own query for A was answered; rcode -1: not at all, -2: none made. */
static void by_error_and_rcode(void **unused)
{
    static const struct {
        int error, rcode, addresses;
        const char *code;
    } rows[] = {
        {EAI_NONAME, 3, 0, "dns.nxdomain"},
        {EAI_NONAME, -2, 0, "dns.nxdomain"},
        {EAI_NONAME, -1, 0, "dns.nxdomain"},
        {EAI_NONAME, 0, 0, "dns.nodata"},
        {EAI_NODATA, 0, 0, "dns.nodata"},
        {EAI_NODATA, -2, 0, "dns.nodata"},
        {EAI_AGAIN, 2, 0, "dns.servfail"},
        {EAI_AGAIN, 5, 0, "dns.refused"},
        {EAI_FAIL, 5, 0, "dns.refused"},
        {EAI_AGAIN, -2, 0, "dns.temporary_failure"},
        {EAI_AGAIN, 0, 2, "dns.temporary_failure"}, /* it works by now */
        {EAI_NONAME, 0, 2, "dns.temporary_failure"},
        {EAI_AGAIN, 3, 0, "dns.temporary_failure"}, /* a search domain's trouble: "no" of the bare name */
        {EAI_AGAIN, 4, 0, "dns.temporary_failure"},
        {EAI_FAIL, -2, 0, "dns.temporary_failure"},
    };
    (void)unused;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        begin_lookup("https://www.example.com/", "www.example.com");
        lookup_fails(rows[i].error);
        if (rows[i].rcode > -2)
            query(1, rows[i].rcode, rows[i].addresses);
        ends(rows[i].code, HT_LOCUS_UNKNOWN, HT_CONFIDENCE_HIGH);
    }
}

static void silent_resolver(void **unused)
{
    (void)unused;
    begin_lookup("https://www.example.com/", "www.example.com");
    lookup_fails(EAI_AGAIN);
    query(1, -1, 0);
    ends("dns.timeout", HT_LOCUS_UNKNOWN, HT_CONFIDENCE_MEDIUM);
    begin_lookup("https://www.example.com/", "www.example.com"); /* not back when time was up */
    reach_judge(&b, TIMED_OUT, HT_PHASE_RESOLVE, 3000000);
    reach_expect(&b, "dns.timeout", HT_SEVERITY_ERROR, HT_LOCUS_UNKNOWN, HT_CONFIDENCE_MEDIUM);
    reach_expect_fact(&b, "dns.timeout", "had not come back after 3.00 s");
    reach_end(&b);
}

static void silence_is_told_early(void **unused)
{
    (void)unused;
    begin_lookup("https://www.example.com/", "www.example.com");
    reach_early(&b, 3000000);
    reach_expect_not(&b, "dns.timeout");
    reach_early(&b, 5200000);
    reach_expect(&b, "dns.timeout", HT_SEVERITY_ERROR, HT_LOCUS_UNKNOWN, HT_CONFIDENCE_MEDIUM);
    assert_false(ht_rules_explain_silence(b.transfer));
    reach_end(&b);
}

/* One query stands for lookups that failed side by side: it is told whose it was. */
static void silence_beside_others(void **unused)
{
    (void)unused;
    begin_lookup("https://www.example.com/", "www.example.com");
    lookup_fails(EAI_AGAIN);
    query(1, -1, 0)->host = ht_span_str("WWW.example.com");
    query(1, -1, 0)->host = ht_span_str("other.example");
    reach_judge(&b, COULDNT_RESOLVE, HT_PHASE_RESOLVE, 6000);
    reach_expect_fact(&b, "dns.timeout", "our own query for A records: no answer from 192.0.2.53");
    reach_expect_fact(&b, "dns.timeout", "A records of other.example meanwhile: no answer from 192.0.2.53");
    reach_end(&b);
}

/* Nothing listens there: not silence, and named so. */
static void closed_resolver(void **unused)
{
    (void)unused;
    begin_lookup("https://www.example.com/", "www.example.com");
    lookup_fails(EAI_AGAIN);
    query(1, -1, 0)->error = ECONNREFUSED;
    reach_judge(&b, COULDNT_RESOLVE, HT_PHASE_RESOLVE, 6000);
    assert_non_null(strstr(reach_found(&b, "dns.timeout")->title, "Nothing listens"));
    reach_end(&b);
}

static void extended_errors(void **unused)
{
    (void)unused;
    begin_lookup("https://www.example.com/", "www.example.com");
    lookup_fails(EAI_AGAIN);
    struct ht_query *q = query(1, 2, 0);
    q->ede[q->ede_count++] = 22;
    q->ede[q->ede_count++] = 16;
    q->ede_text = ht_span_str("by\x1b order");
    reach_judge(&b, COULDNT_RESOLVE, HT_PHASE_RESOLVE, 6000);
    reach_expect(&b, "dns.servfail", HT_SEVERITY_ERROR, HT_LOCUS_PATH, HT_CONFIDENCE_HIGH);
    reach_expect_fact(&b, "dns.servfail", "22 (No Reachable Authority), 16 (Censored): \"by\\x1b order\"");
    assert_non_null(strstr(b.transfer->verdict.headline, "Censored"));
    reach_end(&b);
    begin_lookup("https://www.example.com/", "www.example.com"); /* trouble, but nobody's will */
    lookup_fails(EAI_AGAIN);
    q = query(1, 2, 0);
    q->ede[q->ede_count++] = 6;
    ends("dns.servfail", HT_LOCUS_UNKNOWN, HT_CONFIDENCE_HIGH);
    begin_lookup("https://www.example.com/", "www.example.com"); /* a forwarder on this host repeats it */
    lookup_fails(EAI_NONAME);
    q = query(1, 3, 0);
    q->ede[q->ede_count++] = 15;
    q->server = ht_span_str("127.0.0.53");
    ends("dns.nxdomain", HT_LOCUS_UNKNOWN, HT_CONFIDENCE_HIGH);
    assert_null(ht_ede_name(999));
    assert_string_equal(ht_ede_name(18), "Prohibited");
}

static void resolved(const char *url, const char *host, const char *address, enum ht_resolve_source source)
{
    begin_lookup(url, host);
    struct ht_span *list = ht_arena_alloc(b.arena, sizeof *list);
    *list = ht_span_str(address);
    b.connection->resolve.addresses = (struct ht_span_list){list, 1};
    b.connection->resolve.end_us = 5000;
    b.connection->resolve.source = source;
    reach_event(&b, "lookup", HT_DIR_NONE, 5000);
}

static void healthy(void)
{
    b.exchange->prereq_us = 8000;
    reach_answer(&b, 200, 9000);
    reach_judge(&b, 0, HT_PHASE_RESPONSE, 9500);
}

static void bogon_is_a_notice(void **unused)
{
    (void)unused;
    resolved("https://app.example.com/", "app.example.com", "10.1.2.3", HT_SOURCE_RESOLVER);
    reach_connect(&b, "10.1.2.3", 5100, 6000);
    healthy();
    reach_expect(&b, "dns.bogon", HT_SEVERITY_NOTICE, HT_LOCUS_UNKNOWN, HT_CONFIDENCE_MEDIUM);
    assert_int_equal(b.transfer->verdict.status, HT_VERDICT_OK);
    reach_end(&b);
}

static void sinkhole_leads(void **unused)
{
    static const char *const nowhere[] = {"0.0.0.0", "127.0.0.1", "::", "240.0.0.1"};
    (void)unused;
    for (size_t i = 0; i < 4; i++) {
        resolved("https://www.example.com/", "www.example.com", nowhere[i], HT_SOURCE_RESOLVER);
        reach_attempt(&b, nowhere[i], 5100, 5200, ECONNREFUSED);
        reach_judge(&b, COULDNT_CONNECT, HT_PHASE_CONNECT, 5300);
        reach_expect(&b, "dns.bogon", HT_SEVERITY_ERROR, HT_LOCUS_PATH, HT_CONFIDENCE_MEDIUM);
        assert_non_null(reach_found(&b, "tcp.refused")); /* stays as what came of it */
        assert_int_equal(b.transfer->verdict.locus, HT_LOCUS_PATH);
        assert_int_equal(b.transfer->verdict.phase, HT_PHASE_RESOLVE);
        reach_end(&b);
    }
}

/* Split horizon and lies look the same: who did it stays open. */
static void private_address_that_fails(void **unused)
{
    (void)unused;
    resolved("https://app.example.com/", "app.example.com", "10.1.2.3", HT_SOURCE_RESOLVER);
    reach_attempt(&b, "10.1.2.3", 5100, 4000000, -1);
    reach_judge(&b, TIMED_OUT, HT_PHASE_CONNECT, 4000000);
    reach_expect(&b, "dns.bogon", HT_SEVERITY_ERROR, HT_LOCUS_UNKNOWN, HT_CONFIDENCE_MEDIUM);
    reach_end(&b);
}

/* A certificate for the name shows that it is the right server, whatever else is wrong with it. */
static void right_server_behind_a_private_address(void **unused)
{
    (void)unused;
    resolved("https://app.example.com/", "app.example.com", "10.1.2.3", HT_SOURCE_RESOLVER);
    reach_connect(&b, "10.1.2.3", 5100, 6000);
    struct ht_tls *tls = ht_arena_alloc(b.arena, sizeof *tls);
    *tls = (struct ht_tls){.end_us = 9000, .failed = true, .hostname_checked = true, .hostname_ok = true};
    b.connection->tls = tls;
    reach_judge(&b, 60, HT_PHASE_TLS, 9100);
    reach_expect(&b, "dns.bogon", HT_SEVERITY_NOTICE, HT_LOCUS_UNKNOWN, HT_CONFIDENCE_MEDIUM);
    reach_end(&b);
}

/* Anybody can make a certificate for the name: no CA that this host trusts stands behind it. */
static void unknown_server_behind_a_private_address(void **unused)
{
    static const char *const addresses[] = {"10.1.2.3", "127.0.0.1"};
    static const struct {
        int64_t result;
        bool name, proven;
    } rows[] = {
        {19, true, false}, {20, true, false}, {18, false, false}, {0, false, false}, {10, true, true}};
    (void)unused;
    for (size_t i = 0; i < 2 * sizeof rows / sizeof *rows; i++) {
        resolved("https://app.example.com/", "app.example.com", addresses[i % 2], HT_SOURCE_RESOLVER);
        reach_connect(&b, addresses[i % 2], 5100, 6000);
        struct ht_tls *tls = ht_arena_alloc(b.arena, sizeof *tls);
        struct ht_certificate *leaf = ht_arena_alloc(b.arena, sizeof *leaf);
        *leaf = (struct ht_certificate){
            .parsed = true, .key = "EC P-256", .key_bits = 256, .signature = "ecdsa-with-SHA256"};
        *tls = (struct ht_tls){.end_us = 9000,
                               .failed = true,
                               .hostname_checked = true,
                               .hostname_ok = rows[i / 2].name,
                               .verify_result = rows[i / 2].result,
                               .certificates = leaf,
                               .certificate_count = 1};
        b.connection->tls = tls;
        reach_judge(&b, 60, HT_PHASE_TLS, 9100);
        reach_expect(&b, "dns.bogon", rows[i / 2].proven ? HT_SEVERITY_NOTICE : HT_SEVERITY_ERROR,
                     HT_LOCUS_UNKNOWN, HT_CONFIDENCE_MEDIUM);
        assert_int_equal(b.transfer->verdict.phase == HT_PHASE_RESOLVE, !rows[i / 2].proven);
        reach_end(&b);
    }
}

static void not_a_bogon(void **unused)
{
    static const struct {
        const char *host, *address;
        enum ht_resolve_source source;
    } rows[] = {
        {"nas.local", "192.168.1.2", HT_SOURCE_RESOLVER},
        {"db.internal", "10.1.2.3", HT_SOURCE_RESOLVER},
        {"www.test.", "127.0.0.1", HT_SOURCE_RESOLVER},
        {"a.localhost", "127.0.0.1", HT_SOURCE_RESOLVER},
        {"router", "192.168.1.1", HT_SOURCE_RESOLVER},
        {"www.example.com", "127.0.0.1", HT_SOURCE_HOSTS},
        {"www.example.com", "127.0.0.1", HT_SOURCE_OPTION},
        {"127.0.0.1", "127.0.0.1", HT_SOURCE_LITERAL},
        {"www.example.com", "93.184.215.14", HT_SOURCE_RESOLVER},
        {"www.example.com", "172.32.0.1", HT_SOURCE_RESOLVER},
        {"www.example.com", "2606:4700::1", HT_SOURCE_RESOLVER},
    };
    (void)unused;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        resolved("https://x/", rows[i].host, rows[i].address, rows[i].source);
        reach_attempt(&b, rows[i].address, 5100, 5200, ECONNREFUSED);
        reach_judge(&b, COULDNT_CONNECT, HT_PHASE_CONNECT, 5300);
        reach_expect_not(&b, "dns.bogon");
        reach_end(&b);
    }
}

static void proxys_own_address(void **unused)
{
    (void)unused;
    resolved("https://www.example.com/", "proxy.example.com", "10.0.0.1", HT_SOURCE_RESOLVER);
    b.transfer->proxy = ht_span_str("http://proxy.example.com:3128");
    reach_connect(&b, "10.0.0.1", 5100, 6000);
    healthy();
    reach_expect_not(&b, "dns.bogon");
    reach_end(&b);
}

static void fake_ip(void **unused)
{
    (void)unused;
    resolved("https://www.example.com/", "www.example.com", "198.19.3.4", HT_SOURCE_RESOLVER);
    reach_connect(&b, "198.19.3.4", 5100, 6000);
    healthy();
    reach_expect(&b, "dns.fake_ip", HT_SEVERITY_NOTICE, HT_LOCUS_LOCAL, HT_CONFIDENCE_HIGH);
    reach_expect_not(&b, "dns.bogon");
    reach_end(&b);
}

static void local_override(void **unused)
{
    (void)unused;
    resolved("https://www.example.com/", "www.example.com", "192.0.2.1", HT_SOURCE_HOSTS);
    reach_connect(&b, "192.0.2.1", 5100, 6000);
    healthy();
    reach_expect(&b, "dns.local_override", HT_SEVERITY_INFO, HT_LOCUS_LOCAL, HT_CONFIDENCE_HIGH);
    reach_end(&b);
    resolved("https://www.example.com/", "www.example.com", "192.0.2.1", HT_SOURCE_RESOLVER);
    reach_connect(&b, "192.0.2.1", 5100, 6000);
    healthy();
    reach_expect_not(&b, "dns.local_override");
    reach_end(&b);
}

static void blocks(void **unused)
{
    static const struct {
        const char *address, *prefix;
    } rows[] = {
        {"10.255.255.255", "10.0.0.0/8"},
        {"11.0.0.0", NULL},
        {"100.63.255.255", NULL},
        {"100.64.0.0", "100.64.0.0/10"},
        {"100.127.255.255", "100.64.0.0/10"},
        {"100.128.0.0", NULL},
        {"172.31.255.255", "172.16.0.0/12"},
        {"198.17.255.255", NULL},
        {"255.255.255.255", "240.0.0.0/4"},
        {"::ffff:127.0.0.1", "127.0.0.0/8"},
        {"::1", "::1/128"},
        {"::2", NULL},
        {"fdff::1", "fc00::/7"},
        {"fe80::1%eth0", "fe80::/10"},
        {"fec0::1", NULL},
        {"64:ff9b::1.2.3.4", NULL},
        {"", NULL},
        {"www.example.com", NULL},
    };
    (void)unused;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct ht_block *block = ht_address_block(ht_span_str(rows[i].address));
        if (!rows[i].prefix)
            assert_null(block);
        else
            assert_string_equal(block->prefix, rows[i].prefix);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(by_error_and_rcode),
        cmocka_unit_test(silent_resolver),
        cmocka_unit_test(silence_beside_others),
        cmocka_unit_test(silence_is_told_early),
        cmocka_unit_test(closed_resolver),
        cmocka_unit_test(extended_errors),
        cmocka_unit_test(bogon_is_a_notice),
        cmocka_unit_test(sinkhole_leads),
        cmocka_unit_test(private_address_that_fails),
        cmocka_unit_test(right_server_behind_a_private_address),
        cmocka_unit_test(unknown_server_behind_a_private_address),
        cmocka_unit_test(not_a_bogon),
        cmocka_unit_test(proxys_own_address),
        cmocka_unit_test(fake_ip),
        cmocka_unit_test(local_override),
        cmocka_unit_test(blocks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
