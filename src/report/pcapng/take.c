/* SPDX-License-Identifier: MIT */
/* Taking: takes raw events as they happen, gives the spool what a capture needs of them. */
#include "base/clock.h"
#include "report/pcapng/capture.h"

#include <arpa/inet.h>
#include <stdio.h>

#define AT_ONCE_US 1000 /* within which the rest of a TLS record follows its header */

static struct ht_endpoint endpoint(struct ht_span address, int64_t port)
{
    struct ht_endpoint out = {0};
    char text[INET6_ADDRSTRLEN];
    if (address.len >= sizeof text)
        return out;
    memcpy(text, address.data ? address.data : (const uint8_t *)"", address.len);
    text[address.len] = '\0';
    if (inet_pton(AF_INET, text, out.address) == 1)
        out.family = 4;
    else if (inet_pton(AF_INET6, text, out.address) == 1)
        out.family = 6;
    out.port = (uint16_t)port;
    return out;
}

static struct ht_spool_record record_of(const struct ht_raw *raw, enum ht_spool_kind kind)
{
    struct ht_spool_record record;
    memset(&record, 0, sizeof record); /* it is written as it lies in memory */
    record.kind = (uint8_t)kind;
    record.dir = (uint8_t)raw->dir;
    record.t_us = raw->t_us;
    record.socket = raw->socket;
    return record;
}

static void end_early(struct ht_document *document, const struct ht_spool_record *record)
{
    struct ht_capture *c = document->state;
    struct ht_sink text = ht_sink(0);
    c->full = true;
    ht_sink_puts(&text, "the capture ends here: it has reached the size that --capture-max allows (");
    ht_sink_size(&text, document->options.capture_max);
    ht_sink_puts(&text, "); the run went on");
    ht_comments_add(&c->comments, record->socket, record->t_us, ht_sink_text(&text));
    ht_sink_printf(&document->notes, "report %s: %s\n", document->target ? document->target : "pcapng",
                   ht_sink_text(&text));
    ht_sink_free(&text);
}

/* The first event that finds no room ends the capture. */
static void append(struct ht_document *document, struct ht_spool_record *record, struct ht_span first,
                   struct ht_span then)
{
    struct ht_capture *c = document->state;
    if (!c->full && !ht_spool_put(c->spool, record, first, then) && ht_spool_is_full(c->spool))
        end_early(document, record);
}

void ht_capture_settle(struct ht_document *document)
{
    struct ht_capture *c = document->state;
    if (c->held.len == 0)
        return;
    append(document, &c->held, ht_span(c->held_bytes, c->held.len), ht_span(NULL, 0));
    c->held.len = 0;
}

static void put(struct ht_document *document, struct ht_spool_record *record, struct ht_span bytes)
{
    ht_capture_settle(document);
    append(document, record, bytes, ht_span(NULL, 0));
}

static void hold(struct ht_capture *c, const struct ht_spool_record *record, struct ht_span bytes)
{
    c->held = *record;
    c->held.len = (uint32_t)bytes.len;
    c->bytewise = bytes.len == 1;
    memcpy(c->held_bytes, bytes.data, bytes.len);
}

/* Whether this was read right behind what is held. */
static bool follows(const struct ht_capture *c, const struct ht_spool_record *record)
{
    return c->held.len > 0 && record->dir == HT_DIR_IN && record->socket == c->held.socket &&
           record->t_us - c->held.t_us <= AT_ONCE_US;
}

static void take_start(struct ht_document *document, const struct ht_raw *raw)
{
    struct ht_capture *c = document->state;
    c->wall_us = raw->u.run_start.wall_us - raw->t_us;
    c->blind = ht_span_eq_str(raw->u.run_start.tap, "callbacks");
    struct ht_span tool = ht_span_head(raw->u.run_start.tool, sizeof c->tool - sizeof "httptrace ");
    snprintf(c->tool, sizeof c->tool, "httptrace %.*s", (int)tool.len, (const char *)tool.data);
}

static void take_open(struct ht_document *document, const struct ht_raw *raw)
{
    struct ht_spool_record record = record_of(raw, HT_SPOOL_OPEN);
    record.u.open.remote = endpoint(raw->u.socket_open.address, raw->u.socket_open.port);
    put(document, &record, record.u.open.remote.family ? ht_span(NULL, 0) : raw->u.socket_open.address);
}

static void take_connect(struct ht_document *document, const struct ht_raw *raw)
{
    struct ht_spool_record record = record_of(raw, HT_SPOOL_CONNECT);
    record.u.connect.error = (int32_t)raw->u.connect.error;
    record.u.connect.local = endpoint(raw->u.connect.local_address, raw->u.connect.local_port);
    put(document, &record, ht_span(NULL, 0));
}

static int32_t small(int64_t value)
{
    return value < 0 ? -1 : value > INT32_MAX ? INT32_MAX : (int32_t)value;
}

static int32_t unacked_of(const struct ht_tcp_sample *s)
{
    if (s->bytes_sent < 0 || s->bytes_acked < 0 || s->bytes_retrans < 0)
        return -1;
    int64_t fresh = s->bytes_sent - s->bytes_retrans; /* the SYN counts as acknowledged, not as sent */
    return small(fresh > s->bytes_acked ? fresh - s->bytes_acked : 0);
}

static void take_sample(struct ht_document *document, const struct ht_raw *raw)
{
    const struct ht_tcp_sample *sample = &raw->u.tcp_info.sample;
    bool closing = raw->u.tcp_info.point == HT_SAMPLE_CLOSE;
    struct ht_spool_record record = record_of(raw, HT_SPOOL_SAMPLE);
    if (!closing && raw->u.tcp_info.point != HT_SAMPLE_CONNECTED)
        return;
    record.u.sample.closing = closing;
    record.u.sample.state = (uint8_t)sample->state;
    record.u.sample.rtt_us = sample->rtt_us;
    record.u.sample.mss = small(sample->snd_mss);
    record.u.sample.retransmits = small(sample->total_retrans);
    record.u.sample.unacked_bytes = unacked_of(sample);
    put(document, &record, ht_span(NULL, 0));
}

static void take_icmp(struct ht_document *document, const struct ht_raw *raw)
{
    struct ht_spool_record record = record_of(raw, HT_SPOOL_ICMP);
    record.u.icmp.type = (uint8_t)raw->u.icmp.type;
    record.u.icmp.code = (uint8_t)raw->u.icmp.code;
    record.u.icmp.offender = endpoint(raw->u.icmp.offender, 0);
    put(document, &record, ht_span(NULL, 0));
}

/* True where the bytes went along with what is held. */
static bool join(struct ht_document *document, const struct ht_spool_record *record, struct ht_span bytes)
{
    struct ht_capture *c = document->state;
    if (bytes.len == 0 || bytes.len > HT_SPOOL_BYTES_MAX - HT_TLS_RECORD_HEADER || !follows(c, record))
        return false;
    if (!c->bytewise) {
        append(document, &c->held, ht_span(c->held_bytes, c->held.len), bytes);
        c->held.len = 0;
        return true;
    }
    if (bytes.len > 1 || c->held.len == sizeof c->held_bytes)
        return false;
    c->held_bytes[c->held.len++] = bytes.data[0];
    return true;
}

/* True where the bytes are one packet with what is held, or are held themselves. */
static bool take_piece(struct ht_document *document, const struct ht_spool_record *record,
                       struct ht_span bytes)
{
    struct ht_capture *c = document->state;
    if (join(document, record, bytes))
        return true;
    if ((bytes.len != HT_TLS_RECORD_HEADER && bytes.len != 1) || record->dir != HT_DIR_IN)
        return false;
    ht_capture_settle(document);
    hold(c, record, bytes);
    return true;
}

static void take_bytes(struct ht_document *document, const struct ht_raw *raw)
{
    struct ht_capture *c = document->state;
    struct ht_spool_record record = record_of(raw, HT_SPOOL_BYTES);
    struct ht_span rest = raw->bytes;
    if ((raw->level != 0 && raw->level != HT_LEVEL_UNREAD) || raw->rendered || raw->dir == HT_DIR_NONE)
        return;
    if (raw->level == HT_LEVEL_UNREAD) {
        c->unread_socket = raw->socket;
        record.u.bytes.unread = true;
    } else if (take_piece(document, &record, rest)) {
        return;
    }
    do {
        put(document, &record, rest);
        rest = ht_span_from(rest, HT_SPOOL_BYTES_MAX);
    } while (rest.len > 0);
}

static void take_close(struct ht_document *document, const struct ht_raw *raw)
{
    const struct ht_capture *c = document->state;
    struct ht_spool_record record = record_of(raw, HT_SPOOL_CLOSE);
    bool told = c->unread_socket == raw->socket;
    record.u.close.error = small(raw->u.socket_close.error);
    record.u.close.reset = raw->u.socket_close.reset;
    record.u.close.peer_closed = raw->u.socket_close.peer_closed;
    record.u.close.unread = told || raw->u.socket_close.unread.len > 0;
    put(document, &record, told ? ht_span(NULL, 0) : raw->u.socket_close.unread);
}

static void take_keylog(struct ht_document *document, const struct ht_raw *raw)
{
    const struct ht_capture *c = document->state;
    struct ht_spool_record record = record_of(raw, HT_SPOOL_KEYLOG);
    ht_spool_put(c->keys, &record, raw->bytes, ht_span(NULL, 0));
}

static void (*const takers[HT_RAW_KIND_COUNT])(struct ht_document *, const struct ht_raw *) = {
    [HT_RAW_RUN_START] = take_start,    [HT_RAW_SOCKET_OPEN] = take_open, [HT_RAW_CONNECT] = take_connect,
    [HT_RAW_TCP_INFO] = take_sample,    [HT_RAW_ICMP] = take_icmp,        [HT_RAW_BYTES] = take_bytes,
    [HT_RAW_SOCKET_CLOSE] = take_close, [HT_RAW_KEYLOG] = take_keylog,
};

void ht_capture_take(struct ht_document *document, const struct ht_raw *raw)
{
    const struct ht_capture *c = document->state;
    if ((unsigned)raw->kind < HT_RAW_KIND_COUNT && takers[raw->kind] && !c->full)
        takers[raw->kind](document, raw);
}
