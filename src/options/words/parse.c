/* SPDX-License-Identifier: MIT */
/* The command line: takes argv, finds the row of every option and its argument by curl's rules, gives a
 * command.
 */
#include "options/config.h"
#include "options/urls/jobs.h"

#include <stdlib.h>
#include <string.h>

/* Where the reading of argv stands. */
struct walk {
    int argc, at;
    char **argv;
};

static char *next_word(const struct walk *walk)
{
    return walk->at + 1 < walk->argc ? walk->argv[walk->at + 1] : NULL;
}

static enum ht_status use_row(struct ht_config *config, struct ht_option_use *use, struct ht_error *error)
{
    use->flag = ht_arena_text(config->memory->arena, ht_span_str(use->flag));
    ht_replay_option(&config->memory->replay, config->memory->arena, use);
    enum ht_status status = use->row->apply(config, use, error);
    /* As curl does: the process list shows argv as it is now. */
    if (use->row->flags & HT_OPTION_SECRET && use->value)
        memset(use->value, ' ', strlen(use->value));
    return status;
}

/* Takes the next word as the argument where the row wants one. */
static enum ht_status take_word(struct walk *walk, struct ht_option_use *use, struct ht_error *error)
{
    char *next = next_word(walk);
    use->next = next;
    if (!use->row->argument)
        return HT_OK;
    if (!next && !(use->row->flags & HT_OPTION_MAY_TAKE))
        return ht_fail(error, HT_ERR_USAGE, "option %s: needs an argument: <%s>", use->flag,
                       use->row->argument);
    use->value = next;
    walk->at += next != NULL;
    return HT_OK;
}

/* The option that "--max-time=3" means: curl knows no such form. NULL where there is none. */
static const struct ht_option *find_before_equals(struct ht_config *config, const char *flag)
{
    size_t len = strcspn(flag, "=");
    bool ambiguous = false;
    if (strncmp(flag, "--", 2) != 0 || flag[len] == '\0')
        return NULL;
    const char *name = ht_arena_text(config->memory->arena, ht_span(flag + 2, len - 2));
    const struct ht_option *row = ht_option_by_name(name, &ambiguous);
    return row && row->argument && strcmp(row->name, name) == 0 ? row : NULL;
}

static enum ht_status unknown(struct ht_config *config, const char *flag, struct ht_error *error)
{
    const struct ht_option *meant = find_before_equals(config, flag);
    if (meant)
        return ht_fail(error, HT_ERR_USAGE,
                       "option --%s: its value stands behind a space, not behind =: --%s <%s>", meant->name,
                       meant->name, meant->argument);
    const char *nearest = strncmp(flag, "--", 2) == 0 ? ht_option_nearest(flag + 2) : NULL;
    const char *shown = ht_value_shown(config->memory->arena, flag);
    if (nearest)
        return ht_fail(error, HT_ERR_USAGE, "option %s: is unknown; the nearest is --%s", shown, nearest);
    return ht_fail(error, HT_ERR_USAGE, "option %s: is unknown; try httptrace --help all", shown);
}

static const struct ht_option *find_long(const struct ht_config *config, const char *name, bool *ambiguous)
{
    size_t len = strlen(name);
    if (config->as_curl && len > 1 && strncmp("json", name, len) == 0)
        name = "json-data";
    return ht_option_by_name(name, ambiguous);
}

/* --expand-OPTION: the value with its variables replaced. */
static enum ht_status expand_value(struct ht_config *config, struct ht_option_use *use,
                                   struct ht_error *error)
{
    struct ht_sink out = ht_sink(0);
    if (!use->value)
        return ht_fail(error, HT_ERR_USAGE, "option %s: --%s takes no value that could be expanded",
                       use->flag, use->row->name);
    enum ht_status status = ht_variable_expand(config->variables, use->flag, use->value, &out, error);
    if (use->row->flags & HT_OPTION_SECRET)
        memset(use->value, ' ', strlen(use->value));
    use->value = ht_arena_text(config->memory->arena, ht_span(ht_sink_text(&out), out.len));
    ht_sink_free(&out);
    return status;
}

static enum ht_status read_long(struct ht_config *config, struct walk *walk, struct ht_error *error)
{
    const char *flag = walk->argv[walk->at], *name = flag + 2;
    bool off = strncmp(name, "no-", 3) == 0, expands = strncmp(name, "expand-", 7) == 0, ambiguous = false;
    struct ht_option_use use = {.flag = flag, .on = !off};
    use.row = find_long(config, name + (off ? 3 : expands ? 7 : 0), &ambiguous);
    if (ambiguous)
        return ht_fail(error, HT_ERR_USAGE, "option %s: is ambiguous", flag);
    if (!use.row)
        return unknown(config, flag, error);
    if (off && !(use.row->flags & HT_OPTION_SWITCH))
        return ht_fail(error, HT_ERR_USAGE, "option %s: --%s is not a switch that --no- could turn off", flag,
                       use.row->name);
    enum ht_status status = take_word(walk, &use, error);
    if (status == HT_OK && expands)
        status = expand_value(config, &use, error);
    return status == HT_OK ? use_row(config, &use, error) : status;
}

/* One letter of "-abc"; *at moves past it, and past the rest where that is the letter's argument. */
static enum ht_status read_letter(struct ht_config *config, struct walk *walk, char **at,
                                  struct ht_error *error)
{
    char flag[3] = {'-', **at, '\0'};
    struct ht_option_use use = {.flag = flag, .on = true, .row = ht_option_by_letter(**at)};
    if (!use.row)
        return unknown(config, flag, error);
    use.on = !(use.row->flags & HT_OPTION_ON); /* -N is --no-buffer */
    (*at)++;
    enum ht_status status = HT_OK;
    if (use.row->argument && **at && !(use.row->flags & HT_OPTION_MAY_TAKE)) {
        use.value = *at;
        *at += strlen(*at);
    } else if (use.row->argument || !**at) {
        status = take_word(walk, &use, error);
    }
    return status == HT_OK ? use_row(config, &use, error) : status;
}

static enum ht_status read_letters(struct ht_config *config, struct walk *walk, struct ht_error *error)
{
    char *at = walk->argv[walk->at] + 1;
    enum ht_status status;
    do {
        status = read_letter(config, walk, &at, error);
    } while (status == HT_OK && *at && !config->out->text);
    return status;
}

enum ht_status ht_config_use(struct ht_config *config, char **words, size_t count, size_t *used,
                             struct ht_error *error)
{
    struct walk walk = {.argc = (int)count, .argv = words};
    enum ht_status status =
        words[0][1] == '-' ? read_long(config, &walk, error) : read_letters(config, &walk, error);
    *used = (size_t)walk.at + 1;
    return status;
}

/* Whether the first word says to leave the user's own file alone. */
static bool is_disabled(int argc, char **argv)
{
    return argc > 1 && (strncmp(argv[1], "-q", 2) == 0 || strcmp(argv[1], "--disable") == 0);
}

static enum ht_status read_all(struct ht_config *config, struct walk *walk, struct ht_error *error)
{
    bool options_end = false;
    enum ht_status status = HT_OK;
    for (; walk->at < walk->argc && status == HT_OK && !config->out->text; walk->at++) {
        const char *word = walk->argv[walk->at];
        if (options_end || word[0] != '-') {
            ht_replay_url(&config->memory->replay, config->memory->arena, word);
            ht_group_target(config->group, config->memory->arena, HT_TARGET_URL)->url =
                ht_arena_text(config->memory->arena, ht_span_str(word));
        } else if (strcmp(word, "--") == 0) {
            options_end = true;
        } else {
            status = word[1] == '-' ? read_long(config, walk, error) : read_letters(config, walk, error);
        }
    }
    return status;
}

bool ht_called_as_curl(int argc, char **argv)
{
    const char *name = argc > 0 ? argv[0] : "";
    const char *slash = strrchr(name, '/');
    return strcmp(slash ? slash + 1 : name, "curl") == 0;
}

enum ht_status ht_options_parse(int argc, char **argv, struct ht_command *out, struct ht_error *error)
{
    *out = (struct ht_command){
        .memory = ht_malloc(sizeof *out->memory), .fail_on = -1, .parallel_max = HT_PARALLEL_DEFAULT};
    *out->memory = (struct ht_option_memory){.arena = ht_arena_new()};
    out->memory->groups = ht_group_new(out->memory->arena);
    struct ht_config config = {.out = out,
                               .memory = out->memory,
                               .group = out->memory->groups,
                               .as_curl = ht_called_as_curl(argc, argv)};
    struct walk walk = {.argc = argc, .at = 1, .argv = argv};
    out->as_curl = config.as_curl;
    if (config.as_curl)
        ht_settings_default_agent(config.group, out->memory->arena);
    config.expects_end = (struct ht_expect **)&out->expects;
    enum ht_status status = HT_OK;
    if (!config.as_curl && !is_disabled(argc, argv))
        status = ht_config_file_default(&config, error);
    if (status == HT_OK)
        status = read_all(&config, &walk, error);
    if (status == HT_OK && !out->text)
        status = ht_config_finish(&config, error);
    ht_sink_free(&config.notes);
    if (status != HT_OK)
        ht_command_clear(out);
    return status;
}

void ht_command_clear(struct ht_command *command)
{
    if (command->memory) {
        ht_jobs_free(command->source);
        ht_groups_free(command->memory->groups);
        ht_arena_free(command->memory->arena);
        free(command->memory->ignored.items);
        ht_replay_clear(&command->memory->replay);
        free(command->memory);
    }
    free(command->text);
    *command = (struct ht_command){0};
}
