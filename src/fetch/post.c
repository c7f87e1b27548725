/* SPDX-License-Identifier: MIT */
/* Takes a document and a URL, gives whether a collector took it. */
#include "fetch/post.h"

#include "base/sink.h"

#include <curl/curl.h>

static size_t discard(char *bytes, size_t size, size_t count, void *ctx)
{
    (void)bytes, (void)ctx;
    return size * count;
}

static void prepare(CURL *easy, const char *url, struct curl_slist *headers, struct ht_span body)
{
    curl_easy_setopt(easy, CURLOPT_URL, url);
    curl_easy_setopt(easy, CURLOPT_POSTFIELDS, body.data);
    curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)body.len);
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, discard);
    curl_easy_setopt(easy, CURLOPT_USERAGENT, "httptrace/" HT_VERSION);
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)HT_POST_TIMEOUT_MS);
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
}

static enum ht_status perform(CURL *easy, struct ht_error *error)
{
    long status = 0;
    CURLcode code = curl_easy_perform(easy);
    curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
    if (code != CURLE_OK)
        return ht_fail(error, HT_ERR_CURL, "%s", curl_easy_strerror(code));
    if (status < 200 || status > 299)
        return ht_fail(error, HT_ERR_CURL, "it answered with status %ld", status);
    return HT_OK;
}

enum ht_status ht_post(const char *url, const char *content_type, struct ht_span body, struct ht_error *error)
{
    CURL *easy = curl_easy_init();
    if (!easy)
        return ht_fail(error, HT_ERR_CURL, "libcurl cannot start");
    struct ht_sink line = ht_sink(0);
    ht_sink_printf(&line, "Content-Type: %s", content_type);
    struct curl_slist *headers = curl_slist_append(NULL, ht_sink_text(&line));
    prepare(easy, url, headers, body);
    enum ht_status status = perform(easy, error);
    curl_slist_free_all(headers);
    curl_easy_cleanup(easy);
    ht_sink_free(&line);
    return status;
}
