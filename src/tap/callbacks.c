/* SPDX-License-Identifier: MIT */
/* libcurl's callbacks: takes what libcurl tells of a transfer and its sockets, gives events. */
#include "tap/transfer.h"

#include "tap/dry.h"
#include "tap/tlslayer.h"

#include <errno.h>
#include <unistd.h>

static curl_socket_t on_open(void *ctx, curlsocktype purpose, struct curl_sockaddr *address)
{
    struct ht_tap_transfer *transfer = ctx;
    (void)purpose;
    /* QUIC's datagrams are not tapped. Newer libcurl asks for flags along with the type. */
    if ((address->socktype & ~(SOCK_CLOEXEC | SOCK_NONBLOCK)) != SOCK_STREAM)
        return transfer->tap->peer
                   ? CURL_SOCKET_BAD
                   : socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
    struct ht_tap_socket *made =
        ht_tap_socket_open(transfer->tap, transfer->id, address, &transfer->fetch.job.operation->sockets);
    transfer->no_socket = made ? 0 : errno;
    if (made == NULL)
        return CURL_SOCKET_BAD;
    made->easy = transfer->easy;
    made->deadline_us = transfer->deadline_us;
    transfer->last_socket = made->id;
    return made->fd;
}

/* Called for pooled connections after their transfer is gone: `ctx` is the run. */
static int on_close(void *ctx, curl_socket_t fd)
{
    struct ht_tap *tap = ctx;
    struct ht_tap_socket *socket = ht_fd_find(&tap->fds, fd);
    if (socket)
        ht_tap_socket_close(tap, socket);
    return close(fd);
}

static int on_resolver_start(void *state, void *reserved, void *ctx)
{
    struct ht_tap_transfer *transfer = ctx;
    (void)state, (void)reserved;
    ht_transfer_resolving(transfer);
    struct ht_raw raw = ht_tap_raw(transfer->tap, HT_RAW_RESOLVE_START);
    raw.transfer = transfer->id;
    ht_tap_emit(transfer->tap, &raw);
    return 0;
}

static int on_prereq(void *ctx, char *remote_ip, char *local_ip, int remote_port, int local_port)
{
    struct ht_tap_transfer *transfer = ctx;
    struct ht_tap *tap = transfer->tap;
    (void)remote_ip, (void)remote_port;
    struct ht_tap_socket *socket = ht_tap_socket_by_local(tap, local_ip, local_port);
    if (socket == NULL)
        socket =
            ht_tap_socket_by_id(tap, transfer->last_socket >= 0 ? transfer->last_socket : tap->last_socket);
    if (socket) {
        socket->easy = transfer->easy;
        socket->deadline_us = transfer->deadline_us;
        ht_tap_request_ready(tap, socket);
    }
    ht_transfer_resolved(transfer);
    tap->prereq_transfer = transfer->id;
    tap->prereq_socket = tap->last_socket = transfer->last_socket = socket ? socket->id : -1;
    struct ht_raw raw = ht_tap_raw(tap, HT_RAW_PREREQ);
    raw.transfer = transfer->id;
    raw.socket = tap->prereq_socket;
    ht_tap_emit(tap, &raw);
    return CURL_PREREQFUNC_OK;
}

static CURLcode on_ssl_ctx(CURL *easy, void *ssl_ctx, void *ctx)
{
    const struct ht_tap_transfer *transfer = ctx;
    const struct ht_operation *operation = transfer->fetch.job.operation;
    if (operation->insecure)
        ht_tls_load_anchors(ssl_ctx, easy, operation);
    if (transfer->tap->peer)
        ht_dry_set_tls(ssl_ctx, operation);
    ht_tls_watch(ssl_ctx);
    return CURLE_OK;
}

static void give_text(struct ht_tap_transfer *transfer, struct ht_span text)
{
    struct ht_raw raw = ht_tap_raw(transfer->tap, HT_RAW_TEXT);
    raw.transfer = transfer->id;
    raw.bytes = text;
    ht_tap_emit(transfer->tap, &raw);
}

static int on_debug(CURL *easy, curl_infotype type, char *bytes, size_t len, void *ctx)
{
    struct ht_tap_transfer *transfer = ctx;
    int saved_errno = errno;
    transfer->tap->dump.body_seen = ht_fetch_is_seen(&transfer->fetch);
    ht_dump_take(&transfer->tap->dump, easy, type, ht_span(bytes, len));
    if (type == CURLINFO_TEXT)
        give_text(transfer, ht_span(bytes, len));
    else if (!transfer->tap->interposes)
        ht_transfer_show(transfer, type, ht_span(bytes, len));
    errno = saved_errno;
    return 0;
}

void ht_transfer_set_callbacks(struct ht_tap_transfer *transfer)
{
    CURL *easy = transfer->easy;
    curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, on_open);
    curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, transfer);
    curl_easy_setopt(easy, CURLOPT_CLOSESOCKETFUNCTION, on_close);
    curl_easy_setopt(easy, CURLOPT_CLOSESOCKETDATA, transfer->tap);
    curl_easy_setopt(easy, CURLOPT_RESOLVER_START_FUNCTION, on_resolver_start);
    curl_easy_setopt(easy, CURLOPT_RESOLVER_START_DATA, transfer);
    curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, on_prereq);
    curl_easy_setopt(easy, CURLOPT_PREREQDATA, transfer);
    curl_easy_setopt(easy, CURLOPT_SSL_CTX_FUNCTION, on_ssl_ctx);
    curl_easy_setopt(easy, CURLOPT_SSL_CTX_DATA, transfer);
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, transfer->error);
    if (!transfer->tap->texts && transfer->tap->interposes && !ht_dump_is_on(&transfer->tap->dump))
        return;
    curl_easy_setopt(easy, CURLOPT_DEBUGFUNCTION, on_debug);
    curl_easy_setopt(easy, CURLOPT_DEBUGDATA, transfer);
    curl_easy_setopt(easy, CURLOPT_VERBOSE, 1L);
}
