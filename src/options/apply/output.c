/* SPDX-License-Identifier: MIT */
/* Options about where an answer goes: takes uses of -o, -O, -J, -D and their kin, gives targets and output
 * rules. */
#include "base/template.h"
#include "options/config.h"

static const char *keep(struct ht_config *config, const char *text)
{
    return ht_arena_text(config->memory->arena, ht_span_str(text));
}

static struct ht_target *output_target(struct ht_config *config)
{
    struct ht_target *target = ht_group_target(config->group, config->memory->arena, HT_TARGET_OUTPUT);
    target->has_output = true;
    return target;
}

enum ht_status ht_apply_output(struct ht_config *config, const struct ht_option_use *use,
                               struct ht_error *error)
{
    if (!use->value[0])
        return ht_value_fail(error, use, "a file name");
    output_target(config)->output = keep(config, use->value);
    return HT_OK;
}

enum ht_status ht_apply_remote_name(struct ht_config *config, const struct ht_option_use *use,
                                    struct ht_error *error)
{
    (void)error;
    output_target(config)->remote_name = use->on;
    return HT_OK;
}

/* As curl has it, --no-out-null is as good as nothing, but stands in -o's place. */
enum ht_status ht_apply_out_null(struct ht_config *config, const struct ht_option_use *use,
                                 struct ht_error *error)
{
    (void)error;
    output_target(config)->discards = use->on;
    return HT_OK;
}

enum ht_status ht_apply_remote_name_all(struct ht_config *config, const struct ht_option_use *use,
                                        struct ht_error *error)
{
    (void)error;
    config->group->remote_names = use->on;
    return HT_OK;
}

/* Members of the rules by the options that set them. */
static bool *switch_of(struct ht_output_rules *rules, const char *name)
{
    struct {
        const char *name;
        bool *member;
    } rows[] = {{"create-dirs", &rules->create_dirs},   {"fail-with-body", &rules->fail_with_body},
                {"include", &rules->include_head},      {"remote-header-name", &rules->remote_header_name},
                {"remote-time", &rules->remote_time},   {"remove-on-error", &rules->remove_on_error},
                {"show-headers", &rules->include_head}, {"skip-existing", &rules->skip_existing},
                {"styled-output", &rules->styled},      {"xattr", &rules->xattr}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (strcmp(rows[i].name, name) == 0)
            return rows[i].member;
    return NULL;
}

enum ht_status ht_apply_output_rule(struct ht_config *config, const struct ht_option_use *use,
                                    struct ht_error *error)
{
    (void)error;
    bool *member = switch_of(&config->group->operation.output, use->row->name);
    if (member)
        *member = use->on;
    return HT_OK;
}

enum ht_status ht_apply_clobber(struct ht_config *config, const struct ht_option_use *use,
                                struct ht_error *error)
{
    (void)error;
    config->group->operation.output.clobber = use->on;
    config->group->operation.output.no_clobber = !use->on;
    return HT_OK;
}

enum ht_status ht_apply_output_dir(struct ht_config *config, const struct ht_option_use *use,
                                   struct ht_error *error)
{
    (void)error;
    config->group->operation.output.dir = keep(config, use->value);
    return HT_OK;
}

enum ht_status ht_apply_dump_header(struct ht_config *config, const struct ht_option_use *use,
                                    struct ht_error *error)
{
    (void)error;
    config->group->operation.output.dump_header = keep(config, use->value);
    return HT_OK;
}

enum ht_status ht_apply_progress_bar(struct ht_config *config, const struct ht_option_use *use,
                                     struct ht_error *error)
{
    (void)error;
    config->out->progress_bar = use->on;
    return HT_OK;
}

enum ht_status ht_apply_silent(struct ht_config *config, const struct ht_option_use *use,
                               struct ht_error *error)
{
    (void)error;
    config->out->silent = use->on;
    return HT_OK;
}

enum ht_status ht_apply_show_error(struct ht_config *config, const struct ht_option_use *use,
                                   struct ht_error *error)
{
    (void)error;
    config->out->show_error = use->on;
    return HT_OK;
}

enum ht_status ht_apply_stderr(struct ht_config *config, const struct ht_option_use *use,
                               struct ht_error *error)
{
    (void)error;
    config->out->stderr_path = keep(config, use->value);
    return HT_OK;
}

enum ht_status ht_config_check_outputs(const struct ht_config *config, struct ht_error *error)
{
    const struct ht_group *group = config->group;
    const struct ht_output_rules *rules = &group->operation.output;
    if (rules->remote_header_name && rules->include_head)
        return ht_fail(
            error, HT_ERR_USAGE,
            "options -i and -J exclude each other: the file gets its name from the head, which comes "
            "after it would have to be opened");
    if (rules->fail_with_body && ht_settings_is(&group->settings, "FAILONERROR", 1))
        return ht_fail(error, HT_ERR_USAGE, "options --fail and --fail-with-body exclude each other");
    return HT_OK;
}

static bool writes_there(const struct ht_group *group)
{
    const char *heads = group->operation.output.dump_header, *told = group->operation.output.write_out;
    const struct ht_setting *jar = ht_settings_find(&group->settings, "COOKIEJAR");
    if ((heads && strcmp(heads, "-") == 0) || (jar && strcmp(jar->text, "-") == 0) ||
        (told && ht_template_uses_stdout(told)))
        return true;
    for (const struct ht_target *at = group->targets; at; at = at->next) {
        bool shown =
            group->shows_body && !at->discards && !at->output && !at->remote_name && !group->remote_names;
        if (shown || (at->output && strcmp(at->output, "-") == 0))
            return true;
    }
    return false;
}

bool ht_config_takes_stdout(const struct ht_group *groups)
{
    for (const struct ht_group *group = groups; group; group = group->next)
        if (writes_there(group))
            return true;
    return false;
}
