/* SPDX-License-Identifier: MIT */
/* Variables as newer curls have them: --variable sets one, --expand-OPTION puts them into an option's value.
 */
#ifndef HT_CLI_VARIABLE_H
#define HT_CLI_VARIABLE_H

#include "base/arena.h"
#include "base/error.h"
#include "base/sink.h"

/* May hold any byte. In an arena. */
struct ht_variable {
    struct ht_variable *next;
    const char *name;
    struct ht_span value;
};

/*
 * NAME=content, NAME@file (- is standard input), %NAME from the environment, with =content or @file for where
 * it has none; NAME[from-to] before = or @ takes those bytes of it alone, from 0. HT_ERR_USAGE names `flag`.
 */
HT_MUST_USE enum ht_status ht_variable_set(struct ht_variable **list, struct ht_arena *arena,
                                           const char *flag, const char *text, struct ht_error *error);

/*
 * Appends `text` with every {{name}} replaced by the variable, by nothing where there is none of that name.
 * {{name:trim:json:url:b64:64dec}} applies functions in their order; \{{ is {{. HT_ERR_USAGE for an unknown
 * function, braces that are not closed, or a NUL in what comes of it.
 */
HT_MUST_USE enum ht_status ht_variable_expand(const struct ht_variable *list, const char *flag,
                                              const char *text, struct ht_sink *out, struct ht_error *error);

#endif
