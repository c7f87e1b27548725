/* SPDX-License-Identifier: MIT */
/* --write-out: what is told of a transfer once it is over, by a template. */
#ifndef HT_FETCH_WRITEOUT_H
#define HT_FETCH_WRITEOUT_H

#include "base/sink.h"

#include <curl/curl.h>

/* A transfer that is over, and what its handle does not know. All borrowed. */
struct ht_writeout {
    CURL *easy;
    CURLcode code;
    const char *error;     /* the words of a failure; NULL: libcurl's own for the code */
    const char *url;       /* as it was given */
    const char *file_name; /* of the body; NULL: none */
    int64_t url_number, retries;
    const char *program; /* how a message begins */
};

/* Asks libcurl for what the template needs it to keep; before the transfer. */
void ht_writeout_prepare(CURL *easy, const char *template);

/*
 * Writes what `template` says, to standard output, standard error and files of its own choice, past stdio's
 * buffers: whoever filled those flushes first. What cannot be written is left out, as with curl.
 */
void ht_writeout_run(const char *template, const struct ht_writeout *about);

/* ---- the table of variables ---- */
enum ht_writeout_type {
    HT_WRITEOUT_NUMBER,
    HT_WRITEOUT_CODE, /* a number, with three digits at least in text */
    HT_WRITEOUT_TIME, /* microseconds, shown as seconds */
    HT_WRITEOUT_TEXT
};

struct ht_writeout_value {
    int64_t number;
    const char *text; /* NULL: there is none */
    struct ht_sink memory;
};

struct ht_writeout_variable {
    const char *name;
    enum ht_writeout_type type;
    CURLINFO info; /* what curl_easy_getinfo() gives, where `get` is NULL */
    void (*get)(const struct ht_writeout_variable *row, const struct ht_writeout *about,
                struct ht_writeout_value *out);
    unsigned since; /* the version (as CURL_VERSION_BITS) whose %{json} has it first; 0: all that have one */
    bool needs_libcurl; /* an older libcurl cannot tell it */
};

/* In strcmp order of names, in which %{json} has them. */
const struct ht_writeout_variable *ht_writeout_variables(size_t *count);
/* By its name in any case; NULL where this libcurl has none. */
const struct ht_writeout_variable *ht_writeout_find(struct ht_span name);
/* `out->memory` is the caller's to free. */
void ht_writeout_get(const struct ht_writeout_variable *row, const struct ht_writeout *about,
                     struct ht_writeout_value *out);
/* Appends the value as text. */
void ht_writeout_put(struct ht_sink *out, const struct ht_writeout_variable *row,
                     const struct ht_writeout *about);

/* Microseconds as seconds with six decimals. */
void ht_writeout_seconds(struct ht_sink *out, int64_t us);

/* Each header field once, with all its values, of the latest response. */
void ht_writeout_header_json(struct ht_sink *out, CURL *easy);
/* All variables, as that version of curl (CURL_VERSION_BITS) has them. */
void ht_writeout_json(struct ht_sink *out, const struct ht_writeout *about, unsigned version);

#endif
