/* SPDX-License-Identifier: MIT */
/* Rules of what client and server agreed on: downgrades, old versions, weak ciphers, a second ClientHello
 * (RFC 8446, RFC 9325). */
#include "rules/session.h"
#include "rules/tables.h"

#include "decode/tls/tls.h"

#include <fnmatch.h>

/* The last eight bytes of ServerHello.random where a server that knows TLS 1.3 (01) or 1.2 (00) chose less
 * (RFC 8446 section 4.1.3). */
static bool is_marked(struct ht_span random)
{
    static const char mark[] = "DOWNGRD";
    enum { MARK = sizeof mark - 1, RANDOM = 32 };
    return random.len == RANDOM && memcmp(random.data + RANDOM - MARK - 1, mark, MARK) == 0 &&
           random.data[RANDOM - 1] <= 1;
}

static bool downgrade_sentinel(const struct ht_case *c, struct ht_claim *claim)
{
    struct ht_session s;
    if (!ht_session_fresh(c, &s) || !s.tls->server_hello.present || !is_marked(s.tls->server_hello.random))
        return false;
    uint16_t version = s.tls->version;
    uint16_t best = s.tls->server_hello.random.data[31] == 1 ? HT_TLS_1_3 : HT_TLS_1_2;
    if (version == 0 || version >= best || !ht_session_offers(&s, HT_TLS_1_3))
        return false;
    const char *name = ht_tls_version_name(version);
    ht_claim_fact(claim, ht_session_message(&s, "client_hello", HT_DIR_OUT), "this host offered %s",
                  ht_session_versions(&s, claim));
    ht_claim_fact(
        claim, ht_session_message(&s, "server_hello", HT_DIR_IN),
        "the server chose %s, and its random ends in DOWNGRD%02x: it knows %s, and was not offered it",
        name ? name : "an older version", s.tls->server_hello.random.data[31], ht_tls_version_name(best));
    ht_session_place(&s, claim);
    return true;
}

static bool version_low(const struct ht_case *c, struct ht_claim *claim)
{
    struct ht_session s;
    if (!ht_session_fresh(c, &s) || !s.tls->ok || s.tls->version == 0 || s.tls->version >= HT_TLS_1_3)
        return false;
    const char *name = ht_tls_version_name(s.tls->version);
    ht_claim_fact(claim, ht_session_message(&s, "server_hello", HT_DIR_IN),
                  "agreed on %s; this host offered %s", name ? name : "an unknown version",
                  ht_session_versions(&s, claim));
    if (s.tls->version == HT_TLS_1_2) {
        claim->severity = HT_SEVERITY_INFO;
        claim->title = "TLS 1.2 was agreed on, not 1.3";
        claim->explanation = "TLS 1.2 is fine with modern ciphers; 1.3 saves a round trip and hides more.";
    }
    if (!ht_session_offers(&s, HT_TLS_1_3))
        claim->also_explained_by = "this host's own --tls-max or library, which did not offer TLS 1.3";
    ht_session_place(&s, claim);
    return true;
}

static bool hello_retry(const struct ht_case *c, struct ht_claim *claim)
{
    struct ht_session s;
    if (!ht_session_fresh(c, &s) || !s.tls->hello_retry)
        return false;
    const struct ht_event *retry = ht_session_message(&s, "hello_retry_request", HT_DIR_IN);
    ht_claim_fact(claim, retry, "HelloRetryRequest at %s; the group agreed on is %s",
                  retry ? ht_claim_moment(claim, retry->t_us) : "an unknown time",
                  s.tls->group.len ? ht_claim_text(claim, s.tls->group) : "not known");
    ht_session_place(&s, claim);
    return true;
}

/* By the names of the IANA registry; the first that matches speaks (RFC 9325 section 4.1). */
static const struct {
    const char *glob, *why;
} weak[] = {
    {"*_NULL_*", "no encryption"},
    {"*_EXPORT*", "export-grade keys"},
    {"*_anon_*", "no authentication of the server"},
    {"*_RC4_*", "RC4, prohibited by RFC 7465"},
    {"*_3DES_*", "64-bit blocks (3DES)"},
    {"*_DES_*", "56-bit DES"},
    {"*_DES40_*", "40-bit DES"},
    {"*_RC2_*", "RC2"},
    {"*_IDEA_*", "64-bit blocks (IDEA)"},
    {"TLS_RSA_*", "no forward secrecy: the key is encrypted to the certificate's key"},
    {"TLS_DH_*", "no forward secrecy: static Diffie-Hellman"},
    {"TLS_ECDH_*", "no forward secrecy: static Diffie-Hellman"},
    {"*_CBC_*", "CBC with MAC-then-encrypt"},
};

static bool weak_cipher(const struct ht_case *c, struct ht_claim *claim)
{
    struct ht_session s;
    if (!ht_session_fresh(c, &s) || !s.tls->ok || !s.tls->cipher.len)
        return false;
    const char *name = ht_claim_text(claim, s.tls->cipher);
    for (size_t i = 0; i < sizeof weak / sizeof *weak; i++) {
        if (fnmatch(weak[i].glob, name, 0) != 0)
            continue;
        ht_claim_fact(claim, ht_session_message(&s, "server_hello", HT_DIR_IN), "the server chose %s: %s",
                      name, weak[i].why);
        ht_session_place(&s, claim);
        return true;
    }
    return false;
}

static const struct ht_rule rows[] = {
    {.code = "tls.downgrade_sentinel",
     .phase = HT_PHASE_TLS,
     .severity = HT_SEVERITY_ERROR,
     .locus = HT_LOCUS_PATH,
     .confidence = HT_CONFIDENCE_HIGH,
     .rank = HT_RANK_CAUSE,
     .title = "The handshake was downgraded on the way",
     .explanation =
         "The server marked its ServerHello as a fallback: it speaks a newer TLS version, and the "
         "ClientHello that "
         "it got did not offer it. The one that left this host did. Somebody in between changed it.",
     .also_explained_by = "a front that ends TLS with a library that sets the mark wrongly",
     .next_steps = {"try the same from another network", "httptrace -vv URL shows both messages"},
     .reference = "RFC 8446 section 4.1.3",
     .supersedes = "tls.bad_record tls.refused_here tls.version_low",
     .holds = downgrade_sentinel},
    {.code = "tls.version_low",
     .phase = HT_PHASE_TLS,
     .severity = HT_SEVERITY_WARNING,
     .locus = HT_LOCUS_FRONT,
     .confidence = HT_CONFIDENCE_HIGH,
     .rank = HT_RANK_CONTEXT,
     .title = "An old TLS version was agreed on",
     .explanation =
         "TLS 1.0 and 1.1 are withdrawn: their hashes and ciphers no longer protect what they carry.",
     .next_steps = {"update the server's TLS settings: TLS 1.2 and 1.3"},
     .reference = "RFC 8996, RFC 9325 section 3.1.1",
     .holds = version_low},
    {.code = "tls.hello_retry",
     .phase = HT_PHASE_TLS,
     .severity = HT_SEVERITY_INFO,
     .locus = HT_LOCUS_FRONT,
     .confidence = HT_CONFIDENCE_HIGH,
     .rank = HT_RANK_CONTEXT,
     .title = "The server asked for another key share: one more round trip",
     .explanation = "The server wants a group for which this host sent no key share, or a cookie. The "
                    "handshake is healthy "
                    "and takes one round trip more.",
     .next_steps = {"offer its group first: httptrace --curves GROUP URL"},
     .reference = "RFC 8446 section 4.1.4",
     .holds = hello_retry},
    {.code = "tls.weak_cipher",
     .phase = HT_PHASE_TLS,
     .severity = HT_SEVERITY_WARNING,
     .locus = HT_LOCUS_FRONT,
     .confidence = HT_CONFIDENCE_HIGH,
     .rank = HT_RANK_CONTEXT,
     .title = "A weak cipher suite was agreed on",
     .explanation =
         "The cipher suite that the server chose has known weaknesses, and clients that matter offer "
         "better ones.",
     .next_steps = {"update the server's cipher list: ECDHE with AES-GCM or ChaCha20-Poly1305"},
     .reference = "RFC 9325 section 4.1",
     .holds = weak_cipher},
};

const struct ht_rule_table ht_rules_tls_agreed = HT_RULE_TABLE(rows);
