/* SPDX-License-Identifier: MIT */
/* Golden texts: what a report must look like, letter by letter. HT_GOLDEN_UPDATE=1 writes them anew, to be
 * read before they are committed. */
#ifndef HT_TESTS_REPORT_GOLDEN_H
#define HT_TESTS_REPORT_GOLDEN_H

#include <stddef.h>

/* Fails the running test where `text` differs from the file tests/report/golden/NAME. */
void golden_check(const char *name, const char *text, size_t len);

#endif
