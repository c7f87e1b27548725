/* SPDX-License-Identifier: MIT */
/*
 * Plaintext without interposed calls: takes what libcurl's debug callback shows, gives bytes on the highest
 * layer of the last socket. HTTP/1 it shows as it went over the wire; of HTTP/2 and 3 it makes text in that
 * form, which is told as such: heads whole, bodies as they come.
 */
#include "tap/transfer.h"

#include <string.h>

static bool begins(struct ht_span bytes, const char *text)
{
    return bytes.len >= strlen(text) && memcmp(bytes.data, text, strlen(text)) == 0;
}

/* "GET / HTTP/2": the only word on the version before the answer comes. */
static bool is_rendered_request(struct ht_span head)
{
    const uint8_t *end = memchr(head.data, '\r', head.len);
    size_t len = end ? (size_t)(end - head.data) : 0;
    const size_t version = sizeof " HTTP/2" - 1;
    if (len < version)
        return false;
    struct ht_span last = ht_span(head.data + len - version, version);
    return begins(last, " HTTP/2") || begins(last, " HTTP/3");
}

static void give(const struct ht_tap_transfer *transfer, struct ht_raw *raw)
{
    struct ht_tap *tap = transfer->tap;
    struct ht_tap_socket *socket = ht_tap_socket_by_id(tap, transfer->last_socket);
    if (socket == NULL)
        return;
    ht_tap_socket_connect(tap, socket, 0);
    raw->socket = socket->id;
    raw->level = socket->layers_seen;
    ht_tap_emit(tap, raw);
}

static void give_bytes(const struct ht_tap_transfer *transfer, enum ht_dir dir, struct ht_span bytes)
{
    struct ht_raw raw = ht_tap_raw(transfer->tap, HT_RAW_BYTES);
    raw.dir = dir;
    raw.bytes = bytes;
    raw.rendered = transfer->rendering.on;
    if (raw.rendered)
        raw.transfer = transfer->id;
    give(transfer, &raw);
}

static void give_head(const struct ht_tap_transfer *transfer, enum ht_dir dir, struct ht_span head,
                      int64_t begin_us)
{
    struct ht_raw raw = ht_tap_raw(transfer->tap, HT_RAW_UNIT);
    raw.t_us = begin_us;
    raw.dir = dir;
    raw.transfer = transfer->id;
    raw.bytes = head;
    raw.rendered = true;
    raw.u.unit.unit = HT_UNIT_H1_HEAD;
    raw.u.unit.size = (int64_t)head.len;
    give(transfer, &raw);
}

static void show_request_head(struct ht_tap_transfer *transfer, struct ht_span head)
{
    transfer->rendering.on = is_rendered_request(head);
    transfer->rendering.upgraded = false;
    ht_sink_reset(&transfer->rendering.head);
    if (transfer->rendering.on)
        give_head(transfer, HT_DIR_OUT, head, ht_tap_now(transfer->tap));
    else
        give_bytes(transfer, HT_DIR_OUT, head);
}

static void give_response_head(struct ht_tap_transfer *transfer)
{
    struct ht_tap_rendering *r = &transfer->rendering;
    give_head(transfer, HT_DIR_IN, ht_span(r->head.text, r->head.len), r->begin_us);
    ht_sink_reset(&r->head);
}

/* Behind an interim head (RFC 9110 section 15.2) some versions of libcurl show no empty line. */
static void end_response_head(struct ht_tap_transfer *transfer)
{
    if (transfer->rendering.head.len == 0)
        return;
    ht_sink_puts(&transfer->rendering.head, "\r\n");
    give_response_head(transfer);
}

/* A line that begins no head is of a trailer section, which has no end of its own here: it is left out. */
static void show_rendered_line(struct ht_tap_transfer *transfer, struct ht_span line)
{
    struct ht_tap_rendering *r = &transfer->rendering;
    bool first = begins(line, "HTTP/");
    if (first)
        end_response_head(transfer);
    else if (r->head.len == 0)
        return;
    if (r->head.len == 0)
        r->begin_us = ht_tap_now(transfer->tap);
    ht_sink_bytes(&r->head, line);
    if (begins(line, "\r\n"))
        give_response_head(transfer);
}

/* A request may ask in HTTP/1.1 for HTTP/2, and is then answered in both (RFC 7540 section 3.2). */
static void show_response_line(struct ht_tap_transfer *transfer, struct ht_span line)
{
    struct ht_tap_rendering *r = &transfer->rendering;
    if (!r->on && r->upgraded && begins(line, "HTTP/2"))
        r->on = true;
    if (begins(line, "HTTP/1.1 101"))
        r->upgraded = true;
    if (r->on)
        show_rendered_line(transfer, line);
    else
        give_bytes(transfer, HT_DIR_IN, line);
}

void ht_transfer_show(struct ht_tap_transfer *transfer, curl_infotype type, struct ht_span bytes)
{
    if (type == CURLINFO_HEADER_OUT)
        show_request_head(transfer, bytes);
    else if (type == CURLINFO_HEADER_IN)
        show_response_line(transfer, bytes);
    else if (bytes.len && (type == CURLINFO_DATA_OUT || type == CURLINFO_DATA_IN))
        give_bytes(transfer, type == CURLINFO_DATA_OUT ? HT_DIR_OUT : HT_DIR_IN, bytes);
}
