/* SPDX-License-Identifier: MIT */
/* URLs: takes a job, gives the URL that its request is for (RFC 3986). */
#include "fetch/url.h"

#include "base/sink.h"

#include <curl/curl.h>
#include <string.h>

static bool is_standard_input(const char *name)
{
    return strcmp(name, "-") == 0 || strcmp(name, ".") == 0;
}

static CURLUcode append_name(CURLU *url, const char *path, const char *file)
{
    const char *slash = strrchr(file, '/');
    char *name = curl_easy_escape(NULL, slash ? slash + 1 : file, 0);
    struct ht_sink whole = ht_sink(0);
    ht_sink_printf(&whole, "%s%s", path, name ? name : "");
    CURLUcode code = curl_url_set(url, CURLUPART_PATH, ht_sink_text(&whole), 0);
    ht_sink_free(&whole);
    curl_free(name);
    return code;
}

/* As the curl tool: a URL that names no file gets the name of the one that is sent. */
static bool add_name(CURLU *url, const char *file)
{
    char *path = NULL;
    bool done = curl_url_get(url, CURLUPART_PATH, &path, 0) == CURLUE_OK && path[strlen(path) - 1] == '/' &&
                append_name(url, path, file) == CURLUE_OK;
    curl_free(path);
    return done;
}

char *ht_fetch_url(const struct ht_job *job)
{
    const char *query = job->operation->query;
    bool names = job->upload && *job->upload && !is_standard_input(job->upload);
    if (!query && !names)
        return NULL;
    CURLU *url = curl_url();
    char *whole = NULL;
    bool changed = false;
    if (url && curl_url_set(url, CURLUPART_URL, job->url, CURLU_GUESS_SCHEME | CURLU_NON_SUPPORT_SCHEME) ==
                   CURLUE_OK) {
        if (names)
            changed = add_name(url, job->upload);
        if (query)
            changed = curl_url_set(url, CURLUPART_QUERY, query, CURLU_APPENDQUERY) == CURLUE_OK || changed;
    }
    if (changed && curl_url_get(url, CURLUPART_URL, &whole, CURLU_DEFAULT_SCHEME) != CURLUE_OK)
        whole = NULL;
    curl_url_cleanup(url);
    return whole;
}
