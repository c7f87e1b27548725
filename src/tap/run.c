/* SPDX-License-Identifier: MIT */
/* The run: takes jobs, drives libcurl's multi interface over them in order, gives all their raw events. */
#include "base/arena.h"
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
    struct ht_tap_transfer *transfers;
    size_t prepared;
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

/* True once the transfer on the handle is done; then *code is its result. */
static bool is_done(CURLM *multi, CURLcode *code)
{
    int left = 0;
    CURLMsg *message;
    while ((message = curl_multi_info_read(multi, &left)) != NULL) {
        if (message->msg == CURLMSG_DONE) {
            *code = message->data.result;
            return true;
        }
    }
    return false;
}

/* Turns the multi loop until the transfer ends; *text: why, where libcurl does not know. */
static CURLcode drive(struct session *session, const char **text)
{
    CURLcode code = CURLE_OK;
    for (;;) {
        int running = 0;
        CURLMcode failed = curl_multi_perform(session->multi, &running);
        ht_tap_turn(&session->tap);
        if (is_done(session->multi, &code))
            return code;
        if (stopped(session)) {
            *text = "interrupted";
            return CURLE_ABORTED_BY_CALLBACK;
        }
        int ready = 0;
        if (failed == CURLM_OK)
            failed = curl_multi_poll(session->multi, NULL, 0, POLL_MS, &ready);
        if (ready == 0)
            ht_tap_idle(&session->tap);
        if (failed != CURLM_OK) {
            *text = curl_multi_strerror(failed);
            return CURLE_FAILED_INIT;
        }
    }
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

static void run_one(struct session *session, struct ht_tap_transfer *transfer)
{
    struct ht_error error = {0};
    const char *text = NULL;
    enum ht_status status = ht_transfer_start(transfer, &error);
    note(session, status, &error);
    if (status != HT_OK) {
        session->last_code = CURLE_WRITE_ERROR;
        return;
    }
    CURLMcode added = curl_multi_add_handle(session->multi, transfer->easy);
    if (added == CURLM_OK) {
        session->last_code = drive(session, &text);
    } else {
        session->last_code = CURLE_FAILED_INIT;
        text = curl_multi_strerror(added);
    }
    bool interrupted = text != NULL;
    if (interrupted)
        curl_multi_remove_handle(session->multi, transfer->easy);
    status = ht_transfer_end(transfer, session->last_code, text, &error);
    note(session, status, &error);
    if (!interrupted)
        curl_multi_remove_handle(session->multi, transfer->easy);
}

static enum ht_status prepare(struct session *session)
{
    const struct ht_tap_options *options = session->options;
    session->transfers = ht_malloc((options->job_count + 1) * sizeof *session->transfers);
    for (size_t i = 0; i < options->job_count; i++) {
        enum ht_status status = ht_transfer_prepare(&session->transfers[i], &session->tap, session->share,
                                                    &options->jobs[i], (int32_t)i, session->error);
        if (status != HT_OK)
            return status;
        session->prepared++;
    }
    return HT_OK;
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
                           .start_us = ht_clock_us(),
                           .last_socket = -1,
                           .transfer = -1,
                           .prereq_transfer = -1,
                           .prereq_socket = -1,
                           .probe_fd = -1,
                           .resolving = -1};
    tap->lookups_end = &tap->lookups;
    tap->interposes = !session->options->callbacks_only;
    ht_tap_set_live(tap);
    if (tap->interposes)
        tap->interposes = ht_tap_selfcheck(tap);
}

/* Pooled connections close here, and tell so. */
static void close_run(struct session *session)
{
    while (session->prepared > 0)
        ht_transfer_clear(&session->transfers[--session->prepared]);
    free(session->transfers);
    curl_multi_cleanup(session->multi);
    curl_share_cleanup(session->share);
}

static void forget_run(struct ht_tap *tap)
{
    ht_tap_set_live(NULL);
    while (tap->sockets)
        ht_tap_socket_forget(tap, tap->sockets);
    ht_tap_drop_lookups(tap);
    ht_fd_clear(&tap->fds);
}

static void run_all(struct session *session)
{
    emit_run_start(session);
    for (size_t i = 0; i < session->options->job_count; i++) {
        if (stopped(session)) {
            session->last_code = CURLE_ABORTED_BY_CALLBACK;
            break;
        }
        run_one(session, &session->transfers[i]);
        ht_transfer_clear(&session->transfers[i]);
    }
    close_run(session);
    struct ht_raw end = ht_tap_raw(&session->tap, HT_RAW_RUN_END);
    ht_tap_emit(&session->tap, &end);
}

static enum ht_status run_session(struct session *session)
{
    if (!open_handles(session)) {
        close_run(session);
        return ht_fail(session->error, HT_ERR_CURL, "libcurl cannot be set up");
    }
    enum ht_status status = prepare(session);
    if (status != HT_OK) {
        close_run(session);
        return status;
    }
    run_all(session);
    return session->status;
}

enum ht_status ht_tap_run(const struct ht_tap_options *options, int *curl_code, struct ht_error *error)
{
    *curl_code = CURLE_FAILED_INIT;
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
