/* SPDX-License-Identifier: MIT */
/* Takes a job, gives what its request does not show: what a dry run leaves out and what would follow. */
#include "cli/dry.h"

#include "base/escape.h"
#include "base/mask.h"
#include "base/sink.h"

#include <string.h>
#include <strings.h>

/* One row per setting that the request does not show. `symbol` NULL stands for any value but 0; %s is the
 * value. */
static const struct row {
    const char *option, *symbol, *format;
} rows[] = {
    {"HTTPAUTH", "CURLAUTH_DIGEST", "digest: the first request goes without credentials and without body"},
    {"HTTPAUTH", "CURLAUTH_NTLM", "NTLM: the first request only opens the handshake, without body"},
    {"HTTPAUTH", "CURLAUTH_NEGOTIATE", "Negotiate: a ticket would be fetched and sent along"},
    {"HTTPAUTH", "CURLAUTH_ANY", "--anyauth: the first request asks which schemes there are"},
    {"PROXYAUTH", "CURLAUTH_DIGEST", "digest: the proxy is first asked without credentials"},
    {"PROXYAUTH", "CURLAUTH_NTLM", "NTLM: the proxy is first sent what opens the handshake"},
    {"PROXYAUTH", "CURLAUTH_NEGOTIATE", "Negotiate: a ticket would be fetched for the proxy and sent along"},
    {"PROXYAUTH", "CURLAUTH_ANY", "--proxy-anyauth: the proxy is first asked which schemes there are"},
    {"FOLLOWLOCATION", NULL, "redirects would be followed"},
    {"DOH_URL", NULL, "names would be looked up at %s"},
    {"INTERFACE", NULL, "the connection would leave from %s"},
    {"LOCALPORT", NULL, "the connection would leave from a port of --local-port"},
    {"PINNEDPUBLICKEY", NULL, "the server's key would have to be the pinned one"},
    {"COOKIEJAR", NULL, "cookies would be kept in %s"},
};

static const struct ht_setting *last(const struct ht_job *job, const char *option)
{
    const struct ht_operation *operation = job->operation;
    for (size_t i = operation->setting_count; i-- > 0;)
        if (strcmp(operation->settings[i].option, option) == 0)
            return &operation->settings[i];
    return NULL;
}

static bool applies(const struct row *row, const struct ht_setting *setting)
{
    if (!setting)
        return false;
    if (row->symbol)
        return setting->text && strcmp(setting->text, row->symbol) == 0;
    return setting->text ? setting->text[0] != '\0' : setting->number != 0;
}

static const char *words(struct ht_arena *arena, const struct row *row, const struct ht_setting *setting)
{
    struct ht_sink masked = ht_sink(0), safe = ht_sink(0);
    const char *mark = strstr(row->format, "%s");
    if (mark) {
        ht_mask_url(&masked, ht_span_str(setting->text));
        ht_sink_bytes(&safe, ht_span(row->format, (size_t)(mark - row->format)));
        ht_escape_text(&safe, ht_span_str(ht_sink_text(&masked)));
    }
    ht_sink_puts(&safe, mark ? mark + 2 : row->format);
    const char *text = ht_arena_text(arena, ht_span_str(ht_sink_text(&safe)));
    ht_sink_free(&masked);
    ht_sink_free(&safe);
    return text;
}

static bool is_socks(const struct ht_job *job)
{
    const struct ht_setting *type = last(job, "PROXYTYPE");
    if (!job->proxy || !*job->proxy)
        return false;
    if (strstr(job->proxy, "://"))
        return strncasecmp(job->proxy, "socks", 5) == 0;
    return type && type->text && strncmp(type->text, "CURLPROXY_SOCKS", 15) == 0;
}

/* --preproxy stands before any other proxy. */
static const char *socks_of(const struct ht_job *job)
{
    const struct ht_setting *before = last(job, "PRE_PROXY");
    if (job->proxy && *job->proxy && before && before->text && *before->text)
        return before->text;
    return is_socks(job) ? job->proxy : NULL;
}

/* Of several schemes none is chosen before the server has named its own. */
static bool has_several(const struct ht_job *job, const char *option)
{
    size_t count = 0;
    for (size_t i = 0; i < job->operation->setting_count; i++)
        count += strcmp(job->operation->settings[i].option, option) == 0;
    return count > 1;
}

static bool is_auth(const struct row *row)
{
    return row->symbol != NULL;
}

struct ht_plan ht_dry_plan(struct ht_arena *arena, const struct ht_job *job)
{
    const char **notes = ht_arena_alloc(arena, (sizeof rows / sizeof *rows + 1) * sizeof *notes);
    struct ht_plan plan = {.socks = socks_of(job), .notes = notes};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct ht_setting *setting = last(job, rows[i].option);
        if (applies(&rows[i], setting) && !(is_auth(&rows[i]) && has_several(job, rows[i].option)))
            notes[plan.note_count++] = words(arena, &rows[i], setting);
    }
    if (has_several(job, "HTTPAUTH"))
        notes[plan.note_count++] = "several schemes: the first request asks which of them there are";
    return plan;
}

static enum ht_job_state next(void *ctx, struct ht_job *out, struct ht_error *error)
{
    struct ht_dry_source *dry = ctx;
    enum ht_job_state state = dry->inner->next(dry->inner->ctx, out, error);
    if (state == HT_JOB_READY)
        dry->job = *out;
    dry->source.fd = dry->inner->fd;
    dry->source.wait_us = dry->inner->wait_us;
    return state;
}

static void release(void *ctx, struct ht_job *job)
{
    struct ht_dry_source *dry = ctx;
    dry->inner->release(dry->inner->ctx, job);
}

struct ht_job_source *ht_dry_source(struct ht_dry_source *dry, struct ht_job_source *inner)
{
    *dry = (struct ht_dry_source){.source = {.ctx = dry, .next = next, .release = release, .fd = inner->fd},
                                  .inner = inner};
    return &dry->source;
}
