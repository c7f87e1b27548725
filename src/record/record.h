/* SPDX-License-Identifier: MIT */
/*
 * Record files: raw events as JSON Lines. The first line names the format, its version and that secrets are
 * inside; the last one tells how many events there are, so that a cut file is known as such.
 */
#ifndef HT_RECORD_RECORD_H
#define HT_RECORD_RECORD_H

#include "base/error.h"

#include <httptrace/raw.h>

#include <stdio.h>

struct ht_recorder;

/* Begins a record that will be at `path`, mode 0600. It is written beside it and appears whole at
 * ht_recorder_close. */
HT_MUST_USE enum ht_status ht_recorder_open(const char *path, struct ht_recorder **out,
                                            struct ht_error *error);
/* Takes one raw event; a write error is kept and told by ht_recorder_close. HT_RAW_BYTES is refused by
 * assertion. */
void ht_recorder_take(struct ht_recorder *recorder, const struct ht_raw *raw);
/* Ends the record and puts it in place, or removes what was written and tells why. Frees the recorder either
 * way. */
HT_MUST_USE enum ht_status ht_recorder_close(struct ht_recorder *recorder, struct ht_error *error);
/* Ends without a file. */
void ht_recorder_abandon(struct ht_recorder *recorder);

/* Feeds every event of the file at `path` ("-": standard input) to `sink`. A damaged or foreign file gives
 * HT_ERR_FORMAT with its line and what is wrong with it; events before that line were already given. */
HT_MUST_USE enum ht_status ht_record_read(const char *path, struct ht_raw_sink sink, struct ht_error *error);

/* The same for an open stream, which stays the caller's; `name` stands for it in errors. */
HT_MUST_USE enum ht_status ht_record_read_file(FILE *file, const char *name, struct ht_raw_sink sink,
                                               struct ht_error *error);

/* Whether the file at `path` holds more than one URL; what --retry repeated is one. False for what cannot be
 * read twice, and for what is no record. */
bool ht_record_is_of_several(const char *path);

#endif
