/* SPDX-License-Identifier: MIT */
/* Flows: takes records of a socket's life, gives packets of a TCP connection (RFC 9293) in the order of the
 * calls: what a capture would have shown, as far as a socket knows of it. Nothing is added that a socket does
 * not tell of: no bare acknowledgment, no retransmission, no answer to our own FIN. */
#include "report/pcapng/segments.h"

#include "base/arena.h"
#include "report/show.h"

#include <httptrace/caps.h>

#include <errno.h>
#include <netinet/tcp.h>
#include <stdlib.h>

#define MSS_LEAST 64
#define UNIX_PORT 1 /* of nobody, for what has none */

/* ---- the handshake ---- */

static void put_syn(struct ht_flows *flows, struct ht_flow *f, int64_t t_us)
{
    if (!f->syn)
        ht_segment_bare(flows, f, t_us, HT_DIR_OUT, HT_TCP_F_SYN);
    f->syn = true;
}

/* It waits for what is told next of the socket: the first sample says how long it took. */
static void shake_hands(struct ht_flows *flows, struct ht_flow *f)
{
    struct ht_sink note = ht_sink(HT_CAP_TEXT);
    if (!f->connected || f->shaken)
        return;
    uint64_t record = flows->record;
    f->shaken = true;
    flows->record = f->connected_record; /* comments on what is told next are not due yet */
    put_syn(flows, f, f->open_us);
    ht_segment_bare(flows, f, f->connected_us, HT_DIR_IN, HT_TCP_F_SYN | HT_TCP_F_ACK);
    if (f->rtt_us >= 0)
        ht_sink_printf(&note, "TCP_INFO when connected: rtt %lld us, snd_mss %u", (long long)f->rtt_us,
                       (unsigned)f->mss);
    ht_segment_put(flows, f, f->connected_us, HT_DIR_OUT, HT_TCP_F_ACK, ht_span(NULL, 0),
                   note.len ? note.text : NULL);
    flows->record = record;
    ht_sink_free(&note);
}

static void set_connected(const struct ht_flows *flows, struct ht_flow *f, int64_t t_us)
{
    if (f->connected)
        return;
    f->connected = true;
    f->connected_us = t_us;
    f->connected_record = flows->record;
}

static bool is_under_way(int32_t error)
{
    return error == EINPROGRESS || error == EALREADY || error == EINTR;
}

/* What connect() says at once where something was sent; other errors are this host's own. */
static bool is_answer(int32_t error)
{
    return error == ECONNREFUSED || error == ECONNRESET || error == ETIMEDOUT;
}

static void take_local(struct ht_flow *f, const struct ht_endpoint *local)
{
    if (!f->syn && !f->path && local->family == f->remote.family)
        f->local = *local;
}

static void take_connect(struct ht_flows *flows, struct ht_flow *f, const struct ht_spool_record *r)
{
    int32_t error = r->u.connect.error;
    take_local(f, &r->u.connect.local);
    if (error == 0) {
        set_connected(flows, f, r->t_us);
        return;
    }
    if (is_under_way(error))
        put_syn(flows, f, r->t_us);
    else if (is_answer(error))
        put_syn(flows, f, f->open_us);
    if (error == ECONNREFUSED || error == ECONNRESET) {
        f->refused = true; /* by a RST, unless an ICMP error turns up at the close */
        f->refused_us = r->t_us;
    }
}

static void refuse(struct ht_flows *flows, struct ht_flow *f)
{
    f->sides[HT_DIR_IN].seq = 0; /* RFC 9293 section 3.10.7.1 */
    ht_segment_bare(flows, f, f->refused_us, HT_DIR_IN, HT_TCP_F_RST | HT_TCP_F_ACK);
    f->refused = false;
}

static void take_icmp(struct ht_flows *flows, struct ht_flow *f, const struct ht_spool_record *r)
{
    uint8_t about[HT_PACKET_HEAD], packet[HT_PACKET_HEAD];
    const struct ht_endpoint *offender = &r->u.icmp.offender;
    if (!f->syn || f->path)
        return;
    struct ht_segment syn = ht_segment_of(f, HT_DIR_OUT, HT_TCP_F_SYN, ht_span(NULL, 0));
    syn.seq--;
    size_t len = ht_packet_tcp(about, &syn);
    if (offender->family != f->remote.family)
        offender = &f->remote;
    len = ht_packet_icmp(packet, offender, &f->local, r->u.icmp.type, r->u.icmp.code, ht_span(about, len));
    ht_segment_packet(flows, f, f->refused ? f->refused_us : r->t_us, HT_DIR_IN, ht_span(packet, len),
                      ht_span(NULL, 0), NULL);
    f->refused = false;
}

static void take_sample(struct ht_flows *flows, struct ht_flow *f, const struct ht_spool_record *r)
{
    int32_t room = (int32_t)ht_packet_room(f->remote.family);
    if (r->u.sample.closing) {
        f->retransmits = r->u.sample.retransmits;
        f->unacked_bytes = r->u.sample.unacked_bytes;
        f->peer_closed = r->u.sample.state == TCP_CLOSE_WAIT;
        f->torn = r->u.sample.state == TCP_CLOSE;
        if (f->syn && (f->peer_closed || r->u.sample.state == TCP_ESTABLISHED))
            set_connected(flows, f, r->t_us); /* it won, and nobody asked any more */
    } else {
        f->rtt_us = r->u.sample.rtt_us;
        if (r->u.sample.mss >= MSS_LEAST)
            f->mss = (uint16_t)(r->u.sample.mss < room ? r->u.sample.mss : room);
    }
    shake_hands(flows, f);
}

/* ---- what it carries ---- */

static const char not_read[] = "This had come when the socket was closed, and was not read";

static void take_bytes(struct ht_flows *flows, struct ht_flow *f, const struct ht_spool_record *r,
                       struct ht_span bytes)
{
    enum ht_dir dir = r->dir == HT_DIR_OUT ? HT_DIR_OUT : HT_DIR_IN;
    set_connected(flows, f, r->t_us);
    shake_hands(flows, f);
    if (f->sides[dir].fin)
        return;
    if (bytes.len == 0 && dir == HT_DIR_IN)
        ht_segment_bare(flows, f, r->t_us, dir, HT_TCP_F_FIN | HT_TCP_F_ACK);
    else
        ht_segment_payload(flows, f, r->t_us, dir, bytes, r->u.bytes.unread ? not_read : NULL);
}

/* ---- the end ---- */

/* How TCP fared, where that is worth a word. */
static void note_end(const struct ht_flow *f, const struct ht_spool_record *r, struct ht_sink *out)
{
    if (r->u.close.error)
        ht_sink_printf(out, "The socket's error at its close: %s. ", strerror(r->u.close.error));
    if (f->retransmits > 0)
        ht_sink_printf(out, "TCP_INFO at the close: %d segments were sent again. ", (int)f->retransmits);
    if (f->unacked_bytes > 0)
        ht_sink_printf(out, "TCP_INFO at the close: %d bytes shown as sent were not acknowledged. ",
                       (int)f->unacked_bytes);
    if (out->len)
        out->text[--out->len] = '\0';
}

/* Linux answers the close of a socket with unread bytes in it with RST (RFC 2525 section 2.17). Where nothing
 * was left of the connection it was torn by the peer's RST, unless this host gave up or was told by ICMP. */
static void say_goodbye(struct ht_flows *flows, struct ht_flow *f, const struct ht_spool_record *r,
                        const char *note)
{
    struct ht_span none = ht_span(NULL, 0);
    bool reset = r->u.close.reset || (f->torn && r->u.close.error == 0);
    bool peer_closed = f->peer_closed || r->u.close.peer_closed;
    if (peer_closed && !f->sides[HT_DIR_IN].fin)
        ht_segment_bare(flows, f, r->t_us, HT_DIR_IN, HT_TCP_F_FIN | HT_TCP_F_ACK);
    if (reset)
        ht_segment_put(flows, f, r->t_us, HT_DIR_IN, HT_TCP_F_RST | HT_TCP_F_ACK, none, note);
    else if (!f->torn && r->u.close.error != ETIMEDOUT)
        ht_segment_put(flows, f, r->t_us, HT_DIR_OUT,
                       HT_TCP_F_ACK | (r->u.close.unread ? HT_TCP_F_RST : HT_TCP_F_FIN), none, note);
}

static void take_close(struct ht_flows *flows, struct ht_flow *f, const struct ht_spool_record *r,
                       struct ht_span unread)
{
    struct ht_sink note = ht_sink(HT_CAP_TEXT);
    shake_hands(flows, f);
    f->dead = true;
    if (f->refused)
        refuse(flows, f);
    if (!f->connected)
        return;
    if (!f->sides[HT_DIR_IN].fin)
        ht_segment_payload(flows, f, r->t_us, HT_DIR_IN, unread, not_read);
    note_end(f, r, &note);
    say_goodbye(flows, f, r, note.len ? note.text : NULL);
    ht_sink_free(&note);
}

/* ---- all sockets ---- */

static char *harmless(struct ht_span path)
{
    struct ht_sink text = ht_sink(HT_CAP_TEXT / 2);
    ht_show_text(&text, path);
    char *copy = ht_strdup(ht_sink_text(&text));
    ht_sink_free(&text);
    return copy;
}

static const struct ht_endpoint loopback = {.family = 4, .port = UNIX_PORT, .address = {127, 0, 0, 1}};

static void open_flow(struct ht_flows *flows, const struct ht_spool_record *r, struct ht_span path)
{
    struct ht_flow *f = ht_malloc(sizeof *f);
    bool is_unix = r->u.open.remote.family == 0;
    *f = (struct ht_flow){.socket = r->socket,
                          .remote = is_unix ? loopback : r->u.open.remote,
                          .open_us = r->t_us,
                          .rtt_us = -1,
                          .path = is_unix ? harmless(path) : NULL,
                          .next = flows->open};
    f->local = is_unix ? loopback : (struct ht_endpoint){.family = f->remote.family};
    if (is_unix)
        f->local.port = (uint16_t)(1024 + (uint32_t)r->socket % 60000);
    f->mss = ht_flow_mss(&f->remote);
    /* Begins that differ tell the sockets of one pair of addresses and ports apart. */
    f->sides[HT_DIR_OUT].seq = ((uint32_t)r->socket + 1) << 16;
    f->sides[HT_DIR_IN].seq = (((uint32_t)r->socket + 1) << 16) + 0x8000;
    flows->open = f;
}

static void free_flow(struct ht_flow **at)
{
    struct ht_flow *f = *at;
    *at = f->next;
    free(f->path);
    free(f);
}

static struct ht_flow **find(struct ht_flows *flows, int32_t socket)
{
    struct ht_flow **at = &flows->open;
    while (*at && (*at)->socket != socket)
        at = &(*at)->next;
    return at;
}

static void take(struct ht_flows *flows, struct ht_flow *f, const struct ht_spool_record *r,
                 struct ht_span bytes)
{
    switch ((enum ht_spool_kind)r->kind) {
    case HT_SPOOL_CONNECT:
        take_connect(flows, f, r);
        break;
    case HT_SPOOL_SAMPLE:
        take_sample(flows, f, r);
        break;
    case HT_SPOOL_ICMP:
        take_icmp(flows, f, r);
        break;
    case HT_SPOOL_BYTES:
        take_bytes(flows, f, r, bytes);
        break;
    case HT_SPOOL_CLOSE:
        take_close(flows, f, r, bytes);
        break;
    case HT_SPOOL_OPEN:
    case HT_SPOOL_KEYLOG:
        break;
    }
}

void ht_flow_take(struct ht_flows *flows, const struct ht_spool_record *r, struct ht_span bytes)
{
    struct ht_flow **at = find(flows, r->socket);
    if (r->kind == HT_SPOOL_OPEN && !*at)
        open_flow(flows, r, bytes);
    if (r->kind == HT_SPOOL_OPEN || !*at)
        return;
    take(flows, *at, r, bytes);
    if ((*at)->dead)
        free_flow(at);
}

bool ht_flow_shows(const struct ht_spool_record *r)
{
    switch ((enum ht_spool_kind)r->kind) {
    case HT_SPOOL_CONNECT:
        return is_under_way(r->u.connect.error) || is_answer(r->u.connect.error);
    case HT_SPOOL_BYTES:
        return true;
    default:
        return false;
    }
}

void ht_flows_end(struct ht_flows *flows)
{
    while (flows->open) {
        shake_hands(flows, flows->open);
        free_flow(&flows->open);
    }
}
