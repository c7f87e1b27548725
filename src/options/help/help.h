/* SPDX-License-Identifier: MIT */
/* Help and documentation, written from the table of options. */
#ifndef HT_CLI_HELP_H
#define HT_CLI_HELP_H

#include "base/error.h"
#include "base/sink.h"
#include "options/table.h"

/* What --help TOPIC prints: NULL the short list, "all", "category", a category's name, or an option's. The
 * width is that of COLUMNS. HT_ERR_USAGE where there is no such topic. */
HT_MUST_USE enum ht_status ht_help_write(struct ht_sink *out, const char *topic, struct ht_error *error);

/* Every option with its explanation, as --help OPTION gives it. */
void ht_help_manual(struct ht_sink *out);

/* What --generate KIND prints; false where there is no such kind. */
bool ht_generate_write(struct ht_sink *out, const char *kind);

/* "-m, --max-time <seconds>" with the given brackets around the argument; nothing is escaped. */
void ht_help_signature(struct ht_sink *out, const struct ht_option *row);

/* "Since curl 7.21.3." or "Of httptrace alone, since 0.1.0." */
void ht_help_since(struct ht_sink *out, const struct ht_option *row);

void ht_generate_man(struct ht_sink *out);
void ht_generate_markdown(struct ht_sink *out);
void ht_generate_bash(struct ht_sink *out);
void ht_generate_zsh(struct ht_sink *out);
void ht_generate_fish(struct ht_sink *out);

#endif
