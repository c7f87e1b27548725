/* SPDX-License-Identifier: MIT */
/* Takes how an attempt ended, gives how long to wait for the next one: the rules of the curl tool. */
#include "fetch/retry.h"

#include "fetch/settings.h"

#include <errno.h>

#define FIRST_DELAY_MS 1000
#define MOST_DELAY_MS  600000
#define MS_US          INT64_C(1000)

void ht_retry_begin(struct ht_retry *retry, const struct ht_retry_rules *rules, int64_t now_us)
{
    *retry = (struct ht_retry){.left = rules->times, .begin_us = now_us, .delay_ms = FIRST_DELAY_MS};
}

struct ht_attempt_facts ht_retry_facts(CURL *easy, const struct ht_operation *operation, CURLcode code,
                                       int64_t now_us)
{
    curl_off_t retry_after = 0;
    struct ht_attempt_facts facts = {.code = code, .now_us = now_us};
    curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &facts.http_status);
    curl_easy_getinfo(easy, CURLINFO_OS_ERRNO, &facts.os_errno);
    if (curl_easy_getinfo(easy, CURLINFO_RETRY_AFTER, &retry_after) == CURLE_OK)
        facts.retry_after_s = (int64_t)retry_after;
    facts.judges_status =
        operation->output.fail_with_body || ht_setting_number(operation, "FAILONERROR", 0) != 0;
    return facts;
}

static bool is_transient(long http_status)
{
    static const long statuses[] = {408, 429, 500, 502, 503, 504};
    for (size_t i = 0; i < sizeof statuses / sizeof *statuses; i++)
        if (statuses[i] == http_status)
            return true;
    return false;
}

/* Of an answer that was judged by its status, or not at all. */
static bool is_answer(const struct ht_attempt_facts *facts)
{
    return facts->code == CURLE_OK || (facts->code == CURLE_HTTP_RETURNED_ERROR && facts->judges_status);
}

static bool is_worth_another(const struct ht_retry_rules *rules, const struct ht_attempt_facts *facts)
{
    CURLcode code = facts->code;
    if (code == CURLE_OPERATION_TIMEDOUT || code == CURLE_COULDNT_RESOLVE_HOST ||
        code == CURLE_COULDNT_RESOLVE_PROXY)
        return true;
    if (code == CURLE_COULDNT_CONNECT && facts->os_errno == ECONNREFUSED && rules->connection_refused)
        return true;
    if (is_answer(facts) && is_transient(facts->http_status))
        return true;
    return code != CURLE_OK && rules->all_errors;
}

/* What the answer asks for, if it was one; else what the user said; else longer each time. */
static int64_t delay_ms(const struct ht_retry *retry, const struct ht_retry_rules *rules,
                        const struct ht_attempt_facts *facts)
{
    if (is_answer(facts) && is_transient(facts->http_status) && facts->retry_after_s > 0)
        return facts->retry_after_s > INT64_MAX / MS_US / MS_US ? INT64_MAX / MS_US
                                                                : facts->retry_after_s * MS_US;
    return rules->delay_ms ? rules->delay_ms : retry->delay_ms;
}

int64_t ht_retry_next_us(struct ht_retry *retry, const struct ht_retry_rules *rules,
                         const struct ht_attempt_facts *facts)
{
    int64_t past_ms = (facts->now_us - retry->begin_us) / MS_US;
    bool is_late = rules->max_time_ms && past_ms >= rules->max_time_ms;
    if (retry->left <= 0 || is_late || !is_worth_another(rules, facts))
        return 0;
    int64_t wait_ms = delay_ms(retry, rules, facts);
    /* A server may ask for more time than the user has. */
    if (facts->retry_after_s > 0 && rules->max_time_ms && wait_ms > rules->max_time_ms - past_ms)
        return 0;
    retry->done++;
    retry->left--;
    retry->delay_ms = retry->delay_ms > MOST_DELAY_MS / 2 ? MOST_DELAY_MS : retry->delay_ms * 2;
    return wait_ms * MS_US;
}
