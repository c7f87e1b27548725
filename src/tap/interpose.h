/* SPDX-License-Identifier: MIT */
/* Between the interposed functions and the rest of the tap. */
#ifndef HT_TAP_INTERPOSE_H
#define HT_TAP_INTERPOSE_H

#include <netdb.h>

/*
 * `used` and default visibility: no code of this program names such a function, and yet libcurl's calls must
 * find it, whatever -fvisibility, --gc-sections or link-time optimisation would do (see interposed.list).
 */
#define HT_INTERPOSED __attribute__((used, visibility("default")))

/* lookup.c: calls the real one and notes what came of it. */
int ht_tap_getaddrinfo(const char *node, const char *service, const struct addrinfo *hints,
                       struct addrinfo **result);

#endif
