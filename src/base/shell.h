/* SPDX-License-Identifier: MIT */
/* Words of a POSIX shell: what a person may paste. */
#ifndef HT_BASE_SHELL_H
#define HT_BASE_SHELL_H

#include "base/sink.h"

/*
 * Writes `word` so that a shell reads the very same bytes from it: bare where nothing in it means anything to
 * a shell, else in quotes, and as $'...' (POSIX.1-2024, section 2.2.4) where a terminal would not show some
 * byte of it as it is. There it is written in octal, which no following character can lengthen. A word holds
 * no NUL.
 */
void ht_shell_word(struct ht_sink *out, struct ht_span word);

/* A command that is being written, on one line and with a line for each option. */
struct ht_shell_command {
    struct ht_sink whole, broken;
};

struct ht_shell_command ht_shell_command(const char *name);
/* `flag` and its value behind it, which is quoted; either may be empty or NULL. */
void ht_shell_add(struct ht_shell_command *command, const char *flag, const char *value);
/* The command and a newline; on several lines where it is wider than `width` columns, 0: never. Frees the
 * command. */
void ht_shell_end(struct ht_shell_command *command, struct ht_sink *out, size_t width);

#endif
