/* SPDX-License-Identifier: MIT */
/* The linked libcurl's version. */
#ifndef HT_FETCH_VERSION_H
#define HT_FETCH_VERSION_H

/* "7.88.1"; static. */
const char *ht_fetch_version(void);

#endif
