/* SPDX-License-Identifier: MIT */
/* The PROXY protocol, version 1 (HAProxy's proxy-protocol.txt section 2.1): the line before all else on a
 * connection that says between whom it is. */
#ifndef HT_DECODE_HAPROXY_H
#define HT_DECODE_HAPROXY_H

#include "base/arena.h"

#include <httptrace/trace.h>

struct ht_haproxy_line {
    const char *summary;     /* one line, wire text escaped */
    struct ht_field *fields; /* version, family; source and destination with their ports */
    bool malformed;
    size_t malformed_at;
    const char *malformed_why; /* static */
};

/* Bytes of the line that `in` begins with, its CR LF included; 0 where it begins with something else, or the
 * line is not whole. No request-line of HTTP/1 is taken for one: a family is no target. */
size_t ht_haproxy_split(struct ht_span in);
/* Decodes such a line, whole or not. Texts and fields are in the arena. */
void ht_haproxy_decode(struct ht_arena *arena, struct ht_span line, struct ht_haproxy_line *out);

#endif
