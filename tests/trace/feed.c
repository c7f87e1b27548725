/* SPDX-License-Identifier: MIT */
/* Takes what a test wants to have happened, gives the tracer its raw events. */
#include "trace/feed.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>

static void count_raw(void *ctx, const struct ht_raw *raw)
{
    struct feed *feed = ctx;
    (void)raw;
    feed->units++;
}

static void ended(void *ctx, struct ht_trace *trace, struct ht_transfer *transfer)
{
    struct feed *feed = ctx;
    (void)trace;
    feed->ended++;
    if (feed->check)
        feed->check(feed, transfer);
}

void feed_begin(struct feed *feed, void (*check)(struct feed *, const struct ht_transfer *))
{
    size_t split = feed->split;
    *feed = (struct feed){.check = check, .split = split};
    feed->observer = (struct ht_observer){.ctx = feed, .raw = count_raw, .transfer_end = ended};
    feed->tracer = ht_tracer_new(&feed->observer);
    struct ht_raw raw = feed_raw(feed, HT_RAW_RUN_START, -1, -1);
    raw.u.run_start.tool = ht_span_str("httptrace test");
    ht_tracer_take(feed->tracer, &raw);
}

void feed_end(struct feed *feed)
{
    struct ht_raw raw = feed_raw(feed, HT_RAW_RUN_END, -1, -1);
    ht_tracer_take(feed->tracer, &raw);
    ht_tracer_free(feed->tracer);
}

struct ht_raw feed_raw(struct feed *feed, enum ht_raw_kind kind, int32_t socket, int32_t transfer)
{
    feed->now_us += 1000;
    return (struct ht_raw){.kind = kind,
                           .socket = socket,
                           .transfer = transfer,
                           .t_us = feed->now_us,
                           .t_last_us = feed->now_us};
}

void feed_transfer(struct feed *feed, int32_t transfer, const char *url, const char *proxy)
{
    struct ht_raw raw = feed_raw(feed, HT_RAW_TRANSFER_START, -1, transfer);
    raw.u.transfer_start.url = ht_span_str(url);
    raw.u.transfer_start.method = ht_span_str("GET");
    raw.u.transfer_start.proxy = ht_span_str(proxy);
    ht_tracer_take(feed->tracer, &raw);
}

void feed_resolve(struct feed *feed, int32_t transfer, const char *host, const char *addresses)
{
    struct ht_raw raw = feed_raw(feed, HT_RAW_RESOLVE_START, -1, transfer);
    ht_tracer_take(feed->tracer, &raw);
    raw = feed_raw(feed, HT_RAW_LOOKUP, -1, transfer);
    raw.u.lookup.host = ht_span_str(host);
    raw.u.lookup.addresses = ht_span_str(addresses);
    ht_tracer_take(feed->tracer, &raw);
}

void feed_open(struct feed *feed, int32_t transfer, int32_t socket, const char *address, int port)
{
    struct ht_raw raw = feed_raw(feed, HT_RAW_SOCKET_OPEN, socket, transfer);
    raw.u.socket_open.address = ht_span_str(address);
    raw.u.socket_open.port = port;
    raw.u.socket_open.family = AF_INET;
    ht_tracer_take(feed->tracer, &raw);
}

void feed_connect(struct feed *feed, int32_t socket, int error)
{
    struct ht_raw raw = feed_raw(feed, HT_RAW_CONNECT, socket, -1);
    raw.u.connect.error = error;
    raw.u.connect.local_address = ht_span_str("192.0.2.7");
    raw.u.connect.local_port = 51234;
    ht_tracer_take(feed->tracer, &raw);
}

void feed_prereq(struct feed *feed, int32_t transfer, int32_t socket)
{
    struct ht_raw raw = feed_raw(feed, HT_RAW_PREREQ, socket, transfer);
    ht_tracer_take(feed->tracer, &raw);
}

void feed_stream(struct feed *feed, int32_t transfer, int32_t socket, int64_t stream)
{
    struct ht_raw raw = feed_raw(feed, HT_RAW_STREAM, socket, transfer);
    raw.u.stream.stream = stream;
    ht_tracer_take(feed->tracer, &raw);
}

void feed_bytes(struct feed *feed, int32_t socket, int level, enum ht_dir dir, const void *bytes, size_t len)
{
    struct ht_raw raw = feed_raw(feed, HT_RAW_BYTES, socket, -1);
    struct ht_span rest = ht_span(bytes, len);
    raw.level = (uint8_t)level;
    raw.dir = dir;
    while (rest.len) {
        raw.bytes = ht_span_head(rest, feed->split ? feed->split : rest.len);
        ht_tracer_take(feed->tracer, &raw);
        rest = ht_span_from(rest, raw.bytes.len);
    }
}

void feed_text(struct feed *feed, int32_t socket, int level, enum ht_dir dir, const char *text)
{
    feed_bytes(feed, socket, level, dir, text, strlen(text));
}

void feed_close(struct feed *feed, int32_t socket, bool peer_closed, bool reset)
{
    struct ht_raw raw = feed_raw(feed, HT_RAW_SOCKET_CLOSE, socket, -1);
    raw.u.socket_close.peer_closed = peer_closed;
    raw.u.socket_close.reset = reset;
    ht_tracer_take(feed->tracer, &raw);
}

void feed_done(struct feed *feed, int32_t transfer, int code)
{
    struct ht_raw raw = feed_raw(feed, HT_RAW_TRANSFER_END, -1, transfer);
    raw.u.transfer_end.curl_code = code;
    raw.u.transfer_end.error = ht_span_str(code ? "it failed" : "");
    ht_tracer_take(feed->tracer, &raw);
}

void feed_connected(struct feed *feed)
{
    feed_transfer(feed, 0, "http://example.com/a?b", "");
    feed_resolve(feed, 0, "example.com", "192.0.2.1,192.0.2.2");
    feed_open(feed, 0, 0, "192.0.2.1", 80);
    feed_connect(feed, 0, EINPROGRESS);
    feed_connect(feed, 0, 0);
    feed_prereq(feed, 0, 0);
}

void feed_tls_begin(struct feed *feed, int32_t socket, int level)
{
    struct ht_raw raw = feed_raw(feed, HT_RAW_TLS_BEGIN, socket, -1);
    raw.level = (uint8_t)level;
    ht_tracer_take(feed->tracer, &raw);
}

void feed_tls_message(struct feed *feed, int32_t socket, int level, enum ht_dir dir, const void *bytes,
                      size_t len)
{
    struct ht_raw raw = feed_raw(feed, HT_RAW_TLS_MESSAGE, socket, -1);
    raw.level = (uint8_t)level;
    raw.dir = dir;
    raw.bytes = ht_span(bytes, len);
    raw.u.tls_message.content_type = len == 2 ? 21 : 22;
    ht_tracer_take(feed->tracer, &raw);
}

void feed_tls_end(struct feed *feed, int32_t socket, int level, bool ok)
{
    struct ht_raw raw = feed_raw(feed, HT_RAW_TLS_END, socket, -1);
    raw.level = (uint8_t)level;
    raw.u.tls_end.ok = ok;
    raw.u.tls_end.version = 0x0304;
    raw.u.tls_end.error_text = ht_span_str(ok ? "" : "it failed");
    ht_tracer_take(feed->tracer, &raw);
}

size_t feed_frame(uint8_t *out, uint8_t type, uint8_t flags, uint32_t stream, const void *payload, size_t len)
{
    const uint8_t header[9] = {
        (uint8_t)(len >> 16),    (uint8_t)(len >> 8),     (uint8_t)len,           type,           flags,
        (uint8_t)(stream >> 24), (uint8_t)(stream >> 16), (uint8_t)(stream >> 8), (uint8_t)stream};
    memcpy(out, header, sizeof header);
    if (len)
        memcpy(out + sizeof header, payload, len);
    return sizeof header + len;
}

void feed_h2(struct feed *feed, int32_t socket, int level, enum ht_dir dir, uint8_t type, uint8_t flags,
             uint32_t stream, const void *payload, size_t len)
{
    uint8_t *frame = ht_malloc(9 + len);
    size_t size = feed_frame(frame, type, flags, stream, payload, len);
    feed_bytes(feed, socket, level, dir, frame, size);
    free(frame);
}

void feed_h2_begin(struct feed *feed, int32_t socket, int level)
{
    feed_text(feed, socket, level, HT_DIR_OUT, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
    feed_h2(feed, socket, level, HT_DIR_OUT, 4, 0, 0, NULL, 0);
    feed_h2(feed, socket, level, HT_DIR_IN, 4, 0, 0, NULL, 0);
}

void feed_h2_get(struct feed *feed, int32_t socket, int level, uint32_t stream)
{
    static const uint8_t block[] = {0x82, 0x84, 0x86, 0x41, 1, 'h'};
    feed_h2(feed, socket, level, HT_DIR_OUT, 1, 5, stream, block, sizeof block);
}

void feed_h2_ok(struct feed *feed, int32_t socket, int level, uint32_t stream, bool end)
{
    feed_h2(feed, socket, level, HT_DIR_IN, 1, end ? 5 : 4, stream, "\x88", 1);
}
