/* SPDX-License-Identifier: MIT */
/* What tests of the tracer look at. */
#ifndef HT_TESTS_TRACE_LOOK_H
#define HT_TESTS_TRACE_LOOK_H

#include "model/model.h"

/* Events of that kind in the transfer's timeline. */
size_t look_count(const struct ht_transfer *t, const char *kind);
/* One of them, from 0 on; NULL where there are fewer. */
const struct ht_event *look_event(const struct ht_transfer *t, const char *kind, size_t nth);
/* It is there, and in that phase. */
void look_phase(const struct ht_transfer *t, const char *kind, size_t nth, enum ht_phase phase);
/* Phases are contiguous, and add up to the exchange's duration. */
void look_phases(const struct ht_exchange *x);
/* One letter per phase: ok, failed, reused, skipped, pending. */
void look_outcomes(const struct ht_exchange *x, const char *expected);
void look_span(struct ht_span span, const char *text);

#endif
