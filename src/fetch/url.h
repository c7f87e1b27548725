/* SPDX-License-Identifier: MIT */
/* A job's URL as libcurl gets it. */
#ifndef HT_FETCH_URL_H
#define HT_FETCH_URL_H

#include <httptrace/job.h>

/*
 * The job's URL with its operation's query appended to its own, and for an upload of a file with the file's
 * name where the path ends in a slash. NULL: as it was written, which is also what becomes of a URL that
 * libcurl cannot read: it says so itself. To be freed with curl_free().
 */
char *ht_fetch_url(const struct ht_job *job);

#endif
