/* SPDX-License-Identifier: MIT */
/* Jobs: takes groups of targets, gives a job for each URL when it is asked for one: those that globs stand
 * for, and the lines of lists. */
#include "options/urls/jobs.h"

#include "base/clock.h"
#include "options/config.h"
#include "options/urls/glob.h"
#include "options/urls/list.h"
#include "fetch/path.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What is made for one job alone. */
struct texts {
    char *url, *output, *upload, *proxy;
};

/* A source of its own, as it is large: patterns are kept unpacked. */
struct jobs {
    struct ht_job_source source;
    const struct ht_group *group;
    const struct ht_target *target; /* the present one; NULL: the next group's first one is to come */
    bool begun;                     /* its globs are parsed, or its list is open */
    struct ht_glob urls, uploads;
    struct ht_arena *globs; /* of the present target */
    struct ht_url_list list;
    int64_t number, operation_number; /* of URLs given, in all and of the present group */
    int64_t target_number;            /* those of a glob are one, each of a list is one */
    int64_t pace_us, last_us;         /* --rate: between the starts of two; 0: none */
};

static bool is_list(const struct ht_target *target)
{
    return target->url[0] == '@';
}

static const char *text_of(const struct ht_group *group, const char *option)
{
    const struct ht_setting *setting = ht_settings_find(&group->settings, option);
    return setting ? setting->text : NULL;
}

static char *written(const struct ht_glob *glob)
{
    struct ht_sink out = ht_sink(0);
    ht_glob_write(glob, &out);
    char *text = ht_strdup(ht_sink_text(&out));
    ht_sink_free(&out);
    return text;
}

static char *filled(const struct ht_glob *glob, const char *name)
{
    struct ht_sink out = ht_sink(0);
    ht_glob_fill(glob, name, &out);
    char *text = ht_strdup(ht_sink_text(&out));
    ht_sink_free(&out);
    return text;
}

/* Its proxy is the environment's business as well, so each URL has its own. */
static void make_job(struct jobs *jobs, const char *url, struct ht_job *out)
{
    const struct ht_group *group = jobs->group;
    const struct ht_target *target = jobs->target;
    bool globs = !group->literal && !is_list(target);
    struct texts *texts = ht_malloc(sizeof *texts);
    *texts = (struct texts){.url = globs ? written(&jobs->urls) : ht_strdup(url)};
    if (target->output)
        texts->output = globs ? filled(&jobs->urls, target->output) : ht_strdup(target->output);
    if (target->upload)
        texts->upload = globs ? written(&jobs->uploads) : ht_strdup(target->upload);
    bool is_remote = target->remote_name || (group->remote_names && !target->has_output);
    bool by_default = !texts->output && !is_remote && !target->discards && group->shows_body;
    if (by_default)
        texts->output = ht_strdup("-");
    const char *proxy = ht_proxy_for(texts->url, group->proxy, text_of(group, "NOPROXY"));
    texts->proxy = proxy ? ht_strdup(proxy) : NULL;
    jobs->number++;
    *out = (struct ht_job){.operation = &group->operation,
                           .url = texts->url,
                           .output = texts->output,
                           .by_default = by_default,
                           .is_first = jobs->operation_number++ == 0,
                           .remote_name = is_remote,
                           .upload = texts->upload,
                           .proxy = texts->proxy,
                           .number = jobs->target_number,
                           .memory = texts};
}

static void release(void *ctx, struct ht_job *job)
{
    struct texts *texts = job->memory;
    (void)ctx;
    free(texts->url);
    free(texts->output);
    free(texts->upload);
    free(texts->proxy);
    free(texts);
    *job = (struct ht_job){0};
}

/* How to do without globs; called as curl, the pattern with a mark below the place, as there. */
static enum ht_status explain(const struct jobs *jobs, const char *pattern, const struct ht_glob *glob,
                              struct ht_error *error)
{
    size_t used = error ? strlen(error->text) : 0;
    bool as_curl = strcmp(jobs->group->operation.output.program, "curl") == 0;
    if (error && as_curl && used + strlen(pattern) + glob->failed_at + 4 < sizeof error->text)
        snprintf(error->text + used, sizeof error->text - used, ":\n%s\n%*s^", pattern,
                 (int)glob->failed_at - 1, "");
    else if (error && !as_curl)
        snprintf(error->text + used, sizeof error->text - used,
                 " (-g takes braces and brackets as they are)");
    return HT_ERR_USAGE;
}

static enum ht_status begin_target(struct jobs *jobs, struct ht_error *error)
{
    const struct ht_target *target = jobs->target;
    jobs->begun = true;
    if (is_list(target))
        return ht_url_list_open(&jobs->list, target->url + 1, error);
    if (jobs->group->literal)
        return HT_OK;
    jobs->globs = ht_arena_new();
    if (ht_glob_parse(jobs->globs, target->url, &jobs->urls, error) != HT_OK)
        return explain(jobs, target->url, &jobs->urls, error);
    if (target->upload && ht_glob_parse(jobs->globs, target->upload, &jobs->uploads, error) != HT_OK)
        return explain(jobs, target->upload, &jobs->uploads, error);
    return HT_OK;
}

static void end_target(struct jobs *jobs)
{
    jobs->target_number += !is_list(jobs->target);
    ht_arena_free(jobs->globs);
    ht_url_list_close(&jobs->list);
    jobs->globs = NULL;
    jobs->begun = false;
    jobs->source.fd = -1;
    jobs->target = jobs->target->next;
}

/* Goes to the next target that has a URL, from the present one on; false behind the last. */
static bool find_target(struct jobs *jobs)
{
    while (jobs->group) {
        while (jobs->target && jobs->target->url == NULL)
            jobs->target = jobs->target->next;
        if (jobs->target)
            return true;
        jobs->group = jobs->group->next;
        jobs->operation_number = 0;
        jobs->target = jobs->group ? jobs->group->targets : NULL;
    }
    return false;
}

/* The next line of a list. */
static enum ht_job_state next_line(struct jobs *jobs, struct ht_job *out, struct ht_error *error)
{
    const char *url;
    enum ht_job_state state = ht_url_list_next(&jobs->list, &url, error);
    jobs->source.fd = jobs->list.fd;
    jobs->source.wait_us = 0;
    if (state == HT_JOB_READY) {
        make_job(jobs, url, out);
        jobs->target_number++;
    }
    return state;
}

/* A job of the present target; HT_JOB_END where it has no more. Each upload goes to all of the URLs. */
static enum ht_job_state next_of_target(struct jobs *jobs, struct ht_job *out, struct ht_error *error)
{
    if (is_list(jobs->target))
        return next_line(jobs, out, error);
    make_job(jobs, jobs->target->url, out);
    bool more = !jobs->group->literal &&
                (ht_glob_next(&jobs->urls) || (jobs->target->upload && ht_glob_next(&jobs->uploads)));
    if (!more)
        end_target(jobs);
    return HT_JOB_READY;
}

static bool is_too_soon(struct jobs *jobs)
{
    int64_t now_us = ht_clock_us();
    if (jobs->pace_us && jobs->number && now_us < jobs->last_us + jobs->pace_us) {
        jobs->source.fd = -1;
        jobs->source.wait_us = jobs->last_us + jobs->pace_us - now_us;
        return true;
    }
    jobs->last_us = now_us;
    return false;
}

/* --skip-existing: whether there is nothing to fetch any more. */
static bool is_there(const struct ht_group *group, const struct ht_job *job)
{
    char *path = ht_path_that_exists(job);
    struct ht_arena *arena = path && !group->operation.output.silent ? ht_arena_new() : NULL;
    if (arena) {
        fprintf(stderr, "%s: %s is there already: %s is not fetched\n", group->operation.output.program,
                ht_value_shown(arena, path), ht_value_shown(arena, job->url));
        ht_arena_free(arena);
    }
    bool skipped = path != NULL;
    free(path);
    return skipped;
}

static enum ht_job_state next(void *ctx, struct ht_job *out, struct ht_error *error)
{
    struct jobs *jobs = ctx;
    while (find_target(jobs)) {
        if (!jobs->begun && begin_target(jobs, error) != HT_OK)
            return HT_JOB_FAILED;
        if (is_too_soon(jobs))
            return HT_JOB_LATER;
        const struct ht_group *group = jobs->group;
        enum ht_job_state state = next_of_target(jobs, out, error);
        if (state == HT_JOB_READY && group->operation.output.skip_existing && is_there(group, out))
            release(NULL, out);
        else if (state != HT_JOB_END)
            return state;
        else
            end_target(jobs);
    }
    return HT_JOB_END;
}

struct ht_job_source *ht_jobs_new(const struct ht_group *groups, int64_t pace_us)
{
    struct jobs *jobs = ht_malloc(sizeof *jobs);
    memset(jobs, 0, sizeof *jobs);
    jobs->source = (struct ht_job_source){.ctx = jobs, .next = next, .release = release, .fd = -1};
    jobs->group = groups;
    jobs->target = groups ? groups->targets : NULL;
    jobs->list.fd = -1;
    jobs->pace_us = pace_us;
    return &jobs->source;
}

void ht_jobs_free(struct ht_job_source *source)
{
    struct jobs *jobs = source ? source->ctx : NULL;
    if (jobs == NULL)
        return;
    ht_arena_free(jobs->globs);
    ht_url_list_close(&jobs->list);
    free(jobs);
}

/* Without parsing: a pattern is what may stand for several. */
bool ht_jobs_are_several(const struct ht_group *groups)
{
    size_t count = 0;
    for (const struct ht_group *group = groups; group; group = group->next)
        for (const struct ht_target *at = group->targets; at; at = at->next)
            if (at->url) {
                bool patterned =
                    !group->literal && (strpbrk(at->url, "{[") || (at->upload && strpbrk(at->upload, "{[")));
                count += is_list(at) || patterned ? 2 : 1;
            }
    return count > 1;
}

/* How many URLs a pattern stands for; 0 where it is broken. */
static uint64_t combinations(const char *pattern)
{
    struct ht_error error = {0};
    struct ht_glob glob;
    if (!pattern || !strpbrk(pattern, "{["))
        return 1;
    struct ht_arena *arena = ht_arena_new();
    enum ht_status status = ht_glob_parse(arena, pattern, &glob, &error);
    ht_arena_free(arena);
    return status == HT_OK ? glob.combinations : 0;
}

int64_t ht_jobs_total(const struct ht_group *groups)
{
    uint64_t total = 0;
    for (const struct ht_group *group = groups; group; group = group->next)
        for (const struct ht_target *at = group->targets; at; at = at->next) {
            uint64_t urls = 0, uploads = 0, count = 1;
            if (at->url == NULL)
                continue;
            if (is_list(at))
                return -1;
            if (!group->literal) {
                urls = combinations(at->url);
                uploads = combinations(at->upload);
                if (!urls || !uploads || __builtin_mul_overflow(urls, uploads, &count))
                    return -1;
            }
            if (__builtin_add_overflow(total, count, &total) || total > INT64_MAX)
                return -1;
        }
    return (int64_t)total;
}
