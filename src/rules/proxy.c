/* SPDX-License-Identifier: MIT */
/* Rules of proxies: takes how the connection to a proxy was made and how it answered CONNECT (RFC 9110
 * section 9.3.6) or SOCKS (RFC 1928), tells which of them stands in the way. */
#include "rules/connect.h"
#include "rules/tables.h"

#define EARLY_SILENCE_US INT64_C(5000000)

enum { PROXY_AUTH_REQUIRED = 407, NO_METHOD = 0xFF };

static const struct ht_proxy *proxy_of(const struct ht_case *c)
{
    return c->connection && !c->exchange->reused ? c->connection->proxy : NULL;
}

static bool is_socks(const struct ht_proxy *p)
{
    return p->kind == HT_PROXY_SOCKS4 || p->kind == HT_PROXY_SOCKS5;
}

static const char *name_of(const struct ht_case *c, struct ht_claim *claim)
{
    const struct ht_proxy *p = c->connection ? c->connection->proxy : NULL;
    if (p)
        return ht_claim_text(claim, p->url);
    return c->connection && c->connection->resolve.host.len
               ? ht_claim_text(claim, c->connection->resolve.host)
               : "the proxy";
}

/* The answer's field of that name, or the empty span. */
static struct ht_span field(const struct ht_response *r, const char *name)
{
    const struct ht_span *value = ht_headers_get(&r->headers, name);
    return value ? *value : (struct ht_span){NULL, 0};
}

static void tell_response(const struct ht_case *c, struct ht_claim *claim, const struct ht_response *r)
{
    static const char *const fields[] = {"server", "via", "x-squid-error", "proxy-authenticate",
                                         "proxy-status"};
    const struct ht_event *event = ht_case_last_dir(c, "response", HT_DIR_IN);
    ht_claim_fact(claim, event, "%s answered %d %s at %s", name_of(c, claim), r->status,
                  ht_claim_text(claim, r->reason), ht_claim_moment(claim, r->first_us));
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        struct ht_span value = field(r, fields[i]);
        if (value.len)
            ht_claim_fact(claim, event, "%s: %s", fields[i], ht_claim_text(claim, value));
    }
}

/* ---- the connection to it ---- */

static bool in_use(const struct ht_case *c, struct ht_claim *claim)
{
    if (!proxy_of(c))
        return false;
    const char *name = name_of(c, claim);
    claim->title = ht_arena_printf(claim->arena, "The request goes through the proxy %s", name);
    ht_claim_fact(claim, ht_case_last(c, "connected"), "connected to %s, the proxy %s",
                  ht_claim_text(claim, c->connection->remote), name);
    return true;
}

static bool unreachable(const struct ht_case *c, struct ht_claim *claim)
{
    static const char *const how[] = {
        [HT_CONNECT_PROHIBITED] = "a packet filter forbids it",
        [HT_CONNECT_REFUSED_ICMP] = "a packet filter rejects it",
        [HT_CONNECT_REFUSED] = "the connection was refused",
        [HT_CONNECT_RESET] = "the connection was reset at once",
        [HT_CONNECT_UNREACHABLE] = "there is no way there",
        [HT_CONNECT_SILENT] = "nothing came back to the SYN",
        [HT_CONNECT_NO_ROUTE] = "this host has no route there",
        [HT_CONNECT_OTHER] = "the connection failed",
    };
    enum ht_connect_end end = ht_connect_end(c);
    if (!ht_case_proxied(c) || end == HT_CONNECT_NOT_FAILED)
        return false;
    claim->title = ht_arena_printf(claim->arena, "The proxy %s cannot be reached: %s",
                                   ht_attempt_name(claim, ht_connect_attempt(c, end)), how[end]);
    if (end == HT_CONNECT_SILENT)
        claim->confidence = HT_CONFIDENCE_MEDIUM;
    ht_connect_tell(c, claim);
    return true;
}

/* ---- its answer to CONNECT ---- */

/* It said no, with this status; libcurl's later try with credentials has its own answer. */
static int refusal(const struct ht_case *c)
{
    const struct ht_proxy *p = proxy_of(c);
    return p && !p->ok && p->tunnel && !is_socks(p) && c->ended ? p->response.status : 0;
}

static bool connect_denied(const struct ht_case *c, struct ht_claim *claim)
{
    int status = refusal(c);
    if (status < 300 || status == PROXY_AUTH_REQUIRED || status >= 500)
        return false;
    const struct ht_proxy *p = c->connection->proxy;
    claim->title = ht_arena_printf(claim->arena, "The proxy refuses to connect to %s: %d %s",
                                   ht_claim_text(claim, p->request.target), status,
                                   ht_claim_text(claim, p->response.reason));
    tell_response(c, claim, &p->response);
    return true;
}

static bool auth_required(const struct ht_case *c, struct ht_claim *claim)
{
    const struct ht_response *r = &c->exchange->response;
    if (refusal(c) == PROXY_AUTH_REQUIRED)
        r = &c->connection->proxy->response;
    else if (!ht_case_proxied(c) || r->status != PROXY_AUTH_REQUIRED || !c->last)
        return false;
    bool tried = ht_headers_get(r == &c->exchange->response ? &c->exchange->request.headers
                                                            : &c->connection->proxy->request.headers,
                                "proxy-authorization") != NULL;
    claim->title = tried ? "The proxy does not accept the credentials" : "The proxy wants credentials";
    tell_response(c, claim, r);
    return true;
}

static bool gateway_error(const struct ht_case *c, struct ht_claim *claim)
{
    int status = refusal(c);
    if (status < 500)
        return false;
    const struct ht_proxy *p = c->connection->proxy;
    claim->title = ht_arena_printf(claim->arena, "The proxy could not connect to %s: %d %s",
                                   ht_claim_text(claim, p->request.target), status,
                                   ht_claim_text(claim, p->response.reason));
    tell_response(c, claim, &p->response);
    return true;
}

/* ---- no answer ---- */

/* What libcurl said to the proxy has no answer: not to CONNECT, not to a SOCKS message. */
static bool unanswered(const struct ht_case *c)
{
    const struct ht_proxy *p = proxy_of(c);
    return p && p->tunnel && !p->ok && p->response.status == 0 && p->socks_reply < 0 &&
           p->socks_method != NO_METHOD && p->socks_auth <= 0 && p->stray.len == 0 &&
           c->connection->wire_bytes[HT_DIR_OUT] > 0 &&
           !(c->connection->proxy_tls && !c->connection->proxy_tls->ok);
}

static void tell_asked(const struct ht_case *c, struct ht_claim *claim)
{
    const struct ht_connection *n = c->connection;
    const struct ht_proxy *p = n->proxy;
    const struct ht_event *asked = ht_case_last_dir(c, is_socks(p) ? "socks" : "request", HT_DIR_OUT);
    ht_claim_fact(claim, ht_case_last(c, "connected"), "connected to %s", ht_claim_text(claim, n->remote));
    if (is_socks(p))
        ht_claim_fact(
            claim, asked, "the last SOCKS message went out at %s%s", ht_claim_moment(claim, n->last_out_us),
            p->socks_method >= 0 ? "; the greeting had been answered" : "; nothing was answered so far");
    else
        ht_claim_fact(claim, asked, "CONNECT %s sent at %s", ht_claim_text(claim, p->request.target),
                      ht_claim_moment(claim, p->request.last_us));
}

static bool closed(const struct ht_case *c, struct ht_claim *claim)
{
    bool rst = ht_case_ended_by(c, HT_TCP_RST), fin = ht_case_ended_by(c, HT_TCP_FIN);
    if (!unanswered(c) || !c->failed || (!rst && !fin))
        return false;
    tell_asked(c, claim);
    ht_claim_fact(claim, ht_case_last(c, "closed"), "%s came at %s, before an answer", rst ? "RST" : "FIN",
                  ht_claim_moment(claim, ht_case_end_us(c)));
    return true;
}

static bool silent(const struct ht_case *c, struct ht_claim *claim)
{
    const struct ht_proxy *p = proxy_of(c);
    if (!unanswered(c) || !ht_case_timed_out(c) || (!c->ended && ht_case_silence_us(c) < EARLY_SILENCE_US))
        return false;
    bool greeted = is_socks(p) && p->socks_method < 0 && p->kind == HT_PROXY_SOCKS5;
    tell_asked(c, claim);
    ht_claim_fact(claim, ht_case_last(c, "sample"),
                  "%lld of its bytes were acknowledged; no answer within %s", (long long)ht_case_acked(c),
                  ht_claim_time(claim, ht_case_silence_us(c)));
    /* A proxy answers a greeting by itself; for the rest it may still be waiting for somebody else. */
    if (!greeted) {
        claim->confidence = HT_CONFIDENCE_MEDIUM;
        claim->also_explained_by = "a proxy that is still trying to reach the origin";
    }
    return true;
}

#define ROW(code_, locus_, confidence_)                                                                      \
    .code = code_, .phase = HT_PHASE_PROXY, .severity = HT_SEVERITY_ERROR, .locus = locus_,                  \
    .confidence = confidence_, .rank = HT_RANK_CAUSE

static const struct ht_rule rows[] = {
    {.code = "proxy.in_use",
     .phase = HT_PHASE_PROXY,
     .severity = HT_SEVERITY_INFO,
     .locus = HT_LOCUS_LOCAL,
     .confidence = HT_CONFIDENCE_HIGH,
     .rank = HT_RANK_CONTEXT,
     .title = "The request goes through a proxy",
     .explanation = "An option or the environment names a proxy: addresses and round trips are the proxy's.",
     .next_steps = {"go without it: httptrace --noproxy '*' URL", "see what names it: env | grep -i proxy"},
     .reference = "RFC 9110 section 7.3.2",
     .holds = in_use},
    {.code = "proxy.unreachable",
     .phase = HT_PHASE_CONNECT,
     .severity = HT_SEVERITY_ERROR,
     .locus = HT_LOCUS_PROXY,
     .confidence = HT_CONFIDENCE_HIGH,
     .rank = HT_RANK_CAUSE,
     .early = true,
     .title = "The proxy cannot be reached",
     .explanation = "The connection to the proxy itself failed, so nothing is known of the origin.",
     .also_explained_by = "the way to the proxy",
     .next_steps = {"check the proxy's address and port: env | grep -i proxy",
                    "see how far packets get: tracepath PROXY", "go without it: httptrace --noproxy '*' URL"},
     .reference = "RFC 9110 section 7.3.2",
     .holds = unreachable},
    {ROW("proxy.connect_denied", HT_LOCUS_PROXY, HT_CONFIDENCE_HIGH),
     .title = "The proxy refuses to connect to the host",
     .explanation =
         "The proxy answered CONNECT with a status that says no: by its policy this host, this port or "
         "this client is not allowed. The origin was never asked.",
     .next_steps = {"ask who runs the proxy for the host and port",
                    "go without it: httptrace --noproxy '*' URL"},
     .reference = "RFC 9110 section 9.3.6", .supersedes = "http.status http.block_page http.portal",
     .holds = connect_denied},
    {ROW("proxy.auth_required", HT_LOCUS_PROXY, HT_CONFIDENCE_HIGH), .title = "The proxy wants credentials",
     .explanation =
         "The proxy answered 407: it serves only those who sign in, and did not accept what was sent. "
         "The origin was never asked.",
     .next_steps = {"give credentials: httptrace --proxy-user USER URL",
                    "see which schemes the proxy offers in Proxy-Authenticate"},
     .reference = "RFC 9110 section 15.5.8", .supersedes = "http.status", .holds = auth_required},
    {ROW("proxy.gateway_error", HT_LOCUS_UNKNOWN, HT_CONFIDENCE_HIGH),
     .title = "The proxy could not connect to the host",
     .explanation =
         "The proxy answered CONNECT with a server error: it could not look the host up, could not reach "
         "it, or is out of order itself. Its words in the facts tell which.",
     .also_explained_by =
         "an origin that is down, a resolver of the proxy's, the way from the proxy to the origin",
     .next_steps = {"go without it: httptrace --noproxy '*' URL", "look at the proxy's log"},
     .reference = "RFC 9110 sections 9.3.6 and 15.6", .supersedes = "http.gateway_error http.status",
     .holds = gateway_error},
    {ROW("proxy.closed", HT_LOCUS_PROXY, HT_CONFIDENCE_MEDIUM),
     .title = "The proxy closed the connection without an answer",
     .explanation = "The proxy accepted the connection, was told which host to connect to, and hung up.",
     .also_explained_by = "the port is not a proxy's, or a proxy's of another kind",
     .next_steps = {"check the kind of the proxy: http, https, socks4 or socks5", "look at the proxy's log"},
     .reference = "RFC 9110 section 9.3.6; RFC 1928", .supersedes = "http.empty http.killed tls.ch_*",
     .holds = closed},
    {ROW("proxy.silent", HT_LOCUS_PROXY, HT_CONFIDENCE_HIGH), .early = true,
     .title = "The proxy does not answer",
     .explanation = "The proxy accepted the connection, was told which host to connect to, and said nothing.",
     .also_explained_by = "the port is not a proxy's, or a proxy's of another kind",
     .next_steps = {"check the kind of the proxy: http, https, socks4 or socks5", "look at the proxy's log",
                    "go without it: httptrace --noproxy '*' URL"},
     .reference = "RFC 9110 section 9.3.6; RFC 1928", .supersedes = "http.no_response", .holds = silent},
};

const struct ht_rule_table ht_rules_proxy = HT_RULE_TABLE(rows);
