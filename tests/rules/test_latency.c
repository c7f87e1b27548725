/* SPDX-License-Identifier: MIT */
/* Rules of slowness: they speak of a phase with a limit that it went past, and of no other. */
#include "rules/case.h"

static struct case_under_test k;

static void judge(const struct ht_rules_options *options)
{
    case_begin(&k, "http://example.com/");
    case_answer(&k, 200);
    case_body(&k, ht_span_str("hello"), 5, true);
    k.t->end_us = k.x->end_us = 900000;
    k.x->phases[HT_PHASE_WAIT] = (struct ht_phase_span){100000, 400000, HT_OUTCOME_OK};
    k.x->phases[HT_PHASE_CONNECT] = (struct ht_phase_span){50000, 20000, HT_OUTCOME_OK};
    ht_rules_judge(&k.trace, k.t, options);
}

static void past_its_limit(void **state)
{
    (void)state;
    struct ht_rules_options options = {.slow_us = {[HT_PHASE_WAIT] = 399999, [HT_PHASE_CONNECT] = 20000}};
    judge(&options);
    const struct ht_finding *f = case_only(&k, "latency.wait");
    assert_int_equal(f->severity, HT_SEVERITY_WARNING);
    assert_int_equal(f->phase, HT_PHASE_WAIT);
    assert_true(case_tells(f, "400.0 ms"));
    assert_int_equal(k.t->verdict.status, HT_VERDICT_SUSPECT);
    case_end(&k);
}

static void without_a_limit(void **state)
{
    (void)state;
    struct ht_rules_options none = {.ignore = NULL};
    judge(&none);
    case_calm(&k);
    case_end(&k);
    judge(NULL);
    case_calm(&k);
    case_end(&k);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(past_its_limit), cmocka_unit_test(without_a_limit)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
