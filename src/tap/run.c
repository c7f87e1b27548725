/* SPDX-License-Identifier: MIT */
/* The run: takes jobs, drives libcurl's multi interface over them in order, gives all their raw events. */
#include "base/arena.h"
#include "fetch/plans.h"
#include "fetch/source_code.h"
#include "tap/selfcheck.h"
#include "tap/transfer.h"

#include <stdlib.h>
#include <string.h>

#define POLL_MS 200 /* how long a stop request may wait at most */

/* All of one run but what interposed functions see. */
struct session {
    struct ht_tap tap;
    const struct ht_tap_options *options;
    CURLM *multi;
    CURLSH *share;
    struct ht_source_code source;
    struct ht_setting_plans plans;  /* every setting was tried before anything is sent */
    struct ht_tap_transfer *active; /* those under way */
    size_t active_count;
    int32_t next_id;
    bool ended, wait; /* there are no more jobs; none now, but later */
    CURLcode last_code;
    enum ht_status status; /* of the first output that failed */
    struct ht_error *error;
};

static bool stopped(const struct session *session)
{
    return session->options->stop && *session->options->stop;
}

static void emit_run_start(struct session *session)
{
    const curl_version_info_data *info = curl_version_info(CURLVERSION_NOW);
    session->tap.start_us = ht_clock_us(); /* what came before was this program's own setting up */
    struct ht_raw raw = ht_tap_raw(&session->tap, HT_RAW_RUN_START);
    raw.u.run_start.wall_us = ht_clock_wall_us();
    raw.u.run_start.tool = ht_span_str(session->options->tool_version);
    raw.u.run_start.libcurl = ht_span_str(info->version);
    raw.u.run_start.tls = ht_span_str(info->ssl_version);
    raw.u.run_start.nghttp2 = ht_span_str(info->nghttp2_version);
    raw.u.run_start.tap = ht_span_str(session->tap.interposes ? "full" : "callbacks");
    ht_tap_emit(&session->tap, &raw);
}

/* The first failure of an output is the run's; later ones would only repeat it. */
static void note(struct session *session, enum ht_status status, const struct ht_error *error)
{
    if (status == HT_OK || session->status != HT_OK)
        return;
    session->status = status;
    if (session->error)
        *session->error = *error;
}

/* One after another the last transfer's result counts; side by side the latest that is an error, as with
 * curl. */
static void result(struct session *session, CURLcode code)
{
    bool parallel = session->options->parallel > 1;
    if (!parallel || code != CURLE_OK || session->next_id == 1)
        session->last_code = code;
}

static void forget(struct session *session, struct ht_tap_transfer *transfer)
{
    struct ht_tap_transfer **at = &session->active;
    while (*at != transfer)
        at = &(*at)->next;
    *at = transfer->next;
    session->active_count--;
    struct ht_job job = transfer->fetch.job;
    ht_transfer_clear(transfer);
    free(transfer);
    session->options->source->release(session->options->source->ctx, &job);
}

/* `text`: why, where libcurl does not know; such a transfer leaves libcurl first, so that its sockets tell
 * their end. */
static void finish(struct session *session, struct ht_tap_transfer *transfer, CURLcode code, const char *text)
{
    struct ht_error error = {0};
    if (text)
        curl_multi_remove_handle(session->multi, transfer->easy);
    enum ht_status status = ht_transfer_end(transfer, code, text, &error);
    note(session, status, &error);
    result(session, code);
    session->ended = session->ended || (code != CURLE_OK && session->options->fail_early);
    if (!text)
        curl_multi_remove_handle(session->multi, transfer->easy);
    forget(session, transfer);
}

/* --libcurl */
static void add_source(struct session *session, const struct ht_tap_transfer *transfer,
                       const struct ht_setting_plan *plan)
{
    const struct ht_dump_rules *rules = session->options->dump;
    if (rules == NULL || rules->source_code == NULL)
        return;
    struct ht_source_facts facts = {&transfer->fetch.job, rules->silent, rules->verbose || rules->path};
    ht_source_code_add(&session->source, plan, &facts);
}

static struct ht_tap_transfer *transfer_new(struct session *session, const struct ht_job *job, int32_t id)
{
    struct ht_error error = {0};
    struct ht_tap_transfer *transfer = ht_malloc(sizeof *transfer);
    const struct ht_setting_plan *plan = ht_setting_plans_find(&session->plans, job->operation);
    enum ht_status status =
        ht_transfer_prepare(transfer, &session->tap, session->share, job, plan, id, &error);
    note(session, status, &error);
    if (status == HT_OK) {
        add_source(session, transfer, plan);
        return transfer;
    }
    session->ended = true;
    free(transfer);
    return NULL;
}

static void start(struct session *session, struct ht_job *job)
{
    struct ht_error error = {0};
    struct ht_tap_transfer *transfer = transfer_new(session, job, session->next_id++);
    if (!transfer) {
        result(session, CURLE_FAILED_INIT);
        session->options->source->release(session->options->source->ctx, job);
        return;
    }
    transfer->next = session->active;
    session->active = transfer;
    session->active_count++;
    enum ht_status status = ht_transfer_start(transfer, &error);
    note(session, status, &error);
    /* As with the curl tool: where one request cannot be made, none after it is. */
    session->ended = session->ended || (status != HT_OK && error.exit_code == CURLE_READ_ERROR);
    CURLMcode added = status == HT_OK ? curl_multi_add_handle(session->multi, transfer->easy) : CURLM_OK;
    if (status != HT_OK)
        finish(session, transfer, (CURLcode)error.exit_code, error.text);
    else if (added != CURLM_OK)
        finish(session, transfer, CURLE_FAILED_INIT, curl_multi_strerror(added));
}

static void reap(struct session *session)
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

static void end_all(struct session *session, CURLcode code, const char *text)
{
    while (session->active)
        finish(session, session->active, code, text);
}

static void give_up(struct session *session)
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
static void fail_source(struct session *session, const struct ht_error *error)
{
    note(session, error->status, error);
    session->last_code = (CURLcode)error->exit_code;
    session->ended = true;
}

/* False once nothing runs and nothing is to come. */
static bool fill_up(struct session *session)
{
    struct ht_job_source *source = session->options->source;
    size_t limit = session->options->parallel > 1 ? session->options->parallel : 1;
    session->wait = false;
    while (!session->ended && !session->wait && session->active_count < limit) {
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
    return session->active_count > 0 || session->wait;
}

static int awaited_by_uploads(const struct session *session)
{
    int fd = -1;
    for (const struct ht_tap_transfer *at = session->active; at && fd < 0; at = at->next)
        fd = ht_upload_waits_for(&at->fetch.upload);
    return fd;
}

/* Uploads whose input has come go on. */
static void turn_uploads(struct session *session)
{
    for (struct ht_tap_transfer *at = session->active; at; at = at->next)
        ht_upload_turn(&at->fetch.upload);
}

/* Until something happens on a socket, or the source may have its next job. */
static CURLMcode await(struct session *session, int *ready)
{
    struct ht_job_source *source = session->options->source;
    struct curl_waitfd
        also[2]; /* the list of jobs; what uploads wait for: none waits for more than standard input */
    int64_t wait_ms = session->wait && source->wait_us > 0 ? (source->wait_us + 999) / 1000 : POLL_MS;
    unsigned count = 0;
    int upload = awaited_by_uploads(session);
    if (session->wait && source->fd >= 0)
        also[count++] = (struct curl_waitfd){.fd = source->fd, .events = CURL_WAIT_POLLIN};
    if (upload >= 0)
        also[count++] = (struct curl_waitfd){.fd = upload, .events = CURL_WAIT_POLLIN};
    return curl_multi_poll(session->multi, also, count, wait_ms < POLL_MS ? (int)wait_ms : POLL_MS, ready);
}

/* Turns the multi loop until all jobs are done, or a stop is asked for. */
static void drive(struct session *session)
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
        end_all(session, CURLE_ABORTED_BY_CALLBACK, "interrupted");
    }
}

/* What the curl tool shares between its URLs, connections excepted: those the multi handle keeps. */
static bool open_handles(struct session *session)
{
    static const curl_lock_data shared[] = {CURL_LOCK_DATA_COOKIE, CURL_LOCK_DATA_DNS,
                                            CURL_LOCK_DATA_SSL_SESSION, CURL_LOCK_DATA_PSL,
                                            CURL_LOCK_DATA_HSTS};
    session->multi = curl_multi_init();
    session->share = curl_share_init();
    if (session->multi == NULL || session->share == NULL)
        return false;
    curl_multi_setopt(session->multi, CURLMOPT_MAX_HOST_CONNECTIONS, (long)session->options->parallel_host);
    for (size_t i = 0; i < sizeof shared / sizeof *shared; i++)
        curl_share_setopt(session->share, CURLSHOPT_SHARE, shared[i]);
    return true;
}

static void open_run(struct session *session)
{
    static _Atomic(uint64_t) runs;
    struct ht_tap *tap = &session->tap;
    *tap = (struct ht_tap){.serial = atomic_fetch_add(&runs, 1) + 1,
                           .sink = session->options->sink,
                           .all_bytes = session->options->all_bytes,
                           .start_us = ht_clock_us(),
                           .last_socket = -1,
                           .prereq_transfer = -1,
                           .prereq_socket = -1,
                           .probe_fd = -1,
                           .resolving = -1};
    tap->lookups_end = &tap->lookups;
    tap->texts = session->options->texts;
    tap->interposes = !session->options->callbacks_only;
    ht_tap_set_live(tap);
    if (tap->interposes)
        tap->interposes = ht_tap_selfcheck(tap);
}

/* Pooled connections close here, and tell so. */
static void close_run(struct session *session)
{
    const struct ht_dump_rules *rules = session->options->dump;
    if (rules && rules->source_code)
        ht_source_code_write(&session->source, rules->source_code);
    ht_source_code_clear(&session->source);
    curl_multi_cleanup(session->multi);
    curl_share_cleanup(session->share);
    ht_setting_plans_clear(&session->plans);
}

static void forget_run(struct ht_tap *tap)
{
    ht_dump_close(&tap->dump);
    ht_tap_set_live(NULL);
    while (tap->sockets)
        ht_tap_socket_forget(tap, tap->sockets);
    ht_tap_drop_lookups(tap);
    ht_fd_clear(&tap->fds);
    ht_peer_free(tap->peer);
}

/* Without interposed calls, or with a resolver of libcurl's own, names would be looked up. */
static enum ht_status set_dry(struct session *session)
{
    if (!session->options->dry)
        return HT_OK;
    if (!session->tap.interposes || curl_version_info(CURLVERSION_NOW)->ares)
        return ht_fail(session->error, HT_ERR_CURL,
                       "option --dry-run: not with this libcurl: its calls cannot be kept from the network");
    session->tap.peer = ht_peer_new();
    if (session->tap.peer)
        return HT_OK;
    return ht_fail(session->error, HT_ERR_CURL, "option --dry-run: OpenSSL cannot be set up");
}

static enum ht_status run_session(struct session *session)
{
    if (!open_handles(session)) {
        close_run(session);
        return ht_fail(session->error, HT_ERR_CURL, "libcurl cannot be set up");
    }
    enum ht_status status = set_dry(session);
    if (status == HT_OK)
        status = ht_dump_init(&session->tap.dump, session->options->dump, session->error);
    if (status == HT_OK)
        status = ht_setting_plans_make(&session->plans, session->options->operations, session->error);
    if (status != HT_OK) {
        close_run(session);
        return status;
    }
    emit_run_start(session);
    drive(session);
    close_run(session);
    struct ht_raw end = ht_tap_raw(&session->tap, HT_RAW_RUN_END);
    ht_tap_emit(&session->tap, &end);
    return session->status;
}

enum ht_status ht_tap_run(const struct ht_tap_options *options, int *curl_code, struct ht_error *error)
{
    *curl_code = CURLE_FAILED_INIT;
    if (options->dry)
        unsetenv("SSLKEYLOGFILE"); /* keys of nobody's traffic */
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
        return ht_fail(error, HT_ERR_CURL, "libcurl cannot be initialised");
    struct session session = {.options = options, .last_code = CURLE_FAILED_INIT, .error = error};
    struct sigaction ignore = {.sa_handler = SIG_IGN};
    struct sigaction before;
    sigaction(SIGPIPE, &ignore, &before);
    open_run(&session);
    enum ht_status status = run_session(&session);
    forget_run(&session.tap);
    sigaction(SIGPIPE, &before, NULL);
    curl_global_cleanup();
    *curl_code = (int)session.last_code;
    return status;
}
