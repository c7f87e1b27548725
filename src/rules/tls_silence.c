/* SPDX-License-Identifier: MIT */
/* Rules of the ClientHello that got no ServerHello: silence, resets and closes, told apart by what the peer's
 * TCP acknowledged (RFC 8446 section 4.1.2, RFC 9293). */
#include "rules/session.h"
#include "rules/tables.h"

/* Two retransmits are a drop, most likely; three over a second are more than a moment's loss. */
enum { ENOUGH_RETRANSMITS = 2, SURE_RETRANSMITS = 3, SURE_US = 1000 * 1000 };
/* A server that has not answered for so long, and for so many round trips, is worth a word before time is up.
 */
enum { MUTE_US = 5 * 1000 * 1000, MUTE_ROUND_TRIPS = 10 };

/* What all rows below ask for: a ClientHello left, and not one byte came back. */
static bool unanswered(const struct ht_case *c, struct ht_session *s, struct ht_hello_fate *fate)
{
    return ht_session_fresh(c, s) && !s->tls->ok && ht_case_connected(c) && (c->failed || !c->ended) &&
           ht_session_hello(c, s, fate) && !ht_session_has_reply(c, s);
}

static int64_t counter(const struct ht_case *c, int64_t (*of)(const struct ht_tcp_sample *))
{
    const struct ht_sample *s = ht_case_sample(c);
    return s ? of(&s->tcp) : 0;
}

static int64_t sacked(const struct ht_tcp_sample *s)
{
    return s->sacked;
}

static int64_t out_of_order(const struct ht_tcp_sample *s)
{
    return s->rcv_ooopack;
}

static void tell_silence(const struct ht_case *c, struct ht_claim *claim)
{
    const char *waited = ht_claim_time(claim, ht_case_silence_us(c));
    ht_claim_fact(claim, ht_case_last(c, "closed"), "nothing came for %s: no RST, no FIN%s", waited,
                  ht_case_last(c, "icmp") ? "" : ", no ICMP");
}

/* A server whose queue of connections to accept is full answers again as to a SYN, and takes no data. */
static void tell_answered_below(const struct ht_case *c, struct ht_claim *claim)
{
    const struct ht_sample *now = ht_case_sample(c), *then = ht_case_connect_sample(c);
    ht_claim_fact(claim, ht_case_last(c, "sample"), "%lld segments came meanwhile that acknowledged nothing",
                  (long long)(now->tcp.segs_in - then->tcp.segs_in));
    claim->locus = HT_LOCUS_UNKNOWN;
    claim->title = "No Server Hello: the server's TCP goes on answering, but takes no data";
    claim->explanation =
        "Nothing of the ClientHello was acknowledged, yet segments kept coming from the server's address. A "
        "server whose queue of connections to accept is full does that: it repeats its SYN-ACK and drops "
        "data.";
    claim->also_explained_by = "something on the path that drops all that follows the SYN";
}

static int64_t round_trip_us(const struct ht_case *c)
{
    const struct ht_sample *s = ht_case_connect_sample(c);
    return s ? s->tcp.rtt_us : -1;
}

/* The path worked a moment ago, so what keeps failing is this one packet. */
static bool is_sure_drop(const struct ht_case *c, const struct ht_hello_fate *fate)
{
    return fate->retransmits >= SURE_RETRANSMITS && c->now_us - fate->event->t_us >= SURE_US &&
           round_trip_us(c) > 0 && !fate->answered_below;
}

static bool ch_dropped(const struct ht_case *c, struct ht_claim *claim)
{
    struct ht_session s;
    struct ht_hello_fate fate;
    if (!unanswered(c, &s, &fate) || !ht_session_silent(c) || fate.acked != 0 ||
        fate.retransmits < ENOUGH_RETRANSMITS || counter(c, sacked) > 0)
        return false;
    ht_session_tell_hello(claim, c, &fate);
    tell_silence(c, claim);
    if (fate.answered_below)
        tell_answered_below(c, claim);
    if (is_sure_drop(c, &fate))
        claim->confidence = HT_CONFIDENCE_HIGH;
    ht_session_place_tcp(&s, claim);
    return true;
}

static bool ch_partly_acked(const struct ht_case *c, struct ht_claim *claim)
{
    struct ht_session s;
    struct ht_hello_fate fate;
    if (!unanswered(c, &s, &fate) || !ht_session_silent(c) || fate.acked <= 0 || fate.acked >= fate.size ||
        fate.retransmits < 1 || counter(c, sacked) > 0)
        return false;
    ht_session_tell_hello(claim, c, &fate);
    tell_silence(c, claim);
    ht_session_place_tcp(&s, claim);
    return true;
}

static bool is_mute_for_long(const struct ht_case *c)
{
    int64_t silence_us = ht_case_silence_us(c);
    return silence_us >= MUTE_US && silence_us >= MUTE_ROUND_TRIPS * round_trip_us(c);
}

static bool acked_silence(const struct ht_case *c, struct ht_claim *claim)
{
    struct ht_session s;
    struct ht_hello_fate fate;
    if (!unanswered(c, &s, &fate) || !ht_session_silent(c) || fate.acked != fate.size ||
        (!c->ended && !is_mute_for_long(c)) || counter(c, out_of_order) > 0)
        return false;
    ht_session_tell_hello(claim, c, &fate);
    tell_silence(c, claim);
    ht_session_place_tcp(&s, claim);
    return true;
}

/* What is left of silence when TCP tells too little: a time limit too short for a retransmission, no sample.
 */
static bool timeout(const struct ht_case *c, struct ht_claim *claim)
{
    struct ht_session s;
    struct ht_hello_fate fate;
    if (!c->ended || !unanswered(c, &s, &fate) || !ht_session_silent(c))
        return false;
    bool dropped = fate.acked == 0 && fate.retransmits >= ENOUGH_RETRANSMITS;
    bool partly = fate.acked > 0 && fate.acked < fate.size && fate.retransmits > 0;
    if (dropped || partly || fate.acked == fate.size || counter(c, sacked) > 0)
        return false;
    ht_session_tell_hello(claim, c, &fate);
    tell_silence(c, claim);
    ht_session_place_tcp(&s, claim);
    return true;
}

static bool ended(const struct ht_case *c, struct ht_claim *claim, enum ht_tcp_end how, const char *word)
{
    struct ht_session s;
    struct ht_hello_fate fate;
    if (!c->ended || !ht_case_ended_by(c, how) || !unanswered(c, &s, &fate))
        return false;
    ht_session_tell_hello(claim, c, &fate);
    const struct ht_event *closed = ht_case_last(c, "handshake_failed");
    ht_claim_fact(claim, closed, "%s at %s, %s after the ClientHello; not one byte came before it", word,
                  ht_claim_moment(claim, closed ? closed->t_us : c->now_us),
                  ht_claim_time(claim, (closed ? closed->t_us : c->now_us) - fate.event->t_us));
    ht_session_place_tcp(&s, claim);
    return true;
}

static bool is_acked(const struct ht_case *c)
{
    struct ht_session s;
    struct ht_hello_fate fate;
    return ht_session_of(c, &s) && ht_session_hello(c, &s, &fate) && fate.acked == fate.size;
}

static bool ch_rst_unacked(const struct ht_case *c, struct ht_claim *claim)
{
    return !is_acked(c) && ended(c, claim, HT_TCP_RST, "RST");
}

static bool ch_rst_acked(const struct ht_case *c, struct ht_claim *claim)
{
    return is_acked(c) && ended(c, claim, HT_TCP_RST, "RST");
}

static bool ch_fin(const struct ht_case *c, struct ht_claim *claim)
{
    return ended(c, claim, HT_TCP_FIN, "FIN");
}

/* Begins as a TLS handshake record would, or did not come at all: no alert, no plain text. */
static bool is_handshake_or_nothing(const struct ht_session *s)
{
    struct ht_span head = s->tls->reply_head;
    return head.len == 0 || head.data[0] == 22;
}

static bool no_server_hello(const struct ht_case *c, struct ht_claim *claim)
{
    struct ht_session s;
    struct ht_hello_fate fate;
    if (!ht_session_fresh(c, &s) || !ht_session_failed(c, &s) || ht_session_answered(&s) ||
        !ht_session_hello(c, &s, &fate) || ht_session_alert(&s, HT_DIR_IN) ||
        ht_session_alert(&s, HT_DIR_OUT) || !is_handshake_or_nothing(&s))
        return false;
    bool ends = ht_case_ended_by(c, HT_TCP_RST) || ht_case_ended_by(c, HT_TCP_FIN) || ht_session_silent(c);
    if (!ends || (c->connection->unread.len && !s.tls->reply_head.len))
        return false;
    ht_session_tell_hello(claim, c, &fate);
    int64_t came = s.tls->bytes[HT_DIR_IN];
    if (came > 0)
        ht_claim_fact(claim, ht_case_last_dir(c, "records", HT_DIR_IN),
                      "%lld bytes of a handshake record came, less than a ServerHello", (long long)came);
    ht_session_place_tcp(&s, claim);
    return true;
}

#define SILENCE .phase = HT_PHASE_TLS, .severity = HT_SEVERITY_ERROR, .reference = "RFC 8446 section 4.1.2"
#define OTHER_NAME                                                                                           \
    "send another name to the same address: httptrace -k --resolve example.org:443:ADDRESS "                 \
    "https://example.org/"
#define FROM_ELSEWHERE "try the same from another network"

static const struct ht_rule rows[] = {
    {.code = "tls.ch_dropped",
     SILENCE,
     .locus = HT_LOCUS_PATH,
     .confidence = HT_CONFIDENCE_MEDIUM,
     .rank = HT_RANK_CAUSE,
     .early = true,
     .title = "No Server Hello: the ClientHello was dropped on the path",
     .explanation =
         "TCP reached the server, but the first packet that names the site was never acknowledged, however "
         "often "
         "it was sent again: the server's TCP did not get it. Filters that read server_name do that.",
     .also_explained_by = "the host, or the way to it, went down in that very moment",
     .next_steps = {OTHER_NAME, FROM_ELSEWHERE, "ask again: an outage of that moment will not repeat"},
     .holds = ch_dropped},
    {.code = "tls.ch_partly_acked",
     SILENCE,
     .locus = HT_LOCUS_UNKNOWN,
     .confidence = HT_CONFIDENCE_MEDIUM,
     .rank = HT_RANK_CAUSE,
     .early = true,
     .title = "No Server Hello: only a part of the ClientHello was acknowledged",
     .explanation =
         "The ClientHello did not fit one segment, and a later part of it never reached the server's TCP. "
         "Boxes "
         "that expect a ClientHello in one packet fail so with the larger ones of post-quantum key exchange.",
     .also_explained_by = "plain loss, repeated",
     .next_steps = {"make it fit one packet: httptrace --curves X25519 URL", FROM_ELSEWHERE},
     .holds = ch_partly_acked},
    {.code = "tls.acked_silence",
     SILENCE,
     .locus = HT_LOCUS_FRONT,
     .confidence = HT_CONFIDENCE_MEDIUM,
     .rank = HT_RANK_CAUSE,
     .early = true,
     .title = "No Server Hello: the server took the ClientHello and stays mute",
     .explanation = "Every byte of the ClientHello was acknowledged by the TCP that holds the server's "
                    "address, and not one "
                    "byte came back: a hung server, a front whose backend does not answer, or a filter that "
                    "swallows it.",
     .also_explained_by = "answers that are lost on the way back",
     .next_steps = {OTHER_NAME, "look at the server: does its process still accept and read?"},
     .holds = acked_silence},
    {.code = "tls.timeout",
     SILENCE,
     .locus = HT_LOCUS_UNKNOWN,
     .confidence = HT_CONFIDENCE_LOW,
     .rank = HT_RANK_CAUSE,
     .title = "No Server Hello came in time, and TCP tells too little to say why",
     .explanation =
         "The wait ended before the ClientHello was sent again often enough, or no TCP sample was to "
         "be had: a drop on the path, loss and a slow server still look the same.",
     .next_steps = {"wait longer: httptrace --max-time 15 URL", FROM_ELSEWHERE},
     .holds = timeout},
    {.code = "tls.ch_rst_unacked",
     SILENCE,
     .locus = HT_LOCUS_UNKNOWN,
     .confidence = HT_CONFIDENCE_MEDIUM,
     .rank = HT_RANK_CAUSE,
     .title = "No Server Hello: a reset came that does not acknowledge the ClientHello",
     .explanation =
         "The connection was reset before any of the server's segments acknowledged the whole ClientHello. "
         "Injectors on the path look so; so does a server that closes with unread data before its delayed "
         "ACK.",
     .also_explained_by = "a filter on the path that forges the reset; a SYN proxy; a server that resets at "
                          "once or lost its state",
     .next_steps = {OTHER_NAME, FROM_ELSEWHERE},
     .holds = ch_rst_unacked},
    {.code = "tls.ch_rst_acked",
     SILENCE,
     .locus = HT_LOCUS_FRONT,
     .confidence = HT_CONFIDENCE_MEDIUM,
     .rank = HT_RANK_CAUSE,
     .title = "No Server Hello: the server took the ClientHello, then reset the connection",
     .explanation = "The TCP that holds the server's address acknowledged the whole ClientHello before the "
                    "reset: the server, "
                    "or the front before it, refused or crashed.",
     .also_explained_by = "an injector near the server that lost the race against the acknowledgement",
     .next_steps = {OTHER_NAME, "look at the server's error log", FROM_ELSEWHERE},
     .holds = ch_rst_acked},
    {.code = "tls.ch_fin",
     SILENCE,
     .locus = HT_LOCUS_FRONT,
     .confidence = HT_CONFIDENCE_MEDIUM,
     .rank = HT_RANK_CAUSE,
     .title = "No Server Hello: the connection was closed in answer to the ClientHello",
     .explanation =
         "An orderly close without an alert: a front that rejects this name or client, or whose backend "
         "is dead, does so.",
     .also_explained_by = "a forged FIN",
     .next_steps = {OTHER_NAME, "look at the front's log, and whether its backend is up", FROM_ELSEWHERE},
     .holds = ch_fin},
    {.code = "tls.no_server_hello",
     SILENCE,
     .locus = HT_LOCUS_UNKNOWN,
     .confidence = HT_CONFIDENCE_MEDIUM,
     .rank = HT_RANK_ROLLUP,
     .title = "No Server Hello: the ClientHello went out, and no whole ServerHello came back",
     .explanation =
         "The interception point lies before the server's TLS: whatever ended it, the handshake never "
         "began on the other side, or its first words did not arrive.",
     .next_steps = {OTHER_NAME},
     .holds = no_server_hello},
};

const struct ht_rule_table ht_rules_tls_silence = HT_RULE_TABLE(rows);
