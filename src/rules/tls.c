/* SPDX-License-Identifier: MIT */
/* Rules of handshakes that began and did not end well: plain text, stalls, cuts, versions, broken records,
 * client certificates (RFC 8446, RFC 5246). */
#include "rules/session.h"
#include "rules/tables.h"

#include "decode/h2/h2.h"
#include "decode/tls/tls.h"

#include <inttypes.h>

/* Alerts that this side sends when what came breaks the protocol, not when it dislikes what it was offered
 * (RFC 8446 section 6.2). */
static const uint8_t broken[] = {10, 20, 21, 22, 30, 47, 50, 51, 109, 110};
/* Alerts that judge the other side's certificate. */
static const uint8_t about_certificates[] = {41, 42, 43, 44, 45, 46, 48, 113};
enum { NO_CERTIFICATE = 41 };

static bool is_one_of(const struct ht_tls_alert *alert, const uint8_t *numbers, size_t count)
{
    return alert && memchr(numbers, alert->description, count) != NULL;
}

static bool is_unverified(const struct ht_case *c, const struct ht_session *s)
{
    return s->tls->verify_result > 0 && !c->transfer->insecure;
}

/* ---- plain text ---- */

/* What a server says first, or in answer to bytes it cannot read. */
static const struct {
    const char *begins;
    size_t len;
    const char *name;
} plain[] = {
#define SAYS(text, what)                                                                                     \
    {                                                                                                        \
        text, sizeof(text) - 1, what                                                                         \
    }
    SAYS("HTTP/", "HTTP"),
    SAYS("SSH-", "SSH"),
    SAYS("220 ", "SMTP or FTP"),
    SAYS("220-", "SMTP or FTP"),
    SAYS("421 ", "SMTP or FTP"),
    SAYS("554 ", "SMTP"),
    SAYS("500 ", "SMTP or FTP"),
    SAYS("* OK", "IMAP"),
    SAYS("* BYE", "IMAP"),
    SAYS("+OK", "POP3"),
    SAYS("-ERR", "POP3 or Redis"),
    SAYS("RFB ", "VNC"),
    SAYS("AMQP", "AMQP"),
    SAYS("<?xml", "XML, such as XMPP"),
    SAYS("<stream:", "XMPP"),
    SAYS("<!DOCTYPE", "HTML without an HTTP head"),
    SAYS("<html", "HTML without an HTTP head"),
#undef SAYS
};

/* A SETTINGS frame on stream 0 (RFC 9113 section 6.5): its entries have six bytes each. */
static bool is_settings_frame(struct ht_span head)
{
    enum { ENTRY = 6 };
    return head.len >= HT_H2_HEADER_LEN && head.data[0] == 0 && head.data[1] == 0 &&
           head.data[2] % ENTRY == 0 && head.data[3] == HT_H2_SETTINGS &&
           (head.data[5] | head.data[6] | head.data[7] | head.data[8]) == 0;
}

static const char *name_of_plain(struct ht_span head)
{
    if (is_settings_frame(head))
        return "HTTP/2 without TLS";
    for (size_t i = 0; i < sizeof plain / sizeof *plain; i++) {
        if (head.len >= plain[i].len && memcmp(head.data, plain[i].begins, plain[i].len) == 0)
            return plain[i].name;
    }
    return NULL;
}

static struct ht_span joined(struct ht_arena *arena, struct ht_span a, struct ht_span b)
{
    uint8_t *bytes = ht_arena_alloc(arena, a.len + b.len);
    if (a.len)
        memcpy(bytes, a.data, a.len);
    if (b.len)
        memcpy(bytes + a.len, b.data, b.len);
    return ht_span(bytes, a.len + b.len);
}

/* A record's content type, and the major version that all of TLS and SSL 3.0 share (RFC 8446 section 5.1). */
static bool is_not_tls(struct ht_span head)
{
    enum { HEARTBEAT = HT_TLS_APPLICATION_DATA + 1, MAJOR = 3 };
    if (head.len == 0)
        return false;
    return head.data[0] < HT_TLS_CHANGE_CIPHER_SPEC || head.data[0] > HEARTBEAT ||
           (head.len > 1 && head.data[1] != MAJOR);
}

static bool plaintext_reply(const struct ht_case *c, struct ht_claim *claim)
{
    struct ht_session s;
    if (!ht_session_fresh(c, &s) || !ht_session_failed(c, &s) || ht_session_answered(&s))
        return false;
    bool sealed = s.tunnelled && c->connection->proxy_tls; /* what the socket holds is the proxy's TLS */
    struct ht_span unread = sealed ? (struct ht_span){0} : c->connection->unread;
    struct ht_span head = joined(claim->arena, s.tls->reply_head, unread);
    if (!is_not_tls(head))
        return false;
    const char *name = name_of_plain(head);
    const struct ht_event *event = ht_case_last_dir(c, "records", HT_DIR_IN);
    ht_claim_fact(claim, event, "the answer to the ClientHello begins: %s",
                  ht_claim_text(claim, ht_span_head(head, 80)));
    if (name)
        claim->title = ht_arena_printf(claim->arena, "The port does not speak TLS: it answers in %s", name);
    if (name && strcmp(name, "HTTP") == 0)
        claim->also_explained_by = "a captive portal or a filter that answers in plain HTTP for the server";
    ht_session_place_tcp(&s, claim);
    return true;
}

/* ---- in the middle of a handshake ---- */

static void tell_progress(const struct ht_case *c, const struct ht_session *s, struct ht_claim *claim)
{
    const struct ht_event *last = ht_session_last(s);
    ht_claim_fact(claim, last, "the last handshake message was %s, %s, at %s", last->kind,
                  last->dir == HT_DIR_IN ? "received" : "sent", ht_claim_moment(claim, last->t_us));
    ht_claim_fact(claim, ht_case_last(c, "sample"), "%lld bytes of TLS came in all, %lld went out",
                  (long long)s->tls->bytes[HT_DIR_IN], (long long)s->tls->bytes[HT_DIR_OUT]);
    const struct ht_sample *sample = ht_case_sample(c);
    if (sample && sample->tcp.rcv_ooopack > 0)
        ht_claim_fact(claim, NULL, "%lld segments came out of order: some before them are missing",
                      (long long)sample->tcp.rcv_ooopack);
    if (s->tls->client_certificate_requested && !s->tls->client_certificate_sent)
        ht_claim_fact(claim, ht_session_message(s, "certificate_request", HT_DIR_IN),
                      "the server asked for a client certificate");
}

static bool is_midway(const struct ht_case *c, struct ht_session *s)
{
    return ht_session_fresh(c, s) && ht_session_failed(c, s) && ht_session_answered(s) &&
           s->tls->handshake.last && !ht_session_alert(s, HT_DIR_IN) && !ht_session_alert(s, HT_DIR_OUT) &&
           !is_unverified(c, s);
}

static bool stalled_mid_handshake(const struct ht_case *c, struct ht_claim *claim)
{
    struct ht_session s;
    if (!is_midway(c, &s) || !ht_session_silent(c))
        return false;
    tell_progress(c, &s, claim);
    ht_claim_fact(claim, NULL, "then nothing for %s", ht_claim_time(claim, ht_case_silence_us(c)));
    ht_session_place(&s, claim);
    return true;
}

static bool cut_mid_handshake(const struct ht_case *c, struct ht_claim *claim)
{
    struct ht_session s;
    bool rst = ht_case_ended_by(c, HT_TCP_RST);
    if (!is_midway(c, &s) || (!rst && !ht_case_ended_by(c, HT_TCP_FIN)))
        return false;
    tell_progress(c, &s, claim);
    ht_claim_fact(claim, ht_case_last(c, "handshake_failed"), "then the connection was %s",
                  rst ? "reset" : "closed without an alert");
    ht_session_place(&s, claim);
    return true;
}

/* ---- versions ---- */

static bool is_out_of_versions(const struct ht_session *s)
{
    return ht_span_eq_str(s->tls->error_text, "no protocols available");
}

static bool version_mismatch(const struct ht_case *c, struct ht_claim *claim)
{
    struct ht_session s;
    if (!ht_session_fresh(c, &s) || !ht_session_failed(c, &s))
        return false;
    const struct ht_tls_alert *in = ht_session_alert(&s, HT_DIR_IN), *out = ht_session_alert(&s, HT_DIR_OUT);
    const struct ht_tls_alert *alert = in ? in : out;
    if (!(alert && alert->description == HT_ALERT_PROTOCOL_VERSION) && !is_out_of_versions(&s))
        return false;
    if (s.tls->client_hello.present)
        ht_claim_fact(claim, ht_session_message(&s, "client_hello", HT_DIR_OUT), "this host offered %s",
                      ht_session_versions(&s, claim));
    if (s.tls->version && out)
        ht_claim_fact(claim, ht_session_message(&s, "server_hello", HT_DIR_IN), "the server chose %s",
                      ht_tls_version_name(s.tls->version) ? ht_tls_version_name(s.tls->version) : "another");
    if (alert)
        ht_session_tell_alert(claim, c, alert);
    else
        ht_claim_fact(claim, ht_case_last(c, "handshake_failed"), "the TLS library: no protocols available");
    ht_session_place(&s, claim);
    if (!alert || ht_session_is_narrowed(&s)) {
        claim->locus = HT_LOCUS_LOCAL;
        claim->also_explained_by = "a server that speaks no version that is in use today";
    }
    return true;
}

/* ---- what this side found fault with ---- */

static void tell_library(const struct ht_case *c, const struct ht_session *s, struct ht_claim *claim)
{
    if (s->tls->error_text.len)
        ht_claim_fact(claim, ht_case_last(c, "handshake_failed"), "the TLS library: %s",
                      ht_claim_text(claim, s->tls->error_text));
}

/* A library that gives up on what came without a word to the peer. */
static bool gave_up_silently(const struct ht_case *c, const struct ht_session *s)
{
    return ht_session_answered(s) && s->tls->failed && s->tls->error_text.len && !s->tls->ok &&
           !is_unverified(c, s) && !ht_session_silent(c) && !ht_case_ended_by(c, HT_TCP_RST) &&
           !ht_case_ended_by(c, HT_TCP_FIN);
}

static bool bad_record(const struct ht_case *c, struct ht_claim *claim)
{
    struct ht_session s;
    if (!ht_session_of(c, &s) || !c->ended || !c->failed || ht_session_alert(&s, HT_DIR_IN))
        return false;
    const struct ht_tls_alert *alert = ht_session_alert(&s, HT_DIR_OUT);
    if (alert ? !is_one_of(alert, broken, sizeof broken) || alert->t_us < c->exchange->start_us
              : !gave_up_silently(c, &s))
        return false;
    if (alert)
        ht_session_tell_alert(claim, c, alert);
    tell_library(c, &s, claim);
    if (s.tls->ok)
        claim->phase = c->exchange->phase;
    ht_session_place(&s, claim);
    return true;
}

static bool refused_here(const struct ht_case *c, struct ht_claim *claim)
{
    struct ht_session s;
    if (!ht_session_fresh(c, &s) || !ht_session_failed(c, &s) || !ht_session_answered(&s) ||
        is_unverified(c, &s))
        return false;
    const struct ht_tls_alert *alert = ht_session_alert(&s, HT_DIR_OUT);
    if (!alert || alert->description == HT_ALERT_PROTOCOL_VERSION ||
        is_one_of(alert, broken, sizeof broken) ||
        is_one_of(alert, about_certificates, sizeof about_certificates))
        return false;
    ht_session_tell_alert(claim, c, alert);
    tell_library(c, &s, claim);
    ht_session_place(&s, claim);
    return true;
}

/* ---- client certificates ---- */

static bool asks_by_alert(const struct ht_tls_alert *alert)
{
    static const uint8_t numbers[] = {116, 42, 40, NO_CERTIFICATE};
    return is_one_of(alert, numbers, sizeof numbers);
}

/* nginx answers after the handshake, with 400 and these words. */
static bool asks_by_page(const struct ht_response *r)
{
    static const char words[] = "No required SSL certificate was sent";
    return r->status == 400 && ht_span_find(r->body_head, ht_span_str(words), 0) < r->body_head.len;
}

static bool asks_by_close(const struct ht_case *c)
{
    return c->failed && !c->exchange->response.status &&
           (ht_case_ended_by(c, HT_TCP_RST) || ht_case_ended_by(c, HT_TCP_FIN));
}

static bool client_cert_required(const struct ht_case *c, struct ht_claim *claim)
{
    struct ht_session s;
    if (!c->ended || !ht_session_fresh(c, &s) || !s.tls->client_certificate_requested ||
        s.tls->client_certificate_sent || is_unverified(c, &s))
        return false;
    const struct ht_tls_alert *alert = ht_session_alert(&s, HT_DIR_IN);
    bool by_alert = c->failed && asks_by_alert(alert), by_page = asks_by_page(&c->exchange->response);
    if (!by_alert && !by_page && (alert || ht_session_alert(&s, HT_DIR_OUT) || !asks_by_close(c)))
        return false;
    ht_claim_fact(claim, ht_session_message(&s, "certificate_request", HT_DIR_IN),
                  "the server asked for a certificate, and this host sent none");
    if (by_alert) {
        ht_session_tell_alert(claim, c, alert);
    } else if (by_page) {
        claim->severity = HT_SEVERITY_WARNING;
        ht_claim_fact(claim, ht_case_last(c, "status_line"),
                      "status 400: No required SSL certificate was sent");
    } else {
        claim->confidence = HT_CONFIDENCE_MEDIUM;
        claim->also_explained_by =
            "a server to which the certificate is optional, and that failed on its own";
        ht_claim_fact(claim, ht_case_last(c, "closed"), "then it %s the connection",
                      ht_case_ended_by(c, HT_TCP_RST) ? "reset" : "closed");
    }
    ht_session_place(&s, claim);
    return true;
}

#define HANDSHAKE .phase = HT_PHASE_TLS, .severity = HT_SEVERITY_ERROR, .rank = HT_RANK_CAUSE

static const struct ht_rule rows[] = {
    {.code = "tls.plaintext_reply",
     HANDSHAKE,
     .locus = HT_LOCUS_FRONT,
     .confidence = HT_CONFIDENCE_HIGH,
     .title = "The port does not speak TLS",
     .explanation =
         "What came in answer to the ClientHello is no TLS record: another service listens on this "
         "port, or somebody answers in its place.",
     .next_steps = {"check scheme and port: http:// is plain HTTP, https:// is TLS",
                    "see what it says: httptrace -vv URL"},
     .reference = "RFC 8446 section 5.1",
     .holds = plaintext_reply},
    {.code = "tls.client_cert_required",
     HANDSHAKE,
     .locus = HT_LOCUS_LOCAL,
     .confidence = HT_CONFIDENCE_HIGH,
     .title = "The server wants a client certificate, and none was sent",
     .explanation = "The server sent a CertificateRequest, this host answered without a certificate, and the "
                    "server refused.",
     .next_steps = {"send one: httptrace --cert FILE --key FILE URL"},
     .reference = "RFC 8446 sections 4.3.2 and 4.4.2.4",
     .supersedes = "tls.alert.* tls.cut_mid_handshake http.killed http.empty",
     .holds = client_cert_required},
    {.code = "tls.stalled_mid_handshake",
     HANDSHAKE,
     .locus = HT_LOCUS_UNKNOWN,
     .confidence = HT_CONFIDENCE_MEDIUM,
     .title = "The handshake began, then the server fell silent",
     .explanation = "A ServerHello came, and what should follow it did not: big packets lost on the way (the "
                    "certificates "
                    "fill them), a filter that reads certificates, or a server that hangs.",
     .also_explained_by = "a server that waits for a client certificate",
     .next_steps = {"look for a path that loses big packets: ping -M do -s 1400 HOST",
                    "try the same from another network"},
     .reference = "RFC 8446 section 2",
     .holds = stalled_mid_handshake},
    {.code = "tls.cut_mid_handshake",
     HANDSHAKE,
     .locus = HT_LOCUS_UNKNOWN,
     .confidence = HT_CONFIDENCE_MEDIUM,
     .title = "The handshake began, then the connection was cut without an alert",
     .explanation = "A ServerHello came, then a reset or a close in place of the rest: a server or its "
                    "backend that died, "
                    "or a filter that reads certificates.",
     .also_explained_by = "a server that closes where a client certificate is missing",
     .next_steps = {"look at the server's error log", "try the same from another network"},
     .reference = "RFC 8446 section 6.1",
     .holds = cut_mid_handshake},
    {.code = "tls.version_mismatch",
     HANDSHAKE,
     .locus = HT_LOCUS_FRONT,
     .confidence = HT_CONFIDENCE_HIGH,
     .title = "Client and server have no TLS version in common",
     .explanation = "The versions that this host offered and those that the server accepts do not meet. The "
                    "server is old, "
                    "or this host was told to offer less than it can.",
     .next_steps = {"leave out --tlsv1.x and --tls-max",
                    "to reach an old server: httptrace --tlsv1.0 --ciphers DEFAULT@SECLEVEL=0 URL"},
     .reference = "RFC 8446 sections 4.2.1 and 6.2",
     .holds = version_mismatch},
    {.code = "tls.bad_record",
     HANDSHAKE,
     .locus = HT_LOCUS_UNKNOWN,
     .confidence = HT_CONFIDENCE_HIGH,
     .title = "What came does not decrypt, or breaks TLS",
     .explanation = "This host's TLS library gave up on what it received: it was changed on the way, or the "
                    "server breaks "
                    "the protocol. The alert that it sent names the fault.",
     .also_explained_by = "a box on the path that rewrites bytes, or a faulty TLS implementation",
     .next_steps = {"ask again: is it always the same record?", "httptrace -vvv URL shows the messages"},
     .reference = "RFC 8446 sections 5.2 and 6.2",
     .holds = bad_record},
    {.code = "tls.refused_here",
     HANDSHAKE,
     .locus = HT_LOCUS_FRONT,
     .confidence = HT_CONFIDENCE_MEDIUM,
     .title = "This host refused what the server offered",
     .explanation = "The server answered, and the TLS library here broke the handshake off: the server's "
                    "parameters are below what this library accepts.",
     .also_explained_by = "a stricter policy of this host's TLS library",
     .next_steps = {"to see whether it is policy: httptrace --ciphers DEFAULT@SECLEVEL=0 URL"},
     .reference = "RFC 8446 section 6.2",
     .holds = refused_here},
};

const struct ht_rule_table ht_rules_tls = HT_RULE_TABLE(rows);
