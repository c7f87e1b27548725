/* SPDX-License-Identifier: MIT */
/* Dates: takes a date in any form that libcurl knows (RFC 9110 section 5.6.7 and others), gives seconds. */
#include "fetch/date.h"

#include <curl/curl.h>

bool ht_fetch_date(const char *text, int64_t *out_s)
{
    time_t date = curl_getdate(text, NULL);
    if (date == -1)
        return false;
    *out_s = (int64_t)date;
    return true;
}
