/* SPDX-License-Identifier: MIT */
/* The nearest option: takes a name nobody knows, gives the documented one at the least edit distance. */
#include "cli/table.h"

#include <string.h>

#define MAX_NAME 48u

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Damerau-Levenshtein distance with adjacent transpositions, over three rows. */
static size_t distance(const char *a, const char *b)
{
    size_t rows[3][MAX_NAME + 1], a_len = strlen(a), b_len = strlen(b);
    for (size_t j = 0; j <= b_len; j++)
        rows[0][j] = j;
    for (size_t i = 1; i <= a_len; i++) {
        size_t *now = rows[i % 3], *before = rows[(i + 2) % 3], *twice = rows[(i + 1) % 3];
        now[0] = i;
        for (size_t j = 1; j <= b_len; j++) {
            now[j] = least(least(before[j], now[j - 1]) + 1, before[j - 1] + (a[i - 1] != b[j - 1]));
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                now[j] = least(now[j], twice[j - 2] + 1);
        }
    }
    return rows[a_len % 3][b_len];
}

const char *ht_option_nearest(const char *name)
{
    size_t count, best = strlen(name) / 2 + 1;
    const struct ht_option *const *rows = ht_option_rows(&count);
    const char *found = NULL;
    if (best < 2 || best > MAX_NAME / 2)
        return NULL;
    for (size_t i = 0; i < count; i++) {
        const char *spelling = ht_option_spelling(rows[i]);
        size_t far = strlen(spelling) <= MAX_NAME ? distance(name, spelling) : best;
        if (far < best) {
            best = far;
            found = spelling;
        }
    }
    return found;
}
