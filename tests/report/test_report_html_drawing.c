/* SPDX-License-Identifier: MIT */
/* Tests of what the HTML report draws with: axes, lines over time, cut words, text that waits in a file. */
#include "unit.h"

#include "report/html/plot.h"

#include <string.h>

static const struct ht_html_scale second = {1000000, 1000000};

static void test_places(void **state)
{
    (void)state;
    assert_int_equal(ht_html_place(&second, 1000000), 0);
    assert_int_equal(ht_html_place(&second, 1250000), 25000);
    assert_int_equal(ht_html_place(&second, 2000000), 100000);
    assert_int_equal(ht_html_place(&second, INT64_MIN), 0);
    assert_int_equal(ht_html_place(&second, INT64_MAX), 100000);
}

static void test_marks_are_round_and_few(void **state)
{
    static const struct {
        int64_t span, step;
    } rows[] = {{1, 1},
                {4, 1},
                {5, 2},
                {1000, 500},
                {999999, 200000},
                {3600000000, 1000000000},
                {INT64_MAX, 2000000000000000000}};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        int64_t step = ht_html_step(rows[i].span, 4);
        assert_int_equal(step, rows[i].step);
        assert_true(rows[i].span / step <= 4);
    }
}

static void axis_is(int64_t span_us, const char *last)
{
    struct ht_sink out = ht_sink(0);
    ht_html_axis(&out, &(struct ht_html_scale){0, span_us});
    assert_non_null(strstr(ht_sink_text(&out), ">0</text>"));
    if (!strstr(ht_sink_text(&out), last))
        fail_msg("%s is not in %s", last, ht_sink_text(&out));
    ht_sink_free(&out);
}

static void test_labels_have_the_decimals_of_their_step(void **state)
{
    (void)state;
    axis_is(300, ">0.2 ms</text>");
    axis_is(90, ">0.08 ms</text>");
    axis_is(59500, ">40 ms</text>");
    axis_is(10000000, ">10 s</text>");
    axis_is(1, ">0.001 ms</text>");
}

/* The path's data. */
static void path_is(const struct ht_html_line *line, bool filled, const char *expected)
{
    struct ht_sink out = ht_sink(0), whole = ht_sink(0);
    ht_sink_printf(&whole, "<path class=\"x\" d=\"%s\"/>", expected);
    if (filled)
        ht_html_line_area(line, &out, &second, 2000000, "x");
    else
        ht_html_line_plot(line, &out, &second, 100, 2000000, "x");
    assert_string_equal(ht_sink_text(&out), ht_sink_text(&whole));
    ht_sink_free(&out);
    ht_sink_free(&whole);
}

static void test_a_line_goes_on_to_the_end(void **state)
{
    struct ht_html_line line = {0};
    (void)state;
    ht_html_line_add(&line, 1000000, 100);
    ht_html_line_step(&line, 1500000, -100);
    assert_int_equal(line.now, 0);
    assert_int_equal(line.most, 100);
    assert_int_equal(line.least, 0);
    path_is(&line, false, "M0 8.0L500 8.0L500 98.0L1000 98.0");
    path_is(&line, true, "M0 98.0L0 8.0L500 8.0L500 98.0L1000 98.0L1000 98.0");
    ht_html_line_free(&line);
}

static void test_a_line_never_goes_back_or_below_zero(void **state)
{
    struct ht_html_line line = {0};
    (void)state;
    ht_html_line_add(&line, 1500000, 50);
    ht_html_line_add(&line, 1200000, -7);
    path_is(&line, false, "M500 53.0L500 98.0L1000 98.0");
    ht_html_line_free(&line);
}

/* A hundred thousand values are no longer a path than a screen is wide, and their lowest is in it. */
static void test_a_long_line_is_thinned(void **state)
{
    struct ht_html_line line = {0};
    struct ht_sink out = ht_sink(0);
    (void)state;
    for (int i = 0; i < 100000; i++)
        ht_html_line_add(&line, 1000000 + i * 10, i == 50042 ? 0 : 100);
    ht_html_line_plot(&line, &out, &second, 100, 2000000, "x");
    assert_true(out.len < 40000);
    assert_non_null(strstr(ht_sink_text(&out), "L500 98.0"));
    ht_sink_free(&out);
    ht_html_line_free(&line);
}

static void label_is(const char *text, size_t name, const char *expected)
{
    static const size_t columns[] = {6, 8, 10};
    struct ht_sink out = ht_sink(0);
    ht_html_label(&(struct ht_html){.out = &out}, text, name, columns);
    assert_string_equal(ht_sink_text(&out), expected);
    ht_sink_free(&out);
}

static void test_words_are_cut_for_each_screen(void **state)
{
    (void)state;
    label_is("", 0, "");
    label_is("a<b", 0, "a&lt;b");
    label_is("ab: c", 2, "<tspan class=\"name\">ab</tspan>: c");
    label_is("1234567", 0,
             "<tspan class=\"narrow\">12345\u2026</tspan><tspan class=\"broad\">1234567</tspan>");
    label_is("123456789", 0,
             "<tspan class=\"narrow\">12345\u2026</tspan><tspan class=\"middle\">1234567\u2026</tspan>"
             "<tspan class=\"wide\">123456789</tspan>");
    label_is("12345678901", 0,
             "<tspan class=\"narrow\">12345\u2026</tspan><tspan class=\"middle\">1234567\u2026</tspan>"
             "<tspan class=\"wide\">123456789\u2026</tspan>");
}

static void count_flush(struct ht_document *document, void *ctx)
{
    size_t *bytes = ctx;
    *bytes += document->out.len;
    ht_sink_reset(&document->out);
}

static void test_what_waits_comes_back_whole(void **state)
{
    struct ht_html_spool spool;
    struct ht_error error = {0};
    struct ht_sink text = ht_sink(0);
    size_t bytes = 0;
    struct ht_document document = {.out = ht_sink(0), .flush = count_flush, .flush_ctx = &bytes};
    (void)state;
    assert_int_equal(ht_html_spool_open(&spool, &error), HT_OK);
    for (int i = 0; i < 1000; i++) {
        ht_sink_printf(&text, "%0100d", i);
        ht_html_spool_put(&spool, &text);
        assert_int_equal(text.len, 0);
    }
    assert_int_equal(ht_html_spool_copy(&spool, &document, &error), HT_OK);
    assert_int_equal(bytes, 100000);
    assert_null(spool.file);
    ht_sink_free(&text);
    ht_sink_free(&document.out);
}

static void test_a_full_disk_is_an_error(void **state)
{
    struct ht_html_spool spool = {.file = fopen("/dev/full", "w+")};
    struct ht_error error = {0};
    struct ht_sink text = ht_sink(0);
    struct ht_document document = {.out = ht_sink(0)};
    (void)state;
    if (!spool.file)
        skip();
    ht_sink_puts(&text, "lost");
    ht_html_spool_put(&spool, &text);
    assert_int_equal(ht_html_spool_copy(&spool, &document, &error), HT_ERR_IO);
    assert_non_null(strstr(error.text, "No space left"));
    ht_sink_free(&text);
    ht_sink_free(&document.out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_places),
        cmocka_unit_test(test_marks_are_round_and_few),
        cmocka_unit_test(test_labels_have_the_decimals_of_their_step),
        cmocka_unit_test(test_a_line_goes_on_to_the_end),
        cmocka_unit_test(test_a_line_never_goes_back_or_below_zero),
        cmocka_unit_test(test_a_long_line_is_thinned),
        cmocka_unit_test(test_words_are_cut_for_each_screen),
        cmocka_unit_test(test_what_waits_comes_back_whole),
        cmocka_unit_test(test_a_full_disk_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
