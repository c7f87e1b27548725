/* SPDX-License-Identifier: MIT */
/* Settings of libcurl: takes them one by one, gives the array that a job carries. */
#include "options/config.h"
#include "fetch/version.h"

#include <string.h>

/* What the curl tool sets for every transfer and libcurl does not by itself; and only protocols that a trace
 * understands. */
static const struct ht_setting defaults[] = {
    {.option = "NOPROGRESS", .type = HT_SETTING_LONG, .number = 1},
    {.option = "BUFFERSIZE", .type = HT_SETTING_LONG, .number = 102400},
    {.option = "USERAGENT", .type = HT_SETTING_TEXT, .text = "httptrace/" HT_VERSION},
    {.option = "MAXREDIRS", .type = HT_SETTING_LONG, .number = 50},
    {.option = "HTTP_VERSION", .type = HT_SETTING_SYMBOL, .text = "CURL_HTTP_VERSION_2TLS"},
    {.option = "TCP_KEEPALIVE", .type = HT_SETTING_LONG, .number = 1},
    {.option = "TCP_NODELAY", .type = HT_SETTING_LONG, .number = 1},
    {.option = "HTTP09_ALLOWED", .type = HT_SETTING_LONG, .number = 0},
};

void ht_texts_add(struct ht_texts *texts, const char *text)
{
    if (texts->count == texts->size) {
        texts->size = texts->size ? texts->size * 2 : 8;
        texts->items = ht_realloc(texts->items, texts->size * sizeof *texts->items);
    }
    texts->items[texts->count++] = text;
}

/* Bits go beside a symbol; any other value takes the place of one of another type. */
static bool replaces(enum ht_setting_type later, enum ht_setting_type earlier)
{
    return later == earlier || (later != HT_SETTING_BITS && earlier != HT_SETTING_BITS);
}

static void drop(struct ht_settings *settings, const char *option, enum ht_setting_type type)
{
    size_t kept = 0;
    for (size_t i = 0; i < settings->count; i++)
        if (strcmp(settings->items[i].option, option) != 0 || !replaces(type, settings->items[i].type))
            settings->items[kept++] = settings->items[i];
    settings->count = kept;
}

static const char *copy_text(struct ht_arena *arena, const struct ht_setting *setting)
{
    if (!setting->text || setting->type == HT_SETTING_BLOB) /* may be large: never twice */
        return setting->text;
    return ht_arena_text(arena, ht_span_str(setting->text));
}

static void append(struct ht_settings *settings, struct ht_arena *arena, struct ht_setting setting)
{
    if (settings->count == settings->size) {
        settings->size = settings->size ? settings->size * 2 : 32;
        settings->items = ht_realloc(settings->items, settings->size * sizeof *settings->items);
    }
    setting.text = copy_text(arena, &setting);
    setting.flag = ht_arena_text(arena, ht_span_str(setting.flag ? setting.flag : "default"));
    settings->items[settings->count++] = setting;
}

void ht_settings_add(struct ht_config *config, struct ht_setting setting)
{
    append(&config->group->settings, config->memory->arena, setting);
}

void ht_settings_put(struct ht_config *config, struct ht_setting setting)
{
    drop(&config->group->settings, setting.option, setting.type);
    ht_settings_add(config, setting);
}

void ht_settings_drop(struct ht_config *config, const char *option)
{
    struct ht_settings *settings = &config->group->settings;
    size_t kept = 0;
    for (size_t i = 0; i < settings->count; i++)
        if (strcmp(settings->items[i].option, option) != 0)
            settings->items[kept++] = settings->items[i];
    settings->count = kept;
}

void ht_settings_take(struct ht_config *config, const char *option)
{
    drop(&config->group->settings, option, HT_SETTING_TEXT);
}

void ht_settings_unset(struct ht_config *config, const char *option, const char *symbol)
{
    struct ht_settings *settings = &config->group->settings;
    size_t kept = 0;
    for (size_t i = 0; i < settings->count; i++)
        if (strcmp(settings->items[i].option, option) != 0 || strcmp(settings->items[i].text, symbol) != 0)
            settings->items[kept++] = settings->items[i];
    settings->count = kept;
}

const struct ht_setting *ht_settings_find(const struct ht_settings *settings, const char *option)
{
    for (size_t i = settings->count; i-- > 0;)
        if (strcmp(settings->items[i].option, option) == 0)
            return &settings->items[i];
    return NULL;
}

bool ht_settings_is(const struct ht_settings *settings, const char *option, int64_t number)
{
    const struct ht_setting *setting = ht_settings_find(settings, option);
    return setting && setting->number == number;
}

void ht_settings_defaults(struct ht_group *group, struct ht_arena *arena)
{
    for (size_t i = 0; i < sizeof defaults / sizeof *defaults; i++)
        append(&group->settings, arena, defaults[i]);
}

void ht_settings_default_agent(struct ht_group *group, struct ht_arena *arena)
{
    drop(&group->settings, "USERAGENT", HT_SETTING_TEXT);
    append(&group->settings, arena,
           (struct ht_setting){.option = "USERAGENT",
                               .type = HT_SETTING_TEXT,
                               .text = ht_arena_printf(arena, "curl/%s", ht_fetch_version())});
}
