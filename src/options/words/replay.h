/* SPDX-License-Identifier: MIT */
/* The command line once more: what was asked for, as a command for curl. */
#ifndef HT_CLI_REPLAY_H
#define HT_CLI_REPLAY_H

#include "base/arena.h"
#include "base/sink.h"
#include "options/table.h"

/* One option as it was used, from argv or from a file of options alike; without a row it is a URL alone. */
struct ht_replayed {
    const struct ht_option *row;
    const char *value; /* NULL: none */
    bool short_form;   /* spelled by its letter */
    bool on;
};

/* Zero-initialised is empty. Values are in the arena that they were kept in. */
struct ht_replay {
    struct ht_replayed *items;
    size_t count, size;
};

void ht_replay_option(struct ht_replay *replay, struct ht_arena *arena, const struct ht_option_use *use);
void ht_replay_url(struct ht_replay *replay, struct ht_arena *arena, const char *url);
void ht_replay_clear(struct ht_replay *replay);

/*
 * Writes the curl command and a newline: the options that curl has, in their order, by curl's names, quoted
 * for a shell. What is read from other files is named as the user named it; what came from files of options
 * (-K) stands in their place. Secrets are as they were given: the command is for pasting. Past `width`
 * columns each option has a line of its own; 0 keeps all on one line.
 */
void ht_replay_write(struct ht_sink *out, const struct ht_replay *replay, size_t width);

#endif
