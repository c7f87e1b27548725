/* SPDX-License-Identifier: MIT */
/* Heads as libcurl shows them line by line: to -D's file, before the body (-i), and what they name (-J,
 * --etag-save). */
#ifndef HT_FETCH_HEAD_H
#define HT_FETCH_HEAD_H

#include "fetch/place.h"

struct ht_heads {
    const struct ht_output_rules *rules; /* borrowed */
    struct ht_place *place;              /* borrowed */
    CURL *easy;
    int fd;                /* of -D; -1: none */
    bool takes_name;       /* -O and -J: the answer may name the file */
    struct ht_output tags; /* of --etag-save */
    char *etag;            /* of the last head that had one */
    bool failed;
    bool tunnels;   /* the first heads are a proxy's */
    bool in_tunnel; /* the last head was a 2xx */
    bool refused;   /* a tunnel stood, for another protocol */
};

/* Opens -D's file: anew for the first URL of an operation, behind what is there for the others; and that of
 * --etag-save, where a failure has CURLE_READ_ERROR for its exit code. */
HT_MUST_USE enum ht_status ht_heads_open(struct ht_heads *heads, CURL *easy, const struct ht_job *job,
                                         struct ht_place *place, struct ht_error *error);
/* CURLOPT_HEADERFUNCTION, with the heads as its data. A tunnel for a protocol that cannot be traced ends the
 * transfer once it stands. */
size_t ht_heads_take(char *bytes, size_t size, size_t count, void *heads);
/* --etag-save's file becomes whole. HT_ERR_IO where something could not be written. */
HT_MUST_USE enum ht_status ht_heads_close(struct ht_heads *heads, struct ht_error *error);

#endif
