/* SPDX-License-Identifier: MIT */
/* Pages that are not the application's: takes an answer's fields and the head of its body, tells block pages
 * and captive portals (RFC 6585 section 6, RFC 8908, WISPr 1.0). */
#include "rules/page.h"

#include "base/url.h"
#include "decode/coding/coding.h"
#include "rules/http_facts.h"
#include "rules/redirect.h"
#include "rules/tables.h"

struct ht_span ht_page_text(const struct ht_case *c, struct ht_arena *arena)
{
    const struct ht_response *r = &c->exchange->response;
    struct ht_sink text = ht_sink(HT_CAP_BODY_TEXT);
    ht_coding_decode(r->content_encoding, r->body_head, &text);
    struct ht_span kept = ht_arena_dup(arena, ht_span(text.text, text.len));
    ht_sink_free(&text);
    return kept;
}

/* ---- block pages ---- */

static bool can_refuse(int status)
{
    return status == 403 || status == 406 || status == 429 || status == 451 || status == 503;
}

static bool field_holds(const struct ht_case *c, const char *field, const char *words)
{
    return !field ||
           (ht_http_has_field(c, field) && (!words || ht_text_holds(ht_http_field(c, field), words)));
}

static bool carries(const struct ht_case *c, struct ht_span text, const struct ht_page_mark *m)
{
    return field_holds(c, m->field, m->value) && (!m->server || field_holds(c, "server", m->server)) &&
           (!m->body || ht_text_holds(text, m->body));
}

static const struct ht_page_mark *find_mark(const struct ht_case *c, struct ht_span text,
                                            enum ht_mark_kind kind)
{
    int status = c->exchange->response.status;
    bool usual = can_refuse(status);
    for (size_t i = 0; i < ht_page_mark_count; i++) {
        const struct ht_page_mark *m = &ht_page_marks[i];
        if (m->kind == kind && (usual || m->any_status) && (!m->status || m->status == status) &&
            carries(c, text, m))
            return m;
    }
    return NULL;
}

const struct ht_page_mark *ht_page_refusal(const struct ht_case *c, struct ht_arena *arena)
{
    if (!c->exchange->response.status)
        return NULL;
    return find_mark(c, ht_page_text(c, arena), HT_MARK_REFUSAL);
}

bool ht_page_refuses(const struct ht_case *c)
{
    struct ht_arena *scratch = ht_arena_new();
    bool refuses = ht_page_refusal(c, scratch) != NULL;
    ht_arena_free(scratch);
    return refuses;
}

static void tell_mark(const struct ht_case *c, struct ht_claim *claim, const struct ht_page_mark *m)
{
    const struct ht_event *event = ht_case_last_dir(c, "response", HT_DIR_IN);
    ht_claim_fact(claim, event, "status %s at %s", ht_http_status_text(c, claim),
                  ht_claim_moment(claim, c->exchange->response.first_us));
    if (m->field)
        ht_claim_fact(claim, event, "%s: %s", m->field, ht_claim_text(claim, ht_http_field(c, m->field)));
    if (m->server)
        ht_claim_fact(claim, event, "server: %s", ht_claim_text(claim, ht_http_field(c, "server")));
    if (m->body)
        ht_claim_fact(claim, ht_case_last_dir(c, "body", HT_DIR_IN), "the page holds \"%s\"", m->body);
    ht_claim_fact(claim, NULL, "a mark of %s (%s)", m->product, m->source);
}

/* Marks that all answers carry tell who passed the refusal on, not who refused. */
static bool passed_on(const struct ht_case *c, struct ht_claim *claim)
{
    const struct ht_page_mark *m = find_mark(c, (struct ht_span){0}, HT_MARK_PRESENCE);
    if (!m || !c->last || c->exchange->response.status == 503)
        return false;
    tell_mark(c, claim, m);
    claim->severity = HT_SEVERITY_NOTICE;
    claim->locus = HT_LOCUS_UNKNOWN;
    claim->confidence = HT_CONFIDENCE_LOW;
    claim->title = ht_arena_printf(claim->arena,
                                   "The refusal came through %s; whether it or the origin refused, "
                                   "the answer does not tell",
                                   m->product);
    claim->explanation =
        "The answer carries marks that every answer through this edge has, and none that only "
        "its own refusals have.";
    return true;
}

static bool block_page(const struct ht_case *c, struct ht_claim *claim)
{
    const struct ht_page_mark *m = ht_page_refusal(c, claim->arena);
    if (!m)
        return passed_on(c, claim);
    tell_mark(c, claim, m);
    claim->locus = m->locus;
    if (m->locus == HT_LOCUS_UNKNOWN && c->transfer->proxy.len)
        claim->locus = HT_LOCUS_PROXY;
    if (ht_http_hint(c, HT_CURL_STATUS_REFUSED))
        claim->severity = HT_SEVERITY_ERROR;
    claim->title = ht_arena_printf(claim->arena,
                                   "%s refused the request itself: the answer is its block page", m->product);
    return true;
}

/* ---- captive portals ---- */

static const char *portal_mark(const struct ht_case *c, struct ht_claim *claim)
{
    const struct ht_response *r = &c->exchange->response;
    if (r->status == 511)
        return "status 511 Network Authentication Required (RFC 6585 section 6)";
    struct ht_span text = ht_page_text(c, claim->arena);
    if (ht_text_holds(text, "<WISPAccessGatewayParam"))
        return "the body holds a WISPr block (WISPAccessGatewayParam)";
    if (ht_text_holds(ht_http_field(c, "content-type"), "application/captive+json") &&
        (ht_text_holds(text, "\"captive\": true") || ht_text_holds(text, "\"captive\":true")))
        return "the answer is the captive portal API's, and says \"captive\": true (RFC 8908 section 5)";
    return NULL;
}

static struct ht_span target_host(const struct ht_case *c)
{
    struct ht_span target;
    if (!ht_redirect_target(c->exchange, &target))
        return (struct ht_span){0};
    if (target.len > 2 && memcmp(target.data, "//", 2) == 0)
        return ht_url_host(ht_span_from(target, 2));
    return ht_url_scheme(target).len ? ht_url_host(target) : (struct ht_span){0};
}

/* The address that answered, without its port. */
static bool is_own_address(const struct ht_case *c, struct ht_span host)
{
    struct ht_span remote = c->connection ? c->connection->remote : (struct ht_span){0};
    struct ht_span own = ht_url_host(remote);
    return ht_span_ieq(own, host);
}

/* Within a private network redirects between its own hosts and addresses are ordinary, and so are those of a
 * service that answers under its own address. 307 and 308 keep the method: services that pass work on use
 * them. */
static bool leads_into_private_space(const struct ht_case *c, struct ht_span to)
{
    struct ht_span from = ht_case_host(c);
    int status = c->exchange->response.status;
    bool local = ht_host_is_loopback(from);
    if (to.len == 0 || ht_host_is_loopback(to) || is_own_address(c, to) || ht_host_is_private(from) ||
        ht_host_is_kin(from, to))
        return false;
    if (local)
        return status < 307 && ht_host_is_private(to);
    return ht_host_is_private(to) || (ht_host_is_address(to) && !ht_host_is_address(from));
}

/* Only with -k is there an answer over such a certificate at all. */
static bool leads_elsewhere_unproven(const struct ht_case *c, struct ht_span to)
{
    const struct ht_tls *tls = c->tls;
    return to.len && tls && tls->ok && tls->hostname_checked && !tls->hostname_ok &&
           !ht_host_is_kin(ht_case_host(c), to) && !is_own_address(c, to) && !ht_host_is_loopback(to);
}

static void tell_redirect(const struct ht_case *c, struct ht_claim *claim)
{
    const struct ht_event *event = ht_case_last_dir(c, "response", HT_DIR_IN);
    ht_claim_fact(claim, event, "status %d of %s at %s leads to %s", c->exchange->response.status,
                  ht_redirect_text(claim, c->exchange->url),
                  ht_claim_moment(claim, c->exchange->response.first_us),
                  ht_redirect_text(claim, c->exchange->response.location));
    claim->confidence = HT_CONFIDENCE_MEDIUM;
    claim->locus = HT_LOCUS_UNKNOWN;
    claim->title = "The request was led away, as captive portals do";
    claim->explanation =
        "The answer is a redirect to a place that has nothing to do with the server that was "
        "asked, of the kind that networks use which want a sign-in first.";
}

static bool portal_by_redirect(const struct ht_case *c, struct ht_claim *claim)
{
    struct ht_span to = target_host(c);
    if (ht_span_ieq_str(ht_url_scheme(c->exchange->url), "http") && leads_into_private_space(c, to)) {
        tell_redirect(c, claim);
        ht_claim_fact(claim, NULL, "%s is %s", ht_claim_text(claim, to),
                      ht_host_is_private(to) ? "of private space" : "a bare address");
        claim->also_explained_by = "an application that writes its inner address into redirects";
        return true;
    }
    if (!leads_elsewhere_unproven(c, to))
        return false;
    tell_redirect(c, claim);
    ht_claim_fact(claim, ht_case_first(c, "certificate"), "the certificate is not one of %s",
                  ht_claim_text(claim, ht_case_host(c)));
    claim->also_explained_by = "a server's default site, which leads to its operator's own";
    return true;
}

static bool portal(const struct ht_case *c, struct ht_claim *claim)
{
    const char *mark = c->exchange->response.status ? portal_mark(c, claim) : NULL;
    if (!mark)
        return portal_by_redirect(c, claim);
    ht_claim_fact(claim, ht_case_last_dir(c, "response", HT_DIR_IN), "%s, at %s", mark,
                  ht_claim_moment(claim, c->exchange->response.first_us));
    if (c->exchange->response.location.len)
        ht_claim_fact(claim, NULL, "it leads to %s", ht_redirect_text(claim, c->exchange->response.location));
    return true;
}

static const struct ht_rule rows[] = {
    {.code = "http.portal",
     .phase = HT_PHASE_RESPONSE,
     .severity = HT_SEVERITY_ERROR,
     .locus = HT_LOCUS_PATH,
     .confidence = HT_CONFIDENCE_HIGH,
     .rank = HT_RANK_CAUSE,
     .title = "A captive portal answered in place of the server",
     .explanation = "The answer has the marks of a network that wants a sign-in first: it came from a box on "
                    "the way, not from the server that was asked.",
     .next_steps = {"open http://neverssl.com/ in a browser and sign in to the network",
                    "ask over another network, to compare"},
     .reference = "RFC 6585 section 6, RFC 8908",
     .supersedes = "http.status http.block_page http.gateway_error http.redirect_downgrade",
     .holds = portal},
    {.code = "http.block_page",
     .phase = HT_PHASE_RESPONSE,
     .severity = HT_SEVERITY_WARNING,
     .locus = HT_LOCUS_FRONT,
     .confidence = HT_CONFIDENCE_MEDIUM,
     .rank = HT_RANK_CAUSE,
     .title = "What stands in front of the application refused the request itself",
     .explanation =
         "The answer carries a mark that only the refusals of this product have: the request did not "
         "reach the application behind it. It is refused for its address, rate, fields or content.",
     .also_explained_by = "a copy of such a page",
     .next_steps = {"with a browser's User-Agent: httptrace -A 'Mozilla/5.0' URL",
                    "from another address, to compare",
                    "tell the site's operator the incident number on the page: httptrace -o - URL"},
     .reference = "RFC 9110 section 15.5.4",
     .holds = block_page},
};

const struct ht_rule_table ht_rules_page = HT_RULE_TABLE(rows);
