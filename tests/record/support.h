/* SPDX-License-Identifier: MIT */
/* For the record's tests: a folder that goes away, files in it, and raw events that outlive their reader. */
#ifndef HT_TESTS_RECORD_SUPPORT_H
#define HT_TESTS_RECORD_SUPPORT_H

#include "unit.h"

#include "base/arena.h"
#include "record/record.h"

#include <stdio.h>

/* The events that a reader gave, with copies of their bytes. */
struct taken {
    struct ht_arena *arena;
    struct ht_raw *at;
    size_t count, size;
};

void taken_begin(struct taken *taken);
void taken_end(struct taken *taken);
struct ht_raw_sink taken_sink(struct taken *taken);

/* A new folder, and the path of a file in it: static, overwritten by the next call. */
void folder_begin(void);
const char *folder_file(const char *name);
/* How many entries it has. */
size_t folder_count(void);
/* Removes it with what is in it. */
void folder_end(void);

/* A whole file as the arena's text. */
struct ht_span file_bytes(struct ht_arena *arena, const char *path);
/* Feeds bytes as the file "x.rec". */
enum ht_status read_bytes(struct ht_span bytes, struct ht_raw_sink sink, struct ht_error *error);
/* The same for text, without a taker. */
enum ht_status read_text(const char *text, struct ht_error *error);

/* A raw event of that kind with nothing in it: every row at the value that is left out. */
struct ht_raw raw_empty(enum ht_raw_kind kind);
/* One with every member at an odd value, its bytes in the arena: `most` of them per span, 300 at most. */
struct ht_raw raw_random(struct ht_arena *arena, enum ht_raw_kind kind, size_t most);
/* Fails the test where one member differs, and names it. */
void assert_raw_equal(const struct ht_raw *a, const struct ht_raw *b);

/* Writes the events as a record, which must succeed. */
void write_record(const char *path, const struct ht_raw *raws, size_t count);

uint32_t random_u32(void);

#endif
