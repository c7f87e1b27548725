/* SPDX-License-Identifier: MIT */
/* Answers that did not come, or not to their end: takes how the request, the connection and the wait ended
 * (RFC 9112 section 8, RFC 9113 section 8.1). */
#include "rules/http_facts.h"
#include "rules/tables.h"

/* Nothing of an answer came; informational ones (1xx) are no answer. */
static bool is_unanswered(const struct ht_case *c)
{
    return c->exchange->response.status == 0 && !ht_http_part(c, NULL) && !ht_http_half_head(c);
}

static void tell_interim(const struct ht_case *c, struct ht_claim *claim)
{
    const struct ht_informational *i = c->exchange->response.informational;
    if (i)
        ht_claim_fact(claim, ht_case_last_dir(c, "informational", HT_DIR_IN),
                      "an interim answer came, status %d at %s", i->status, ht_claim_moment(claim, i->t_us));
}

static void tell_wait(const struct ht_case *c, struct ht_claim *claim)
{
    const struct ht_connection *n = c->connection;
    int64_t since = c->exchange->request.last_us;
    if (n && n->last_in_us > since)
        since = n->last_in_us;
    ht_claim_fact(claim, NULL, "nothing came for %s, until time was up",
                  ht_claim_time(claim, c->now_us - since));
}

/* Three things that fit "no answer came": it was acknowledged, it was not, or it was never taken whole. */
static void tell_no_response_apart(const struct ht_case *c, struct ht_claim *claim)
{
    const struct ht_request *r = &c->exchange->request;
    if (!r->complete && r->body_bytes > 0) {
        claim->phase = HT_PHASE_REQUEST;
        claim->locus = HT_LOCUS_UNKNOWN;
        claim->title = "The request was not taken to its end before time was up";
        claim->explanation =
            "A part of the request's body was sent, and time was up before the rest could go "
            "out: whoever reads it reads slowly or no more, or the way is slow.";
        claim->also_explained_by = "a time limit too short for so large a body";
        if (ht_http_unheard(c)) {
            claim->confidence = HT_CONFIDENCE_LOW;
            claim->title = "The request was not taken to its end, and its last part was not acknowledged";
            claim->explanation = "A part of the request's body was sent; what was sent last went out again "
                                 "and was not acknowledged: it is lost on the way, or the host is gone.";
            claim->also_explained_by = "loss, a path that drops packets, a host that died";
        }
    } else if (ht_http_ack(c) == HT_ACK_NONE_OR_PART) {
        claim->locus = HT_LOCUS_UNKNOWN;
        claim->confidence = HT_CONFIDENCE_LOW;
        claim->title = "No answer came, and the request was not acknowledged";
        claim->explanation = "The connection was up, but the server's TCP did not acknowledge all of the "
                             "request: it was lost on the way, or the host behind the address is gone.";
        claim->also_explained_by = "loss, a path that drops large packets, a host that died";
    } else if (ht_http_ack(c) == HT_ACK_UNKNOWN) {
        claim->confidence = HT_CONFIDENCE_LOW;
    }
}

/* Behind a proxy nobody is seen: not who took the request, nor who does not answer. */
static void tell_no_response_through(const struct ht_case *c, struct ht_claim *claim)
{
    bool taken = claim->locus != HT_LOCUS_UNKNOWN;
    if (!ht_http_place_tcp(c, claim) || !taken)
        return;
    claim->title = c->connection->proxy->tunnel
                       ? "The request was taken by the proxy's tunnel, and no answer came before time was up"
                       : "The request was taken by the proxy, and no answer came before time was up";
    claim->explanation = "The proxy's TCP has the request, and not one byte of an answer followed: the proxy "
                         "waits, the way behind it is dead, or the origin is slow or hangs.";
}

static bool no_response(const struct ht_case *c, struct ht_claim *claim)
{
    if (!ht_http_waited(c) || !is_unanswered(c))
        return false;
    ht_http_tell_request(c, claim);
    ht_http_tell_ack(c, claim);
    tell_interim(c, claim);
    tell_wait(c, claim);
    tell_no_response_apart(c, claim);
    tell_no_response_through(c, claim);
    return true;
}

static bool killed(const struct ht_case *c, struct ht_claim *claim)
{
    if (!ht_http_cut_by(c, HT_TCP_RST))
        return false;
    bool answered = c->exchange->response.status != 0 || ht_http_part(c, NULL);
    claim->phase = answered ? HT_PHASE_RESPONSE : c->exchange->phase;
    ht_http_tell_request(c, claim);
    ht_http_tell_ack(c, claim);
    ht_http_tell_answer(c, claim);
    ht_http_tell_end(c, claim);
    if (answered) {
        claim->title = "The connection was reset in the middle of the answer";
    } else if (ht_http_ack(c) != HT_ACK_ALL) {
        claim->locus = HT_LOCUS_UNKNOWN;
        claim->title = "The connection was reset after the request, which was not acknowledged";
        claim->also_explained_by =
            "an endpoint that resets before its delayed acknowledgement, or a box on the "
            "way that reset the connection when it saw the request";
    }
    ht_http_place_tcp(c, claim);
    return true;
}

static bool empty(const struct ht_case *c, struct ht_claim *claim)
{
    if (!ht_http_cut_by(c, HT_TCP_FIN) || !is_unanswered(c) || c->exchange->response.informational)
        return false;
    claim->phase = c->exchange->phase;
    ht_http_tell_request(c, claim);
    ht_http_tell_ack(c, claim);
    ht_http_tell_end(c, claim);
    if (ht_http_place_tcp(c, claim) && !c->connection->proxy->tunnel)
        claim->title = "The proxy closed the connection in place of an answer";
    return true;
}

/* END_STREAM, or a whole h1 message, with fewer bytes than content-length promised (RFC 9113 section 8.1.1).
 */
static bool is_short(const struct ht_case *c)
{
    const struct ht_response *r = &c->exchange->response;
    return c->ended && c->failed && r->complete && r->framing == HT_FRAMING_H2 && ht_http_may_have_body(c) &&
           ht_http_length(c) > r->body_bytes;
}

static bool truncated(const struct ht_case *c, struct ht_claim *claim)
{
    const struct ht_event *part = ht_http_half_head(c);
    const struct ht_response *r = &c->exchange->response;
    bool closed = ht_http_cut_by(c, HT_TCP_FIN) && (r->status || r->informational);
    /* libcurl takes a header section that the close ends for an answer without a body. */
    closed = closed || (part && c->ended && ht_case_ended_by(c, HT_TCP_FIN));
    if (!closed && !is_short(c))
        return false;
    ht_http_tell_request(c, claim);
    ht_http_tell_answer(c, claim);
    if (part)
        ht_claim_fact(claim, part, "%lld bytes of a header section came, without its end",
                      (long long)part->size);
    if (part || !r->status)
        claim->title = part ? "The connection was closed within the answer's header section"
                            : "The connection was closed after an interim answer, without a final one";
    if (!closed)
        ht_claim_fact(claim, ht_case_last_dir(c, "body", HT_DIR_IN),
                      "END_STREAM came before the length was reached");
    else
        ht_http_tell_end(c, claim);
    if (closed)
        ht_http_place_tcp(c, claim);
    return true;
}

static bool stalled(const struct ht_case *c, struct ht_claim *claim)
{
    const struct ht_response *r = &c->exchange->response;
    if (!ht_http_waited(c) || !r->status)
        return false;
    int64_t silence = c->now_us - r->last_us, answering = c->now_us - r->first_us;
    ht_http_tell_answer(c, claim);
    if (ht_http_unheard(c)) {
        ht_http_tell_ack(c, claim);
        claim->confidence = HT_CONFIDENCE_LOW;
    }
    ht_claim_fact(claim, NULL, "then nothing for %s, until time was up", ht_claim_time(claim, silence));
    if (silence * 3 < answering && silence < 1000 * 1000) {
        claim->title = "The answer was still coming, too slowly for the time limit";
        claim->explanation = "Bytes of the answer came until shortly before time was up.";
        claim->also_explained_by = "a time limit too short for so large an answer, or a slow path";
    }
    ht_http_place_tcp(c, claim);
    return true;
}

static bool header_stall(const struct ht_case *c, struct ht_claim *claim)
{
    const struct ht_event *part = ht_http_half_head(c);
    if (!ht_http_waited(c) || !part)
        return false;
    claim->phase = HT_PHASE_RESPONSE;
    ht_http_tell_request(c, claim);
    if (ht_http_unheard(c)) {
        ht_http_tell_ack(c, claim);
        claim->locus = HT_LOCUS_UNKNOWN;
        claim->confidence = HT_CONFIDENCE_LOW;
    }
    ht_claim_fact(claim, part, "%lld bytes of a header section came from %s to %s, without its end",
                  (long long)part->size, ht_claim_moment(claim, part->t_us),
                  ht_claim_moment(claim, part->t_last_us));
    ht_claim_fact(claim, NULL, "time was up at %s", ht_claim_moment(claim, c->now_us));
    ht_http_place_tcp(c, claim);
    return true;
}

/* What libcurl takes: a line of 100 KiB (CURL_MAX_HTTP_HEADER); nghttp2 a section of 64 KiB decoded. */
enum { MOST_H1_BYTES = 100 * 1024, MOST_H2_BYTES = 64 * 1024, FIELD_OVERHEAD = 32 };

static int64_t section_bytes(const struct ht_headers *headers)
{
    int64_t bytes = 0;
    for (size_t i = 0; i < headers->count; i++)
        bytes += (int64_t)(headers->at[i].name.len + headers->at[i].value.len) + FIELD_OVERHEAD;
    return bytes;
}

static bool header_oversize(const struct ht_case *c, struct ht_claim *claim)
{
    const struct ht_response *r = &c->exchange->response;
    const struct ht_event *part = ht_http_half_head(c);
    bool h2 = c->exchange->stream >= 0;
    int64_t bytes = part ? part->size : h2 ? section_bytes(&r->headers) : r->head_bytes;
    if (!c->ended || !c->failed || r->complete || ht_http_waited(c) ||
        bytes < (h2 ? MOST_H2_BYTES : MOST_H1_BYTES))
        return false;
    ht_claim_fact(claim, part ? part : ht_case_last_dir(c, "response", HT_DIR_IN),
                  "%lld bytes of one header section came; a client takes %d", (long long)bytes,
                  h2 ? MOST_H2_BYTES : MOST_H1_BYTES);
    ht_http_tell_end(c, claim);
    return true;
}

#define CUT(code_, phase_, locus_, confidence_)                                                              \
    .code = code_, .phase = phase_, .severity = HT_SEVERITY_ERROR, .locus = locus_,                          \
    .confidence = confidence_, .rank = HT_RANK_CAUSE

static const struct ht_rule rows[] = {
    {CUT("http.header_oversize", HT_PHASE_RESPONSE, HT_LOCUS_UNKNOWN, HT_CONFIDENCE_HIGH),
     .title = "The answer's header section is larger than clients take",
     .explanation = "The transfer was ended here, since the header section grew past every limit: often a "
                    "cookie or a policy field that is added again at each hop, or a loop between proxies.",
     .next_steps = {"see which field grows: httptrace -vv URL", "without cookies: leave out -b"},
     .reference = "RFC 9110 section 5.4",
     .supersedes = "http.malformed http.truncated http.killed http.empty h2.stream_error h2.protocol_error",
     .holds = header_oversize},
    {CUT("http.header_stall", HT_PHASE_RESPONSE, HT_LOCUS_FRONT, HT_CONFIDENCE_HIGH),
     .title = "The answer began, and its header section never ended",
     .explanation = "The first bytes of an answer came, and time was up before the empty line that ends its "
                    "header section: the sender stopped, or drips.",
     .also_explained_by =
         "a path that drops large packets, where later segments of the header section are lost",
     .next_steps = {"see what came: httptrace -vvv URL", "ask the server behind the front directly"},
     .reference = "RFC 9112 section 2.1", .supersedes = "http.no_response http.stalled",
     .holds = header_stall},
    {CUT("http.no_response", HT_PHASE_WAIT, HT_LOCUS_ORIGIN, HT_CONFIDENCE_MEDIUM),
     .title = "The request was taken, and no answer came before time was up",
     .explanation = "All of the request was acknowledged by the server's TCP, and not one byte of an answer "
                    "followed: the application is slow or hangs, or what is in front waits for it.",
     .also_explained_by = "a front that never passed the request on",
     .next_steps = {"with a longer limit: httptrace --max-time 120 URL",
                    "a resource that costs nothing: httptrace URL-OF-A-STATIC-FILE"},
     .reference = "RFC 9110 section 15.6.5", .holds = no_response},
    {CUT("http.killed", HT_PHASE_WAIT, HT_LOCUS_FRONT, HT_CONFIDENCE_MEDIUM),
     .title = "The connection was reset after the request, before an answer",
     .explanation =
         "The request went out and a TCP reset came in place of the answer, or of its rest: a "
         "process that crashed or was stopped, a limit, or a filter that did not like the request.",
     .also_explained_by = "a box on the way that forged the reset",
     .next_steps = {"the same path with nothing special in it: httptrace https://HOST/",
                    "look at the server's log for this moment"},
     .reference = "RFC 9293 section 3.5.3", .supersedes = "http.empty", .holds = killed},
    {CUT("http.truncated", HT_PHASE_RESPONSE, HT_LOCUS_UNKNOWN, HT_CONFIDENCE_HIGH),
     .title = "The answer was cut off before its end",
     .explanation = "The answer said how long it is, or how its end is marked, and the connection or stream "
                    "ended before that: whoever sends it lost its own source, crashed, or hit a limit.",
     .also_explained_by = "a wrong Content-Length",
     .next_steps = {"twice more, to see whether it ends at the same byte: httptrace -o FILE URL",
                    "ask the server behind the front directly"},
     .reference = "RFC 9112 section 8", .holds = truncated},
    {CUT("http.stalled", HT_PHASE_RESPONSE, HT_LOCUS_UNKNOWN, HT_CONFIDENCE_MEDIUM),
     .title = "The answer began, then stopped coming",
     .explanation = "Header and perhaps a part of the body came, then nothing until time was up, while the "
                    "connection stayed up.",
     .also_explained_by =
         "a path that lost the rest, or an answer that is meant to stay open (a stream of events)",
     .next_steps = {"with a longer limit: httptrace --max-time 120 URL",
                    "twice more, to see whether it stops at the same byte"},
     .reference = "RFC 9112 section 8", .holds = stalled},
    {CUT("http.empty", HT_PHASE_WAIT, HT_LOCUS_FRONT, HT_CONFIDENCE_MEDIUM),
     .title = "The connection was closed in place of an answer",
     .explanation =
         "The request went out and the other side closed the connection in good order, without one "
         "byte of an answer: so do nginx's \"return 444\", aborted handlers and dead backends.",
     .also_explained_by = "an application that crashed, or a forged FIN",
     .next_steps = {"with a browser's User-Agent: httptrace -A 'Mozilla/5.0' URL",
                    "look at the front's log for this moment"},
     .reference = "RFC 9112 section 9.5", .holds = empty},
};

const struct ht_rule_table ht_rules_http_cut = HT_RULE_TABLE(rows);
