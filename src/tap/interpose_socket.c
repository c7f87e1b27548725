/* SPDX-License-Identifier: MIT */
/* Socket calls of libcurl: takes what the program and its libraries call, calls the real ones, tells the run.
 */

/* glibc's fortified and its GNU declarations of these functions are macros, inline functions and transparent
 * unions; here the plain POSIX functions are defined. */
#undef _FORTIFY_SOURCE
#undef _GNU_SOURCE
#define _POSIX_C_SOURCE 200809L

#include "tap/interpose.h"
#include "tap/real.h"
#include "tap/run.h"
#include "tap/tlslayer.h"

#include <errno.h>
#include <unistd.h>

/* The live run and its socket behind `fd`; NULL where the call is nobody's business. */
static struct ht_tap_socket *find(int fd, struct ht_tap **tap)
{
    *tap = ht_tap_here();
    return *tap ? ht_fd_find(&(*tap)->fds, fd) : NULL;
}

/* What moves beneath a TLS call tells which socket that TLS layer is on. */
static void bind_layers(struct ht_tap *tap, struct ht_tap_socket *socket)
{
    if (socket)
        ht_tls_bind(tap, socket);
    else if (tap)
        ht_tls_disown(tap);
}

HT_INTERPOSED ssize_t send(int fd, const void *bytes, size_t len, int flags)
{
    struct ht_tap *tap;
    struct ht_tap_socket *socket = find(fd, &tap);
    bind_layers(tap, socket);
    ssize_t result = ht_real()->send(fd, bytes, len, flags);
    if (socket)
        ht_tap_sent(tap, socket, bytes, result);
    return result;
}

/* TCP Fast Open sends a request's first bytes along with the connect (RFC 7413). */
HT_INTERPOSED ssize_t sendto(int fd, const void *bytes, size_t len, int flags, const struct sockaddr *to,
                             socklen_t to_len)
{
    struct ht_tap *tap;
    struct ht_tap_socket *socket = find(fd, &tap);
    bind_layers(tap, socket);
    ssize_t result = ht_real()->sendto(fd, bytes, len, flags, to, to_len);
    if (socket)
        ht_tap_sent(tap, socket, bytes, result);
    return result;
}

/* libcurl looks at its time limit between turns only; a peer that never lets it run dry would hold it for
 * ever. */
static bool is_overdue(const struct ht_tap *tap, const struct ht_tap_socket *socket)
{
    return socket && socket->deadline_us && tap->last_us > socket->deadline_us;
}

HT_INTERPOSED ssize_t recv(int fd, void *bytes, size_t len, int flags)
{
    struct ht_tap *tap;
    struct ht_tap_socket *socket = find(fd, &tap);
    bind_layers(tap, socket);
    if (is_overdue(tap, socket)) {
        errno = EAGAIN;
        return -1;
    }
    ssize_t result = ht_real()->recv(fd, bytes, len, flags);
    if (socket && len > 0)
        ht_tap_received(tap, socket, bytes, result, (flags & MSG_PEEK) != 0);
    return result;
}

/* In a dry run libcurl's sockets are connected from the start; any other goes nowhere. */
static int connect_dry(struct ht_tap *tap, struct ht_tap_socket *socket)
{
    if (socket) {
        ht_tap_socket_connect(tap, socket, 0);
        return 0;
    }
    errno = ENETUNREACH;
    return -1;
}

HT_INTERPOSED int connect(int fd, const struct sockaddr *address, socklen_t len)
{
    struct ht_tap *tap;
    struct ht_tap_socket *socket = find(fd, &tap);
    if (tap && fd >= 0 && fd == tap->probe_fd) {
        tap->probe_seen = true;
        errno = ECONNREFUSED;
        return -1;
    }
    if (tap && tap->peer)
        return connect_dry(tap, socket);
    int result = ht_real()->connect(fd, address, len);
    if (socket) {
        int saved_errno = errno;
        ht_tap_socket_begun(tap, socket, result == 0 ? 0 : saved_errno);
        errno = saved_errno;
    }
    return result;
}

/* libcurl's close callback is for sockets that became a connection's. One that was still connecting when its
 * transfer ended is closed like this. */
HT_INTERPOSED int close(int fd)
{
    struct ht_tap *tap;
    struct ht_tap_socket *socket = find(fd, &tap);
    if (socket)
        ht_tap_socket_close(tap, socket);
    return ht_real()->close(fd);
}

HT_INTERPOSED int getsockopt(int fd, int level, int option, void *restrict value, socklen_t *restrict len)
{
    struct ht_tap *tap;
    struct ht_tap_socket *socket = find(fd, &tap);
    int result = ht_real()->getsockopt(fd, level, option, value, len);
    if (socket && result == 0 && level == SOL_SOCKET && option == SO_ERROR && *len == sizeof(int)) {
        int saved_errno = errno;
        ht_tap_socket_told(tap, socket, *(const int *)value);
        errno = saved_errno;
    }
    return result;
}

HT_INTERPOSED int getaddrinfo(const char *restrict node, const char *restrict service,
                              const struct addrinfo *restrict hints, struct addrinfo **restrict result)
{
    return ht_tap_getaddrinfo(node, service, hints, result);
}
