/* SPDX-License-Identifier: MIT */
/* A socket's life: takes libcurl's open and close callbacks and connect results, gives the attempt's events.
 */
#include "base/arena.h"
#include "tap/real.h"
#include "tap/run.h"
#include "tap/sockopt.h"
#include "tap/tlslayer.h"

#include <httptrace/caps.h>

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/un.h>
#include <unistd.h>

struct name {
    char text[sizeof(struct sockaddr_un)]; /* more than INET6_ADDRSTRLEN */
    int port;
};

static struct name name_of(const struct sockaddr *address, socklen_t len)
{
    struct name name = {{0}, 0};
    union {
        struct sockaddr any;
        struct sockaddr_in v4;
        struct sockaddr_in6 v6;
        struct sockaddr_un path;
    } u = {{0}};
    memcpy(&u, address, len < sizeof u ? len : sizeof u);
    if (u.any.sa_family == AF_INET && inet_ntop(AF_INET, &u.v4.sin_addr, name.text, sizeof name.text)) {
        name.port = ntohs(u.v4.sin_port);
    } else if (u.any.sa_family == AF_INET6 &&
               inet_ntop(AF_INET6, &u.v6.sin6_addr, name.text, sizeof name.text)) {
        name.port = ntohs(u.v6.sin6_port);
    } else if (u.any.sa_family == AF_UNIX) {
        /* An abstract socket's name begins with a NUL; "@" is how tools show it. */
        bool abstract = u.path.sun_path[0] == '\0' && len > offsetof(struct sockaddr_un, sun_path);
        memcpy(name.text, u.path.sun_path, sizeof u.path.sun_path);
        if (abstract)
            name.text[0] = '@';
    }
    return name;
}

static struct name local_name(int fd)
{
    struct sockaddr_storage address = {0};
    socklen_t len = sizeof address;
    if (getsockname(fd, (struct sockaddr *)&address, &len) != 0 || address.ss_family == AF_UNIX)
        return (struct name){{0}, 0};
    return name_of((const struct sockaddr *)&address, len);
}

struct ht_tap_socket *ht_tap_socket_open(struct ht_tap *tap, int32_t transfer,
                                         const struct curl_sockaddr *address,
                                         const struct ht_socket_rules *rules)
{
    int fd = tap->peer ? ht_peer_connect(tap->peer, tap->through_proxy) : ht_sockopt_open(address, rules);
    if (fd < 0)
        return NULL;
    /* Without interposed calls a close may go unseen until the descriptor recurs. */
    struct ht_tap_socket *stale = ht_fd_find(&tap->fds, fd);
    if (stale)
        ht_tap_socket_forget(tap, stale);
    struct ht_tap_socket *made = ht_malloc(sizeof *made);
    *made = (struct ht_tap_socket){.fd = fd,
                                   .id = tap->next_socket++,
                                   .transfer = transfer,
                                   .family = address->family,
                                   .next = tap->sockets};
    tap->sockets = made;
    tap->last_socket = made->id;
    ht_tap_end_silence(tap, made);
    ht_fd_put(&tap->fds, fd, made);
    struct name name = name_of(&address->addr, address->addrlen);
    struct ht_raw raw = ht_tap_raw(tap, HT_RAW_SOCKET_OPEN);
    raw.socket = made->id;
    raw.transfer = made->transfer;
    raw.u.socket_open.address = ht_span_str(name.text);
    raw.u.socket_open.port = name.port;
    raw.u.socket_open.family = made->family;
    ht_tap_emit(tap, &raw);
    return made;
}

void ht_tap_socket_connect(struct ht_tap *tap, struct ht_tap_socket *socket, int error)
{
    if (socket->state == HT_SOCKET_CONNECTED || socket->state == HT_SOCKET_FAILED)
        return;
    struct ht_raw raw = ht_tap_raw(tap, HT_RAW_CONNECT);
    raw.socket = socket->id;
    raw.transfer = socket->transfer;
    raw.u.connect.error = error;
    struct name local = local_name(socket->fd);
    if (local.port != 0) {
        raw.u.connect.local_address = ht_span_str(local.text);
        raw.u.connect.local_port = local.port;
    }
    bool pending = error == EINPROGRESS || error == EALREADY || error == EINTR;
    socket->state = error == 0 ? HT_SOCKET_CONNECTED : pending ? HT_SOCKET_PENDING : HT_SOCKET_FAILED;
    ht_tap_emit(tap, &raw);
    if (error == 0)
        ht_tap_sample(tap, socket, HT_SAMPLE_CONNECTED);
}

static bool has_peer(int fd)
{
    struct sockaddr_storage peer;
    socklen_t len = sizeof peer;
    return getpeername(fd, (struct sockaddr *)&peer, &len) == 0;
}

void ht_tap_socket_begun(struct ht_tap *tap, struct ht_tap_socket *socket, int error)
{
    /* With TCP Fast Open, success only means that the first send() is to connect (RFC 7413). */
    bool deferred = error == 0 && socket->family != AF_UNIX && !has_peer(socket->fd);
    ht_tap_socket_connect(tap, socket, deferred ? EINPROGRESS : error);
}

void ht_tap_socket_told(struct ht_tap *tap, struct ht_tap_socket *socket, int error)
{
    if (socket->state == HT_SOCKET_CONNECTED || socket->state == HT_SOCKET_FAILED)
        return;
    if (error != 0 || has_peer(socket->fd))
        ht_tap_socket_connect(tap, socket, error);
}

struct ht_tap_socket *ht_tap_socket_settle(struct ht_tap *tap, struct ht_tap_socket *likely)
{
    struct ht_tap_socket *newest = NULL;
    for (struct ht_tap_socket *at = tap->sockets; at; at = at->next) {
        bool open = at->state == HT_SOCKET_NEW || at->state == HT_SOCKET_PENDING;
        if (open && has_peer(at->fd))
            ht_tap_socket_connect(tap, at, 0);
        if (at->state == HT_SOCKET_CONNECTED && at->easy && (!newest || at->id > newest->id))
            newest = at;
    }
    bool fits = newest == NULL || (likely && likely->state == HT_SOCKET_CONNECTED);
    return fits ? likely : newest;
}

struct ht_tap_socket *ht_tap_socket_by_id(const struct ht_tap *tap, int32_t id)
{
    struct ht_tap_socket *at = tap->sockets;
    while (at && at->id != id)
        at = at->next;
    return at;
}

/* Asked of the kernel once: it stays what it is from the connect on. */
static void learn_local(struct ht_tap_socket *socket)
{
    if (socket->local_port != 0)
        return;
    struct name local = local_name(socket->fd);
    socket->local_port = local.port;
    snprintf(socket->local_ip, sizeof socket->local_ip, "%.*s", (int)sizeof socket->local_ip - 1, local.text);
}

struct ht_tap_socket *ht_tap_socket_by_local(const struct ht_tap *tap, const char *ip, int port)
{
    for (struct ht_tap_socket *at = tap->sockets; at; at = at->next) {
        if (at->family == AF_UNIX)
            continue;
        learn_local(at);
        if (at->local_port == port && port != 0 && (ip == NULL || strcmp(ip, at->local_ip) == 0))
            return at;
    }
    return NULL;
}

/* What calls would have told, from what is left to see: how the kernel has the socket, and libcurl's last
 * error. */
static void guess_end(struct ht_tap *tap, struct ht_tap_socket *socket)
{
    long error = 0;
    bool dead = ht_tap_tcp_state(socket->fd) == TCP_CLOSE;
    if (!dead || socket->easy == NULL)
        return;
    if (socket->state == HT_SOCKET_CONNECTED)
        socket->reset = !socket->peer_closed; /* a FIN leaves CLOSE_WAIT (RFC 9293 section 3.3.2) */
    else if (curl_easy_getinfo(socket->easy, CURLINFO_OS_ERRNO, &error) == CURLE_OK && error != 0)
        ht_tap_socket_connect(tap, socket, (int)error);
}

/* The whole receive queue, for whoever wants every byte: what came and was not read was on the wire, too.
 * Where the head that the close tells is all of it there is nothing more to say. */
static void emit_unread(struct ht_tap *tap, const struct ht_tap_socket *socket)
{
    int size = 0;
    if (!tap->all_bytes || ioctl(socket->fd, FIONREAD, &size) != 0 || size <= (int)HT_CAP_OPAQUE_HEAD)
        return;
    size_t room = (size_t)size < HT_CAP_QUEUE ? (size_t)size : HT_CAP_QUEUE;
    uint8_t *bytes = ht_malloc(room);
    ssize_t left = ht_real()->recv(socket->fd, bytes, room, MSG_PEEK | MSG_DONTWAIT);
    if (left > 0)
        ht_tap_emit_bytes(tap, socket, HT_LEVEL_UNREAD, HT_DIR_IN, ht_span(bytes, (size_t)left));
    free(bytes);
}

static void emit_close(struct ht_tap *tap, const struct ht_tap_socket *socket)
{
    int error = 0;
    socklen_t len = sizeof error;
    /* EPIPE is what the kernel notes when a RST meets a goodbye that was said behind the peer's own FIN. */
    if (ht_real()->getsockopt(socket->fd, SOL_SOCKET, SO_ERROR, &error, &len) != 0 || error == 0 ||
        (error == EPIPE && socket->peer_closed))
        error = socket->last_error;
    char unread[HT_CAP_OPAQUE_HEAD];
    ssize_t left = ht_real()->recv(socket->fd, unread, sizeof unread, MSG_PEEK | MSG_DONTWAIT);
    struct ht_raw raw = ht_tap_raw(tap, HT_RAW_SOCKET_CLOSE);
    raw.socket = socket->id;
    raw.transfer = socket->easy ? socket->transfer : -1;
    raw.u.socket_close.error = error;
    /* A socket that never connected, or that was reset, reads as at its end, too. */
    raw.u.socket_close.peer_closed = socket->state == HT_SOCKET_CONNECTED &&
                                     (socket->peer_closed || (left == 0 && error == 0 && !socket->reset));
    raw.u.socket_close.reset = socket->reset || error == ECONNRESET || error == EPIPE;
    raw.u.socket_close.unread = ht_span(unread, left > 0 ? (size_t)left : 0);
    ht_tap_emit(tap, &raw);
}

void ht_tap_socket_forget(struct ht_tap *tap, struct ht_tap_socket *socket)
{
    ht_tls_let_go_all(socket);
    struct ht_tap_socket **at = &tap->sockets;
    while (*at != socket)
        at = &(*at)->next;
    *at = socket->next;
    ht_fd_put(&tap->fds, socket->fd, NULL);
    free(socket);
}

void ht_tap_socket_close(struct ht_tap *tap, struct ht_tap_socket *socket)
{
    ht_tls_detach(tap, socket);
    if (!tap->interposes)
        guess_end(tap, socket);
    if (socket->state != HT_SOCKET_CONNECTED)
        ht_tap_read_icmp(tap, socket);
    ht_tap_sample(tap, socket, HT_SAMPLE_CLOSE);
    emit_unread(tap, socket);
    emit_close(tap, socket);
    ht_tap_socket_forget(tap, socket);
}
