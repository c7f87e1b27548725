/* SPDX-License-Identifier: MIT */
/* Progress bars: their line for what is done of what there is, and where nobody knows how much that is. */
#include "unit.h"

#include "fetch/bar.h"

#include <string.h>

static void assert_line(int64_t done, int64_t total, size_t width, unsigned step, const char *expected)
{
    struct ht_sink line = ht_sink(0);
    ht_bar_write(&line, done, total, width, step);
    assert_string_equal(ht_sink_text(&line), expected);
    ht_sink_free(&line);
}

static void signs_fill_the_line(void **state)
{
    (void)state;
    assert_line(0, 100, 21, 0, "                  0.0%" + 1);
    assert_line(50, 100, 21, 0, "#######         50.0%");
    assert_line(999, 1000, 21, 0, "#############   99.9%");
    assert_line(100, 100, 21, 0, "############## 100.0%");
    assert_line(101, 100, 21, 0, "############## 100.0%");
    assert_line(INT64_MAX / 2, INT64_MAX, 21, 0, "#######         50.0%");
}

static void a_ship_goes_there_and_back(void **state)
{
    (void)state;
    assert_line(1, 0, 20, 0, "-=O=-               ");
    assert_line(1, 0, 20, 1, " -=O=-              ");
    assert_line(1, 0, 20, 15, "               -=O=-");
    assert_line(1, 0, 20, 16, "              -=O=- ");
    assert_line(1, 0, 20, 30, "-=O=-               ");
    assert_line(1, 0, 20, UINT32_MAX - UINT32_MAX % 30, "-=O=-               ");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(signs_fill_the_line),
        cmocka_unit_test(a_ship_goes_there_and_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
