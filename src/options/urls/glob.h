/* SPDX-License-Identifier: MIT */
/*
 * URL globbing as the curl tool has it: {one,two,three}, [1-100], [001-100:10], [a-z]. The combinations are
 * made one by one, the last pattern changing fastest.
 */
#ifndef HT_CLI_GLOB_H
#define HT_CLI_GLOB_H

#include "base/arena.h"
#include "base/error.h"
#include "base/sink.h"

#include <stdbool.h>
#include <stdint.h>

#define HT_GLOB_PARTS 100 /* patterns and the texts between them */

/* One pattern, or the text between two. `at` is the combination's present choice of `count`. */
struct ht_glob_part {
    enum { HT_GLOB_TEXT, HT_GLOB_SET, HT_GLOB_LETTERS, HT_GLOB_NUMBERS } kind;
    const char **items; /* TEXT (one), SET */
    uint64_t least, step;
    int width; /* of a number with leading zeros */
    uint64_t count, at;
};

struct ht_glob {
    struct ht_glob_part parts[HT_GLOB_PARTS];
    size_t part_count;
    uint64_t combinations;
    size_t failed_at; /* the column, from 1, where the pattern could not be read */
};

/* Texts are in the arena. HT_ERR_USAGE with exit code 3 says what is wrong at which column. */
HT_MUST_USE enum ht_status ht_glob_parse(struct ht_arena *arena, const char *pattern, struct ht_glob *out,
                                         struct ht_error *error);

/* Appends the present combination. */
void ht_glob_write(const struct ht_glob *glob, struct ht_sink *out);
/* Goes to the next combination; false where it was the last one, and then the first one is back. */
bool ht_glob_next(struct ht_glob *glob);
/* Appends `text` with each #N that names a pattern replaced by its present value. */
void ht_glob_fill(const struct ht_glob *glob, const char *text, struct ht_sink *out);

#endif
