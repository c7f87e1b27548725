/* SPDX-License-Identifier: MIT */
/* Heads: takes a response's lines from libcurl, gives them to files and takes names from them. */
#include "fetch/head.h"

#include "base/arena.h"
#include "base/sink.h"
#include "fetch/remote_name.h"
#include "fetch/schemes.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ETAG "etag:"

enum ht_status ht_heads_open(struct ht_heads *heads, CURL *easy, const struct ht_job *job,
                             struct ht_place *place, struct ht_error *error)
{
    const struct ht_output_rules *rules = &job->operation->output;
    *heads = (struct ht_heads){.rules = rules,
                               .place = place,
                               .easy = easy,
                               .fd = -1,
                               .tags = {.fd = -1},
                               .tunnels = ht_schemes_are_tunnelled(job),
                               .takes_name = rules->remote_header_name && job->remote_name};
    const char *name = rules->dump_header;
    if (rules->etag_save && ht_output_open(&heads->tags, rules->etag_save, error) != HT_OK) {
        error->exit_code = CURLE_READ_ERROR; /* the curl tool's own idea */
        return error->status;
    }
    if (name == NULL)
        return HT_OK;
    if (strcmp(name, "-") == 0 || strcmp(name, "%") == 0) {
        heads->fd = *name == '-' ? STDOUT_FILENO : STDERR_FILENO;
        return HT_OK;
    }
    if (rules->create_dirs && ht_output_make_directories(name, error) != HT_OK)
        return HT_ERR_IO;
    int flags = O_WRONLY | O_CREAT | O_CLOEXEC | O_NOCTTY | (job->is_first ? O_TRUNC : O_APPEND);
    heads->fd = open(name, flags, 0666);
    return heads->fd >= 0 ? HT_OK : ht_fail(error, HT_ERR_IO, "cannot write %s: %s", name, strerror(errno));
}

static bool write_all(int fd, struct ht_span bytes)
{
    while (bytes.len > 0) {
        ssize_t wrote = write(fd, bytes.data, bytes.len);
        if (wrote < 0 && errno == EINTR)
            continue;
        if (wrote <= 0)
            return false;
        bytes = ht_span_from(bytes, (size_t)wrote);
    }
    return true;
}

static void keep_etag(struct ht_heads *heads, struct ht_span line)
{
    const char *at = (const char *)line.data + strlen(ETAG), *end = (const char *)line.data + line.len;
    while (at < end && (*at == ' ' || *at == '\t'))
        at++;
    while (end > at && isspace((unsigned char)end[-1]))
        end--;
    if (end == at)
        return;
    free(heads->etag);
    heads->etag = ht_malloc((size_t)(end - at) + 1);
    memcpy(heads->etag, at, (size_t)(end - at));
    heads->etag[end - at] = '\0';
}

/* On a terminal the names of fields are bold, as in the curl tool. */
static bool write_styled(struct ht_place *place, struct ht_span line)
{
    size_t colon = ht_span_find_byte(line, ':', 0);
    if (colon == line.len)
        return ht_place_write(place, line.data, line.len);
    struct ht_sink out = ht_sink(0);
    ht_sink_puts(&out, "\033[1m");
    ht_sink_bytes(&out, ht_span_head(line, colon));
    ht_sink_puts(&out, "\033[0m");
    ht_sink_bytes(&out, ht_span_from(line, colon));
    bool wrote = ht_place_write(place, ht_sink_text(&out), out.len);
    ht_sink_free(&out);
    return wrote;
}

static bool shows_styles(const struct ht_heads *heads)
{
    return heads->rules->styled && heads->place->path && strcmp(heads->place->path, "-") == 0 &&
           isatty(STDOUT_FILENO);
}

static bool take_line(struct ht_heads *heads, struct ht_span line)
{
    bool is_etag = line.len > strlen(ETAG) && strncasecmp((const char *)line.data, ETAG, strlen(ETAG)) == 0;
    if (heads->fd >= 0 && !write_all(heads->fd, line))
        return false;
    if (heads->rules->etag_save && is_etag)
        keep_etag(heads, line);
    char *name = heads->takes_name ? ht_remote_name_of_head(line) : NULL;
    if (name)
        ht_place_name(heads->place, name);
    if (!heads->rules->include_head)
        return true;
    return shows_styles(heads) ? write_styled(heads->place, line)
                               : ht_place_write(heads->place, line.data, line.len);
}

/* A head from a proxy is all that there is to see of another protocol's URL. */
static bool ends_there(struct ht_heads *heads, struct ht_span line)
{
    const uint8_t *space = memchr(line.data, ' ', line.len);
    bool begins = line.len > 5 && memcmp(line.data, "HTTP/", 5) == 0;
    if (begins)
        heads->in_tunnel = space && space + 1 < line.data + line.len && space[1] == '2';
    return heads->tunnels && line.len <= 2 && heads->in_tunnel && !ht_schemes_can_be_traced(heads->easy);
}

size_t ht_heads_take(char *bytes, size_t size, size_t count, void *ctx)
{
    struct ht_heads *heads = ctx;
    size_t len = size * count;
    heads->failed = heads->failed || !take_line(heads, ht_span(bytes, len));
    heads->refused = heads->refused || ends_there(heads, ht_span(bytes, len));
    return heads->failed || heads->refused ? 0 : len;
}

static enum ht_status save_etag(struct ht_heads *heads, struct ht_error *error)
{
    if (heads->tags.fd < 0)
        return HT_OK;
    if (heads->etag && ht_output_write(&heads->tags, heads->etag, strlen(heads->etag)))
        ht_output_write(&heads->tags, "\n", 1);
    return ht_output_close(&heads->tags, true, error);
}

enum ht_status ht_heads_close(struct ht_heads *heads, struct ht_error *error)
{
    enum ht_status status = heads->rules ? save_etag(heads, error) : HT_OK;
    if (heads->fd > STDERR_FILENO && close(heads->fd) != 0 && status == HT_OK)
        status = ht_fail(error, HT_ERR_IO, "cannot write %s: %s", heads->rules->dump_header, strerror(errno));
    free(heads->etag);
    *heads = (struct ht_heads){.fd = -1, .tags = {.fd = -1}};
    return status;
}
