/* SPDX-License-Identifier: MIT */
/* Takes a transfer that has ended, asserts what tests of the tracer look at most. */
#include "unit.h"

#include "trace/look.h"

#include <stdlib.h>

size_t look_count(const struct ht_transfer *t, const char *kind)
{
    size_t n = 0, found = 0;
    const struct ht_event **list = ht_transfer_timeline(t, &n);
    for (size_t i = 0; i < n; i++)
        found += strcmp(list[i]->kind, kind) == 0;
    free(list);
    return found;
}

/* Contiguous, and adding up to the exchange's duration. */
void look_phases(const struct ht_exchange *x)
{
    int64_t at = x->start_us;
    for (int p = 0; p < HT_PHASE_COUNT; p++) {
        assert_int_equal(x->phases[p].start_us, at);
        assert_true(x->phases[p].duration_us >= 0);
        at += x->phases[p].duration_us;
    }
    assert_int_equal(at, x->end_us);
}

void look_outcomes(const struct ht_exchange *x, const char *expected)
{
    static const char letters[] = "ofrsp"; /* ok, failed, reused, skipped, pending */
    char got[HT_PHASE_COUNT + 1] = {0};
    for (int p = 0; p < HT_PHASE_COUNT; p++)
        got[p] = letters[x->phases[p].outcome];
    assert_string_equal(got, expected);
}

void look_span(struct ht_span span, const char *text)
{
    assert_int_equal(span.len, strlen(text));
    assert_memory_equal(span.data, text, span.len);
}

const struct ht_event *look_event(const struct ht_transfer *t, const char *kind, size_t nth)
{
    size_t n = 0;
    const struct ht_event *found = NULL, **list = ht_transfer_timeline(t, &n);
    for (size_t i = 0; i < n && !found; i++) {
        if (strcmp(list[i]->kind, kind) == 0 && nth-- == 0)
            found = list[i];
    }
    free(list);
    return found;
}

void look_phase(const struct ht_transfer *t, const char *kind, size_t nth, enum ht_phase phase)
{
    const struct ht_event *event = look_event(t, kind, nth);
    if (!event)
        fail_msg("there is no event %s number %zu", kind, nth);
    else
        assert_string_equal(ht_phase_name(event->phase), ht_phase_name(phase));
}
