/* SPDX-License-Identifier: MIT */
/* The tracer: takes raw events one by one, feeds the decoders, assembles the trace, tells observers. */
#ifndef HT_TRACE_TRACER_H
#define HT_TRACE_TRACER_H

#include <httptrace/observer.h>

struct ht_tracer;

/* `observers` is a linked list that outlives the tracer; NULL for none. */
struct ht_tracer *ht_tracer_new(struct ht_observer *observers);
void ht_tracer_free(struct ht_tracer *tracer);

/* From here on the first HT_CAP_BODY bytes of every body are kept, both ways; without it HT_CAP_BODY_HEAD of
 * responses. */
void ht_tracer_keep_bodies(struct ht_tracer *tracer);

/* Nobody is shown an event: what is made of HTTP's for that alone is left out, which are their summaries and
 * the fields of messages. What is told of a transfer, its findings included, stays the same. */
void ht_tracer_be_brief(struct ht_tracer *tracer);

/* Takes one raw event, bytes or unit alike. Never fails: what makes no sense is left out. */
void ht_tracer_take(struct ht_tracer *tracer, const struct ht_raw *raw);
/* The same as a sink. */
struct ht_raw_sink ht_tracer_sink(struct ht_tracer *tracer);

/* The trace so far; valid until the tracer is freed. */
const struct ht_trace *ht_tracer_trace(const struct ht_tracer *tracer);

#endif
