/* SPDX-License-Identifier: MIT */
/* Emission: takes raw events as they happen, gives them to the run's sink in order. */
#include "tap/run.h"

int64_t ht_tap_now(const struct ht_tap *tap)
{
    return ht_clock_us() - tap->start_us;
}

struct ht_raw ht_tap_raw(const struct ht_tap *tap, enum ht_raw_kind kind)
{
    int64_t now = ht_tap_now(tap);
    return (struct ht_raw){.kind = kind, .t_us = now, .t_last_us = now, .socket = -1, .transfer = -1};
}

void ht_tap_emit(struct ht_tap *tap, struct ht_raw *raw)
{
    if (atomic_load_explicit(&tap->has_lookups, memory_order_acquire))
        ht_tap_flush_lookups(tap);
    if (raw->t_last_us < raw->t_us)
        raw->t_last_us = raw->t_us;
    tap->last_us = raw->t_last_us;
    tap->sink.take(tap->sink.ctx, raw);
}

void ht_tap_emit_bytes(struct ht_tap *tap, const struct ht_tap_socket *socket, uint8_t level, enum ht_dir dir,
                       struct ht_span bytes)
{
    struct ht_raw raw = ht_tap_raw(tap, HT_RAW_BYTES);
    raw.socket = socket->id;
    raw.level = level;
    raw.dir = dir;
    raw.bytes = bytes;
    ht_tap_emit(tap, &raw);
}
