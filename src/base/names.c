/* SPDX-License-Identifier: MIT */
/* Numbers to names: takes a table and a number, gives the name by binary search. */
#include "base/names.h"

const char *ht_name_of(const struct ht_name_table *table, uint32_t number)
{
    size_t low = 0, high = table->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (table->rows[middle].number < number)
            low = middle + 1;
        else
            high = middle;
    }
    return low < table->count && table->rows[low].number == number ? table->rows[low].name : NULL;
}
