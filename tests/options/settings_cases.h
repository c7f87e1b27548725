/* SPDX-License-Identifier: MIT */
/* Command lines with '|' between their words, and the settings they make as dump_settings() writes them. */
#ifndef HT_TESTS_CLI_SETTINGS_CASES_H
#define HT_TESTS_CLI_SETTINGS_CASES_H

#include <stddef.h>

struct settings_case {
    const char *words, *settings;
};

/* Ends with a case whose words are NULL. */
extern const struct settings_case ht_settings_cases[];

/* Options that no case has: those that print and end are tested with what they print, --read with what it
 * does, others in files of their own. Ends with NULL. */
extern const char *const ht_settings_elsewhere[];

#endif
