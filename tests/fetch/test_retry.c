/* SPDX-License-Identifier: MIT */
/* Which attempts are worth another one, and after how long. */
#include "unit.h"

#include "fetch/retry.h"

#include <errno.h>

#define S_US INT64_C(1000000)

static const struct ht_retry_rules three = {.times = 3};

static struct ht_retry begun(const struct ht_retry_rules *rules)
{
    struct ht_retry retry;
    ht_retry_begin(&retry, rules, 5 * S_US);
    return retry;
}

static int64_t first(const struct ht_retry_rules *rules, struct ht_attempt_facts facts)
{
    struct ht_retry retry = begun(rules);
    facts.now_us = facts.now_us ? facts.now_us : 6 * S_US;
    return ht_retry_next_us(&retry, rules, &facts);
}

static void assert_again(const struct ht_retry_rules *rules, struct ht_attempt_facts facts, bool again)
{
    assert_int_equal(first(rules, facts), again ? S_US : 0);
}

static void which_ends_are_worth_another(void **state)
{
    (void)state;
    static const struct ht_retry_rules refused = {.times = 1, .connection_refused = true},
                                       all = {.times = 1, .all_errors = true};
    assert_again(&three, (struct ht_attempt_facts){.code = CURLE_OPERATION_TIMEDOUT}, true);
    assert_again(&three, (struct ht_attempt_facts){.code = CURLE_COULDNT_RESOLVE_HOST}, true);
    assert_again(&three, (struct ht_attempt_facts){.code = CURLE_COULDNT_RESOLVE_PROXY}, true);
    assert_again(&three, (struct ht_attempt_facts){.code = CURLE_RECV_ERROR}, false);
    assert_again(&all, (struct ht_attempt_facts){.code = CURLE_RECV_ERROR}, true);
    assert_again(&all, (struct ht_attempt_facts){.http_status = 404}, false);
    struct ht_attempt_facts dead = {.code = CURLE_COULDNT_CONNECT, .os_errno = ECONNREFUSED};
    assert_again(&three, dead, false);
    assert_again(&refused, dead, true);
    dead.os_errno = EHOSTUNREACH;
    assert_again(&refused, dead, false);
}

static void which_statuses_are_worth_another(void **state)
{
    (void)state;
    static const struct {
        long status;
        bool again;
    } rows[] = {{200, false}, {301, false}, {404, false}, {408, true}, {429, true}, {500, true},
                {501, false}, {502, true},  {503, true},  {504, true}, {505, false}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct ht_attempt_facts facts = {.http_status = rows[i].status};
        assert_again(&three, facts, rows[i].again);
        facts.code = CURLE_HTTP_RETURNED_ERROR;
        assert_again(&three, facts, false);
        facts.judges_status = true;
        assert_again(&three, facts, rows[i].again);
        facts.code = CURLE_PARTIAL_FILE;
        assert_again(&three, facts, false);
    }
}

static void waits_longer_each_time_ten_minutes_at_most(void **state)
{
    (void)state;
    static const struct ht_retry_rules many = {.times = 20};
    struct ht_retry retry = begun(&many);
    struct ht_attempt_facts facts = {.http_status = 503};
    int64_t expected_s = 1;
    for (int i = 0; i < 20; i++) {
        assert_int_equal(retry.done, i);
        assert_int_equal(ht_retry_next_us(&retry, &many, &facts), expected_s * S_US);
        expected_s = expected_s * 2 > 600 ? 600 : expected_s * 2;
    }
    assert_int_equal(retry.done, 20);
    assert_int_equal(ht_retry_next_us(&retry, &many, &facts), 0);
    assert_int_equal(retry.done, 20);
}

static void a_delay_of_the_user_stays(void **state)
{
    (void)state;
    static const struct ht_retry_rules rules = {.times = 3, .delay_ms = 7000};
    struct ht_retry retry = begun(&rules);
    struct ht_attempt_facts facts = {.code = CURLE_OPERATION_TIMEDOUT};
    assert_int_equal(ht_retry_next_us(&retry, &rules, &facts), 7 * S_US);
    assert_int_equal(ht_retry_next_us(&retry, &rules, &facts), 7 * S_US);
}

static void an_answer_says_how_long(void **state)
{
    (void)state;
    static const struct ht_retry_rules rules = {.times = 3, .delay_ms = 7000};
    struct ht_attempt_facts facts = {.http_status = 429, .retry_after_s = 2};
    assert_int_equal(first(&rules, facts), 2 * S_US);
    facts.retry_after_s = INT64_MAX;
    assert_true(first(&rules, facts) > 0);
    facts =
        (struct ht_attempt_facts){.code = CURLE_OPERATION_TIMEDOUT, .http_status = 503, .retry_after_s = 2};
    assert_int_equal(first(&rules, facts), 7 * S_US);
}

static void there_is_an_end(void **state)
{
    (void)state;
    static const struct ht_retry_rules none = {0}, rules = {.times = 9, .max_time_ms = 3000};
    struct ht_attempt_facts facts = {.http_status = 503};
    assert_int_equal(first(&none, facts), 0);
    facts.now_us = 5 * S_US + 2999 * 1000;
    assert_int_equal(first(&rules, facts), S_US);
    facts.now_us = 8 * S_US;
    assert_int_equal(first(&rules, facts), 0);
    facts = (struct ht_attempt_facts){.http_status = 503, .retry_after_s = 3, .now_us = 5 * S_US};
    assert_int_equal(first(&rules, facts), 3 * S_US);
    facts.now_us += 1000;
    assert_int_equal(first(&rules, facts), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(which_ends_are_worth_another),
        cmocka_unit_test(which_statuses_are_worth_another),
        cmocka_unit_test(waits_longer_each_time_ten_minutes_at_most),
        cmocka_unit_test(a_delay_of_the_user_stays),
        cmocka_unit_test(an_answer_says_how_long),
        cmocka_unit_test(there_is_an_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
