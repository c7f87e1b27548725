/* SPDX-License-Identifier: MIT */
/* Takes jobs from their source, drives libcurl's multi interface over them in order, tries again what is
 * worth it. */
#include "tap/session.h"

#include "base/arena.h"

#include <stdlib.h>

#define POLL_MS 200 /* how long a stop request may wait at most */
#define POLL_US (POLL_MS * INT64_C(1000))

static bool stopped(const struct ht_session *session)
{
    return session->options->stop && *session->options->stop;
}

/* The first failure of an output is the run's; later ones would only repeat it. */
static void note(struct ht_session *session, enum ht_status status, const struct ht_error *error)
{
    if (status == HT_OK || session->status != HT_OK)
        return;
    session->status = status;
    if (session->error)
        *session->error = *error;
}

/* One after another the last transfer's result counts; side by side the latest that is an error, as with
 * curl. */
static void result(struct ht_session *session, CURLcode code)
{
    bool parallel = session->options->parallel > 1;
    if (!parallel || code != CURLE_OK || !session->has_code)
        session->last_code = code;
    session->has_code = true;
}

static void leave(struct ht_session *session, struct ht_tap_transfer *transfer)
{
    struct ht_tap_transfer **at = &session->active;
    while (*at != transfer)
        at = &(*at)->next;
    *at = transfer->next;
    session->active_count--;
}

static void forget(struct ht_session *session, struct ht_tap_transfer *transfer)
{
    struct ht_job job = transfer->fetch.job;
    ht_transfer_clear(transfer);
    free(transfer);
    session->options->source->release(session->options->source->ctx, &job);
}

/* What libcurl did not end itself is not tried again. */
static int64_t retry_in(struct ht_tap_transfer *transfer, CURLcode code, const char *text)
{
    const struct ht_operation *operation = transfer->fetch.job.operation;
    if (text || operation->retry.times == 0)
        return 0;
    struct ht_attempt_facts facts = ht_retry_facts(transfer->easy, operation, code, ht_clock_us());
    return ht_retry_next_us(&transfer->retry, &operation->retry, &facts);
}

/* `text`: why, where libcurl does not know; such a transfer leaves libcurl first, so that its sockets tell
 * their end. */
static void finish(struct ht_session *session, struct ht_tap_transfer *transfer, CURLcode code,
                   const char *text)
{
    struct ht_error error = {0};
    if (text)
        curl_multi_remove_handle(session->multi, transfer->easy);
    int64_t retry_us = retry_in(transfer, code, text);
    enum ht_status status = ht_transfer_end(transfer, code, text, retry_us, &error);
    note(session, status, &error);
    if (!text)
        curl_multi_remove_handle(session->multi, transfer->easy);
    leave(session, transfer);
    if (retry_us > 0) {
        ht_waiting_add(&session->waiting, transfer, ht_clock_us() + retry_us);
        return;
    }
    result(session, code);
    session->ended = session->ended || (code != CURLE_OK && session->options->fail_early);
    forget(session, transfer);
}

/* --libcurl */
static void add_source(struct ht_session *session, const struct ht_tap_transfer *transfer,
                       const struct ht_setting_plan *plan)
{
    const struct ht_dump_rules *rules = session->options->dump;
    if (rules == NULL || rules->source_code == NULL)
        return;
    struct ht_source_facts facts = {&transfer->fetch.job, rules->silent, rules->verbose || rules->path};
    ht_source_code_add(&session->source, plan, &facts);
}

static struct ht_tap_transfer *transfer_new(struct ht_session *session, const struct ht_job *job)
{
    struct ht_error error = {0};
    struct ht_tap_transfer *transfer = ht_malloc(sizeof *transfer);
    const struct ht_setting_plan *plan = ht_setting_plans_find(&session->plans, job->operation);
    enum ht_status status = ht_transfer_prepare(transfer, &session->tap, session->share, job, plan, &error);
    note(session, status, &error);
    if (status == HT_OK) {
        add_source(session, transfer, plan);
        return transfer;
    }
    session->ended = true;
    free(transfer);
    return NULL;
}

/* An attempt begins, the first or another one. */
static void launch(struct ht_session *session, struct ht_tap_transfer *transfer)
{
    struct ht_error error = {0};
    transfer->id = session->next_id++;
    transfer->next = session->active;
    session->active = transfer;
    session->active_count++;
    enum ht_status status = ht_transfer_start(transfer, &error);
    if (!transfer->fetch.passed_over) {
        note(session, status, &error);
        /* As with the curl tool: where one request cannot be made, none after it is. */
        session->ended = session->ended || (status != HT_OK && error.exit_code == CURLE_READ_ERROR);
    }
    CURLMcode added = status == HT_OK ? curl_multi_add_handle(session->multi, transfer->easy) : CURLM_OK;
    if (status != HT_OK)
        finish(session, transfer, (CURLcode)error.exit_code, error.text);
    else if (added != CURLM_OK)
        finish(session, transfer, CURLE_FAILED_INIT, curl_multi_strerror(added));
}

static void start(struct ht_session *session, struct ht_job *job)
{
    struct ht_tap_transfer *transfer = transfer_new(session, job);
    if (transfer) {
        launch(session, transfer);
        return;
    }
    result(session, CURLE_FAILED_INIT);
    session->options->source->release(session->options->source->ctx, job);
}

/* Those whose time has come at `now_us`. */
static void try_again(struct ht_session *session, size_t limit, int64_t now_us)
{
    struct ht_tap_transfer *transfer;
    while (session->active_count < limit && (transfer = ht_waiting_take(&session->waiting, now_us)) != NULL)
        launch(session, transfer);
}

static void reap(struct ht_session *session)
{
    int left = 0;
    CURLMsg *message;
    while ((message = curl_multi_info_read(session->multi, &left)) != NULL) {
        struct ht_tap_transfer *transfer = session->active;
        while (transfer && transfer->easy != message->easy_handle)
            transfer = transfer->next;
        if (message->msg == CURLMSG_DONE && transfer)
            finish(session, transfer, ht_fetch_code(&transfer->fetch, message->data.result), NULL);
    }
}

static void end_all(struct ht_session *session, CURLcode code, const char *text)
{
    while (session->active)
        finish(session, session->active, code, text);
}

static void give_up(struct ht_session *session)
{
    const struct ht_tap_options *options = session->options;
    for (struct ht_tap_transfer *next, *at = session->active; options->give_up && at; at = next) {
        const char *why = options->give_up(options->give_up_ctx, at->id);
        next = at->next;
        if (why)
            finish(session, at, CURLE_OPERATION_TIMEDOUT, why);
    }
}

/* The list of jobs is broken: what runs goes on, and the run ends with this. */
static void fail_source(struct ht_session *session, const struct ht_error *error)
{
    note(session, error->status, error);
    session->last_code = (CURLcode)error->exit_code;
    session->ended = true;
}

/* One after another, no URL goes past one that waits; side by side only so many wait. */
static bool has_room(const struct ht_session *session, size_t limit)
{
    size_t waiting = session->waiting.count;
    return session->active_count < limit && (waiting == 0 || (limit > 1 && waiting < limit));
}

/* False once nothing runs and nothing is to come. */
static bool fill_up(struct ht_session *session)
{
    struct ht_job_source *source = session->options->source;
    size_t limit = session->options->parallel > 1 ? session->options->parallel : 1;
    session->wait = false;
    try_again(session, limit, ht_clock_us());
    while (!session->ended && !session->wait && has_room(session, limit)) {
        struct ht_job job;
        struct ht_error error = {0};
        enum ht_job_state state = source->next(source->ctx, &job, &error);
        if (state == HT_JOB_READY)
            start(session, &job);
        else if (state == HT_JOB_FAILED)
            fail_source(session, &error);
        session->ended = session->ended || state == HT_JOB_END;
        session->wait = state == HT_JOB_LATER;
    }
    return session->active_count > 0 || session->wait || session->waiting.count > 0;
}

static int awaited_by_uploads(const struct ht_session *session)
{
    int fd = -1;
    for (const struct ht_tap_transfer *at = session->active; at && fd < 0; at = at->next)
        fd = ht_upload_waits_for(&at->fetch.upload);
    return fd;
}

/* Uploads whose input has come go on. */
static void turn_uploads(struct ht_session *session)
{
    for (struct ht_tap_transfer *at = session->active; at; at = at->next)
        ht_upload_turn(&at->fetch.upload);
}

/* Until something happens on a socket, or the source may have its next job. */
static CURLMcode await(struct ht_session *session, int *ready)
{
    struct ht_job_source *source = session->options->source;
    struct curl_waitfd
        also[2]; /* the list of jobs; what uploads wait for: none waits for more than standard input */
    int64_t wait_us = session->wait && source->wait_us > 0 ? source->wait_us : POLL_US;
    int64_t wait_ms = (ht_waiting_left_us(&session->waiting, ht_clock_us(), wait_us) + 999) / 1000;
    unsigned count = 0;
    int upload = awaited_by_uploads(session);
    if (session->wait && source->fd >= 0)
        also[count++] = (struct curl_waitfd){.fd = source->fd, .events = CURL_WAIT_POLLIN};
    if (upload >= 0)
        also[count++] = (struct curl_waitfd){.fd = upload, .events = CURL_WAIT_POLLIN};
    return curl_multi_poll(session->multi, also, count, wait_ms < POLL_MS ? (int)wait_ms : POLL_MS, ready);
}

void ht_session_drive(struct ht_session *session)
{
    while (!stopped(session) && fill_up(session)) {
        int running = 0, ready = 0;
        turn_uploads(session);
        CURLMcode failed = curl_multi_perform(session->multi, &running);
        ht_tap_turn(&session->tap);
        size_t before = session->active_count;
        reap(session);
        give_up(session);
        if (session->active_count < before || stopped(session))
            continue;
        if (failed == CURLM_OK)
            failed = await(session, &ready);
        if (ready == 0)
            ht_tap_idle(&session->tap);
        if (failed != CURLM_OK)
            end_all(session, CURLE_FAILED_INIT, curl_multi_strerror(failed));
    }
    if (stopped(session)) {
        session->last_code = CURLE_ABORTED_BY_CALLBACK;
        try_again(session, SIZE_MAX, INT64_MAX); /* so that they end like any other */
        end_all(session, CURLE_ABORTED_BY_CALLBACK, "interrupted");
    }
}
