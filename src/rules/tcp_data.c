/* SPDX-License-Identifier: MIT */
/* Rules of connections that were made and came to nothing below TLS and HTTP: takes how they ended and what
 * TCP_INFO counted, tells ends without a word and packets that vanish by size (RFC 9293, RFC 8899, RFC 2018).
 */
#include "rules/connect.h"
#include "rules/tables.h"

#define EARLY_SILENCE_US  INT64_C(1000000) /* packets go out again within; see docs/findings.md */
#define EARLY_DOWN_US     INT64_C(2000000) /* so that what was reordered has come */
#define COLLAPSE_LEAST_US INT64_C(10000)
#define AGAIN_LEAST       2

/* ---- ends without a word ---- */

static bool said_nothing(const struct ht_case *c, enum ht_tcp_end end)
{
    const struct ht_connection *n = c->connection;
    return c->failed && !c->exchange->reused && !ht_case_proxied(c) && ht_case_ended_by(c, end) &&
           n->wire_bytes[HT_DIR_OUT] == 0 && n->wire_bytes[HT_DIR_IN] == 0;
}

static void tell_end(const struct ht_case *c, struct ht_claim *claim, const char *what)
{
    const struct ht_connection *n = c->connection;
    ht_claim_fact(claim, ht_case_last(c, "connected"), "connected to %s", ht_claim_text(claim, n->remote));
    ht_claim_fact(claim, ht_case_last(c, "closed"), "%s %s later, before a byte was sent either way", what,
                  ht_claim_time(claim, ht_case_end_us(c) - n->connected_us));
    claim->phase = ht_case_phase(c);
}

/* A RST may come so soon that connect() itself tells of it: a refused SYN has another errno. */
static bool rst_after_accept(const struct ht_case *c, struct ht_claim *claim)
{
    if (!ht_case_proxied(c) && ht_connect_end(c) == HT_CONNECT_RESET) {
        ht_connect_tell(c, claim);
        return true;
    }
    if (!said_nothing(c, HT_TCP_RST))
        return false;
    tell_end(c, claim, "RST came");
    return true;
}

static bool fin_after_accept(const struct ht_case *c, struct ht_claim *claim)
{
    if (!said_nothing(c, HT_TCP_FIN))
        return false;
    tell_end(c, claim, "FIN came");
    return true;
}

/* ---- silence ---- */

/* The connection waits for something: time is up, or at least that long nothing came. */
static bool waits(const struct ht_case *c, int64_t early_us)
{
    if (!ht_case_connected(c) || !ht_case_timed_out(c) || ht_case_proxied(c))
        return false;
    return c->ended || ht_case_silence_us(c) >= early_us;
}

static bool zero_window(const struct ht_case *c, struct ht_claim *claim)
{
    const struct ht_sample *s = ht_case_sample(c);
    if (!waits(c, EARLY_SILENCE_US) || !s || s->tcp.notsent_bytes <= 0 || s->tcp.bytes_sent != 0 ||
        s->tcp.snd_wnd != 0)
        return false;
    ht_claim_fact(claim, ht_case_last(c, "connected"), "connected to %s",
                  ht_claim_text(claim, c->connection->remote));
    ht_claim_fact(claim, ht_case_last(c, "sample"),
                  "%s later: receive window 0, %lld bytes wait to be sent, none ever went out",
                  ht_claim_time(claim, s->t_us - c->connection->connected_us),
                  (long long)s->tcp.notsent_bytes);
    claim->phase = ht_case_phase(c);
    return true;
}

/* The acknowledgements stand still: an earlier sample had the same count, and what is missing went out again
 * since. Without an acknowledged byte no earlier sample is needed. */
static bool stands_still(const struct ht_case *c, const struct ht_sample *s)
{
    if (ht_case_acked(c) <= 0)
        return true;
    for (size_t i = c->connection->sample_count; i-- > 0;) {
        const struct ht_tcp_sample *before = &c->connection->samples[i].tcp;
        if (before->bytes_acked != s->tcp.bytes_acked)
            return false;
        if (s->tcp.total_retrans - before->total_retrans >= AGAIN_LEAST)
            return true;
    }
    return false;
}

/* Of what has arrived behind the gap at least one segment was as large as they get, so size is not what the
 * missing ones have in common: were those all full, and of the others as many as can be up to three quarters
 * of that, there is still more than so many segments hold. */
static bool large_ones_arrive(const struct ht_case *c, const struct ht_tcp_sample *t)
{
    int64_t again = t->bytes_retrans > 0 ? t->bytes_retrans : 0;
    int64_t missing = t->unacked - t->sacked;
    if (t->bytes_sent < 0 || t->snd_mss <= 0 || missing < 0)
        return false;
    int64_t arrived = t->bytes_sent - again - ht_case_acked(c) - missing * t->snd_mss;
    return arrived * 4 >= (3 * t->sacked + 1) * t->snd_mss;
}

static bool pmtu_hole_up(const struct ht_case *c, struct ht_claim *claim)
{
    const struct ht_sample *s = ht_case_sample(c);
    if (!waits(c, EARLY_SILENCE_US) || !s || s->tcp.sacked < 1 || s->tcp.lost < 1 ||
        s->tcp.total_retrans < AGAIN_LEAST || !stands_still(c, s) || large_ones_arrive(c, &s->tcp))
        return false;
    ht_claim_fact(
        claim, ht_case_last(c, "sample"),
        "%lld bytes acknowledged in order; behind the gap %lld segments have arrived (SACK), %lld are "
        "lost after %lld retransmits",
        (long long)ht_case_acked(c), (long long)s->tcp.sacked, (long long)s->tcp.lost,
        (long long)s->tcp.total_retrans);
    ht_claim_fact(claim, NULL, "segments of up to %lld bytes; path MTU known here: %lld",
                  (long long)s->tcp.snd_mss, (long long)s->tcp.pmtu);
    claim->phase = ht_case_phase(c);
    return true;
}

/* What came in order fits one segment, so the out-of-order ones are behind a hole that was never filled. */
static bool pmtu_hole_down(const struct ht_case *c, struct ht_claim *claim)
{
    const struct ht_sample *s = ht_case_sample(c);
    int64_t received = ht_case_received(c);
    if (!waits(c, EARLY_DOWN_US) || !s || s->tcp.rcv_ooopack < 1 || received < 0 ||
        received >= s->tcp.snd_mss || c->exchange->reused)
        return false;
    ht_claim_fact(claim, ht_case_last(c, "sample"),
                  "%lld segments came out of order; in order only %lld bytes ever came, in %s",
                  (long long)s->tcp.rcv_ooopack, (long long)received,
                  ht_claim_time(claim, s->t_us - c->connection->connected_us));
    ht_claim_fact(claim, ht_case_last(c, "sample"), "%lld bytes of ours were acknowledged",
                  (long long)ht_case_acked(c));
    claim->phase = ht_case_phase(c);
    return true;
}

/* ---- supporting facts ---- */

static bool rtt_collapse(const struct ht_case *c, struct ht_claim *claim)
{
    const struct ht_sample *s = ht_case_sample(c), *first = ht_case_connect_sample(c);
    if (!c->ended || !c->failed || c->exchange->reused || !s || !first || ht_case_acked(c) <= 0)
        return false;
    int64_t then = first->tcp.rtt_us, now = s->tcp.min_rtt_us;
    if (then <= 0 || now <= 0 || now * 10 >= then * 6 || then - now < COLLAPSE_LEAST_US)
        return false;
    ht_claim_fact(claim, ht_case_last(c, "sample"),
                  "round trip %s at the connect, %s for the data that followed", ht_claim_time(claim, then),
                  ht_claim_time(claim, now));
    claim->phase = ht_case_phase(c);
    return true;
}

#define ROW(code_, phase_, locus_, confidence_)                                                              \
    .code = code_, .phase = phase_, .severity = HT_SEVERITY_ERROR, .locus = locus_,                          \
    .confidence = confidence_, .rank = HT_RANK_CAUSE

static const struct ht_rule rows[] = {
    {ROW("tcp.rst_after_accept", HT_PHASE_CONNECT, HT_LOCUS_FRONT, HT_CONFIDENCE_MEDIUM),
     .title = "The connection was accepted and reset before anything was sent",
     .explanation =
         "The handshake of TCP was complete, then RST came although this host had not said a word: "
         "what holds the address does not want this client, or has no room for it.",
     .also_explained_by = "a packet filter near the server that resets what it does not like the sender of",
     .next_steps = {"try from another network",
                    "look for access lists and connection limits in front of the server"},
     .reference = "RFC 9293 section 3.5.2", .supersedes = "http.killed http.empty",
     .holds = rst_after_accept},
    {ROW("tcp.fin_after_accept", HT_PHASE_TLS, HT_LOCUS_FRONT, HT_CONFIDENCE_MEDIUM),
     .title = "The connection was accepted and closed before anything was sent",
     .explanation =
         "The handshake of TCP was complete, then the peer closed although this host had not said a "
         "word: what holds the address does not want this client, or has no room for it.",
     .also_explained_by = "a service of another protocol that ends at once",
     .next_steps = {"look for connection limits in front of the server", "try again a little later"},
     .reference = "RFC 9293 section 3.6", .supersedes = "http.empty", .holds = fin_after_accept},
    {ROW("tcp.zero_window", HT_PHASE_TLS, HT_LOCUS_FRONT, HT_CONFIDENCE_MEDIUM), .early = true,
     .title = "The connection was accepted, but no byte was ever let in",
     .explanation =
         "The peer completed the handshake and announced a receive window of zero ever since. A SYN "
         "proxy or load balancer does so while it has no connection to the server behind it.",
     .also_explained_by = "a server so short of memory that it opens no window",
     .next_steps = {"check that the server behind the front is up"}, .reference = "RFC 9293 section 3.8.6.1",
     .supersedes = "http.no_response tls.ch_dropped tls.acked_silence", .holds = zero_window},
    {ROW("tcp.pmtu_hole_up", HT_PHASE_TLS, HT_LOCUS_PATH, HT_CONFIDENCE_HIGH), .early = true,
     .title = "Large packets to the server vanish on the path",
     .explanation =
         "Packets behind the gap have arrived, so the way is open; those before it are sent again and "
         "again and never arrive. What they have in common is their size: some hop cannot carry them "
         "and its ICMP \"too big\" is not sent or does not get here.",
     .also_explained_by = "loss that hits the same segment every time",
     .next_steps = {"find the size that passes: tracepath HOST",
                    "try smaller packets: ip route replace ADDRESS via GATEWAY mtu 1280",
                    "let ICMP through: type 3 code 4, and for IPv6 type 2"},
     .reference = "RFC 2923 section 2.1; RFC 8899",
     .supersedes = "tls.ch_dropped tls.ch_partly_acked tls.acked_silence http.no_response http.stalled",
     .holds = pmtu_hole_up},
    {ROW("tcp.pmtu_hole_down", HT_PHASE_TLS, HT_LOCUS_PATH, HT_CONFIDENCE_HIGH), .early = true,
     .title = "Large packets from the server vanish on the path",
     .explanation =
         "The server answered: the end of what it sent has arrived, the beginning never did, however "
         "often it was sent again. What is missing are the full-sized packets: some hop cannot carry "
         "them and its ICMP \"too big\" is not sent or does not get to the server.",
     .also_explained_by = "reordering, where the wait was very short",
     .next_steps = {"find the size that passes: tracepath HOST",
                    "announce a smaller segment size: ip route replace ADDRESS via GATEWAY advmss 1200",
                    "let ICMP through: type 3 code 4, and for IPv6 type 2"},
     .reference = "RFC 2923 section 2.1; RFC 8899",
     .supersedes = "tls.acked_silence tls.stalled_mid_handshake tls.ch_partly_acked http.no_response "
                   "http.header_stall http.stalled",
     .holds = pmtu_hole_down},
    {.code = "tcp.rtt_collapse",
     .phase = HT_PHASE_CONNECT,
     .severity = HT_SEVERITY_INFO,
     .locus = HT_LOCUS_UNKNOWN,
     .confidence = HT_CONFIDENCE_LOW,
     .rank = HT_RANK_CONTEXT,
     .title = "Data was answered from nearer than the connection was",
     .explanation =
         "The round trip of the data is far shorter than that of the handshake: something nearer than "
         "the server may answer in its place. By itself this proves nothing.",
     .also_explained_by = "a first packet that was slow: ARP, a radio that had to wake up",
     .next_steps = {"run it again and compare"},
     .holds = rtt_collapse},
};

const struct ht_rule_table ht_rules_tcp_data = HT_RULE_TABLE(rows);
