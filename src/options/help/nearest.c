/* SPDX-License-Identifier: MIT */
/* The nearest option: takes a name nobody knows, gives the documented one at the least edit distance. */
#include "base/nearest.h"
#include "options/table.h"

const char *ht_option_nearest(const char *name)
{
    struct ht_nearest nearest = ht_nearest(name);
    size_t count;
    const struct ht_option *const *rows = ht_option_rows(&count);
    for (size_t i = 0; i < count; i++)
        ht_nearest_offer(&nearest, ht_option_spelling(rows[i]));
    return nearest.found;
}
