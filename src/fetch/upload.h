/* SPDX-License-Identifier: MIT */
/* Uploads (-T): a file or standard input as the body of a request. */
#ifndef HT_FETCH_UPLOAD_H
#define HT_FETCH_UPLOAD_H

#include "base/error.h"

#include <curl/curl.h>
#include <httptrace/job.h>

/* Stays where it is from `set` to `clear`: libcurl's callbacks point to it. */
struct ht_upload {
    CURL *easy;
    int fd;       /* -1: not open, or there is nothing to upload */
    bool is_own;  /* it is closed here */
    bool resumes; /* libcurl may skip what comes first by reading it, and then knows no pause */
    bool waits;   /* standard input had nothing yet, and libcurl was told to pause */
};

/* Makes the request an upload where the job has one (job->upload neither NULL nor ""). Opens nothing. */
void ht_upload_set(struct ht_upload *upload, CURL *easy, const struct ht_job *job);
/* Opens what is to be uploaded and tells libcurl its size, where it has one. HT_ERR_IO, exit code 26, where
 * it cannot be opened. */
HT_MUST_USE enum ht_status ht_upload_open(struct ht_upload *upload, const struct ht_job *job,
                                          struct ht_error *error);
/* The descriptor to be polled for input while libcurl pauses; -1: none. */
int ht_upload_waits_for(const struct ht_upload *upload);
/* Ends the pause where its descriptor has something, or has ended. Not from within a callback of libcurl. */
void ht_upload_turn(struct ht_upload *upload);
void ht_upload_close(struct ht_upload *upload);

/* Whether there is something to upload, and whether it comes from standard input: "-", or "." which in the
 * curl tool is the same without waiting. Here none of the two ever waits in the way of other transfers. */
bool ht_upload_is_given(const struct ht_job *job);
bool ht_upload_is_stdin(const struct ht_job *job);

#endif
