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

static bool is_one_of(const char *const *names, const char *name, size_t len)
{
    for (; *names; names++)
        if (strlen(*names) == len && strncmp(*names, name, len) == 0)
            return true;
    return false;
}

static bool is_allowed(const char *name, size_t len, enum ht_schemes_way way)
{
    static const char *const ours[] = {"http", "https", NULL}, *const ftp[] = {"ftp", NULL};
    static const char *const never[] = {"file", "tftp", NULL}; /* no proxy is asked for them */
    if (is_one_of(ours, name, len) || (way != HT_SCHEMES_DIRECT && is_one_of(ftp, name, len)))
        return true;
    return way == HT_SCHEMES_TUNNEL && len > 0 && !is_one_of(never, name, len);
}

void ht_schemes_write(struct ht_sink *out, const char *list, enum ht_schemes_way way)
{
    for (size_t len; *list; list += len + (list[len] == ',')) {
        len = strcspn(list, ",");
        if (is_allowed(list, len, way))
            ht_sink_printf(out, "%s%.*s", out->len ? "," : "", (int)len, list);
    }
}

/* libcurl takes no empty list, but a number that stands for it. */
static void set(CURL *easy, CURLoption option, const char *number, const char *list, enum ht_schemes_way way)
{
    const struct curl_easyoption *none = curl_easy_option_by_name(number);
    struct ht_sink allowed = ht_sink(0);
    ht_schemes_write(&allowed, list, way);
    if (allowed.len)
        curl_easy_setopt(easy, option, ht_sink_text(&allowed));
    else if (none)
        curl_easy_setopt(easy, none->id, 0L);
    ht_sink_free(&allowed);
}

static enum ht_schemes_way way_of(const struct ht_job *job)
{
    if (!speaks_http(job->proxy))
        return HT_SCHEMES_DIRECT;
    if (!ht_setting_number(job->operation, "HTTPPROXYTUNNEL", 0))
        return HT_SCHEMES_PROXY;
    /* Without them nobody is told that the tunnel stands. */
    return ht_setting_number(job->operation, "SUPPRESS_CONNECT_HEADERS", 0) ? HT_SCHEMES_DIRECT
                                                                            : HT_SCHEMES_TUNNEL;
}

bool ht_schemes_are_tunnelled(const struct ht_job *job)
{
    return way_of(job) == HT_SCHEMES_TUNNEL;
}

bool ht_schemes_can_be_traced(CURL *easy)
{
    const char *url = NULL;
    curl_easy_getinfo(easy, CURLINFO_EFFECTIVE_URL, &url);
    return !url || strncasecmp(url, "http://", 7) == 0 || strncasecmp(url, "https://", 8) == 0;
}

/* All that the linked libcurl speaks. */
static void write_all(struct ht_sink *out)
{
    for (const char *const *at = curl_version_info(CURLVERSION_NOW)->protocols; *at; at++)
        ht_sink_printf(out, "%s%s", out->len ? "," : "", *at);
}

void ht_schemes_allow(CURL *easy, const struct ht_job *job)
{
    struct ht_sink all = ht_sink(0);
    const char *redirects = ht_setting_text(job->operation, "REDIR_PROTOCOLS_STR", NULL);
    enum ht_schemes_way way = way_of(job);
    if (way == HT_SCHEMES_TUNNEL)
        write_all(&all);
    else
        ht_sink_puts(&all, "http,https,ftp");
    set(easy, CURLOPT_PROTOCOLS_STR, "PROTOCOLS",
        ht_setting_text(job->operation, "PROTOCOLS_STR", ht_sink_text(&all)), way);
    if (redirects)
        set(easy, CURLOPT_REDIR_PROTOCOLS_STR, "REDIR_PROTOCOLS", redirects, HT_SCHEMES_TUNNEL);
    ht_sink_free(&all);
}

bool ht_schemes_has(CURLoption option)
{
    return option == CURLOPT_PROTOCOLS_STR || option == CURLOPT_REDIR_PROTOCOLS_STR;
}
