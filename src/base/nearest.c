/* SPDX-License-Identifier: MIT */
/* The nearest name: takes a name nobody knows and candidates, gives the one at the least edit distance. */
#include "base/nearest.h"

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

struct ht_nearest ht_nearest(const char *name)
{
    /* Half of the name may be wrong, no more; of one letter nothing is near. */
    return (struct ht_nearest){.name = name, .best = strlen(name) / 2 + 1};
}

void ht_nearest_offer(struct ht_nearest *nearest, const char *candidate)
{
    if (strlen(nearest->name) < 2 || strlen(nearest->name) > MAX_NAME || strlen(candidate) > MAX_NAME)
        return;
    size_t far = distance(nearest->name, candidate);
    if (far < nearest->best) {
        nearest->best = far;
        nearest->found = candidate;
    }
}
