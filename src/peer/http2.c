/* SPDX-License-Identifier: MIT */
/* The peer's HTTP/2 (RFC 9113): takes a request, refuses it. nghttp2 speaks. */
#include "base/arena.h"
#include "peer/line.h"

#include <nghttp2/nghttp2.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define FRAME_HEADER_BYTES 9
#define FRAME_MOST_BYTES   16384 /* SETTINGS_MAX_FRAME_SIZE, which the peer leaves as it is */

static ssize_t on_send(nghttp2_session *session, const uint8_t *bytes, size_t len, int flags, void *ctx)
{
    struct ht_line *line = ctx;
    (void)session, (void)flags;
    int written = BIO_write(line->out, bytes, (int)len);
    return written > 0 ? written : NGHTTP2_ERR_CALLBACK_FAILURE;
}

static int on_frame(nghttp2_session *session, const nghttp2_frame *frame, void *ctx)
{
    static uint8_t name[] = ":status", value[] = "400";
    const nghttp2_nv status = {name, value, sizeof name - 1, sizeof value - 1, NGHTTP2_NV_FLAG_NONE};
    (void)ctx;
    if (frame->hd.type != NGHTTP2_HEADERS || frame->headers.cat != NGHTTP2_HCAT_REQUEST)
        return 0;
    return nghttp2_submit_response(session, frame->hd.stream_id, &status, 1, NULL);
}

static nghttp2_session *session_new(struct ht_line *line)
{
    nghttp2_session_callbacks *callbacks;
    nghttp2_session *session = NULL;
    if (nghttp2_session_callbacks_new(&callbacks) != 0)
        return NULL;
    nghttp2_session_callbacks_set_send_callback(callbacks, on_send);
    nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, on_frame);
    if (nghttp2_session_server_new(&session, callbacks, line) != 0)
        session = NULL;
    nghttp2_session_callbacks_del(callbacks);
    return session;
}

static bool feed(nghttp2_session *session, const void *bytes, size_t len)
{
    return nghttp2_session_mem_recv(session, bytes, len) == (ssize_t)len &&
           nghttp2_session_send(session) == 0;
}

/* One frame, read whole: the line gives no less than what it is asked for. */
static bool take_frame(struct ht_line *line, nghttp2_session *session, uint8_t *frame)
{
    if (!ht_line_read(line, frame, FRAME_HEADER_BYTES))
        return false;
    size_t len = (size_t)frame[0] << 16 | (size_t)frame[1] << 8 | frame[2];
    return len <= FRAME_MOST_BYTES && ht_line_read(line, frame + FRAME_HEADER_BYTES, len) &&
           feed(session, frame, FRAME_HEADER_BYTES + len);
}

void ht_peer_http2(struct ht_line *line)
{
    nghttp2_session *session = session_new(line);
    if (session == NULL)
        return;
    uint8_t *frame = ht_malloc(FRAME_HEADER_BYTES + FRAME_MOST_BYTES);
    bool alive = nghttp2_submit_settings(session, NGHTTP2_FLAG_NONE, NULL, 0) == 0 &&
                 feed(session, NGHTTP2_CLIENT_MAGIC, NGHTTP2_CLIENT_MAGIC_LEN);
    while (alive)
        alive = take_frame(line, session, frame);
    free(frame);
    nghttp2_session_del(session);
}
