/* SPDX-License-Identifier: MIT */
/* Rules of certificates that do not verify: trust, dates, names, revocation (RFC 5280 section 6, RFC 9525,
 * RFC 6960). */
#include "rules/cert_facts.h"
#include "rules/tables.h"

#include <time.h>

/* Results of verification that rows are about (openssl/x509_vfy.h). */
enum {
    NO_ISSUER = 2,
    NOT_YET_VALID = 9,
    HAS_EXPIRED = 10,
    SELF_SIGNED_LEAF = 18,
    SELF_SIGNED_ABOVE = 19,
    NO_LOCAL_ISSUER = 20,
    LEAF_UNVERIFIABLE = 21,
    REVOKED = 23,
    NAME = 62,
    ADDRESS = 64,
    KEY_TOO_SMALL = 66,
    CA_KEY_TOO_SMALL = 67,
    HASH_TOO_WEAK = 68
};

/* ---- trust ---- */

static bool lacks_issuer(const struct ht_session *s)
{
    int64_t result = s->tls->verify_result;
    return result == NO_ISSUER || result == NO_LOCAL_ISSUER || result == LEAF_UNVERIFIABLE;
}

static bool self_signed(const struct ht_case *c, struct ht_claim *claim)
{
    struct ht_session s;
    if (!ht_cert_session(c, &s) || !ht_cert_leaf(&s)->self_issued ||
        (s.tls->verify_result != SELF_SIGNED_LEAF && s.tls->verify_result != SELF_SIGNED_ABOVE &&
         !lacks_issuer(&s)))
        return false;
    ht_claim_fact(claim, ht_cert_event(&s), "the leaf's subject and issuer are the same: %s",
                  ht_claim_text(claim, ht_cert_leaf(&s)->subject));
    ht_cert_tell_library(c, &s, claim);
    ht_cert_grade(c, &s, claim);
    return true;
}

enum lack { LACK_NOTHING, LACK_ROOT, LACK_INTERMEDIATE };

/* Why nobody is known that issued the top of the chain, and how sure that is. */
struct diagnosis {
    enum lack lack;
    enum ht_confidence confidence;
    const char *why;
};

static bool names_itself(struct ht_span name, const char *const *words, size_t count)
{
    for (size_t w = 0; w < count; w++) {
        size_t len = strlen(words[w]);
        for (size_t at = 0; at + len <= name.len; at++) {
            if (ht_span_ieq_str(ht_span(name.data + at, len), words[w]))
                return true;
        }
    }
    return false;
}

/*
 * The issuer that is missing is an intermediate or a root: nobody has its certificate. In order of weight:
 * authorityCertIssuer says who issued it; a leaf with caIssuers that came alone is a public CA's, and those
 * never sign with their roots; a trust anchor of its organisation makes it likely that it hangs below that;
 * its own name may say what it is.
 */
static struct diagnosis diagnose(const struct ht_session *s, const struct ht_certificate *top)
{
    static const char *const middle[] = {"intermediate", "issuing", "sub ca", "subca", "sub-ca"};
    static const char *const roots[] = {"root"};
    bool alone = top == ht_cert_leaf(s);
    if (top->authority.len && !ht_span_eq(top->authority, top->issuer))
        return (struct diagnosis){LACK_INTERMEDIATE, HT_CONFIDENCE_HIGH,
                                  "its authority key identifier says that another CA issued its issuer"};
    if (top->authority.len)
        return (struct diagnosis){LACK_ROOT, HT_CONFIDENCE_HIGH,
                                  "its authority key identifier says that its issuer issued itself: a root"};
    if (alone && top->ca_issuers.len)
        return (struct diagnosis){LACK_INTERMEDIATE, HT_CONFIDENCE_HIGH,
                                  "it came alone, and names an address where its issuer's certificate is"};
    if (names_itself(top->issuer_cn, roots, 1))
        return (struct diagnosis){LACK_ROOT, HT_CONFIDENCE_HIGH, "its issuer calls itself a root"};
    if (names_itself(top->issuer_cn, middle, sizeof middle / sizeof *middle))
        return (struct diagnosis){LACK_INTERMEDIATE, HT_CONFIDENCE_MEDIUM,
                                  "its issuer calls itself an intermediate"};
    if (s->tls->kin.len)
        return (struct diagnosis){LACK_INTERMEDIATE, HT_CONFIDENCE_MEDIUM,
                                  "a CA of its issuer's organisation is trusted here, its issuer is not"};
    return (struct diagnosis){LACK_ROOT, alone ? HT_CONFIDENCE_MEDIUM : HT_CONFIDENCE_HIGH, NULL};
}

static bool diagnose_case(const struct ht_case *c, struct ht_session *s, struct diagnosis *d)
{
    if (!ht_cert_session(c, s) || ht_cert_leaf(s)->self_issued)
        return false;
    const struct ht_certificate *top = ht_cert_top(s);
    if (s->tls->verify_result == SELF_SIGNED_ABOVE || (lacks_issuer(s) && top->self_issued)) {
        *d = (struct diagnosis){LACK_ROOT, HT_CONFIDENCE_HIGH,
                                "the server sent its root, and it is not trusted here"};
        return true;
    }
    *d = lacks_issuer(s) ? diagnose(s, top) : (struct diagnosis){0};
    return d->lack != LACK_NOTHING;
}

static void tell_chain(const struct ht_case *c, const struct ht_session *s, const struct diagnosis *d,
                       struct ht_claim *claim)
{
    const struct ht_certificate *top = ht_cert_top(s);
    size_t count = s->tls->certificate_count;
    ht_claim_fact(claim, ht_cert_event(s), "%zu certificate%s came; the chain ends at %s, issued by %s",
                  count, count == 1 ? "" : "s", ht_claim_text(claim, top->subject),
                  ht_claim_text(claim, top->issuer));
    if (d->why)
        ht_claim_fact(claim, ht_cert_event(s), "%s", d->why);
    if (top->ca_issuers.len)
        ht_claim_fact(claim, ht_cert_event(s), "its issuer's certificate is said to be at %s",
                      ht_claim_text(claim, top->ca_issuers));
    if (s->tls->kin.len)
        ht_claim_fact(claim, NULL, "trusted here, of the same organisation: %s",
                      ht_claim_text(claim, s->tls->kin));
    ht_cert_tell_library(c, s, claim);
    claim->confidence = d->confidence;
    ht_cert_grade(c, s, claim);
}

static bool untrusted(const struct ht_case *c, struct ht_claim *claim)
{
    struct ht_session s;
    struct diagnosis d;
    if (!diagnose_case(c, &s, &d) || d.lack != LACK_ROOT)
        return false;
    tell_chain(c, &s, &d, claim);
    if (d.confidence < HT_CONFIDENCE_HIGH)
        claim->also_explained_by = "an intermediate certificate that the server leaves out; a private CA";
    if (c->transfer->custom_ca)
        claim->also_explained_by = "the CA given with --cacert or --capath is not the one this server uses";
    return true;
}

static bool incomplete_chain(const struct ht_case *c, struct ht_claim *claim)
{
    struct ht_session s;
    struct diagnosis d;
    if (!diagnose_case(c, &s, &d) || d.lack != LACK_INTERMEDIATE)
        return false;
    tell_chain(c, &s, &d, claim);
    return true;
}

/* ---- dates ---- */

/* "Tue, 15 Nov 1994 08:12:31 GMT" (RFC 9110 section 5.6.7), in Unix time; 0 where it is anything else. */
static int64_t http_date(const struct ht_span *value)
{
    char text[32];
    struct tm tm = {0};
    enum { IMF_FIXDATE = 29, AFTER_DAY = 5 };
    if (!value || value->len != IMF_FIXDATE)
        return 0;
    memcpy(text, value->data, IMF_FIXDATE);
    text[IMF_FIXDATE] = '\0';
    const char *end = strptime(text + AFTER_DAY, "%d %b %Y %H:%M:%S GMT", &tm);
    return end && *end == '\0' ? (int64_t)timegm(&tm) : 0;
}

/* An answer that came in spite of it tells the time as the server has it. */
static void compare_clocks(const struct ht_case *c, const struct ht_session *s,
                           const struct ht_certificate *bad, struct ht_claim *claim)
{
    enum { DAY_S = 86400 };
    int64_t now = ht_cert_now_s(c, s);
    int64_t theirs = http_date(ht_headers_get(&c->exchange->response.headers, "date"));
    ht_claim_fact(claim, NULL, "this host's clock says %s", ht_cert_date(claim, now));
    if (theirs == 0)
        return;
    ht_claim_fact(claim, NULL, "the answer's Date says %s", ht_cert_date(claim, theirs));
    bool fits = bad && theirs >= bad->not_before_s && theirs <= bad->not_after_s;
    if (fits && (theirs - now > DAY_S || now - theirs > DAY_S)) {
        claim->locus = HT_LOCUS_LOCAL;
        claim->also_explained_by = NULL;
        claim->explanation =
            "By the clock of the server that answered, the certificate is valid: this host's clock is wrong.";
    }
}

static bool is_past(const struct ht_certificate *cert, int64_t now)
{
    return cert->parsed && cert->not_after_s && now > cert->not_after_s;
}

static bool is_to_come(const struct ht_certificate *cert, int64_t now)
{
    return cert->parsed && cert->not_before_s && now < cert->not_before_s;
}

/* A leaf by its dates alone; another certificate of the chain only where verification says so, because
 * servers send spare ones. */
static bool date_fault(const struct ht_case *c, struct ht_claim *claim, int64_t result,
                       bool (*is_bad)(const struct ht_certificate *, int64_t))
{
    struct ht_session s;
    if (!ht_cert_session(c, &s) || !ht_cert_is_unverified(&s))
        return false;
    int64_t now = ht_cert_now_s(c, &s);
    const struct ht_certificate *bad = is_bad(ht_cert_leaf(&s), now) ? ht_cert_leaf(&s) : NULL;
    bool said = s.tls->verify_result == result;
    for (size_t i = 1; !bad && said && i < s.tls->certificate_count; i++) {
        if (is_bad(&s.tls->certificates[i], now))
            bad = &s.tls->certificates[i];
    }
    if (!bad && !said)
        return false;
    if (bad)
        ht_claim_fact(claim, ht_cert_event(&s), "%s is valid from %s to %s",
                      ht_claim_text(claim, bad->subject), ht_cert_date(claim, bad->not_before_s),
                      ht_cert_date(claim, bad->not_after_s));
    else
        ht_claim_fact(claim, NULL, "none of the %zu certificates that came: the trust anchor's own dates",
                      s.tls->certificate_count);
    compare_clocks(c, &s, bad, claim);
    ht_cert_tell_library(c, &s, claim);
    ht_cert_grade(c, &s, claim);
    return true;
}

static bool expired(const struct ht_case *c, struct ht_claim *claim)
{
    return date_fault(c, claim, HAS_EXPIRED, is_past);
}

static bool not_yet_valid(const struct ht_case *c, struct ht_claim *claim)
{
    return date_fault(c, claim, NOT_YET_VALID, is_to_come);
}

/* ---- names ---- */

static bool name_mismatch(const struct ht_case *c, struct ht_claim *claim)
{
    enum { SHOWN = 8 };
    struct ht_session s;
    if (!ht_cert_session(c, &s))
        return false;
    bool said = s.tls->verify_result == NAME || s.tls->verify_result == ADDRESS;
    if (!said && (!s.tls->hostname_checked || s.tls->hostname_ok))
        return false;
    const struct ht_certificate *leaf = ht_cert_leaf(&s);
    struct ht_sink names = ht_sink(HT_CAP_TEXT);
    for (size_t i = 0; i < leaf->san.count && i < SHOWN; i++)
        ht_sink_printf(&names, "%s%s", i ? ", " : "", ht_claim_text(claim, leaf->san.at[i]));
    if (leaf->san.count > SHOWN)
        ht_sink_printf(&names, " and %zu more", leaf->san.count - SHOWN);
    ht_claim_fact(claim, ht_cert_event(&s), "asked for %s; the certificate is for %s",
                  s.of_proxy ? "the proxy's name" : ht_claim_text(claim, ht_case_host(c)),
                  names.len ? ht_sink_text(&names) : "no name at all");
    ht_sink_free(&names);
    ht_claim_fact(claim, ht_cert_event(&s), "issued by %s", ht_claim_text(claim, leaf->issuer));
    ht_cert_grade(c, &s, claim);
    return true;
}

/* ---- revocation ---- */

static bool revoked(const struct ht_case *c, struct ht_claim *claim)
{
    struct ht_session s;
    if (!ht_cert_session(c, &s) || (s.tls->ocsp != HT_OCSP_REVOKED && s.tls->verify_result != REVOKED))
        return false;
    if (s.tls->ocsp == HT_OCSP_REVOKED)
        ht_claim_fact(claim, ht_cert_event(&s), "the OCSP response that the server staples says: revoked");
    ht_cert_tell_library(c, &s, claim);
    ht_cert_grade(c, &s, claim);
    return true;
}

/* --cert-status */
static bool no_status(const struct ht_case *c, struct ht_claim *claim)
{
    enum { INVALID_CERT_STATUS = 91 }; /* CURLE_SSL_INVALIDCERTSTATUS */
    struct ht_session s;
    if (!c->last || !c->ended || c->transfer->curl_code != INVALID_CERT_STATUS || !ht_cert_session(c, &s) ||
        s.tls->ocsp == HT_OCSP_REVOKED)
        return false;
    ht_claim_libcurl(claim, c);
    ht_session_place(&s, claim);
    return true;
}

/* ---- all else ---- */

static bool rejected(const struct ht_case *c, struct ht_claim *claim)
{
    static const int64_t others[] = {
        NO_ISSUER,         NOT_YET_VALID, HAS_EXPIRED, SELF_SIGNED_LEAF, NO_LOCAL_ISSUER, SELF_SIGNED_ABOVE,
        LEAF_UNVERIFIABLE, REVOKED,       NAME,        ADDRESS,          KEY_TOO_SMALL,   CA_KEY_TOO_SMALL,
        HASH_TOO_WEAK};
    struct ht_session s;
    if (!ht_session_fresh(c, &s) || s.tls->verify_result <= 0)
        return false;
    bool parsed = s.tls->certificate_count > 0 && s.tls->certificates[0].parsed;
    for (size_t i = 0; parsed && i < sizeof others / sizeof *others; i++) {
        if (s.tls->verify_result == others[i])
            return false;
    }
    ht_cert_tell_library(c, &s, claim);
    ht_cert_grade(c, &s, claim);
    return true;
}

#define CERT(name)                                                                                           \
    .code = "cert." name, .phase = HT_PHASE_TLS, .severity = HT_SEVERITY_ERROR, .locus = HT_LOCUS_ORIGIN,    \
    .confidence = HT_CONFIDENCE_HIGH, .rank = HT_RANK_CAUSE
#define TRUST_IT "if it is a private CA of yours: --cacert FILE (--proxy-cacert FILE if it is the proxy's)"
#define SEE_ALL  "see the chain: openssl s_client -connect HOST:443 -servername HOST -showcerts"

static const struct ht_rule rows[] = {
    {CERT("revoked"), .title = "The certificate is revoked",
     .explanation = "Its issuer withdrew the certificate before its end, most often because its key leaked.",
     .next_steps = {"have a new certificate issued for a new key"},
     .reference = "RFC 6960 section 2.2, RFC 6066 section 8", .holds = revoked},
    {CERT("self_signed"), .title = "The certificate is self-signed",
     .explanation = "The server vouches for itself: no CA stands behind its name, so it could be anybody. "
                    "Appliances and "
                    "test servers come so by default.",
     .also_explained_by = "a default certificate of a front that does not know this name",
     .next_steps = {"if it is yours: httptrace --cacert FILE URL, with its certificate", SEE_ALL},
     .reference = "RFC 5280 section 6.1", .holds = self_signed},
    {CERT("no_status"), .title = "No OCSP status that holds came with the certificate",
     .explanation =
         "--cert-status insists on an answer of the CA that the server sends along: it sent none, or one "
         "that does not hold. Most servers send none.",
     .next_steps = {"on the server: turn stapling on (nginx: ssl_stapling on)", "do without --cert-status"},
     .reference = "RFC 6066 section 8", .holds = no_status},
    {CERT("untrusted"), .title = "The certificate chain ends in a CA that is not trusted here",
     .explanation = "The chain leads to an issuer that this host's trust store does not hold.",
     .also_explained_by = "a private CA; a TLS-inspecting box whose CA is not installed here",
     .next_steps = {TRUST_IT, SEE_ALL}, .reference = "RFC 5280 section 6.1", .holds = untrusted},
    {CERT("incomplete_chain"), .title = "The server leaves out an intermediate certificate",
     .explanation = "The chain that was sent stops below an issuer that is no trust anchor, and that "
                    "issuer's certificate is "
                    "missing. Browsers often have it from elsewhere, other clients fail.",
     .also_explained_by = "a private CA that is not trusted here",
     .next_steps = {"on the server: send the full chain (nginx: ssl_certificate fullchain.pem)", SEE_ALL},
     .reference = "RFC 8446 section 4.4.2", .holds = incomplete_chain},
    {CERT("expired"), .title = "The certificate has expired",
     .explanation = "Its last day is past by this host's clock.",
     .also_explained_by = "a wrong clock on this host",
     .next_steps = {"on the server: renew it, and reload", "compare this host's clock: date -u"},
     .reference = "RFC 5280 section 4.1.2.5", .holds = expired},
    {CERT("not_yet_valid"), .title = "The certificate is not valid yet",
     .explanation = "Its first day is still to come by this host's clock.",
     .also_explained_by = "a wrong clock on this host", .next_steps = {"compare this host's clock: date -u"},
     .reference = "RFC 5280 section 4.1.2.5", .holds = not_yet_valid},
    {.code = "cert.name_mismatch",
     .phase = HT_PHASE_TLS,
     .severity = HT_SEVERITY_ERROR,
     .locus = HT_LOCUS_FRONT,
     .confidence = HT_CONFIDENCE_MEDIUM,
     .rank = HT_RANK_CAUSE,
     .title = "The certificate is for another name",
     .explanation = "None of the certificate's names covers the host that was asked for: the front serves "
                    "its default site, "
                    "or this is not the server that was meant.",
     .also_explained_by = "DNS that leads elsewhere; a captive portal",
     .next_steps = {"is the address right? httptrace -v URL shows which one answered",
                    "on the server: add the name to the certificate, or a site for it"},
     .reference = "RFC 9525 section 6",
     .holds = name_mismatch},
    {CERT("rejected"), .title = "The certificate does not verify",
     .explanation = "The TLS library refused it for a reason that is not its trust, dates, name or strength.",
     .next_steps = {SEE_ALL}, .reference = "RFC 5280 section 6", .holds = rejected},
};

const struct ht_rule_table ht_rules_cert = HT_RULE_TABLE(rows);
