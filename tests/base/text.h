/* SPDX-License-Identifier: MIT */
/* For the base room's tests: what a writer of text writes, in one line. */
#ifndef HT_TESTS_BASE_TEXT_H
#define HT_TESTS_BASE_TEXT_H

#include "unit.h"

#include "base/sink.h"

#define LITERAL(text) ht_span("" text, sizeof(text) - 1)

/* Fails unless `call`, which writes to the sink named `out`, writes exactly `expected`. */
#define WRITES(expected, call)                                                                               \
    do {                                                                                                     \
        struct ht_sink out = ht_sink(0);                                                                     \
        call;                                                                                                \
        assert_string_equal(ht_sink_text(&out), expected);                                                   \
        ht_sink_free(&out);                                                                                  \
    } while (0)

#endif
