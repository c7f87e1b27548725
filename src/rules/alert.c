/* SPDX-License-Identifier: MIT */
/* Rules of fatal alerts from the peer: one row per alert of RFC 8446 section 6.2, RFC 5246 section 7.2, RFC
 * 6066, RFC 7301 and RFC 7507. */
#include "rules/session.h"
#include "rules/tables.h"

#include "decode/tls/tls.h"

enum { CERTIFICATE_REQUIRED = 116, ANY_UNNAMED = -1 };

/* These judge the certificate of the side that reads them. */
static bool is_about_our_certificate(int number)
{
    static const uint8_t numbers[] = {41, 42, 43, 44, 45, 46, 48, 49, 51, 111, 114, 116};
    return number >= 0 && memchr(numbers, number, sizeof numbers);
}

static bool is_named_here(uint8_t number);

static bool matches(const struct ht_case *c, const struct ht_tls_alert *alert)
{
    return c->rule->number == ANY_UNNAMED ? !is_named_here(alert->description)
                                          : c->rule->number == alert->description;
}

static void tell_context(const struct ht_case *c, const struct ht_session *s, struct ht_claim *claim)
{
    struct ht_span name = s->tls->client_hello.server_name;
    const struct ht_event *hello = ht_session_message(s, "client_hello", HT_DIR_OUT);
    if (hello)
        ht_claim_fact(claim, hello, "the ClientHello offered %s, server_name %s",
                      ht_session_versions(s, claim), name.len ? ht_claim_text(claim, name) : "not sent");
    const struct ht_event *last = ht_session_last(s);
    if (last && last != hello)
        ht_claim_fact(claim, last, "the last handshake message before it was %s, %s", last->kind,
                      last->dir == HT_DIR_IN ? "received" : "sent");
    (void)c;
}

/* Some servers say so to whoever sends no certificate; others send it for faults of their own. */
static void speak_of_none(struct ht_claim *claim, const struct ht_tls_alert *alert)
{
    claim->title = ht_arena_printf(claim->arena, "The server refused with alert %s", alert->name);
    claim->explanation =
        "The alert speaks of this host's certificate, and none was sent: the server wants one, or "
        "it names a fault of its own so.";
    claim->also_explained_by = "a server that wants a client certificate";
}

static void blame_nobody(const struct ht_case *c, struct ht_claim *claim)
{
    claim->locus = HT_LOCUS_UNKNOWN;
    claim->also_explained_by = "the proxy itself, or anything between it and the origin: it came in clear";
    ht_claim_fact(claim, ht_case_last(c, "connected"), "the TCP connection is with the proxy %s",
                  ht_claim_text(claim, c->connection->proxy->url));
}

static bool alert_came(const struct ht_case *c, struct ht_claim *claim)
{
    struct ht_session s;
    if (!c->ended || !c->failed || !ht_session_of(c, &s))
        return false;
    const struct ht_tls_alert *alert = ht_session_alert(&s, HT_DIR_IN);
    if (!alert || alert->t_us < c->exchange->start_us || !matches(c, alert))
        return false;
    if (c->rule->number == ANY_UNNAMED)
        claim->title =
            ht_arena_printf(claim->arena, "The server sent alert %d, which nobody named", alert->description);
    ht_session_tell_alert(claim, c, alert);
    tell_context(c, &s, claim);
    ht_session_place(&s, claim);
    bool ours = is_about_our_certificate(alert->description);
    if (ours && !s.tls->client_certificate_sent && alert->description != CERTIFICATE_REQUIRED)
        speak_of_none(claim, alert);
    ours = ours && s.tls->client_certificate_sent;
    if (ours || (alert->description == HT_ALERT_PROTOCOL_VERSION && ht_session_is_narrowed(&s)))
        claim->locus = HT_LOCUS_LOCAL;
    else if (s.tunnelled && !ht_session_answered(&s)) /* in clear: whoever holds the tunnel can say so */
        blame_nobody(c, claim);
    return true;
}

#define ALERT(number_, name, title_, explanation_, also, reference_, ...)                                    \
    {                                                                                                        \
        .code = "tls.alert." name, .phase = HT_PHASE_TLS, .severity = HT_SEVERITY_ERROR,                     \
        .locus = HT_LOCUS_FRONT, .confidence = HT_CONFIDENCE_HIGH, .rank = HT_RANK_CAUSE, .number = number_, \
        .title = title_, .explanation = explanation_, .also_explained_by = also, .reference = reference_,    \
        .holds = alert_came, .next_steps = {                                                                 \
            __VA_ARGS__                                                                                      \
        }                                                                                                    \
    }
#define RFC8446     "RFC 8446 section 6.2"
#define RFC5246     "RFC 5246 section 7.2.2"
#define SERVER_LOG  "look at the server's error log at that moment"
#define OWN_CERT    "check the certificate given with --cert: openssl x509 -in FILE -noout -text"
#define SEE         "httptrace -vv URL shows the messages before it"
#define BROKEN_HERE "a box on the path that changed what this host sent, or a faulty TLS implementation"

static const struct ht_rule rows[] = {
    ALERT(10, "unexpected_message", "The server refused: a message came that it did not expect here",
          "The server says that a message of this host was out of place. Between proper implementations this "
          "does not happen.",
          BROKEN_HERE, RFC8446, SERVER_LOG, SEE),
    ALERT(20, "bad_record_mac", "The server could not decrypt what this host sent",
          "The server says that a record failed its integrity check: it was changed on the way, or the two "
          "sides "
          "do not have the same keys.",
          BROKEN_HERE, RFC8446, "ask again: is it always so?", SERVER_LOG),
    ALERT(21, "decryption_failed", "The server could not decrypt what this host sent",
          "A reserved alert of TLS 1.0; today's servers send bad_record_mac.", BROKEN_HERE, RFC5246,
          SERVER_LOG),
    ALERT(22, "record_overflow", "The server refused: a record was too long for it",
          "The server says that a record exceeds what TLS allows.", BROKEN_HERE, RFC8446, SERVER_LOG, SEE),
    ALERT(30, "decompression_failure", "The server refused: decompression failed",
          "An alert of TLS 1.2 and before; compression is not in use today.", BROKEN_HERE, RFC5246,
          SERVER_LOG),
    ALERT(40, "handshake_failure", "The server found no acceptable parameters and refused the handshake",
          "The server could not agree: no cipher suite, key exchange group or signature algorithm in common, "
          "or "
          "it refuses this client or this name without saying why.",
          "a server that wants a client certificate; a front that rejects an unknown name", RFC8446,
          "offer more: leave out --ciphers, --tls13-ciphers and --curves",
          "to reach an old server: httptrace --ciphers DEFAULT@SECLEVEL=0 URL", SERVER_LOG),
    ALERT(41, "no_certificate", "The server refused: no certificate (an alert of SSL 3.0)",
          "An alert of SSL 3.0, long withdrawn.", NULL, RFC5246, SERVER_LOG),
    ALERT(42, "bad_certificate", "The server refused this host's certificate as corrupt",
          "The server says that a certificate was corrupt or its signatures do not verify. Where a client "
          "certificate was sent, it means that one.",
          "a server that wants a client certificate and got none", RFC8446, OWN_CERT, SERVER_LOG),
    ALERT(43, "unsupported_certificate", "The server refused this host's certificate: an unsupported kind",
          "The client certificate's type or key is not what the server takes.", NULL, RFC8446, OWN_CERT,
          SERVER_LOG),
    ALERT(44, "certificate_revoked", "The server refused this host's certificate: revoked",
          "The server found the client certificate revoked by its issuer.", NULL, RFC8446,
          "ask its issuer for another certificate", SERVER_LOG),
    ALERT(45, "certificate_expired", "The server refused this host's certificate: expired",
          "The server finds the client certificate expired, or not valid yet by its own clock.", NULL,
          RFC8446, OWN_CERT, SERVER_LOG),
    ALERT(46, "certificate_unknown", "The server refused this host's certificate",
          "Some other fault made the client certificate unacceptable to the server.", NULL, RFC8446, OWN_CERT,
          SERVER_LOG),
    ALERT(47, "illegal_parameter", "The server refused: a field was out of range or inconsistent",
          "The server says that a handshake field of this host contradicts others or is out of range.",
          BROKEN_HERE, RFC8446, SERVER_LOG, SEE),
    ALERT(48, "unknown_ca", "The server does not know the CA of this host's certificate",
          "The client certificate's chain ends in no CA that the server trusts.", NULL, RFC8446,
          "send the intermediate certificates as well, in the file given with --cert", SERVER_LOG),
    ALERT(49, "access_denied", "The server refused this host's certificate: access denied",
          "A valid certificate or key was given, and the server's access rules refuse it.", NULL, RFC8446,
          SERVER_LOG),
    ALERT(50, "decode_error", "The server could not decode a message of this host",
          "The server says that a message's lengths or fields do not parse.", BROKEN_HERE, RFC8446,
          "make the ClientHello smaller: httptrace --curves X25519 URL", SERVER_LOG),
    ALERT(
        51, "decrypt_error", "The server refused: a handshake signature or Finished did not verify",
        "A cryptographic check of the handshake failed on the server's side: its transcript and this host's "
        "differ, or a client certificate's key does not fit.",
        "a box on the path that changed the handshake", RFC8446, OWN_CERT, SERVER_LOG),
    ALERT(60, "export_restriction", "The server refused: export restriction", "A reserved alert of TLS 1.0.",
          NULL, RFC5246, SERVER_LOG),
    ALERT(70, "protocol_version", "The server accepts none of the TLS versions that were offered",
          "The server knows the versions of the ClientHello, and supports none of them.", NULL, RFC8446,
          "leave out --tlsv1.x and --tls-max",
          "to reach an old server: httptrace --tlsv1.0 --ciphers DEFAULT@SECLEVEL=0 URL"),
    ALERT(71, "insufficient_security", "The server wants stronger parameters than were offered",
          "A handshake_failure whose reason is that the server's floor is above this host's offer.", NULL,
          RFC8446, "leave out --ciphers and --curves"),
    ALERT(80, "internal_error", "The server failed inside, or has no certificate for this name",
          "An error that has nothing to do with this host's messages. Servers written in Go, Traefik among "
          "them, "
          "send it when they have no certificate for the name.",
          "a strict front that knows no such name", RFC8446,
          "is the name right? httptrace --resolve NAME:443:ADDRESS https://NAME/", SERVER_LOG),
    ALERT(
        86, "inappropriate_fallback", "The server refused a fallback to an older TLS version",
        "The ClientHello carried TLS_FALLBACK_SCSV and offered less than the server can: an earlier attempt "
        "with a newer version must have failed on the way.",
        NULL, "RFC 7507 section 3", "offer the newest version: leave out --tls-max"),
    ALERT(
        109, "missing_extension", "The server refused: an extension that it needs is missing",
        "A TLS 1.3 handshake needs supported_groups, signature_algorithms and often server_name; one was not "
        "there.",
        "a server that insists on server_name: none is sent for an address", RFC8446,
        "ask by name, not by address"),
    ALERT(110, "unsupported_extension", "The server refused: an extension where it must not be",
          "The server says that a message carries an extension that was not offered.", BROKEN_HERE, RFC8446,
          SERVER_LOG),
    ALERT(111, "certificate_unobtainable", "The server could not fetch this host's certificate",
          "Said of a client certificate given by URL.", NULL, "RFC 6066 section 9", SERVER_LOG),
    ALERT(
        112, "unrecognized_name", "The server does not serve this name",
        "No server by the name in server_name is known there: strict SNI in HAProxy, ssl_reject_handshake in "
        "nginx, a Go server without a certificate for it.",
        "DNS that leads to another server than was meant", RFC8446 ", RFC 6066 section 3",
        "is the name spelled right, and does it resolve to the server that was meant?",
        "look at the front's list of names and certificates"),
    ALERT(113, "bad_certificate_status_response", "The server refused an OCSP response",
          "Said by a side that got an invalid or unacceptable OCSP response.", NULL, RFC8446, SERVER_LOG),
    ALERT(114, "bad_certificate_hash_value", "The server refused: a certificate's hash does not match",
          "Said of a client certificate given by URL.", NULL, "RFC 6066 section 9", SERVER_LOG),
    ALERT(115, "unknown_psk_identity", "The server does not know the pre-shared key",
          "The server wants a pre-shared key and knows none of those that were offered.", NULL, RFC8446,
          SERVER_LOG),
    ALERT(116, "certificate_required", "The server requires a client certificate",
          "The server asked for a client certificate and got none.", NULL, RFC8446,
          "send one: httptrace --cert FILE --key FILE URL"),
    ALERT(120, "no_application_protocol", "The server speaks none of the protocols that were offered",
          "ALPN found no protocol in common: the server has neither h2 nor http/1.1 on this port, or one of "
          "them "
          "was not offered.",
          "a port for another protocol (gRPC, ACME, DNS over TLS)", "RFC 7301 section 3.2",
          "offer both: leave out --http1.1, --http2 and --no-alpn", "check the port"),
    ALERT(121, "ech_required", "The server requires Encrypted Client Hello with a fresh key",
          "The server did not accept the encrypted ClientHello, and wants the client to try again.", NULL,
          "RFC 9849 section 11.2", "fetch the name's HTTPS record anew"),
    ALERT(ANY_UNNAMED, "unknown", "The server sent an alert that nobody named",
          "Its number is in no registry.", "a front with a private alert, or broken bytes", RFC8446,
          SERVER_LOG, SEE),
};

static bool is_named_here(uint8_t number)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (rows[i].number == number)
            return true;
    }
    return false;
}

const struct ht_rule_table ht_rules_alert = HT_RULE_TABLE(rows);
