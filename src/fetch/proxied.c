/* SPDX-License-Identifier: MIT */
/* Other schemes through HTTP proxies: takes a job, gives its handle the schemes that are HTTP on the way. */
#include "fetch/proxied.h"

#include "fetch/settings.h"

#include <string.h>
#include <strings.h>

static bool speaks_http(const char *proxy)
{
    if (!proxy || !*proxy)
        return false;
    return !strstr(proxy, "://") || strncasecmp(proxy, "http://", 7) == 0 ||
           strncasecmp(proxy, "https://", 8) == 0;
}

void ht_proxied_allow(CURL *easy, const struct ht_job *job)
{
    const char *allowed = ht_setting_text(job->operation, "PROTOCOLS_STR", NULL);
    if (!speaks_http(job->proxy) || ht_setting_number(job->operation, "HTTPPROXYTUNNEL", 0))
        return;
    if (allowed && strcmp(allowed, "http,https") == 0)
        curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https,ftp");
}
