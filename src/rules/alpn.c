/* SPDX-License-Identifier: MIT */
/* Rules of ALPN: what was offered, what was chosen, and what was spoken then (RFC 7301, RFC 9113). */
#include "decode/h2/h2.h"
#include "rules/session.h"
#include "rules/tables.h"

static bool offers_h2(const struct ht_session *s)
{
    const struct ht_span_list *offered = &s->tls->client_hello.alpn;
    for (size_t i = 0; i < offered->count; i++) {
        if (ht_span_eq_str(offered->at[i], "h2"))
            return true;
    }
    return false;
}

/* A complete handshake in which h2 was to be had. */
static bool could_choose(const struct ht_case *c, struct ht_session *s)
{
    return ht_session_fresh(c, s) && !s->of_proxy && s->tls->ok && offers_h2(s);
}

/* An alternative that speaks h2 by the answer's own word (RFC 7838 section 3). */
static bool alt_svc_names_h2(const struct ht_case *c)
{
    const struct ht_span *value = ht_headers_get(&c->exchange->response.headers, "alt-svc");
    for (size_t at = 0; value && at + 3 <= value->len; at++) {
        bool begins = at == 0 || value->data[at - 1] == ',' || value->data[at - 1] == ' ';
        if (begins && memcmp(value->data + at, "h2=", 3) == 0)
            return true;
    }
    return false;
}

static void grade(const struct ht_case *c, struct ht_claim *claim)
{
    bool wanted = c->transfer->http2_wanted, named = alt_svc_names_h2(c);
    if (wanted)
        ht_claim_fact(claim, NULL, "HTTP/2 was asked for by option");
    if (named)
        ht_claim_fact(claim, ht_case_last_dir(c, "status", HT_DIR_IN), "the answer's Alt-Svc names h2: %s",
                      ht_claim_text(claim, *ht_headers_get(&c->exchange->response.headers, "alt-svc")));
    if (wanted || named)
        claim->severity = HT_SEVERITY_WARNING;
}

static bool fallback(const struct ht_case *c, struct ht_claim *claim)
{
    struct ht_session s;
    if (!could_choose(c, &s) || !s.tls->alpn.len || ht_span_eq_str(s.tls->alpn, "h2"))
        return false;
    ht_claim_fact(claim, ht_session_message(&s, "client_hello", HT_DIR_OUT), "this host offered h2");
    ht_claim_fact(claim, ht_case_last(c, "handshake_done"), "the server chose %s",
                  ht_claim_text(claim, s.tls->alpn));
    grade(c, claim);
    return true;
}

static bool none(const struct ht_case *c, struct ht_claim *claim)
{
    struct ht_session s;
    if (!could_choose(c, &s) || s.tls->alpn.len)
        return false;
    ht_claim_fact(claim, ht_session_message(&s, "client_hello", HT_DIR_OUT), "this host offered h2");
    ht_claim_fact(claim, ht_case_last(c, "handshake_done"), "the server's answer has no ALPN extension");
    grade(c, claim);
    return true;
}

static bool is_frame(const struct ht_event *e)
{
    return e->layer == HT_LAYER_HTTP2 && e->dir == HT_DIR_IN;
}

static const struct ht_event *first_frame(const struct ht_event_list *list)
{
    for (const struct ht_event *e = list->first; e; e = e->next) {
        if (is_frame(e))
            return e;
    }
    return NULL;
}

/* The head of a SETTINGS frame, as far as it came (RFC 9113 section 4.1): a connection that libcurl gave up
 * before its own preface has them undecoded. */
static bool may_be_settings(struct ht_span head)
{
    enum { TYPE = 3 };
    return head.len == 0 || (head.data[0] == 0 && (head.len <= TYPE || head.data[TYPE] == HT_H2_SETTINGS));
}

/* What came first within TLS could not be cut into frames at all. */
static bool lied(const struct ht_case *c, struct ht_claim *claim)
{
    struct ht_session s;
    const struct ht_event *opaque = ht_case_first(c, "opaque");
    if (!ht_session_fresh(c, &s) || !ht_span_eq_str(s.tls->alpn, "h2") || !opaque ||
        opaque->dir != HT_DIR_IN || first_frame(&c->exchange->events) || first_frame(&c->connection->events))
        return false;
    const struct ht_field *head = ht_field_find(opaque->fields, "head");
    if (!head || may_be_settings(head->value.bytes))
        return false;
    ht_claim_fact(claim, ht_case_last(c, "handshake_done"), "ALPN agreed on h2");
    ht_claim_fact(claim, opaque, "the first bytes are no SETTINGS frame: %s",
                  ht_claim_text(claim, ht_span_head(head->value.bytes, 80)));
    ht_session_place(&s, claim);
    return true;
}

static const struct ht_rule rows[] = {
    {.code = "alpn.lied",
     .phase = HT_PHASE_WAIT,
     .severity = HT_SEVERITY_ERROR,
     .locus = HT_LOCUS_FRONT,
     .confidence = HT_CONFIDENCE_HIGH,
     .rank = HT_RANK_CAUSE,
     .title = "The server agreed on HTTP/2 and speaks something else",
     .explanation = "ALPN chose h2, so the server's first bytes have to be a SETTINGS frame. They are none: "
                    "the front that "
                    "ends TLS hands the connection to a backend that does not speak HTTP/2.",
     .next_steps = {"go without: httptrace --http1.1 URL",
                    "look at the front: does its backend speak HTTP/2, in clear (h2c)?"},
     .reference = "RFC 9113 sections 3.2 and 3.4",
     .supersedes = "h2.no_settings h2.protocol_error http.malformed http.truncated http.empty http.killed",
     .holds = lied},
    {.code = "alpn.fallback",
     .phase = HT_PHASE_TLS,
     .severity = HT_SEVERITY_NOTICE,
     .locus = HT_LOCUS_FRONT,
     .confidence = HT_CONFIDENCE_LOW,
     .rank = HT_RANK_CONTEXT,
     .title = "HTTP/2 was offered, and the server chose HTTP/1.1",
     .explanation = "Many servers speak HTTP/1.1 alone. Where the origin is known to speak HTTP/2, something "
                    "before it ends "
                    "TLS: a load balancer, a CDN, or a TLS-inspecting box.",
     .also_explained_by = "an origin without HTTP/2",
     .next_steps = {"compare from another network", "look at the certificate's issuer: httptrace -vv URL"},
     .reference = "RFC 7301 section 3.2",
     .holds = fallback},
    {.code = "alpn.none",
     .phase = HT_PHASE_TLS,
     .severity = HT_SEVERITY_NOTICE,
     .locus = HT_LOCUS_FRONT,
     .confidence = HT_CONFIDENCE_MEDIUM,
     .rank = HT_RANK_CONTEXT,
     .title = "The server does not answer ALPN",
     .explanation = "This host offered protocols by ALPN and the server ignored the extension, as old TLS "
                    "stacks and some "
                    "inspecting boxes do. HTTP/1.1 is used.",
     .also_explained_by = "an old origin",
     .next_steps = {"compare from another network"},
     .reference = "RFC 7301 section 3.1",
     .holds = none},
};

const struct ht_rule_table ht_rules_alpn = HT_RULE_TABLE(rows);
