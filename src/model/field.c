/* SPDX-License-Identifier: MIT */
/* The field tree: takes names and values, appends them to a tree in an arena. */
#include "model/model.h"

static struct ht_field *append(struct ht_arena *arena, struct ht_field *parent, const char *name,
                               enum ht_field_type type)
{
    struct ht_field *field = ht_arena_alloc(arena, sizeof *field);
    field->name = name;
    field->type = type;
    if (!parent)
        return field;
    if (parent->value.children.last)
        parent->value.children.last->next = field;
    else
        parent->value.children.first = field;
    parent->value.children.last = field;
    parent->value.children.count++;
    return field;
}

struct ht_field *ht_field_map(struct ht_arena *arena, struct ht_field *parent, const char *name)
{
    return append(arena, parent, name, HT_FIELD_MAP);
}

struct ht_field *ht_field_list(struct ht_arena *arena, struct ht_field *parent, const char *name)
{
    return append(arena, parent, name, HT_FIELD_LIST);
}

struct ht_field *ht_field_uint(struct ht_arena *arena, struct ht_field *parent, const char *name,
                               uint64_t value)
{
    struct ht_field *field = append(arena, parent, name, HT_FIELD_UINT);
    field->value.number = value;
    return field;
}

struct ht_field *ht_field_bool(struct ht_arena *arena, struct ht_field *parent, const char *name, bool value)
{
    struct ht_field *field = append(arena, parent, name, HT_FIELD_BOOL);
    field->value.number = value;
    return field;
}

struct ht_field *ht_field_named(struct ht_arena *arena, struct ht_field *parent, const char *name,
                                uint64_t value, const char *label)
{
    struct ht_field *field = append(arena, parent, name, HT_FIELD_NAMED);
    field->value.number = value;
    field->label = label;
    return field;
}

struct ht_field *ht_field_text(struct ht_arena *arena, struct ht_field *parent, const char *name,
                               struct ht_span text)
{
    struct ht_field *field = append(arena, parent, name, HT_FIELD_TEXT);
    field->value.bytes = ht_arena_dup(arena, text);
    return field;
}

struct ht_field *ht_field_bytes(struct ht_arena *arena, struct ht_field *parent, const char *name,
                                struct ht_span bytes)
{
    struct ht_field *field = append(arena, parent, name, HT_FIELD_BYTES);
    field->value.bytes = ht_arena_dup(arena, bytes);
    return field;
}

const struct ht_field *ht_field_find(const struct ht_field *map, const char *name)
{
    if (!map || map->type != HT_FIELD_MAP)
        return NULL;
    for (const struct ht_field *f = map->value.children.first; f; f = f->next) {
        if (f->name && strcmp(f->name, name) == 0)
            return f;
    }
    return NULL;
}
