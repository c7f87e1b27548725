/* SPDX-License-Identifier: MIT */
/* URLs of exchanges: takes a request or a Location, gives the URL that it means (RFC 9110 section 7.1). */
#include "trace/state.h"

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
    struct ht_span scheme = ht_url_scheme(base), site = ht_url_authority(base);
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
