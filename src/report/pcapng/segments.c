/* SPDX-License-Identifier: MIT */
/* Segments: takes flags and payload of a flow's next segment, gives its packet with sequence numbers and
 * comments (RFC 9293 section 3.4). */
#include "report/pcapng/segments.h"

#include "report/pcapng/block.h"

#include <httptrace/caps.h>

#define FLUSH_BYTES (256u * 1024u)
#define MSS_IPV4    1460u
#define MSS_IPV6    1440u
#define UNSEEN_MAX  (512u * 1024u * 1024u) /* half of the window, from which on readers take it for full */

uint16_t ht_flow_mss(const struct ht_endpoint *end)
{
    return end->family == 6 ? MSS_IPV6 : MSS_IPV4;
}

static enum ht_dir other(enum ht_dir dir)
{
    return dir == HT_DIR_OUT ? HT_DIR_IN : HT_DIR_OUT;
}

static void introduce(const struct ht_flow *f, struct ht_sink *out)
{
    ht_sink_reset(out);
    if (f->path)
        ht_sink_printf(out, "Socket %d: a Unix socket, %s. Addresses and ports stand for what it has not.\n",
                       (int)f->socket, f->path);
    else
        ht_sink_printf(out, "Socket %d.\n", (int)f->socket);
    ht_sink_puts(out, "Headers of IP and TCP are synthesised by httptrace from what the socket carried: "
                      "addresses, ports, times, payload and its order are those of connect(), send() and "
                      "recv(); sequence numbers, windows, options and the borders of segments are not "
                      "those of the wire, and bare acknowledgments and retransmissions are not shown.");
}

static void put_comments(struct ht_flows *flows, struct ht_flow *f, const char *note)
{
    struct ht_sink *out = &flows->document->out;
    struct ht_sink first = ht_sink(HT_CAP_TEXT);
    const char *text;
    if (!f->commented) {
        introduce(f, &first);
        ht_block_comment(out, ht_span(first.text, first.len));
    }
    f->commented = true;
    if (note)
        ht_block_comment(out, ht_span_str(note));
    while ((text = ht_comments_due(flows->comments, f->socket, flows->record)) != NULL)
        ht_block_comment(out, ht_span_str(text));
    ht_sink_free(&first);
}

void ht_segment_packet(struct ht_flows *flows, struct ht_flow *f, int64_t t_us, enum ht_dir dir,
                       struct ht_span head, struct ht_span payload, const char *note)
{
    struct ht_sink *out = &flows->document->out;
    size_t at = ht_block_packet(out, flows->wall_us + t_us, dir, head, payload);
    put_comments(flows, f, note);
    ht_block_options_end(out);
    ht_block_end(out, at);
    if (out->len >= FLUSH_BYTES)
        ht_document_flush(flows->document);
}

struct ht_segment ht_segment_of(const struct ht_flow *f, enum ht_dir dir, uint8_t flags,
                                struct ht_span payload)
{
    const struct ht_endpoint *from = dir == HT_DIR_OUT ? &f->local : &f->remote;
    const struct ht_endpoint *to = dir == HT_DIR_OUT ? &f->remote : &f->local;
    bool syn = (flags & HT_TCP_F_SYN) != 0;
    return (struct ht_segment){.from = from,
                               .to = to,
                               .seq = f->sides[dir].seq,
                               .ack = flags & HT_TCP_F_ACK ? f->sides[other(dir)].seq : 0,
                               .flags = flags,
                               .mss = syn ? ht_flow_mss(from) : (uint16_t)0,
                               .payload = payload};
}

void ht_segment_put(struct ht_flows *flows, struct ht_flow *f, int64_t t_us, enum ht_dir dir, uint8_t flags,
                    struct ht_span payload, const char *note)
{
    uint8_t head[HT_PACKET_HEAD];
    struct ht_flow_side *side = &f->sides[dir];
    struct ht_segment segment = ht_segment_of(f, dir, flags, payload);
    size_t len = ht_packet_tcp(head, &segment);
    ht_segment_packet(flows, f, t_us, dir, ht_span(head, len), payload, note);
    side->seq += (uint32_t)payload.len + (flags & HT_TCP_F_SYN ? 1 : 0) + (flags & HT_TCP_F_FIN ? 1 : 0);
    side->unseen += (uint32_t)payload.len;
    side->fin = side->fin || flags & HT_TCP_F_FIN;
    if (flags & HT_TCP_F_ACK)
        f->sides[other(dir)].unseen = 0;
}

void ht_segment_bare(struct ht_flows *flows, struct ht_flow *f, int64_t t_us, enum ht_dir dir, uint8_t flags)
{
    ht_segment_put(flows, f, t_us, dir, flags, ht_span(NULL, 0), NULL);
}

void ht_segment_payload(struct ht_flows *flows, struct ht_flow *f, int64_t t_us, enum ht_dir dir,
                        struct ht_span bytes, const char *note)
{
    for (size_t at = 0; at < bytes.len; at += f->mss) {
        struct ht_span part = ht_span_head(ht_span_from(bytes, at), f->mss);
        bool last = at + part.len == bytes.len;
        ht_segment_put(flows, f, t_us, dir, HT_TCP_F_ACK | (last ? HT_TCP_F_PSH : 0), part,
                       at == 0 ? note : NULL);
    }
    if (f->sides[dir].unseen > UNSEEN_MAX)
        ht_segment_bare(flows, f, t_us, other(dir), HT_TCP_F_ACK);
}
