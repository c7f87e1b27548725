/* SPDX-License-Identifier: MIT */
/* Bodies and redirects: takes the head of a body and the fields that speak of it, tells lies of
 * Content-Encoding; takes a chain of redirects, tells loops and downgrades (RFC 9110 sections 8.4 and 15.4).
 */
#include "decode/coding/coding.h"
#include "rules/http_facts.h"
#include "rules/redirect.h"
#include "rules/tables.h"

#include "base/url.h"

/* ---- Content-Encoding ---- */

/* The coding that was applied last: the outermost. */
static struct ht_span last_coding(struct ht_span list)
{
    size_t at = list.len;
    while (at > 0 && list.data[at - 1] != ',')
        at--;
    struct ht_span coding = ht_span_from(list, at);
    while (coding.len && (coding.data[0] == ' ' || coding.data[0] == '\t'))
        coding = ht_span_from(coding, 1);
    while (coding.len && (coding.data[coding.len - 1] == ' ' || coding.data[coding.len - 1] == '\t'))
        coding.len--;
    return coding;
}

/* A part of a representation begins anywhere in it (RFC 9110 section 14). */
static bool has_judgeable_body(const struct ht_case *c)
{
    const struct ht_response *r = &c->exchange->response;
    return r->content_encoding.len && r->body_head.len && ht_http_may_have_body(c) && r->status != 206;
}

static bool encoding_lie(const struct ht_case *c, struct ht_claim *claim)
{
    const struct ht_response *r = &c->exchange->response;
    if (!has_judgeable_body(c))
        return false;
    struct ht_span coding = last_coding(r->content_encoding);
    bool whole = r->complete && r->body_bytes == (int64_t)r->body_head.len;
    bool lies = ht_coding_fit(coding, r->body_head, whole) == HT_CODING_BROKEN;
    if (!lies && !ht_http_hint(c, HT_CURL_BAD_ENCODING))
        return false;
    const char *name = ht_claim_text(claim, ht_span_head(coding, 40));
    ht_claim_fact(claim, ht_case_last_dir(c, "response", HT_DIR_IN), "Content-Encoding: %s",
                  ht_claim_text(claim, r->content_encoding));
    if (lies) {
        ht_claim_fact(claim, ht_case_last_dir(c, "body", HT_DIR_IN), "the body begins \"%s\", which is no %s",
                      ht_claim_text(claim, ht_span_head(r->body_head, 24)), name);
        return true;
    }
    claim->confidence = HT_CONFIDENCE_MEDIUM;
    claim->title = "The body cannot be decoded as its Content-Encoding says";
    ht_claim_fact(claim, ht_case_last_dir(c, "body", HT_DIR_IN),
                  "%lld bytes of body came; libcurl could not decode them", (long long)r->body_bytes);
    return true;
}

/* ---- redirects ---- */

static const struct ht_exchange *same_before(const struct ht_case *c)
{
    for (const struct ht_exchange *x = c->transfer->exchanges; x && x != c->exchange; x = x->next) {
        if (ht_span_eq(x->url, c->exchange->url) && ht_span_eq(x->method, c->exchange->method))
            return x;
    }
    return NULL;
}

static size_t redirects_before(const struct ht_case *c)
{
    size_t count = 0;
    for (const struct ht_exchange *x = c->transfer->exchanges; x && x != c->exchange; x = x->next)
        count += x->next && x->next->cause == HT_CAUSE_REDIRECT;
    return count;
}

/* A page that sends a client away and back with a cookie ends in an answer: only one that goes on is a loop.
 */
static bool redirect_loop(const struct ht_case *c, struct ht_claim *claim)
{
    bool too_many = ht_http_hint(c, HT_CURL_TOO_MANY_REDIRECTS);
    struct ht_span target;
    if (!c->last || !c->ended || !ht_redirect_target(c->exchange, &target))
        return false;
    const struct ht_exchange *before = c->exchange->cause == HT_CAUSE_REDIRECT ? same_before(c) : NULL;
    bool to_itself = too_many && ht_redirect_is_to(c->exchange, c->exchange);
    if (!before && !to_itself && !too_many)
        return false;
    ht_claim_fact(claim, ht_case_last_dir(c, "response", HT_DIR_IN),
                  "status %d leads to %s, after %zu redirects", c->exchange->response.status,
                  ht_redirect_text(claim, target), redirects_before(c));
    if (before || to_itself) {
        const struct ht_exchange *x = before ? before : c->exchange;
        ht_claim_fact(claim, x->events.first, "the same %s of %s was answered with status %d at %s",
                      ht_claim_text(claim, x->method), ht_redirect_text(claim, x->url), x->response.status,
                      ht_claim_moment(claim, x->response.first_us));
        return true;
    }
    claim->title = "The redirects went on past the limit";
    claim->confidence = HT_CONFIDENCE_MEDIUM;
    claim->locus = HT_LOCUS_UNKNOWN;
    claim->explanation =
        "Each answer led elsewhere, and the limit of redirects was reached before one did not.";
    claim->also_explained_by = "a limit (--max-redirs) that is too low for this site";
    return true;
}

static bool redirect_downgrade(const struct ht_case *c, struct ht_claim *claim)
{
    struct ht_span target;
    if (!ht_span_ieq_str(ht_url_scheme(c->exchange->url), "https") ||
        !ht_redirect_target(c->exchange, &target) || !ht_span_ieq_str(ht_url_scheme(target), "http"))
        return false;
    ht_claim_fact(claim, ht_case_last_dir(c, "response", HT_DIR_IN), "status %d of %s leads to %s",
                  c->exchange->response.status, ht_redirect_text(claim, c->exchange->url),
                  ht_redirect_text(claim, target));
    return true;
}

static const struct ht_rule rows[] = {
    {.code = "http.encoding_lie",
     .phase = HT_PHASE_RESPONSE,
     .severity = HT_SEVERITY_ERROR,
     .locus = HT_LOCUS_UNKNOWN,
     .confidence = HT_CONFIDENCE_HIGH,
     .rank = HT_RANK_CAUSE,
     .title = "The body is not what its Content-Encoding says",
     .explanation =
         "The header promises a compressed body and the bytes are something else: an error page put "
         "in place of it, a cache that mixed variants up, or an encoder that did not run. A browser "
         "shows a decoding error.",
     .next_steps = {"ask for it uncompressed: httptrace -H 'Accept-Encoding: identity' URL",
                    "keep what came: httptrace -o FILE URL; file FILE"},
     .reference = "RFC 9110 section 8.4",
     .supersedes = "local.write_error",
     .holds = encoding_lie},
    {.code = "http.redirect_loop",
     .phase = HT_PHASE_RESPONSE,
     .severity = HT_SEVERITY_ERROR,
     .locus = HT_LOCUS_UNKNOWN,
     .confidence = HT_CONFIDENCE_HIGH,
     .rank = HT_RANK_CAUSE,
     .title = "The redirects lead in a circle",
     .explanation =
         "The same request was made again and was redirected again: often a front that ends TLS and an "
         "origin that insists on https, or a cookie that is not kept.",
     .next_steps = {"keep cookies between the redirects: httptrace -L -b '' URL",
                    "tell the origin that TLS ends at the front (X-Forwarded-Proto)"},
     .reference = "RFC 9110 section 15.4",
     .holds = redirect_loop},
    {.code = "http.redirect_downgrade",
     .phase = HT_PHASE_RESPONSE,
     .severity = HT_SEVERITY_WARNING,
     .locus = HT_LOCUS_UNKNOWN,
     .confidence = HT_CONFIDENCE_HIGH,
     .rank = HT_RANK_CONTEXT,
     .title = "A redirect leads from https to http",
     .explanation = "What is asked next goes out in clear, where anybody on the way can read and change it: "
                    "often an origin behind a front that does not know that TLS ends there.",
     .next_steps = {"ask for the target with https:// in its place",
                    "tell the origin that TLS ends at the front (X-Forwarded-Proto)"},
     .reference = "RFC 9110 section 17.1",
     .holds = redirect_downgrade},
};

const struct ht_rule_table ht_rules_http_body = HT_RULE_TABLE(rows);
