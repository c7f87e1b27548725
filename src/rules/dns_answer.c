/* SPDX-License-Identifier: MIT */
/* Rules of lookups that gave addresses: takes the addresses and where they came from, tells those that no
 * public name should have (RFC 6890), and answers that this host gave itself. */
#include "rules/address.h"
#include "rules/tables.h"

/* The exchange that made the lookup, of a name that is the origin's. */
static bool looked_up(const struct ht_case *c)
{
    return c->connection && !c->exchange->reused && c->connection->resolve.addresses.count &&
           !(c->transfer && c->transfer->proxy.len);
}

static bool is_bogon(const struct ht_block *block)
{
    return block && block->space != HT_SPACE_BENCHMARK;
}

static const struct ht_block *first_bogon(const struct ht_resolve *r, struct ht_span *address)
{
    for (size_t i = 0; i < r->addresses.count; i++) {
        const struct ht_block *block = ht_address_block(r->addresses.at[i]);
        if (is_bogon(block)) {
            *address = r->addresses.at[i];
            return block;
        }
    }
    return NULL;
}

/* Every address that was tried, or the one that was connected to, is of such a block; that block. */
static const struct ht_block *used_bogon(const struct ht_connection *n)
{
    const struct ht_block *used = NULL;
    for (const struct ht_attempt *a = n->attempts; a; a = a->next) {
        const struct ht_block *block = ht_address_block(a->address);
        if (n->connected_us >= 0 && a->socket != n->socket)
            continue;
        if (!is_bogon(block))
            return NULL;
        used = block;
    }
    return used;
}

/* Anybody can write a name into a certificate that no trusted CA stands behind; what has run out or is
 * revoked was issued by one (RFC 5280 section 6.1; openssl/x509_vfy.h). */
static bool has_no_trusted_issuer(const struct ht_tls *tls)
{
    static const uint8_t results[] = {2, 18, 19, 20, 21}; /* X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT, … */
    return tls->verify_result > 0 && tls->verify_result < 256 &&
           memchr(results, (int)tls->verify_result, sizeof results);
}

/* It ended before the server had shown that it is the one that the name means. */
static bool failed_unproven(const struct ht_case *c)
{
    enum ht_phase phase = c->exchange->phase;
    if (!c->ended || !c->failed || (phase != HT_PHASE_CONNECT && phase != HT_PHASE_TLS))
        return false;
    return !(c->tls && c->tls->hostname_ok) || has_no_trusted_issuer(c->tls);
}

/* Something answers there, and is not the site or cannot show that it is. */
static void blame_what_answers(const struct ht_case *c, struct ht_claim *claim, const struct ht_block *block)
{
    claim->locus = HT_LOCUS_UNKNOWN;
    claim->title = ht_arena_printf(
        claim->arena, "%s resolves to an address of %s space, and what answers there %s",
        ht_claim_text(claim, c->connection->resolve.host), block->name,
        c->tls->hostname_ok ? "has no certificate that this host trusts" : "has no certificate for it");
    claim->explanation =
        "The name looks public, the address can only be reached within some site, network or host, and the "
        "certificate does not show that the server there is the one that the name means: the answer is a "
        "false one, or it is meant so, with a CA of the site's own.";
    claim->also_explained_by = "split horizon with a private CA, a server for development on this host";
}

static void blame_lookup(const struct ht_case *c, struct ht_claim *claim, const struct ht_block *block)
{
    bool nowhere = block->space == HT_SPACE_NOWHERE;
    const char *host = ht_claim_text(claim, c->connection->resolve.host);
    claim->severity = HT_SEVERITY_ERROR;
    claim->locus = nowhere ? HT_LOCUS_PATH : HT_LOCUS_UNKNOWN;
    claim->title =
        ht_arena_printf(claim->arena, "%s resolves to an address of %s space, and nothing there serves it",
                        host, block->name);
    claim->explanation =
        nowhere
            ? "No server for others can have such an address: it is what a resolver answers that is to keep "
              "clients away from a name (a sinkhole), and the connection for the name failed accordingly."
            : "The name looks public, the address can only be reached within some site or network, and the "
              "connection for the name failed: the answer is meant for another network, or is a false one.";
    claim->also_explained_by = nowhere
                                   ? "a zone that itself publishes such an address"
                                   : "split horizon, a VPN that is not up, names of a private cloud network";
    if (c->tls && c->tls->certificate_count &&
        (has_no_trusted_issuer(c->tls) || (c->tls->hostname_checked && !c->tls->hostname_ok)))
        blame_what_answers(c, claim, block);
    ht_claim_fact(claim, NULL, "the request then failed in phase %s", ht_phase_name(c->exchange->phase));
}

static bool bogon(const struct ht_case *c, struct ht_claim *claim)
{
    struct ht_span address;
    if (!looked_up(c) || c->connection->resolve.source != HT_SOURCE_RESOLVER ||
        ht_name_is_local(c->connection->resolve.host))
        return false;
    const struct ht_resolve *r = &c->connection->resolve;
    const struct ht_block *block = first_bogon(r, &address), *used = used_bogon(c->connection);
    if (!block)
        return false;
    ht_claim_fact(claim, ht_case_last(c, "lookup"), "%s resolved to %s, which is in %s (%s, %s)",
                  ht_claim_text(claim, r->host), ht_claim_text(claim, address), block->prefix, block->name,
                  block->reference);
    claim->title = ht_arena_printf(claim->arena, "%s resolves to an address of %s space",
                                   ht_claim_text(claim, r->host), block->name);
    if (used && used->space != HT_SPACE_DOCUMENTATION && failed_unproven(c))
        blame_lookup(c, claim, used);
    return true;
}

static bool fake_ip(const struct ht_case *c, struct ht_claim *claim)
{
    if (!looked_up(c) || c->connection->resolve.source != HT_SOURCE_RESOLVER)
        return false;
    const struct ht_resolve *r = &c->connection->resolve;
    for (size_t i = 0; i < r->addresses.count; i++) {
        const struct ht_block *block = ht_address_block(r->addresses.at[i]);
        if (!block || block->space != HT_SPACE_BENCHMARK)
            continue;
        ht_claim_fact(claim, ht_case_last(c, "lookup"), "%s resolved to %s, which is in %s (%s)",
                      ht_claim_text(claim, r->host), ht_claim_text(claim, r->addresses.at[i]), block->prefix,
                      block->reference);
        return true;
    }
    return false;
}

/* --resolve and --connect-to name hosts; the one of libcurl's own that needs no lookup is not theirs. */
static bool is_of_option(const struct ht_case *c)
{
    const struct ht_transfer *t = c->transfer;
    return t && t->host_override.len && c->connection->resolve.source == HT_SOURCE_OPTION &&
           !ht_name_is_localhost(c->connection->resolve.host);
}

static bool local_override(const struct ht_case *c, struct ht_claim *claim)
{
    if (!looked_up(c) || ht_name_is_localhost(c->connection->resolve.host))
        return false;
    const struct ht_resolve *r = &c->connection->resolve;
    bool hosts = r->source == HT_SOURCE_HOSTS;
    if (!hosts && !is_of_option(c))
        return false;
    const char *name = ht_claim_text(claim, r->host), *address = ht_claim_text(claim, r->addresses.at[0]);
    const struct ht_event *event = hosts ? ht_case_last(c, "lookup") : ht_case_first(c, "attempt");
    claim->title = ht_arena_printf(claim->arena, "The address of %s is set on this host", name);
    if (hosts)
        ht_claim_fact(claim, event, "/etc/hosts has %s for %s", address, name);
    else
        ht_claim_fact(claim, event, "options of this run lead %s to %s: %s", name, address,
                      ht_claim_text(claim, c->transfer->host_override));
    return true;
}

static const struct ht_rule rows[] = {
    {.code = "dns.bogon",
     .phase = HT_PHASE_RESOLVE,
     .severity = HT_SEVERITY_NOTICE,
     .locus = HT_LOCUS_UNKNOWN,
     .confidence = HT_CONFIDENCE_MEDIUM,
     .rank = HT_RANK_ROOT,
     .title = "A public name resolves to an address that is not public",
     .explanation =
         "The name has the form of a public one, and the resolver gave an address of a reserved "
         "block. Sites do so on purpose for their own clients; sinkholes do so to keep clients away.",
     .also_explained_by = "split horizon, a VPN, names of a private cloud network",
     .next_steps = {"ask another resolver: dig NAME @9.9.9.9",
                    "try the address that it gives: httptrace --resolve NAME:443:ADDRESS URL"},
     .reference = "RFC 6890 section 2.2",
     .holds = bogon},
    {.code = "dns.fake_ip",
     .phase = HT_PHASE_RESOLVE,
     .severity = HT_SEVERITY_NOTICE,
     .locus = HT_LOCUS_LOCAL,
     .confidence = HT_CONFIDENCE_HIGH,
     .rank = HT_RANK_CONTEXT,
     .title = "The address is a placeholder that a local proxy tool gives out",
     .explanation =
         "The answer is in the block for benchmarks, which no server has. Proxy tools on this host or "
         "its gateway answer with such addresses and carry what is sent to them elsewhere: what is "
         "measured here ends at that tool.",
     .also_explained_by = "a test bed that uses the block for what it is for",
     .next_steps = {"run again with the tool's TUN or fake-IP mode off"},
     .reference = "RFC 2544 appendix C.2.2",
     .holds = fake_ip},
    {.code = "dns.local_override",
     .phase = HT_PHASE_RESOLVE,
     .severity = HT_SEVERITY_INFO,
     .locus = HT_LOCUS_LOCAL,
     .confidence = HT_CONFIDENCE_HIGH,
     .rank = HT_RANK_CONTEXT,
     .title = "The address is set on this host",
     .explanation = "No resolver was asked: the hosts file or an option of this run gave the address.",
     .next_steps = {"look at /etc/hosts, or leave out --resolve and --connect-to"},
     .reference = "hosts(5)",
     .holds = local_override},
};

const struct ht_rule_table ht_rules_dns_answer = HT_RULE_TABLE(rows);
