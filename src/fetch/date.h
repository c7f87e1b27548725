/* SPDX-License-Identifier: MIT */
/* Dates as people write them. */
#ifndef HT_FETCH_DATE_H
#define HT_FETCH_DATE_H

#include <stdbool.h>
#include <stdint.h>

/* Seconds since 1970 of a date as curl_getdate(3) reads it; false where it cannot. */
bool ht_fetch_date(const char *text, int64_t *out_s);

#endif
