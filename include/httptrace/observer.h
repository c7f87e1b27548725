/* SPDX-License-Identifier: MIT */
/* Observers: how reports and records hear of things as they happen, without anything below calling up. */
#ifndef HTTPTRACE_OBSERVER_H
#define HTTPTRACE_OBSERVER_H

#include <httptrace/trace.h>

/* Any member may be NULL. What is handed over belongs to the trace and dies with the call, the model
 * excepted. */
struct ht_observer {
    void *ctx;
    /* Every raw event in the form a record keeps: bytes already cut into units. */
    void (*raw)(void *ctx, const struct ht_raw *raw);
    /* A decoded event was added to the timeline. */
    void (*event)(void *ctx, const struct ht_trace *trace, const struct ht_event *event);
    /* A transfer is complete: all its exchanges are closed, nothing will be added. It is freed after the
     * call. */
    void (*transfer_end)(void *ctx, struct ht_trace *trace, struct ht_transfer *transfer);
    struct ht_observer *next;
};

#endif
