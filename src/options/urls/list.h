/* SPDX-License-Identifier: MIT */
/* Lists of URLs, a line each, read as they are needed: from a file, or from a pipe that is still being
 * written. */
#ifndef HT_CLI_URL_LIST_H
#define HT_CLI_URL_LIST_H

#include "base/error.h"
#include "base/sink.h"

#include <httptrace/job.h>

struct ht_url_list {
    const char *name; /* of the file, or "-"; borrowed */
    int fd;           /* -1: not open */
    bool ended;
    struct ht_sink text; /* read and not yet given from `at` on */
    size_t at;
    int64_t line; /* the last one given, from 1 */
};

/* Exit code 26 where it cannot be opened. */
HT_MUST_USE enum ht_status ht_url_list_open(struct ht_url_list *list, const char *name,
                                            struct ht_error *error);
/*
 * HT_JOB_READY and the next line in *url (valid until the next call) without its white space around it; empty
 * lines and those that begin with # are left out. HT_JOB_LATER where nothing is there to read yet, HT_JOB_END
 * after the last one, HT_JOB_FAILED for a line over HT_URL_LIST_LINE bytes, or with a NUL in it, or where
 * reading fails.
 */
#define HT_URL_LIST_LINE ((size_t)1024 * 1024)
enum ht_job_state ht_url_list_next(struct ht_url_list *list, const char **url, struct ht_error *error);
void ht_url_list_close(struct ht_url_list *list);

#endif
