/* SPDX-License-Identifier: MIT */
/* Takes options as they were used, gives the command line of curl that asks for the same. */
#include "options/words/replay.h"

#include "base/shell.h"

#include <stdlib.h>
#include <string.h>

/* What curl calls by another name than we do. */
static const struct {
    const char *ours, *curls;
} renamed[] = {
    {"json-data", "json"},
};

/* What the options after it were made of: they stand in the command themselves. */
static const char *const resolved[] = {"config", "variable"};

static struct ht_replayed *append(struct ht_replay *replay)
{
    if (replay->count == replay->size) {
        replay->size = replay->size ? replay->size * 2 : 16;
        replay->items = ht_realloc(replay->items, replay->size * sizeof *replay->items);
    }
    return &replay->items[replay->count++];
}

static const char *keep(struct ht_arena *arena, const char *text)
{
    return text ? ht_arena_text(arena, ht_span_str(text)) : NULL;
}

static const char *renamed_to(const struct ht_option *row)
{
    for (size_t i = 0; i < sizeof renamed / sizeof *renamed; i++)
        if (strcmp(renamed[i].ours, row->name) == 0)
            return renamed[i].curls;
    return NULL;
}

static bool is_kept(const struct ht_option *row)
{
    for (size_t i = 0; i < sizeof resolved / sizeof *resolved; i++)
        if (strcmp(resolved[i], row->name) == 0)
            return false;
    return !(row->flags & HT_OPTION_OURS) || renamed_to(row);
}

void ht_replay_option(struct ht_replay *replay, struct ht_arena *arena, const struct ht_option_use *use)
{
    if (!is_kept(use->row))
        return;
    bool short_form = use->flag[0] == '-' && use->flag[1] && use->flag[1] != '-' && !use->flag[2];
    *append(replay) = (struct ht_replayed){
        .row = use->row, .value = keep(arena, use->value), .short_form = short_form, .on = use->on};
}

void ht_replay_url(struct ht_replay *replay, struct ht_arena *arena, const char *url)
{
    *append(replay) = (struct ht_replayed){.value = keep(arena, url), .on = true};
}

void ht_replay_clear(struct ht_replay *replay)
{
    free(replay->items);
    *replay = (struct ht_replay){0};
}

static void add(struct ht_shell_command *command, const struct ht_replayed *item)
{
    char letter[3] = {'-', item->row ? item->row->letter : '\0', '\0'};
    struct ht_sink flag = ht_sink(0);
    if (!item->row) /* a URL that looks like an option stood behind a "--" */
        ht_sink_puts(&flag, item->value[0] == '-' ? "--url" : "");
    else if (item->short_form && letter[1])
        ht_sink_puts(&flag, letter);
    else
        ht_sink_printf(&flag, "--%s%s", item->on ? "" : "no-",
                       renamed_to(item->row) ? renamed_to(item->row) : item->row->name);
    ht_shell_add(command, ht_sink_text(&flag), item->value);
    ht_sink_free(&flag);
}

void ht_replay_write(struct ht_sink *out, const struct ht_replay *replay, size_t width)
{
    struct ht_shell_command command = ht_shell_command("curl");
    for (size_t i = 0; i < replay->count; i++)
        add(&command, &replay->items[i]);
    ht_shell_end(&command, out, width);
}
