/* SPDX-License-Identifier: MIT */
/* URLs: takes one as the user, a Location or a request gives it, gives its parts (RFC 3986). */
#include "base/url.h"

static size_t find_any(struct ht_span s, size_t from, const char *any)
{
    while (from < s.len && !(s.data[from] && strchr(any, s.data[from])))
        from++;
    return from;
}

struct ht_span ht_url_scheme(struct ht_span url)
{
    size_t colon = find_any(url, 0, ":/?#");
    bool has = colon > 0 && colon + 2 < url.len && memcmp(url.data + colon, "://", 3) == 0;
    return ht_span_head(url, has ? colon : 0);
}

struct ht_span ht_url_authority(struct ht_span url)
{
    size_t scheme = ht_url_scheme(url).len;
    struct ht_span rest = ht_span_from(url, scheme ? scheme + 3 : 0);
    return ht_span_head(rest, find_any(rest, 0, "/?#"));
}

struct ht_span ht_url_host(struct ht_span url)
{
    struct ht_span host = ht_url_authority(url);
    size_t at = host.len;
    while (at > 0 && host.data[at - 1] != '@')
        at--;
    host = ht_span_from(host, at);
    if (host.len && host.data[0] == '[') {
        host = ht_span_from(host, 1);
        return ht_span_head(host, find_any(host, 0, "]"));
    }
    return ht_span_head(host, find_any(host, 0, ":"));
}

int64_t ht_url_port(struct ht_span url)
{
    struct ht_span authority = ht_url_authority(url);
    int64_t port = 0, unit = 1;
    size_t at = authority.len;
    for (; at > 0 && authority.data[at - 1] >= '0' && authority.data[at - 1] <= '9' && unit <= 10000;
         at--, unit *= 10)
        port += unit * (authority.data[at - 1] - '0');
    return unit > 1 && at > 0 && authority.data[at - 1] == ':' ? port : -1;
}
