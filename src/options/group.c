/* SPDX-License-Identifier: MIT */
/* Groups: takes what options say between two --next, keeps it, pairs URLs with their -o and -T. */
#include "options/group.h"

#include "options/config.h"

#include <stdlib.h>

struct ht_group *ht_group_new(struct ht_arena *arena)
{
    struct ht_group *group = ht_malloc(sizeof *group);
    *group = (struct ht_group){
        .body = ht_sink(0), .cookies = ht_sink(0), .query = ht_sink(0), .form = ht_form(arena, NULL)};
    group->operation.output.styled = true;
    ht_settings_defaults(group, arena);
    return group;
}

void ht_groups_free(struct ht_group *group)
{
    while (group) {
        struct ht_group *next = group->next;
        free(group->settings.items);
        ht_sink_free(&group->body);
        ht_form_free(&group->form);
        ht_sink_free(&group->cookies);
        ht_sink_free(&group->query);
        free(group);
        group = next;
    }
}

static bool has_part(const struct ht_target *target, enum ht_target_part part)
{
    switch (part) {
    case HT_TARGET_URL:
        return target->url != NULL;
    case HT_TARGET_OUTPUT:
        return target->has_output;
    case HT_TARGET_UPLOAD:
        return target->upload != NULL;
    case HT_TARGET_PARTS:
        break;
    }
    return false;
}

struct ht_target *ht_group_target(struct ht_group *group, struct ht_arena *arena, enum ht_target_part part)
{
    struct ht_target *filled = group->filled[part];
    struct ht_target **at = filled ? &filled->next : &group->targets;
    for (; *at && has_part(*at, part); at = &(*at)->next)
        group->filled[part] = *at;
    if (*at == NULL)
        *at = ht_arena_alloc(arena, sizeof **at);
    return *at;
}

size_t ht_group_urls(const struct ht_group *group)
{
    size_t count = 0;
    for (const struct ht_target *at = group->targets; at; at = at->next)
        count += at->url != NULL;
    return count;
}
