/* SPDX-License-Identifier: MIT */
/* Trying again (--retry and its kin): whether an attempt that is over is worth another one, and when. */
#ifndef HT_FETCH_RETRY_H
#define HT_FETCH_RETRY_H

#include <curl/curl.h>
#include <httptrace/job.h>

/* One URL over its attempts. */
struct ht_retry {
    int64_t done; /* attempts that came before the present one */
    int64_t left; /* how many more there may be */
    int64_t begin_us;
    int64_t delay_ms; /* before the next one, where neither the user nor the answer says */
};

/* What is known of an attempt that is over. */
struct ht_attempt_facts {
    CURLcode code;
    long http_status, os_errno;
    bool judges_status;    /* -f or --fail-with-body: a status of 400 and more is a failure */
    int64_t retry_after_s; /* what the answer asks for (RFC 9110 section 10.2.3); 0: nothing */
    int64_t now_us;
};

/* Before the first attempt, at `now_us`. */
void ht_retry_begin(struct ht_retry *retry, const struct ht_retry_rules *rules, int64_t now_us);
/* Asks the handle of the attempt. */
struct ht_attempt_facts ht_retry_facts(CURL *easy, const struct ht_operation *operation, CURLcode code,
                                       int64_t now_us);
/* How long to wait until the next attempt, which this makes the present one; 0: there is none. */
int64_t ht_retry_next_us(struct ht_retry *retry, const struct ht_retry_rules *rules,
                         const struct ht_attempt_facts *facts);

#endif
