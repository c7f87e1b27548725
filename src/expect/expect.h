/* SPDX-License-Identifier: MIT */
/*
 * The checks of --expect: SUBJECT OPERATOR VALUE, as in "tls>=1.3". What a check speaks of is a row; it is
 * judged on a transfer that has ended and has its findings and its verdict.
 */
#ifndef HT_EXPECT_EXPECT_H
#define HT_EXPECT_EXPECT_H

#include "base/arena.h"
#include "base/error.h"
#include "base/sink.h"

#include <httptrace/check.h>
#include <httptrace/trace.h>

struct ht_subject;

enum ht_operator {
    HT_OP_EQUAL,
    HT_OP_UNEQUAL,
    HT_OP_LESS,
    HT_OP_LESS_EQUAL,
    HT_OP_GREATER,
    HT_OP_GREATER_EQUAL,
    HT_OP_CONTAINS,
    HT_OP_LACKS
};

/* One check, read. All memory belongs to the arena it was read into. */
struct ht_expect {
    const char *text;
    const struct ht_subject *subject;
    const char *argument; /* the field of "header.server", the phase of "phase.wait"; else NULL */
    enum ht_operator op;
    const char *value; /* without its quotes */
    int64_t number;    /* the same, of a subject that is measured */
    struct ht_expect *next;
};

/* Reads one check. HT_ERR_USAGE names the part that will not do. */
HT_MUST_USE enum ht_status ht_expect_parse(struct ht_arena *arena, const char *text, struct ht_expect *out,
                                           struct ht_error *error);

/* The codes that a check on findings speaks of, as a glob; NULL for any other check. */
const char *ht_expect_code(const struct ht_expect *expect);

/* Judges one check. Texts go into the arena. `secrets`: values of secret fields are not masked. */
struct ht_check ht_expect_judge(struct ht_arena *arena, const struct ht_expect *expect,
                                const struct ht_transfer *transfer, bool secrets);

/* docs/checks.md: every subject with its operators, an example, what it is. */
void ht_expect_markdown(struct ht_sink *out);

#endif
