/* SPDX-License-Identifier: MIT */
/* Rules of requests that got their connection, but not at the first address: takes the attempts that failed
 * before the one that won, tells dead addresses and broken families (RFC 8305, RFC 6724). */
#include "rules/address.h"
#include "rules/connect.h"
#include "rules/tables.h"

#include <sys/socket.h>

/* libcurl waits 200 ms before it tries the next address, even where the first one fails at once: what it
 * costs every host is no alarm. */
#define COSTLY_US INT64_C(300000)

static const struct ht_attempt *winner(const struct ht_connection *n)
{
    const struct ht_attempt *a = n->attempts;
    while (a && a->socket != n->socket)
        a = a->next;
    return a;
}

/* It failed of itself, or libcurl gave up on it before the winner was even tried: it did not merely lose the
 * race. */
static bool is_dead(const struct ht_attempt *a, const struct ht_attempt *won)
{
    if (a->outcome == HT_ATTEMPT_CANCELLED)
        return a->end_us <= won->start_us;
    return a->outcome != HT_ATTEMPT_CONNECTED && a->outcome != HT_ATTEMPT_PENDING;
}

/* This host's own lack of a route says nothing of the address. */
static bool is_of_address(const struct ht_attempt *a)
{
    return ht_attempt_end(a) != HT_CONNECT_NO_ROUTE;
}

/* By how much the winner was tried later for it. Attempts that overlap cost what happy eyeballs wait in any
 * case. */
static int64_t cost_us(const struct ht_attempt *a, const struct ht_attempt *won)
{
    return a->end_us <= won->start_us ? won->start_us - a->start_us : 0;
}

struct dead {
    const struct ht_attempt *won, *first;
    size_t count, of_addresses, silent;
    int64_t cost_us;
};

/* Those of one family, or of all where `family` is AF_UNSPEC. */
static struct dead count_dead(const struct ht_case *c, int64_t family)
{
    struct dead dead = {0};
    const struct ht_connection *n = c->connection;
    dead.won = n && !c->exchange->reused && n->connected_us >= 0 ? winner(n) : NULL;
    for (const struct ht_attempt *a = dead.won ? n->attempts : NULL; a; a = a->next) {
        if (a == dead.won || !is_dead(a, dead.won) || (family != AF_UNSPEC && a->family != family))
            continue;
        dead.first = dead.first ? dead.first : a;
        dead.count++;
        dead.of_addresses += is_of_address(a);
        dead.silent += ht_attempt_end(a) == HT_CONNECT_SILENT;
        dead.cost_us = cost_us(a, dead.won) > dead.cost_us ? cost_us(a, dead.won) : dead.cost_us;
    }
    return dead;
}

static bool is_localhost(const struct ht_case *c)
{
    return ht_name_is_localhost(c->connection->resolve.host);
}

static void weigh(struct ht_claim *claim, const struct dead *dead)
{
    if (dead->cost_us <= COSTLY_US)
        return;
    claim->severity = HT_SEVERITY_WARNING;
    ht_claim_fact(claim, NULL, "the request waited %s for it", ht_claim_time(claim, dead->cost_us));
}

static const char *family_name(int64_t family)
{
    return family == AF_INET6 ? "IPv6" : "IPv4";
}

static bool address_dead(const struct ht_case *c, struct ht_claim *claim)
{
    struct dead dead = count_dead(c, AF_UNSPEC);
    if (dead.of_addresses == 0)
        return false;
    const struct ht_attempt *a = dead.first;
    while (!is_dead(a, dead.won) || !is_of_address(a))
        a = a->next;
    claim->title = ht_arena_printf(claim->arena, "%s does not work, another address of the name does",
                                   ht_attempt_name(claim, a));
    ht_connect_tell(c, claim);
    if (is_localhost(c))
        claim->severity = HT_SEVERITY_INFO;
    else
        claim->also_explained_by = NULL;
    weigh(claim, &dead);
    return true;
}

static bool family_broken(const struct ht_case *c, struct ht_claim *claim)
{
    struct dead all = count_dead(c, AF_UNSPEC);
    if (!all.first || is_localhost(c) || (all.won->family != AF_INET && all.won->family != AF_INET6))
        return false;
    int64_t family = all.won->family == AF_INET ? AF_INET6 : AF_INET;
    struct dead dead = count_dead(c, family);
    if (dead.count < 2 && dead.silent == 0)
        return false;
    claim->title = ht_arena_printf(claim->arena, "%s does not work from here for this name, %s does",
                                   family_name(family), family_name(all.won->family));
    if (dead.of_addresses == 0) {
        claim->severity = HT_SEVERITY_INFO;
        claim->locus = HT_LOCUS_LOCAL;
        claim->title = ht_arena_printf(claim->arena, "This host has no %s", family_name(family));
    }
    ht_connect_tell(c, claim);
    weigh(claim, &dead);
    return true;
}

static const struct ht_rule rows[] = {
    {.code = "tcp.address_dead",
     .phase = HT_PHASE_CONNECT,
     .severity = HT_SEVERITY_NOTICE,
     .locus = HT_LOCUS_UNKNOWN,
     .confidence = HT_CONFIDENCE_HIGH,
     .rank = HT_RANK_CONTEXT,
     .title = "One address of the name does not work, another does",
     .explanation =
         "The name has several addresses. One of them failed, so one server or one route of several is "
         "out of order; requests that begin with it are slower or fail.",
     .also_explained_by = "\"localhost\", whose service listens on one address family alone",
     .next_steps = {"try the address by itself: httptrace --connect-to ::ADDRESS: URL"},
     .reference = "RFC 8305 section 5",
     .holds = address_dead},
    {.code = "tcp.family_broken",
     .phase = HT_PHASE_CONNECT,
     .severity = HT_SEVERITY_NOTICE,
     .locus = HT_LOCUS_UNKNOWN,
     .confidence = HT_CONFIDENCE_HIGH,
     .rank = HT_RANK_CONTEXT,
     .title = "One address family does not work from here, the other does",
     .explanation = "What was tried over one address family failed, and the other one works: the way of that "
                    "family is broken here, there or between. Each new connection pays for it.",
     .next_steps = {"compare both: httptrace -4 URL; httptrace -6 URL",
                    "see which way this host takes: ip -6 route; tracepath -6 HOST"},
     .reference = "RFC 8305 section 5; RFC 6724",
     .supersedes = "tcp.address_dead",
     .holds = family_broken},
};

const struct ht_rule_table ht_rules_tcp_dead = HT_RULE_TABLE(rows);
