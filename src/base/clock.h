/* SPDX-License-Identifier: MIT */
/* Time: the monotonic clock of a run, and how times and sizes are written. */
#ifndef HT_BASE_CLOCK_H
#define HT_BASE_CLOCK_H

#include "base/sink.h"

/* CLOCK_MONOTONIC in microseconds, from an arbitrary start. Safe from any thread. */
int64_t ht_clock_us(void);
/* CLOCK_REALTIME in microseconds since the Epoch. */
int64_t ht_clock_wall_us(void);

/* "12.345": milliseconds with three decimals. */
void ht_sink_ms(struct ht_sink *sink, int64_t us);
/* "0.012345": seconds with six decimals. */
void ht_sink_seconds(struct ht_sink *sink, int64_t us);
/* For people: "850 µs" as "0.9 ms", "12.1 ms", "10.0 s", "2 min 5 s". */
void ht_sink_duration(struct ht_sink *sink, int64_t us);
/* For people: "512 bytes", "1.2 KiB", "10.0 MiB". */
void ht_sink_size(struct ht_sink *sink, int64_t bytes);
/* RFC 3339 in UTC: "2026-11-20T21:00:00.123456Z"; `fraction` false leaves the microseconds out. */
void ht_sink_rfc3339(struct ht_sink *sink, int64_t wall_us, bool fraction);

#endif
