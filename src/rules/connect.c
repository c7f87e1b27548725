/* SPDX-License-Identifier: MIT */
/* Attempts to connect: takes their errno, ICMP errors (RFC 792, RFC 4443, RFC 1812) and samples, gives how
 * each ended and what decided about the whole. */
#include "rules/connect.h"

#include <errno.h>
#include <sys/socket.h>

#define EARLY_SYN_AGAIN 2

enum { ICMP4_UNREACHABLE = 3, ICMP4_TIME_EXCEEDED = 11, ICMP6_UNREACHABLE = 1, ICMP6_TIME_EXCEEDED = 3 };

static const struct {
    int64_t family, type, code;
    enum ht_connect_end end;
    const char *name;
} icmp_rows[] = {
    {AF_INET, ICMP4_UNREACHABLE, 0, HT_CONNECT_UNREACHABLE, "network unreachable"},
    {AF_INET, ICMP4_UNREACHABLE, 1, HT_CONNECT_UNREACHABLE, "host unreachable"},
    {AF_INET, ICMP4_UNREACHABLE, 2, HT_CONNECT_REFUSED_ICMP, "protocol unreachable"},
    {AF_INET, ICMP4_UNREACHABLE, 3, HT_CONNECT_REFUSED_ICMP, "port unreachable"},
    {AF_INET, ICMP4_UNREACHABLE, 5, HT_CONNECT_UNREACHABLE, "source route failed"},
    {AF_INET, ICMP4_UNREACHABLE, 6, HT_CONNECT_UNREACHABLE, "destination network unknown"},
    {AF_INET, ICMP4_UNREACHABLE, 7, HT_CONNECT_UNREACHABLE, "destination host unknown"},
    {AF_INET, ICMP4_UNREACHABLE, 8, HT_CONNECT_UNREACHABLE, "source host isolated"},
    {AF_INET, ICMP4_UNREACHABLE, 9, HT_CONNECT_PROHIBITED, "network administratively prohibited"},
    {AF_INET, ICMP4_UNREACHABLE, 10, HT_CONNECT_PROHIBITED, "host administratively prohibited"},
    {AF_INET, ICMP4_UNREACHABLE, 11, HT_CONNECT_UNREACHABLE, "network unreachable for this type of service"},
    {AF_INET, ICMP4_UNREACHABLE, 12, HT_CONNECT_UNREACHABLE, "host unreachable for this type of service"},
    {AF_INET, ICMP4_UNREACHABLE, 13, HT_CONNECT_PROHIBITED, "communication administratively prohibited"},
    {AF_INET, ICMP4_TIME_EXCEEDED, 0, HT_CONNECT_UNREACHABLE, "time to live exceeded in transit"},
    {AF_INET6, ICMP6_UNREACHABLE, 0, HT_CONNECT_UNREACHABLE, "no route to destination"},
    {AF_INET6, ICMP6_UNREACHABLE, 1, HT_CONNECT_PROHIBITED, "communication administratively prohibited"},
    {AF_INET6, ICMP6_UNREACHABLE, 2, HT_CONNECT_UNREACHABLE, "beyond scope of source address"},
    {AF_INET6, ICMP6_UNREACHABLE, 3, HT_CONNECT_UNREACHABLE, "address unreachable"},
    {AF_INET6, ICMP6_UNREACHABLE, 4, HT_CONNECT_REFUSED_ICMP, "port unreachable"},
    {AF_INET6, ICMP6_UNREACHABLE, 5, HT_CONNECT_PROHIBITED, "source address failed ingress or egress policy"},
    {AF_INET6, ICMP6_UNREACHABLE, 6, HT_CONNECT_PROHIBITED, "reject route to destination"},
    {AF_INET6, ICMP6_TIME_EXCEEDED, 0, HT_CONNECT_UNREACHABLE, "hop limit exceeded in transit"},
};
#define ICMP_ROWS (sizeof icmp_rows / sizeof *icmp_rows)

static size_t icmp_row(const struct ht_attempt *a)
{
    size_t i = 0;
    while (i < ICMP_ROWS && (icmp_rows[i].family != a->family || icmp_rows[i].type != a->icmp.type ||
                             icmp_rows[i].code != a->icmp.code))
        i++;
    return i;
}

const char *ht_icmp_name(const struct ht_attempt *a)
{
    size_t i = icmp_row(a);
    return i < ICMP_ROWS ? icmp_rows[i].name : NULL;
}

bool ht_case_proxied(const struct ht_case *c)
{
    return c->transfer && c->transfer->proxy.len > 0;
}

/* Phases are told once the exchange is over. */
enum ht_phase ht_case_phase(const struct ht_case *c)
{
    const struct ht_exchange *x = c->exchange;
    if (c->ended)
        return x->phase;
    if (x->response.first_us >= 0)
        return HT_PHASE_RESPONSE;
    if (x->request.complete)
        return HT_PHASE_WAIT;
    if (x->prereq_us >= 0)
        return HT_PHASE_REQUEST;
    if (!ht_case_connected(c))
        return c->connection && c->connection->attempts ? HT_PHASE_CONNECT : HT_PHASE_RESOLVE;
    return c->tls ? HT_PHASE_TLS : c->connection->proxy ? HT_PHASE_PROXY : HT_PHASE_REQUEST;
}

int64_t ht_case_end_us(const struct ht_case *c)
{
    const struct ht_sample *s = ht_case_sample(c);
    return c->connection->closed_us >= 0 ? c->connection->closed_us : s ? s->t_us : c->now_us;
}

int64_t ht_attempt_retransmits(const struct ht_attempt *a)
{
    int64_t most = a->has_sample ? a->sample.total_retrans : 0;
    if (a->has_close_sample && a->outcome != HT_ATTEMPT_CONNECTED && a->close_sample.total_retrans > most)
        most = a->close_sample.total_retrans;
    return most;
}

/*
 * The kernel queues ICMP errors of a socket that is connecting for IPv4 alone; for IPv6 only with
 * IPV6_RECVERR, which would change how the connection behaves later. So there the errno has to do, and a
 * rejection by "port unreachable" looks like a RST.
 */
static enum ht_connect_end end_by_errno(const struct ht_attempt *a)
{
    switch (a->error) {
    case ECONNREFUSED:
        return HT_CONNECT_REFUSED;
    case ECONNRESET:
    case EPIPE:
        return HT_CONNECT_RESET;
    case ETIMEDOUT:
        return HT_CONNECT_SILENT;
    case ENETUNREACH:
    case EHOSTUNREACH:
    case ENETDOWN:
        return a->under_way ? HT_CONNECT_UNREACHABLE : HT_CONNECT_NO_ROUTE;
    case EACCES: /* for IPv6 the errno is all there is of an ICMP error: see below */
        return a->under_way ? HT_CONNECT_PROHIBITED : HT_CONNECT_NO_ROUTE;
    case EADDRNOTAVAIL:
    case EPERM:
        return HT_CONNECT_NO_ROUTE;
    default:
        return HT_CONNECT_OTHER;
    }
}

enum ht_connect_end ht_attempt_end(const struct ht_attempt *a)
{
    if (a->outcome == HT_ATTEMPT_CONNECTED)
        return HT_CONNECT_NOT_FAILED;
    if (a->family != AF_INET && a->family != AF_INET6)
        return HT_CONNECT_OTHER;
    if (a->icmp.seen)
        return icmp_row(a) < ICMP_ROWS ? icmp_rows[icmp_row(a)].end : HT_CONNECT_UNREACHABLE;
    if (a->outcome == HT_ATTEMPT_CANCELLED || a->outcome == HT_ATTEMPT_PENDING)
        return a->under_way ? HT_CONNECT_SILENT : HT_CONNECT_NOT_FAILED;
    return end_by_errno(a);
}

static bool silent_so_far(const struct ht_connection *n)
{
    bool any = false;
    for (const struct ht_attempt *a = n->attempts; a; a = a->next) {
        if (ht_attempt_end(a) != HT_CONNECT_SILENT || ht_attempt_retransmits(a) < EARLY_SYN_AGAIN)
            return false;
        any |= a->end_us < 0;
    }
    return any;
}

/* What libcurl closed before anybody's patience was at its end has not been silent. */
static enum ht_connect_end end_of_attempt(const struct ht_case *c, const struct ht_attempt *a)
{
    enum ht_connect_end end = ht_attempt_end(a);
    bool waited = a->error == ETIMEDOUT || ht_case_timed_out(c) || ht_attempt_retransmits(a) > 0;
    return end == HT_CONNECT_SILENT && !waited ? HT_CONNECT_NOT_FAILED : end;
}

enum ht_connect_end ht_connect_end(const struct ht_case *c)
{
    const struct ht_connection *n = c->connection;
    enum ht_connect_end end = HT_CONNECT_NOT_FAILED;
    if (!n || c->exchange->reused || n->connected_us >= 0 || !n->attempts)
        return end;
    if (!c->ended)
        return silent_so_far(n) ? HT_CONNECT_SILENT : end;
    if (!c->failed || c->transfer->interrupted)
        return end;
    for (const struct ht_attempt *a = n->attempts; a; a = a->next) {
        enum ht_connect_end one = end_of_attempt(c, a);
        end = one < end ? one : end;
    }
    return end;
}

const struct ht_attempt *ht_connect_attempt(const struct ht_case *c, enum ht_connect_end end)
{
    const struct ht_attempt *a = c->connection->attempts;
    while (a && ht_attempt_end(a) != end)
        a = a->next;
    return a;
}

const char *ht_attempt_name(struct ht_claim *claim, const struct ht_attempt *a)
{
    const char *address = ht_claim_text(claim, a->address);
    if (a->family != AF_INET && a->family != AF_INET6)
        return address;
    const char *format = a->family == AF_INET6 ? "[%s]:%d" : "%s:%d";
    return ht_arena_printf(claim->arena, format, address, (int)a->port);
}

/* The event that tells its end, or else its beginning: told by time and kind, and ends before beginnings. */
static const struct ht_event *event_of(const struct ht_case *c, const struct ht_attempt *a)
{
    static const char ends[] = "connect_failed connect_cancelled connected", icmp[] = "icmp";
    const struct ht_event_list *lists[] = {&c->exchange->events, &c->connection->events};
    const struct ht_event *begun = NULL;
    for (size_t i = 0; i < 2; i++) {
        for (const struct ht_event *e = lists[i]->first; e; e = e->next) {
            bool ended = a->end_us >= 0 && e->t_us == a->end_us && ht_glob_any(ends, e->kind);
            bool told = a->icmp.seen && e->t_us >= a->start_us && ht_glob_any(icmp, e->kind);
            if (a->icmp.seen ? told : ended)
                return e;
            if (e->t_us == a->start_us && strcmp(e->kind, "attempt") == 0)
                begun = e;
        }
    }
    return begun;
}

static void tell_icmp(struct ht_claim *claim, const struct ht_attempt *a, const struct ht_event *event)
{
    const char *name = ht_icmp_name(a);
    bool target = ht_span_eq(a->icmp.offender, a->address);
    ht_claim_fact(claim, event, "%s: ICMP type %lld code %lld%s%s%s from %s%s after %s",
                  ht_attempt_name(claim, a), (long long)a->icmp.type, (long long)a->icmp.code,
                  name ? " (" : "", name ? name : "", name ? ")" : "", ht_claim_text(claim, a->icmp.offender),
                  a->icmp.own ? ", which is this host"
                  : target    ? ", the address itself"
                              : "",
                  ht_claim_time(claim, a->end_us - a->start_us));
}

static void tell_silence(const struct ht_case *c, struct ht_claim *claim, const struct ht_attempt *a,
                         const struct ht_event *event)
{
    int64_t end = a->end_us >= 0 ? a->end_us : c->now_us;
    long long again = (long long)ht_attempt_retransmits(a);
    ht_claim_fact(claim, event, "%s: SYN sent %lld time%s in %s; nothing came back, no RST and no ICMP",
                  ht_attempt_name(claim, a), again + 1, again ? "s" : "",
                  ht_claim_time(claim, end - a->start_us));
}

static void tell_attempt(const struct ht_case *c, struct ht_claim *claim, const struct ht_attempt *a)
{
    const struct ht_event *event = event_of(c, a);
    const char *name = ht_attempt_name(claim, a);
    const char *after = ht_claim_time(claim, a->end_us - a->start_us);
    const char *why = a->error ? strerrordesc_np((int)a->error) : NULL;
    if (a->icmp.seen) {
        tell_icmp(claim, a, event);
        return;
    }
    switch (ht_attempt_end(a)) {
    case HT_CONNECT_REFUSED:
        ht_claim_fact(claim, event, "%s: refused after %s; %s", name, after,
                      a->family == AF_INET6 ? "by RST or by ICMPv6, which this host does not tell apart"
                                            : "no ICMP came, so the answer was a RST");
        break;
    case HT_CONNECT_RESET:
        ht_claim_fact(claim, event, "%s: accepted and reset within %s", name, after);
        break;
    case HT_CONNECT_SILENT:
        tell_silence(c, claim, a, event);
        break;
    case HT_CONNECT_NOT_FAILED:
        ht_claim_fact(claim, event, "%s: %s after %s", name,
                      a->outcome == HT_ATTEMPT_CONNECTED ? "connected" : "given up before anything was sent",
                      after);
        break;
    default:
        ht_claim_fact(claim, event, "%s: %s after %s, %s", name, why ? why : "failed", after,
                      a->under_way ? "told by the network" : "before anything was sent");
    }
}

void ht_connect_tell(const struct ht_case *c, struct ht_claim *claim)
{
    for (const struct ht_attempt *a = c->connection->attempts; a; a = a->next)
        tell_attempt(c, claim, a);
}
