/* SPDX-License-Identifier: MIT */
/* Numbers to names: sorted data tables, one per registry. */
#ifndef HT_BASE_NAMES_H
#define HT_BASE_NAMES_H

#include <stddef.h>
#include <stdint.h>

struct ht_name {
    uint32_t number;
    const char *name;
};

/* Rows in ascending order of number, each number once; a test holds every table against that. */
struct ht_name_table {
    const struct ht_name *rows;
    size_t count;
};

#define HT_NAME_TABLE(rows)                                                                                  \
    {                                                                                                        \
        (rows), sizeof(rows) / sizeof *(rows)                                                                \
    }

/* The name, or NULL where the table has none. */
const char *ht_name_of(const struct ht_name_table *table, uint32_t number);

#endif
