/* SPDX-License-Identifier: MIT */
/* Arenas: takes sizes, gives zeroed memory that lives until the arena is freed. */
#include "base/arena.h"

#include <stdalign.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#define FIRST_BLOCK   2048u
#define LARGEST_BLOCK 65536u

struct block {
    struct block *next;
    size_t size, used;
    alignas(max_align_t) unsigned char bytes[];
};

struct ht_arena {
    struct block *blocks;
    size_t used, *total;
};

void *ht_malloc(size_t size)
{
    return ht_realloc(NULL, size);
}

static _Noreturn void out_of_memory(void)
{
    fputs("httptrace: out of memory\n", stderr);
    exit(2);
}

void *ht_realloc(void *old, size_t size)
{
    void *memory = realloc(old, size ? size : 1);
    if (!memory)
        out_of_memory();
    return memory;
}

char *ht_strdup(const char *text)
{
    size_t size = strlen(text) + 1;
    return memcpy(ht_malloc(size), text, size);
}

static struct block *block_new(struct block *next, size_t size)
{
    struct block *block = ht_malloc(sizeof *block + size);
    block->next = next;
    block->size = size;
    block->used = 0;
    return block;
}

struct ht_arena *ht_arena_new(void)
{
    return ht_arena_new_of(NULL);
}

struct ht_arena *ht_arena_new_of(size_t *total)
{
    struct ht_arena *arena = ht_malloc(sizeof *arena);
    *arena = (struct ht_arena){.total = total};
    return arena;
}

void ht_arena_free(struct ht_arena *arena)
{
    if (!arena)
        return;
    while (arena->blocks) {
        struct block *next = arena->blocks->next;
        free(arena->blocks);
        arena->blocks = next;
    }
    if (arena->total)
        *arena->total -= arena->used;
    free(arena);
}

/* Blocks double, so that a small exchange stays small and a large one makes few calls. */
static struct block *block_for(struct ht_arena *arena, size_t size)
{
    struct block *block = arena->blocks;
    if (block && block->size - block->used >= size)
        return block;
    size_t grown = block ? block->size * 2 : FIRST_BLOCK;
    if (grown > LARGEST_BLOCK)
        grown = LARGEST_BLOCK;
    arena->blocks = block_new(block, size > grown ? size : grown);
    return arena->blocks;
}

void *ht_arena_alloc(struct ht_arena *arena, size_t size)
{
    const size_t align = alignof(max_align_t);
    if (size > PTRDIFF_MAX / 2) /* or rounding up would wrap */
        out_of_memory();
    size = (size + align - 1) / align * align;
    struct block *block = block_for(arena, size);
    void *memory = block->bytes + block->used;
    block->used += size;
    arena->used += size;
    if (arena->total)
        *arena->total += size;
    return memset(memory, 0, size);
}

struct ht_span ht_arena_dup(struct ht_arena *arena, struct ht_span bytes)
{
    if (bytes.len == 0)
        return (struct ht_span){0};
    return ht_span(memcpy(ht_arena_alloc(arena, bytes.len), bytes.data, bytes.len), bytes.len);
}

char *ht_arena_text(struct ht_arena *arena, struct ht_span bytes)
{
    char *text = ht_arena_alloc(arena, bytes.len + 1);
    if (bytes.len)
        memcpy(text, bytes.data, bytes.len);
    return text;
}

char *ht_arena_printf(struct ht_arena *arena, const char *format, ...)
{
    va_list args, again;
    char room[256]; /* enough for nearly all: they are printed once */
    va_start(args, format);
    va_copy(again, args);
    int len = vsnprintf(room, sizeof room, format, args);
    va_end(args);
    char *text = ht_arena_alloc(arena, (size_t)(len < 0 ? 0 : len) + 1);
    if (len >= (int)sizeof room)
        vsnprintf(text, (size_t)len + 1, format, again);
    else if (len > 0)
        memcpy(text, room, (size_t)len);
    va_end(again);
    return text;
}

size_t ht_arena_used(const struct ht_arena *arena)
{
    return arena->used;
}

size_t ht_arena_total(const struct ht_arena *arena)
{
    return arena->total ? *arena->total : arena->used;
}
