/* SPDX-License-Identifier: MIT */
/* Answers that came and say that something failed: takes an exchange's status, tells errors, gateways' errors
 * and misdirected requests (RFC 9110 section 15). */
#include "rules/http_facts.h"
#include "rules/page.h"
#include "rules/tables.h"

#define TINYPROXY_WORDS "unable to connect to the remote web server"

/* With --fail the status is what the transfer failed of. */
static void claim_status(const struct ht_case *c, struct ht_claim *claim)
{
    const struct ht_response *r = &c->exchange->response;
    if (ht_http_hint(c, HT_CURL_STATUS_REFUSED))
        claim->severity = HT_SEVERITY_ERROR;
    ht_claim_fact(claim, ht_case_last_dir(c, "response", HT_DIR_IN), "status %s at %s",
                  ht_http_status_text(c, claim), ht_claim_moment(claim, r->first_us));
}

static void quote_field(const struct ht_case *c, struct ht_claim *claim, const char *name)
{
    struct ht_span value = ht_http_field(c, name);
    if (value.len)
        ht_claim_fact(claim, ht_case_last_dir(c, "response", HT_DIR_IN), "%s: %s", name,
                      ht_claim_text(claim, value));
}

/* 511 is the portal's and 421 has a row of its own. */
static bool is_plain_error(const struct ht_case *c)
{
    int status = c->exchange->response.status;
    return c->last && status >= 400 && status < 600 && status != 421 && status != 511 && !ht_page_refuses(c);
}

/* tinyproxy's page for a server that it cannot reach; it counts where a proxy is in use that sees the
 * request.
 */
static bool says_unreachable(const struct ht_case *c)
{
    const struct ht_proxy *p = c->connection ? c->connection->proxy : NULL;
    return p && !p->tunnel && c->exchange->response.status == 500 &&
           ht_text_holds(ht_http_field(c, "server"), "tinyproxy") &&
           ht_text_holds(ht_page_text(c, c->exchange->arena), TINYPROXY_WORDS);
}

static bool is_gateway_error(const struct ht_case *c)
{
    int status = c->exchange->response.status;
    bool edge = status >= 520 && status <= 527 && ht_text_holds(ht_http_field(c, "server"), "cloudflare");
    return is_plain_error(c) &&
           (status == 502 || status == 503 || status == 504 || edge || says_unreachable(c));
}

static bool failed_status(const struct ht_case *c, struct ht_claim *claim)
{
    int status = c->exchange->response.status;
    if (!is_plain_error(c) || is_gateway_error(c))
        return false;
    claim_status(c, claim);
    quote_field(c, claim, "retry-after");
    claim->title =
        ht_arena_printf(claim->arena, "The %s answered %s",
                        status < 500 ? "request was not accepted: the server" : "server failed: it",
                        ht_http_status_text(c, claim));
    if (status < 500)
        claim->explanation = "The answer came whole and says that the request cannot be served as it is: its "
                             "target, its credentials or its rate.";
    return true;
}

/* What an answer that was made in front of the application says of what is behind. */
static const char *const gateway_words[] = {
    "No server is available to handle this request",         /* HAProxy */
    "upstream connect error or disconnect/reset",            /* Envoy */
    "no healthy upstream",                                   /* Envoy */
    "The server didn't respond in time",                     /* HAProxy */
    "The server returned an invalid or incomplete response", /* HAProxy */
    TINYPROXY_WORDS,
};

static void quote_gateway(const struct ht_case *c, struct ht_claim *claim)
{
    struct ht_span text = ht_page_text(c, claim->arena);
    quote_field(c, claim, "server");
    quote_field(c, claim, "via");
    quote_field(c, claim, "retry-after");
    for (size_t i = 0; i < sizeof gateway_words / sizeof *gateway_words; i++) {
        if (ht_text_holds(text, gateway_words[i]))
            ht_claim_fact(claim, ht_case_last_dir(c, "body", HT_DIR_IN), "the page says \"%s\"",
                          gateway_words[i]);
    }
}

static bool gateway_error(const struct ht_case *c, struct ht_claim *claim)
{
    static const char *const titles[] = {
        "A gateway in front got no usable answer from the server behind it: status 502",
        "The service says that it is unavailable: status 503",
        "A gateway in front waited in vain for the server behind it: status 504",
    };
    int status = c->exchange->response.status;
    if (!is_gateway_error(c))
        return false;
    claim_status(c, claim);
    quote_gateway(c, claim);
    claim->title =
        status == 500 ? "The proxy could not connect to the server behind it: status 500"
        : status <= 504
            ? titles[status - 502]
            : ht_arena_printf(claim->arena, "Cloudflare's edge could not reach or use the origin: status %d",
                              status);
    if (status == 503 || c->transfer->proxy.len)
        claim->locus = HT_LOCUS_UNKNOWN;
    return true;
}

static bool misdirected(const struct ht_case *c, struct ht_claim *claim)
{
    if (c->exchange->response.status != 421)
        return false;
    claim_status(c, claim);
    if (c->tls && c->tls->client_hello.server_name.len)
        ht_claim_fact(claim, ht_case_first(c, "client_hello"), "the TLS session was made for %s",
                      ht_claim_text(claim, c->tls->client_hello.server_name));
    ht_claim_fact(claim, ht_case_last_dir(c, "request", HT_DIR_OUT), "the request was for %s%s",
                  ht_claim_text(claim, ht_case_host(c)),
                  c->exchange->reused ? ", on a connection that had served others" : "");
    return true;
}

/* libcurl's code says so: what was asked for were the bytes behind those that are here already. */
static bool range_ignored(const struct ht_case *c, struct ht_claim *claim)
{
    enum { RANGE_ERROR = 33 };
    if (!c->last || !c->ended || c->transfer->curl_code != RANGE_ERROR)
        return false;
    claim_status(c, claim);
    ht_claim_libcurl(claim, c);
    return true;
}

static const struct ht_rule rows[] = {
    {.code = "http.gateway_error",
     .phase = HT_PHASE_RESPONSE,
     .severity = HT_SEVERITY_WARNING,
     .locus = HT_LOCUS_ORIGIN,
     .confidence = HT_CONFIDENCE_MEDIUM,
     .rank = HT_RANK_CAUSE,
     .title = "A gateway in front says that what is behind it failed",
     .explanation =
         "502, 503 and 504 are what load balancers, CDN edges and reverse proxies answer when the server "
         "behind them cannot be reached, breaks off, or takes too long.",
     .also_explained_by = "the application itself answering with this status, or a proxy on the way",
     .next_steps = {"ask again after Retry-After, or in a minute: httptrace -I URL",
                    "look at the gateway's own log for this moment",
                    "if you know the server behind: httptrace --connect-to ::BACKEND:PORT URL"},
     .reference = "RFC 9110 sections 15.6.3 to 15.6.5",
     .supersedes = "http.status",
     .holds = gateway_error},
    {.code = "http.misdirected",
     .phase = HT_PHASE_RESPONSE,
     .severity = HT_SEVERITY_ERROR,
     .locus = HT_LOCUS_FRONT,
     .confidence = HT_CONFIDENCE_HIGH,
     .rank = HT_RANK_CAUSE,
     .title = "The request reached a server that does not serve this name: status 421",
     .explanation =
         "421 says that the connection the request came on leads to a server that cannot answer for "
         "the request's host: the front routed it wrongly, or its TLS name and Host differ.",
     .next_steps = {"compare the TLS name with the Host field: httptrace -v URL",
                    "without a Host header of your own, and on a fresh connection"},
     .reference = "RFC 9110 section 15.5.20",
     .supersedes = "http.status",
     .holds = misdirected},
    {.code = "http.range_ignored",
     .phase = HT_PHASE_RESPONSE,
     .severity = HT_SEVERITY_ERROR,
     .locus = HT_LOCUS_ORIGIN,
     .confidence = HT_CONFIDENCE_HIGH,
     .rank = HT_RANK_CAUSE,
     .title = "The server gives no part of this resource, only the whole",
     .explanation = "-C asked for the bytes from an offset on. A server may ignore that, and this one "
                    "answered with the whole "
                    "from its start (or with another part), which must not go behind what is here already.",
     .next_steps = {"without -C, which fetches the whole"},
     .reference = "RFC 9110 section 14.2",
     .supersedes = "http.status",
     .holds = range_ignored},
    {.code = "http.status",
     .phase = HT_PHASE_RESPONSE,
     .severity = HT_SEVERITY_NOTICE,
     .locus = HT_LOCUS_UNKNOWN,
     .confidence = HT_CONFIDENCE_HIGH,
     .rank = HT_RANK_CONTEXT,
     .title = "The server answered with an error status",
     .explanation =
         "The answer came whole and says that the server failed to serve a request that may well be "
         "right: look at the server's own log.",
     .next_steps = {"see the answer's own words: httptrace -o - URL"},
     .reference = "RFC 9110 sections 15.5 and 15.6",
     .holds = failed_status},
};

const struct ht_rule_table ht_rules_http = HT_RULE_TABLE(rows);
