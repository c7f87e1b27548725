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

/* What happens to an attempt is told in its own phase, whatever the exchange is at by then. */
static void tell_attempt(struct ht_tracer *tracer, struct ht_owner owner, const struct ht_raw *raw,
                         const struct ht_attempt *a, const char *kind, const char *before, const char *after)
{
    struct ht_event *event = ht_event_begin(tracer, owner, raw, HT_LAYER_TCP, kind);
    if (!event)
        return;
    struct ht_arena *arena = ht_owner_arena(owner);
    event->phase = HT_PHASE_CONNECT;
    ht_event_tellf(tracer, owner, event, "%s%s%s%s", before,
                   ht_safe_text(arena, endpoint(arena, a->address, a->port, a->family)), *after ? ": " : "",
                   after);
}

/* A connection for one more attempt: the exchange's own while none of its attempts has won. */
static struct ht_connection *connection_for_attempt(struct ht_tracer *tracer, struct ht_exchange *x,
                                                    int64_t t_us)
{
    struct ht_connection *old = x->connection;
    if (old && old->connected_us < 0)
        return old;
    x->connection = ht_connection_new(tracer, t_us);
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
    tell_attempt(tracer, (struct ht_owner){c, x}, raw, wire->attempt, "attempt", "trying ", "");
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

/* The connection is this wire's from now on. */
static void seat(struct ht_wire *wire)
{
    struct ht_connection *c = wire->connection;
    const struct ht_attempt *a = wire->attempt;
    c->socket = wire->socket;
    c->connected_us = a->end_us;
    c->remote = endpoint(c->arena, a->address, a->port, a->family);
    c->local = wire->local;
}

void ht_wire_choose(struct ht_wire *wire)
{
    bool connected = wire->attempt->outcome == HT_ATTEMPT_CONNECTED;
    if (connected && wire->connection->socket != wire->socket)
        seat(wire);
}

static void connected(struct ht_tracer *tracer, struct ht_wire *wire, const struct ht_raw *raw)
{
    struct ht_connection *c = wire->connection;
    const struct ht_attempt *a = wire->attempt;
    if (raw->u.connect.local_address.len)
        wire->local = endpoint(c->arena, raw->u.connect.local_address, raw->u.connect.local_port, a->family);
    if (c->connected_us < 0) /* else this one lost the race (RFC 8305 section 5) */
        seat(wire);
    ht_proxy_begin(tracer, wire, raw->t_us);
}

void ht_take_connect(struct ht_tracer *tracer, const struct ht_raw *raw)
{
    struct ht_wire *wire = ht_wire_find(tracer, raw->socket);
    if (!wire || wire->attempt->end_us >= 0)
        return;
    if (raw->u.connect.error == EINPROGRESS) {
        wire->attempt->under_way = true;
        return;
    }
    struct ht_attempt *a = wire->attempt;
    struct ht_owner owner = {wire->connection, ht_exchange_current(tracer, wire->transfer)};
    a->end_us = raw->t_us;
    a->error = raw->u.connect.error;
    a->outcome = outcome_of(a->error);
    if (a->error) {
        const char *why = strerrordesc_np(a->error > 0 && a->error < INT16_MAX ? (int)a->error : EINVAL);
        tell_attempt(tracer, owner, raw, a, "connect_failed", "", why ? why : "an error nobody named");
        return;
    }
    connected(tracer, wire, raw);
    struct ht_event *event = ht_event_begin(tracer, owner, raw, HT_LAYER_TCP, "connected");
    if (!event)
        return;
    struct ht_arena *arena = ht_owner_arena(owner);
    event->phase = HT_PHASE_CONNECT;
    ht_event_tellf(tracer, owner, event, "connected to %s from %s",
                   ht_safe_text(arena, endpoint(arena, a->address, a->port, a->family)),
                   wire->local.len ? ht_safe_text(arena, wire->local) : "an unnamed socket");
}

/* Where there is no room the older half goes, but for the first: what happens to a connection that carries
 * request after request is told by the newest ones. */
static struct ht_sample *next_sample(struct ht_connection *c)
{
    const size_t half = HT_CAP_SAMPLES / 2;
    if (!c->samples)
        c->samples = ht_arena_alloc(c->arena, HT_CAP_SAMPLES * sizeof *c->samples);
    if (c->sample_count == HT_CAP_SAMPLES) {
        memmove(&c->samples[1], &c->samples[HT_CAP_SAMPLES - half], half * sizeof *c->samples);
        c->sample_count = 1 + half;
    }
    return &c->samples[c->sample_count++];
}

static void tell_sample(struct ht_tracer *tracer, const struct ht_wire *wire, const struct ht_raw *raw)
{
    const struct ht_tcp_sample *s = &raw->u.tcp_info.sample;
    struct ht_owner owner = {wire->connection, ht_wire_exchange(tracer, wire)};
    struct ht_event *event = ht_event_begin(tracer, owner, raw, HT_LAYER_TCP, "sample");
    if (!event)
        return;
    if (raw->u.tcp_info.point == HT_SAMPLE_CONNECTED)
        event->phase = HT_PHASE_CONNECT;
    ht_event_tellf(tracer, owner, event,
                   "%s: rtt %.1f ms, mss %lld, %lld bytes acknowledged, %lld retransmits",
                   ht_sample_point_name(raw->u.tcp_info.point), (double)s->rtt_us / 1000,
                   (long long)s->snd_mss, (long long)s->bytes_acked, (long long)s->total_retrans);
}

void ht_take_tcp_info(struct ht_tracer *tracer, const struct ht_raw *raw)
{
    struct ht_wire *wire = ht_wire_find(tracer, raw->socket);
    if (!wire)
        return;
    if (raw->u.tcp_info.point == HT_SAMPLE_CLOSE) {
        wire->attempt->has_close_sample = true;
        wire->attempt->close_sample = raw->u.tcp_info.sample;
    }
    if (wire->attempt->end_us < 0 && raw->u.tcp_info.point != HT_SAMPLE_CONNECTED) {
        wire->attempt->has_sample = true;
        wire->attempt->sample = raw->u.tcp_info.sample;
        tell_sample(tracer, wire, raw);
    }
    if (wire->connection->socket != wire->socket)
        return;
    *next_sample(wire->connection) =
        (struct ht_sample){raw->u.tcp_info.point, raw->t_us, raw->u.tcp_info.sample};
    tell_sample(tracer, wire, raw);
}

void ht_take_icmp(struct ht_tracer *tracer, const struct ht_raw *raw)
{
    struct ht_wire *wire = ht_wire_find(tracer, raw->socket);
    struct ht_owner owner = {wire ? wire->connection : NULL, NULL};
    if (!wire || !ht_owner_has_room(owner))
        return;
    struct ht_icmp *icmp = &wire->attempt->icmp;
    *icmp = (struct ht_icmp){.seen = true,
                             .own = raw->u.icmp.own,
                             .type = raw->u.icmp.type,
                             .code = raw->u.icmp.code,
                             .offender = ht_arena_dup(wire->connection->arena, raw->u.icmp.offender)};
    owner.exchange = ht_exchange_current(tracer, wire->transfer);
    struct ht_event *event = ht_event_begin(tracer, owner, raw, HT_LAYER_TCP, "icmp");
    if (!event)
        return;
    event->phase = wire->connection->connected_us < 0 ? HT_PHASE_CONNECT : event->phase;
    ht_event_tellf(tracer, owner, event, "ICMP type %lld code %lld from %s", (long long)icmp->type,
                   (long long)icmp->code, ht_safe_text(ht_owner_arena(owner), icmp->offender));
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
    struct ht_owner owner = {wire->connection, ht_exchange_current(tracer, wire->transfer)};
    wire->attempt->end_us = raw->t_us;
    wire->attempt->outcome = HT_ATTEMPT_CANCELLED;
    tell_attempt(tracer, owner, raw, wire->attempt, "connect_cancelled", "gave up on ", "");
}

static void connection_closed(struct ht_tracer *tracer, struct ht_wire *wire, const struct ht_raw *raw)
{
    static const char *const words[] = {"", "the peer closed it", "the peer reset it", "timed out", "closed"};
    struct ht_connection *c = wire->connection;
    c->closed_us = raw->t_us;
    c->end = end_of(raw);
    c->close_error = raw->u.socket_close.error;
    c->unread = ht_arena_dup(c->arena, raw->u.socket_close.unread);
    struct ht_owner owner = {c, wire->exchange};
    ht_event_tell(tracer, ht_event_begin(tracer, owner, raw, HT_LAYER_TCP, "closed"), words[c->end]);
}

void ht_take_socket_close(struct ht_tracer *tracer, const struct ht_raw *raw)
{
    struct ht_wire *wire = ht_wire_find(tracer, raw->socket);
    if (!wire)
        return;
    if (wire->attempt->end_us < 0)
        attempt_closed(tracer, wire, raw);
    if (wire->connection->socket == wire->socket)
        connection_closed(tracer, wire, raw);
    ht_wire_free(tracer, wire);
}
