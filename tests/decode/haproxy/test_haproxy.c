/* SPDX-License-Identifier: MIT */
/* The line of the PROXY protocol: whole, cut at every byte, with every byte changed; what is none; what is
 * wrong. */
#include "unit.h"

#include "decode/haproxy/haproxy.h"
#include "model/model.h"

#include <stdlib.h>

#define LINE "PROXY TCP4 192.0.2.1 198.51.100.2 51234 443\r\n"

static struct ht_haproxy_line decode(struct ht_arena *arena, const char *text)
{
    struct ht_haproxy_line line;
    ht_haproxy_decode(arena, ht_span_str(text), &line);
    return line;
}

static void lines_are_told(void **state)
{
    static const struct {
        const char *line, *summary;
        size_t malformed_at; /* 0: well-formed */
    } rows[] = {
        {LINE, "PROXY TCP4 from 192.0.2.1:51234 to 198.51.100.2:443", 0},
        {"PROXY TCP6 2001:db8::1 ::1 1 65535\r\n", "PROXY TCP6 from [2001:db8::1]:1 to [::1]:65535", 0},
        {"PROXY UNKNOWN\r\n", "PROXY UNKNOWN: without addresses", 0},
        {"PROXY UNKNOWN ffff::1 a b c\r\n", "PROXY UNKNOWN: without addresses", 0},
        {"PROXY TCP4 ::1 192.0.2.1 1 2\r\n", "PROXY TCP4 from ::1:1 to 192.0.2.1:2", 11},
        {"PROXY TCP6 ::1 192.0.2.1 1 2\r\n", "PROXY TCP6 from [::1]:1 to [192.0.2.1]:2", 15},
        {"PROXY TCP4 192.0.2.1 192.0.2.2 1 70000\r\n", "PROXY TCP4 from 192.0.2.1:1 to 192.0.2.2:-1", 33},
        {"PROXY TCP4 192.0.2.1 192.0.2.2 01 2\r\n", "PROXY TCP4 from 192.0.2.1:-1 to 192.0.2.2:2", 31},
        {"PROXY TCP4 \033[1m\r\n", "PROXY TCP4 from \\x1b[1m:-1 to :-1", 11},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct ht_arena *arena = ht_arena_new();
        assert_int_equal(ht_haproxy_split(ht_span_str(rows[i].line)), strlen(rows[i].line));
        struct ht_haproxy_line line = decode(arena, rows[i].line);
        assert_string_equal(line.summary, rows[i].summary);
        assert_int_equal(line.malformed, rows[i].malformed_at > 0);
        assert_int_equal(line.malformed_at, rows[i].malformed_at);
        ht_arena_free(arena);
    }
}

static void parts_are_fields(void **state)
{
    (void)state;
    struct ht_arena *arena = ht_arena_new();
    struct ht_haproxy_line line = decode(arena, LINE);
    assert_int_equal(ht_field_find(line.fields, "version")->value.number, 1);
    assert_true(ht_span_eq_str(ht_field_find(line.fields, "family")->value.bytes, "TCP4"));
    assert_true(ht_span_eq_str(ht_field_find(line.fields, "source")->value.bytes, "192.0.2.1"));
    assert_int_equal(ht_field_find(line.fields, "source_port")->value.number, 51234);
    assert_true(ht_span_eq_str(ht_field_find(line.fields, "destination")->value.bytes, "198.51.100.2"));
    assert_int_equal(ht_field_find(line.fields, "destination_port")->value.number, 443);
    ht_arena_free(arena);
}

static void what_follows_is_left(void **state)
{
    (void)state;
    assert_int_equal(ht_haproxy_split(ht_span_str(LINE "GET / HTTP/1.1\r\n\r\n")), strlen(LINE));
}

static void requests_are_no_such_line(void **state)
{
    static const char *const rows[] = {"",
                                       "GET / HTTP/1.1\r\n",
                                       "PROXY / HTTP/1.1\r\n",
                                       "PROXY\r\n",
                                       "PROXY TCP4\n",
                                       "PROXY TCP5 192.0.2.1 192.0.2.2 1 2\r\n",
                                       "proxy TCP4 192.0.2.1 192.0.2.2 1 2\r\n",
                                       "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"};
    char longest[200] = "PROXY UNKNOWN ";
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_int_equal(ht_haproxy_split(ht_span_str(rows[i])), 0);
    memset(longest + 14, 'x', 107 - 14);
    memcpy(longest + 105, "\r\n", 2);
    assert_int_equal(ht_haproxy_split(ht_span(longest, 107)), 107);
    memcpy(longest + 105, "x\r\n", 3);
    assert_int_equal(ht_haproxy_split(ht_span(longest, 108)), 0);
}

static void every_prefix_and_change_is_safe(void **state)
{
    (void)state;
    for (size_t i = 0; i < strlen(LINE); i++) {
        struct ht_arena *arena = ht_arena_new();
        struct ht_haproxy_line line;
        uint8_t *bytes = ht_malloc(strlen(LINE));
        memcpy(bytes, LINE, strlen(LINE));
        assert_int_equal(ht_haproxy_split(ht_span(bytes, i)), 0);
        ht_haproxy_decode(arena, ht_span(bytes, i), &line);
        assert_true(line.malformed && line.malformed_at <= i);
        for (int change = 1; change < 256; change += 3) {
            bytes[i] = (uint8_t)(LINE[i] ^ change);
            ht_haproxy_decode(arena, ht_span(bytes, strlen(LINE)), &line);
            assert_true(line.malformed_at <= strlen(LINE));
        }
        free(bytes);
        ht_arena_free(arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_are_told),
        cmocka_unit_test(parts_are_fields),
        cmocka_unit_test(what_follows_is_left),
        cmocka_unit_test(requests_are_no_such_line),
        cmocka_unit_test(every_prefix_and_change_is_safe),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
