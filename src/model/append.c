/* SPDX-License-Identifier: MIT */
/* Growing the model: header fields and events, each up to its cap. */
#include "model/model.h"

void ht_headers_add(struct ht_arena *arena, struct ht_headers *headers, struct ht_span name,
                    struct ht_span value)
{
    if (headers->count >= HT_CAP_HEADERS) {
        headers->cut = true;
        return;
    }
    if (headers->count == headers->capacity) {
        size_t capacity = headers->capacity ? headers->capacity * 2 : 16;
        struct ht_header *grown = ht_arena_alloc(arena, capacity * sizeof *grown);
        if (headers->count)
            memcpy(grown, headers->at, headers->count * sizeof *grown);
        headers->at = grown;
        headers->capacity = capacity;
    }
    headers->at[headers->count++] = (struct ht_header){ht_arena_dup(arena, name), ht_arena_dup(arena, value)};
}

struct ht_event *ht_event_append(struct ht_arena *arena, struct ht_event_list *list)
{
    if (list->count >= HT_CAP_EVENTS) {
        list->dropped++;
        return NULL;
    }
    struct ht_event *event = ht_arena_alloc(arena, sizeof *event);
    if (list->last)
        list->last->next = event;
    else
        list->first = event;
    list->last = event;
    list->count++;
    return event;
}
