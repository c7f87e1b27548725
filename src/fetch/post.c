/* SPDX-License-Identifier: MIT */
/* Takes documents and a URL, gives whether a collector took them. */
#include "fetch/post.h"

#include "base/arena.h"
#include "base/sink.h"
#include "base/url.h"

#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>

struct ht_post {
    CURL *easy;
    struct curl_slist *fields;
};

static size_t discard(char *bytes, size_t size, size_t count, void *ctx)
{
    (void)bytes, (void)ctx;
    return size * count;
}

static void add_field(struct ht_post *post, const char *name, const char *value)
{
    struct ht_sink line = ht_sink(0);
    ht_sink_printf(&line, "%s: %s", name, value);
    struct curl_slist *longer = curl_slist_append(post->fields, ht_sink_text(&line));
    post->fields = longer ? longer : post->fields;
    ht_sink_free(&line);
}

/* One "name=value"; what is no such thing is left out. */
static void add_pair(struct ht_post *post, char *pair)
{
    char *mark = strchr(pair, '=');
    pair += strspn(pair, " \t");
    if (!mark || mark <= pair)
        return;
    *mark = '\0';
    char *value = curl_easy_unescape(post->easy, mark + 1, 0, NULL);
    if (value && !strpbrk(value, "\r\n") && !strpbrk(pair, "\r\n:"))
        add_field(post, pair, value);
    curl_free(value);
}

static void add_pairs(struct ht_post *post, const char *fields)
{
    char *copy = ht_strdup(fields ? fields : ""), *rest = NULL;
    for (char *pair = strtok_r(copy, ",", &rest); pair; pair = strtok_r(NULL, ",", &rest))
        add_pair(post, pair);
    free(copy);
}

/* Nothing, or a slash alone, stands behind the authority. */
static bool has_no_path(const char *url)
{
    struct ht_span authority = ht_url_authority(ht_span_str(url));
    const char *rest = authority.data ? (const char *)authority.data + authority.len : "/x";
    return *rest == '\0' || strcmp(rest, "/") == 0;
}

static void set_url(struct ht_post *post, const char *url, const char *path)
{
    struct ht_sink whole = ht_sink(0);
    size_t len = strlen(url);
    bool bare = has_no_path(url);
    ht_sink_bytes(&whole, ht_span(url, bare && url[len - 1] == '/' ? len - 1 : len));
    ht_sink_puts(&whole, bare ? path : "");
    curl_easy_setopt(post->easy, CURLOPT_URL, ht_sink_text(&whole));
    ht_sink_free(&whole);
}

struct ht_post *ht_post_open(const char *url, const char *path, const char *content_type, const char *fields)
{
    struct ht_post *post = ht_malloc(sizeof *post);
    *post = (struct ht_post){.easy = curl_easy_init()};
    if (!post->easy)
        return post;
    add_field(post, "Content-Type", content_type);
    add_field(post, "Expect", "");
    add_pairs(post, fields);
    set_url(post, url, path);
    curl_easy_setopt(post->easy, CURLOPT_HTTPHEADER, post->fields);
    curl_easy_setopt(post->easy, CURLOPT_WRITEFUNCTION, discard);
    curl_easy_setopt(post->easy, CURLOPT_USERAGENT, "httptrace/" HT_VERSION);
    curl_easy_setopt(post->easy, CURLOPT_TIMEOUT_MS, (long)HT_POST_TIMEOUT_MS);
    curl_easy_setopt(post->easy, CURLOPT_NOSIGNAL, 1L);
    return post;
}

enum ht_status ht_post_send(struct ht_post *post, struct ht_span body, struct ht_error *error)
{
    long status = 0;
    if (!post->easy)
        return ht_fail(error, HT_ERR_CURL, "libcurl cannot start");
    curl_easy_setopt(post->easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)body.len);
    curl_easy_setopt(post->easy, CURLOPT_POSTFIELDS, body.data);
    CURLcode code = curl_easy_perform(post->easy);
    curl_easy_getinfo(post->easy, CURLINFO_RESPONSE_CODE, &status);
    if (code != CURLE_OK)
        return ht_fail(error, HT_ERR_CURL, "%s", curl_easy_strerror(code));
    if (status < 200 || status > 299)
        return ht_fail(error, HT_ERR_CURL, "it answered with status %ld", status);
    return HT_OK;
}

void ht_post_close(struct ht_post *post)
{
    curl_easy_cleanup(post->easy);
    curl_slist_free_all(post->fields);
    free(post);
}
