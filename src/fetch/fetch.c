/* SPDX-License-Identifier: MIT */
/* Fetching: takes a job and an easy handle, gives the handle all that the job asks for and its answer a
 * place. */
#include "fetch/fetch.h"

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
    *fetch = (struct ht_fetch){.job = *job, .easy = easy, .output = {.fd = -1}};
    enum ht_status status = ht_settings_apply(easy, plan, error);
    if (status != HT_OK)
        return status;
    curl_easy_setopt(easy, CURLOPT_URL, job->url);
    if (job->operation->output.include_head)
        curl_easy_setopt(easy, CURLOPT_HEADER, 1L);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, fetch);
    return HT_OK;
}

enum ht_status ht_fetch_open(struct ht_fetch *fetch, struct ht_error *error)
{
    enum ht_status status = ht_output_open(&fetch->output, fetch->job.output, error);
    if (status != HT_OK && error)
        error->exit_code = CURLE_WRITE_ERROR;
    return status;
}

enum ht_status ht_fetch_close(struct ht_fetch *fetch, CURLcode code, struct ht_error *error)
{
    (void)code;
    /* As curl does, what came of a body before the transfer broke off is kept. */
    enum ht_status status = ht_output_close(&fetch->output, true, error);
    if (status != HT_OK && error)
        error->exit_code = CURLE_WRITE_ERROR;
    return status;
}

const char *ht_fetch_method(const struct ht_fetch *fetch)
{
    const struct ht_operation *operation = fetch->job.operation;
    return fetch->job.upload && !operation->custom_method ? "PUT" : operation->method;
}
