/* SPDX-License-Identifier: MIT */
/* Constants of libcurl by their names, for settings that name one. */
#ifndef HT_FETCH_SYMBOLS_H
#define HT_FETCH_SYMBOLS_H

#include <stdbool.h>
#include <stddef.h>

struct ht_symbol {
    const char *name;
    long value;
};

/* Rows in strcmp order. */
const struct ht_symbol *ht_symbols(size_t *count);
/* False where the libcurl this was built with has no such constant. */
bool ht_symbol_find(const char *name, long *value);

#endif
