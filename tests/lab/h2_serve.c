/* SPDX-License-Identifier: MIT */
/* A healthy HTTP/2 origin: requests in, answers out, all framing by nghttp2. */
#include "lab.h"

#include <inttypes.h>
#include <nghttp2/nghttp2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* One request and what is left of its answer. */
struct stream {
    char target[1024];
    uint64_t received;
    int64_t left;
    bool head, trailers;
    char text[128];
};

static nghttp2_nv field(const char *name, const char *value)
{
    return (nghttp2_nv){(uint8_t *)(uintptr_t)name, (uint8_t *)(uintptr_t)value, strlen(name), strlen(value),
                        NGHTTP2_NV_FLAG_NONE};
}

static ssize_t on_send(nghttp2_session *session, const uint8_t *bytes, size_t size, int flags, void *user)
{
    (void)session, (void)flags;
    return lab_write(user, bytes, size) ? (ssize_t)size : NGHTTP2_ERR_CALLBACK_FAILURE;
}

static struct stream *begin_stream(nghttp2_session *session, int32_t id)
{
    struct stream *stream = calloc(1, sizeof *stream);
    if (stream) {
        nghttp2_session_set_stream_user_data(session, id, stream);
    }
    return stream;
}

static int on_begin_headers(nghttp2_session *session, const nghttp2_frame *frame, void *user)
{
    (void)user;
    bool request = frame->headers.cat == NGHTTP2_HCAT_REQUEST;
    return !request || begin_stream(session, frame->hd.stream_id) ? 0 : NGHTTP2_ERR_CALLBACK_FAILURE;
}

static int on_header(nghttp2_session *session, const nghttp2_frame *frame, const uint8_t *name,
                     size_t name_len, const uint8_t *value, size_t value_len, uint8_t flags, void *user)
{
    (void)flags, (void)user;
    struct stream *stream = nghttp2_session_get_stream_user_data(session, frame->hd.stream_id);
    if (stream && name_len == 5 && memcmp(name, ":path", 5) == 0) {
        snprintf(stream->target, sizeof stream->target, "%.*s", (int)value_len, (const char *)value);
    }
    if (stream && name_len == 7 && memcmp(name, ":method", 7) == 0) {
        stream->head = value_len == 4 && memcmp(value, "HEAD", 4) == 0;
    }
    return 0;
}

static int on_data(nghttp2_session *session, uint8_t flags, int32_t id, const uint8_t *bytes, size_t size,
                   void *user)
{
    (void)flags, (void)bytes, (void)user;
    struct stream *stream = nghttp2_session_get_stream_user_data(session, id);
    if (stream) {
        stream->received += size;
    }
    return 0;
}

static int on_close(nghttp2_session *session, int32_t id, uint32_t code, void *user)
{
    (void)code, (void)user;
    free(nghttp2_session_get_stream_user_data(session, id));
    nghttp2_session_set_stream_user_data(session, id, NULL);
    return 0;
}

static ssize_t read_body(nghttp2_session *session, int32_t id, uint8_t *out, size_t size, uint32_t *flags,
                         nghttp2_data_source *source, void *user)
{
    (void)user;
    struct stream *stream = source->ptr;
    size_t part = (int64_t)size < stream->left ? size : (size_t)stream->left;
    if (*stream->text) {
        memcpy(out, stream->text, part);
    } else {
        memset(out, 'x', part);
    }
    stream->left -= (int64_t)part;
    if (stream->left == 0) {
        *flags |= NGHTTP2_DATA_FLAG_EOF;
        if (stream->trailers) {
            const nghttp2_nv trailer = field("x-checksum", "none");
            *flags |= NGHTTP2_DATA_FLAG_NO_END_STREAM;
            nghttp2_submit_trailer(session, id, &trailer, 1);
        }
    }
    return (ssize_t)part;
}

static void plan_answer(struct stream *stream)
{
    stream->left = lab_target_bytes(stream->target);
    if (stream->left < 0) {
        stream->left = snprintf(stream->text, sizeof stream->text,
                                "A healthy answer. %" PRIu64 " bytes of a body came.\n", stream->received);
    }
}

static int answer(nghttp2_session *session, int32_t id, struct lab_peer *peer)
{
    struct stream *stream = nghttp2_session_get_stream_user_data(session, id);
    char length[32];
    if (!stream) {
        return 0;
    }
    if (peer->row->number == LAB_ANSWER_EARLY_HINTS) {
        const nghttp2_nv hints[] = {field(":status", "103"), field("link", "</style.css>; rel=preload")};
        nghttp2_submit_headers(session, NGHTTP2_FLAG_NONE, id, NULL, hints, 2, NULL);
    }
    stream->trailers = peer->row->number == LAB_ANSWER_TRAILERS;
    plan_answer(stream);
    snprintf(length, sizeof length, "%" PRId64, stream->left);
    const nghttp2_nv fields[] = {field(":status", "200"), field("server", "httptrace-lab"),
                                 field("content-type", "text/plain"), field("content-length", length)};
    nghttp2_data_provider body = {{.ptr = stream}, read_body};
    return nghttp2_submit_response(session, id, fields, 4, stream->head ? NULL : &body);
}

static int on_frame(nghttp2_session *session, const nghttp2_frame *frame, void *user)
{
    bool message = frame->hd.type == NGHTTP2_HEADERS || frame->hd.type == NGHTTP2_DATA;
    return message && frame->hd.flags & NGHTTP2_FLAG_END_STREAM ? answer(session, frame->hd.stream_id, user)
                                                                : 0;
}

static nghttp2_session *open_session(struct lab_peer *peer)
{
    nghttp2_session_callbacks *callbacks;
    nghttp2_session *session = NULL;
    if (nghttp2_session_callbacks_new(&callbacks) != 0) {
        return NULL;
    }
    nghttp2_session_callbacks_set_send_callback(callbacks, on_send);
    nghttp2_session_callbacks_set_on_begin_headers_callback(callbacks, on_begin_headers);
    nghttp2_session_callbacks_set_on_header_callback(callbacks, on_header);
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, on_data);
    nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, on_frame);
    nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, on_close);
    nghttp2_session_server_new(&session, callbacks, peer);
    nghttp2_session_callbacks_del(callbacks);
    return session;
}

/* The value of one base64url digit (RFC 4648 section 5); -1 for anything else. */
static int base64url_digit(char c)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    const char *at = c ? strchr(digits, c) : NULL;
    return at ? (int)(at - digits) : -1;
}

static size_t base64url_decode(const char *text, uint8_t *out, size_t size)
{
    uint32_t bits = 0;
    int have = 0;
    size_t used = 0;
    for (int digit; (digit = base64url_digit(*text)) >= 0 && used < size; text++) {
        bits = bits << 6 | (uint32_t)digit;
        have += 6;
        if (have >= 8) {
            have -= 8;
            out[used++] = (uint8_t)(bits >> have);
        }
    }
    return used;
}

/* The upgraded request is stream 1, half-closed by the client (RFC 7540 section 3.2). */
static bool adopt_upgrade(nghttp2_session *session, const struct lab_request *request, struct lab_peer *peer)
{
    uint8_t settings[256];
    size_t size = base64url_decode(request->settings, settings, sizeof settings);
    bool head = strcmp(request->method, "HEAD") == 0;
    if (nghttp2_session_upgrade2(session, settings, size, head, NULL) != 0) {
        return false;
    }
    struct stream *stream = begin_stream(session, 1);
    if (!stream) {
        return false;
    }
    stream->head = head;
    stream->received = request->body_bytes;
    snprintf(stream->target, sizeof stream->target, "%s", request->target);
    return answer(session, 1, peer) == 0;
}

void lab_h2_serve(struct lab_peer *peer, const struct lab_request *upgrade)
{
    nghttp2_session *session = open_session(peer);
    if (!session) {
        return;
    }
    bool ok = nghttp2_submit_settings(session, NGHTTP2_FLAG_NONE, NULL, 0) == 0 &&
              (!upgrade || adopt_upgrade(session, upgrade, peer));
    while (ok && nghttp2_session_send(session) == 0 &&
           (nghttp2_session_want_read(session) || nghttp2_session_want_write(session)) &&
           (peer->in_len > 0 || lab_read_more(peer))) {
        ok = nghttp2_session_mem_recv(session, (const uint8_t *)peer->in, peer->in_len) >= 0;
        peer->in_len = 0;
    }
    nghttp2_session_del(session);
}
