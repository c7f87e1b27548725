/* SPDX-License-Identifier: MIT */
/* Time: reads the clocks; takes microseconds and bytes, writes them for people and for JSON. */
#include "base/clock.h"

#include <inttypes.h>
#include <time.h>

static int64_t read_clock(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

int64_t ht_clock_us(void)
{
    return read_clock(CLOCK_MONOTONIC);
}

int64_t ht_clock_wall_us(void)
{
    return read_clock(CLOCK_REALTIME);
}

void ht_sink_ms(struct ht_sink *sink, int64_t us)
{
    const char *sign = us < 0 ? "-" : "";
    uint64_t value = us < 0 ? (uint64_t)0 - (uint64_t)us : (uint64_t)us;
    ht_sink_printf(sink, "%s%" PRIu64 ".%03" PRIu64, sign, value / 1000, value % 1000);
}

void ht_sink_seconds(struct ht_sink *sink, int64_t us)
{
    const char *sign = us < 0 ? "-" : "";
    uint64_t value = us < 0 ? (uint64_t)0 - (uint64_t)us : (uint64_t)us;
    ht_sink_printf(sink, "%s%" PRIu64 ".%06" PRIu64, sign, value / 1000000, value % 1000000);
}

/* `value` in units of `unit`, rounded half up in integers: in binary 0.85 is less than it looks. */
static void put_rounded(struct ht_sink *sink, uint64_t value, uint64_t unit, int decimals, const char *suffix)
{
    uint64_t scale = decimals == 2 ? 100 : 10, step = unit / scale;
    uint64_t rounded = (value + step / 2) / step;
    ht_sink_printf(sink, "%" PRIu64 ".%0*" PRIu64 " %s", rounded / scale, decimals, rounded % scale, suffix);
}

void ht_sink_duration(struct ht_sink *sink, int64_t us)
{
    uint64_t value = us < 0 ? (uint64_t)0 - (uint64_t)us : (uint64_t)us;
    if (us < 0)
        ht_sink_char(sink, '-');
    if (value < 999950)
        put_rounded(sink, value, 1000, 1, "ms");
    else if (value < 9995000)
        put_rounded(sink, value, 1000000, 2, "s");
    else if (value < 119950000)
        put_rounded(sink, value, 1000000, 1, "s");
    else {
        uint64_t seconds = (value + 500000) / 1000000;
        ht_sink_printf(sink, "%" PRIu64 " min %" PRIu64 " s", seconds / 60, seconds % 60);
    }
}

void ht_sink_size(struct ht_sink *sink, int64_t bytes)
{
    static const char *const units[] = {"KiB", "MiB", "GiB", "TiB"};
    double value = (double)bytes / 1024;
    size_t unit = 0;
    if (bytes < 1024) {
        ht_sink_printf(sink, bytes == 1 ? "%" PRId64 " byte" : "%" PRId64 " bytes", bytes);
        return;
    }
    for (; value >= 1023.95 && unit + 1 < sizeof units / sizeof *units; unit++)
        value /= 1024;
    ht_sink_printf(sink, "%.1f %s", value, units[unit]);
}

void ht_sink_rfc3339(struct ht_sink *sink, int64_t wall_us, bool fraction)
{
    int64_t micros = wall_us % 1000000, seconds = wall_us / 1000000;
    if (micros < 0) {
        micros += 1000000;
        seconds -= 1;
    }
    time_t when = (time_t)seconds;
    struct tm utc;
    char text[64];
    if (!gmtime_r(&when, &utc) || strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &utc) == 0) {
        ht_sink_puts(sink, "out-of-range");
        return;
    }
    ht_sink_puts(sink, text);
    if (fraction)
        ht_sink_printf(sink, ".%06" PRId64, micros);
    ht_sink_char(sink, 'Z');
}
