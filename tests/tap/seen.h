/* SPDX-License-Identifier: MIT */
/* A sink that keeps what the tests ask for of every raw event. */
#ifndef HT_TESTS_TAP_SEEN_H
#define HT_TESTS_TAP_SEEN_H

#include "tap/tap.h"

#define SEEN_MAX 512

/* A copy of an event whose spans are cut off; `text` has the beginning of the one that matters. */
struct seen_event {
    struct ht_raw raw;
    size_t len;
    char text[256];
};

struct seen {
    struct seen_event at[SEEN_MAX];
    size_t count;
};

void seen_take(void *ctx, const struct ht_raw *raw);
/* The n-th event of this kind, or NULL. */
const struct seen_event *seen_nth(const struct seen *seen, enum ht_raw_kind kind, size_t n);
size_t seen_count(const struct seen *seen, enum ht_raw_kind kind);
/* Index of the first event of this kind, or SEEN_MAX. */
size_t seen_index(const struct seen *seen, enum ht_raw_kind kind);
/* All bytes of one level and direction, up to 256 of each event, as text. */
void seen_bytes(const struct seen *seen, int level, enum ht_dir dir, char *out, size_t size);
/* The beginning of the first bytes of one level and direction, "" where there are none. */
const char *seen_first_bytes(const struct seen *seen, int level, enum ht_dir dir);
/* The first TCP_INFO of this point, or NULL. */
const struct seen_event *seen_sample(const struct seen *seen, enum ht_sample_point point);

/* Runs the jobs into `seen` and holds what is true of every run: RUN_START first, RUN_END last, ids in order,
 * one final CONNECT and one SOCKET_CLOSE per socket at most, every socket closed. */
enum ht_status seen_run(struct seen *seen, struct ht_tap_options options, int *code, struct ht_error *error);

#endif
