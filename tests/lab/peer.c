/* SPDX-License-Identifier: MIT */
/* Bytes in and out of one connection, with or without TLS, and the ways to leave it. */
#include "lab.h"

#include <errno.h>
#include <limits.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static ssize_t read_through(struct lab_peer *peer, void *to, size_t size)
{
    if (peer->fd < 0) {
        return -1;
    }
    if (peer->ssl) {
        return SSL_read(peer->ssl, to, size > INT_MAX ? INT_MAX : (int)size);
    }
    ssize_t got;
    do {
        got = read(peer->fd, to, size);
    } while (got < 0 && errno == EINTR);
    return got;
}

ssize_t lab_read(struct lab_peer *peer, void *to, size_t size)
{
    if (peer->in_len == 0) {
        return read_through(peer, to, size);
    }
    size_t take = size < peer->in_len ? size : peer->in_len;
    memcpy(to, peer->in, take);
    lab_drop(peer, take);
    return (ssize_t)take;
}

bool lab_read_all(struct lab_peer *peer, void *to, size_t size)
{
    char *at = to;
    while (size > 0) {
        ssize_t got = lab_read(peer, at, size);
        if (got <= 0) {
            return false;
        }
        at += got;
        size -= (size_t)got;
    }
    return true;
}

bool lab_read_more(struct lab_peer *peer)
{
    size_t room = sizeof peer->in - peer->in_len;
    ssize_t got = room > 0 ? read_through(peer, peer->in + peer->in_len, room) : 0;
    if (got <= 0) {
        return false;
    }
    peer->in_len += (size_t)got;
    return true;
}

void lab_drop(struct lab_peer *peer, size_t bytes)
{
    peer->in_len -= bytes;
    memmove(peer->in, peer->in + bytes, peer->in_len);
}

bool lab_write(struct lab_peer *peer, const void *bytes, size_t size)
{
    const char *at = bytes;
    while (size > 0 && peer->fd >= 0) {
        ssize_t sent = peer->ssl ? SSL_write(peer->ssl, at, size > INT_MAX ? INT_MAX : (int)size)
                                 : send(peer->fd, at, size, MSG_NOSIGNAL);
        if (sent < 0 && !peer->ssl && errno == EINTR) {
            continue;
        }
        if (sent <= 0) {
            return false;
        }
        at += sent;
        size -= (size_t)sent;
    }
    return size == 0;
}

bool lab_say(struct lab_peer *peer, const char *format, ...)
{
    char text[8192];
    va_list args;
    va_start(args, format);
    int length = vsnprintf(text, sizeof text, format, args);
    va_end(args);
    return length >= 0 && (size_t)length < sizeof text && lab_write(peer, text, (size_t)length);
}

void lab_sleep_ms(int ms)
{
    struct timespec time = {ms / 1000, (long)(ms % 1000) * 1000000};
    while (nanosleep(&time, &time) != 0 && errno == EINTR) {
    }
}

void lab_fin(struct lab_peer *peer)
{
    if (peer->fd < 0) {
        return;
    }
    if (peer->ssl) {
        SSL_shutdown(peer->ssl);
    }
    shutdown(peer->fd, SHUT_WR);
    char rest[4096];
    while (read(peer->fd, rest, sizeof rest) > 0) {
    }
}

void lab_rst(struct lab_peer *peer)
{
    struct linger hard = {.l_onoff = 1, .l_linger = 0};
    if (peer->fd < 0) {
        return;
    }
    setsockopt(peer->fd, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
    close(peer->fd);
    peer->fd = -1;
}

void lab_hold(struct lab_peer *peer)
{
    struct pollfd gone = {.fd = peer->fd, .events = POLLRDHUP};
    while (peer->fd >= 0 && poll(&gone, 1, -1) < 0 && errno == EINTR) {
    }
}

void lab_end(struct lab_peer *peer, enum lab_end end)
{
    static void (*const ways[])(struct lab_peer *) = {
        [LAB_END_FIN] = lab_fin, [LAB_END_RST] = lab_rst, [LAB_END_HOLD] = lab_hold};
    ways[end](peer);
}
