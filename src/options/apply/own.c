/* SPDX-License-Identifier: MIT */
/* Options about the run and its reports: takes their uses, gives members of the command. */
#include "options/config.h"

#include "options/help/help.h"

#include <string.h>

#define MOST_VERBOSE 3

static const char *keep(struct ht_config *config, const char *text)
{
    return ht_arena_text(config->memory->arena, ht_span_str(text));
}

enum ht_status ht_apply_verbose(struct ht_config *config, const struct ht_option_use *use,
                                struct ht_error *error)
{
    (void)error;
    int *level = &config->out->verbose;
    *level = !use->on ? 0 : *level < MOST_VERBOSE ? *level + 1 : MOST_VERBOSE;
    ht_config_take_lines(config, use);
    return HT_OK;
}

enum ht_status ht_apply_timeline(struct ht_config *config, const struct ht_option_use *use,
                                 struct ht_error *error)
{
    (void)error;
    config->out->timeline = use->on;
    return HT_OK;
}

enum ht_status ht_apply_show_secrets(struct ht_config *config, const struct ht_option_use *use,
                                     struct ht_error *error)
{
    (void)error;
    config->out->show_secrets = use->on;
    return HT_OK;
}

enum ht_status ht_apply_curl(struct ht_config *config, const struct ht_option_use *use,
                             struct ht_error *error)
{
    (void)error;
    config->out->curl = use->on;
    return HT_OK;
}

enum ht_status ht_apply_dry_run(struct ht_config *config, const struct ht_option_use *use,
                                struct ht_error *error)
{
    (void)error;
    config->out->dry = use->on;
    return HT_OK;
}

enum ht_status ht_apply_quiet(struct ht_config *config, const struct ht_option_use *use,
                              struct ht_error *error)
{
    (void)error;
    config->out->quiet = use->on;
    return HT_OK;
}

enum ht_status ht_apply_progress_meter(struct ht_config *config, const struct ht_option_use *use,
                                       struct ht_error *error)
{
    (void)error;
    config->out->no_progress = !use->on;
    return HT_OK;
}

enum ht_status ht_apply_record(struct ht_config *config, const struct ht_option_use *use,
                               struct ht_error *error)
{
    if (!use->value[0])
        return ht_value_fail(error, use, "a file name");
    if (strcmp(use->value, "-") == 0)
        return ht_fail(error, HT_ERR_USAGE, "option %s: a record needs a file, not standard output",
                       use->flag);
    config->out->record_path = keep(config, use->value);
    return HT_OK;
}

enum ht_status ht_apply_read(struct ht_config *config, const struct ht_option_use *use,
                             struct ht_error *error)
{
    if (!use->value[0])
        return ht_value_fail(error, use, "a file name");
    config->out->read_path = keep(config, use->value);
    return HT_OK;
}

enum ht_status ht_apply_version(struct ht_config *config, const struct ht_option_use *use,
                                struct ht_error *error)
{
    (void)use, (void)error;
    config->out->kind = HT_COMMAND_VERSION;
    config->out->text = ht_strdup("");
    return HT_OK;
}

enum ht_status ht_apply_help(struct ht_config *config, const struct ht_option_use *use,
                             struct ht_error *error)
{
    struct ht_sink text = ht_sink(0);
    enum ht_status status = ht_help_write(&text, use->value, error);
    config->out->kind = HT_COMMAND_PRINT;
    config->out->text = ht_strdup(ht_sink_text(&text));
    ht_sink_free(&text);
    return status;
}

enum ht_status ht_apply_generate(struct ht_config *config, const struct ht_option_use *use,
                                 struct ht_error *error)
{
    struct ht_sink text = ht_sink(0);
    bool known = ht_generate_write(&text, use->value);
    config->out->kind = HT_COMMAND_PRINT;
    config->out->text = ht_strdup(ht_sink_text(&text));
    ht_sink_free(&text);
    return known ? HT_OK
                 : ht_value_fail(error, use, "man, bash, zsh, fish, markdown, findings, checks or reports");
}

enum ht_status ht_apply_manual(struct ht_config *config, const struct ht_option_use *use,
                               struct ht_error *error)
{
    (void)use, (void)error;
    struct ht_sink text = ht_sink(0);
    ht_help_manual(&text);
    config->out->kind = HT_COMMAND_PRINT;
    config->out->text = ht_strdup(ht_sink_text(&text));
    ht_sink_free(&text);
    return HT_OK;
}

/* Nothing is built in, as with a curl that was built without. */
enum ht_status ht_apply_dump_ca_embed(struct ht_config *config, const struct ht_option_use *use,
                                      struct ht_error *error)
{
    (void)use, (void)error;
    config->out->kind = HT_COMMAND_PRINT;
    config->out->text = ht_strdup("");
    return HT_OK;
}

enum ht_status ht_apply_metalink(struct ht_config *config, const struct ht_option_use *use,
                                 struct ht_error *error)
{
    (void)config;
    return use->on ? ht_fail(error, HT_ERR_USAGE, "option %s: curl reads Metalink files no more", use->flag)
                   : HT_OK;
}
