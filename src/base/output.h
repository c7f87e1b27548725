/* SPDX-License-Identifier: MIT */
/* Where a response body or a report goes: nowhere, to standard output, or to a file that is there whole or
 * not at all. */
#ifndef HT_BASE_OUTPUT_H
#define HT_BASE_OUTPUT_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ht_output {
    const char *name; /* for messages; NULL: discard */
    char *path;       /* what the temporary file becomes; NULL: none is to be renamed */
    char *temporary;
    int fd;
    int error;     /* errno of the first write that failed */
    int64_t begin; /* where in the file the first byte went */
};

/* `name` NULL discards, as does the null device without a call for each write; "-" is standard output. Files
 * that are no regular ones are written in place. */
HT_MUST_USE enum ht_status ht_output_open(struct ht_output *out, const char *name, struct ht_error *error);
/* The same, but what comes goes behind what a file already holds (-C), in place. */
HT_MUST_USE enum ht_status ht_output_append(struct ht_output *out, const char *name, struct ht_error *error);
/* The same for what is read while it grows: what a file holds is dropped, and it is written in place. */
HT_MUST_USE enum ht_status ht_output_truncate(struct ht_output *out, const char *name,
                                              struct ht_error *error);
/* The same for a file that must not be there yet, which is written in place; errno says why it failed. */
HT_MUST_USE enum ht_status ht_output_create(struct ht_output *out, const char *name, struct ht_error *error);
/* Whether that is a named pipe. */
bool ht_output_is_pipe(const char *name);
/* Opens one, where a reader may still come for so long; a signal ends the wait. */
HT_MUST_USE enum ht_status ht_output_open_pipe(struct ht_output *out, const char *name, int patience_ms,
                                               struct ht_error *error);
/* The file that is to appear is its owner's alone, whatever a file of that name was before. */
void ht_output_make_private(struct ht_output *out);
/* False once a write failed. */
bool ht_output_write(struct ht_output *out, const void *bytes, size_t len);
/* Takes back what was written, where that is a regular file; elsewhere it stays. */
void ht_output_discard(struct ht_output *out);
/* Whether a write has failed, and which error that will be at the end. */
bool ht_output_trouble(const struct ht_output *out, struct ht_error *error);
/* `keep` false, or an earlier failure, removes what was written. HT_ERR_IO where a write or the end failed.
 */
HT_MUST_USE enum ht_status ht_output_close(struct ht_output *out, bool keep, struct ht_error *error);

/* Makes the directories that lead to `path`. */
HT_MUST_USE enum ht_status ht_output_make_directories(const char *path, struct ht_error *error);

#endif
