/* SPDX-License-Identifier: MIT */
/* Fetching: takes a job and an easy handle, gives the handle all that the job asks for and its answer a
 * place. */
#include "fetch/fetch.h"

#include "fetch/schemes.h"
#include "fetch/url.h"
#include "fetch/writeout.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static size_t on_body(char *bytes, size_t size, size_t count, void *ctx)
{
    struct ht_fetch *fetch = ctx;
    size_t len = size * count;
    fetch->decoded_bytes += (int64_t)len;
    /* Fewer bytes than given make libcurl end the transfer with CURLE_WRITE_ERROR; also where there were 0.
     */
    return ht_place_write(&fetch->place, bytes, len) ? len : (len ? 0 : 1);
}

enum ht_status ht_fetch_prepare(struct ht_fetch *fetch, CURL *easy, const struct ht_job *job,
                                const struct ht_setting_plan *plan, struct ht_error *error)
{
    *fetch = (struct ht_fetch){
        .job = *job, .easy = easy, .upload = {.fd = -1}, .heads = {.fd = -1, .tags = {.fd = -1}}};
    enum ht_status status = ht_settings_apply(easy, plan, error);
    if (status != HT_OK)
        return status;
    ht_trace_context_set(&fetch->context, easy, plan);
    status = ht_form_body_set(&fetch->form, easy, job->operation->form, error);
    if (status != HT_OK)
        return status;
    ht_upload_set(&fetch->upload, easy, job);
    ht_schemes_allow(easy, job);
    fetch->url = ht_fetch_url(job);
    if (fetch->url)
        fetch->job.url = fetch->url;
    curl_easy_setopt(easy, CURLOPT_URL, fetch->job.url);
    if (job->operation->output.remote_time)
        curl_easy_setopt(easy, CURLOPT_FILETIME, 1L);
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
    if (!fetch->place.path || stat(fetch->place.path, &file) != 0 || file.st_size == 0)
        return false;
    curl_easy_setopt(fetch->easy, CURLOPT_RESUME_FROM_LARGE, (curl_off_t)file.st_size);
    fetch->bar.before_bytes = file.st_size;
    return true;
}

/* Lines of heads are only asked for where something is done with them. */
static bool wants_heads(const struct ht_job *job)
{
    const struct ht_output_rules *rules = &job->operation->output;
    if (ht_schemes_are_tunnelled(job))
        return true;
    return rules->include_head || rules->dump_header || rules->etag_save || rules->remote_header_name;
}

bool ht_fetch_is_seen(const struct ht_fetch *fetch)
{
    return fetch->place.path && strcmp(fetch->place.path, "-") == 0 && isatty(STDOUT_FILENO);
}

/* A body on a terminal has it for itself. */
static void set_bar(struct ht_fetch *fetch)
{
    const struct ht_job *job = &fetch->job;
    if (!ht_upload_is_given(job) && !job->operation->resume_at_end)
        fetch->bar.before_bytes = ht_setting_number(job->operation, "RESUME_FROM_LARGE", 0);
    if (job->operation->draws_bar && !ht_fetch_is_seen(fetch))
        ht_bar_set(&fetch->bar, fetch->easy);
}

static enum ht_status open_answer(struct ht_fetch *fetch, struct ht_error *error)
{
    const struct ht_job *job = &fetch->job;
    enum ht_status status = ht_place_begin(&fetch->place, job, error);
    if (status != HT_OK || !wants_heads(job))
        return status;
    curl_easy_setopt(fetch->easy, CURLOPT_HEADERFUNCTION, ht_heads_take);
    curl_easy_setopt(fetch->easy, CURLOPT_HEADERDATA, &fetch->heads);
    return ht_heads_open(&fetch->heads, fetch->easy, job, &fetch->place, error);
}

enum ht_status ht_fetch_open(struct ht_fetch *fetch, struct ht_error *error)
{
    enum ht_status status = ht_upload_open(&fetch->upload, &fetch->job, error);
    if (status != HT_OK)
        return status;
    status = open_answer(fetch, error);
    if (status == HT_OK && resumes(fetch))
        status = ht_place_resume(&fetch->place, error);
    if (status == HT_OK)
        set_bar(fetch);
    fetch->passed_over = status != HT_OK && error->exit_code == CURLE_READ_ERROR;
    if (status != HT_OK && !fetch->passed_over)
        error->exit_code = CURLE_WRITE_ERROR;
    return status;
}

CURLcode ht_fetch_code(const struct ht_fetch *fetch, CURLcode code)
{
    long status = 0;
    if (fetch->heads.refused)
        return CURLE_UNSUPPORTED_PROTOCOL;
    if (code != CURLE_OK || !fetch->job.operation->output.fail_with_body)
        return code;
    curl_easy_getinfo(fetch->easy, CURLINFO_RESPONSE_CODE, &status);
    return status >= 400 ? CURLE_HTTP_RETURNED_ERROR : code;
}

/* After the body, which may be on the same stream. */
static void tell(const struct ht_fetch *fetch, CURLcode code)
{
    const struct ht_job *job = &fetch->job;
    const struct ht_output_rules *rules = &job->operation->output;
    const char *path = fetch->place.path;
    struct ht_writeout about = {.easy = fetch->easy,
                                .code = code,
                                .error = fetch->words,
                                .url = job->url,
                                .file_name = path && strcmp(path, "-") != 0 ? path : NULL,
                                .url_number = job->number,
                                .program = rules->program ? rules->program : "httptrace"};
    if (rules->write_out && *rules->write_out)
        ht_writeout_run(rules->write_out, &about);
}

void ht_fetch_end(struct ht_fetch *fetch)
{
    ht_bar_end(&fetch->bar);
}

enum ht_status ht_fetch_close(struct ht_fetch *fetch, CURLcode code, struct ht_error *error)
{
    struct ht_error later = {0};
    ht_upload_close(&fetch->upload);
    enum ht_status heads = ht_heads_close(&fetch->heads, &later);
    enum ht_status status = ht_place_close(&fetch->place, fetch->easy, code, error);
    if (status == HT_OK && heads != HT_OK && error)
        *error = later;
    status = status == HT_OK ? heads : status;
    if (status != HT_OK && error)
        error->exit_code = CURLE_WRITE_ERROR;
    tell(fetch, status != HT_OK && code == CURLE_OK ? CURLE_WRITE_ERROR : code);
    return status;
}

/* As with the curl tool: heads without a body stay. */
void ht_fetch_retry(struct ht_fetch *fetch)
{
    ht_upload_close(&fetch->upload);
    if (fetch->decoded_bytes > 0)
        ht_place_discard(&fetch->place);
    fetch->decoded_bytes = 0;
}

enum ht_status ht_fetch_reopen(struct ht_fetch *fetch, struct ht_error *error)
{
    ht_trace_context_renew(&fetch->context, fetch->job.operation);
    return ht_upload_open(&fetch->upload, &fetch->job, error);
}

void ht_fetch_clear(struct ht_fetch *fetch)
{
    ht_upload_close(&fetch->upload);
    ht_form_body_clear(&fetch->form);
    ht_place_clear(&fetch->place);
    curl_free(fetch->url);
}

const char *ht_fetch_method(const struct ht_fetch *fetch)
{
    const struct ht_operation *operation = fetch->job.operation;
    return ht_upload_is_given(&fetch->job) && !operation->custom_method ? "PUT" : operation->method;
}
