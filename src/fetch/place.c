/* SPDX-License-Identifier: MIT */
/* Places: takes a job's names and the rules of its operation, gives a file that is written as the curl tool
 * would. */
#include "fetch/place.h"

#include "base/arena.h"
#include "base/sink.h"
#include "fetch/path.h"
#include "fetch/remote_name.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#define MOST_NUMBERED 100  /* names that --no-clobber tries */
#define LEAST_TEXT    2000 /* bytes without a NUL: what follows is text too, as for the curl tool */

enum ht_status ht_place_begin(struct ht_place *place, const struct ht_job *job, struct ht_error *error)
{
    *place = (struct ht_place){.rules = &job->operation->output, .output = {.fd = -1}};
    char *remote = job->remote_name ? ht_remote_name_of_url(job->url) : NULL;
    const char *name = job->remote_name ? remote : job->output;
    if (job->remote_name && (!name || (!*name && !place->rules->remote_header_name))) {
        free(remote);
        return ht_fail(error, HT_ERR_IO, "option -O: the URL names no file");
    }
    place->path = name ? ht_path_in(place->rules, name) : NULL;
    place->guarded = job->by_default && isatty(STDOUT_FILENO);
    free(remote);
    if (!place->path || !place->rules->create_dirs || strcmp(place->path, "-") == 0)
        return HT_OK;
    return ht_output_make_directories(place->path, error);
}

void ht_place_name(struct ht_place *place, char *name)
{
    if (place->opened || place->named) {
        free(name);
        return;
    }
    free(place->path);
    place->path = ht_path_in(place->rules, name);
    place->named = true;
    free(name);
}

/* name, name.1, name.2, ... */
static enum ht_status open_numbered(struct ht_place *place)
{
    struct ht_sink name = ht_sink(0);
    enum ht_status status = ht_output_create(&place->output, place->path, &place->error);
    for (int i = 1; status != HT_OK && (errno == EEXIST || errno == EISDIR) && i < MOST_NUMBERED; i++) {
        ht_sink_reset(&name);
        ht_sink_printf(&name, "%s.%d", place->path, i);
        status = ht_output_create(&place->output, ht_sink_text(&name), &place->error);
    }
    if (status == HT_OK && name.len) {
        free(place->path);
        place->path = ht_strdup(ht_sink_text(&name));
        place->output.name = place->path;
    }
    ht_sink_free(&name);
    return status;
}

static bool open_place(struct ht_place *place)
{
    const struct ht_output_rules *rules = place->rules;
    bool is_file = strcmp(place->path, "-") != 0;
    enum ht_status status;
    place->opened = true;
    if (place->appends)
        status = ht_output_append(&place->output, place->path, &place->error);
    else if (is_file && rules->no_clobber)
        status = open_numbered(place);
    else if (is_file && place->named && !rules->clobber)
        status = ht_output_create(&place->output, place->path, &place->error);
    else
        status = ht_output_open(&place->output, place->path, &place->error);
    place->failed = status != HT_OK;
    return !place->failed;
}

enum ht_status ht_place_resume(struct ht_place *place, struct ht_error *error)
{
    place->appends = true;
    if (!place->path || open_place(place))
        return HT_OK;
    *error = place->error;
    return place->error.status;
}

/* The transfer ends with it, the run goes on. */
static bool spares_terminal(struct ht_place *place, const void *bytes, size_t len)
{
    if (place->written_bytes >= LEAST_TEXT || !memchr(bytes, 0, len)) {
        place->written_bytes += (int64_t)len;
        return false;
    }
    if (!place->rules->silent)
        fputs("Warning: the body is binary and might upset the terminal: -o - shows it all the same, -o FILE "
              "keeps it\n",
              stderr);
    return place->failed = true;
}

bool ht_place_write(struct ht_place *place, const void *bytes, size_t len)
{
    if (!place->path)
        return true;
    if (!place->opened && !open_place(place))
        return false;
    if (place->guarded && !place->failed && spares_terminal(place, bytes, len))
        return false;
    return !place->failed && ht_output_write(&place->output, bytes, len);
}

void ht_place_discard(struct ht_place *place)
{
    if (place->opened && !place->failed)
        ht_output_discard(&place->output);
}

static void set_time(const char *path, CURL *easy)
{
    curl_off_t seconds = -1;
    if (curl_easy_getinfo(easy, CURLINFO_FILETIME_T, &seconds) != CURLE_OK || seconds < 0)
        return;
    const struct timespec times[2] = {{.tv_sec = seconds}, {.tv_sec = seconds}};
    utimensat(AT_FDCWD, path, times, 0);
}

/* The URL without its user information. */
static char *plain_url(const char *url)
{
    char *plain = NULL;
    CURLU *parsed = curl_url();
    if (parsed && curl_url_set(parsed, CURLUPART_URL, url, CURLU_GUESS_SCHEME) == CURLUE_OK) {
        curl_url_set(parsed, CURLUPART_USER, NULL, 0);
        curl_url_set(parsed, CURLUPART_PASSWORD, NULL, 0);
        curl_url_get(parsed, CURLUPART_URL, &plain, 0);
    }
    curl_url_cleanup(parsed);
    return plain;
}

/* The Shared File Metadata attributes of freedesktop.org. */
static void set_attributes(const char *path, CURL *easy)
{
    const char *type = NULL, *url = NULL;
    curl_easy_getinfo(easy, CURLINFO_CONTENT_TYPE, &type);
    curl_easy_getinfo(easy, CURLINFO_EFFECTIVE_URL, &url);
    char *plain = url ? plain_url(url) : NULL;
    setxattr(path, "user.creator", "httptrace", strlen("httptrace"), 0);
    if (type)
        setxattr(path, "user.mime_type", type, strlen(type), 0);
    if (plain)
        setxattr(path, "user.xdg.origin.url", plain, strlen(plain), 0);
    curl_free(plain);
}

/* An answer without a body is a file all the same, unless there was none to be had (-z). */
static void make_empty(struct ht_place *place, CURL *easy)
{
    long unmet = 0;
    curl_easy_getinfo(easy, CURLINFO_CONDITION_UNMET, &unmet);
    if (!unmet)
        open_place(place);
}

/* What is to become of a file once it is written. */
static void mark_file(const struct ht_place *place, CURL *easy, CURLcode code)
{
    const struct ht_output_rules *rules = place->rules;
    bool wanted = code == CURLE_OK ? rules->xattr || rules->remote_time : rules->remove_on_error;
    struct stat file;
    if (!wanted || stat(place->path, &file) != 0 || !S_ISREG(file.st_mode))
        return;
    if (code != CURLE_OK)
        unlink(place->path);
    if (code == CURLE_OK && rules->xattr)
        set_attributes(place->path, easy);
    if (code == CURLE_OK && rules->remote_time)
        set_time(place->path, easy);
}

bool ht_place_trouble(const struct ht_place *place, struct ht_error *error)
{
    if (place->failed)
        *error = place->error;
    else if (place->opened)
        return ht_output_trouble(&place->output, error);
    return place->failed;
}

enum ht_status ht_place_close(struct ht_place *place, CURL *easy, CURLcode code, struct ht_error *error)
{
    enum ht_status status = HT_OK;
    bool is_file = place->path && strcmp(place->path, "-") != 0;
    if (code == CURLE_OK && place->path && !place->opened)
        make_empty(place, easy);
    if (place->failed) {
        *error = place->error;
        status = place->error.status;
    } else if (place->opened) {
        /* As curl does, what came of a body before the transfer broke off is kept, unless it is not wanted.
         */
        status = ht_output_close(&place->output, true, error);
        if (is_file)
            mark_file(place, easy, code);
    }
    place->opened = place->failed = false;
    return status;
}

void ht_place_clear(struct ht_place *place)
{
    free(place->path);
    place->path = NULL;
}
