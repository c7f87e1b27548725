/* SPDX-License-Identifier: MIT */
/* A progress bar (-#): one line on standard error that says how far a transfer is. */
#ifndef HT_FETCH_BAR_H
#define HT_FETCH_BAR_H

#include "base/sink.h"

#include <curl/curl.h>
#include <stdbool.h>
#include <stdint.h>

struct ht_bar {
    int64_t before_bytes; /* what a resumed file had already */
    int64_t moved_bytes;
    int64_t drawn_us; /* or begun; 0: not yet */
    size_t width;     /* of the line */
    unsigned steps;
    bool drawn;
};

/* Appends a line of `width` columns, 20 at least: signs and a percentage of `total`, or, where that is 0 and
 * nobody knows, something that is at another place with every step. */
void ht_bar_write(struct ht_sink *out, int64_t done, int64_t total, size_t width, unsigned step);

/* Has the transfer draw it. `bar` stays where it is as long as `easy`. */
void ht_bar_set(struct ht_bar *bar, CURL *easy);
/* Before anything else is written: goes to the next line, where something was drawn. */
void ht_bar_end(struct ht_bar *bar);

#endif
