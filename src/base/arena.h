/* SPDX-License-Identifier: MIT */
/* Arenas: memory that dies together, one per connection and one per exchange. */
#ifndef HT_BASE_ARENA_H
#define HT_BASE_ARENA_H

#include <httptrace/span.h>

struct ht_arena;

/*
 * Allocation never gives NULL: where the system has no memory left, the process ends with one line on stderr.
 * Growth from the wire is bounded by the caps in <httptrace/caps.h>, which are checked before anything is
 * appended.
 */
struct ht_arena *ht_arena_new(void);
/* The same; what it hands out is counted in `*total` as well, until it is freed. `total` outlives it, and may
 * be many arenas'. */
struct ht_arena *ht_arena_new_of(size_t *total);
void ht_arena_free(struct ht_arena *arena); /* NULL is allowed */

/* `size` zeroed bytes, aligned for any type; never NULL, for size 0 as well. */
void *ht_arena_alloc(struct ht_arena *arena, size_t size);
/* A copy; the empty span stays empty. */
struct ht_span ht_arena_dup(struct ht_arena *arena, struct ht_span bytes);
/* A NUL-terminated copy. */
char *ht_arena_text(struct ht_arena *arena, struct ht_span bytes);
char *ht_arena_printf(struct ht_arena *arena, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Bytes handed out so far. */
size_t ht_arena_used(const struct ht_arena *arena);
/* What all arenas that share its total have handed out; where there is none, this one alone. */
size_t ht_arena_total(const struct ht_arena *arena);

/* malloc and realloc that end the process instead of giving NULL; for what no arena owns. */
void *ht_malloc(size_t size);
void *ht_realloc(void *old, size_t size);
char *ht_strdup(const char *text);

#endif
