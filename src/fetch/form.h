/* SPDX-License-Identifier: MIT */
/* Forms: parts of a multipart/form-data body as libcurl's MIME structure. */
#ifndef HT_FETCH_FORM_H
#define HT_FETCH_FORM_H

#include "base/error.h"

#include <curl/curl.h>
#include <httptrace/job.h>

struct ht_form_source;

/* One easy handle's own: files are read while they are sent, and from their start whenever libcurl begins
 * anew. */
struct ht_form_body {
    curl_mime *mime;
    struct ht_form_source *sources; /* where its parts of standard input are */
};

/*
 * Sets `parts` (NULL: none) as the body of a POST. HT_ERR_USAGE where a file cannot be read (exit code 26) or
 * libcurl knows no such encoder (43). `body` is to be cleared once the easy handle is gone, after a failure
 * too.
 */
HT_MUST_USE enum ht_status ht_form_body_set(struct ht_form_body *body, CURL *easy,
                                            const struct ht_form_part *parts, struct ht_error *error);
void ht_form_body_clear(struct ht_form_body *body);

#endif
