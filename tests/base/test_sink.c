/* SPDX-License-Identifier: MIT */
/* The text sink: caps hold, cuts are told and fall between characters. */
#include "text.h"

static void grows(void **unused)
{
    (void)unused;
    struct ht_sink out = ht_sink(0);
    assert_string_equal(ht_sink_text(&out), "");
    for (int i = 0; i < 5000; i++)
        ht_sink_char(&out, (char)('a' + i % 26));
    assert_int_equal(out.len, 5000);
    assert_int_equal(strlen(out.text), 5000);
    assert_int_equal(out.text[4999], 'a' + 4999 % 26);
    assert_false(out.cut);
    ht_sink_reset(&out);
    assert_string_equal(ht_sink_text(&out), "");
    ht_sink_puts(&out, "x");
    assert_string_equal(out.text, "x");
    ht_sink_free(&out);
    assert_string_equal(ht_sink_text(&out), "");
}

static void exactly_full(void **unused)
{
    (void)unused;
    struct ht_sink out = ht_sink(4);
    ht_sink_puts(&out, "abcd");
    assert_false(out.cut);
    ht_sink_bytes(&out, ht_span(NULL, 0));
    assert_false(out.cut);
    ht_sink_char(&out, 'e');
    assert_true(out.cut);
    assert_string_equal(out.text, "abcd");
    ht_sink_reset(&out);
    assert_false(out.cut);
    ht_sink_puts(&out, "efghi");
    assert_string_equal(out.text, "efgh");
    ht_sink_free(&out);
}

/* Each way to write stops at the cap, and nothing follows a cut. */
static void cap_of_each(void **unused)
{
    (void)unused;
    struct ht_sink out = ht_sink(5);
    ht_sink_fill(&out, '-', 1000000000);
    assert_string_equal(out.text, "-----");
    assert_true(out.cut);
    ht_sink_reset(&out);
    ht_sink_hex(&out, LITERAL("\x01\xAB\xFF"));
    assert_string_equal(out.text, "01abf");
    assert_true(out.cut);
    ht_sink_reset(&out);
    ht_sink_printf(&out, "%s-%d", "abc", 12345);
    assert_string_equal(out.text, "abc-1");
    assert_true(out.cut);
    ht_sink_free(&out);
}

static void whole_characters(void **unused)
{
    (void)unused;
    static const char text[] = "a\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80"; /* of 1, 2, 3 and 4 bytes */
    static const size_t kept[] = {0, 1, 1, 3, 3, 3, 6, 6, 6, 6, 10};
    for (size_t cap = 1; cap < sizeof text; cap++) {
        struct ht_sink out = ht_sink(cap);
        ht_sink_puts(&out, text);
        assert_int_equal(out.len, kept[cap]);
        assert_int_equal(out.cut, cap < sizeof text - 1);
        ht_sink_char(&out, 'x'); /* fits, but would close the gap */
        assert_int_equal(out.len, kept[cap]);
        ht_sink_free(&out);
    }
}

static void bytes_that_are_no_text(void **unused)
{
    (void)unused;
    char junk[64];
    memset(junk, '\x80', sizeof junk);
    struct ht_sink out = ht_sink(32);
    ht_sink_bytes(&out, ht_span(junk, sizeof junk));
    assert_int_equal(out.len, 32);
    ht_sink_reset(&out);
    ht_sink_bytes(&out, LITERAL("a\0b"));
    assert_int_equal(out.len, 3);
    ht_sink_free(&out);
}

static void long_formats(void **unused)
{
    (void)unused;
    for (int width = 250; width < 260; width++) { /* around the buffer on the stack */
        struct ht_sink out = ht_sink(0);
        ht_sink_printf(&out, "%*d|", width, 7);
        assert_int_equal(out.len, width + 1);
        assert_int_equal(out.text[width - 1], '7');
        assert_int_equal(out.text[width], '|');
        ht_sink_free(&out);
    }
    struct ht_sink out = ht_sink(0);
    ht_sink_printf(&out, "%0200000d", 1);
    assert_int_equal(out.len, 200000);
    ht_sink_free(&out);
}

static void hexadecimal(void **unused)
{
    (void)unused;
    WRITES("", ht_sink_hex(&out, ht_span(NULL, 0)));
    WRITES("00097f80ff", ht_sink_hex(&out, LITERAL("\x00\x09\x7F\x80\xFF")));
}

/* RFC 4648 section 10. */
static void base64(void **unused)
{
    (void)unused;
    WRITES("", ht_sink_base64(&out, ht_span(NULL, 0)));
    WRITES("Zg==", ht_sink_base64(&out, LITERAL("f")));
    WRITES("Zm8=", ht_sink_base64(&out, LITERAL("fo")));
    WRITES("Zm9vYmFy", ht_sink_base64(&out, LITERAL("foobar")));
    WRITES("+/8A", ht_sink_base64(&out, LITERAL("\xFB\xFF\x00")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(grows),        cmocka_unit_test(exactly_full),
        cmocka_unit_test(cap_of_each),  cmocka_unit_test(whole_characters),
        cmocka_unit_test(long_formats), cmocka_unit_test(bytes_that_are_no_text),
        cmocka_unit_test(hexadecimal),  cmocka_unit_test(base64),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
