/* SPDX-License-Identifier: MIT */
/*
 * Rules of failed lookups: takes what getaddrinfo() said and what the resolver answered to a query of our
 * own, tells which of the two kinds of "no", or which trouble of the resolver, it was (RFC 1035, RFC 2308).
 */
#include "rules/ede.h"
#include "rules/tables.h"

#include "rules/address.h"

#include <errno.h>
#include <netdb.h>
#include <sys/socket.h>

enum lookup_end { NOT_FAILED, NXDOMAIN, NODATA, SERVFAIL, REFUSED, TEMPORARY, SILENT };

enum { RCODE_NOERROR = 0, RCODE_SERVFAIL = 2, RCODE_NXDOMAIN = 3, RCODE_REFUSED = 5 };

#define EARLY_SILENCE_US INT64_C(5000000) /* as long as a resolver waits for one server (resolv.conf(5)) */

/* The query that tells most: the last one that was answered, or else the last. */
static const struct ht_query *telling_query(const struct ht_resolve *r)
{
    const struct ht_query *best = NULL;
    for (const struct ht_query *q = r->queries; q; q = q->next) {
        if (!best || q->rcode >= 0 || best->rcode < 0)
            best = q;
    }
    return best;
}

static bool found_addresses(const struct ht_resolve *r)
{
    for (const struct ht_query *q = r->queries; q; q = q->next) {
        if (q->addresses > 0)
            return true;
    }
    return false;
}

static enum lookup_end end_by_rcode(int64_t rcode)
{
    switch (rcode) {
    case RCODE_SERVFAIL:
        return SERVFAIL;
    case RCODE_REFUSED:
        return REFUSED;
    case RCODE_NXDOMAIN:
        return NXDOMAIN;
    case RCODE_NOERROR:
        return NODATA;
    default:
        return TEMPORARY;
    }
}

/* getaddrinfo() says whether it got a definite "no"; of which kind, and which trouble else, our own query
 * tells. Where the two contradict each other nothing more than that it failed is claimed. */
static enum lookup_end end_of_error(const struct ht_resolve *r, const struct ht_query *q)
{
    bool definite = r->error == EAI_NONAME || r->error == EAI_NODATA || r->error == EAI_ADDRFAMILY;
    enum lookup_end told = q && q->rcode >= 0 ? end_by_rcode(q->rcode) : NOT_FAILED;
    if (told == SERVFAIL || told == REFUSED)
        return told;
    if (found_addresses(r))
        return TEMPORARY;
    if (!definite)
        return q && q->rcode < 0 && r->error != EAI_FAIL ? SILENT : TEMPORARY;
    if (told == NXDOMAIN || told == NODATA)
        return told;
    return r->error == EAI_NONAME ? NXDOMAIN : NODATA;
}

/* The lookup had not come back when the transfer ended, or has not until now. */
static bool hangs(const struct ht_case *c)
{
    const struct ht_resolve *r = &c->connection->resolve;
    int64_t end = c->ended ? c->exchange->end_us : c->now_us;
    return c->exchange->resolve_us >= 0 && (r->end_us < 0 || r->end_us > end);
}

static enum lookup_end end_of_lookup(const struct ht_case *c)
{
    const struct ht_connection *n = c->connection;
    if (!n || c->exchange->reused || n->attempt_count || (c->ended && !c->failed))
        return NOT_FAILED;
    const struct ht_query *q = telling_query(&n->resolve);
    if (n->resolve.error && n->resolve.addresses.count == 0)
        return c->ended ? end_of_error(&n->resolve, q) : NOT_FAILED;
    if (!hangs(c))
        return NOT_FAILED;
    if (!c->ended)
        return c->now_us - c->exchange->resolve_us >= EARLY_SILENCE_US ? SILENT : NOT_FAILED;
    enum lookup_end told = q && q->rcode >= 0 ? end_by_rcode(q->rcode) : NOT_FAILED;
    if (told == SERVFAIL || told == REFUSED)
        return told;
    if (ht_case_timed_out(c))
        return SILENT;
    /* A libcurl that does not call getaddrinfo(): our own query is all there is. */
    return q && q->rcode < 0 ? SILENT : found_addresses(&n->resolve) ? TEMPORARY : told;
}

static const char *what_host(const struct ht_case *c, struct ht_claim *claim)
{
    const char *name = ht_claim_text(claim, c->connection->resolve.host);
    bool proxy = c->transfer && c->transfer->proxy.len;
    return ht_arena_printf(claim->arena, "%s%s", proxy ? "the proxy's name " : "", name);
}

static void tell_lookup(const struct ht_case *c, struct ht_claim *claim)
{
    const struct ht_exchange *x = c->exchange;
    const struct ht_resolve *r = &c->connection->resolve;
    const struct ht_event *lookup = ht_case_last(c, "lookup");
    if (r->error)
        ht_claim_fact(claim, lookup, "the lookup of %s failed after %s: %s", ht_claim_text(claim, r->host),
                      ht_claim_time(claim, r->end_us - r->start_us), gai_strerror((int)r->error));
    else if (x->resolve_us >= 0)
        ht_claim_fact(claim, ht_case_first(c, "resolve_start"), "the lookup of %s had not come back after %s",
                      ht_claim_text(claim, r->host),
                      ht_claim_time(claim, (c->ended ? x->end_us : c->now_us) - x->resolve_us));
}

/* " of another.example meanwhile": whose records were asked for, where it was another lookup's name. */
static const char *other_host(const struct ht_case *c, struct ht_claim *claim, const struct ht_query *q)
{
    if (q->host.len == 0 || ht_span_ieq(q->host, c->connection->resolve.host))
        return "";
    return ht_arena_printf(claim->arena, " of %s meanwhile", ht_claim_text(claim, q->host));
}

static void tell_query(const struct ht_case *c, struct ht_claim *claim, const struct ht_query *q,
                       const struct ht_event *event)
{
    const char *type = q->type == 28 ? "AAAA" : "A", *server = ht_claim_text(claim, q->server);
    const char *rcode = ht_dns_rcode_name(q->rcode);
    if (q->rcode < 0) {
        bool closed = q->error == ECONNREFUSED;
        ht_claim_fact(claim, event, "our own query for %s records%s: %s from %s within %s", type,
                      other_host(c, claim, q), closed ? "\"port closed\" came back" : "no answer", server,
                      ht_claim_time(claim, q->end_us - q->start_us));
        return;
    }
    ht_claim_fact(claim, event, "our own query for %s records: %s answered %s after %s, %lld addresses", type,
                  server, rcode ? rcode : ht_arena_printf(claim->arena, "RCODE %lld", (long long)q->rcode),
                  ht_claim_time(claim, q->end_us - q->start_us), (long long)q->addresses);
    if (q->ede_count)
        ht_claim_fact(claim, event, "extended error %s", ht_ede_text(claim, q));
}

static bool is_event_of(const struct ht_event *e, const struct ht_query *q)
{
    return strcmp(e->kind, "query") == 0 && e->t_us == q->start_us;
}

static void tell_queries(const struct ht_case *c, struct ht_claim *claim)
{
    for (const struct ht_query *q = c->connection->resolve.queries; q; q = q->next) {
        const struct ht_event *e = c->exchange->events.first;
        while (e && !is_event_of(e, q))
            e = e->next;
        tell_query(c, claim, q, e);
    }
}

/* A resolver that says itself that it withholds the answer. On a loopback address sits a forwarder as often
 * as a filter, and both say the same. */
static void name_blocker(const struct ht_case *c, struct ht_claim *claim)
{
    const struct ht_query *q = telling_query(&c->connection->resolve);
    int code = ht_ede_blocks(q);
    if (code < 0)
        return;
    const struct ht_block *block = ht_address_block(q->server);
    claim->locus = block && block->space == HT_SPACE_NOWHERE ? HT_LOCUS_UNKNOWN : HT_LOCUS_PATH;
    claim->title = ht_arena_printf(claim->arena, "The resolver withheld the answer for %s, and says so: %s",
                                   what_host(c, claim), ht_ede_name((uint16_t)code));
    claim->explanation =
        "The answer carries an extended error (RFC 8914) by which the resolver declares that "
        "it blocks, filters or forges this name on purpose.";
    claim->also_explained_by = "a resolver on this host that passes on what the next one said";
}

static const char *const titles[] = {
    [NXDOMAIN] = "The resolver says that %s does not exist",
    [NODATA] = "There is no address for %s, though the name exists",
    [SERVFAIL] = "The resolver could not look %s up: SERVFAIL",
    [REFUSED] = "The resolver refused to look %s up",
    [TEMPORARY] = "The lookup of %s failed for the moment",
    [SILENT] = "The resolver did not answer for %s",
};

static const char *title_of(const struct ht_case *c, struct ht_claim *claim, enum lookup_end end)
{
    const struct ht_query *q = telling_query(&c->connection->resolve);
    if (end == SILENT && q && q->error == ECONNREFUSED)
        return ht_arena_printf(claim->arena, "Nothing listens at the resolver's address %s",
                               ht_claim_text(claim, q->server));
    struct ht_sink out = ht_sink(HT_CAP_TEXT);
    const char *format = titles[end], *hole = strstr(format, "%s");
    ht_sink_bytes(&out, ht_span(format, (size_t)(hole - format)));
    ht_sink_puts(&out, what_host(c, claim));
    ht_sink_puts(&out, hole + 2);
    const char *title = ht_arena_text(claim->arena, ht_span(ht_sink_text(&out), out.len));
    ht_sink_free(&out);
    return title;
}

static bool lookup_ended(const struct ht_case *c, struct ht_claim *claim)
{
    enum lookup_end end = (enum lookup_end)c->rule->number;
    if (end_of_lookup(c) != end)
        return false;
    const struct ht_resolve *r = &c->connection->resolve;
    claim->title = title_of(c, claim, end);
    if (end == NODATA && r->family != AF_UNSPEC)
        claim->title = ht_arena_printf(claim->arena, "There is no %s address for %s",
                                       r->family == AF_INET6 ? "IPv6" : "IPv4", what_host(c, claim));
    tell_lookup(c, claim);
    tell_queries(c, claim);
    name_blocker(c, claim);
    return true;
}

#define ROW(code_, number_, confidence_)                                                                     \
    .code = code_, .phase = HT_PHASE_RESOLVE, .severity = HT_SEVERITY_ERROR, .locus = HT_LOCUS_UNKNOWN,      \
    .confidence = confidence_, .rank = HT_RANK_CAUSE, .number = number_, .holds = lookup_ended

static const struct ht_rule rows[] = {
    {ROW("dns.nxdomain", NXDOMAIN, HT_CONFIDENCE_HIGH),
     .title = "The resolver says that the name does not exist",
     .explanation =
         "The answer was NXDOMAIN: neither this name nor anything below it is there. That is what a "
         "misspelt name gives, and also what a filtering resolver says of a name that does exist.",
     .also_explained_by = "a name that only another network's resolver knows (split horizon)",
     .next_steps = {"check the spelling of the name", "ask another resolver: dig NAME @9.9.9.9",
                    "look at what the zone itself says: dig +trace NAME"},
     .reference = "RFC 2308 section 2.1"},
    {ROW("dns.nodata", NODATA, HT_CONFIDENCE_HIGH), .title = "The name exists, but has no address",
     .explanation = "The resolver knows the name and has no A or AAAA record for it.",
     .also_explained_by = "a filtering resolver that takes the addresses out",
     .next_steps = {"see which records there are: dig NAME ANY; dig NAME A; dig NAME AAAA",
                    "ask another resolver: dig NAME @9.9.9.9",
                    "without -4 or -6 both families are asked for"},
     .reference = "RFC 2308 section 2.2"},
    {ROW("dns.servfail", SERVFAIL, HT_CONFIDENCE_HIGH),
     .title = "The resolver could not look the name up: SERVFAIL",
     .explanation =
         "The resolver answered, but has no result: the zone's own servers do not answer or answer "
         "wrongly, its DNSSEC signatures do not verify, or the resolver's policy forbids it.",
     .next_steps = {"see whether DNSSEC is the reason: dig +cd NAME",
                    "ask the zone's own servers: dig +trace NAME", "ask another resolver: dig NAME @9.9.9.9"},
     .reference = "RFC 1035 section 4.1.1"},
    {ROW("dns.refused", REFUSED, HT_CONFIDENCE_HIGH), .title = "The resolver refused to look the name up",
     .explanation = "The resolver answered REFUSED: it does not serve this host, or not this name.",
     .next_steps = {"check the nameserver lines of /etc/resolv.conf",
                    "ask another resolver: dig NAME @9.9.9.9"},
     .reference = "RFC 1035 section 4.1.1"},
    {ROW("dns.timeout", SILENT, HT_CONFIDENCE_MEDIUM), .early = true, .title = "The resolver did not answer",
     .explanation = "The name was asked for, and no answer came: the resolver is down, or something between "
                    "this host and the resolver drops the questions or the answers.",
     .also_explained_by = "packet loss, or another source of names than DNS that hangs (nsswitch.conf)",
     .next_steps = {"see whether it answers anything: dig . NS",
                    "check the nameserver lines of /etc/resolv.conf",
                    "ask another resolver: dig NAME @9.9.9.9"},
     .reference = "RFC 1035 section 4.2.1"},
    {ROW("dns.temporary_failure", TEMPORARY, HT_CONFIDENCE_HIGH), .title = "The lookup failed for the moment",
     .explanation =
         "The system's resolver gave up, and a query of our own does not tell why: it was answered "
         "otherwise a moment later, or could not be made.",
     .next_steps = {"try again", "ask the resolver directly: dig NAME"}, .reference = "RFC 3493 section 6.1"},
};

const struct ht_rule_table ht_rules_dns = HT_RULE_TABLE(rows);
