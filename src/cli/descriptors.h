/* SPDX-License-Identifier: MIT */
/* How many transfers the file descriptors that this process may have are enough for. */
#ifndef HT_CLI_DESCRIPTORS_H
#define HT_CLI_DESCRIPTORS_H

#include <stddef.h>

/* How many transfers may be under way at a time with `files` descriptors; at least 1. */
size_t ht_descriptors_enough_for(size_t files);
/* Raises the soft limit as far as needed and allowed. Gives `wanted`, or less where that needs more descriptors than are
 * allowed, and says so on standard error. */
size_t ht_descriptors_raise(size_t wanted);

#endif
