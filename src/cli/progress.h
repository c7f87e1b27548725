/* SPDX-License-Identifier: MIT */
/* Progress of a run of several URLs: an observer that counts them, and one line on a terminal that tells. */
#ifndef HT_CLI_PROGRESS_H
#define HT_CLI_PROGRESS_H

#include "base/sink.h"

#include <httptrace/observer.h>

#include <stdio.h>

struct ht_progress_counts {
    int64_t total; /* URLs in all; -1: nobody knows */
    int64_t started, done, interrupted, findings;
    int64_t failed; /* of those done */
    int64_t elapsed_us;
};

/* Appends "12 of 100 done, 1 failed, 3 findings, 6.0/s, 15 s left", without what does not fit into `width`
 * columns. */
void ht_progress_write(struct ht_sink *out, const struct ht_progress_counts *counts, size_t width);
/* Appends what became of an interrupted run: "12 done, 1 failed, 2 interrupted, 87 not started". */
void ht_progress_summary(struct ht_sink *out, const struct ht_progress_counts *counts);

/*
 * `stream`: a terminal of so many columns, or NULL to count alone. The observer has to hear of a transfer's
 * end after the one that has the rules judge it. Whoever writes to the terminal erases the line before; it is
 * back within a fifth of a second.
 */
struct ht_progress;
struct ht_progress *ht_progress_new(FILE *stream, size_t width, int64_t total);
struct ht_observer *ht_progress_observer(struct ht_progress *progress);
const struct ht_progress_counts *ht_progress_counts(const struct ht_progress *progress);
/* These take NULL as well. */
void ht_progress_erase(struct ht_progress *progress);
void ht_progress_free(struct ht_progress *progress);

#endif
