/* SPDX-License-Identifier: MIT */
/* --trace and --trace-ascii: all that libcurl's debug callback shows, in a file, as the curl tool writes it;
 * and the lines of its -v. */
#ifndef HT_FETCH_DUMP_H
#define HT_FETCH_DUMP_H

#include "base/error.h"

#include <curl/curl.h>
#include <httptrace/job.h>
#include <httptrace/span.h>

#include <stdio.h>

/* Of one run. Zero-initialised writes nothing. Nothing in it is masked: what was sent and received is what it
 * is for. */
struct ht_dump {
    const struct ht_dump_rules *rules; /* NULL: none */
    FILE *file;                        /* opened for the first that is to be written */
    bool owns_file;
    bool body_seen;     /* the body is on a terminal: lines need not tell of it */
    bool midline, told; /* lines: the last has no end yet; told of data, which once is enough */
};

/*
 * After curl_global_init() and before any transfer; `rules` (NULL is allowed) outlive the dump. Opens
 * nothing. HT_ERR_USAGE where this libcurl has no trace components or no identifiers.
 */
HT_MUST_USE enum ht_status ht_dump_init(struct ht_dump *dump, const struct ht_dump_rules *rules,
                                        struct ht_error *error);
/* Whether anything is to be written. */
bool ht_dump_is_on(const struct ht_dump *dump);
/* What the debug callback was given. A file that cannot be made leads to standard error, and a line says so.
 */
void ht_dump_take(struct ht_dump *dump, CURL *easy, curl_infotype type, struct ht_span bytes);
void ht_dump_close(struct ht_dump *dump);

#endif
