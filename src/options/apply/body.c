/* SPDX-License-Identifier: MIT */
/* Options that send a body or ask for a part of an answer: takes uses of -F, -T, -C, -z and --etag-compare,
 * gives parts, uploads and settings. */
#include "options/config.h"
#include "fetch/date.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define EXIT_READ_ERROR 26 /* CURLE_READ_ERROR */

static enum ht_status add_part(struct ht_config *config, const struct ht_option_use *use, bool literal,
                               struct ht_error *error)
{
    config->group->form_flag = use->flag;
    config->group->form.notes = &config->notes;
    return ht_form_add(&config->group->form, use->flag, use->value, literal, error);
}

enum ht_status ht_apply_form(struct ht_config *config, const struct ht_option_use *use,
                             struct ht_error *error)
{
    return add_part(config, use, false, error);
}

enum ht_status ht_apply_form_string(struct ht_config *config, const struct ht_option_use *use,
                                    struct ht_error *error)
{
    return add_part(config, use, true, error);
}

enum ht_status ht_apply_upload_file(struct ht_config *config, const struct ht_option_use *use,
                                    struct ht_error *error)
{
    (void)error;
    struct ht_arena *arena = config->memory->arena;
    struct ht_target *target = ht_group_target(config->group, arena, HT_TARGET_UPLOAD);
    target->upload = ht_arena_text(arena, ht_span_str(use->value));
    if (*use->value)
        config->group->upload_flag = use->flag;
    return HT_OK;
}

/* As curl reads it: decimal, 0x and hexadecimal, or 0 and octal. */
static bool read_offset(const char *text, int64_t *out)
{
    char *end = NULL;
    errno = 0;
    long long number = strtoll(text, &end, 0);
    *out = number;
    return end != text && *end == '\0' && errno == 0;
}

enum ht_status ht_apply_continue_at(struct ht_config *config, const struct ht_option_use *use,
                                    struct ht_error *error)
{
    struct ht_operation *operation = &config->group->operation;
    int64_t offset = 0;
    operation->resume_at_end = strcmp(use->value, "-") == 0;
    if (!operation->resume_at_end && (!read_offset(use->value, &offset) || offset < 0))
        return ht_value_fail(error, use, "a number of bytes, or -");
    operation->output.is_resumed = operation->resume_at_end || offset > 0;
    ht_settings_put(config, (struct ht_setting){.option = "RESUME_FROM_LARGE",
                                                .type = HT_SETTING_OFFSET,
                                                .number = offset,
                                                .flag = use->flag});
    return HT_OK;
}

static bool time_of(const char *text, int64_t *out_s)
{
    struct stat file;
    if (ht_fetch_date(text, out_s))
        return true;
    if (stat(text, &file) != 0)
        return false;
    *out_s = (int64_t)file.st_mtime;
    return true;
}

static void put_condition(struct ht_config *config, const char *flag, const char *condition, int64_t time_s)
{
    ht_settings_put(
        config, (struct ht_setting){
                    .option = "TIMECONDITION", .type = HT_SETTING_SYMBOL, .text = condition, .flag = flag});
    ht_settings_put(
        config, (struct ht_setting){
                    .option = "TIMEVALUE_LARGE", .type = HT_SETTING_OFFSET, .number = time_s, .flag = flag});
}

enum ht_status ht_apply_time_cond(struct ht_config *config, const struct ht_option_use *use,
                                  struct ht_error *error)
{
    (void)error;
    const char *text = use->value, *condition = "CURL_TIMECOND_IFMODSINCE";
    int64_t time_s = 0;
    if (*text == '-')
        condition = "CURL_TIMECOND_IFUNMODSINCE";
    else if (*text == '=')
        condition = "CURL_TIMECOND_LASTMOD";
    text += *text == '-' || *text == '=' || *text == '+';
    if (!time_of(text, &time_s)) {
        ht_sink_printf(&config->notes,
                       "httptrace: option %s: \"%s\" is neither a date nor a file; there is no condition\n",
                       use->flag, ht_value_shown(config->memory->arena, text));
        condition = "CURL_TIMECOND_NONE";
    }
    put_condition(config, use->flag, condition, time_s);
    return HT_OK;
}

enum ht_status ht_apply_etag_compare(struct ht_config *config, const struct ht_option_use *use,
                                     struct ht_error *error)
{
    (void)error;
    config->group->etag_flag = use->flag;
    config->group->etag_path = ht_arena_text(config->memory->arena, ht_span_str(use->value));
    return HT_OK;
}

enum ht_status ht_apply_etag_save(struct ht_config *config, const struct ht_option_use *use,
                                  struct ht_error *error)
{
    (void)error;
    config->group->operation.output.etag_save = ht_arena_text(config->memory->arena, ht_span_str(use->value));
    return HT_OK;
}

static enum ht_status refuse(struct ht_error *error, const char *flag, const char *what, const char *other,
                             const char *else_what)
{
    return ht_fail(error, HT_ERR_USAGE, "%s asks for %s and %s for %s: use one of them", flag, what, other,
                   else_what);
}

static bool is_stdin(const char *upload)
{
    return upload && (strcmp(upload, "-") == 0 || strcmp(upload, ".") == 0);
}

/* Schemes that are allowed beside others are chosen by asking first, which may use up what comes from a pipe.
 */
static bool negotiates(const struct ht_settings *settings, const char *option)
{
    size_t schemes = 0;
    for (size_t i = 0; i < settings->count; i++)
        if (strcmp(settings->items[i].option, option) == 0)
            schemes += strcmp(settings->items[i].text, "CURLAUTH_ANY") == 0 ? 2 : 1;
    return schemes > 1;
}

static void note_pipes(struct ht_config *config)
{
    const struct ht_group *group = config->group;
    bool pipes = false;
    for (const struct ht_target *at = group->targets; at; at = at->next)
        pipes = pipes || is_stdin(at->upload);
    if (pipes && (negotiates(&group->settings, "HTTPAUTH") || negotiates(&group->settings, "PROXYAUTH")))
        ht_sink_printf(
            &config->notes,
            "httptrace: option %s: authentication of several kinds may have to send standard input twice, "
            "which a pipe cannot; allow one kind, or upload a file\n",
            group->upload_flag);
}

/* One request has one body. */
enum ht_status ht_config_add_form(struct ht_config *config, struct ht_error *error)
{
    struct ht_group *group = config->group;
    const char *form = group->form_flag, *upload = group->upload_flag;
    group->operation.form = group->form.parts;
    note_pipes(config);
    if (upload && group->head_flag)
        return refuse(error, upload, "an upload", group->head_flag, "a HEAD request");
    if (upload && group->body_flag)
        return refuse(error, upload, "an upload", group->body_flag, "a POST");
    if (upload && form)
        return refuse(error, upload, "an upload", form, "a form");
    if (form && group->head_flag)
        return refuse(error, form, "a form", group->head_flag, "a HEAD request");
    if (form && group->body_flag)
        return refuse(error, form, "a form", group->body_flag, "another POST");
    return HT_OK;
}

/* Line ends and NUL are no part of an entity tag. */
static void add_stripped(struct ht_sink *out, const struct ht_sink *file)
{
    for (size_t i = 0; i < file->len; i++)
        if (file->text[i] != '\r' && file->text[i] != '\n' && file->text[i] != '\0')
            ht_sink_char(out, file->text[i]);
}

/* A tag that is not there yet compares with nothing; where none is to be saved either, that is a mistake. */
enum ht_status ht_config_add_etag(struct ht_config *config, struct ht_error *error)
{
    const struct ht_group *group = config->group;
    struct ht_sink file = ht_sink(0), header = ht_sink(0);
    if (!group->etag_path)
        return HT_OK;
    enum ht_status status = ht_value_read_file(group->etag_flag, group->etag_path, &file, error);
    if (status != HT_OK && error)
        error->exit_code = EXIT_READ_ERROR;
    if (group->operation.output.etag_save)
        status = HT_OK;
    ht_sink_puts(&header, "If-None-Match: ");
    add_stripped(&header, &file);
    if (header.len == strlen("If-None-Match: "))
        ht_sink_puts(&header, "\"\"");
    ht_settings_add(config, (struct ht_setting){.option = "HTTPHEADER",
                                                .type = HT_SETTING_LIST,
                                                .text = ht_sink_text(&header),
                                                .flag = group->etag_flag});
    ht_sink_free(&header);
    ht_sink_free(&file);
    return status;
}
