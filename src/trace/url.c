/* SPDX-License-Identifier: MIT */
/* URLs: takes one as the user, a Location or a request gives it, gives its parts (RFC 3986). */
#include "trace/state.h"

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

static struct ht_span authority(struct ht_span url)
{
    size_t scheme = ht_url_scheme(url).len;
    struct ht_span rest = ht_span_from(url, scheme ? scheme + 3 : 0);
    return ht_span_head(rest, find_any(rest, 0, "/?#"));
}

struct ht_span ht_url_host(struct ht_span url)
{
    struct ht_span host = authority(url);
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

struct ht_span ht_url_of_request(struct ht_arena *arena, const struct ht_request *request, bool tls)
{
    const struct ht_span *host = ht_headers_get(&request->headers, ":authority");
    if (!host)
        host = ht_headers_get(&request->headers, "host");
    if (!host || (request->target.len && request->target.data[0] != '/'))
        return request->target;
    const char *url = ht_arena_printf(arena, "%s://%.*s%.*s", tls ? "https" : "http", (int)host->len,
                                      (const char *)host->data, (int)request->target.len,
                                      request->target.len ? (const char *)request->target.data : "");
    return ht_span_str(url);
}

struct ht_span ht_url_resolve(struct ht_arena *arena, struct ht_span base, struct ht_span location)
{
    struct ht_span scheme = ht_url_scheme(base), site = authority(base);
    if (ht_url_scheme(location).len)
        return ht_arena_dup(arena, location);
    if (location.len > 1 && location.data[0] == '/' && location.data[1] == '/')
        return ht_span_str(ht_arena_printf(arena, "%.*s:%.*s", (int)scheme.len, (const char *)scheme.data,
                                           (int)location.len, (const char *)location.data));
    if (location.len == 0 || location.data[0] != '/' || scheme.len == 0)
        return ht_arena_dup(arena, location); /* the request will tell it once it is sent */
    return ht_span_str(ht_arena_printf(arena, "%.*s://%.*s%.*s", (int)scheme.len, (const char *)scheme.data,
                                       (int)site.len, (const char *)site.data, (int)location.len,
                                       (const char *)location.data));
}
