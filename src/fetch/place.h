/* SPDX-License-Identifier: MIT */
/* Where an answer's body goes, by -o, -O, -J and what else says so. The file is opened with its first byte: a
 * transfer that fails before leaves none. */
#ifndef HT_FETCH_PLACE_H
#define HT_FETCH_PLACE_H

#include "base/output.h"

#include <curl/curl.h>
#include <httptrace/job.h>
#include <httptrace/span.h>

struct ht_place {
    const struct ht_output_rules *rules; /* borrowed */
    struct ht_output output;
    char *path;          /* "-": standard output; NULL: the body is discarded */
    bool named, appends; /* the answer named it; what is there already stays */
    bool opened, failed;
    bool guarded;          /* a terminal that gets no binary bytes */
    int64_t written_bytes; /* to such a one */
    struct ht_error error; /* of opening it */
};

/* HT_ERR_IO where there is no name to be had (-O of a URL that names no file). */
HT_MUST_USE enum ht_status ht_place_begin(struct ht_place *place, const struct ht_job *job,
                                          struct ht_error *error);
/* -J: the answer's own name, before anything was written. Takes it over. */
void ht_place_name(struct ht_place *place, char *name);
/* -C: what comes goes behind what is there. Opened at once, as the curl tool does. */
HT_MUST_USE enum ht_status ht_place_resume(struct ht_place *place, struct ht_error *error);
/* False once it cannot be written any more. */
bool ht_place_write(struct ht_place *place, const void *bytes, size_t len);
/* The attempt is over and another one follows: what came of the body is taken back, where it is a file. */
void ht_place_discard(struct ht_place *place);
/* Whether the body cannot be written (any more), and how that is told. */
bool ht_place_trouble(const struct ht_place *place, struct ht_error *error);
/* The transfer ended with `code`. A success without a body makes an empty file. */
HT_MUST_USE enum ht_status ht_place_close(struct ht_place *place, CURL *easy, CURLcode code,
                                          struct ht_error *error);

void ht_place_clear(struct ht_place *place);

#endif
