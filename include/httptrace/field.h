/* SPDX-License-Identifier: MIT */
/*
 * The field tree: what a dissection shows of one message, frame or extension. Decoders build it, every report
 * walks it, nobody reasons with it: a fact that a rule needs has a typed member in the model as well.
 */
#ifndef HTTPTRACE_FIELD_H
#define HTTPTRACE_FIELD_H

#include <httptrace/span.h>

enum ht_field_type {
    HT_FIELD_UINT,  /* value.number */
    HT_FIELD_BOOL,  /* value.number, 0 or 1 */
    HT_FIELD_NAMED, /* value.number, and its name in `label`; NULL where nobody has named that number */
    HT_FIELD_TEXT,  /* value.bytes: text from the wire, hostile until escaped */
    HT_FIELD_BYTES, /* value.bytes: shown as lower-case hex */
    HT_FIELD_MAP,   /* value.children: named fields */
    HT_FIELD_LIST,  /* value.children: fields without names */
};

/* Owned by an arena, its bytes as well. `name` is the field's name in the RFC, in snake_case; NULL within a
 * list. */
struct ht_field {
    const char *name;
    enum ht_field_type type;
    bool secret; /* a report masks the value unless the user asked for secrets */
    const char *label;
    union {
        uint64_t number;
        struct ht_span bytes;
        struct {
            struct ht_field *first, *last;
            size_t count;
        } children;
    } value;
    struct ht_field *next;
};

#endif
