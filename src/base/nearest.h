/* SPDX-License-Identifier: MIT */
/* The nearest of many names to one that nobody knows, for an error message. */
#ifndef HT_BASE_NEAREST_H
#define HT_BASE_NEAREST_H

#include <stddef.h>

/* Candidates are offered one by one; `found` is the nearest so far, borrowed, or NULL where none is near. */
struct ht_nearest {
    const char *name, *found;
    size_t best;
};

struct ht_nearest ht_nearest(const char *name);
void ht_nearest_offer(struct ht_nearest *nearest, const char *candidate);

#endif
