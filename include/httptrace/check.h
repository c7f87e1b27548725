/* SPDX-License-Identifier: MIT */
/* Checks that the user asked for with --expect, and what became of them: for reports. */
#ifndef HTTPTRACE_CHECK_H
#define HTTPTRACE_CHECK_H

#include <stdbool.h>
#include <stddef.h>

/* One check on one transfer. Texts are harmless to print, secrets masked; whoever made them owns them. */
struct ht_check {
    const char *text; /* as the user wrote it */
    bool ok;
    const char *got; /* what was found in its place; NULL: nothing to be judged */
};

#endif
