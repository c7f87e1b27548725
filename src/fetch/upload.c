/* SPDX-License-Identifier: MIT */
/* Uploads: takes a file or standard input, gives libcurl its bytes as it asks for them. */
#include "fetch/upload.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

bool ht_upload_is_given(const struct ht_job *job)
{
    return job->upload && *job->upload;
}

bool ht_upload_is_stdin(const struct ht_job *job)
{
    return ht_upload_is_given(job) && (strcmp(job->upload, "-") == 0 || strcmp(job->upload, ".") == 0);
}

/* Files are always ready, whatever they are. */
static bool is_ready(int fd)
{
    struct pollfd poll_fd = {.fd = fd, .events = POLLIN};
    return poll(&poll_fd, 1, 0) != 0;
}

static size_t on_read(char *buffer, size_t size, size_t count, void *ctx)
{
    struct ht_upload *upload = ctx;
    if (!upload->is_own && !upload->resumes && !is_ready(upload->fd)) {
        upload->waits = true;
        return CURL_READFUNC_PAUSE;
    }
    ssize_t got = read(upload->fd, buffer, size * count);
    if (got < 0 && errno == EAGAIN && !upload->is_own) {
        upload->waits = true;
        return CURL_READFUNC_PAUSE;
    }
    /* An error ends the body, as with the curl tool: a body that is too short then fails by its length. */
    return got < 0 ? 0 : (size_t)got;
}

static int on_seek(void *ctx, curl_off_t offset, int origin)
{
    const struct ht_upload *upload = ctx;
    return lseek(upload->fd, (off_t)offset, origin) < 0 ? CURL_SEEKFUNC_CANTSEEK : CURL_SEEKFUNC_OK;
}

void ht_upload_set(struct ht_upload *upload, CURL *easy, const struct ht_job *job)
{
    *upload = (struct ht_upload){.easy = easy, .fd = -1};
    if (!ht_upload_is_given(job))
        return;
    curl_easy_setopt(easy, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(easy, CURLOPT_READFUNCTION, on_read);
    curl_easy_setopt(easy, CURLOPT_READDATA, upload);
    curl_easy_setopt(easy, CURLOPT_SEEKFUNCTION, on_seek);
    curl_easy_setopt(easy, CURLOPT_SEEKDATA, upload);
}

static bool is_resumed(const struct ht_operation *operation)
{
    for (size_t i = 0; i < operation->setting_count; i++)
        if (strcmp(operation->settings[i].option, "RESUME_FROM_LARGE") == 0)
            return true;
    return operation->resume_at_end;
}

/* Devices, pipes and directories have no size: their bodies are sent in chunks. */
static bool open_file(struct ht_upload *upload, const char *path)
{
    struct stat file;
    upload->fd = open(path, O_RDONLY | O_CLOEXEC);
    upload->is_own = upload->fd >= 0;
    if (upload->fd < 0 || fstat(upload->fd, &file) != 0)
        return false;
    if (S_ISREG(file.st_mode))
        curl_easy_setopt(upload->easy, CURLOPT_INFILESIZE_LARGE, (curl_off_t)file.st_size);
    return true;
}

enum ht_status ht_upload_open(struct ht_upload *upload, const struct ht_job *job, struct ht_error *error)
{
    if (!ht_upload_is_given(job))
        return HT_OK;
    upload->resumes = is_resumed(job->operation);
    /* Not the length of the output: libcurl is to ask where the upload ends on the other side, which HTTP
     * cannot say. */
    if (job->operation->resume_at_end)
        curl_easy_setopt(upload->easy, CURLOPT_RESUME_FROM_LARGE, (curl_off_t)-1);
    if (ht_upload_is_stdin(job)) {
        upload->fd = STDIN_FILENO;
        return HT_OK;
    }
    if (open_file(upload, job->upload))
        return HT_OK;
    int failed = errno;
    ht_upload_close(upload);
    enum ht_status status = ht_fail(error, HT_ERR_IO, "option -T: %s: %s", job->upload, strerror(failed));
    if (error)
        error->exit_code = CURLE_READ_ERROR;
    return status;
}

int ht_upload_waits_for(const struct ht_upload *upload)
{
    return upload->waits ? upload->fd : -1;
}

void ht_upload_turn(struct ht_upload *upload)
{
    if (!upload->waits || !is_ready(upload->fd))
        return;
    upload->waits = false;
    curl_easy_pause(upload->easy, CURLPAUSE_CONT);
}

void ht_upload_close(struct ht_upload *upload)
{
    if (upload->is_own)
        close(upload->fd);
    upload->fd = -1;
    upload->is_own = upload->waits = false;
}
