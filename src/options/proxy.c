/* SPDX-License-Identifier: MIT */
/*
 * Which proxy was asked for: takes a URL, -x, --noproxy and the environment, gives the proxy as it was
 * written. For the report alone: libcurl reads the same variables itself. NO_PROXY is matched here by name
 * and by literal address; a network in CIDR notation is libcurl's matter.
 */
#include "options/config.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SCHEME_BYTES 15 /* the longest that libcurl knows has 7 */

static const char *environment(const char *name)
{
    const char *value = getenv(name);
    return value && *value ? value : NULL;
}

/* The scheme as libcurl has it: where the URL names none, a host that is called ftp is taken at its word. */
static struct ht_span scheme_of(const char *url)
{
    const char *end = strstr(url, "://");
    if (end)
        return ht_span(url, (size_t)(end - url));
    return ht_span_str(strncasecmp(url, "ftp.", 4) == 0 ? "ftp" : "http");
}

/* Lower case first. HTTP_PROXY in upper case is never read for http: a CGI server sets it from a request's
 * "Proxy:" field. */
static const char *proxy_of_scheme(struct ht_span scheme)
{
    char name[SCHEME_BYTES + sizeof "_proxy"];
    const char *proxy = NULL;
    if (scheme.len <= SCHEME_BYTES) {
        for (size_t i = 0; i < scheme.len; i++)
            name[i] = (char)tolower(scheme.data[i]);
        memcpy(name + scheme.len, "_proxy", sizeof "_proxy");
        proxy = environment(name);
        bool upper = !proxy && strcmp(name, "http_proxy") != 0;
        for (char *at = name; upper && *at; at++)
            *at = (char)toupper((unsigned char)*at);
        proxy = upper ? environment(name) : proxy;
    }
    if (!proxy)
        proxy = environment("all_proxy");
    return proxy ? proxy : environment("ALL_PROXY");
}

static struct ht_span host_of(const char *url)
{
    const char *scheme_end = strstr(url, "://");
    const char *start = scheme_end ? scheme_end + 3 : url;
    size_t len = strcspn(start, "/?#");
    for (size_t at = len; at-- > 0;) {
        if (start[at] == '@') {
            start += at + 1;
            len -= at + 1;
            break;
        }
    }
    if (len && *start == '[')
        return ht_span(start + 1, strcspn(start + 1, "]/?#"));
    const char *colon = memchr(start, ':', len);
    return ht_span(start, colon ? (size_t)(colon - start) : len);
}

static struct ht_span without_dots(struct ht_span name)
{
    while (name.len && name.data[0] == '.')
        name = ht_span_from(name, 1);
    while (name.len && name.data[name.len - 1] == '.')
        name.len--;
    return name;
}

static bool is_address(struct ht_span host)
{
    for (size_t i = 0; i < host.len; i++)
        if (host.data[i] == ':')
            return true;
    for (size_t i = 0; i < host.len; i++)
        if (host.data[i] != '.' && (host.data[i] < '0' || host.data[i] > '9'))
            return false;
    return true;
}

/* "example.com" covers itself and every name below it; an address covers itself. */
static bool covers(struct ht_span entry, struct ht_span host)
{
    if (entry.len > 1 && entry.data[0] == '[' && entry.data[entry.len - 1] == ']')
        entry = ht_span(entry.data + 1, entry.len - 2);
    entry = without_dots(entry);
    if (!entry.len || entry.len > host.len)
        return false;
    size_t above = host.len - entry.len;
    return ht_span_ieq(ht_span_from(host, above), entry) &&
           (above == 0 || (host.data[above - 1] == '.' && !is_address(host)));
}

static bool excluded(struct ht_span host, const char *list)
{
    if (strcmp(list, "*") == 0)
        return true;
    for (;;) {
        list += strspn(list, ", \t");
        size_t len = strcspn(list, ", \t");
        if (!len)
            return false;
        if (covers(ht_span(list, len), host))
            return true;
        list += len;
    }
}

const char *ht_proxy_for(const char *url, const char *option, const char *noproxy)
{
    if (!noproxy)
        noproxy = environment("no_proxy");
    if (!noproxy)
        noproxy = environment("NO_PROXY");
    const char *proxy = option ? option : proxy_of_scheme(scheme_of(url));
    if (!proxy || !*proxy)
        return NULL;
    return noproxy && excluded(without_dots(host_of(url)), noproxy) ? NULL : proxy;
}
