/* SPDX-License-Identifier: MIT */
/* Remote names: takes a URL or a Content-Disposition field, gives the name of the file to write. */
#include "fetch/remote_name.h"

#include "base/arena.h"

#include <ctype.h>
#include <curl/curl.h>
#include <string.h>

#define FIELD     "Content-Disposition:"
#define PARAMETER "filename="

char *ht_remote_name_of_url(const char *url)
{
    char *path = NULL, *name = NULL;
    CURLU *parsed = curl_url();
    if (parsed && curl_url_set(parsed, CURLUPART_URL, url, CURLU_GUESS_SCHEME) == CURLUE_OK &&
        curl_url_get(parsed, CURLUPART_PATH, &path, 0) == CURLUE_OK) {
        const char *slash = strrchr(path, '/');
        name = ht_strdup(slash ? slash + 1 : "");
    }
    curl_free(path);
    curl_url_cleanup(parsed);
    return name;
}

static const uint8_t *last_of(const uint8_t *begin, const uint8_t *end, char c)
{
    const uint8_t *found = begin == end ? NULL : memrchr(begin, c, (size_t)(end - begin));
    return found ? found + 1 : begin;
}

/* A quoted string or a token, up to its end. */
static char *take_name(const uint8_t *at, const uint8_t *end)
{
    uint8_t stop = ';';
    if (at < end && (*at == '"' || *at == '\''))
        stop = *at++;
    const uint8_t *to = at;
    while (to < end && *to != stop && *to != '\r' && *to != '\n' && *to != '\0')
        to++;
    at = last_of(last_of(at, to, '/'), to, '\\');
    if (at == to)
        return NULL;
    char *name = ht_malloc((size_t)(to - at) + 1);
    memcpy(name, at, (size_t)(to - at));
    name[to - at] = '\0';
    return name;
}

char *ht_remote_name_of_head(struct ht_span line)
{
    size_t len = strlen(FIELD);
    const uint8_t *at = line.data, *end = line.data + line.len;
    if (line.len < len || strncasecmp((const char *)at, FIELD, len) != 0)
        return NULL;
    for (at += len; at < end; at++) {
        while (at < end && !isalpha(*at))
            at++;
        if ((size_t)(end - at) > strlen(PARAMETER) &&
            memcmp(at, PARAMETER, strlen(PARAMETER)) == 0) /* in small letters alone, as curl */
            return take_name(at + strlen(PARAMETER), end);
        while (at < end && *at != ';')
            at++;
    }
    return NULL;
}
