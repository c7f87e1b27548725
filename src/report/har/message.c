/* SPDX-License-Identifier: MIT */
/* Takes an exchange, gives the request and the response of its HAR entry. */
#include "model/model.h"
#include "report/har/har.h"
#include "report/show.h"

#include <string.h>
#include <strings.h>
#include <time.h>

#define HTTP_DATE "%a, %d %b %Y %H:%M:%S GMT" /* RFC 9110 section 5.6.7 */

static json_t *version(enum ht_http_version version)
{
    char text[16];
    const char *name = ht_http_version_name(version);
    snprintf(text, sizeof text, "%s%s", name ? "HTTP/" : "", name ? name : "");
    return json_string(text);
}

/* Of HTTP/1 as on the wire. That of HTTP/2 is compressed: the archive knows no such size. */
static json_t *head_size(enum ht_http_version version, int64_t bytes, bool any)
{
    bool known = any && (version == HT_HTTP_1_0 || version == HT_HTTP_1_1);
    return json_integer(known ? bytes : -1);
}

static json_t *pair(const char *name, size_t name_len, const char *value, size_t value_len)
{
    json_t *out = json_object();
    ht_json_set(out, "name", json_stringn(name, name_len));
    ht_json_set(out, "value", json_stringn(value, value_len));
    return out;
}

/* "a=1" as a pair; without "=" the value is empty. */
static json_t *pair_of(const char *text, size_t len)
{
    const char *mark = memchr(text, '=', len);
    size_t name = mark ? (size_t)(mark - text) : len;
    return mark ? pair(text, name, mark + 1, len - name - 1) : pair(text, len, "", 0);
}

static const char *skip_spaces(const char *text)
{
    return text + strspn(text, " \t");
}

/* Text that is harmless and masked already, cut at each separator. */
static void add_pairs(json_t *list, const char *text, const char *separator, const char *ends)
{
    while (*(text = skip_spaces(text)) && !strchr(ends, *text)) {
        size_t len = strcspn(text, separator);
        size_t stop = strcspn(text, ends);
        len = stop < len ? stop : len;
        if (len)
            ht_json_append(list, pair_of(text, len));
        text += len + (text[len] == *separator);
    }
}

static json_t *query_of(const struct ht_json *j, const struct ht_exchange *x)
{
    json_t *list = json_array();
    struct ht_sink url = ht_sink(0);
    ht_show_url(&url, x->url, j->options->show_secrets);
    const char *query = strchr(ht_sink_text(&url), '?');
    if (query)
        add_pairs(list, query + 1, "&", "#");
    ht_sink_free(&url);
    return list;
}

static json_t *headers(const struct ht_json *j, const struct ht_headers *from)
{
    json_t *list = json_array();
    for (size_t i = 0; i < from->count; i++) {
        struct ht_sink name = ht_sink(0), value = ht_sink(0);
        ht_show_text(&name, from->at[i].name);
        ht_show_header(&value, from->at[i].name, from->at[i].value, j->options->show_secrets);
        ht_json_append(list, pair(ht_sink_text(&name), name.len, ht_sink_text(&value), value.len));
        ht_sink_free(&name);
        ht_sink_free(&value);
    }
    return list;
}

static json_t *sent_cookies(const struct ht_json *j, const struct ht_headers *from)
{
    json_t *list = json_array();
    for (size_t i = 0; i < from->count; i++) {
        struct ht_sink value = ht_sink(0);
        if (!ht_span_ieq_str(from->at[i].name, "cookie"))
            continue;
        ht_show_header(&value, from->at[i].name, from->at[i].value, j->options->show_secrets);
        add_pairs(list, ht_sink_text(&value), ";", "");
        ht_sink_free(&value);
    }
    return list;
}

static void set_expires(json_t *cookie, const char *value)
{
    struct tm time = {0};
    char text[32];
    const char *rest = strptime(value, HTTP_DATE, &time);
    if (rest && strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &time))
        ht_json_set(cookie, "expires", json_string(text));
}

/* One attribute of RFC 6265 section 4.1. */
static void add_attribute(json_t *cookie, const char *name, const char *value)
{
    if (strcasecmp(name, "path") == 0)
        ht_json_set(cookie, "path", json_string(value));
    else if (strcasecmp(name, "domain") == 0)
        ht_json_set(cookie, "domain", json_string(value));
    else if (strcasecmp(name, "expires") == 0)
        set_expires(cookie, value);
    else if (strcasecmp(name, "httponly") == 0)
        ht_json_set(cookie, "httpOnly", json_true());
    else if (strcasecmp(name, "secure") == 0)
        ht_json_set(cookie, "secure", json_true());
}

static json_t *set_cookie(const char *text)
{
    json_t *parts = json_array(), *part;
    size_t i;
    add_pairs(parts, text, ";", "");
    json_t *cookie = json_array_size(parts) ? json_deep_copy(json_array_get(parts, 0)) : pair("", 0, "", 0);
    json_array_foreach(parts, i, part) if (i > 0)
        add_attribute(cookie, json_string_value(json_object_get(part, "name")),
                      json_string_value(json_object_get(part, "value")));
    json_decref(parts);
    return cookie;
}

static json_t *set_cookies(const struct ht_json *j, const struct ht_headers *from)
{
    json_t *list = json_array();
    for (size_t i = 0; i < from->count; i++) {
        struct ht_sink value = ht_sink(0);
        if (!ht_span_ieq_str(from->at[i].name, "set-cookie"))
            continue;
        ht_show_header(&value, from->at[i].name, from->at[i].value, j->options->show_secrets);
        ht_json_append(list, set_cookie(ht_sink_text(&value)));
        ht_sink_free(&value);
    }
    return list;
}

json_t *ht_har_request(const struct ht_json *j, const struct ht_exchange *x)
{
    const struct ht_request *request = &x->request;
    json_t *out = json_object(), *data = ht_har_post_data(j, x);
    ht_json_set(out, "method", ht_json_text(x->method));
    ht_json_set(out, "url", ht_json_url(j, x->url));
    ht_json_set(out, "httpVersion", version(request->version));
    ht_json_set(out, "cookies", sent_cookies(j, &request->headers));
    ht_json_set(out, "headers", headers(j, &request->headers));
    ht_json_set(out, "queryString", query_of(j, x));
    if (data)
        ht_json_set(out, "postData", data);
    ht_json_set(out, "headersSize",
                head_size(request->version, request->head_bytes, request->headers.count > 0));
    ht_json_set(out, "bodySize", json_integer(request->body_bytes));
    return out;
}

json_t *ht_har_response(const struct ht_json *j, const struct ht_exchange *x)
{
    const struct ht_response *response = &x->response;
    bool any = response->status != 0;
    json_t *out = json_object();
    ht_json_set(out, "status", json_integer(response->status));
    ht_json_set(out, "statusText", ht_json_text(response->reason));
    ht_json_set(out, "httpVersion", version(response->version));
    ht_json_set(out, "cookies", set_cookies(j, &response->headers));
    ht_json_set(out, "headers", headers(j, &response->headers));
    ht_json_set(out, "content", ht_har_content(j, x));
    ht_json_set(out, "redirectURL",
                response->location.len ? ht_json_url(j, response->location) : json_string(""));
    ht_json_set(out, "headersSize", head_size(response->version, response->head_bytes, any));
    ht_json_set(out, "bodySize", json_integer(any ? response->body_bytes : -1));
    ht_json_set(out, "_complete", json_boolean(response->complete));
    ht_json_set(out, "_transferSize", json_integer(any ? response->head_bytes + response->body_bytes : 0));
    return out;
}
