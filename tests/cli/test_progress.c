/* SPDX-License-Identifier: MIT */
/* The progress line: its text, what is left out where it is narrow, what an interrupted run says. */
#include "unit.h"

#include "cli/descriptors.h"
#include "cli/progress.h"

static void is_line(struct ht_progress_counts counts, size_t width, const char *expected)
{
    struct ht_sink out = ht_sink(0);
    ht_progress_write(&out, &counts, width);
    assert_string_equal(ht_sink_text(&out), expected);
    ht_sink_free(&out);
}

static void tells_counts_rate_and_time_left(void **state)
{
    struct ht_progress_counts counts = {
        .total = 100, .started = 20, .done = 10, .failed = 2, .findings = 1, .elapsed_us = 2000000};
    (void)state;
    is_line(counts, 79, "10 of 100 done, 2 failed, 1 finding, 5.0/s, 19 s left");
    counts.elapsed_us = 100000;
    is_line(counts, 79, "10 of 100 done, 2 failed, 1 finding, 100/s, 1 s left");
    counts.elapsed_us = INT64_C(1000) * 1000000;
    is_line(counts, 79, "10 of 100 done, 2 failed, 1 finding, 0.0/s, 150 min left");
}

static void what_is_not_known_is_left_out(void **state)
{
    struct ht_progress_counts counts = {.total = -1, .done = 3, .elapsed_us = 1000000};
    (void)state;
    is_line(counts, 79, "3 done, 0 failed, 0 findings, 3.0/s");
    counts.done = 0;
    is_line(counts, 79, "0 done, 0 failed, 0 findings");
    counts = (struct ht_progress_counts){.total = 3, .done = 3, .elapsed_us = 1000000};
    is_line(counts, 79, "3 of 3 done, 0 failed, 0 findings, 3.0/s");
}

static void a_narrow_terminal_gets_whole_parts(void **state)
{
    struct ht_progress_counts counts = {.total = 100, .done = 10, .elapsed_us = 2000000};
    (void)state;
    is_line(counts, 24, "10 of 100 done, 0 failed");
    is_line(counts, 23, "10 of 100 done");
    is_line(counts, 13, "");
}

static void an_interrupted_run_sums_up(void **state)
{
    struct ht_progress_counts counts = {
        .total = 100, .started = 20, .done = 18, .failed = 4, .interrupted = 2};
    struct ht_sink out = ht_sink(0);
    (void)state;
    ht_progress_summary(&out, &counts);
    assert_string_equal(ht_sink_text(&out), "18 done, 4 failed, 2 interrupted, 80 not started");
    counts.total = -1;
    counts.interrupted = 0;
    out.len = 0;
    ht_progress_summary(&out, &counts);
    assert_string_equal(ht_sink_text(&out), "18 done, 4 failed");
    ht_sink_free(&out);
}

static void few_descriptors_are_for_few_transfers(void **state)
{
    (void)state;
    assert_int_equal(ht_descriptors_enough_for(0), 1);
    assert_int_equal(ht_descriptors_enough_for(48), 2);
    assert_int_equal(ht_descriptors_enough_for(1024), 124);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tells_counts_rate_and_time_left), cmocka_unit_test(what_is_not_known_is_left_out),
        cmocka_unit_test(a_narrow_terminal_gets_whole_parts), cmocka_unit_test(an_interrupted_run_sums_up),
        cmocka_unit_test(few_descriptors_are_for_few_transfers)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
