/* SPDX-License-Identifier: MIT */
/* Waiting: takes transfers and when each is to be tried again, gives those whose time has come. */
#include "tap/waiting.h"

void ht_waiting_add(struct ht_waiting *waiting, struct ht_tap_transfer *transfer, int64_t due_us)
{
    struct ht_tap_transfer **at = &waiting->first;
    transfer->due_us = due_us;
    while (*at && (*at)->due_us <= due_us)
        at = &(*at)->next;
    transfer->next = *at;
    *at = transfer;
    waiting->count++;
}

struct ht_tap_transfer *ht_waiting_take(struct ht_waiting *waiting, int64_t now_us)
{
    struct ht_tap_transfer *first = waiting->first;
    if (first == NULL || first->due_us > now_us)
        return NULL;
    waiting->first = first->next;
    first->next = NULL;
    waiting->count--;
    return first;
}

int64_t ht_waiting_left_us(const struct ht_waiting *waiting, int64_t now_us, int64_t most_us)
{
    if (waiting->first == NULL || waiting->first->due_us - now_us >= most_us)
        return most_us;
    return waiting->first->due_us > now_us ? waiting->first->due_us - now_us : 0;
}
