/* SPDX-License-Identifier: MIT */
/* Lists of URLs: takes a file of lines, gives one URL after the other without waiting for any. */
#include "options/urls/list.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#define BLOCK           ((size_t)65536)
#define EXIT_READ_ERROR 26 /* CURLE_READ_ERROR */

static enum ht_status fail(struct ht_error *error, const char *name, const char *why)
{
    enum ht_status status = ht_fail(error, HT_ERR_USAGE, "option --url: cannot read \"%s\": %s", name, why);
    if (error)
        error->exit_code = EXIT_READ_ERROR;
    return status;
}

enum ht_status ht_url_list_open(struct ht_url_list *list, const char *name, struct ht_error *error)
{
    *list = (struct ht_url_list){.name = name, .text = ht_sink(0)};
    list->fd = strcmp(name, "-") == 0 ? STDIN_FILENO : open(name, O_RDONLY | O_CLOEXEC);
    return list->fd >= 0 ? HT_OK : fail(error, name, strerror(errno));
}

void ht_url_list_close(struct ht_url_list *list)
{
    if (list->fd > STDIN_FILENO)
        close(list->fd);
    ht_sink_free(&list->text);
    *list = (struct ht_url_list){.fd = -1};
}

/* Lines that were given make room. */
static void drop_given(struct ht_url_list *list)
{
    struct ht_sink rest = ht_sink(0);
    ht_sink_bytes(&rest, ht_span(ht_sink_text(&list->text) + list->at, list->text.len - list->at));
    ht_sink_free(&list->text);
    list->text = rest;
    list->at = 0;
}

/* One read, where it would not wait. */
static enum ht_job_state read_more(struct ht_url_list *list, struct ht_error *error)
{
    struct pollfd ready = {.fd = list->fd, .events = POLLIN};
    char block[BLOCK];
    if (poll(&ready, 1, 0) == 0)
        return HT_JOB_LATER;
    ssize_t len = read(list->fd, block, sizeof block);
    if (len < 0 && (errno == EINTR || errno == EAGAIN))
        return HT_JOB_LATER;
    if (len < 0) {
        fail(error, list->name, strerror(errno));
        return HT_JOB_FAILED;
    }
    list->ended = len == 0;
    drop_given(list);
    ht_sink_bytes(&list->text, ht_span(block, (size_t)len));
    return HT_JOB_READY;
}

/* The next line without its end; false where none is whole yet. */
static bool take_line(struct ht_url_list *list, struct ht_span *line)
{
    const char *begin = ht_sink_text(&list->text) + list->at;
    size_t left = list->text.len - list->at;
    const char *end = left ? memchr(begin, '\n', left) : NULL;
    if (left == 0 || (end == NULL && !list->ended))
        return false;
    *line = ht_span(begin, end ? (size_t)(end - begin) : left);
    list->at += line->len + (end != NULL);
    list->line++;
    return true;
}

static enum ht_job_state refuse(const struct ht_url_list *list, const char *why, struct ht_error *error)
{
    ht_fail(error, HT_ERR_USAGE, "%s:%lld: %s", list->name, (long long)list->line, why);
    return HT_JOB_FAILED;
}

/* The line as a text in its place; NULL for one that holds no URL. */
static const char *url_of(struct ht_url_list *list, struct ht_span line)
{
    char *text = list->text.text + (line.data - (const uint8_t *)list->text.text), *end = text + line.len;
    while (end > text && strchr(" \t\r", end[-1]))
        end--;
    *end = '\0'; /* at the end of the file that is where the sink has its own */
    text += strspn(text, " \t\r");
    return *text && *text != '#' ? text : NULL;
}

enum ht_job_state ht_url_list_next(struct ht_url_list *list, const char **url, struct ht_error *error)
{
    for (*url = NULL; *url == NULL;) {
        struct ht_span line = {0};
        if (take_line(list, &line)) {
            if (line.len > HT_URL_LIST_LINE)
                return refuse(list, "the line is too long", error);
            if (line.len && memchr(line.data, '\0', line.len))
                return refuse(list, "a NUL is in the line", error);
            *url = url_of(list, line);
            continue;
        }
        if (list->ended)
            return HT_JOB_END;
        if (list->text.len - list->at > HT_URL_LIST_LINE)
            return refuse(list, "the line is too long", error);
        enum ht_job_state state = read_more(list, error);
        if (state != HT_JOB_READY)
            return state;
    }
    return HT_JOB_READY;
}
