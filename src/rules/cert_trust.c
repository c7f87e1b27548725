/* SPDX-License-Identifier: MIT */
/* Rules of who stands behind a certificate, and how strong it is: inspection products, local roots, missing
 * timestamps, weak keys and signatures (RFC 5280, RFC 6962, RFC 9155). */
#include "rules/cert_data.h"
#include "rules/cert_facts.h"
#include "rules/tables.h"

#include "base/url.h"

#include <strings.h>

/* ---- inspection ---- */

/* A self-issued leaf is a product's own page, not one that it made for another site. */
static const struct ht_inspector *find_inspector(const struct ht_session *s, const struct ht_certificate **by)
{
    const struct ht_certificate *all = s->tls->certificates;
    for (size_t i = 0; i < s->tls->certificate_count; i++) {
        if (!all[i].parsed || (i == 0 && all[i].self_issued))
            continue;
        const struct ht_inspector *found = ht_inspector_find(all[i].issuer_cn, all[i].issuer_org);
        *by = &all[i];
        if (found)
            return found;
    }
    return NULL;
}

static bool is_loopback(struct ht_span remote)
{
    return (remote.len > 4 && memcmp(remote.data, "127.", 4) == 0) ||
           (remote.len > 5 && memcmp(remote.data, "[::1]", 5) == 0);
}

static enum ht_locus place_of(const struct ht_case *c, const struct ht_inspector *product)
{
    if (product->place == HT_INSPECTOR_HOST)
        return HT_LOCUS_LOCAL;
    if (c->connection->proxy)
        return HT_LOCUS_PROXY;
    bool here = product->place == HT_INSPECTOR_EITHER && is_loopback(c->connection->remote);
    return here ? HT_LOCUS_LOCAL : HT_LOCUS_PATH;
}

static bool inspection_issuer(const struct ht_case *c, struct ht_claim *claim)
{
    struct ht_session s;
    const struct ht_certificate *by = NULL;
    if (!ht_session_of(c, &s))
        return false;
    const struct ht_inspector *product = find_inspector(&s, &by);
    if (!product)
        return false;
    claim->title = ht_arena_printf(claim->arena, "TLS is opened on the way by %s", product->product);
    claim->locus = place_of(c, product);
    ht_claim_fact(claim, ht_cert_event(&s), "%s is issued by %s", ht_claim_text(claim, by->subject),
                  ht_claim_text(claim, by->issuer));
    ht_claim_fact(claim, NULL, "its %s is that of %s",
                  product->part == HT_ISSUER_CN ? "issuer's common name" : "issuer's organisation",
                  product->product);
    if (s.tls->verify_result == 0)
        ht_claim_fact(claim, NULL, "the chain verifies: this host trusts that CA");
    ht_cert_tell_library(c, &s, claim);
    ht_session_place(&s, claim);
    return true;
}

/* ---- roots ---- */

static bool local_root(const struct ht_case *c, struct ht_claim *claim)
{
    struct ht_session s;
    if (!ht_cert_session(c, &s) || s.tls->verify_result != 0 || s.tls->anchor_public != 0)
        return false;
    const struct ht_certificate *top = ht_cert_top(&s);
    ht_claim_fact(claim, ht_cert_event(&s), "the chain verifies up to %s",
                  ht_claim_text(claim, top->self_issued ? top->subject : top->issuer));
    ht_claim_fact(claim, NULL, "that anchor is not among the distribution's public CAs");
    if (c->transfer->custom_ca) {
        claim->severity = HT_SEVERITY_INFO;
        ht_claim_fact(claim, NULL, "the trust anchors were given by option: --cacert or --capath");
        claim->also_explained_by = NULL;
    }
    ht_session_place(&s, claim);
    return true;
}

static bool no_sct(const struct ht_case *c, struct ht_claim *claim)
{
    enum {
        SINCE_S = 1525046400
    }; /* 2018-04-30: browsers ask for timestamps in what is issued from then on */
    struct ht_session s;
    if (!ht_cert_session(c, &s) || s.tls->verify_result != 0 || s.tls->anchor_public != 1 ||
        s.tls->sct_in_tls || ht_cert_leaf(&s)->has_sct || ht_cert_leaf(&s)->not_before_s < SINCE_S)
        return false;
    ht_claim_fact(claim, ht_cert_event(&s), "issued on %s by %s, with no signed certificate timestamp",
                  ht_cert_date(claim, ht_cert_leaf(&s)->not_before_s),
                  ht_claim_text(claim, ht_cert_leaf(&s)->issuer));
    if (!s.tls->client_hello.sct)
        claim->also_explained_by =
            "a server that gives its timestamps in TLS or OCSP, to clients who ask for them";
    ht_session_place(&s, claim);
    return true;
}

/* ---- strength ---- */

enum { KEY_TOO_SMALL = 66, CA_KEY_TOO_SMALL = 67, HASH_TOO_WEAK = 68 }; /* X509_V_ERR_* */

static bool begins(const char *text, const char *with)
{
    return strncmp(text, with, strlen(with)) == 0;
}

static bool has_weak_key(const struct ht_certificate *cert)
{
    enum { RSA_LEAST = 2048, EC_LEAST = 224 };
    if (begins(cert->key, "RSA") || begins(cert->key, "DSA"))
        return cert->key_bits < RSA_LEAST;
    return begins(cert->key, "EC ") && cert->key_bits < EC_LEAST;
}

static bool has_weak_signature(const struct ht_certificate *cert)
{
    static const char *const hashes[] = {"sha1", "md5", "md4", "md2"};
    for (size_t i = 0; i < sizeof hashes / sizeof *hashes; i++) {
        if (strcasestr(cert->signature, hashes[i]))
            return true;
    }
    return false;
}

/* The leaf and the intermediates; what signs itself is trusted, or not, for other reasons. */
static const struct ht_certificate *find_weak(const struct ht_session *s,
                                              bool (*is_weak)(const struct ht_certificate *))
{
    const struct ht_certificate *all = s->tls->certificates;
    for (size_t i = 0; i < s->tls->certificate_count; i++) {
        bool counts = i == 0 || (all[i].is_ca && !all[i].self_issued);
        if (all[i].parsed && counts && is_weak(&all[i]))
            return &all[i];
    }
    return NULL;
}

static void grade_strength(const struct ht_case *c, const struct ht_session *s, struct ht_claim *claim,
                           bool refused)
{
    if (refused)
        claim->severity = HT_SEVERITY_ERROR;
    if (refused)
        ht_cert_tell_library(c, s, claim);
    if (s->tls->verify_result != 0)
        ht_cert_grade(c, s, claim);
    ht_session_place(s, claim);
}

static bool weak_key(const struct ht_case *c, struct ht_claim *claim)
{
    struct ht_session s;
    if (!ht_cert_session(c, &s))
        return false;
    const struct ht_certificate *weak = find_weak(&s, has_weak_key);
    bool refused = s.tls->verify_result == KEY_TOO_SMALL || s.tls->verify_result == CA_KEY_TOO_SMALL;
    if (!weak && !refused)
        return false;
    if (weak)
        ht_claim_fact(claim, ht_cert_event(&s), "%s has a key of %s", ht_claim_text(claim, weak->subject),
                      ht_claim_text(claim, ht_span_str(weak->key)));
    grade_strength(c, &s, claim, refused);
    return true;
}

static bool weak_signature(const struct ht_case *c, struct ht_claim *claim)
{
    struct ht_session s;
    if (!ht_cert_session(c, &s))
        return false;
    const struct ht_certificate *weak =
        ht_cert_leaf(&s)->self_issued ? NULL : find_weak(&s, has_weak_signature);
    bool refused = s.tls->verify_result == HASH_TOO_WEAK;
    if (!weak && !refused)
        return false;
    if (weak)
        ht_claim_fact(claim, ht_cert_event(&s), "%s is signed with %s", ht_claim_text(claim, weak->subject),
                      ht_claim_text(claim, ht_span_str(weak->signature)));
    grade_strength(c, &s, claim, refused);
    return true;
}

static const struct ht_rule rows[] = {
    {.code = "cert.inspection_issuer",
     .phase = HT_PHASE_TLS,
     .severity = HT_SEVERITY_ERROR,
     .locus = HT_LOCUS_PATH,
     .confidence = HT_CONFIDENCE_HIGH,
     .rank = HT_RANK_CAUSE,
     .title = "TLS is opened on the way by an inspection product",
     .explanation = "The certificate was issued by a product that opens TLS to look inside, not by the CA of "
                    "the site: what "
                    "answers is that product. It reads the request and its answer, and may change both.",
     .also_explained_by = "a site of that product's maker, signed by its own CA",
     .next_steps = {"compare from another network, or without the proxy: httptrace --noproxy '*' URL",
                    "if it is meant to be there: have the host exempted, or trust its CA with --cacert FILE"},
     .reference = "RFC 8446 section 4.4.2, RFC 9325 section 7.1",
     .supersedes = "cert.untrusted cert.incomplete_chain cert.self_signed cert.local_root cert.no_sct",
     .holds = inspection_issuer},
    {.code = "cert.weak_key",
     .phase = HT_PHASE_TLS,
     .severity = HT_SEVERITY_WARNING,
     .locus = HT_LOCUS_ORIGIN,
     .confidence = HT_CONFIDENCE_HIGH,
     .rank = HT_RANK_CAUSE,
     .title = "A key in the certificate chain is too short",
     .explanation = "RSA keys below 2048 bits can be broken; public CAs have not signed them since 2014.",
     .next_steps = {"on the server: a new key (EC P-256, or RSA of 2048 bits) and certificate"},
     .reference = "RFC 9325 section 4.5",
     .holds = weak_key},
    {.code = "cert.weak_signature",
     .phase = HT_PHASE_TLS,
     .severity = HT_SEVERITY_WARNING,
     .locus = HT_LOCUS_ORIGIN,
     .confidence = HT_CONFIDENCE_HIGH,
     .rank = HT_RANK_CAUSE,
     .title = "A certificate is signed with a broken hash",
     .explanation =
         "Certificates signed with SHA-1 or MD5 can be forged: two with one signature can be made.",
     .next_steps = {"on the server: a certificate signed with SHA-256"},
     .reference = "RFC 9155 section 2, RFC 9325 section 4.5",
     .holds = weak_signature},
    {.code = "cert.local_root",
     .phase = HT_PHASE_TLS,
     .severity = HT_SEVERITY_NOTICE,
     .locus = HT_LOCUS_UNKNOWN,
     .confidence = HT_CONFIDENCE_MEDIUM,
     .rank = HT_RANK_CONTEXT,
     .title = "The certificate verifies only by a locally added root",
     .explanation = "The chain ends in a root that is not one of the distribution's public CAs: somebody "
                    "added it to this "
                    "host, for a private PKI or to let a box on the way open TLS.",
     .also_explained_by = "a private CA of your organisation",
     .next_steps = {"is the site public? Then compare the issuer from another network"},
     .reference = "RFC 5280 section 6.1.1",
     .holds = local_root},
    {.code = "cert.no_sct",
     .phase = HT_PHASE_TLS,
     .severity = HT_SEVERITY_NOTICE,
     .locus = HT_LOCUS_UNKNOWN,
     .confidence = HT_CONFIDENCE_LOW,
     .rank = HT_RANK_CONTEXT,
     .title = "The certificate is in no public log",
     .explanation = "It verifies by a public root and carries no signed certificate timestamp. Browsers ask "
                    "for them, so "
                    "public CAs log what they sign: a certificate without was not meant for the public, or "
                    "not from the CA.",
     .also_explained_by = "a private certificate of a public CA",
     .next_steps = {"look for it in the logs: https://crt.sh/?q=HOST"},
     .reference = "RFC 6962 section 3",
     .holds = no_sct},
};

const struct ht_rule_table ht_rules_cert_trust = HT_RULE_TABLE(rows);
