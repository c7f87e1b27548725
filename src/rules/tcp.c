/* SPDX-License-Identifier: MIT */
/* Rules of connections that were never made: takes how the attempts ended, tells who said no, or that nobody
 * said anything (RFC 9293 section 3.5, RFC 792, RFC 4443). */
#include "rules/connect.h"
#include "rules/tables.h"

#include <errno.h>

/* The attempt that decides, where it ended as the row says and the way does not lead to a proxy. */
static const struct ht_attempt *decided(const struct ht_case *c)
{
    enum ht_connect_end end = (enum ht_connect_end)c->rule->number;
    return !ht_case_proxied(c) && ht_connect_end(c) == end ? ht_connect_attempt(c, end) : NULL;
}

static bool refused(const struct ht_case *c, struct ht_claim *claim)
{
    const struct ht_attempt *a = decided(c);
    if (!a)
        return false;
    claim->title = ht_arena_printf(claim->arena, "%s refused the connection", ht_attempt_name(claim, a));
    ht_connect_tell(c, claim);
    return true;
}

/* Where the ICMP error comes from says who: this host's own filter, the address itself, or somebody between.
 */
static void name_offender(struct ht_claim *claim, const struct ht_attempt *a, const char *did)
{
    const char *offender = ht_claim_text(claim, a->icmp.offender), *name = ht_attempt_name(claim, a);
    if (!a->icmp.seen) {
        claim->locus = HT_LOCUS_UNKNOWN;
        claim->confidence = HT_CONFIDENCE_MEDIUM;
        claim->title = ht_arena_printf(claim->arena, "A packet filter %s the connection to %s", did, name);
        claim->explanation =
            "The network answered with an error that stands for \"administratively prohibited\". "
            "Of IPv6's ICMP errors the kernel tells no more than that: not who sent it.";
    } else if (a->icmp.own) {
        claim->locus = HT_LOCUS_LOCAL;
        claim->title =
            ht_arena_printf(claim->arena, "A packet filter on this host %s the connection to %s", did, name);
        claim->explanation =
            "The ICMP error comes from an address of this host itself: its own packet filter "
            "rejects what is to go out.";
        claim->also_explained_by = "a container's or a VPN's gateway that has one of this host's addresses";
    } else if (ht_span_eq(a->icmp.offender, a->address)) {
        claim->title =
            ht_arena_printf(claim->arena, "A packet filter at %s %s the connection", offender, did);
        claim->explanation =
            "A closed TCP port answers with RST. An ICMP error instead is what a packet filter "
            "sends; this one has the address of the server itself, so the filter is that "
            "host's own or stands in front of it under its address.";
    } else {
        claim->title = ht_arena_printf(claim->arena, "A packet filter at %s %s the connection to %s",
                                       offender, did, name);
    }
}

static bool refused_icmp(const struct ht_case *c, struct ht_claim *claim)
{
    const struct ht_attempt *a = decided(c);
    if (!a)
        return false;
    name_offender(claim, a, "rejected");
    ht_connect_tell(c, claim);
    return true;
}

static bool prohibited(const struct ht_case *c, struct ht_claim *claim)
{
    const struct ht_attempt *a = decided(c);
    if (!a)
        return false;
    name_offender(claim, a, "forbids");
    ht_connect_tell(c, claim);
    return true;
}

/* This host speaks for a next hop or a neighbour that does not answer (RFC 826, RFC 4861). */
static void blame_neighbour(struct ht_claim *claim, const struct ht_attempt *a)
{
    claim->locus = HT_LOCUS_UNKNOWN;
    claim->title =
        ht_arena_printf(claim->arena, "Nobody on the local network answers for %s or the gateway to it",
                        ht_attempt_name(claim, a));
    claim->explanation =
        "This host asked its own network for the next hop (ARP, neighbour discovery) and got no "
        "answer: the address, or the gateway, is down or is not on this network.";
}

static void blame_router(struct ht_claim *claim, const struct ht_attempt *a)
{
    const char *name = ht_attempt_name(claim, a);
    if (ht_span_eq(a->icmp.offender, a->address))
        claim->title = ht_arena_printf(claim->arena, "%s says of itself that it cannot be reached", name);
    else
        claim->title = ht_arena_printf(claim->arena, "The router %s has no way to %s",
                                       ht_claim_text(claim, a->icmp.offender), name);
}

static void blame_routes(struct ht_claim *claim, const struct ht_attempt *a)
{
    bool forbidden = a->error == EACCES || a->error == EPERM;
    claim->locus = HT_LOCUS_LOCAL;
    claim->title =
        ht_arena_printf(claim->arena, "This host %s %s",
                        forbidden ? "forbids connections to" : "has no route to", ht_attempt_name(claim, a));
    claim->explanation =
        "The connection failed on this host: its routing table has no way there, or one that "
        "forbids it. No packet got further.";
}

/* For IPv6 the kernel tells no more than the error. */
static void blame_nobody(struct ht_claim *claim, const struct ht_attempt *a)
{
    claim->locus = HT_LOCUS_UNKNOWN;
    claim->title = ht_arena_printf(claim->arena, "There is no way to %s", ht_attempt_name(claim, a));
    claim->explanation =
        "The network answered that it cannot deliver to this address: a router on the way, or "
        "this host where nobody next to it answers.";
}

static bool unreachable(const struct ht_case *c, struct ht_claim *claim)
{
    enum ht_connect_end end = ht_connect_end(c);
    if (ht_case_proxied(c) || (end != HT_CONNECT_UNREACHABLE && end != HT_CONNECT_NO_ROUTE))
        return false;
    const struct ht_attempt *a = ht_connect_attempt(c, end);
    if (end == HT_CONNECT_NO_ROUTE)
        blame_routes(claim, a);
    else if (!a->icmp.seen)
        blame_nobody(claim, a);
    else if (!a->icmp.own)
        blame_router(claim, a);
    else if (a->error == EHOSTUNREACH)
        blame_neighbour(claim, a);
    else
        blame_routes(claim, a);
    ht_connect_tell(c, claim);
    return true;
}

static bool syn_timeout(const struct ht_case *c, struct ht_claim *claim)
{
    const struct ht_attempt *a = decided(c);
    if (!a)
        return false;
    claim->title = ht_arena_printf(claim->arena, "No answer from %s: nothing came back to the SYN",
                                   ht_attempt_name(claim, a));
    if (ht_attempt_retransmits(a) == 0)
        claim->also_explained_by =
            "a time limit shorter than a round trip, or than the second before a SYN is "
            "sent again";
    ht_connect_tell(c, claim);
    return true;
}

#define ROW(code_, number_, locus_, confidence_)                                                             \
    .code = code_, .phase = HT_PHASE_CONNECT, .severity = HT_SEVERITY_ERROR, .locus = locus_,                \
    .confidence = confidence_, .rank = HT_RANK_CAUSE, .number = number_

static const struct ht_rule rows[] = {
    {ROW("tcp.refused", HT_CONNECT_REFUSED, HT_LOCUS_UNKNOWN, HT_CONFIDENCE_HIGH),
     .title = "The connection was refused",
     .explanation = "The SYN was answered with RST: nothing listens on that port of that address. A packet "
                    "filter that rejects with RST looks just the same from here.",
     .also_explained_by = "a packet filter, anywhere between here and there, that answers with RST",
     .next_steps = {"check that the service runs and listens on that address: ss -ltn",
                    "check the port and the scheme of the URL",
                    "look at which hop the RST comes from: tcptraceroute HOST PORT"},
     .reference = "RFC 9293 section 3.5.2", .holds = refused},
    {ROW("tcp.refused_icmp", HT_CONNECT_REFUSED_ICMP, HT_LOCUS_PATH, HT_CONFIDENCE_HIGH),
     .title = "A packet filter rejected the connection",
     .explanation =
         "A closed TCP port answers with RST. The ICMP error \"port unreachable\" is what a packet "
         "filter sends in its place, and it comes from another address than the one asked.",
     .also_explained_by = "address translation that hides the server's own filter",
     .next_steps = {"ask who runs the host that sent the ICMP error",
                    "look at the rules on this host as well: nft list ruleset"},
     .reference = "RFC 792; RFC 1122 section 3.2.2.1", .holds = refused_icmp},
    {ROW("tcp.icmp_prohibited", HT_CONNECT_PROHIBITED, HT_LOCUS_PATH, HT_CONFIDENCE_HIGH),
     .title = "A packet filter forbids the connection",
     .explanation = "The ICMP error says in so many words that an administrator forbids this traffic.",
     .next_steps = {"ask who runs the host that sent the ICMP error",
                    "look at the rules on this host as well: nft list ruleset"},
     .reference = "RFC 1812 section 5.2.7.1; RFC 4443 section 3.1", .holds = prohibited},
    {ROW("tcp.unreachable", HT_CONNECT_UNREACHABLE, HT_LOCUS_PATH, HT_CONFIDENCE_HIGH),
     .title = "There is no way to the address",
     .explanation = "A router on the way answered that it cannot deliver to this address.",
     .also_explained_by = "a route that comes and goes",
     .next_steps = {"see how far packets get: tracepath ADDRESS",
                    "see which way this host takes: ip route get ADDRESS",
                    "try the other address family: -4 or -6"},
     .reference = "RFC 792; RFC 4443 section 3.1", .holds = unreachable},
    {ROW("tcp.syn_timeout", HT_CONNECT_SILENT, HT_LOCUS_UNKNOWN, HT_CONFIDENCE_LOW), .early = true,
     .title = "Nothing came back to the SYN",
     .explanation =
         "The SYN was sent, and sent again, and there was no answer of any kind: neither of the server "
         "nor of a router. The host is down, or its packets or ours are dropped somewhere.",
     .also_explained_by = "a host that is down, a full accept queue, or a packet filter that drops",
     .next_steps = {"see how far packets get: tracepath ADDRESS",
                    "try another port of the same address, and the same port from another network"},
     .reference = "RFC 6298 section 2; RFC 9293 section 3.8.3", .holds = syn_timeout},
};

const struct ht_rule_table ht_rules_tcp = HT_RULE_TABLE(rows);
