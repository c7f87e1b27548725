/* SPDX-License-Identifier: MIT */
/* Options that say what is asked for: takes uses of --url, -G, --url-query, --data-urlencode, --next, --rate,
 * gives targets, queries and groups. */
#include "options/config.h"

#include <string.h>

#define SECOND_US INT64_C(1000000)

enum ht_status ht_apply_url(struct ht_config *config, const struct ht_option_use *use, struct ht_error *error)
{
    if (!use->value[0])
        return ht_value_fail(error, use, "a URL");
    struct ht_target *target = ht_group_target(config->group, config->memory->arena, HT_TARGET_URL);
    target->url = ht_arena_text(config->memory->arena, ht_span_str(use->value));
    return HT_OK;
}

enum ht_status ht_apply_globoff(struct ht_config *config, const struct ht_option_use *use,
                                struct ht_error *error)
{
    (void)error;
    config->group->literal = use->on;
    return HT_OK;
}

enum ht_status ht_apply_get(struct ht_config *config, const struct ht_option_use *use, struct ht_error *error)
{
    (void)error;
    config->group->get_flag = use->on ? use->flag : NULL;
    return HT_OK;
}

/* application/x-www-form-urlencoded: RFC 3986's unreserved characters stay, a space is a plus sign. */
static void encode(struct ht_sink *out, struct ht_span text)
{
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = text.data[i];
        bool stays = (c | 32) >= 'a' && (c | 32) <= 'z';
        if (stays || (c >= '0' && c <= '9') || (c && strchr("-._~", c)))
            ht_sink_char(out, (char)c);
        else if (c == ' ')
            ht_sink_char(out, '+');
        else
            ht_sink_printf(out, "%%%02X", c);
    }
}

static void add_pair(struct ht_sink *out, struct ht_span name, struct ht_span content)
{
    ht_sink_bytes(out, name);
    if (name.len)
        ht_sink_char(out, '=');
    encode(out, content);
}

/* content, =content, name=content, @file, name@file: what is behind the first = or @ is encoded. Of a file
 * that is empty not even the name is sent, as with curl. */
static enum ht_status add_encoded(struct ht_config *config, const struct ht_option_use *use,
                                  struct ht_sink *out, struct ht_error *error)
{
    const char *value = use->value, *mark = strchr(value, '=');
    if (mark == NULL)
        mark = strchr(value, '@');
    struct ht_span name = ht_span(value, mark ? (size_t)(mark - value) : 0);
    if (mark == NULL || *mark == '=') {
        add_pair(out, name, ht_span_str(mark ? mark + 1 : value));
        return HT_OK;
    }
    struct ht_sink file = ht_sink(0);
    enum ht_status status = ht_value_read_sent(config, use, mark + 1, &file, error);
    if (file.len)
        add_pair(out, name, ht_span(ht_sink_text(&file), file.len));
    ht_sink_free(&file);
    return status;
}

enum ht_status ht_apply_data_urlencode(struct ht_config *config, const struct ht_option_use *use,
                                       struct ht_error *error)
{
    struct ht_group *group = config->group;
    if (group->body_flag)
        ht_sink_char(&group->body, '&');
    group->body_flag = use->flag;
    return add_encoded(config, use, &group->body, error);
}

enum ht_status ht_apply_url_query(struct ht_config *config, const struct ht_option_use *use,
                                  struct ht_error *error)
{
    struct ht_sink *query = &config->group->query;
    if (query->len)
        ht_sink_char(query, '&');
    if (use->value[0] != '+')
        return add_encoded(config, use, query, error);
    ht_sink_puts(query, use->value + 1);
    return HT_OK;
}

enum ht_status ht_apply_next(struct ht_config *config, const struct ht_option_use *use,
                             struct ht_error *error)
{
    if (!ht_group_urls(config->group) && config->as_curl)
        return HT_OK;
    if (!ht_group_urls(config->group))
        return ht_fail(error, HT_ERR_USAGE, "option %s: no URL was given before it", use->flag);
    config->group->next = ht_group_new(config->memory->arena);
    config->group = config->group->next;
    if (config->as_curl)
        ht_settings_default_agent(config->group, config->memory->arena);
    return HT_OK;
}

/* The length of the time that a unit stands for; without one it is an hour, as with curl. */
static int64_t unit_us(const char *unit)
{
    static const struct {
        const char *name;
        int64_t seconds;
    } units[] = {{"", 3600}, {"/s", 1}, {"/m", 60}, {"/h", 3600}, {"/d", 86400}};
    for (size_t i = 0; i < sizeof units / sizeof *units; i++)
        if (strcmp(unit, units[i].name) == 0)
            return units[i].seconds * SECOND_US;
    return 0;
}

enum ht_status ht_apply_rate(struct ht_config *config, const struct ht_option_use *use,
                             struct ht_error *error)
{
    size_t digits = strcspn(use->value, "/");
    const char *number_text = ht_arena_text(config->memory->arena, ht_span(use->value, digits));
    int64_t number, unit = unit_us(use->value + digits);
    if (!ht_value_integer(number_text, &number) || number <= 0 || unit == 0)
        return ht_value_fail(error, use, "a number of transfers and /s, /m, /h or /d, as in 5/m");
    config->out->pace_us = unit / number;
    return HT_OK;
}

enum ht_status ht_apply_fail_early(struct ht_config *config, const struct ht_option_use *use,
                                   struct ht_error *error)
{
    (void)error;
    config->out->fail_early = use->on;
    return HT_OK;
}

enum ht_status ht_apply_config(struct ht_config *config, const struct ht_option_use *use,
                               struct ht_error *error)
{
    return ht_config_file_read(config, use->flag, use->value, error);
}

enum ht_status ht_apply_variable(struct ht_config *config, const struct ht_option_use *use,
                                 struct ht_error *error)
{
    return ht_variable_set(&config->variables, config->memory->arena, use->flag, use->value, error);
}
