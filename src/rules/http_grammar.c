/* SPDX-License-Identifier: MIT */
/* Answers that break the grammar: takes what decoders marked in HTTP/1 messages, and bytes that are no HTTP
 * at all (RFC 9110 section 5, RFC 9112 sections 2 to 7). */
#include "rules/http_facts.h"
#include "rules/page.h"
#include "rules/tables.h"

#include "base/url.h"

/* What breaks the grammar and leaves no doubt about where the message ends or what it means. */
static const char *const harmless[] = {
    "no space behind the status code",
    "no single space before",
    "field line without a colon",
    "white space before",
    "empty field name",
    "illegal byte in a field name",
    "obs-fold",
    "control",
    "Transfer-Encoding in HTTP/1.0",
    "no request asked for",
    "extension",
    "section 7.1.1",
};

static bool is_harmless(const char *why)
{
    for (size_t i = 0; why && i < sizeof harmless / sizeof *harmless; i++) {
        if (strstr(why, harmless[i]))
            return true;
    }
    return false;
}

static bool is_of_exchange(const struct ht_case *c, const struct ht_event *e)
{
    const struct ht_exchange *x = c->exchange;
    return e->malformed && e->dir == HT_DIR_IN && e->layer == HT_LAYER_HTTP1 && e->t_us >= x->start_us &&
           (x->end_us < 0 || e->t_us <= x->end_us);
}

/* The gravest of them, the earliest of those. */
static const struct ht_event *malformed_event(const struct ht_case *c)
{
    const struct ht_event_list *lists[] = {&c->exchange->events,
                                           c->connection ? &c->connection->events : NULL};
    const struct ht_event *found = NULL;
    for (size_t i = 0; i < 2; i++) {
        for (const struct ht_event *e = lists[i] ? lists[i]->first : NULL; e; e = e->next) {
            if (is_of_exchange(c, e) &&
                (!found || (is_harmless(found->malformed_why) && !is_harmless(e->malformed_why))))
                found = e;
        }
    }
    return found;
}

/* What offsets count from. */
static const char *unit_of(const struct ht_event *e)
{
    if (strcmp(e->kind, "malformed") == 0)
        return "stream";
    return strcmp(e->kind, "chunk") == 0 ? "chunk line" : "header section";
}

static void tell_malformed(const struct ht_event *e, const struct ht_case *c, struct ht_claim *claim)
{
    const char *why = e->malformed_why ? e->malformed_why : "the grammar is broken";
    const char *at = ht_claim_moment(claim, e->t_us);
    if (e->malformed_at > 0)
        ht_claim_fact(claim, e, "%s, at byte %zu of the %s that came at %s", why, e->malformed_at, unit_of(e),
                      at);
    else
        ht_claim_fact(claim, e, "%s, in the %s that came at %s", why, unit_of(e), at);
    claim->title = ht_arena_printf(claim->arena, "The answer breaks the grammar of HTTP: %s", why);
    if (is_harmless(why) && !c->failed) {
        claim->severity = HT_SEVERITY_WARNING;
        claim->explanation =
            "A strict recipient refuses such a message; a lenient one reads it, and two that "
            "differ may be played against each other.";
    }
}

/* What speaks first, or answers in its own way, on a port that is taken for HTTP. */
static const struct {
    const char *begins, *name;
    size_t len;
} strangers[] = {
    {"SSH-", "an SSH server", 4},
    {"220 ", "an SMTP or FTP server", 4},
    {"220-", "an SMTP or FTP server", 4},
    {"+OK", "a POP3 server", 3},
    {"-ERR", "a Redis or POP3 server", 4},
    {"* OK", "an IMAP server", 4},
    {"RFB ", "a VNC server", 4},
    {"\0\0", "a server that sends HTTP/2 frames", 2},
    {"ICY ", "a SHOUTcast server", 4},
    {"RTSP/", "an RTSP server", 5},
    {"<", "a server that sends a page without a header (HTTP/0.9)", 1},
};

static const char *stranger(struct ht_span head)
{
    for (size_t i = 0; i < sizeof strangers / sizeof *strangers; i++) {
        struct ht_span begins = ht_span(strangers[i].begins, strangers[i].len);
        if (ht_span_eq(ht_span_head(head, begins.len), begins))
            return strangers[i].name;
    }
    return NULL;
}

static bool not_http(const struct ht_case *c, struct ht_claim *claim)
{
    struct ht_span head = {0};
    const struct ht_event *part = ht_http_part(c, &head);
    if (!part || ht_http_looks_like_answer(head) || c->exchange->stream >= 0 ||
        (c->connection && c->connection->version == HT_HTTP_2))
        return false;
    const char *who = stranger(head);
    ht_claim_fact(claim, part, "the first bytes at %s are no status line: \"%s\"",
                  ht_claim_moment(claim, part->t_us), ht_claim_text(claim, ht_span_head(head, 60)));
    claim->title =
        who ? ht_arena_printf(claim->arena, "What answered does not speak HTTP/1: it looks like %s", who)
            : "What answered does not speak HTTP/1";
    claim->explanation =
        "The bytes that came in answer to the request are not the status line of an HTTP "
        "message: another service has this port, or what is in front sends something of its own.";
    return true;
}

static bool malformed(const struct ht_case *c, struct ht_claim *claim)
{
    const struct ht_event *e = malformed_event(c);
    if (e)
        tell_malformed(e, c, claim);
    return e || not_http(c, claim);
}

/* ---- http:// to a port that wants TLS ---- */

/* The head of a TLS record: alert or handshake, of a version that there is (RFC 8446 section 5.1). */
static bool is_tls_record(struct ht_span head)
{
    return head.len >= 3 && (head.data[0] == 21 || head.data[0] == 22) && head.data[1] == 3 &&
           head.data[2] <= 4;
}

/* How servers say it in a 400: nginx (ngx_http_special_response.c), Go (net/http/server.go), Apache httpd
 * (ssl_engine_kernel.c), Tomcat (SecureNioChannel.java), Jetty, Undertow-like servers and HAProxy fall
 * silent. */
static const char *const wants_tls[] = {
    "The plain HTTP request was sent to HTTPS port",
    "Client sent an HTTP request to an HTTPS server",
    "speaking plain HTTP to an SSL-enabled server port",
    "This combination of host and port requires TLS",
};

static const char *says_wants_tls(const struct ht_case *c, struct ht_claim *claim)
{
    struct ht_span text = ht_page_text(c, claim->arena);
    for (size_t i = 0; i < sizeof wants_tls / sizeof *wants_tls; i++) {
        if (ht_text_holds(text, wants_tls[i]) || ht_text_holds(c->exchange->response.reason, wants_tls[i]))
            return wants_tls[i];
    }
    return NULL;
}

static bool plain_to_tls(const struct ht_case *c, struct ht_claim *claim)
{
    struct ht_span head = {0};
    const struct ht_event *part = ht_http_part(c, &head);
    if (!ht_span_ieq_str(ht_url_scheme(c->exchange->url), "http"))
        return false;
    if (part && is_tls_record(head)) {
        ht_claim_fact(claim, part, "the answer at %s is a TLS %s record of version 3.%d, not a status line",
                      ht_claim_moment(claim, part->t_us), head.data[0] == 21 ? "alert" : "handshake",
                      head.data[2]);
        return true;
    }
    const char *words = c->exchange->response.status == 400 ? says_wants_tls(c, claim) : NULL;
    if (!words)
        return false;
    ht_claim_fact(claim, ht_case_last_dir(c, "response", HT_DIR_IN), "status 400 at %s, saying \"%s\"",
                  ht_claim_moment(claim, c->exchange->response.first_us), words);
    return true;
}

static const struct ht_rule rows[] = {
    {.code = "http.plain_to_tls",
     .phase = HT_PHASE_RESPONSE,
     .severity = HT_SEVERITY_ERROR,
     .locus = HT_LOCUS_LOCAL,
     .confidence = HT_CONFIDENCE_HIGH,
     .rank = HT_RANK_CAUSE,
     .title = "This port speaks TLS, and the URL says http://",
     .explanation =
         "The request went out in clear to a port that expects a TLS handshake, and the answer says "
         "so.",
     .next_steps = {"write https:// in place of http:// in the URL"},
     .reference = "RFC 9110 section 4.2",
     .supersedes =
         "http.status http.malformed http.empty http.truncated http.killed http.header_stall local.protocol",
     .holds = plain_to_tls},
    {.code = "http.malformed",
     .phase = HT_PHASE_RESPONSE,
     .severity = HT_SEVERITY_ERROR,
     .locus = HT_LOCUS_FRONT,
     .confidence = HT_CONFIDENCE_HIGH,
     .rank = HT_RANK_CAUSE,
     .title = "The answer breaks the grammar of HTTP",
     .explanation = "Nobody can be sure what this message says or where it ends: recipients that read it "
                    "differently may be played against each other, and libcurl may refuse it.",
     .next_steps = {"see the bytes: httptrace -vvv URL",
                    "ask the server behind the front directly, to see whose it is"},
     .reference = "RFC 9112 sections 2 to 7",
     .supersedes = "http.truncated http.empty http.killed http.stalled http.header_stall local.protocol",
     .holds = malformed},
};

const struct ht_rule_table ht_rules_http_grammar = HT_RULE_TABLE(rows);
