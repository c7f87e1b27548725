/* SPDX-License-Identifier: MIT */
/* Takes the files that a command line names, puts reports where --output-dir has them, and says where two
 * things would be written to one file. */
#include "options/config.h"
#include "report/format.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* --output-dir and --create-dirs hold for reports as well, those of the first request. */
static void place_files(struct ht_config *config)
{
    const struct ht_output_rules *rules = &config->memory->groups->operation.output;
    for (struct ht_report_request *at = config->memory->reports; at; at = at->next) {
        if (at->place != HT_REPORT_FILE)
            continue;
        if (rules->dir && *rules->dir && at->target[0] != '/')
            at->target = ht_arena_printf(config->memory->arena, "%s/%s", rules->dir, at->target);
        at->create_dirs = rules->create_dirs;
    }
}

/* ---- one file under two names ---- */

static const char *last_part(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

/* Without the parts that say nothing: "a//./b" is "a/b". */
static void tidy(char *path)
{
    char *out = path;
    for (const char *at = path; *at;) {
        size_t len = strcspn(at, "/");
        bool says_nothing = (len == 0 && out != path) || (len == 1 && *at == '.');
        if (!says_nothing) {
            memmove(out, at, len);
            out += len;
            if (at[len])
                *out++ = '/';
        }
        at += len + (at[len] == '/');
    }
    *out = '\0';
}

/* The directory of a path that is still to be written, its links followed where it is there already;
 * malloc'd.
 */
static char *directory_of(const char *path)
{
    char here[PATH_MAX];
    struct ht_sink whole = ht_sink(0);
    if (path[0] != '/' && getcwd(here, sizeof here))
        ht_sink_printf(&whole, "%s/", here);
    ht_sink_bytes(&whole, ht_span(path, (size_t)(last_part(path) - path)));
    char *text = ht_strdup(ht_sink_text(&whole)), *real = realpath(text, NULL);
    ht_sink_free(&whole);
    if (real) {
        free(text);
        return real;
    }
    tidy(text);
    return text;
}

/* A device takes what it is given: two reports may go to /dev/null. */
static bool is_device(const char *path)
{
    struct stat file;
    return stat(path, &file) == 0 && S_ISCHR(file.st_mode);
}

static bool is_same_file(const char *a, const char *b)
{
    if (strcmp(last_part(a), last_part(b)) != 0 || is_device(a))
        return false;
    char *first = directory_of(a), *second = directory_of(b);
    bool same = strcmp(first, second) == 0;
    free(first);
    free(second);
    return same;
}

/* Whether a report goes to that file, which `what` is written to. */
static enum ht_status check_file(const struct ht_config *config, const char *what, const char *path,
                                 struct ht_error *error)
{
    if (!path || !*path || strcmp(path, "-") == 0 || strcmp(path, "%") == 0)
        return HT_OK;
    for (const struct ht_report_request *at = config->memory->reports; at; at = at->next)
        if (at->place == HT_REPORT_FILE && is_same_file(at->target, path))
            return ht_fail(error, HT_ERR_USAGE, "option --report: %s and %s would share the file %s",
                           at->format->name, what, ht_value_shown(config->memory->arena, at->target));
    return HT_OK;
}

static enum ht_status check_reports(const struct ht_config *config, struct ht_error *error)
{
    for (const struct ht_report_request *a = config->memory->reports; a; a = a->next)
        for (const struct ht_report_request *b = a->next; b; b = b->next)
            if (a->place == HT_REPORT_FILE && b->place == HT_REPORT_FILE &&
                is_same_file(a->target, b->target))
                return ht_fail(error, HT_ERR_USAGE, "option --report: %s and %s would share the file %s",
                               a->format->name, b->format->name,
                               ht_value_shown(config->memory->arena, a->target));
    return HT_OK;
}

static enum ht_status check_bodies(const struct ht_config *config, const struct ht_group *group,
                                   struct ht_error *error)
{
    const char *dir = group->operation.output.dir;
    enum ht_status status = HT_OK;
    for (const struct ht_target *at = group->targets; at && status == HT_OK; at = at->next) {
        if (!at->output || at->remote_name || strcmp(at->output, "-") == 0)
            continue;
        struct ht_sink path = ht_sink(0);
        if (dir && *dir)
            ht_sink_printf(&path, "%s/", dir);
        ht_sink_puts(&path, at->output);
        status = check_file(config, "-o", ht_sink_text(&path), error);
        ht_sink_free(&path);
    }
    return status;
}

static enum ht_status check_group(const struct ht_config *config, const struct ht_group *group,
                                  struct ht_error *error)
{
    const struct ht_setting *jar = ht_settings_find(&group->settings, "COOKIEJAR");
    enum ht_status status = check_bodies(config, group, error);
    if (status == HT_OK)
        status = check_file(config, "-D", group->operation.output.dump_header, error);
    if (status == HT_OK)
        status = check_file(config, "--etag-save", group->operation.output.etag_save, error);
    if (status == HT_OK)
        status = check_file(config, "-c", jar ? jar->text : NULL, error);
    return status;
}

static enum ht_status check_run(const struct ht_config *config, struct ht_error *error)
{
    const struct ht_command *out = config->out;
    const struct {
        const char *what, *path;
    } files[] = {{"--record", out->record_path},
                 {"--read", out->read_path},
                 {"--stderr", out->stderr_path},
                 {"--trace", out->dump.path},
                 {"--libcurl", out->dump.source_code}};
    enum ht_status status = HT_OK;
    for (size_t i = 0; i < sizeof files / sizeof *files && status == HT_OK; i++)
        status = check_file(config, files[i].what, files[i].path, error);
    return status;
}

enum ht_status ht_config_place_reports(struct ht_config *config, struct ht_error *error)
{
    place_files(config);
    enum ht_status status = check_reports(config, error);
    if (status == HT_OK && config->memory->reports)
        status = check_run(config, error);
    for (const struct ht_group *at = config->memory->groups; at && status == HT_OK; at = at->next)
        status = check_group(config, at, error);
    return status;
}

bool ht_config_reports_to(const struct ht_config *config, const char *path)
{
    const struct ht_report_request *at = config->memory->reports;
    while (at && !(at->place == HT_REPORT_FILE && is_same_file(at->target, path)))
        at = at->next;
    return at != NULL;
}
