/* SPDX-License-Identifier: MIT */
/* Rules of connections: who said no and who said nothing, dead addresses, packets that vanish by size; and
 * what looks like it and is not. */
#include "rules/reach.h"

#include <errno.h>

enum { COULDNT_CONNECT = 7, TIMED_OUT = 28 };

#define URL "https://www.example.com/"

static struct built b;

static void icmp(struct ht_attempt *a, int type, int code, const char *offender, bool own)
{
    a->icmp = (struct ht_icmp){
        .seen = true, .own = own, .type = type, .code = code, .offender = ht_span_str(offender)};
    reach_event(&b, "icmp", HT_DIR_NONE, a->end_us);
}

static void fails_as(const char *code, enum ht_locus locus, enum ht_confidence confidence)
{
    reach_judge(&b, COULDNT_CONNECT, HT_PHASE_CONNECT, 9000000);
    reach_expect(&b, code, HT_SEVERITY_ERROR, locus, confidence);
    assert_null(b.exchange->findings->next);
    assert_int_equal(b.transfer->verdict.phase, HT_PHASE_CONNECT);
    reach_end(&b);
}

static void refused(void **unused)
{
    (void)unused;
    reach_begin(&b, URL);
    reach_attempt(&b, "203.0.113.9", 1000, 13100, ECONNREFUSED);
    fails_as("tcp.refused", HT_LOCUS_UNKNOWN, HT_CONFIDENCE_HIGH);
}

static void icmp_errors(void **unused)
{
    static const struct {
        const char *target;
        int error, type, code;
        const char *offender;
        bool own;
        const char *finding;
        enum ht_locus locus;
    } rows[] = {
        {"203.0.113.9", ECONNREFUSED, 3, 3, "198.51.100.1", false, "tcp.refused_icmp", HT_LOCUS_PATH},
        {"203.0.113.9", ECONNREFUSED, 3, 3, "203.0.113.9", false, "tcp.refused_icmp", HT_LOCUS_PATH},
        {"203.0.113.9", ECONNREFUSED, 3, 3, "192.0.2.7", true, "tcp.refused_icmp", HT_LOCUS_LOCAL},
        {"203.0.113.9", ENETUNREACH, 3, 9, "198.51.100.1", false, "tcp.icmp_prohibited", HT_LOCUS_PATH},
        {"203.0.113.9", EHOSTUNREACH, 3, 10, "198.51.100.1", false, "tcp.icmp_prohibited", HT_LOCUS_PATH},
        {"203.0.113.9", EHOSTUNREACH, 3, 13, "198.51.100.1", false, "tcp.icmp_prohibited", HT_LOCUS_PATH},
        {"203.0.113.9", EHOSTUNREACH, 3, 13, "192.0.2.7", true, "tcp.icmp_prohibited", HT_LOCUS_LOCAL},
        {"203.0.113.9", ENETUNREACH, 3, 0, "198.51.100.1", false, "tcp.unreachable", HT_LOCUS_PATH},
        {"203.0.113.9", EHOSTUNREACH, 3, 1, "198.51.100.1", false, "tcp.unreachable", HT_LOCUS_PATH},
        {"203.0.113.9", EHOSTUNREACH, 3, 1, "192.0.2.7", true, "tcp.unreachable", HT_LOCUS_UNKNOWN},
        {"203.0.113.9", EHOSTUNREACH, 11, 0, "198.51.100.1", false, "tcp.unreachable", HT_LOCUS_PATH},
        {"203.0.113.9", EHOSTUNREACH, 3, 77, "198.51.100.1", false, "tcp.unreachable", HT_LOCUS_PATH},
        {"2001:db8::9", EACCES, 1, 1, "2001:db8:1::1", false, "tcp.icmp_prohibited", HT_LOCUS_PATH},
        {"2001:db8::9", ECONNREFUSED, 1, 4, "2001:db8:1::1", false, "tcp.refused_icmp", HT_LOCUS_PATH},
        {"2001:db8::9", ENETUNREACH, 1, 0, "2001:db8:1::1", false, "tcp.unreachable", HT_LOCUS_PATH},
    };
    (void)unused;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        reach_begin(&b, URL);
        icmp(reach_attempt(&b, rows[i].target, 1000, 61000, rows[i].error), rows[i].type, rows[i].code,
             rows[i].offender, rows[i].own);
        fails_as(rows[i].finding, rows[i].locus, HT_CONFIDENCE_HIGH);
    }
}

static void no_route(void **unused)
{
    (void)unused;
    reach_begin(&b, URL);
    reach_attempt(&b, "203.0.113.9", 1000, 1020, ENETUNREACH);
    fails_as("tcp.unreachable", HT_LOCUS_LOCAL, HT_CONFIDENCE_HIGH);
    reach_begin(&b, URL);
    reach_attempt(&b, "203.0.113.9", 1000, 1020, EACCES);
    fails_as("tcp.unreachable", HT_LOCUS_LOCAL, HT_CONFIDENCE_HIGH);
}

/* Of ICMPv6 there is the errno alone: that the network said so, not who. */
static void errors_without_their_icmp(void **unused)
{
    (void)unused;
    reach_begin(&b, URL);
    reach_attempt(&b, "2001:db8::9", 1000, 31000, EHOSTUNREACH);
    fails_as("tcp.unreachable", HT_LOCUS_UNKNOWN, HT_CONFIDENCE_HIGH);
    reach_begin(&b, URL);
    reach_attempt(&b, "2001:db8::9", 1000, 31000, EACCES);
    fails_as("tcp.icmp_prohibited", HT_LOCUS_UNKNOWN, HT_CONFIDENCE_MEDIUM);
    reach_begin(&b, URL);
    reach_attempt(&b, "2001:db8::9", 1000, 31000, ECONNREFUSED);
    fails_as("tcp.refused", HT_LOCUS_UNKNOWN, HT_CONFIDENCE_HIGH);
}

/* A family this host has no route for does not hide what the other one met. */
static void what_decides(void **unused)
{
    (void)unused;
    reach_begin(&b, URL);
    reach_attempt(&b, "2001:db8::9", 1000, 1020, ENETUNREACH);
    reach_attempt(&b, "203.0.113.9", 1100, 4001100, -1)->close_sample.total_retrans = 2;
    reach_judge(&b, TIMED_OUT, HT_PHASE_CONNECT, 4001200);
    reach_expect(&b, "tcp.syn_timeout", HT_SEVERITY_ERROR, HT_LOCUS_UNKNOWN, HT_CONFIDENCE_LOW);
    reach_expect_not(&b, "tcp.unreachable");
    reach_expect_fact(&b, "tcp.syn_timeout", "[2001:db8::9]:443: Network is unreachable");
    reach_end(&b);
    reach_begin(&b, URL);
    reach_attempt(&b, "203.0.113.8", 1000, 2000000, -1);
    reach_attempt(&b, "203.0.113.9", 2000000, 2010000, ECONNREFUSED);
    fails_as("tcp.refused", HT_LOCUS_UNKNOWN, HT_CONFIDENCE_HIGH);
}

static void syn_timeout(void **unused)
{
    (void)unused;
    reach_begin(&b, URL);
    struct ht_attempt *a = reach_attempt(&b, "203.0.113.9", 1000, 4001000, -1);
    a->has_close_sample = true;
    a->close_sample.total_retrans = 2;
    reach_judge(&b, TIMED_OUT, HT_PHASE_CONNECT, 4001100);
    reach_expect(&b, "tcp.syn_timeout", HT_SEVERITY_ERROR, HT_LOCUS_UNKNOWN, HT_CONFIDENCE_LOW);
    reach_expect_fact(&b, "tcp.syn_timeout", "SYN sent 3 times in 4.00 s");
    reach_end(&b);
}

/* No SYN left, or nobody waited for its answer. */
static void what_was_closed_here_was_not_silent(void **unused)
{
    enum { INTERFACE_FAILED = 45, COULD_NOT_CONNECT = 7 };
    (void)unused;
    reach_begin(&b, URL);
    reach_attempt(&b, "203.0.113.9", 1000, 2000, -1)->under_way = false;
    reach_judge(&b, INTERFACE_FAILED, HT_PHASE_CONNECT, 2100);
    reach_expect_not(&b, "tcp.syn_timeout");
    reach_end(&b);
    reach_begin(&b, URL);
    reach_attempt(&b, "203.0.113.9", 1000, 201000, -1);
    reach_judge(&b, COULD_NOT_CONNECT, HT_PHASE_CONNECT, 201100);
    reach_expect_not(&b, "tcp.syn_timeout");
    reach_end(&b);
    reach_begin(&b, URL);
    reach_attempt(&b, "203.0.113.9", 1000, 201000, -1);
    reach_judge(&b, TIMED_OUT, HT_PHASE_CONNECT, 201100);
    reach_expect(&b, "tcp.syn_timeout", HT_SEVERITY_ERROR, HT_LOCUS_UNKNOWN, HT_CONFIDENCE_LOW);
    reach_end(&b);
}

static void syn_silence_is_told_early(void **unused)
{
    (void)unused;
    reach_begin(&b, URL);
    struct ht_attempt *a = reach_attempt(&b, "203.0.113.9", 1000, -1, 0);
    reach_early(&b, 1500000);
    reach_expect_not(&b, "tcp.syn_timeout");
    a->has_sample = true;
    a->sample.total_retrans = 2;
    reach_early(&b, 3500000);
    reach_expect(&b, "tcp.syn_timeout", HT_SEVERITY_ERROR, HT_LOCUS_UNKNOWN, HT_CONFIDENCE_LOW);
    reach_end(&b);
}

static void interrupted_is_nobodys_fault(void **unused)
{
    (void)unused;
    reach_begin(&b, URL);
    reach_attempt(&b, "203.0.113.9", 1000, 500000, -1);
    b.transfer->interrupted = true;
    reach_judge(&b, HT_CURL_INTERRUPTED, HT_PHASE_CONNECT, 500100);
    reach_expect_not(&b, "tcp.syn_timeout");
    reach_end(&b);
}

static void answered(void)
{
    b.exchange->prereq_us = 5000000;
    reach_answer(&b, 200, 5100000);
    reach_judge(&b, 0, HT_PHASE_RESPONSE, 5200000);
}

static void address_dead(void **unused)
{
    (void)unused;
    reach_begin(&b, URL);
    reach_attempt(&b, "203.0.113.8", 1000, 13000, ECONNREFUSED);
    reach_connect(&b, "203.0.113.9", 13100, 25000);
    answered();
    reach_expect(&b, "tcp.address_dead", HT_SEVERITY_NOTICE, HT_LOCUS_UNKNOWN, HT_CONFIDENCE_HIGH);
    reach_end(&b);
    reach_begin(&b, URL); /* libcurl gave up on it before it tried the next one */
    reach_attempt(&b, "203.0.113.8", 1000, 2001000, -1);
    reach_connect(&b, "203.0.113.9", 2001100, 2025000);
    answered();
    reach_expect(&b, "tcp.address_dead", HT_SEVERITY_WARNING, HT_LOCUS_UNKNOWN, HT_CONFIDENCE_HIGH);
    reach_expect_fact(&b, "tcp.address_dead", "waited 2.00 s");
    reach_end(&b);
}

static void race_losers_are_not_dead(void **unused)
{
    (void)unused;
    reach_begin(&b, URL);
    reach_attempt(&b, "2001:db8::9", 1000, 260000, -1);
    reach_connect(&b, "203.0.113.9", 201000, 250000);
    answered();
    reach_expect_not(&b, "tcp.address_dead");
    reach_expect_not(&b, "tcp.family_broken");
    reach_end(&b);
}

/* It failed while the other family was under way already: no more than the usual head start was lost. */
static void overlapping_attempts_cost_nothing(void **unused)
{
    (void)unused;
    reach_begin(&b, URL);
    reach_attempt(&b, "2001:db8::9", 1000, 240000, ECONNREFUSED);
    reach_connect(&b, "203.0.113.9", 201500, 250000);
    answered();
    reach_expect(&b, "tcp.address_dead", HT_SEVERITY_NOTICE, HT_LOCUS_UNKNOWN, HT_CONFIDENCE_HIGH);
    reach_end(&b);
}

static void family_broken(void **unused)
{
    (void)unused;
    reach_begin(&b, URL);
    reach_attempt(&b, "2001:db8::8", 1000, 31000, EHOSTUNREACH);
    reach_attempt(&b, "2001:db8::9", 31000, 61000, EHOSTUNREACH);
    reach_connect(&b, "203.0.113.9", 61100, 90000);
    answered();
    reach_expect(&b, "tcp.family_broken", HT_SEVERITY_NOTICE, HT_LOCUS_UNKNOWN, HT_CONFIDENCE_HIGH);
    reach_expect_not(&b, "tcp.address_dead");
    reach_end(&b);
    reach_begin(&b, URL); /* one that timed out is enough */
    reach_attempt(&b, "2001:db8::8", 1000, 3000000, ETIMEDOUT);
    reach_connect(&b, "203.0.113.9", 3000100, 3090000);
    answered();
    reach_expect(&b, "tcp.family_broken", HT_SEVERITY_WARNING, HT_LOCUS_UNKNOWN, HT_CONFIDENCE_HIGH);
    reach_end(&b);
}

static void host_without_a_family(void **unused)
{
    (void)unused;
    reach_begin(&b, URL);
    reach_attempt(&b, "2001:db8::8", 1000, 1010, ENETUNREACH);
    reach_attempt(&b, "2001:db8::9", 1020, 1030, ENETUNREACH);
    reach_connect(&b, "203.0.113.9", 1100, 30000);
    answered();
    reach_expect(&b, "tcp.family_broken", HT_SEVERITY_INFO, HT_LOCUS_LOCAL, HT_CONFIDENCE_HIGH);
    reach_expect_not(&b, "tcp.address_dead");
    reach_end(&b);
}

static void localhost_with_one_family(void **unused)
{
    (void)unused;
    reach_begin(&b, "http://localhost:8080/");
    b.connection->resolve.host = ht_span_str("localhost");
    reach_attempt(&b, "::1", 1000, 1010, ECONNREFUSED);
    reach_attempt(&b, "::1", 1010, 1020, ECONNREFUSED);
    reach_connect(&b, "127.0.0.1", 1100, 1200);
    answered();
    reach_expect(&b, "tcp.address_dead", HT_SEVERITY_INFO, HT_LOCUS_UNKNOWN, HT_CONFIDENCE_HIGH);
    reach_expect_not(&b, "tcp.family_broken");
    reach_end(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(refused),
        cmocka_unit_test(icmp_errors),
        cmocka_unit_test(no_route),
        cmocka_unit_test(errors_without_their_icmp),
        cmocka_unit_test(what_decides),
        cmocka_unit_test(syn_timeout),
        cmocka_unit_test(what_was_closed_here_was_not_silent),
        cmocka_unit_test(syn_silence_is_told_early),
        cmocka_unit_test(interrupted_is_nobodys_fault),
        cmocka_unit_test(address_dead),
        cmocka_unit_test(race_losers_are_not_dead),
        cmocka_unit_test(overlapping_attempts_cost_nothing),
        cmocka_unit_test(family_broken),
        cmocka_unit_test(host_without_a_family),
        cmocka_unit_test(localhost_with_one_family),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
