/* SPDX-License-Identifier: MIT */
/* Hostile text: what comes out is valid UTF-8, does nothing, and tells what went in. */
#include "text.h"

#include "base/arena.h"
#include "base/escape.h"

#include <stdio.h>
#include <stdlib.h>

#define TEXT(expected, input) WRITES(expected, ht_escape_text(&out, LITERAL(input)))
#define UTF8(expected, input) WRITES(expected, ht_escape_utf8(&out, LITERAL(input)))

static void every_byte(void **unused)
{
    (void)unused;
    for (int value = 0; value < 256; value++) {
        uint8_t byte = (uint8_t)value;
        char expected[8] = {(char)byte};
        if (byte < 0x20 || byte >= 0x7F)
            snprintf(expected, sizeof expected, "\\x%02x", byte);
        WRITES(expected, ht_escape_text(&out, ht_span(&byte, 1)));
        WRITES(expected, ht_escape_utf8(&out, ht_span(&byte, 1)));
    }
}

/* C1 as UTF-8: U+009B is CSI to many a terminal. */
static void every_c1(void **unused)
{
    (void)unused;
    for (int value = 0x80; value < 0xA0; value++) {
        uint8_t bytes[] = {0xC2, (uint8_t)value};
        char expected[16];
        snprintf(expected, sizeof expected, "\\xc2\\x%02x", value);
        WRITES(expected, ht_escape_text(&out, ht_span(bytes, 2)));
    }
    TEXT("\xC2\xA0", "\xC2\xA0");
}

static void not_utf8(void **unused)
{
    (void)unused;
    UTF8("\\xc0\\x80", "\xC0\x80");                   /* overlong NUL */
    UTF8("\\xc1\\xbf", "\xC1\xBF");                   /* overlong DEL */
    UTF8("\\xe0\\x9f\\xbf", "\xE0\x9F\xBF");          /* overlong, three bytes */
    UTF8("\\xf0\\x8f\\xbf\\xbf", "\xF0\x8F\xBF\xBF"); /* overlong, four bytes */
    UTF8("\\xed\\xa0\\x80", "\xED\xA0\x80");          /* first surrogate */
    UTF8("\\xed\\xbf\\xbf", "\xED\xBF\xBF");          /* last surrogate */
    UTF8("\\xf4\\x90\\x80\\x80", "\xF4\x90\x80\x80"); /* U+110000 */
    UTF8("\\xf8\\x88\\x80\\x80\\x80", "\xF8\x88\x80\x80\x80");
    UTF8("\\xe2\\x82", "\xE2\x82"); /* truncated */
    UTF8("\\xe2\\x82x", "\xE2\x82x");
    UTF8("\\xf0\\x9f\\x98", "\xF0\x9F\x98");
    UTF8("\\x80\\xbf", "\x80\xBF"); /* lone continuations */
    UTF8("a\\xff\xC3\xA9", "a\xFF\xC3\xA9");
    UTF8("\xF4\x8F\xBF\xBD \xED\x9F\xBF \xEE\x80\x80", "\xF4\x8F\xBF\xBD \xED\x9F\xBF \xEE\x80\x80");
}

static size_t encode(uint32_t c, uint8_t *to)
{
    if (c < 0x80)
        return to[0] = (uint8_t)c, 1;
    size_t len = c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    static const uint8_t lead[] = {0, 0, 0xC0, 0xE0, 0xF0};
    for (size_t i = len - 1; i > 0; i--, c >>= 6)
        to[i] = (uint8_t)(0x80 | (c & 0x3F));
    to[0] = (uint8_t)(lead[len] | c);
    return len;
}

static void every_code_point(void **unused)
{
    (void)unused;
    for (uint32_t c = 0; c < 0x110000; c++) {
        uint8_t bytes[4];
        uint32_t back = 0;
        size_t len = encode(c, bytes), got = ht_utf8_next(ht_span(bytes, len), 0, &back);
        bool surrogate = c >= 0xD800 && c <= 0xDFFF;
        assert_int_equal(got, surrogate ? 0 : len);
        if (got)
            assert_int_equal(back, c);
        for (size_t cut = 1; cut < len; cut++)
            assert_int_equal(ht_utf8_next(ht_span(bytes, cut), 0, &back), 0);
    }
    assert_int_equal(ht_utf8_next(LITERAL("a"), 1, &(uint32_t){0}), 0);
}

static void hostile_characters(void **unused)
{
    (void)unused;
    static const uint32_t hostile[] = {0xAD,    0x61C,   0x180E, 0x200B, 0x200C, 0x200D, 0x200E,  0x200F,
                                       0x2028,  0x2029,  0x202A, 0x202B, 0x202C, 0x202D, 0x202E,  0x2060,
                                       0x2066,  0x2067,  0x2068, 0x2069, 0x206F, 0xFEFF, 0xFFF9,  0xFFFB,
                                       0xE0001, 0xE007F, 0x34F,  0x115F, 0x3164, 0xFFA0, 0xE0100, 0xE01EF};
    for (size_t i = 0; i < sizeof hostile / sizeof *hostile; i++) {
        uint8_t bytes[4];
        char expected[24] = "";
        size_t len = encode(hostile[i], bytes);
        for (size_t k = 0; k < len; k++)
            snprintf(expected + 4 * k, 5, "\\x%02x", bytes[k]);
        WRITES(expected, ht_escape_text(&out, ht_span(bytes, len)));
        WRITES(expected, ht_escape_utf8(&out, ht_span(bytes, len)));
    }
    TEXT("\xE2\x80\x90 \xE2\x80\xA6 \xE2\x80\xA7 \xE2\x81\x9F",
         "\xE2\x80\x90 \xE2\x80\xA6 \xE2\x80\xA7 \xE2\x81\x9F");
}

static void workflow_commands(void **unused)
{
    (void)unused;
    TEXT(":\\x3aerror:\\x3ax", "::error::x");
    TEXT(":\\x3a:", ":::");
    TEXT("#\\x23[section]", "##[section]");
    TEXT("#\\x23vso[task]", "##vso[task]");
    TEXT("a:b #c", "a:b #c");
    TEXT("2001:db8::1", "2001:db8::1");
    TEXT("[::1]:443", "[::1]:443");
    TEXT("::ffff:192.0.2.1", "::ffff:192.0.2.1");
    TEXT(":\\x3aadd-mask:\\x3ax", "::add-mask::x");
    TEXT(":\\x3aabc::", "::abc::");
    TEXT(":\\x3adebug:\\x3a1x", "::debug::1x");
    UTF8("::error::", "::error::");
    TEXT("\\x1b[31m:\\x3ax", "\x1b[31m::x");
}

/* A \xNN of the wire's own is told from one of ours by its doubled backslashes. */
static void backslashes(void **unused)
{
    (void)unused;
    TEXT("\\\\x1b", "\\x1b");
    TEXT("\\\\x", "\\x");
    TEXT("\\n \\ \\", "\\n \\ \\");
    TEXT("\\\\\\x01", "\\\x01");
    TEXT("\\\\\\\\x41", "\\\\x41");
    TEXT("\\\\\\xff", "\\\xFF");
    TEXT("\\\xC3\xA9", "\\\xC3\xA9");
}

/* Undoes ht_escape_text (doubling) or ht_escape_utf8: a run of backslashes before an x is half backslashes.
 */
static struct ht_span unescape(struct ht_arena *arena, const char *text, bool doubling)
{
    uint8_t *bytes = ht_arena_alloc(arena, strlen(text));
    size_t len = 0;
    while (*text) {
        size_t run = strspn(text, "\\");
        bool before_x = text[run] == 'x';
        for (size_t i = 0; i < (doubling && before_x ? run / 2 : before_x && run ? run - 1 : run); i++)
            bytes[len++] = '\\';
        text += run;
        if (before_x && (doubling ? run % 2 : run)) {
            char digits[3] = {text[1], text[2]};
            bytes[len++] = (uint8_t)strtoul(digits, NULL, 16);
            text += 3;
        } else if (*text) {
            bytes[len++] = (uint8_t)*text++;
        }
    }
    return ht_span(bytes, len);
}

static void is_harmless(const char *text)
{
    struct ht_span s = ht_span_str(text);
    for (size_t at = 0; at < s.len;) {
        uint32_t c = 0;
        size_t len = ht_utf8_next(s, at, &c);
        assert_true(len && c >= 0x20 && c != 0x7F && !(c >= 0x80 && c < 0xA0));
        assert_false(c >= 0x202A && c <= 0x202E);
        at += len;
    }
}

static void random_bytes_come_back(void **unused)
{
    (void)unused;
    static const char likely[] = "\\\\xx::##ab01\x1b\xC3\xA9\xE2\x80\xAE\xF0\x9F\x98\x80";
    srand(7);
    for (int round = 0; round < 20000; round++) {
        struct ht_arena *arena = ht_arena_new();
        uint8_t bytes[24];
        size_t len = (size_t)rand() % sizeof bytes;
        bool backslash = false;
        for (size_t i = 0; i < len; i++) {
            bytes[i] = rand() % 4 ? (uint8_t)likely[(size_t)rand() % (sizeof likely - 1)] : (uint8_t)rand();
            backslash = backslash || bytes[i] == '\\';
        }
        struct ht_sink text = ht_sink(0), utf8 = ht_sink(0);
        ht_escape_text(&text, ht_span(bytes, len));
        ht_escape_utf8(&utf8, ht_span(bytes, len));
        is_harmless(ht_sink_text(&text));
        is_harmless(ht_sink_text(&utf8));
        assert_null(strstr(ht_sink_text(&text), "::x"));
        assert_null(strstr(ht_sink_text(&text), "##"));
        assert_true(ht_span_eq(unescape(arena, ht_sink_text(&text), true), ht_span(bytes, len)));
        if (!backslash) /* JSON keeps a backslash as it is, so there it cannot be told */
            assert_true(ht_span_eq(unescape(arena, ht_sink_text(&utf8), false), ht_span(bytes, len)));
        ht_sink_free(&text);
        ht_sink_free(&utf8);
        ht_arena_free(arena);
    }
}

/* Under a cap as well the output is UTF-8: JSON would refuse half a character. */
static void capped(void **unused)
{
    (void)unused;
    for (size_t cap = 1; cap < 20; cap++) {
        struct ht_sink out = ht_sink(cap);
        ht_escape_utf8(&out, LITERAL("a\xE2\x82\xAC\x1b\xF0\x9F\x98\x80::\xC3\xA9\xC3\xA9"));
        assert_true(out.len <= cap);
        is_harmless(ht_sink_text(&out));
        ht_sink_free(&out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_byte),
        cmocka_unit_test(every_c1),
        cmocka_unit_test(not_utf8),
        cmocka_unit_test(every_code_point),
        cmocka_unit_test(hostile_characters),
        cmocka_unit_test(workflow_commands),
        cmocka_unit_test(backslashes),
        cmocka_unit_test(random_bytes_come_back),
        cmocka_unit_test(capped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
