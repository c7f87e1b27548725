/* SPDX-License-Identifier: MIT */
/* What this host itself stopped: takes libcurl's codes for what never was on the wire (curl/curl.h) and the
 * sockets of this host, and quotes libcurl's words. */
#include "rules/redirect.h"
#include "rules/rule.h"
#include "rules/tables.h"

#include "base/url.h"

#include <httptrace/raw.h>

#include <string.h>

/* libcurl's codes; several may say the same thing. */
static const struct {
    int64_t curl_code;
    const char *finding;
} codes[] = {
    {1, "local.protocol"},            /* CURLE_UNSUPPORTED_PROTOCOL */
    {3, "local.url"},                 /* CURLE_URL_MALFORMAT */
    {23, "local.write_error"},        /* CURLE_WRITE_ERROR */
    {25, "local.upload"},             /* CURLE_UPLOAD_FAILED */
    {26, "local.read_error"},         /* CURLE_READ_ERROR */
    {42, "local.interrupted"},        /* CURLE_ABORTED_BY_CALLBACK */
    {43, "local.option"},             /* CURLE_BAD_FUNCTION_ARGUMENT */
    {45, "local.interface"},          /* CURLE_INTERFACE_FAILED */
    {48, "local.option"},             /* CURLE_UNKNOWN_OPTION */
    {49, "local.option"},             /* CURLE_SETOPT_OPTION_SYNTAX */
    {53, "local.tls_setup"},          /* CURLE_SSL_ENGINE_NOTFOUND */
    {54, "local.tls_setup"},          /* CURLE_SSL_ENGINE_SETFAILED */
    {58, "local.client_certificate"}, /* CURLE_SSL_CERTPROBLEM */
    {59, "local.tls_setup"},          /* CURLE_SSL_CIPHER */
    {63, "local.max_filesize"},       /* CURLE_FILESIZE_EXCEEDED */
    {65, "local.rewind"},             /* CURLE_SEND_FAIL_REWIND */
    {66, "local.tls_setup"},          /* CURLE_SSL_ENGINE_INITFAILED */
    {77, "local.ca_file"},            /* CURLE_SSL_CACERT_BADFILE */
    {82, "local.ca_file"},            /* CURLE_SSL_CRL_BADFILE */
    {90, "local.pin"},                /* CURLE_SSL_PINNEDPUBKEYNOTMATCH */
};
enum {
    COULD_NOT_RESOLVE_PROXY = 5,
    COULD_NOT_CONNECT = 7,
    PARTIAL_FILE = 18,
    TIMED_OUT = 28,
    SSL_CONNECT_ERROR = 35,
    LOGIN_DENIED = 67,
    CRL_BADFILE = 82,
    PROXY_ERROR = 97
};

static bool ended_with(const struct ht_case *c, int64_t code)
{
    return c->last && c->ended && c->transfer->curl_code == code;
}

/* Options of TLS are read once the connection is made, and before its handshake. */
static void tell(const struct ht_case *c, struct ht_claim *claim)
{
    ht_claim_libcurl(claim, c);
    if (c->rule->phase != HT_PHASE_TLS || c->exchange->phase > HT_PHASE_TLS)
        claim->phase = c->exchange->phase;
}

static bool holds_for_code(const struct ht_case *c, struct ht_claim *claim)
{
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
        if (strcmp(codes[i].finding, c->rule->code) == 0 && ended_with(c, codes[i].curl_code)) {
            tell(c, claim);
            return true;
        }
    }
    return false;
}

/* libcurl has one code for whatever ends a handshake: where no byte was sent on the connection, nobody but
 * this host can have ended it. */
static bool tls_setup(const struct ht_case *c, struct ht_claim *claim)
{
    const struct ht_connection *n = c->connection;
    bool unsent = ended_with(c, SSL_CONNECT_ERROR) && ht_case_connected(c) && !c->exchange->reused &&
                  ht_case_end(c) != HT_TCP_RST && ht_case_end(c) != HT_TCP_FIN &&
                  n->wire_bytes[HT_DIR_OUT] == 0 && n->wire_bytes[HT_DIR_IN] == 0 && n->unread.len == 0 &&
                  !ht_case_last_dir(c, "client_hello", HT_DIR_OUT);
    if (!unsent)
        return holds_for_code(c, claim);
    tell(c, claim);
    ht_claim_fact(claim, NULL, "not one byte was sent on the connection");
    return true;
}

/* What -4 and -6 leave out, or --disallow-username-in-url forbids; NULL for all else. */
static const char *contradiction(const struct ht_case *c)
{
    if (c->connection && c->connection->attempts)
        return NULL;
    if (ended_with(c, LOGIN_DENIED) && c->exchange->phase == HT_PHASE_QUEUE)
        return "The URL has a user name, which --disallow-username-in-url forbids";
    if (ended_with(c, COULD_NOT_CONNECT) && !c->transfer->proxy.len && ht_host_is_address(ht_case_host(c)))
        return "The address is not of the family that -4 or -6 asks for";
    return NULL;
}

/* A proxy of a kind that libcurl does not know is refused before anything is looked up. */
static bool option(const struct ht_case *c, struct ht_claim *claim)
{
    const char *title = contradiction(c);
    if (title) {
        tell(c, claim);
        claim->title = title;
        claim->explanation = "The URL and an option do not go together: nothing was sent.";
        return true;
    }
    bool proxy = ended_with(c, COULD_NOT_RESOLVE_PROXY) || ended_with(c, COULD_NOT_CONNECT) ||
                 ended_with(c, PROXY_ERROR);
    if (!proxy || c->exchange->phase != HT_PHASE_QUEUE || c->connection || c->exchange->resolve_us >= 0)
        return holds_for_code(c, claim);
    tell(c, claim);
    return true;
}

/* An upload that is to go on behind its end has libcurl's code for an answer that was cut, without a request.
 */
static bool upload(const struct ht_case *c, struct ht_claim *claim)
{
    if (!ended_with(c, PARTIAL_FILE) || c->exchange->request.first_us >= 0)
        return holds_for_code(c, claim);
    tell(c, claim);
    return true;
}

/* libcurl goes by -I, not by the method's name: it waits for as many bytes as Content-Length says. */
static bool head_body(const struct ht_case *c, struct ht_claim *claim)
{
    const struct ht_exchange *x = c->exchange;
    bool waited = ended_with(c, TIMED_OUT) || ended_with(c, PARTIAL_FILE);
    if (!waited || !ht_span_eq_str(x->method, "HEAD") || !x->response.status || x->response.body_bytes)
        return false;
    ht_claim_fact(claim, ht_case_last_dir(c, "response", HT_DIR_IN), "the answer, status %d, was there at %s",
                  x->response.status, ht_claim_moment(claim, x->response.first_us));
    ht_claim_libcurl(claim, c);
    return true;
}

static bool unix_socket(const struct ht_case *c, struct ht_claim *claim)
{
    const struct ht_attempt *a = c->connection ? c->connection->attempts : NULL;
    if (!c->transfer->unix_socket.len || !c->ended || !c->failed || !a || ht_case_connected(c) || !a->error)
        return false;
    ht_claim_fact(claim, ht_case_last(c, "connect_failed"), "%s: %s", ht_claim_text(claim, a->address),
                  strerrordesc_np((int)a->error));
    return true;
}

/* libcurl's code is that of an address which does not answer. */
static bool descriptors(const struct ht_case *c, struct ht_claim *claim)
{
    static const char words[] = HT_NO_SOCKET;
    struct ht_span error = c->transfer->error;
    if (!ended_with(c, COULD_NOT_CONNECT) || error.len < sizeof words - 1 ||
        memcmp(error.data, words, sizeof words - 1) != 0)
        return false;
    tell(c, claim);
    return true;
}

/* --proto and --proto-redir forbid what would be traced; libcurl says so of the URL that a redirect leads to.
 */
static bool protocol(const struct ht_case *c, struct ht_claim *claim)
{
    struct ht_span scheme = ht_url_scheme(c->exchange->url);
    if (!holds_for_code(c, claim))
        return false;
    if (c->exchange->response.status) {
        claim->title = "A redirect leads to a protocol that is not allowed here";
        claim->explanation =
            "A redirect is followed to http and https, and to no other protocol; --proto and "
            "--proto-redir may allow less.";
    } else if (ht_span_ieq_str(scheme, "http") || ht_span_ieq_str(scheme, "https")) {
        claim->title = "--proto does not allow the protocol of this URL";
        claim->explanation = "Nothing was sent.";
    } else if (scheme.len) {
        claim->title = ht_arena_printf(claim->arena, "Only http and https are traced, not %s",
                                       ht_claim_text(claim, scheme));
    }
    return true;
}

static bool ca_file(const struct ht_case *c, struct ht_claim *claim)
{
    if (!holds_for_code(c, claim))
        return false;
    if (ended_with(c, CRL_BADFILE))
        claim->title = "The file of revocation lists cannot be used";
    return true;
}

/* -O of a URL without a file's name is refused before anything is sent. */
static bool write_error(const struct ht_case *c, struct ht_claim *claim)
{
    if (!holds_for_code(c, claim))
        return false;
    if (c->exchange->phase == HT_PHASE_QUEUE && !c->connection) {
        claim->title = "There is no file to write the body to";
        claim->explanation =
            "The body was to have the name that the URL ends with, and the URL ends with none: nothing was "
            "sent. -o FILE gives it one.";
    }
    return true;
}

#define STOPPED(code_, phase_, title_, explanation_, next_, holds_)                                          \
    {                                                                                                        \
        .code = code_, .phase = phase_, .severity = HT_SEVERITY_ERROR, .locus = HT_LOCUS_LOCAL,              \
        .confidence = HT_CONFIDENCE_HIGH, .rank = HT_RANK_CAUSE, .title = title_,                            \
        .explanation = explanation_, .next_steps = {next_}, .holds = holds_                                  \
    }
#define LOCAL(code_, title_, explanation_, next_)                                                            \
    STOPPED(code_, HT_PHASE_QUEUE, title_, explanation_, next_, holds_for_code)

static const struct ht_rule rows[] = {
    LOCAL("local.url", "The URL is malformed", "libcurl refused the URL before anything was sent.",
          "check its spelling, and quote it in a shell"),
    STOPPED("local.protocol", HT_PHASE_QUEUE, "Only http and https are traced",
            "The URL's scheme is none of the two: nothing was sent.", "use http:// or https://", protocol),
    STOPPED("local.write_error", HT_PHASE_QUEUE, "The body could not be written",
            "The transfer was ended here, since what came could not be put where it was asked to go.",
            "check directory, free space and permissions of the output", write_error),
    STOPPED("local.max_filesize", HT_PHASE_RESPONSE, "The body is larger than --max-filesize allows",
            "The transfer was ended here, as the option asks: the server has no part in it.",
            "ask for less (--range), or allow more", holds_for_code),
    LOCAL("local.read_error", "The data to send could not be read",
          "The transfer was ended here, since what was to be sent could not be read.",
          "check the file named with -d, -F or -T"),
    STOPPED("local.upload", HT_PHASE_REQUEST, "The upload cannot be made as the options ask",
            "What is to be uploaded and the other options do not go together: a body of unknown length needs "
            "HTTP/1.1 or "
            "later, and one that is resumed must be longer than the offset.",
            "see what libcurl says, and compare with -C, --http1.0 and -H options", upload),
    STOPPED("local.rewind", HT_PHASE_REQUEST, "The body would have to be sent again, and cannot be",
            "A redirect, a challenge or a lost connection asked for the request once more. What was sent "
            "came from a "
            "pipe, which gives its bytes only once.",
            "upload from a file instead of standard input, or give the last URL and the right authentication "
            "(such as "
            "--digest) at once",
            holds_for_code),
    STOPPED(
        "local.head_body", HT_PHASE_RESPONSE, "A body was waited for that an answer to HEAD never has",
        "-X HEAD changes the name of the method alone: libcurl still waits for the body that Content-Length "
        "speaks of, and no server sends one (RFC 9110 section 9.3.2).",
        "ask with -I (--head) in place of -X HEAD", head_body),
    LOCAL("local.interrupted", "The run was interrupted",
          "A signal, or a limit of httptrace itself, ended the transfer while it was under way.", NULL),
    STOPPED(
        "local.option", HT_PHASE_QUEUE, "An option of this run was refused by libcurl",
        "The value of an option, or options that do not go together, stopped the request here: nothing was "
        "sent.",
        "check the options in libcurl's words: httptrace --help all", option),
    LOCAL("local.interface", "The interface or local address that was asked for cannot be used",
          "The socket could not be bound to it, so that nothing was sent.",
          "see what this host has: ip address"),
    STOPPED("local.no_socket", HT_PHASE_CONNECT, "This host gave no socket to connect with",
            "The kernel refused the program one more socket, most often since it has as many open files as "
            "it may: "
            "nothing was sent to anybody.",
            "raise the limit (ulimit -n), or run fewer at a time with --parallel-max", descriptors),
    STOPPED("local.unix_socket", HT_PHASE_CONNECT, "The Unix socket cannot be connected to",
            "The socket is a file of this host: it is not there, may not be used, or nobody listens on it.",
            "see whether it is there and who listens: ss -xl", unix_socket),
    STOPPED(
        "local.tls_setup", HT_PHASE_TLS, "TLS could not be set up as the options ask",
        "The TLS library of this host refused ciphers, groups, versions or another setting before it sent a "
        "ClientHello: the server has no part in it.",
        "leave out --ciphers, --tls13-ciphers, --curves, --tlsv1.x and --tls-max one by one", tls_setup),
    STOPPED(
        "local.ca_file", HT_PHASE_TLS, "The file of trusted certificates cannot be used",
        "The certificates (or revocation lists) to verify the server with could not be read, or there are "
        "none in the file. So the handshake was given up here.",
        "check the file: openssl x509 -noout -subject -in FILE", ca_file),
    STOPPED(
        "local.client_certificate", HT_PHASE_TLS, "The client certificate or its key cannot be used",
        "The files of --cert and --key could not be read, the password does not open the key, or the two do "
        "not belong together. No handshake was begun.",
        "check both: openssl x509 -noout -pubkey -in CERT; openssl pkey -pubout -in KEY", holds_for_code),
    STOPPED("local.pin", HT_PHASE_TLS, "The server's key is not the one that is pinned here",
            "The run pins the server's public key, and the certificate that came has another one.",
            "was the key changed on purpose? If not, compare from another network", holds_for_code),
};

const struct ht_rule_table ht_rules_local = HT_RULE_TABLE(rows);
