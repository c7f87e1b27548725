/* SPDX-License-Identifier: MIT */
/*
 * Traffic: takes what send(), recv() and the TLS layers above them moved, gives bytes and the moments at
 * which a request was sent and its answer began. errno is the caller's and stays.
 */
#include "tap/run.h"

#include <errno.h>

/* From sample to sample the next one is longer in coming: few events in a long silence, and enough within a
 * second to tell a packet that is sent again and again from one that has arrived (RFC 6298 section 2). */
#define FIRST_PATIENCE_US INT64_C(250000)
#define SHARED_SAMPLE_US  INT64_C(1000)

/* Something moved, or is about to. */
void ht_tap_end_silence(const struct ht_tap *tap, struct ht_tap_socket *socket)
{
    socket->quiet_us = ht_tap_now(tap);
    socket->patience_us = FIRST_PATIENCE_US;
}

static bool is_transient(int error)
{
    return error == EAGAIN || error == EWOULDBLOCK || error == EINTR || error == EINPROGRESS;
}

/* A goodbye to a peer that is gone already is no fault: neither after the last transfer, nor an EPIPE after
 * the peer's own orderly end. */
static void note_error(const struct ht_tap *tap, struct ht_tap_socket *socket, int error)
{
    if (is_transient(error) || tap->running == 0 || (error == EPIPE && socket->peer_closed))
        return;
    socket->last_error = error;
    if (error == ECONNRESET || error == EPIPE)
        socket->reset = true;
}

/* recv() gave 0. Behind a RST that says nothing: each call after the one that told of it does. */
static void note_end(struct ht_tap *tap, struct ht_tap_socket *socket)
{
    if (socket->peer_closed || socket->reset)
        return;
    ht_tap_emit_bytes(tap, socket, 0, HT_DIR_IN, ht_span(NULL, 0));
    socket->peer_closed = true;
}

/* A body is uploaded in many turns; the request's last byte is out when libcurl has no more to send. */
static bool upload_done(const struct ht_tap_socket *socket)
{
    curl_off_t whole = -1;
    curl_off_t sent = 0;
    if (socket->easy == NULL ||
        curl_easy_getinfo(socket->easy, CURLINFO_CONTENT_LENGTH_UPLOAD_T, &whole) != CURLE_OK)
        return true;
    if (whole <= 0 || curl_easy_getinfo(socket->easy, CURLINFO_SIZE_UPLOAD_T, &sent) != CURLE_OK)
        return true;
    return sent >= whole;
}

/* Where nobody looks at what succeeds, requests that share a connection share its samples: one a
 * millisecond. */
static void sample_moment(struct ht_tap *tap, struct ht_tap_socket *socket, enum ht_sample_point point)
{
    int64_t now = ht_tap_now(tap);
    bool shared = tap->failures_only && socket->multiplexed && tap->running > 1;
    if (shared && now - socket->sampled_us < SHARED_SAMPLE_US)
        return;
    socket->sampled_us = now;
    ht_tap_sample(tap, socket, point);
}

static void maybe_request_sent(struct ht_tap *tap, struct ht_tap_socket *socket)
{
    if (socket->request != HT_REQUEST_WRITTEN || !upload_done(socket))
        return;
    socket->request = HT_REQUEST_SENT;
    sample_moment(tap, socket, HT_SAMPLE_REQUEST_SENT);
}

static void note_first_byte(struct ht_tap *tap, struct ht_tap_socket *socket)
{
    if (socket->request != HT_REQUEST_WRITTEN && socket->request != HT_REQUEST_SENT)
        return;
    socket->request = HT_REQUEST_NONE;
    sample_moment(tap, socket, HT_SAMPLE_FIRST_BYTE);
}

void ht_tap_sent(struct ht_tap *tap, struct ht_tap_socket *socket, const void *bytes, ssize_t result)
{
    int saved_errno = errno;
    if (result > 0) {
        ht_tap_socket_connect(tap, socket, 0);
        if (socket->request == HT_REQUEST_READY)
            socket->request = HT_REQUEST_WRITTEN;
        ht_tap_end_silence(tap, socket);
        ht_tap_emit_bytes(tap, socket, 0, HT_DIR_OUT, ht_span(bytes, (size_t)result));
    } else if (result < 0) {
        note_error(tap, socket, saved_errno);
    }
    errno = saved_errno;
}

void ht_tap_received(struct ht_tap *tap, struct ht_tap_socket *socket, const void *bytes, ssize_t result,
                     bool peeked)
{
    int saved_errno = errno;
    if (result == 0) {
        note_end(tap, socket);
    } else if (result < 0) {
        note_error(tap, socket, saved_errno);
        if (is_transient(saved_errno))
            maybe_request_sent(tap, socket);
    } else if (!peeked) {
        ht_tap_socket_connect(tap, socket, 0);
        if (socket->layers_seen == 0)
            note_first_byte(tap, socket);
        ht_tap_end_silence(tap, socket);
        ht_tap_emit_bytes(tap, socket, 0, HT_DIR_IN, ht_span(bytes, (size_t)result));
    }
    errno = saved_errno;
}

void ht_tap_plaintext_in(struct ht_tap *tap, struct ht_tap_socket *socket, uint8_t level)
{
    if (level == socket->layers_seen)
        note_first_byte(tap, socket);
}

void ht_tap_request_ready(struct ht_tap *tap, struct ht_tap_socket *socket)
{
    socket->used = true;
    ht_tap_socket_connect(tap, socket, 0);
    socket->request = HT_REQUEST_READY;
}

void ht_tap_turn(struct ht_tap *tap)
{
    ht_tap_flush_lookups(tap);
    if (!tap->interposes)
        ht_tap_socket_settle(tap, NULL);
    for (struct ht_tap_socket *at = tap->sockets; at; at = at->next)
        maybe_request_sent(tap, at);
}

static int64_t longer(int64_t patience_us)
{
    const int64_t second_us = 1000000;
    if (patience_us < second_us)
        return patience_us;
    return patience_us / 4 > second_us ? patience_us / 4 : second_us;
}

void ht_tap_idle(struct ht_tap *tap)
{
    int64_t now = ht_tap_now(tap);
    for (struct ht_tap_socket *at = tap->sockets; at; at = at->next) {
        bool waiting = at->easy != NULL;
        if (!waiting || now - at->quiet_us < at->patience_us)
            continue;
        at->patience_us += longer(at->patience_us);
        ht_tap_sample(tap, at, HT_SAMPLE_TIMER);
    }
}
