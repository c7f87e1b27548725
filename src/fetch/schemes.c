/* SPDX-License-Identifier: MIT */
/* Schemes: takes a job, gives its handle those that it allows and that are HTTP on the way. */
#include "fetch/schemes.h"

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

static bool is_known(const char *name, size_t len, bool with_ftp)
{
    static const char *const names[] = {"http", "https", "ftp"};
    for (size_t i = 0; i < (with_ftp ? 3 : 2); i++)
        if (strlen(names[i]) == len && strncmp(names[i], name, len) == 0)
            return true;
    return false;
}

void ht_schemes_write(struct ht_sink *out, const char *list, bool with_ftp)
{
    for (size_t len; *list; list += len + (list[len] == ',')) {
        len = strcspn(list, ",");
        if (is_known(list, len, with_ftp))
            ht_sink_printf(out, "%s%.*s", out->len ? "," : "", (int)len, list);
    }
}

/* libcurl takes no empty list, but a number that stands for it. */
static void set(CURL *easy, CURLoption option, const char *number, const char *list, bool with_ftp)
{
    const struct curl_easyoption *none = curl_easy_option_by_name(number);
    struct ht_sink allowed = ht_sink(0);
    ht_schemes_write(&allowed, list, with_ftp);
    if (allowed.len)
        curl_easy_setopt(easy, option, ht_sink_text(&allowed));
    else if (none)
        curl_easy_setopt(easy, none->id, 0L);
    ht_sink_free(&allowed);
}

void ht_schemes_allow(CURL *easy, const struct ht_job *job)
{
    const char *all = "http,https,ftp";
    const char *given = ht_setting_text(job->operation, "PROTOCOLS_STR", all);
    bool tunnels = ht_setting_number(job->operation, "HTTPPROXYTUNNEL", 0) != 0;
    set(easy, CURLOPT_PROTOCOLS_STR, "PROTOCOLS", given, speaks_http(job->proxy) && !tunnels);
    given = ht_setting_text(job->operation, "REDIR_PROTOCOLS_STR", NULL);
    if (given)
        set(easy, CURLOPT_REDIR_PROTOCOLS_STR, "REDIR_PROTOCOLS", given, true);
}

bool ht_schemes_has(CURLoption option)
{
    return option == CURLOPT_PROTOCOLS_STR || option == CURLOPT_REDIR_PROTOCOLS_STR;
}
