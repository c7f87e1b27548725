/* SPDX-License-Identifier: MIT */
/* Writing a record: takes raw events, gives a file of JSON Lines that appears whole or not at all. */
#include "record/record.h"

#include "base/arena.h"
#include "record/codec.h"
#include "record/rows.h"

#include <httptrace/caps.h>

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define TEMPORARY "/.httptrace-XXXXXX"

struct ht_recorder {
    FILE *file;
    char *path, *temporary;
    struct ht_sink line;
    uint64_t count;
    int error;     /* errno of the first write that failed */
    bool too_long; /* an event did not fit into a line that a reader takes */
    char buffer[65536];
};

static enum ht_status fail_errno(struct ht_error *error, const char *path, int number)
{
    return ht_fail(error, HT_ERR_IO, "%s: %s", path, strerror(number));
}

/* Told before the run rather than after it: the file that is renamed at the end would replace a device. */
static enum ht_status check_target(const char *path, struct ht_error *error)
{
    struct stat at;
    size_t len = strlen(path);
    if (len == 0)
        return fail_errno(error, path, ENOENT);
    if (stat(path, &at) != 0)
        return errno == ENOENT && path[len - 1] != '/' ? HT_OK : fail_errno(error, path, errno);
    if (S_ISDIR(at.st_mode))
        return fail_errno(error, path, EISDIR);
    return S_ISREG(at.st_mode) ? HT_OK : ht_fail(error, HT_ERR_IO, "%s: not a regular file", path);
}

/* In the target's own directory, because a rename does not leave a file system. */
static char *temporary_for(const char *path)
{
    const char *slash = strrchr(path, '/');
    struct ht_span dir = slash ? ht_span(path, (size_t)(slash - path)) : ht_span(".", 1);
    char *name = ht_malloc(dir.len + sizeof TEMPORARY);
    memcpy(name, dir.data, dir.len);
    memcpy(name + dir.len, TEMPORARY, sizeof TEMPORARY);
    return name;
}

static void put_line(struct ht_recorder *r)
{
    if (r->line.len > HT_CAP_RECORD_LINE)
        r->too_long = true;
    ht_sink_char(&r->line, '\n');
    if (!r->error && !r->too_long && fwrite(r->line.text, 1, r->line.len, r->file) != r->line.len)
        r->error = errno ? errno : EIO;
    ht_sink_reset(&r->line);
}

static void free_recorder(struct ht_recorder *r)
{
    ht_sink_free(&r->line);
    free(r->path);
    free(r->temporary);
    free(r);
}

/* Exclusively made, mode 0600; NULL leaves errno and nothing behind. */
static FILE *open_temporary(char *name)
{
    int fd = mkostemp(name, O_CLOEXEC);
    FILE *file = fd < 0 ? NULL : fdopen(fd, "w");
    if (fd >= 0 && !file) {
        int number = errno;
        close(fd);
        unlink(name);
        errno = number;
    }
    return file;
}

static void put_first_line(struct ht_recorder *r)
{
    ht_sink_puts(&r->line,
                 "{\"format\":\"" HT_RECORD_FORMAT "\",\"tool\":\"httptrace " HT_VERSION "\","
                 "\"secrets\":true,\"note\":\"holds what was sent and received, secrets included\"}");
    put_line(r);
}

enum ht_status ht_recorder_open(const char *path, struct ht_recorder **out, struct ht_error *error)
{
    *out = NULL;
    enum ht_status status = check_target(path, error);
    if (status != HT_OK)
        return status;
    char *temporary = temporary_for(path);
    FILE *file = open_temporary(temporary);
    if (!file) {
        status = fail_errno(error, path, errno);
        free(temporary);
        return status;
    }
    struct ht_recorder *r = ht_malloc(sizeof *r);
    memset(r, 0, offsetof(struct ht_recorder, buffer));
    r->file = file;
    r->path = ht_strdup(path);
    r->temporary = temporary;
    setvbuf(file, r->buffer, _IOFBF, sizeof r->buffer);
    put_first_line(r);
    *out = r;
    return HT_OK;
}

void ht_recorder_take(struct ht_recorder *recorder, const struct ht_raw *raw)
{
    assert(ht_record_kind_name(raw->kind));
    if (recorder->error || recorder->too_long || !ht_record_kind_name(raw->kind))
        return;
    ht_record_encode(&recorder->line, raw);
    put_line(recorder);
    recorder->count++;
}

/* Closes the file and keeps the first error. */
static void end_file(struct ht_recorder *r)
{
    ht_sink_printf(&r->line, "{\"end\":%" PRIu64 "}", r->count);
    put_line(r);
    if (fclose(r->file) != 0 && !r->error)
        r->error = errno;
    if (!r->error && !r->too_long && rename(r->temporary, r->path) != 0)
        r->error = errno;
}

enum ht_status ht_recorder_close(struct ht_recorder *recorder, struct ht_error *error)
{
    enum ht_status status = HT_OK;
    end_file(recorder);
    if (recorder->too_long)
        status = ht_fail(error, HT_ERR_IO, "%s: an event is longer than the %u bytes of a record's line",
                         recorder->path, HT_CAP_RECORD_LINE);
    else if (recorder->error)
        status = fail_errno(error, recorder->path, recorder->error);
    if (status != HT_OK)
        unlink(recorder->temporary);
    free_recorder(recorder);
    return status;
}

void ht_recorder_abandon(struct ht_recorder *recorder)
{
    fclose(recorder->file);
    unlink(recorder->temporary);
    free_recorder(recorder);
}
