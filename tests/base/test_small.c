/* SPDX-License-Identifier: MIT */
/* Clock, names, spans and errors: the small parts of the base room. */
#include "text.h"

#include "base/clock.h"
#include "base/error.h"
#include "base/names.h"
#include "base/temporary.h"

#include <sys/stat.h>

static void milliseconds(void **unused)
{
    (void)unused;
    WRITES("0.000", ht_sink_ms(&out, 0));
    WRITES("12.345", ht_sink_ms(&out, 12345));
    WRITES("0.009", ht_sink_ms(&out, 9));
    WRITES("-1.500", ht_sink_ms(&out, -1500));
    WRITES("9223372036854775.807", ht_sink_ms(&out, INT64_MAX));
    WRITES("-9223372036854775.808", ht_sink_ms(&out, INT64_MIN));
}

static void seconds(void **unused)
{
    (void)unused;
    WRITES("0.000000", ht_sink_seconds(&out, 0));
    WRITES("1.000009", ht_sink_seconds(&out, 1000009));
    WRITES("-0.500000", ht_sink_seconds(&out, -500000));
    WRITES("-9223372036854.775808", ht_sink_seconds(&out, INT64_MIN));
}

static void durations(void **unused)
{
    (void)unused;
    static const struct {
        int64_t us;
        const char *text;
    } rows[] = {
        {0, "0.0 ms"},
        {49, "0.0 ms"},
        {50, "0.1 ms"},
        {850, "0.9 ms"},
        {12149, "12.1 ms"},
        {12150, "12.2 ms"},
        {999949, "999.9 ms"},
        {999950, "1.00 s"},
        {1234567, "1.23 s"},
        {9994999, "9.99 s"},
        {9995000, "10.0 s"},
        {10000000, "10.0 s"},
        {119949999, "119.9 s"},
        {119950000, "2 min 0 s"},
        {125000000, "2 min 5 s"},
        {-12149, "-12.1 ms"},
        {3600000000, "60 min 0 s"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        WRITES(rows[i].text, ht_sink_duration(&out, rows[i].us));
    struct ht_sink out = ht_sink(0);
    ht_sink_duration(&out, INT64_MIN);
    ht_sink_duration(&out, INT64_MAX);
    assert_true(out.len > 20);
    ht_sink_free(&out);
}

static void sizes(void **unused)
{
    (void)unused;
    WRITES("0 bytes", ht_sink_size(&out, 0));
    WRITES("1 byte", ht_sink_size(&out, 1));
    WRITES("512 bytes", ht_sink_size(&out, 512));
    WRITES("1023 bytes", ht_sink_size(&out, 1023));
    WRITES("1.0 KiB", ht_sink_size(&out, 1024));
    WRITES("1.2 KiB", ht_sink_size(&out, 1256));
    WRITES("1.0 MiB", ht_sink_size(&out, 1048575));
    WRITES("10.0 MiB", ht_sink_size(&out, 10485760));
    WRITES("8388608.0 TiB", ht_sink_size(&out, INT64_MAX));
}

static void dates(void **unused)
{
    (void)unused;
    WRITES("1970-01-01T00:00:00.000000Z", ht_sink_rfc3339(&out, 0, true));
    WRITES("2026-11-20T21:00:00.123456Z", ht_sink_rfc3339(&out, INT64_C(1795208400123456), true));
    WRITES("2026-11-20T21:00:00Z", ht_sink_rfc3339(&out, INT64_C(1795208400999999), false));
    WRITES("1969-12-31T23:59:59.999999Z", ht_sink_rfc3339(&out, -1, true));
    WRITES("1969-12-31T23:59:59.000000Z", ht_sink_rfc3339(&out, -1000000, true));
    struct ht_sink out = ht_sink(0);
    ht_sink_rfc3339(&out, INT64_MAX, true);
    ht_sink_rfc3339(&out, INT64_MIN, true);
    assert_true(out.len > 0);
    ht_sink_free(&out);
}

static void clocks(void **unused)
{
    (void)unused;
    int64_t before = ht_clock_us();
    assert_true(ht_clock_us() >= before);
    assert_true(ht_clock_wall_us() > INT64_C(1600000000000000));
}

static void names(void **unused)
{
    (void)unused;
    static const struct ht_name rows[] = {{0, "zero"}, {2, "two"}, {3, "three"}, {UINT32_MAX, "last"}};
    static const struct ht_name_table table = HT_NAME_TABLE(rows), none = {NULL, 0};
    assert_string_equal(ht_name_of(&table, 0), "zero");
    assert_string_equal(ht_name_of(&table, 2), "two");
    assert_string_equal(ht_name_of(&table, 3), "three");
    assert_string_equal(ht_name_of(&table, UINT32_MAX), "last");
    assert_null(ht_name_of(&table, 1));
    assert_null(ht_name_of(&table, 4));
    assert_null(ht_name_of(&table, UINT32_MAX - 1));
    assert_null(ht_name_of(&none, 0));
}

static void spans(void **unused)
{
    (void)unused;
    struct ht_span s = ht_span_str("hello");
    assert_true(ht_span_eq_str(ht_span_from(s, 2), "llo"));
    assert_int_equal(ht_span_from(s, 5).len, 0);
    assert_int_equal(ht_span_from(s, SIZE_MAX).len, 0);
    assert_true(ht_span_eq_str(ht_span_head(s, 2), "he"));
    assert_true(ht_span_eq_str(ht_span_head(s, SIZE_MAX), "hello"));
    assert_int_equal(ht_span_from(ht_span(NULL, 0), 3).len, 0);
    assert_int_equal(ht_span_str(NULL).len, 0);
    assert_true(ht_span_eq(ht_span(NULL, 0), ht_span_str("")));
    assert_false(ht_span_eq_str(s, "hell"));
    assert_false(ht_span_eq_str(s, "hellO"));
}

static void searches(void **unused)
{
    (void)unused;
    const struct ht_span none = {0}, s = ht_span_str("abcabc"), bc = ht_span_str("bc");
    assert_int_equal(ht_span_find(s, bc, 0), 1);
    assert_int_equal(ht_span_find(s, bc, 1), 1);
    assert_int_equal(ht_span_find(s, bc, 2), 4);
    assert_int_equal(ht_span_find(s, bc, 5), 6); /* longer than what is left */
    assert_int_equal(ht_span_find(s, s, 0), 0);
    assert_int_equal(ht_span_find(s, ht_span_str("abcabca"), 0), 6);
    assert_int_equal(ht_span_find(s, none, 0), 6);
    assert_int_equal(ht_span_find(s, bc, SIZE_MAX), 6);
    assert_int_equal(ht_span_find(none, bc, 0), 0);
    assert_int_equal(ht_span_find(none, none, 1), 0);
    assert_int_equal(ht_span_find_byte(s, 'c', 0), 2);
    assert_int_equal(ht_span_find_byte(s, 'c', 3), 5);
    assert_int_equal(ht_span_find_byte(s, 'c', 6), 6);
    assert_int_equal(ht_span_find_byte(s, 0, 0), 6);
    assert_int_equal(ht_span_find_byte(s, 'a', SIZE_MAX), 6);
    assert_int_equal(ht_span_find_byte(none, 0, 0), 0);
    assert_int_equal(ht_span_find_byte(ht_span("a\0\xff", 3), 0xff, 0), 2);
}

static void any_case(void **unused)
{
    (void)unused;
    assert_true(ht_span_ieq_str(ht_span_str("Content-LENGTH"), "content-length"));
    assert_false(ht_span_ieq_str(ht_span_str("a"), "ab"));
    assert_true(ht_span_ieq(ht_span(NULL, 0), ht_span_str("")));
    for (int a = 0; a < 256; a++) { /* letters alone fold: "@" and "`" differ in the same bit */
        uint8_t x = (uint8_t)a, y = (uint8_t)(a ^ 0x20);
        bool letter = ((a | 0x20) >= 'a' && (a | 0x20) <= 'z');
        assert_int_equal(ht_span_ieq(ht_span(&x, 1), ht_span(&y, 1)), letter);
    }
}

static void errors(void **unused)
{
    (void)unused;
    struct ht_error error;
    char wide[1000];
    memset(wide, 'w', sizeof wide);
    wide[sizeof wide - 1] = '\0';
    assert_int_equal(ht_fail(&error, HT_ERR_USAGE, "no %s", "x"), HT_ERR_USAGE);
    assert_string_equal(error.text, "no x");
    assert_int_equal(error.exit_code, 2);
    assert_int_equal(error.status, HT_ERR_USAGE);
    assert_int_equal(ht_fail(NULL, HT_ERR_IO, "x"), HT_ERR_IO);
    assert_int_equal(ht_fail(&error, HT_ERR_IO, "%s", wide), HT_ERR_IO);
    assert_int_equal(strlen(error.text), sizeof error.text - 1);
}

static void temporary_files(void **unused)
{
    (void)unused;
    FILE *file = ht_temporary_open();
    struct stat status;
    char read[4] = "";
    assert_non_null(file);
    assert_int_equal(fstat(fileno(file), &status), 0);
    assert_int_equal(status.st_nlink, 0);
    assert_int_equal(status.st_mode & 0777, 0600);
    assert_int_equal(fwrite("abc", 1, 3, file), 3);
    rewind(file);
    assert_int_equal(fread(read, 1, sizeof read, file), 3);
    assert_string_equal(read, "abc");
    fclose(file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(temporary_files), cmocka_unit_test(milliseconds), cmocka_unit_test(seconds),
        cmocka_unit_test(durations),       cmocka_unit_test(sizes),        cmocka_unit_test(dates),
        cmocka_unit_test(clocks),          cmocka_unit_test(names),        cmocka_unit_test(spans),
        cmocka_unit_test(searches),        cmocka_unit_test(any_case),     cmocka_unit_test(errors),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
