/* SPDX-License-Identifier: MIT */
/* Transfers between two attempts (--retry): they wait outside libcurl until their time comes. */
#ifndef HT_TAP_WAITING_H
#define HT_TAP_WAITING_H

#include "tap/transfer.h"

struct ht_waiting {
    struct ht_tap_transfer *first;
    size_t count;
};

/* Until `due_us`. The transfer is in no other list. */
void ht_waiting_add(struct ht_waiting *waiting, struct ht_tap_transfer *transfer, int64_t due_us);
/* One whose time has come at `now_us`, no longer in the list; NULL: there is none. */
struct ht_tap_transfer *ht_waiting_take(struct ht_waiting *waiting, int64_t now_us);
/* How long until the first is due, 0 at least and `most_us` at most. */
int64_t ht_waiting_left_us(const struct ht_waiting *waiting, int64_t now_us, int64_t most_us);

#endif
