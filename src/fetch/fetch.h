/* SPDX-License-Identifier: MIT */
/* Fetching: what the curl tool does around libcurl for one transfer, from a job to files that are whole.
 * Whoever drives the easy handle calls these in order: prepare, open, (the transfer), close, clear; where it
 * is tried again, retry and reopen come between. */
#ifndef HT_FETCH_FETCH_H
#define HT_FETCH_FETCH_H

#include "fetch/bar.h"
#include "fetch/form.h"
#include "fetch/head.h"
#include "fetch/settings.h"
#include "fetch/trace_context.h"
#include "fetch/upload.h"

struct ht_fetch {
    struct ht_job job; /* a copy; what it points to is the source's */
    CURL *easy;        /* borrowed */
    char *url;         /* where it is not as the job has it; then job.url points here */
    struct ht_trace_context context;
    struct ht_form_body form;
    struct ht_upload upload;
    struct ht_place place;
    struct ht_heads heads;
    struct ht_bar bar;
    bool passed_over;      /* why it cannot be made concerns the others as little as the run's result */
    int64_t decoded_bytes; /* of body that libcurl handed over */
    const char
        *words; /* libcurl's of why it failed, to be set before it is closed; NULL: those for the code */
};

/*
 * Sets all that the job asks for on a fresh handle, by the plan of its operation, its callbacks for the body
 * included. Opens and writes nothing. HT_ERR_USAGE names a setting that this libcurl lacks or refuses.
 * `fetch` stays where it is until it is cleared, which it has to be after a failure too.
 */
HT_MUST_USE enum ht_status ht_fetch_prepare(struct ht_fetch *fetch, CURL *easy, const struct ht_job *job,
                                            const struct ht_setting_plan *plan, struct ht_error *error);
/* Opens the files; error->exit_code is what curl ends with where one cannot be. */
HT_MUST_USE enum ht_status ht_fetch_open(struct ht_fetch *fetch, struct ht_error *error);
/* Whether the body goes to a terminal. After `open`. */
bool ht_fetch_is_seen(const struct ht_fetch *fetch);
/* The transfer is over: standard error is free for what is said of it. */
void ht_fetch_end(struct ht_fetch *fetch);
/* The transfer is over with `code`: files become whole, and --write-out tells of it. error->exit_code as with
 * `open`. */
HT_MUST_USE enum ht_status ht_fetch_close(struct ht_fetch *fetch, CURLcode code, struct ht_error *error);
/* The attempt is over and another one follows on the same handle: nothing is told of it yet, and what came of
 * the body is taken back. Then `reopen` in place of `open`. */
void ht_fetch_retry(struct ht_fetch *fetch);
HT_MUST_USE enum ht_status ht_fetch_reopen(struct ht_fetch *fetch, struct ht_error *error);
/* What the transfer ends with where libcurl ended it with `code`: --fail-with-body has a word in it. */
CURLcode ht_fetch_code(const struct ht_fetch *fetch, CURLcode code);
/* After the easy handle is gone. */
void ht_fetch_clear(struct ht_fetch *fetch);

/* The method that the request will have, for the report. Borrowed from the job. */
const char *ht_fetch_method(const struct ht_fetch *fetch);

#endif
