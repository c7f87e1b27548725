/* SPDX-License-Identifier: MIT */
/* Jobs for the tap from an array: each with settings of its own. */
#ifndef HT_TESTS_TAP_JOBS_H
#define HT_TESTS_TAP_JOBS_H

#include "tap/tap.h"

struct test_job {
    const char *url;
    const struct ht_setting *settings;
    size_t setting_count;
    const char *method, *output;
};

/* Options that run these jobs, 64 at most, in order; they borrow them. One set of options at a time. */
struct ht_tap_options test_options(const struct test_job *jobs, size_t count);

#endif
