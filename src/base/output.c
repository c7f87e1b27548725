/* SPDX-License-Identifier: MIT */
/* Output: takes bytes in pieces, gives a file that is there whole or not at all. */
#include "base/output.h"

#include "base/arena.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <time.h>
#include <unistd.h>

#define SUFFIX         ".XXXXXX"
#define NULL_DEVICE    "/dev/null"
#define DIRECTORY_MODE 0750 /* as the curl tool */
#define PIPE_PAUSE_MS  10
#define MOST_LINKS     40 /* as many as Linux follows (path_resolution(7)) */

/* What a new file of this process is readable for; an existing one keeps its mode. */
static mode_t mode_for(const struct stat *existing)
{
    if (existing)
        return existing->st_mode & 07777;
    mode_t mask = umask(0);
    umask(mask);
    return 0666 & ~mask;
}

/* What the last part of `path` links to, in the link's own directory where that is relative; NULL for no
 * link. */
static char *follow(const char *path)
{
    char target[PATH_MAX];
    ssize_t len = readlink(path, target, sizeof target);
    const char *slash = strrchr(path, '/');
    size_t dir = slash && len > 0 && target[0] != '/' ? (size_t)(slash - path) + 1 : 0;
    if (len <= 0 || (size_t)len == sizeof target)
        return NULL;
    char *joined = ht_malloc(dir + (size_t)len + 1);
    memcpy(joined, path, dir);
    memcpy(joined + dir, target, (size_t)len);
    joined[dir + (size_t)len] = '\0';
    return joined;
}

/* The file behind symbolic links, also where it is still to be made; NULL with errno where they have no end.
 */
static char *resolve(const char *name)
{
    char *path = ht_strdup(name);
    for (int links = 0; links < MOST_LINKS; links++) {
        char *next = follow(path);
        if (next == NULL)
            return path;
        free(path);
        path = next;
    }
    free(path);
    errno = ELOOP;
    return NULL;
}

/* Beside the file itself: only there a rename is whole or not at all. */
static int open_temporary(struct ht_output *out, const struct stat *existing)
{
    char *real = existing ? realpath(out->name, NULL) : NULL;
    out->path = real ? real : resolve(out->name);
    if (out->path == NULL)
        return -1;
    size_t len = strlen(out->path);
    out->temporary = ht_malloc(len + sizeof SUFFIX);
    memcpy(out->temporary, out->path, len);
    memcpy(out->temporary + len, SUFFIX, sizeof SUFFIX);
    int fd = mkostemp(out->temporary, O_CLOEXEC);
    if (fd < 0) {
        free(out->temporary);
        out->temporary = NULL;
    } else if (fchmod(fd, mode_for(existing)) != 0) {
        out->error = errno;
    }
    return fd;
}

/* Asked of the kernel once: thousands of URLs may each have it for their body. */
static bool is_null_device(const char *name)
{
    static enum { UNKNOWN, YES, NO } known;
    struct stat device;
    if (strcmp(name, NULL_DEVICE) != 0)
        return false;
    if (known == UNKNOWN)
        known =
            stat(name, &device) == 0 && S_ISCHR(device.st_mode) && device.st_rdev == makedev(1, 3) ? YES : NO;
    return known == YES;
}

enum ht_status ht_output_open(struct ht_output *out, const char *name, struct ht_error *error)
{
    *out = (struct ht_output){.name = name, .fd = -1};
    if (name == NULL || is_null_device(name))
        return HT_OK;
    struct stat existing;
    bool exists = stat(name, &existing) == 0;
    if (strcmp(name, "-") == 0)
        out->fd = STDOUT_FILENO;
    else if (exists && !S_ISREG(existing.st_mode))
        out->fd = open(name, O_WRONLY | O_CLOEXEC | O_NOCTTY);
    else
        out->fd = open_temporary(out, exists ? &existing : NULL);
    if (out->fd >= 0)
        return HT_OK;
    int saved_errno = errno;
    free(out->path);
    *out = (struct ht_output){.fd = -1};
    return ht_fail(error, HT_ERR_IO, "cannot write %s: %s", name, strerror(saved_errno));
}

bool ht_output_is_pipe(const char *name)
{
    struct stat file;
    return stat(name, &file) == 0 && S_ISFIFO(file.st_mode);
}

enum ht_status ht_output_open_pipe(struct ht_output *out, const char *name, int patience_ms,
                                   struct ht_error *error)
{
    const struct timespec pause = {.tv_nsec = PIPE_PAUSE_MS * 1000000};
    *out = (struct ht_output){.name = name, .fd = -1};
    for (int waited_ms = 0;; waited_ms += PIPE_PAUSE_MS) {
        out->fd = open(name, O_WRONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
        if (out->fd >= 0 || errno != ENXIO || waited_ms >= patience_ms || nanosleep(&pause, NULL) != 0)
            break;
    }
    if (out->fd >= 0 && fcntl(out->fd, F_SETFL, 0) == 0)
        return HT_OK;
    const char *why = errno == ENXIO || errno == EINTR ? "nobody reads this pipe" : strerror(errno);
    if (out->fd >= 0)
        close(out->fd);
    *out = (struct ht_output){.fd = -1};
    return ht_fail(error, HT_ERR_IO, "cannot write %s: %s", name, why);
}

static enum ht_status open_in_place(struct ht_output *out, const char *name, int flag, struct ht_error *error)
{
    *out = (struct ht_output){.name = name};
    out->fd = open(name, O_WRONLY | flag | O_CREAT | O_CLOEXEC | O_NOCTTY, 0666);
    if (out->fd >= 0)
        return HT_OK;
    return ht_fail(error, HT_ERR_IO, "cannot write %s: %s", name, strerror(errno));
}

enum ht_status ht_output_append(struct ht_output *out, const char *name, struct ht_error *error)
{
    if (name == NULL || strcmp(name, "-") == 0)
        return ht_output_open(out, name, error);
    struct stat file;
    enum ht_status status = open_in_place(out, name, O_APPEND, error);
    if (status == HT_OK && fstat(out->fd, &file) == 0)
        out->begin = file.st_size;
    return status;
}

enum ht_status ht_output_truncate(struct ht_output *out, const char *name, struct ht_error *error)
{
    return open_in_place(out, name, O_TRUNC, error);
}

enum ht_status ht_output_create(struct ht_output *out, const char *name, struct ht_error *error)
{
    *out = (struct ht_output){.name = name};
    out->fd = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOCTTY, 0644);
    if (out->fd >= 0)
        return HT_OK;
    int saved_errno = errno;
    enum ht_status status = ht_fail(error, HT_ERR_IO, "cannot write %s: %s", name, strerror(saved_errno));
    errno = saved_errno;
    return status;
}

void ht_output_make_private(struct ht_output *out)
{
    if (out->temporary && fchmod(out->fd, 0600) != 0 && out->error == 0)
        out->error = errno;
}

bool ht_output_write(struct ht_output *out, const void *bytes, size_t len)
{
    const char *at = bytes;
    if (out->fd < 0)
        return out->error == 0;
    while (len > 0 && out->error == 0) {
        ssize_t wrote = write(out->fd, at, len);
        if (wrote < 0 && errno == EINTR)
            continue;
        if (wrote <= 0) {
            out->error = wrote < 0 ? errno : EIO;
            break;
        }
        at += wrote;
        len -= (size_t)wrote;
    }
    return out->error == 0;
}

void ht_output_discard(struct ht_output *out)
{
    struct stat file;
    if (out->fd < 0 || fstat(out->fd, &file) != 0 || !S_ISREG(file.st_mode) || out->fd == STDOUT_FILENO)
        return;
    if ((ftruncate(out->fd, out->begin) != 0 || lseek(out->fd, out->begin, SEEK_SET) < 0) && out->error == 0)
        out->error = errno;
}

static void finish_file(struct ht_output *out, bool keep)
{
    if (out->fd != STDOUT_FILENO && close(out->fd) != 0 && out->error == 0)
        out->error = errno;
    if (out->temporary == NULL)
        return;
    if (keep && out->error == 0 && rename(out->temporary, out->path) == 0)
        return;
    if (keep && out->error == 0)
        out->error = errno;
    unlink(out->temporary);
}

static enum ht_status tell(const char *name, int code, struct ht_error *error)
{
    return ht_fail(error, HT_ERR_IO, "cannot write %s: %s", strcmp(name, "-") == 0 ? "standard output" : name,
                   strerror(code));
}

bool ht_output_trouble(const struct ht_output *out, struct ht_error *error)
{
    return out->fd >= 0 && out->error && tell(out->name, out->error, error) != HT_OK;
}

enum ht_status ht_output_close(struct ht_output *out, bool keep, struct ht_error *error)
{
    if (out->fd < 0)
        return HT_OK;
    finish_file(out, keep);
    int failed = out->error;
    const char *name = out->name;
    free(out->path);
    free(out->temporary);
    *out = (struct ht_output){.fd = -1};
    return failed ? tell(name, failed, error) : HT_OK;
}

enum ht_status ht_output_make_directories(const char *path, struct ht_error *error)
{
    char *copy = ht_strdup(path);
    enum ht_status status = HT_OK;
    for (char *at = copy + 1; *copy && status == HT_OK && (at = strchr(at, '/')) != NULL; *at++ = '/') {
        *at = '\0';
        if (mkdir(copy, DIRECTORY_MODE) != 0 && errno != EEXIST && errno != EACCES && errno != EROFS)
            status = ht_fail(error, HT_ERR_IO, "cannot make the directory %s: %s", copy, strerror(errno));
    }
    free(copy);
    return status;
}
