/* SPDX-License-Identifier: MIT */
/* Jobs: takes groups of targets, gives a job for each URL when it is asked for one. */
#include "cli/jobs.h"

#include "cli/config.h"

#include <stdlib.h>

struct jobs {
    struct ht_job_source source;
    const struct ht_group *group;
    const struct ht_target *target; /* the next one */
    int64_t number;
};

static const char *text_of(const struct ht_group *group, const char *option)
{
    const struct ht_setting *setting = ht_settings_find(&group->settings, option);
    return setting ? setting->text : NULL;
}

/* Its proxy is the environment's business as well, so each URL has its own. */
static struct ht_job job_of(const struct ht_group *group, const struct ht_target *target)
{
    const char *proxy = ht_proxy_for(target->url, group->proxy, text_of(group, "NOPROXY"));
    struct ht_job job = {.operation = &group->operation,
                         .url = target->url,
                         .output = target->output,
                         .remote_name = target->remote_name,
                         .upload = target->upload};
    job.memory = proxy ? ht_strdup(proxy) : NULL;
    job.proxy = job.memory;
    return job;
}

static enum ht_job_state next(void *ctx, struct ht_job *out, struct ht_error *error)
{
    struct jobs *jobs = ctx;
    (void)error;
    for (;;) {
        while (jobs->target == NULL && jobs->group) {
            jobs->group = jobs->group->next;
            jobs->target = jobs->group ? jobs->group->targets : NULL;
        }
        if (jobs->group == NULL)
            return HT_JOB_END;
        const struct ht_target *target = jobs->target;
        jobs->target = target->next;
        if (target->url == NULL)
            continue;
        *out = job_of(jobs->group, target);
        out->number = jobs->number++;
        return HT_JOB_READY;
    }
}

static void release(void *ctx, struct ht_job *job)
{
    (void)ctx;
    free(job->memory);
    *job = (struct ht_job){0};
}

struct ht_job_source *ht_jobs_source(struct ht_arena *arena, const struct ht_group *groups)
{
    struct jobs *jobs = ht_arena_alloc(arena, sizeof *jobs);
    *jobs = (struct jobs){.source = {.ctx = jobs, .next = next, .release = release, .fd = -1},
                          .group = groups,
                          .target = groups ? groups->targets : NULL};
    return &jobs->source;
}
