/* SPDX-License-Identifier: MIT */
/* Facts of a TLS session: takes a case, gives what its messages, alerts and TCP samples say together (RFC
 * 8446). */
#include "rules/session.h"

#include "decode/tls/tls.h"

#include <errno.h>

enum {
    RECORD_HEADER = 5,
    FATAL = 2,
    CLOSE_NOTIFY = 0,
    DECODE_ERROR = 50,
    USER_CANCELED = 90,
    NO_RENEGOTIATION = 100
};

/* Something that came broke its message's own format. */
static bool has_malformed(const struct ht_connection *at)
{
    for (const struct ht_event *e = at->events.first; e; e = e->next) {
        if (e->malformed && e->layer == HT_LAYER_TLS && e->dir == HT_DIR_IN)
            return true;
    }
    return false;
}

bool ht_session_of(const struct ht_case *c, struct ht_session *s)
{
    const struct ht_connection *at = c->connection;
    if (!at || (!at->tls && !at->proxy_tls))
        return false;
    const struct ht_tls *tls = at->tls ? at->tls : at->proxy_tls;
    *s = (struct ht_session){.tls = tls,
                             .of_proxy = !at->tls,
                             .tunnelled = at->tls && at->proxy && at->proxy->tunnel,
                             .closed = tls->ok && tls->alerts && ht_case_ended_by(c, HT_TCP_FIN) &&
                                       !has_malformed(at)};
    return true;
}

bool ht_session_fresh(const struct ht_case *c, struct ht_session *s)
{
    return !c->exchange->reused && ht_session_of(c, s);
}

/* Titles speak of the origin's. */
static void name_proxy(struct ht_claim *claim)
{
    static const struct {
        const char *begin, *instead;
    } rows[] = {{"The certificate", "The proxy's certificate"}, {"The server", "The proxy"}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        size_t len = strlen(rows[i].begin);
        if (strncmp(claim->title, rows[i].begin, len) != 0)
            continue;
        claim->title = ht_arena_printf(claim->arena, "%s%s", rows[i].instead, claim->title + len);
        return;
    }
}

void ht_session_place(const struct ht_session *s, struct ht_claim *claim)
{
    if (!s->of_proxy)
        return;
    name_proxy(claim);
    claim->phase = HT_PHASE_PROXY;
    if (claim->locus == HT_LOCUS_FRONT || claim->locus == HT_LOCUS_ORIGIN)
        claim->locus = HT_LOCUS_PROXY;
}

void ht_session_place_tcp(const struct ht_session *s, struct ht_claim *claim)
{
    ht_session_place(s, claim);
    if (!s->tunnelled)
        return;
    claim->locus = HT_LOCUS_UNKNOWN;
    claim->confidence = HT_CONFIDENCE_LOW;
    claim->also_explained_by =
        "the proxy, or anything between it and the origin: through a tunnel TCP tells of the proxy alone";
}

bool ht_session_answered(const struct ht_session *s)
{
    return s->tls->server_hello.present || s->tls->hello_retry;
}

bool ht_session_has_reply(const struct ht_case *c, const struct ht_session *s)
{
    return s->tls->bytes[HT_DIR_IN] > 0 || s->tls->reply_head.len || ht_session_answered(s) ||
           (c->connection->unread.len && !s->tunnelled);
}

bool ht_session_failed(const struct ht_case *c, const struct ht_session *s)
{
    return !s->tls->ok && c->ended && c->failed;
}

bool ht_session_silent(const struct ht_case *c)
{
    int64_t error = c->connection->close_error;
    if (ht_case_ended_by(c, HT_TCP_RST) || ht_case_ended_by(c, HT_TCP_FIN))
        return false;
    return ht_case_timed_out(c) || ht_case_ended_by(c, HT_TCP_TIMEOUT) || error == ETIMEDOUT ||
           error == EHOSTUNREACH || error == ENETUNREACH;
}

const struct ht_event *ht_session_message(const struct ht_session *s, const char *kind, enum ht_dir dir)
{
    for (const struct ht_event *e = s->tls->handshake.first; e; e = e->next) {
        if (e->dir == dir && strcmp(e->kind, kind) == 0)
            return e;
    }
    return NULL;
}

const struct ht_event *ht_session_last(const struct ht_session *s)
{
    return s->tls->handshake.last;
}

/* Through a tunnel the proxy's own handshake went before; what TCP sent last is the ClientHello. */
static int64_t sent_before(const struct ht_session *s, const struct ht_sample *sample, int64_t size)
{
    if (!s->tunnelled || !sample || sample->tcp.bytes_sent < 0)
        return 0;
    int64_t retransmitted = sample->tcp.bytes_retrans > 0 ? sample->tcp.bytes_retrans : 0;
    int64_t before = sample->tcp.bytes_sent - retransmitted - size;
    return before > 0 ? before : 0;
}

static int64_t clamp(int64_t value, int64_t most)
{
    return value < 0 ? 0 : value > most ? most : value;
}

static bool peer_kept_talking(const struct ht_case *c, const struct ht_sample *now)
{
    const struct ht_sample *then = ht_case_connect_sample(c);
    return then && now && then->tcp.segs_in >= 0 && now->tcp.segs_in > then->tcp.segs_in;
}

static bool has_left(const struct ht_case *c, const struct ht_sample *sample)
{
    return c->connection->wire_bytes[HT_DIR_OUT] > 0 || (sample && sample->tcp.bytes_sent > 0);
}

bool ht_session_hello(const struct ht_case *c, const struct ht_session *s, struct ht_hello_fate *fate)
{
    const struct ht_sample *sample = ht_case_sample(c);
    const struct ht_event *event = ht_session_message(s, "client_hello", HT_DIR_OUT);
    int64_t acked = ht_case_acked(c);
    if (!event || !has_left(c, sample) || (sample && sample->tcp.bytes_sent == 0))
        return false;
    *fate = (struct ht_hello_fate){.event = event, .size = event->size + RECORD_HEADER, .acked = -1};
    if (acked >= 0)
        fate->acked = clamp(acked - sent_before(s, sample, fate->size), fate->size);
    if (sample && sample->tcp.total_retrans > 0)
        fate->retransmits = sample->tcp.total_retrans;
    fate->answered_below = fate->acked == 0 && peer_kept_talking(c, sample);
    return true;
}

void ht_session_tell_hello(struct ht_claim *claim, const struct ht_case *c, const struct ht_hello_fate *fate)
{
    struct ht_span name = c->tls ? c->tls->client_hello.server_name : (struct ht_span){0};
    ht_claim_fact(claim, fate->event, "ClientHello of %lld bytes sent at %s, server_name %s",
                  (long long)fate->size, ht_claim_moment(claim, fate->event->t_us),
                  name.len ? ht_claim_text(claim, name) : "not sent");
    if (fate->acked >= 0)
        ht_claim_fact(claim, ht_case_last(c, "sample"), "%lld of %lld bytes acknowledged, %lld retransmits",
                      (long long)fate->acked, (long long)fate->size, (long long)fate->retransmits);
    else
        ht_claim_fact(claim, NULL, "no TCP sample tells how much of it was acknowledged");
}

/* In TLS 1.3 an alert that is no closure alert is fatal whatever its level (RFC 8446 section 6). */
static bool is_fatal(const struct ht_session *s, const struct ht_tls_alert *alert)
{
    if (alert->description == CLOSE_NOTIFY || alert->description == USER_CANCELED ||
        alert->description == NO_RENEGOTIATION)
        return false;
    return alert->level == FATAL || s->tls->version >= HT_TLS_1_3;
}

/* OpenSSL 3.2 and later answers a close without close_notify with an alert of its own: not the cause. */
static bool answers_a_close(const struct ht_session *s, const struct ht_tls_alert *alert)
{
    if (alert->dir != HT_DIR_OUT)
        return false;
    return ht_span_eq_str(s->tls->error_text, "unexpected eof while reading") ||
           (s->closed && alert->description == DECODE_ERROR);
}

const struct ht_tls_alert *ht_session_alert(const struct ht_session *s, enum ht_dir dir)
{
    for (const struct ht_tls_alert *a = s->tls->alerts; a; a = a->next) {
        if (a->dir == dir && is_fatal(s, a) && !answers_a_close(s, a))
            return a;
    }
    return NULL;
}

void ht_session_tell_alert(struct ht_claim *claim, const struct ht_case *c, const struct ht_tls_alert *alert)
{
    ht_claim_fact(claim, ht_case_last_dir(c, "alert", alert->dir), "fatal alert %s (%d) %s at %s",
                  alert->name ? alert->name : "of no registered name", alert->description,
                  alert->dir == HT_DIR_IN ? "came" : "was sent by this host",
                  ht_claim_moment(claim, alert->t_us));
}

bool ht_session_offers(const struct ht_session *s, uint16_t version)
{
    const struct ht_tls_hello *hello = &s->tls->client_hello;
    if (!hello->versions.count)
        return hello->legacy_version == version;
    for (size_t i = 0; i < hello->versions.count; i++) {
        if (hello->versions.at[i] == version)
            return true;
    }
    return false;
}

bool ht_session_is_narrowed(const struct ht_session *s)
{
    return s->tls->client_hello.present &&
           (!ht_session_offers(s, HT_TLS_1_2) || !ht_session_offers(s, HT_TLS_1_3));
}

const char *ht_session_versions(const struct ht_session *s, struct ht_claim *claim)
{
    const struct ht_tls_hello *hello = &s->tls->client_hello;
    struct ht_u16_list one = {&hello->legacy_version, 1};
    const struct ht_u16_list *list = hello->versions.count ? &hello->versions : &one;
    struct ht_sink text = ht_sink(HT_CAP_TEXT);
    for (size_t i = 0; i < list->count; i++) {
        const char *name = ht_tls_version_name(list->at[i]);
        if (name && !ht_tls_is_grease(list->at[i]))
            ht_sink_printf(&text, "%s%s", text.len ? ", " : "", name);
    }
    const char *kept = ht_arena_text(claim->arena, ht_span_str(ht_sink_text(&text)));
    ht_sink_free(&text);
    return kept;
}
