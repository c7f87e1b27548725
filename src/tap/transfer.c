/* SPDX-License-Identifier: MIT */
/* Transfers: takes a job, gives an easy handle for it and the events of its start and end. */
#include "tap/transfer.h"

#include "base/url.h"
#include "tap/dry.h"
#include "tap/query.h"

#include <httptrace/caps.h>

#include <stdio.h>
#include <string.h>

#define BUFFER_BYTES  (100L * 1024L)  /* what the curl tool asks for */
#define GRACE_US      INT64_C(200000) /* past --max-time, for libcurl to end a transfer by itself */
#define MAX_REDIRECTS 50L             /* likewise */

/* How long our own DNS query may take: after a lookup failed, after one that did not come back, and where
 * other transfers are under way or the query before it had no answer either. */
#define PATIENCE_MS         2000
#define HANGING_PATIENCE_MS 1000
#define CROWDED_PATIENCE_MS 250

static void set_defaults(CURL *easy, CURLSH *share, const struct ht_tap *tap)
{
    curl_easy_setopt(easy, CURLOPT_SHARE, share);
    curl_easy_setopt(easy, CURLOPT_BUFFERSIZE, BUFFER_BYTES);
    curl_easy_setopt(easy, CURLOPT_MAXREDIRS, MAX_REDIRECTS);
    curl_easy_setopt(easy, CURLOPT_TCP_KEEPALIVE, 1L);
    curl_easy_setopt(easy, CURLOPT_NOPROGRESS, 1L);
    if (tap->no_signals)
        curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    /* A lookup that hangs would hold up the end of a transfer that timed out. */
    curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);
}

/* libcurl's lookups over HTTPS are transfers of its own: verbose as this one, but without its debug callback.
 */
static void silence_lookups(struct ht_tap_transfer *transfer)
{
    if (!ht_setting_is_given(transfer->fetch.job.operation, "DOH_URL"))
        return;
    transfer->nowhere = fopen("/dev/null", "we");
    if (transfer->nowhere)
        curl_easy_setopt(transfer->easy, CURLOPT_STDERR, transfer->nowhere);
}

enum ht_status ht_transfer_prepare(struct ht_tap_transfer *transfer, struct ht_tap *tap, CURLSH *share,
                                   const struct ht_job *job, const struct ht_setting_plan *plan,
                                   struct ht_error *error)
{
    *transfer = (struct ht_tap_transfer){.tap = tap, .easy = curl_easy_init()};
    transfer->rendering.head = ht_sink(HT_CAP_HEAD_BYTES);
    if (transfer->easy == NULL)
        return ht_fail(error, HT_ERR_CURL, "libcurl cannot make a transfer");
    set_defaults(transfer->easy, share, tap);
    enum ht_status status = ht_fetch_prepare(&transfer->fetch, transfer->easy, job, plan, error);
    if (status != HT_OK) {
        ht_transfer_clear(transfer);
        return status;
    }
    silence_lookups(transfer);
    ht_transfer_set_callbacks(transfer);
    if (tap->peer)
        ht_dry_set(transfer->easy, tap, job);
    return HT_OK;
}

/* What an earlier attempt left is no news of this one. */
static void begin_attempt(struct ht_tap_transfer *transfer)
{
    if (transfer->retry.done == 0)
        ht_retry_begin(&transfer->retry, &transfer->fetch.job.operation->retry, ht_clock_us());
    transfer->last_socket = -1;
    transfer->no_socket = 0;
    transfer->error[0] = '\0';
    transfer->rendering.on = transfer->rendering.upgraded = false;
    ht_sink_reset(&transfer->rendering.head);
}

enum ht_status ht_transfer_start(struct ht_tap_transfer *transfer, struct ht_error *error)
{
    const struct ht_job *job = &transfer->fetch.job;
    const struct ht_operation *operation = job->operation;
    struct ht_tap *tap = transfer->tap;
    int64_t limit_ms = ht_setting_number(operation, "TIMEOUT_MS", 0);
    bool again = transfer->retry.done > 0;
    begin_attempt(transfer);
    tap->running++;
    transfer->deadline_us = limit_ms > 0 ? ht_tap_now(tap) + limit_ms * 1000 + GRACE_US : 0;
    struct ht_raw raw = ht_tap_raw(tap, HT_RAW_TRANSFER_START);
    raw.transfer = transfer->id;
    raw.u.transfer_start.url = ht_span_str(job->url);
    raw.u.transfer_start.method = ht_span_str(ht_fetch_method(&transfer->fetch));
    raw.u.transfer_start.proxy = ht_span_str(job->proxy);
    raw.u.transfer_start.host_override = ht_span_str(operation->host_override);
    raw.u.transfer_start.unix_socket = ht_span_str(operation->unix_socket);
    raw.u.transfer_start.trace_parent = ht_span_str(operation->trace.parent);
    raw.u.transfer_start.echo_header = ht_span_str(operation->trace.echo);
    raw.u.transfer_start.queued_us = raw.t_us;
    raw.u.transfer_start.retries = transfer->retry.done;
    raw.u.transfer_start.http2_wanted = operation->http2_wanted;
    raw.u.transfer_start.insecure = operation->insecure;
    raw.u.transfer_start.custom_ca = ht_setting_is_given(operation, "CAINFO") ||
                                     ht_setting_is_given(operation, "CAPATH") ||
                                     ht_setting_is_given(operation, "CAINFO_BLOB");
    raw.u.transfer_start.unverified_host = ht_setting_number(operation, "SSL_VERIFYHOST", 2) == 0;
    ht_tap_emit(tap, &raw);
    if (tap->peer)
        ht_dry_silence(&transfer->fetch, &transfer->silent);
    return again ? ht_fetch_reopen(&transfer->fetch, error) : ht_fetch_open(&transfer->fetch, error);
}

static int64_t info_time(CURL *easy, CURLINFO info)
{
    curl_off_t value = -1;
    return curl_easy_getinfo(easy, info, &value) == CURLE_OK ? (int64_t)value : -1;
}

static int64_t info_offset(CURL *easy, CURLINFO info)
{
    curl_off_t value = 0;
    return curl_easy_getinfo(easy, info, &value) == CURLE_OK ? (int64_t)value : 0;
}

static int64_t info_long(CURL *easy, CURLINFO info)
{
    long value = 0;
    return curl_easy_getinfo(easy, info, &value) == CURLE_OK ? value : 0;
}

static void fill_times(struct ht_curl_times *times, CURL *easy)
{
    times->namelookup_us = info_time(easy, CURLINFO_NAMELOOKUP_TIME_T);
    times->connect_us = info_time(easy, CURLINFO_CONNECT_TIME_T);
    times->appconnect_us = info_time(easy, CURLINFO_APPCONNECT_TIME_T);
    times->pretransfer_us = info_time(easy, CURLINFO_PRETRANSFER_TIME_T);
    times->starttransfer_us = info_time(easy, CURLINFO_STARTTRANSFER_TIME_T);
    times->total_us = info_time(easy, CURLINFO_TOTAL_TIME_T);
}

static const char tunnel_refused[] = "The tunnel stands, but what is to go through it is not HTTP";

/* libcurl says of a socket that it could not have what it says of one that could not connect, and nothing of
 * a code that it did not end with. `words` has the reason. */
static const char *error_text(const struct ht_tap_transfer *transfer, CURLcode code, const char *text,
                              const char *words)
{
    if (text)
        return text;
    if (code == CURLE_OK)
        return "";
    if (transfer->fetch.heads.refused)
        return tunnel_refused;
    if (transfer->no_socket || (code == CURLE_HTTP_RETURNED_ERROR && !transfer->error[0]))
        return words;
    return transfer->error[0] ? transfer->error : curl_easy_strerror(code);
}

/* Of the transfer's present URL, or of its proxy: the name that libcurl would have looked up. */
static struct ht_span host_of(const struct ht_tap_transfer *transfer)
{
    const char *url = NULL;
    if (transfer->fetch.job.proxy && *transfer->fetch.job.proxy)
        return ht_url_host(ht_span_str(transfer->fetch.job.proxy));
    if (curl_easy_getinfo(transfer->easy, CURLINFO_EFFECTIVE_URL, &url) != CURLE_OK || url == NULL)
        url = transfer->fetch.job.url;
    return ht_url_host(ht_span_str(url));
}

/* getaddrinfo() says little of why it failed, and nothing where it did not come back. Others that run must
 * not wait for the answer. */
static void ask_why(const struct ht_tap_transfer *transfer, CURLcode code)
{
    struct ht_tap *tap = transfer->tap;
    const struct ht_tap_failed *failed = &tap->failed_lookup;
    bool refused = code == CURLE_COULDNT_RESOLVE_HOST || code == CURLE_COULDNT_RESOLVE_PROXY;
    bool hangs = code == CURLE_OPERATION_TIMEDOUT && transfer->resolving && transfer->last_socket < 0;
    bool known = refused && failed->transfer == transfer->id && failed->host[0];
    if (tap->peer || (!refused && !hangs) || ht_setting_is_given(transfer->fetch.job.operation, "DOH_URL"))
        return;
    if (tap->running > 1 && ht_tap_query_shared(tap, transfer->id, transfer->lookup_us))
        return;
    ht_tap_query(tap, transfer->id, known ? ht_span_str(failed->host) : host_of(transfer),
                 known ? failed->family : AF_UNSPEC,
                 tap->running > 1 || tap->silence.type ? CROWDED_PATIENCE_MS
                 : hangs                               ? HANGING_PATIENCE_MS
                                                       : PATIENCE_MS);
}

/* What is wrong with a URL; libcurl's transfers say of all that they are malformed. */
static const char *url_trouble(const char *url)
{
    CURLU *parsed = curl_url();
    CURLUcode code = parsed ? curl_url_set(parsed, CURLUPART_URL, url, CURLU_GUESS_SCHEME) : CURLUE_OK;
    curl_url_cleanup(parsed);
    return code == CURLUE_OK ? NULL : curl_url_strerror(code);
}

/* NULL where libcurl's words say it. */
static const char *reason_of(const struct ht_tap_transfer *transfer, CURLcode code, const char *text,
                             struct ht_error *error)
{
    if (text)
        return text;
    if (code == CURLE_WRITE_ERROR && ht_place_trouble(&transfer->fetch.place, error))
        return error->text;
    return code == CURLE_URL_MALFORMAT ? url_trouble(transfer->fetch.job.url) : NULL;
}

/* The transfer is over before anything is asked about it. */
static void emit_end(struct ht_tap_transfer *transfer, CURLcode code, const char *text, int64_t retry_us)
{
    CURL *easy = transfer->easy;
    struct ht_raw raw = ht_tap_raw(transfer->tap, HT_RAW_TRANSFER_END);
    char words[CURL_ERROR_SIZE];
    struct ht_error error = {0};
    if (transfer->no_socket)
        snprintf(words, sizeof words, HT_NO_SOCKET "%s", strerrordesc_np(transfer->no_socket));
    else /* --fail-with-body is none of libcurl's */
        snprintf(words, sizeof words, "The requested URL returned error: %ld",
                 info_long(easy, CURLINFO_RESPONSE_CODE));
    ask_why(transfer, code);
    raw.transfer = transfer->id;
    raw.u.transfer_end.curl_code = code;
    raw.u.transfer_end.http_status = info_long(easy, CURLINFO_RESPONSE_CODE);
    raw.u.transfer_end.error = ht_span_str(error_text(transfer, code, text, words));
    raw.u.transfer_end.reason = ht_span_str(reason_of(transfer, code, text, &error));
    raw.u.transfer_end.bytes_sent =
        info_long(easy, CURLINFO_REQUEST_SIZE) + info_offset(easy, CURLINFO_SIZE_UPLOAD_T);
    raw.u.transfer_end.bytes_received =
        info_long(easy, CURLINFO_HEADER_SIZE) + info_offset(easy, CURLINFO_SIZE_DOWNLOAD_T);
    raw.u.transfer_end.retry_in_us = retry_us;
    raw.u.transfer_end.decoded_bytes = transfer->fetch.decoded_bytes;
    fill_times(&raw.u.transfer_end.times, easy);
    ht_tap_emit(transfer->tap, &raw);
}

enum ht_status ht_transfer_end(struct ht_tap_transfer *transfer, CURLcode code, const char *text,
                               int64_t retry_us, struct ht_error *error)
{
    struct ht_tap *tap = transfer->tap;
    const struct ht_tap_socket *socket = ht_tap_socket_by_id(tap, transfer->last_socket);
    ht_fetch_end(&transfer->fetch);
    ht_tap_flush_lookups(tap);
    if (socket && (code != CURLE_OK || retry_us > 0 || !tap->failures_only))
        ht_tap_sample(tap, socket, HT_SAMPLE_TRANSFER_END);
    emit_end(transfer, code, text, retry_us);
    ht_transfer_resolved(transfer);
    tap->running--;
    for (struct ht_tap_socket *at = tap->sockets; at; at = at->next) {
        if (at->easy == transfer->easy)
            at->easy = NULL;
    }
    transfer->fetch.words = text ? text : transfer->fetch.heads.refused ? tunnel_refused : transfer->error;
    if (retry_us > 0) {
        ht_fetch_retry(&transfer->fetch);
        return HT_OK;
    }
    return ht_fetch_close(&transfer->fetch, code, error);
}

void ht_transfer_resolving(struct ht_tap_transfer *transfer)
{
    if (!transfer->resolving)
        ht_tap_resolving(transfer->tap, transfer->id, 1);
    transfer->lookup_us = ht_tap_now(transfer->tap);
    transfer->resolving = true;
}

void ht_transfer_resolved(struct ht_tap_transfer *transfer)
{
    if (transfer->resolving)
        ht_tap_resolving(transfer->tap, transfer->id, -1);
    transfer->resolving = false;
}

void ht_transfer_clear(struct ht_tap_transfer *transfer)
{
    curl_easy_cleanup(transfer->easy);
    ht_fetch_clear(&transfer->fetch);
    if (transfer->nowhere)
        fclose(transfer->nowhere);
    ht_sink_free(&transfer->rendering.head);
    transfer->nowhere = NULL;
    transfer->easy = NULL;
}
