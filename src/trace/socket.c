/* SPDX-License-Identifier: MIT */
/* Sockets: takes each attempt to connect, its samples and its end; gives connections their attempts and TCP
 * facts. */
#include "base/clock.h"
#include "trace/state.h"

#include <errno.h>
#include <sys/socket.h>

/* Addresses are kept as they came: whoever shows them escapes them. */
static struct ht_span endpoint(struct ht_arena *arena, struct ht_span address, int64_t port, int64_t family)
{
    if (family == AF_UNIX)
        return ht_arena_dup(arena, address);
    const char *format = family == AF_INET6 ? "[%.*s]:%d" : "%.*s:%d";
    return ht_span_str(
        ht_arena_printf(arena, format, (int)address.len, (const char *)address.data, (int)port));
}

static const char *attempt_name(struct ht_arena *arena, const struct ht_attempt *a)
{
    return ht_safe_text(arena, endpoint(arena, a->address, a->port, a->family));
}

/* A connection for one more attempt: the exchange's own while none of its attempts has won. */
static struct ht_connection *connection_for_attempt(struct ht_tracer *tracer, struct ht_exchange *x,
                                                    int64_t t_us)
{
    struct ht_connection *old = x->connection;
    if (old && old->connected_us < 0)
        return old;
    ht_exchange_connect(x, ht_connection_new(tracer, t_us));
    if (old)
        ht_connection_release(tracer, old);
    return x->connection;
}

static struct ht_attempt *add_attempt(struct ht_connection *c, const struct ht_raw *raw)
{
    struct ht_attempt **at = &c->attempts;
    while (*at)
        at = &(*at)->next;
    *at = ht_arena_alloc(c->arena, sizeof **at);
    **at = (struct ht_attempt){.socket = raw->socket,
                               .address = ht_arena_dup(c->arena, raw->u.socket_open.address),
                               .port = raw->u.socket_open.port,
                               .family = raw->u.socket_open.family,
                               .start_us = raw->t_us,
                               .end_us = -1};
    c->attempt_count++;
    return *at;
}

void ht_take_socket_open(struct ht_tracer *tracer, const struct ht_raw *raw)
{
    struct ht_exchange *x = ht_exchange_for(tracer, raw->transfer, raw->t_us);
    if (!x)
        return;
    struct ht_connection *c = connection_for_attempt(tracer, x, raw->t_us);
    if (c->attempt_count >= HT_CAP_ATTEMPTS)
        return;
    if (x->attempt_us < 0)
        x->attempt_us = raw->t_us;
    ht_resolve_settle(c, x, raw->u.socket_open.address);
    struct ht_wire *wire = ht_malloc(sizeof *wire);
    *wire = (struct ht_wire){.socket = raw->socket, .transfer = raw->transfer, .connection = c};
    wire->attempt = add_attempt(c, raw);
    wire->next = tracer->wires;
    tracer->wires = wire;
    ht_event_note(tracer, (struct ht_owner){c, x}, raw, HT_LAYER_TCP, "attempt",
                  ht_arena_printf(x->arena, "trying %s", attempt_name(x->arena, wire->attempt)));
}

static enum ht_attempt_outcome outcome_of(int64_t error)
{
    switch (error) {
    case 0:
        return HT_ATTEMPT_CONNECTED;
    case ECONNREFUSED:
        return HT_ATTEMPT_REFUSED;
    case ETIMEDOUT:
        return HT_ATTEMPT_TIMEOUT;
    case EHOSTUNREACH:
    case ENETUNREACH:
        return HT_ATTEMPT_UNREACHABLE;
    default:
        return HT_ATTEMPT_FAILED;
    }
}

static void connected(struct ht_wire *wire, const struct ht_raw *raw)
{
    struct ht_connection *c = wire->connection;
    const struct ht_attempt *a = wire->attempt;
    if (c->connected_us >= 0)
        return;
    c->socket = wire->socket;
    c->connected_us = raw->t_us;
    c->remote = endpoint(c->arena, a->address, a->port, a->family);
    if (raw->u.connect.local_address.len)
        c->local = endpoint(c->arena, raw->u.connect.local_address, raw->u.connect.local_port, a->family);
}

void ht_take_connect(struct ht_tracer *tracer, const struct ht_raw *raw)
{
    struct ht_wire *wire = ht_wire_find(tracer, raw->socket);
    if (!wire || raw->u.connect.error == EINPROGRESS || wire->attempt->end_us >= 0)
        return;
    struct ht_attempt *a = wire->attempt;
    struct ht_connection *c = wire->connection;
    struct ht_owner owner = {c, ht_exchange_current(tracer, wire->transfer)};
    struct ht_arena *arena = ht_owner_arena(owner);
    const char *name = attempt_name(arena, a);
    a->end_us = raw->t_us;
    a->error = raw->u.connect.error;
    a->outcome = outcome_of(a->error);
    if (a->error == 0) {
        connected(wire, raw);
        ht_proxy_begin(tracer, wire, raw->t_us);
        ht_event_note(tracer, owner, raw, HT_LAYER_TCP, "connected",
                      ht_arena_printf(arena, "connected to %s from %s", name,
                                      c->local.len ? ht_safe_text(arena, c->local) : "an unnamed socket"));
    } else {
        ht_event_note(tracer, owner, raw, HT_LAYER_TCP, "connect_failed",
                      ht_arena_printf(arena, "%s: %s", name, strerrordesc_np((int)a->error)));
    }
}

static struct ht_sample *next_sample(struct ht_connection *c)
{
    if (!c->samples)
        c->samples = ht_arena_alloc(c->arena, HT_CAP_SAMPLES * sizeof *c->samples);
    /* The last place is kept for the newest: the end of a connection tells more than its middle. */
    return &c->samples[c->sample_count < HT_CAP_SAMPLES ? c->sample_count++ : HT_CAP_SAMPLES - 1];
}

void ht_take_tcp_info(struct ht_tracer *tracer, const struct ht_raw *raw)
{
    struct ht_wire *wire = ht_wire_find(tracer, raw->socket);
    if (!wire)
        return;
    const struct ht_tcp_sample *s = &raw->u.tcp_info.sample;
    if (raw->u.tcp_info.point == HT_SAMPLE_CLOSE) {
        wire->attempt->has_close_sample = true;
        wire->attempt->close_sample = *s;
    }
    if (wire->connection->socket != wire->socket)
        return;
    *next_sample(wire->connection) = (struct ht_sample){raw->u.tcp_info.point, raw->t_us, *s};
    struct ht_owner owner = {wire->connection,
                             wire->exchange ? wire->exchange : ht_exchange_current(tracer, wire->transfer)};
    struct ht_arena *arena = ht_owner_arena(owner);
    ht_event_note(
        tracer, owner, raw, HT_LAYER_TCP, "sample",
        ht_arena_printf(arena, "%s: rtt %.1f ms, mss %lld, %lld bytes acknowledged, %lld retransmits",
                        ht_sample_point_name(raw->u.tcp_info.point), (double)s->rtt_us / 1000,
                        (long long)s->snd_mss, (long long)s->bytes_acked, (long long)s->total_retrans));
}

void ht_take_icmp(struct ht_tracer *tracer, const struct ht_raw *raw)
{
    struct ht_wire *wire = ht_wire_find(tracer, raw->socket);
    if (!wire)
        return;
    struct ht_icmp *icmp = &wire->attempt->icmp;
    *icmp = (struct ht_icmp){true, raw->u.icmp.type, raw->u.icmp.code,
                             ht_arena_dup(wire->connection->arena, raw->u.icmp.offender)};
    struct ht_owner owner = {wire->connection, ht_exchange_current(tracer, wire->transfer)};
    struct ht_arena *arena = ht_owner_arena(owner);
    ht_event_note(tracer, owner, raw, HT_LAYER_TCP, "icmp",
                  ht_arena_printf(arena, "ICMP type %d code %d from %s", (int)icmp->type, (int)icmp->code,
                                  ht_safe_text(arena, icmp->offender)));
}

static enum ht_tcp_end end_of(const struct ht_raw *raw)
{
    if (raw->u.socket_close.reset || raw->u.socket_close.error == ECONNRESET ||
        raw->u.socket_close.error == EPIPE)
        return HT_TCP_RST;
    if (raw->u.socket_close.error == ETIMEDOUT)
        return HT_TCP_TIMEOUT;
    return raw->u.socket_close.peer_closed ? HT_TCP_FIN : HT_TCP_CLOSED;
}

/* A pending attempt that libcurl closes lost the race, or ran out of time (RFC 8305). */
static void attempt_closed(struct ht_tracer *tracer, struct ht_wire *wire, const struct ht_raw *raw)
{
    struct ht_attempt *a = wire->attempt;
    struct ht_owner owner = {wire->connection, ht_exchange_current(tracer, wire->transfer)};
    struct ht_arena *arena = ht_owner_arena(owner);
    a->end_us = raw->t_us;
    a->outcome = HT_ATTEMPT_CANCELLED;
    ht_event_note(tracer, owner, raw, HT_LAYER_TCP, "connect_cancelled",
                  ht_arena_printf(arena, "gave up on %s", attempt_name(arena, a)));
}

void ht_take_socket_close(struct ht_tracer *tracer, const struct ht_raw *raw)
{
    static const char *const words[] = {"", "the peer closed it", "the peer reset it", "timed out", "closed"};
    struct ht_wire *wire = ht_wire_find(tracer, raw->socket);
    if (!wire)
        return;
    struct ht_connection *c = wire->connection;
    if (wire->attempt->end_us < 0)
        attempt_closed(tracer, wire, raw);
    if (c->socket == wire->socket) {
        c->closed_us = raw->t_us;
        c->end = end_of(raw);
        c->close_error = raw->u.socket_close.error;
        c->unread = ht_arena_dup(c->arena, raw->u.socket_close.unread);
        ht_event_note(tracer, (struct ht_owner){c, wire->exchange}, raw, HT_LAYER_TCP, "closed",
                      words[c->end]);
    }
    ht_wire_free(tracer, wire);
}
