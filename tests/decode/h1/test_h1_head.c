/* SPDX-License-Identifier: MIT */
/* Heads and trailers (RFC 9112 sections 2 to 5): what they say, and the exact offset of the first illegal
 * byte. */
#include "unit.h"

#include "base/sink.h"
#include "decode/h1/h1.h"
#include "model/model.h"

#include <stdlib.h>

#define OK "HTTP/1.1 200 OK\r\n" /* 17 bytes */

static struct ht_arena *arena;

static int set_up(void **state)
{
    (void)state;
    arena = ht_arena_new();
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    ht_arena_free(arena);
    return 0;
}

struct bad_row {
    const char *bytes;
    size_t len; /* 0: up to the NUL */
    bool request;
    long at; /* -1: nothing is wrong */
    const char *why;
    int status;
};

static const struct bad_row rows[] = {
    {OK "\r\n", 0, false, -1, NULL, 200},
    {"HTTP/1.0 404 Not Found\r\nA: b\r\n\r\n", 0, false, -1, NULL, 404},
    {"HTTP/1.1 200\r\n\r\n", 0, false, -1, NULL, 200},
    {"HTTP/1.1 200 \r\n\r\n", 0, false, -1, NULL, 200},
    {"HTTP/1.1 200 \xc3\xa9t\xe9\tx\r\n\r\n", 0, false, -1, NULL, 200},
    {"HTTP/1.9 999 x\r\n\r\n", 0, false, -1, NULL, 999},
    {OK "A:\r\nB: \t \r\nC:d\r\n\r\n", 0, false, -1, NULL, 200},
    {OK "!#$%&'*+-.^_`|~09azAZ: x\r\n\r\n", 0, false, -1, NULL, 200},
    {"GET / HTTP/1.1\r\nHost: a\r\n\r\n", 0, true, -1, NULL, 0},
    /* the status line */
    {"<html>\r\n\r\n", 0, false, 0, "not an HTTP status line", 0},
    {"HTTX/1.1 200 OK\r\n\r\n", 0, false, 3, "not an HTTP status line", 0},
    {"http/1.1 200 OK\r\n\r\n", 0, false, 0, "not an HTTP status line", 0},
    {"SSH-2.0-x\r\n\r\n", 0, false, 0, "not an HTTP status line", 0},
    {"HTTP/2 200 OK\r\n\r\n", 0, false, 6, "bad HTTP version", 0},
    {"HTTP/x.1 200 OK\r\n\r\n", 0, false, 5, "bad HTTP version", 0},
    {"HTTP/1.x 200 OK\r\n\r\n", 0, false, 7, "bad HTTP version", 0},
    {"HTTP/2.0 200 OK\r\n\r\n", 0, false, 5, "not HTTP/1.x", 200},
    {"HTTP/1.10 200 OK\r\n\r\n", 0, false, 8, "before the status code", 0},
    {"HTTP/1.1  200 OK\r\n\r\n", 0, false, 9, "before the status code", 200},
    {"HTTP/1.1\r\n\r\n", 0, false, 8, "before the status code", 0},
    {"HTTP/1.1 20 OK\r\n\r\n", 0, false, 11, "three digits", 0},
    {"HTTP/1.1 2000 OK\r\n\r\n", 0, false, 12, "three digits", 0},
    {"HTTP/1.1 OK\r\n\r\n", 0, false, 9, "three digits", 0},
    {"HTTP/1.1 \r\n\r\n", 0, false, 9, "three digits", 0},
    {"HTTP/1.1 099 x\r\n\r\n", 0, false, 9, "below 100", 0},
    {"HTTP/1.1 200OK\r\n\r\n", 0, false, 12, "behind the status code", 200},
    {"HTTP/1.1 200 O\x01K\r\n\r\n", 0, false, 14, "control byte", 200},
    {"HTTP/1.1 200 OK\r\r\n\r\n", 0, false, 15, "bare CR", 200},
    {"HTTP/1.1 200 OK\n\r\n", 0, false, 15, "bare LF", 200},
    /* fields */
    {OK "A: b\nC: d\r\n\r\n", 0, false, 21, "bare LF", 200},
    {OK "A: b\r\n\n", 0, false, 23, "bare LF", 200},
    {OK "A: b\rc\r\n\r\n", 0, false, 21, "bare CR", 200},
    {OK "A: b\0c\r\n\r\n", 27, false, 21, "NUL", 200},
    {OK "A: b\x7f\r\n\r\n", 0, false, 21, "control byte", 200},
    {OK "A: \x1b[0m\r\n\r\n", 0, false, 20, "control byte", 200},
    {OK "A\0: b\r\n\r\n", 26, false, 18, "illegal byte in a field name", 200},
    {OK "A : b\r\n\r\n", 0, false, 18, "white space before the colon", 200},
    {OK "A\t\t: b\r\n\r\n", 0, false, 18, "white space before the colon", 200},
    {OK "A b: c\r\n\r\n", 0, false, 18, "illegal byte in a field name", 200},
    {OK "A(b): c\r\n\r\n", 0, false, 18, "illegal byte in a field name", 200},
    {OK "\xc3\xa9: c\r\n\r\n", 0, false, 17, "illegal byte in a field name", 200},
    {OK ": c\r\n\r\n", 0, false, 17, "empty field name", 200},
    {OK "garbage\r\n\r\n", 0, false, 24, "without a colon", 200},
    {OK "some words\r\n\r\n", 0, false, 21, "without a colon", 200},
    {OK "A: b\r\n c\r\n\r\n", 0, false, 23, "obs-fold", 200},
    {OK "A: b\r\n\tc\r\n\r\n", 0, false, 23, "obs-fold", 200},
    {OK " A: b\r\n\r\n", 0, false, 17, "before the first field", 200},
    /* ends too early */
    {"", 0, false, 0, "ends early", 0},
    {"HTTP/1.1 200", 0, false, 12, "ends early", 200},
    {OK, 0, false, 17, "ends early", 200},
    {OK "A: b\r\n", 0, false, 23, "ends early", 200},
    {OK "A: b\r\n\r", 0, false, 24, "ends early", 200},
    {OK "A: b\r", 0, false, 22, "ends early", 200},
    {OK "A", 0, false, 18, "ends early", 200},
    /* the first of several */
    {OK "A: b\n C : d\r\nE\0: f\r\n\r\n", 36, false, 21, "bare LF", 200},
    /* the request line */
    {"GET /\r\n\r\n", 0, true, 5, "behind the request target", 0},
    {"G(T / HTTP/1.1\r\n\r\n", 0, true, 1, "behind the method", 0},
    {" / HTTP/1.1\r\n\r\n", 0, true, 0, "no method", 0},
    {"GET  / HTTP/1.1\r\n\r\n", 0, true, 4, "behind the method", 0},
    {"GET /\x01 HTTP/1.1\r\n\r\n", 0, true, 5, "request target", 0},
    {"GET /\xc3\xa9 HTTP/1.1\r\n\r\n", 0, true, 5, "request target", 0},
    {"GET / HTTP/1.1 x\r\n\r\n", 0, true, 14, "behind the version", 0},
    {"GET / a HTTP/1.1\r\n\r\n", 0, true, 6, "no HTTP version", 0},
    {"GET / HTTP/1,1\r\n\r\n", 0, true, 12, "bad HTTP version", 0},
    {"GET / HTTP/2.0\r\n\r\n", 0, true, 11, "not HTTP/1.x", 0},
};

static void every_rule_with_its_offset(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct bad_row *row = &rows[i];
        struct ht_span bytes = row->len ? ht_span(row->bytes, row->len) : ht_span_str(row->bytes);
        struct ht_h1_head head;
        ht_h1_decode_head(arena, bytes, !row->request, &head);
        if (head.malformed != (row->at >= 0) || (row->at >= 0 && head.malformed_at != (size_t)row->at))
            fail_msg("row %zu: \"%s\": at %zu, %s", i, row->bytes, head.malformed_at, head.malformed_why);
        if (row->why && !strstr(head.malformed_why, row->why))
            fail_msg("row %zu: \"%s\": %s", i, row->bytes, head.malformed_why);
        if (row->why && !strstr(head.malformed_why, "(RFC 91"))
            fail_msg("row %zu: no section: %s", i, head.malformed_why);
        if (head.status != row->status)
            fail_msg("row %zu: status %d", i, head.status);
    }
}

static void assert_span(struct ht_span got, const char *want)
{
    if (!ht_span_eq_str(got, want))
        fail_msg("\"%.*s\" is not \"%s\"", (int)got.len, (const char *)got.data, want);
}

static void assert_field(const struct ht_headers *headers, size_t at, const char *name, const char *value)
{
    assert_true(at < headers->count);
    assert_span(headers->at[at].name, name);
    assert_span(headers->at[at].value, value);
}

static void response_says_what_it_says(void **state)
{
    (void)state;
    struct ht_h1_head head;
    ht_h1_decode_head(
        arena,
        ht_span_str("HTTP/1.0 301 Moved  Permanently\r\nLocation:  /x \t\r\nA:\r\nA: 2\r\n\r\nignored"), true,
        &head);
    assert_true(head.is_response);
    assert_int_equal(head.version, HT_HTTP_1_0);
    assert_int_equal(head.status, 301);
    assert_span(head.reason, "Moved  Permanently");
    assert_int_equal(head.headers.count, 3);
    assert_field(&head.headers, 0, "Location", "/x");
    assert_field(&head.headers, 1, "A", "");
    assert_field(&head.headers, 2, "A", "2");
    assert_false(head.malformed);
}

static void request_says_what_it_says(void **state)
{
    (void)state;
    struct ht_h1_head head;
    ht_h1_decode_head(arena, ht_span_str("CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n"), false, &head);
    assert_false(head.is_response);
    assert_int_equal(head.version, HT_HTTP_1_1);
    assert_span(head.method, "CONNECT");
    assert_span(head.target, "a:443");
    assert_field(&head.headers, 0, "Host", "a:443");
}

static void broken_heads_are_decoded_as_far_as_they_go(void **state)
{
    (void)state;
    struct ht_h1_head head;
    ht_h1_decode_head(
        arena,
        ht_span_str(OK " lost\r\nA: b\r\n  c \r\n\td\r\nE : f\r\nno colon\r\nG h: i\r\nJ: k\rl\r\n\r\n"),
        true, &head);
    assert_field(&head.headers, 0, "A", "b c d");
    assert_field(&head.headers, 1, "E", "f");
    assert_field(&head.headers, 2, "no colon", "");
    assert_field(&head.headers, 3, "G h", "i");
    assert_field(&head.headers, 4, "J", "k\rl");
    assert_int_equal(head.headers.count, 5);
    assert_int_equal(head.malformed_at, 17);
}

static void trailers_are_fields(void **state)
{
    (void)state;
    struct ht_headers trailers;
    struct ht_h1_head marks = {.status = 200};
    ht_h1_decode_trailers(arena, ht_span_str("A: b\r\nC: d\r\n\r\n"), &trailers, &marks);
    assert_int_equal(trailers.count, 2);
    assert_field(&trailers, 1, "C", "d");
    assert_false(marks.malformed);
    assert_int_equal(marks.status, 200);
    ht_h1_decode_trailers(arena, ht_span_str("\r\n"), &trailers, &marks);
    assert_int_equal(trailers.count, 0);
    assert_false(marks.malformed);
    ht_h1_decode_trailers(arena, ht_span_str("A: b\r\nC d\r\n\r\n"), &trailers, &marks);
    assert_true(marks.malformed);
    assert_int_equal(marks.malformed_at, 7);
}

/* Thousands of folded lines must cost their own size, not its square. */
static void folds_and_fields_are_bounded(void **state)
{
    (void)state;
    struct ht_sink s = ht_sink(0);
    ht_sink_puts(&s, OK "A: b");
    for (size_t i = 0; i < 50000; i++)
        ht_sink_puts(&s, "\r\n c");
    for (size_t i = 0; i < HT_CAP_HEADERS + 10; i++)
        ht_sink_puts(&s, "\r\nX: y");
    ht_sink_puts(&s, "\r\n\r\n");
    struct ht_h1_head head;
    size_t before = ht_arena_used(arena);
    ht_h1_decode_head(arena, ht_span(s.text, s.len), true, &head);
    assert_int_equal(head.headers.count, HT_CAP_HEADERS);
    assert_true(head.headers.cut);
    assert_int_equal(head.headers.at[0].value.len, 1 + 2 * 50000);
    assert_true(ht_arena_used(arena) - before < 4 * s.len);
    ht_sink_free(&s);
}

static void decode_exact_copy(const uint8_t *bytes, size_t len, bool is_response)
{
    uint8_t *copy = ht_malloc(len);
    if (len)
        memcpy(copy, bytes, len);
    struct ht_arena *own = ht_arena_new();
    struct ht_h1_head head;
    ht_h1_decode_head(own, ht_span(copy, len), is_response, &head);
    assert_true(!head.malformed || head.malformed_at <= len);
    ht_arena_free(own);
    free(copy);
}

static void survives_truncation_and_flips(void **state)
{
    (void)state;
    uint8_t head[] = OK "Server: x\r\nSet-Cookie: a=b; Path=/\r\n folded\r\nContent-Length: 5\r\n\r\n";
    size_t len = sizeof head - 1;
    for (size_t cut = 0; cut < len; cut++) {
        struct ht_h1_head out;
        decode_exact_copy(head, cut, cut % 2);
        ht_h1_decode_head(arena, ht_span(head, cut), true, &out);
        assert_true(out.malformed);
    }
    for (size_t at = 0; at < len; at++) {
        for (unsigned flip = 1; flip < 256; flip++) {
            head[at] ^= (uint8_t)flip;
            decode_exact_copy(head, len, at % 2 == 0 || flip % 2 == 0);
            head[at] ^= (uint8_t)flip;
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_rule_with_its_offset),
        cmocka_unit_test(response_says_what_it_says),
        cmocka_unit_test(request_says_what_it_says),
        cmocka_unit_test(broken_heads_are_decoded_as_far_as_they_go),
        cmocka_unit_test(trailers_are_fields),
        cmocka_unit_test(folds_and_fields_are_bounded),
        cmocka_unit_test(survives_truncation_and_flips),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
