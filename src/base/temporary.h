/* SPDX-License-Identifier: MIT */
/* Temporary files that nobody else sees. */
#ifndef HT_BASE_TEMPORARY_H
#define HT_BASE_TEMPORARY_H

#include <stdio.h>

/*
 * A file without a name, mode 0600, open for reading and writing, on a disk where there is one; it is gone
 * once closed. The caller closes it. NULL, errno set, where no directory has room for it.
 */
FILE *ht_temporary_open(void);

#endif
