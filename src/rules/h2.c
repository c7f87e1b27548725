/* SPDX-License-Identifier: MIT */
/* HTTP/2 peers that end streams or connections, or break the protocol: takes GOAWAY, RST_STREAM and what the
 * decoder marked (RFC 9113 sections 5.4, 6.4 and 6.8). */
#include "decode/h2/h2.h"
#include "rules/h2_facts.h"
#include "rules/http_facts.h"
#include "rules/tables.h"

enum {
    NO_ERROR = 0,
    PROTOCOL_ERROR = 1,
    FLOW_CONTROL_ERROR = 3,
    STREAM_CLOSED = 5,
    FRAME_SIZE_ERROR = 6,
    REFUSED_STREAM = 7,
    COMPRESSION_ERROR = 9,
    HTTP_1_1_REQUIRED = 13
};

const char *ht_h2_code_text(struct ht_claim *claim, int64_t code)
{
    const char *name = code >= 0 ? ht_h2_error_name((uint32_t)code) : NULL;
    return name ? name : ht_arena_printf(claim->arena, "code 0x%llx", (unsigned long long)code);
}

/* Within the origin's TLS nobody between has written; without it a proxy may have. */
static void place(const struct ht_case *c, struct ht_claim *claim)
{
    if (!c->tls)
        ht_http_place_tcp(c, claim);
}

/* ---- GOAWAY ---- */

/* Below our stream nothing was done of it, and it may be sent again; an error ends the streams above as well
 * as those below. */
static bool goaway_early(const struct ht_case *c, struct ht_claim *claim)
{
    const struct ht_exchange *x = c->exchange;
    const struct ht_h2_goaway *goaway = c->h2 ? &c->h2->goaway[HT_DIR_IN] : NULL;
    if (!goaway || !goaway->seen || !c->failed || x->response.complete || x->prereq_us < 0)
        return false;
    bool below = x->stream < 0 || (int64_t)goaway->last_stream < x->stream;
    if (!below && goaway->code == NO_ERROR)
        return false;
    const char *code = ht_h2_code_text(claim, goaway->code);
    ht_http_tell_request(c, claim);
    ht_claim_fact(claim, ht_case_last_dir(c, "GOAWAY", HT_DIR_IN),
                  "GOAWAY %s at %s: the last stream it will serve is %u, ours is %lld", code,
                  ht_claim_moment(claim, goaway->t_us), goaway->last_stream, (long long)x->stream);
    if (goaway->debug.len)
        ht_claim_fact(claim, NULL, "its debug data: \"%s\"", ht_claim_text(claim, goaway->debug));
    claim->title =
        goaway->code == NO_ERROR
            ? "The server was about to close the connection and did not serve the request: GOAWAY"
            : ht_arena_printf(claim->arena,
                              "The server ended the connection in place of an answer: GOAWAY %s", code);
    place(c, claim);
    return true;
}

/* ---- RST_STREAM ---- */

static bool is_reset_by_peer(const struct ht_case *c)
{
    const struct ht_exchange *x = c->exchange;
    return x->reset_code >= 0 && x->reset_dir == HT_DIR_IN && !x->response.complete &&
           (c->failed || !c->ended);
}

/* The answer came whole, and the server wants no more of the request's body (RFC 9113 section 8.1). */
static bool is_upload_stopped(const struct ht_case *c)
{
    const struct ht_exchange *x = c->exchange;
    return x->reset_code >= 0 && x->reset_dir == HT_DIR_IN && x->response.complete && !x->request.complete &&
           c->ended && c->failed;
}

static void tell_reset(const struct ht_case *c, struct ht_claim *claim)
{
    const struct ht_event *event = ht_case_last_dir(c, "RST_STREAM", HT_DIR_IN);
    ht_http_tell_request(c, claim);
    ht_http_tell_answer(c, claim);
    ht_claim_fact(claim, event, "RST_STREAM %s on stream %lld%s%s",
                  ht_h2_code_text(claim, c->exchange->reset_code), (long long)c->exchange->stream,
                  event ? " at " : "", event ? ht_claim_moment(claim, event->t_us) : "");
    if (c->exchange->response.status)
        claim->phase = HT_PHASE_RESPONSE;
    place(c, claim);
}

static bool reset_with_number(const struct ht_case *c, struct ht_claim *claim)
{
    if (!is_reset_by_peer(c) || c->exchange->reset_code != c->rule->number)
        return false;
    tell_reset(c, claim);
    return true;
}

static bool stream_error(const struct ht_case *c, struct ht_claim *claim)
{
    int64_t code = c->exchange->reset_code;
    bool stopped = is_upload_stopped(c) && code != NO_ERROR;
    if (!stopped && (!is_reset_by_peer(c) || code == REFUSED_STREAM || code == HTTP_1_1_REQUIRED))
        return false;
    tell_reset(c, claim);
    const char *where = stopped                        ? "while the request's body was still being sent"
                        : c->exchange->response.status ? "in the middle of the answer"
                                                       : "in place of an answer";
    claim->title = ht_arena_printf(claim->arena, "The server reset the stream %s: %s", where,
                                   ht_h2_code_text(claim, code));
    return true;
}

static bool answered_early(const struct ht_case *c, struct ht_claim *claim)
{
    if (!is_upload_stopped(c) || c->exchange->reset_code != NO_ERROR)
        return false;
    tell_reset(c, claim);
    ht_claim_libcurl(claim, c);
    return true;
}

/* ---- violations ---- */

static bool is_violation(const struct ht_case *c, const struct ht_event *e)
{
    const struct ht_exchange *x = c->exchange;
    return e->malformed && e->dir == HT_DIR_IN && e->layer == HT_LAYER_HTTP2 && e->t_us >= x->start_us &&
           (x->end_us < 0 || e->t_us <= x->end_us) &&
           !(e->malformed_why && strstr(e->malformed_why, "to be ignored"));
}

static const struct ht_event *first_violation(const struct ht_case *c)
{
    const struct ht_event_list *lists[] = {&c->exchange->events,
                                           c->connection ? &c->connection->events : NULL};
    const struct ht_event *found = NULL;
    for (size_t i = 0; i < 2; i++) {
        for (const struct ht_event *e = lists[i] ? lists[i]->first : NULL; e; e = e->next) {
            if (is_violation(c, e) && (!found || e->id < found->id))
                found = e;
        }
    }
    return found;
}

/* nghttp2's own word: it ended the connection or the stream for an error that it saw in what came. */
static bool is_verdict(int64_t code)
{
    return code == PROTOCOL_ERROR || code == FLOW_CONTROL_ERROR || code == STREAM_CLOSED ||
           code == FRAME_SIZE_ERROR || code == COMPRESSION_ERROR;
}

/* STREAM_CLOSED is how newer libcurl cancels a stream that it wants no more of: no verdict on the peer. */
static bool is_reset_for_error(const struct ht_exchange *x)
{
    return x->reset_code >= 0 && x->reset_dir == HT_DIR_OUT && x->reset_code != STREAM_CLOSED &&
           is_verdict(x->reset_code);
}

static bool tell_our_verdict(const struct ht_case *c, struct ht_claim *claim)
{
    const struct ht_exchange *x = c->exchange;
    const struct ht_h2_goaway *goaway = &c->h2->goaway[HT_DIR_OUT];
    bool reset = is_reset_for_error(x), ended = goaway->seen && is_verdict(goaway->code);
    if (!c->failed || (!reset && !ended))
        return false;
    int64_t code = ended ? goaway->code : x->reset_code;
    if (claim->evidence == NULL)
        claim->title = ht_arena_printf(claim->arena, "The server breaks the rules of HTTP/2: %s%s%s",
                                       ht_h2_code_text(claim, code), ended && goaway->debug.len ? ", " : "",
                                       ended ? ht_claim_text(claim, ht_span_head(goaway->debug, 80)) : "");
    if (ended)
        ht_claim_fact(claim, ht_case_last_dir(c, "GOAWAY", HT_DIR_OUT),
                      "nghttp2 ended the connection: GOAWAY %s%s%s", ht_h2_code_text(claim, code),
                      goaway->debug.len ? ", " : "", ht_claim_text(claim, goaway->debug));
    else
        ht_claim_fact(claim, ht_case_last_dir(c, "RST_STREAM", HT_DIR_OUT),
                      "nghttp2 reset the stream: RST_STREAM %s", ht_h2_code_text(claim, code));
    return true;
}

/* The promised length is another rule's: its stream is reset by this side as well. */
static bool is_short_body(const struct ht_case *c)
{
    const struct ht_response *r = &c->exchange->response;
    return r->complete && ht_http_may_have_body(c) && ht_http_length(c) > r->body_bytes;
}

/* HEADERS of our stream that came no later than `event`. */
static bool has_block_by(const struct ht_case *c, const struct ht_event *event)
{
    for (const struct ht_event *e = c->exchange->events.first; e && e->id <= event->id; e = e->next) {
        if (e->dir == HT_DIR_IN && e->layer == HT_LAYER_HTTP2 && strcmp(e->kind, "HEADERS") == 0)
            return true;
    }
    return false;
}

/* The answer had begun, however broken: the wait was over. An answer begins with HEADERS (RFC 9113
 * section 8.1): what should follow them and comes alone is none. */
static bool is_of_answer(const struct ht_case *c, const struct ht_event *e)
{
    return e->exchange >= 0 && ht_glob_any("HEADERS CONTINUATION DATA", e->kind) && has_block_by(c, e);
}

static bool protocol_error(const struct ht_case *c, struct ht_claim *claim)
{
    const struct ht_event *e = c->h2 ? first_violation(c) : NULL;
    if (!c->h2 || (!e && is_short_body(c)))
        return false;
    if (e) {
        const char *why = e->malformed_why ? e->malformed_why : "a frame that is not by the rules";
        claim->title = ht_arena_printf(claim->arena, "The server breaks the rules of HTTP/2: %s", why);
        ht_claim_fact(claim, e, "%s at %s: %s", e->kind, ht_claim_moment(claim, e->t_us), why);
        if (!c->failed)
            claim->severity = HT_SEVERITY_WARNING;
    }
    if (c->exchange->response.status || (e && is_of_answer(c, e)))
        claim->phase = HT_PHASE_RESPONSE;
    return tell_our_verdict(c, claim) || e;
}

#define H2(code_, locus_)                                                                                    \
    .code = code_, .phase = HT_PHASE_WAIT, .severity = HT_SEVERITY_ERROR, .locus = locus_,                   \
    .confidence = HT_CONFIDENCE_HIGH, .rank = HT_RANK_CAUSE
#define OUTRANKED "http.empty http.killed http.truncated http.no_response http.stalled http.header_stall"

static const struct ht_rule rows[] = {
    {H2("h2.goaway_early", HT_LOCUS_FRONT),
     .title = "The server ended the connection before it served the request",
     .explanation =
         "GOAWAY says up to which stream a server has worked: ours is above it, or an error ends them "
         "all. Fronts do so when they restart, drain, reach a limit of requests per connection, or "
         "object to the client.",
     .also_explained_by = "a graceful restart in that very moment",
     .next_steps = {"once more: a restart is over soon",
                    "over HTTP/1.1, to compare: httptrace --http1.1 URL"},
     .reference = "RFC 9113 section 6.8", .supersedes = OUTRANKED, .holds = goaway_early},
    {H2("h2.refused_stream", HT_LOCUS_FRONT), .number = REFUSED_STREAM,
     .title = "The server refused the stream before it worked on the request: REFUSED_STREAM",
     .explanation =
         "REFUSED_STREAM promises that nothing was done, so that the request may be sent again: the "
         "server is at a limit, or is closing.",
     .next_steps = {"once more, later", "over HTTP/1.1, to compare: httptrace --http1.1 URL"},
     .reference = "RFC 9113 section 8.7", .supersedes = OUTRANKED, .holds = reset_with_number},
    {H2("h2.http11_required", HT_LOCUS_FRONT), .number = HTTP_1_1_REQUIRED,
     .title = "The server wants HTTP/1.1 for this request: HTTP_1_1_REQUIRED",
     .explanation =
         "The server took the connection as HTTP/2 and asks for HTTP/1.1 for this very request, as "
         "some do for client certificates, NTLM or WebSockets.",
     .next_steps = {"httptrace --http1.1 URL"}, .reference = "RFC 9113 section 7", .supersedes = OUTRANKED,
     .holds = reset_with_number},
    {H2("h2.stream_error", HT_LOCUS_ORIGIN), .title = "The server reset the stream",
     .explanation =
         "RST_STREAM ended the request or its answer while the connection lives on: INTERNAL_ERROR and "
         "CANCEL are what fronts send when the server behind them broke off or a handler was aborted.",
     .also_explained_by = "a limit or a rule of the front's own",
     .next_steps = {"over HTTP/1.1, to compare: httptrace --http1.1 URL",
                    "look at the front's log for this moment"},
     .reference = "RFC 9113 sections 6.4 and 7", .supersedes = OUTRANKED, .holds = stream_error},
    {H2("h2.answered_early", HT_LOCUS_LOCAL),
     .title = "The server answered without reading the whole body, and libcurl took that for an error",
     .explanation = "The answer came whole, and then RST_STREAM with NO_ERROR, by which a server asks to "
                    "send no more of "
                    "the body. HTTP/2 allows that; some versions of libcurl fail the request all the same.",
     .next_steps = {"does this resource take a body at all? See the answer above",
                    "over HTTP/1.1, to compare: httptrace --http1.1 URL"},
     .reference = "RFC 9113 section 8.1", .holds = answered_early},
    {H2("h2.protocol_error", HT_LOCUS_FRONT), .title = "The server breaks the rules of HTTP/2",
     .explanation = "A frame or a field section that came is not allowed by RFC 9113. A client must end the "
                    "stream or the connection then.",
     .also_explained_by = "a client library that is stricter than others",
     .next_steps = {"see every frame: httptrace -vv URL",
                    "over HTTP/1.1, to compare: httptrace --http1.1 URL"},
     .reference = "RFC 9113 section 5.4", .supersedes = OUTRANKED, .holds = protocol_error},
};

const struct ht_rule_table ht_rules_h2 = HT_RULE_TABLE(rows);
