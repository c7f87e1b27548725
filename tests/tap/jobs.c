/* SPDX-License-Identifier: MIT */
/* Takes an array of jobs, gives the tap's options with a source of them. */
#include "jobs.h"

#define MOST 64

static struct ht_operation operations[MOST];
static const struct test_job *given;
static size_t given_count, at;

static enum ht_job_state next(void *ctx, struct ht_job *out, struct ht_error *error)
{
    (void)ctx, (void)error;
    if (at == given_count)
        return HT_JOB_END;
    *out = (struct ht_job){.operation = &operations[at],
                           .url = given[at].url,
                           .output = given[at].output,
                           .number = (int64_t)at};
    at++;
    return HT_JOB_READY;
}

static void release(void *ctx, struct ht_job *job)
{
    (void)ctx, (void)job;
}

static struct ht_job_source source = {.next = next, .release = release, .fd = -1};

struct ht_tap_options test_options(const struct test_job *jobs, size_t count)
{
    given = jobs;
    given_count = count < MOST ? count : MOST;
    at = 0;
    for (size_t i = 0; i < given_count; i++)
        operations[i] = (struct ht_operation){.next = i + 1 < given_count ? &operations[i + 1] : NULL,
                                              .settings = jobs[i].settings,
                                              .setting_count = jobs[i].setting_count,
                                              .method = jobs[i].method ? jobs[i].method : "GET"};
    return (struct ht_tap_options){.operations = operations, .source = &source};
}
