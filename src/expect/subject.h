/* SPDX-License-Identifier: MIT */
/* What the files of this room share: the rows of subjects and the types of their values. */
#ifndef HT_EXPECT_SUBJECT_H
#define HT_EXPECT_SUBJECT_H

#include "expect/expect.h"

enum ht_value_type {
    HT_VALUE_NUMBER,
    HT_VALUE_VERSION,
    HT_VALUE_DURATION,
    HT_VALUE_SWITCH, /* yes or no */
    HT_VALUE_TEXT,
    HT_VALUE_NAME, /* text in which upper and lower case are the same */
    HT_VALUE_GLOB  /* text that is matched by shell patterns */
};

/* What a subject turned out to be: a number, or texts (a field may come more than once). */
struct ht_found {
    struct ht_arena *arena;
    int64_t number;
    struct ht_span *texts;
    size_t count, size;
};

struct ht_question {
    const struct ht_transfer *transfer;
    const struct ht_exchange *exchange;     /* the last one; or NULL */
    const struct ht_connection *connection; /* its own; or NULL */
    const struct ht_tls *tls;               /* the origin's; or NULL */
    const char *argument;
    bool secrets;
};

struct ht_subject {
    const char *name; /* ends with a dot where an argument follows */
    enum ht_value_type type;
    bool (*find)(const struct ht_question *q,
                 struct ht_found *found); /* false: there is nothing to be judged */
    const char *example, *help;
};

/* ---- values.c ---- */
/* "a number", for an error message; the operators that fit, separated by spaces. */
const char *ht_value_noun(enum ht_value_type type);
const char *ht_value_operators(enum ht_value_type type);
bool ht_value_fits(enum ht_value_type type, enum ht_operator op);
bool ht_value_is_text(enum ht_value_type type);
/* Reads a value that is a number of some kind; false where it is none. */
bool ht_value_read(enum ht_value_type type, const char *text, int64_t *out);
void ht_value_show(struct ht_sink *out, enum ht_value_type type, int64_t number);
const char *ht_operator_text(enum ht_operator op);
/* The operator that `text` begins with, and its length; 0 where there is none. */
size_t ht_operator_read(const char *text, enum ht_operator *out);

/* ---- subjects.c ---- */
const struct ht_subject *ht_subjects(size_t *count);
void ht_found_add(struct ht_found *found, struct ht_span text);

#endif
