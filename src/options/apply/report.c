/* SPDX-License-Identifier: MIT */
/* Options that choose reports: takes uses of --report and --json, gives the command's list of them. */
#include "options/config.h"
#include "report/format.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

static bool is_url(const char *target)
{
    static const char *const schemes[] = {"http://", "https://"};
    for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++)
        if (strncasecmp(target, schemes[i], strlen(schemes[i])) == 0)
            return true;
    return false;
}

static void add(struct ht_config *config, struct ht_report_request request)
{
    struct ht_report_request **at = &config->memory->reports, *one;
    while (*at)
        at = &(*at)->next;
    one = ht_arena_alloc(config->memory->arena, sizeof *one);
    *one = request;
    *at = one;
}

static bool streams(const struct ht_config *config, const char *name)
{
    const struct ht_report_request *at = config->memory->reports;
    while (at && (at->place != HT_REPORT_STREAM || at->on_stderr || strcmp(at->format->name, name) != 0))
        at = at->next;
    return at != NULL;
}

static void drop_stream(struct ht_config *config, const struct ht_format *format)
{
    struct ht_report_request **at = &config->memory->reports;
    while (*at)
        if ((*at)->place == HT_REPORT_STREAM && !(*at)->on_stderr && (*at)->format == format)
            *at = (*at)->next;
        else
            at = &(*at)->next;
}

static enum ht_status unknown_format(const struct ht_config *config, const struct ht_option_use *use,
                                     struct ht_span name, struct ht_error *error)
{
    size_t count;
    const struct ht_format *const *formats = ht_formats(&count);
    struct ht_sink names = ht_sink(0);
    for (size_t i = 0; i < count; i++)
        ht_sink_printf(&names, "%s%s", i == 0 ? "" : i + 1 < count ? ", " : " or ", formats[i]->name);
    const char *shown = ht_value_shown(config->memory->arena, ht_arena_text(config->memory->arena, name));
    enum ht_status status = ht_fail(error, HT_ERR_USAGE, "option %s: expected %s, got \"%s\"", use->flag,
                                    ht_sink_text(&names), shown);
    ht_sink_free(&names);
    return status;
}

static enum ht_status check_target(const struct ht_option_use *use, const struct ht_format *format,
                                   const char *target, struct ht_error *error)
{
    if (target && !*target)
        return ht_fail(error, HT_ERR_USAGE, "option %s: %s= names no file", use->flag, format->name);
    if (!target && format->flags & HT_FORMAT_URL)
        return ht_fail(error, HT_ERR_USAGE, "option %s: %s needs a URL or a file, as in %s=URL", use->flag,
                       format->name, format->name);
    if ((!target || strcmp(target, "-") == 0) && format->flags & HT_FORMAT_FILE)
        return ht_fail(error, HT_ERR_USAGE, "option %s: %s needs a file, as in %s=FILE", use->flag,
                       format->name, format->name);
    if (target && is_url(target) && !(format->flags & HT_FORMAT_URL))
        return ht_fail(error, HT_ERR_USAGE, "option %s: %s is not sent anywhere, it needs a file", use->flag,
                       format->name);
    return HT_OK;
}

/* The streams' own files are the streams: opened once more, a file behind one would be written over. */
static struct ht_report_request place_of(const struct ht_format *format, const char *target)
{
    struct ht_report_request request = {.format = format, .place = HT_REPORT_FILE};
    bool binary = format->flags & HT_FORMAT_FILE;
    if (!target || strcmp(target, "-") == 0 || (strcmp(target, "/dev/stdout") == 0 && !binary))
        request.place = HT_REPORT_STREAM;
    else if (strcmp(target, "/dev/stderr") == 0 && !binary)
        request.place = HT_REPORT_STREAM, request.on_stderr = true;
    else if (is_url(target))
        request.place = HT_REPORT_URL;
    return request;
}

enum ht_status ht_apply_report(struct ht_config *config, const struct ht_option_use *use,
                               struct ht_error *error)
{
    const char *mark = strchr(use->value, '=');
    struct ht_span name = ht_span(use->value, mark ? (size_t)(mark - use->value) : strlen(use->value));
    const struct ht_format *format = ht_format_by_name(name);
    if (!format)
        return unknown_format(config, use, name, error);
    const char *target = mark ? mark + 1 : NULL;
    enum ht_status status = check_target(use, format, target, error);
    if (status != HT_OK)
        return status;
    struct ht_report_request request = place_of(format, target);
    request.target =
        request.place == HT_REPORT_STREAM ? NULL : ht_arena_text(config->memory->arena, ht_span_str(target));
    add(config, request);
    return HT_OK;
}

enum ht_status ht_apply_capture_max(struct ht_config *config, const struct ht_option_use *use,
                                    struct ht_error *error)
{
    int64_t bytes;
    if (!ht_value_size(use->value, &bytes) || bytes == 0)
        return ht_value_fail(error, use, "a size in bytes, with K, M or G at its end where wanted");
    config->out->capture_max = bytes;
    return HT_OK;
}

enum ht_status ht_apply_json(struct ht_config *config, const struct ht_option_use *use,
                             struct ht_error *error)
{
    if (use->on && use->next && use->next[0] && strchr("{[@", use->next[0]))
        return ht_fail(error, HT_ERR_USAGE,
                       "option %s: this asks for the report as JSON and takes no data; what curl sends with "
                       "--json DATA is --json-data DATA here",
                       use->flag);
    config->out->json = use->on;
    return HT_OK;
}

enum ht_status ht_apply_events(struct ht_config *config, const struct ht_option_use *use,
                               struct ht_error *error)
{
    const struct ht_format *format = ht_format_by_name(ht_span_str("events"));
    (void)error;
    if (use->on && !streams(config, format->name))
        add(config, (struct ht_report_request){.format = format});
    else if (!use->on)
        drop_stream(config, format);
    return HT_OK;
}

enum ht_status ht_apply_har_bodies(struct ht_config *config, const struct ht_option_use *use,
                                   struct ht_error *error)
{
    (void)error;
    config->out->har_bodies = use->on;
    return HT_OK;
}

enum ht_status ht_apply_sarif_category(struct ht_config *config, const struct ht_option_use *use,
                                       struct ht_error *error)
{
    if (!*use->value)
        return ht_value_fail(error, use, "a name");
    config->out->sarif_category = ht_arena_text(config->memory->arena, ht_span_str(use->value));
    return HT_OK;
}

enum ht_status ht_apply_list_reports(struct ht_config *config, const struct ht_option_use *use,
                                     struct ht_error *error)
{
    (void)use, (void)error;
    size_t count;
    const struct ht_format *const *formats = ht_formats(&count);
    struct ht_sink text = ht_sink(0);
    for (size_t i = 0; i < count; i++)
        ht_sink_printf(&text, "%-12s%s\n", formats[i]->name, formats[i]->help);
    config->out->kind = HT_COMMAND_PRINT;
    config->out->text = ht_strdup(ht_sink_text(&text));
    ht_sink_free(&text);
    return HT_OK;
}

/* ---- the end of the command line ---- */

/* Judging in a step of GitHub Actions, which shows annotations and a summary. */
static bool is_github_job(const struct ht_config *config)
{
    const struct ht_command *out = config->out;
    const char *actions = getenv("GITHUB_ACTIONS");
    return out->ci && !out->dry && !out->curl && !config->as_curl && actions && strcmp(actions, "true") == 0;
}

static const struct ht_format *usual_format(const struct ht_config *config)
{
    return ht_format_by_name(ht_span_str(is_github_job(config) ? "github" : "text"));
}

/* One report has the stream: the usual one, unless another was asked for, or with --quiet none. */
static enum ht_status choose_stream(struct ht_config *config, struct ht_error *error)
{
    const struct ht_report_request *at, *chosen[2] = {NULL, NULL};
    if (config->out->json && !streams(config, "json"))
        add(config, (struct ht_report_request){.format = ht_format_by_name(ht_span_str("json"))});
    for (at = config->memory->reports; at; at = at->next) {
        if (at->place != HT_REPORT_STREAM)
            continue;
        if (chosen[at->on_stderr])
            return ht_fail(error, HT_ERR_USAGE,
                           "option --report: %s and %s would share standard %s; give one of them a file, as "
                           "in --report %s=FILE",
                           chosen[at->on_stderr]->format->name, at->format->name,
                           at->on_stderr ? "error" : "output", at->format->name);
        chosen[at->on_stderr] = at;
    }
    config->out->json = chosen[0] && strcmp(chosen[0]->format->name, "json") == 0;
    if (!chosen[0] && !config->out->quiet)
        add(config, (struct ht_report_request){.format = usual_format(config)});
    return HT_OK;
}

/* Appended to what other steps left there, unless a report of the user's own goes to that file. */
static void add_summary(struct ht_config *config)
{
    const char *path = getenv("GITHUB_STEP_SUMMARY");
    if (!is_github_job(config) || !path || !*path || ht_config_reports_to(config, path))
        return;
    add(config, (struct ht_report_request){.format = ht_format_by_name(ht_span_str("markdown")),
                                           .target = ht_arena_text(config->memory->arena, ht_span_str(path)),
                                           .place = HT_REPORT_FILE,
                                           .append = true,
                                           .is_summary = true});
}

static enum ht_status check_kind(const struct ht_config *config, struct ht_error *error)
{
    const struct ht_command *out = config->out;
    for (const struct ht_report_request *at = config->memory->reports; at; at = at->next) {
        if (out->read_path && at->format->flags & HT_FORMAT_WIRE)
            return ht_fail(error, HT_ERR_USAGE,
                           "option --report: %s needs the bytes that the sockets carried, and a record does "
                           "not hold them",
                           at->format->name);
        if ((out->dry || out->curl) && !out->json && strcmp(at->format->name, "text") != 0)
            return ht_fail(error, HT_ERR_USAGE, "options --report %s and --%s exclude each other",
                           at->format->name, out->dry ? "dry-run" : "curl");
    }
    return HT_OK;
}

enum ht_status ht_config_finish_reports(struct ht_config *config, struct ht_error *error)
{
    enum ht_status status = choose_stream(config, error);
    if (status == HT_OK)
        status = ht_config_place_reports(config, error);
    if (status == HT_OK)
        status = check_kind(config, error);
    add_summary(config);
    config->out->reports = config->memory->reports;
    return status;
}
