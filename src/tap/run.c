/* SPDX-License-Identifier: MIT */
/* The run: sets up what its transfers share, lets the session drive them, gives all their raw events. */
#include "tap/selfcheck.h"
#include "tap/session.h"

#include <stdlib.h>
#include <string.h>

static void emit_run_start(struct ht_session *session)
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

/* What the curl tool shares between its URLs, connections excepted: those the multi handle keeps. */
static bool open_handles(struct ht_session *session)
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

static void open_run(struct ht_session *session)
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
    tap->failures_only = session->options->failures_only;
    tap->texts = session->options->texts;
    tap->no_signals = curl_version_info(CURLVERSION_NOW)->features & CURL_VERSION_ASYNCHDNS;
    tap->interposes = !session->options->callbacks_only;
    ht_tap_set_live(tap);
    if (tap->interposes)
        tap->interposes = ht_tap_selfcheck(tap);
}

/* Pooled connections close here, and tell so. */
static void close_run(struct ht_session *session)
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
static enum ht_status set_dry(struct ht_session *session)
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

static enum ht_status run_session(struct ht_session *session)
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
    ht_session_drive(session);
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
    struct ht_session session = {.options = options, .last_code = CURLE_FAILED_INIT, .error = error};
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
