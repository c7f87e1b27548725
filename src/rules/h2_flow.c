/* SPDX-License-Identifier: MIT */
/* HTTP/2 peers that fall silent, hold windows shut or flood: takes settings, frame counts and stalls of a
 * connection (RFC 9113 sections 3.4, 5.2, 6.9 and 10.5). */
#include "decode/h2/h2.h"
#include "rules/h2_facts.h"
#include "rules/http_facts.h"
#include "rules/tables.h"

enum { INITIAL_WINDOW_SIZE = 4 };

#define EARLY_US (3 * 1000 * 1000)

/* Time is up, or a wait is long enough to speak of. */
static bool waits_since(const struct ht_case *c, int64_t since_us)
{
    return ht_http_waited(c) || (!c->ended && since_us >= 0 && c->now_us - since_us >= EARLY_US);
}

/* ---- no SETTINGS ---- */

static uint64_t frames_in(const struct ht_h2 *h2)
{
    uint64_t frames = 0;
    for (int type = 0; type <= HT_H2_FRAME_TYPES; type++)
        frames += h2->frames[HT_DIR_IN][type];
    return frames;
}

static bool spoke(const struct ht_case *c)
{
    const struct ht_event *e = ht_case_last_dir(c, "opaque", HT_DIR_IN);
    return frames_in(c->h2) > 0 || e != NULL;
}

static bool no_settings(const struct ht_case *c, struct ht_claim *claim)
{
    if (!c->h2 || c->h2->upgraded || !waits_since(c, c->exchange->request.first_us) || spoke(c) ||
        ht_http_unheard(c))
        return false;
    ht_claim_fact(claim, ht_case_last_dir(c, "preface", HT_DIR_OUT),
                  "the client connection preface was sent");
    ht_http_tell_request(c, claim);
    ht_http_tell_ack(c, claim);
    ht_claim_fact(claim, NULL, "no frame came for %s, not even SETTINGS, which is the first of every server",
                  ht_claim_time(claim, c->now_us - c->exchange->request.first_us));
    ht_http_place_tcp(c, claim);
    return true;
}

/* ---- flow control ---- */

static const struct ht_h2_stall *lasting_stall(const struct ht_case *c)
{
    for (const struct ht_h2_stall *s = c->h2->stalls; s; s = s->next) {
        if (s->dir == HT_DIR_OUT && s->end_us < 0 && (s->stream == 0 || s->stream == c->exchange->stream))
            return s;
    }
    return NULL;
}

static int64_t peer_initial_window(const struct ht_h2 *h2)
{
    for (size_t i = 0; i < h2->settings_count[HT_DIR_IN]; i++) {
        if (h2->settings[HT_DIR_IN][i].id == INITIAL_WINDOW_SIZE)
            return h2->settings[HT_DIR_IN][i].value;
    }
    return 65535;
}

/* Without a byte sent no window was used up: it was shut from the start, and stayed so. */
static bool was_never_open(const struct ht_case *c)
{
    const struct ht_event *update = ht_case_last_dir(c, "WINDOW_UPDATE", HT_DIR_IN);
    return peer_initial_window(c->h2) == 0 && c->exchange->request.body_bytes == 0 &&
           (!update || update->exchange != c->exchange->id);
}

/* There is more of the body to send, and no end of the wait in sight: libcurl goes on although it has a whole
 * answer, until time is up. */
static bool has_more_to_send(const struct ht_case *c)
{
    bool answered = c->exchange->response.complete;
    return ht_http_sent(c) && !c->exchange->request.complete &&
           (!answered || (c->ended && c->failed && ht_case_timed_out(c)));
}

static bool flow_control_stall(const struct ht_case *c, struct ht_claim *claim)
{
    const struct ht_request *r = &c->exchange->request;
    if (!c->h2 || !has_more_to_send(c) || ht_http_unheard(c))
        return false;
    const struct ht_h2_stall *stall = lasting_stall(c);
    bool never_open = !stall && was_never_open(c);
    int64_t since = stall ? stall->start_us : r->last_us;
    if ((!stall && !never_open) || (!c->exchange->response.complete && !waits_since(c, since)))
        return false;
    ht_http_tell_request(c, claim);
    ht_http_tell_answer(c, claim);
    if (stall)
        ht_claim_fact(claim, ht_case_last_dir(c, "WINDOW_UPDATE", HT_DIR_IN),
                      "the window of %s stands at zero since %s: no WINDOW_UPDATE came for %s",
                      stall->stream ? "the stream" : "the connection",
                      ht_claim_moment(claim, stall->start_us),
                      ht_claim_time(claim, c->now_us - stall->start_us));
    else
        ht_claim_fact(claim, ht_case_last_dir(c, "SETTINGS", HT_DIR_IN),
                      "SETTINGS_INITIAL_WINDOW_SIZE is 0 and no WINDOW_UPDATE came for the stream");
    return true;
}

/* ---- floods ---- */

struct flood_row {
    unsigned type;
    const char *name;
    const char *event; /* the kind of its events */
};

static const struct flood_row flood_rows[] = {
    {HT_H2_PING, "PING", "PING"},
    {HT_H2_SETTINGS, "SETTINGS", "SETTINGS"},
    {HT_H2_RST_STREAM, "RST_STREAM", "RST_STREAM"},
    {HT_H2_CONTINUATION, "CONTINUATION", "CONTINUATION"},
    {HT_H2_DATA, "empty DATA", "body"},
    {HT_H2_WINDOW_UPDATE, "WINDOW_UPDATE", "WINDOW_UPDATE"},
    {HT_H2_FRAME_TYPES, "unknown", "UNKNOWN"},
};

/* No healthy peer sends a thousand useless ones, and a hundred in a second; a long transfer may send many. */
enum { FLOOD_FRAMES = 1000, FLOOD_PER_SECOND = 100 };

/* A server that reads a body in the smallest pieces in use, of 512 bytes, and opens the windows of stream and
 * connection anew for each, sends one WINDOW_UPDATE for 256 bytes of it. Go's sends one for 4 KiB. */
enum { BYTES_PER_UPDATE = 256 };

/* By how many frames of the type this exchange of frames could be served at most, bodies of both sides
 * counted: they belong to the connection, as the frames do. */
static uint64_t useful(const struct ht_h2 *h2, unsigned type)
{
    const uint64_t *in = h2->frames[HT_DIR_IN], *out = h2->frames[HT_DIR_OUT];
    switch (type) {
    case HT_H2_DATA:
        return (uint64_t)h2->data_bytes[HT_DIR_IN];
    case HT_H2_RST_STREAM:
        return out[HT_H2_HEADERS] + in[HT_H2_HEADERS];
    case HT_H2_WINDOW_UPDATE: /* for stream and connection */
        return 2 * (out[HT_H2_DATA] + out[HT_H2_HEADERS]) +
               (uint64_t)h2->data_bytes[HT_DIR_OUT] / BYTES_PER_UPDATE;
    case HT_H2_PING: /* one for each DATA, to measure the bandwidth, as gRPC does; ours are answers to its own
                      */
        return out[HT_H2_DATA] + in[HT_H2_DATA];
    default:
        return 0;
    }
}

static uint64_t useless(const struct ht_case *c, unsigned type)
{
    uint64_t frames = c->h2->frames[HT_DIR_IN][type], used = useful(c->h2, type);
    return frames > used ? frames - used : 0;
}

/* Of one header block more are followed by nobody. */
static bool is_endless_block(const struct ht_case *c, unsigned type, uint64_t frames)
{
    return type == HT_H2_CONTINUATION && frames > HT_CAP_CONTINUATIONS && c->exchange->response.status == 0;
}

static const struct flood_row *flood_of(const struct ht_case *c, uint64_t *frames)
{
    int64_t lived_us = c->now_us - (c->connection->connected_us > 0 ? c->connection->connected_us : 0);
    for (size_t i = 0; i < sizeof flood_rows / sizeof *flood_rows; i++) {
        *frames = useless(c, flood_rows[i].type);
        bool many = *frames >= FLOOD_FRAMES &&
                    *frames / (1 + (uint64_t)(lived_us > 0 ? lived_us : 0) / 1000000) >= FLOOD_PER_SECOND;
        if (many || is_endless_block(c, flood_rows[i].type, *frames))
            return &flood_rows[i];
    }
    return NULL;
}

static bool flood(const struct ht_case *c, struct ht_claim *claim)
{
    uint64_t frames = 0;
    const struct flood_row *row = c->h2 && c->connection && ht_http_sent(c) ? flood_of(c, &frames) : NULL;
    if (!row)
        return false;
    const struct ht_event *event = ht_case_last_dir(c, row->event, HT_DIR_IN);
    ht_claim_fact(claim, event, "%llu %s frames came within %s", (unsigned long long)frames, row->name,
                  ht_claim_time(claim, c->now_us - c->connection->connected_us));
    claim->title =
        ht_arena_printf(claim->arena, "The server floods the connection with %s frames", row->name);
    if (c->exchange->response.status)
        claim->phase = HT_PHASE_RESPONSE;
    if (c->ended && !c->failed)
        claim->severity = HT_SEVERITY_WARNING;
    return true;
}

#define FLOW(code_, phase_, locus_)                                                                          \
    .code = code_, .phase = phase_, .severity = HT_SEVERITY_ERROR, .locus = locus_,                          \
    .confidence = HT_CONFIDENCE_HIGH, .rank = HT_RANK_CAUSE

static const struct ht_rule rows[] = {
    {FLOW("h2.flood", HT_PHASE_WAIT, HT_LOCUS_FRONT), .title = "The server floods the connection with frames",
     .explanation =
         "Far more frames came than any exchange needs, of a kind that costs the receiver work and "
         "carries nothing.",
     .next_steps = {"over HTTP/1.1, to compare: httptrace --http1.1 URL"},
     .reference = "RFC 9113 section 10.5",
     .supersedes =
         "h2.protocol_error h2.stream_error h2.goaway_early h2.no_settings http.no_response http.stalled "
         "http.header_stall http.header_oversize http.killed http.empty http.truncated local.interrupted",
     .holds = flood},
    {FLOW("h2.no_settings", HT_PHASE_WAIT, HT_LOCUS_FRONT), .early = true,
     .title = "The server agreed to HTTP/2 and sent no SETTINGS",
     .explanation =
         "The connection is up and HTTP/2 was chosen, but the server's first frame never came: what "
         "agreed to HTTP/2 in the handshake is not what reads the connection now.",
     .next_steps = {"over HTTP/1.1, to compare: httptrace --http1.1 URL"},
     .reference = "RFC 9113 section 3.4", .supersedes = "http.no_response", .holds = no_settings},
    {FLOW("h2.flow_control_stall", HT_PHASE_REQUEST, HT_LOCUS_UNKNOWN), .early = true,
     .title = "The server does not take the request's body: its flow-control window stays shut",
     .explanation =
         "There is more of the body to send, and the window that the server granted is used up: it "
         "does not read what it has got, or what is behind it does not.",
     .next_steps = {"over HTTP/1.1, to compare: httptrace --http1.1 URL", "with a small body, to compare"},
     .reference = "RFC 9113 sections 5.2 and 6.9", .supersedes = "http.no_response http.stalled",
     .holds = flow_control_stall},
};

const struct ht_rule_table ht_rules_h2_flow = HT_RULE_TABLE(rows);
