/* SPDX-License-Identifier: MIT */
/* Rules of SOCKS replies (RFC 1928 section 6, RFC 1929, SOCKS4) and of proxies that nobody asked for: takes
 * reply codes and header fields, tells what they say. */
#include "rules/connect.h"
#include "rules/tables.h"

#include "base/url.h"
#include "decode/socks/socks.h"

#define GRANTED_4   90
#define SHOWN_BYTES 32u /* of an answer in another protocol */

/* Refusals that are the proxy's own. With the others it tells of somebody behind it, or does not say of whom.
 */
static const struct {
    bool five;
    int code;
} own_refusals[] = {{true, 2}, {true, 7}, {true, 8}, {false, 92}, {false, 93}};

static bool is_own_refusal(bool five, int code)
{
    for (size_t i = 0; i < sizeof own_refusals / sizeof *own_refusals; i++) {
        if (own_refusals[i].five == five && own_refusals[i].code == code)
            return true;
    }
    return false;
}

static bool refused_by_reply(const struct ht_case *c, struct ht_claim *claim, const struct ht_proxy *p)
{
    bool five = p->kind == HT_PROXY_SOCKS5;
    if (p->socks_reply < 0 || p->socks_reply == (five ? 0 : GRANTED_4))
        return false;
    const char *name = ht_socks_reply_name(five, (uint8_t)p->socks_reply);
    if (name)
        claim->locus = is_own_refusal(five, p->socks_reply) ? HT_LOCUS_PROXY : HT_LOCUS_UNKNOWN;
    else
        name = "a code without a name";
    claim->title = ht_arena_printf(claim->arena, "The SOCKS proxy refused: %s", name);
    ht_claim_fact(claim, ht_case_last_dir(c, "socks", HT_DIR_IN), "SOCKS%c reply %d (%s)", five ? '5' : '4',
                  p->socks_reply, name);
    return true;
}

static bool socks_refused(const struct ht_case *c, struct ht_claim *claim)
{
    const struct ht_proxy *p = c->connection && !c->exchange->reused ? c->connection->proxy : NULL;
    const int no_method = 0xFF; /* RFC 1928 section 3 */
    if (!p || p->ok || (p->kind != HT_PROXY_SOCKS4 && p->kind != HT_PROXY_SOCKS5))
        return false;
    const struct ht_event *said = ht_case_last_dir(c, "socks", HT_DIR_IN);
    if (p->socks_method == no_method) {
        claim->title = "The SOCKS proxy accepts none of the ways to sign in that were offered";
        ht_claim_fact(claim, said, "the greeting was answered with method 255 (no acceptable methods)");
        return true;
    }
    if (p->socks_auth > 0) {
        claim->title = "The SOCKS proxy does not accept the credentials";
        ht_claim_fact(claim, said, "the sign-in was answered with status %d", p->socks_auth);
        return true;
    }
    return refused_by_reply(c, claim, p);
}

/* Named by its first bytes, whatever the transfer made of them. */
static bool other_protocol(const struct ht_case *c, struct ht_claim *claim)
{
    const struct ht_proxy *p = c->connection && !c->exchange->reused ? c->connection->proxy : NULL;
    if (!p || p->ok || p->stray.len == 0)
        return false;
    char kind = p->kind == HT_PROXY_SOCKS5 ? '5' : '4';
    const struct ht_event *said = ht_case_last_dir(c, "socks", HT_DIR_IN);
    claim->title = *p->stray_name
                       ? ht_arena_printf(claim->arena, "The proxy does not speak SOCKS%c but, it seems, %s",
                                         kind, p->stray_name)
                       : ht_arena_printf(claim->arena, "The proxy does not speak SOCKS%c", kind);
    ht_claim_fact(claim, said, "at %s came an answer that is no SOCKS%c message; it begins with \"%s\"",
                  ht_claim_moment(claim, p->stray_us), kind,
                  ht_claim_text(claim, ht_span_head(p->stray, SHOWN_BYTES)));
    if (!*p->stray_name)
        claim->confidence = HT_CONFIDENCE_MEDIUM;
    return true;
}

/* Fields that proxies add to what they pass on, and caches and filters to what they make. */
static const char *const marks[] = {
    "via", /* RFC 9110 section 7.6.3 */
    "x-squid-error", "x-cache-lookup", "x-bluecoat-via",   "proxy-connection",
    "x-iwproxy",     "x-mwg-via",      "x-forcepoint-via", "x-zscaler-via",
};

/* Over TLS that verified only the peer that was asked for can have said so. */
static bool traces(const struct ht_case *c, struct ht_claim *claim)
{
    const struct ht_response *r = &c->exchange->response;
    if (ht_case_proxied(c) || r->status == 0 || !c->last)
        return false;
    size_t found = 0;
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
        const struct ht_span *value = ht_headers_get(&r->headers, marks[i]);
        if (!value)
            continue;
        found++;
        ht_claim_fact(claim, ht_case_last_dir(c, "response", HT_DIR_IN), "%s: %s", marks[i],
                      ht_claim_text(claim, *value));
    }
    if (found && c->tls && c->tls->verify_result == 0 && c->tls->hostname_ok) {
        claim->severity = HT_SEVERITY_INFO;
        claim->locus = HT_LOCUS_FRONT;
    }
    return found > 0;
}

static const struct ht_rule rows[] = {
    {.code = "proxy.socks_refused",
     .phase = HT_PHASE_PROXY,
     .severity = HT_SEVERITY_ERROR,
     .locus = HT_LOCUS_PROXY,
     .confidence = HT_CONFIDENCE_HIGH,
     .rank = HT_RANK_CAUSE,
     .title = "The SOCKS proxy refused",
     .explanation =
         "The SOCKS proxy answered, and its reply is not \"succeeded\". Some codes speak of the proxy "
         "itself, others of what it met behind.",
     .next_steps = {"look at the proxy's log", "go without it: httptrace --noproxy '*' URL"},
     .reference = "RFC 1928 sections 3 and 6; RFC 1929",
     .supersedes = "proxy.closed",
     .holds = socks_refused},
    {.code = "proxy.other_protocol",
     .phase = HT_PHASE_PROXY,
     .severity = HT_SEVERITY_ERROR,
     .locus = HT_LOCUS_PROXY,
     .confidence = HT_CONFIDENCE_HIGH,
     .rank = HT_RANK_CAUSE,
     .early = true,
     .title = "The proxy answered in another protocol",
     .explanation =
         "The proxy was spoken to in SOCKS and answered, but not with a SOCKS message of that version: "
         "it is a proxy of another kind, or no proxy.",
     .also_explained_by = "a wrong port",
     .next_steps =
         {"name the proxy's kind: -x http://, https://, socks4://, socks4a://, socks5:// or socks5h://",
          "see what names the proxy: env | grep -i proxy", "go without it: httptrace --noproxy '*' URL"},
     .reference = "RFC 1928 sections 3 and 6; RFC 1929",
     .supersedes = "proxy.closed proxy.silent http.no_response http.empty http.killed tls.ch_*",
     .holds = other_protocol},
    {.code = "proxy.traces",
     .phase = HT_PHASE_RESPONSE,
     .severity = HT_SEVERITY_NOTICE,
     .locus = HT_LOCUS_UNKNOWN,
     .confidence = HT_CONFIDENCE_MEDIUM,
     .rank = HT_RANK_CONTEXT,
     .title = "The answer carries a proxy's marks, though no proxy was asked for",
     .explanation =
         "Header fields say that a proxy passed the answer on: a CDN or another front of the server, or "
         "a transparent proxy between here and there.",
     .also_explained_by = "a CDN or reverse proxy in front of the server, which is normal",
     .next_steps = {"compare with another network",
                    "compare with https://, which a transparent proxy cannot read"},
     .reference = "RFC 9110 section 7.6.3",
     .holds = traces},
};

const struct ht_rule_table ht_rules_proxy_more = HT_RULE_TABLE(rows);
