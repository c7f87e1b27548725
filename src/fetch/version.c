/* SPDX-License-Identifier: MIT */
/* Versions: asks libcurl for its own. */
#include "fetch/version.h"

#include <curl/curl.h>

const char *ht_fetch_version(void)
{
    return curl_version_info(CURLVERSION_NOW)->version;
}
