/* SPDX-License-Identifier: MIT */
/* Our own DNS query: answers read from bytes, whole and damaged, and the hosts file. */
#include "unit.h"

#include "tap/hosts.h"
#include "tap/query.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define ID 0x1234

/* Header, question "a.example", and what a case adds: counts of answers and additional records in the header.
 */
#define MESSAGE(flags, answers, additional, rest)                                                            \
    "\x12\x34" flags "\x00\x01\x00" answers "\x00\x00\x00" additional "\x01"                                 \
    "a\x07"                                                                                                  \
    "example\x00\x00\x01\x00\x01" rest
#define A_RECORD "\xC0\x0C\x00\x01\x00\x01\x00\x00\x00\x3C\x00\x04\xC0\x00\x02\x01"
#define CNAME    "\xC0\x0C\x00\x05\x00\x01\x00\x00\x00\x3C\x00\x02\xC0\x0E"
#define OPT(len) "\x00\x00\x29\x04\xD0\x00\x00\x00\x00\x00" len
#define EDE_15                                                                                               \
    "\x00\x0F\x00\x08\x00\x0F"                                                                               \
    "policy"
#define EDE_22 "\x00\x0F\x00\x02\x00\x16"

static bool read_bytes(const char *bytes, size_t len, struct ht_tap_answer *answer)
{
    char *exact = malloc(len); /* so that a sanitizer sees what reads past it */
    assert_non_null(exact);
    memcpy(exact, bytes, len);
    bool read = ht_tap_read_answer(ht_span(exact, len), ID, 1, answer);
    free(exact);
    return read;
}

#define READ(text, answer) read_bytes(text, sizeof(text) - 1, answer)

static void rcode_and_addresses(void **unused)
{
    (void)unused;
    struct ht_tap_answer answer;
    assert_true(READ(MESSAGE("\x81\x80", "\x02", "\x00", CNAME A_RECORD), &answer));
    assert_int_equal(answer.rcode, 0);
    assert_int_equal(answer.addresses, 1);
    assert_true(READ(MESSAGE("\x81\x83", "\x00", "\x00", ""), &answer));
    assert_int_equal(answer.rcode, 3);
    assert_int_equal(answer.addresses, 0);
    assert_string_equal(answer.ede, "");
}

static void extended_errors(void **unused)
{
    (void)unused;
    struct ht_tap_answer answer;
    assert_true(READ(MESSAGE("\x81\x82", "\x00", "\x01", OPT("\x12") EDE_22 EDE_15), &answer));
    assert_int_equal(answer.rcode, 2);
    assert_string_equal(answer.ede, "22,15");
    assert_int_equal(answer.ede_text_len, 6);
    assert_memory_equal(answer.ede_text, "policy", 6);
}

/* The upper bits of an RCODE are in the OPT record's TTL: BADVERS is 16. */
static void extended_rcode(void **unused)
{
    (void)unused;
    struct ht_tap_answer answer;
    assert_true(
        READ(MESSAGE("\x81\x80", "\x00", "\x01", "\x00\x00\x29\x04\xD0\x01\x00\x00\x00\x00\x00"), &answer));
    assert_int_equal(answer.rcode, 16);
}

static void not_our_answer(void **unused)
{
    (void)unused;
    struct ht_tap_answer answer;
    static const char message[] = MESSAGE("\x81\x80", "\x00", "\x00", "");
    assert_false(ht_tap_read_answer(ht_span(message, sizeof message - 1), ID + 1, 1, &answer));
    assert_false(READ(MESSAGE("\x01\x00", "\x00", "\x00", ""), &answer)); /* a query */
    assert_false(ht_tap_read_answer(ht_span(NULL, 0), ID, 1, &answer));
}

/* Every prefix and every changed byte is read without harm; options that lie about their length end it. */
static void damaged(void **unused)
{
    (void)unused;
    struct ht_tap_answer answer;
    static const char whole[] = MESSAGE("\x81\x82", "\x02", "\x01", CNAME A_RECORD OPT("\x12") EDE_22 EDE_15);
    char copy[sizeof whole];
    for (size_t len = 0; len < sizeof whole; len++)
        read_bytes(whole, len, &answer);
    for (size_t at = 0; at < sizeof whole - 1; at++) {
        for (int value = 0; value < 256; value += 5) {
            memcpy(copy, whole, sizeof whole);
            copy[at] = (char)value;
            read_bytes(copy, sizeof whole - 1, &answer);
        }
    }
    assert_true(READ(MESSAGE("\x81\x82", "\x00", "\x01", OPT("\x06") "\x00\x0F\x00\x08\x00\x0F"), &answer));
    assert_string_equal(answer.ede, "");
}

static bool hosts_has(const char *text, const char *host, const char *addresses)
{
    char path[] = "/tmp/ht-hosts-XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    close(fd);
    bool has = ht_tap_hosts_has(path, host, ht_span_str(addresses));
    unlink(path);
    return has;
}

static void hosts_file(void **unused)
{
    (void)unused;
    static const char text[] =
        "# 192.0.2.9 www.example.com\n\n192.0.2.1\twww.example.com  other # c.example\n"
        "2001:db8::1 WWW.example.com\nnonsense www.example.com";
    assert_true(hosts_has(text, "www.example.com", "192.0.2.1"));
    assert_true(hosts_has(text, "www.EXAMPLE.com", "2001:0db8:0::1,192.0.2.1"));
    assert_true(hosts_has(text, "other", "192.0.2.1"));
    assert_false(hosts_has(text, "www.example.com", "192.0.2.9"));           /* in a comment */
    assert_false(hosts_has(text, "www.example.com", "192.0.2.1,192.0.2.2")); /* one is not of the file */
    assert_false(hosts_has(text, "example.com", "192.0.2.1"));
    assert_false(hosts_has(text, "c.example", "192.0.2.1"));
    assert_false(hosts_has(text, "www.example.com", ""));
    assert_false(ht_tap_hosts_has("/nonexistent/hosts", "www.example.com", ht_span_str("192.0.2.1")));
}

static void count_queries(void *ctx, const struct ht_raw *raw)
{
    size_t *count = ctx;
    assert_int_equal(raw->kind, HT_RAW_QUERY);
    assert_int_equal(raw->transfer, 7);
    assert_int_equal(raw->t_us, 5000);
    assert_int_equal(raw->t_last_us, 255000);
    assert_int_equal(raw->u.query.rcode, -1);
    assert_int_equal(raw->u.query.error, ETIMEDOUT);
    assert_true(ht_span_eq_str(raw->u.query.host, "a.example"));
    assert_true(ht_span_eq_str(raw->u.query.server, "192.0.2.53"));
    ++*count;
}

/* A query that nobody answered counts for a lookup that was under way when it was made, for no later one. */
static void silence_is_shared(void **unused)
{
    (void)unused;
    size_t count = 0;
    struct ht_tap tap = {.sink = {count_queries, &count}};
    assert_false(ht_tap_query_shared(&tap, 7, 0));
    tap.silence = (struct ht_tap_silence){
        .begin_us = 5000, .end_us = 255000, .type = 1, .host = "a.example", .servers = "192.0.2.53"};
    assert_false(ht_tap_query_shared(&tap, 7, 5001));
    assert_int_equal(count, 0);
    assert_true(ht_tap_query_shared(&tap, 7, 4000));
    assert_int_equal(count, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rcode_and_addresses),
        cmocka_unit_test(extended_errors),
        cmocka_unit_test(extended_rcode),
        cmocka_unit_test(not_our_answer),
        cmocka_unit_test(damaged),
        cmocka_unit_test(hosts_file),
        cmocka_unit_test(silence_is_shared),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
