/* SPDX-License-Identifier: MIT */
/* Fetching: takes a job and an easy handle, gives the handle all that the job asks for and its answer a
 * place. */
#include "fetch/fetch.h"

#include "fetch/proxied.h"
#include "fetch/url.h"
#include "fetch/writeout.h"

#include <string.h>
#include <sys/stat.h>

static size_t on_body(char *bytes, size_t size, size_t count, void *ctx)
{
    struct ht_fetch *fetch = ctx;
    size_t len = size * count;
    if (fetch->output.fd < 0)
        return len;
    /* Fewer bytes than given make libcurl end the transfer with CURLE_WRITE_ERROR; also where there were 0.
     */
    return ht_output_write(&fetch->output, bytes, len) ? len : (len ? 0 : 1);
}

enum ht_status ht_fetch_prepare(struct ht_fetch *fetch, CURL *easy, const struct ht_job *job,
                                const struct ht_setting_plan *plan, struct ht_error *error)
{
    *fetch = (struct ht_fetch){.job = *job, .easy = easy, .upload = {.fd = -1}, .output = {.fd = -1}};
    enum ht_status status = ht_settings_apply(easy, plan, error);
    if (status != HT_OK)
        return status;
    status = ht_form_body_set(&fetch->form, easy, job->operation->form, error);
    if (status != HT_OK)
        return status;
    ht_upload_set(&fetch->upload, easy, job);
    ht_proxied_allow(easy, job);
    fetch->url = ht_fetch_url(job);
    if (fetch->url)
        fetch->job.url = fetch->url;
    curl_easy_setopt(easy, CURLOPT_URL, fetch->job.url);
    if (job->operation->output.include_head)
        curl_easy_setopt(easy, CURLOPT_HEADER, 1L);
    if (job->operation->output.write_out)
        ht_writeout_prepare(easy, job->operation->output.write_out);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, fetch);
    return HT_OK;
}

/* Whether the answer is to go behind what its file holds. -C - asks from the file's end; a file that is empty
 * or not there yet begins anew. */
static bool resumes(struct ht_fetch *fetch)
{
    const struct ht_job *job = &fetch->job;
    struct stat file;
    if (!job->operation->resume_at_end)
        return job->operation->output.is_resumed;
    if (!job->output || stat(job->output, &file) != 0 || file.st_size == 0)
        return false;
    curl_easy_setopt(fetch->easy, CURLOPT_RESUME_FROM_LARGE, (curl_off_t)file.st_size);
    return true;
}

enum ht_status ht_fetch_open(struct ht_fetch *fetch, struct ht_error *error)
{
    bool appends = resumes(fetch);
    enum ht_status opened = ht_upload_open(&fetch->upload, &fetch->job, error);
    if (opened != HT_OK)
        return opened;
    enum ht_status status = appends ? ht_output_append(&fetch->output, fetch->job.output, error)
                                    : ht_output_open(&fetch->output, fetch->job.output, error);
    if (status != HT_OK && error)
        error->exit_code = CURLE_WRITE_ERROR;
    return status;
}

/* After the body, which may be on the same stream. */
static void tell(const struct ht_fetch *fetch, CURLcode code)
{
    const struct ht_job *job = &fetch->job;
    const struct ht_output_rules *rules = &job->operation->output;
    struct ht_writeout about = {.easy = fetch->easy,
                                .code = code,
                                .error = fetch->words,
                                .url = job->url,
                                .file_name =
                                    job->output && strcmp(job->output, "-") != 0 ? job->output : NULL,
                                .url_number = job->number,
                                .program = rules->program ? rules->program : "httptrace"};
    if (rules->write_out && *rules->write_out)
        ht_writeout_run(rules->write_out, &about);
}

enum ht_status ht_fetch_close(struct ht_fetch *fetch, CURLcode code, struct ht_error *error)
{
    ht_upload_close(&fetch->upload);
    /* As curl does, what came of a body before the transfer broke off is kept. */
    enum ht_status status = ht_output_close(&fetch->output, true, error);
    if (status != HT_OK && error)
        error->exit_code = CURLE_WRITE_ERROR;
    tell(fetch, status != HT_OK && code == CURLE_OK ? CURLE_WRITE_ERROR : code);
    return status;
}

void ht_fetch_clear(struct ht_fetch *fetch)
{
    ht_upload_close(&fetch->upload);
    ht_form_body_clear(&fetch->form);
    curl_free(fetch->url);
}

const char *ht_fetch_method(const struct ht_fetch *fetch)
{
    const struct ht_operation *operation = fetch->job.operation;
    return ht_upload_is_given(&fetch->job) && !operation->custom_method ? "PUT" : operation->method;
}
