/* SPDX-License-Identifier: MIT */
/* Facts that many rules ask for: takes a case, reads them from samples, ends and times. */
#include "base/url.h"
#include "rules/rule.h"

#define CURLE_TIMED_OUT                                                                                      \
    28 /* libcurl's code; the only thing of it that rules read: that the user's time was up */

const struct ht_sample *ht_case_sample(const struct ht_case *c)
{
    return c->connection && c->connection->sample_count
               ? &c->connection->samples[c->connection->sample_count - 1]
               : NULL;
}

const struct ht_sample *ht_case_connect_sample(const struct ht_case *c)
{
    for (size_t i = 0; c->connection && i < c->connection->sample_count; i++) {
        if (c->connection->samples[i].point == HT_SAMPLE_CONNECTED)
            return &c->connection->samples[i];
    }
    return NULL;
}

/* The kernel counts the SYN's sequence number as acknowledged, and a FIN received as a byte (linux/tcp.h). */
int64_t ht_case_acked(const struct ht_case *c)
{
    const struct ht_sample *s = ht_case_sample(c);
    return s && s->tcp.bytes_acked > 0 ? s->tcp.bytes_acked - 1 : s ? s->tcp.bytes_acked : -1;
}

enum { TIME_WAIT = 6, CLOSE = 7, CLOSE_WAIT = 8, LAST_ACK = 9, CLOSING = 11 }; /* tcpi_state */

int64_t ht_case_received(const struct ht_case *c)
{
    const struct ht_sample *s = ht_case_sample(c);
    if (!s || s->tcp.bytes_received <= 0)
        return s ? s->tcp.bytes_received : -1;
    int64_t state = s->tcp.state;
    bool fin = state == CLOSE_WAIT || state == LAST_ACK || state == CLOSING || state == TIME_WAIT ||
               (state == CLOSE && c->connection->end == HT_TCP_FIN);
    return s->tcp.bytes_received - fin;
}

bool ht_case_timed_out(const struct ht_case *c)
{
    return !c->ended || (c->last && c->transfer->curl_code == CURLE_TIMED_OUT);
}

int64_t ht_case_silence_us(const struct ht_case *c)
{
    int64_t since = c->exchange->start_us;
    if (c->connection && c->connection->connected_us > since)
        since = c->connection->connected_us;
    if (c->connection && c->connection->last_in_us > since)
        since = c->connection->last_in_us;
    return c->now_us - since;
}

bool ht_case_connected(const struct ht_case *c)
{
    return c->connection && c->connection->connected_us >= 0;
}

/* The peer's last word within TLS (RFC 8446 section 6.1): libcurl need not wait for the FIN behind it. */
bool ht_case_said_goodbye(const struct ht_case *c)
{
    for (const struct ht_tls_alert *a = c->tls ? c->tls->alerts : NULL; a; a = a->next) {
        if (a->dir == HT_DIR_IN && a->description == 0)
            return true;
    }
    return false;
}

static bool had_fin(const struct ht_connection *n)
{
    for (size_t i = 0; i < n->sample_count; i++) {
        if (n->samples[i].tcp.state == CLOSE_WAIT || n->samples[i].tcp.state == LAST_ACK)
            return true;
    }
    return false;
}

/* libcurl may close a dead connection without having looked, or only after it has given its result: the
 * kernel knows of its death before. A reset behind the peer's goodbye answers what this side still said. */
enum ht_tcp_end ht_case_end(const struct ht_case *c)
{
    enum ht_tcp_end end = c->connection ? c->connection->end : HT_TCP_OPEN;
    const struct ht_sample *s = ht_case_sample(c);
    if (end == HT_TCP_FIN || end == HT_TCP_TIMEOUT || !c->connection)
        return end;
    if (ht_case_said_goodbye(c) || had_fin(c->connection))
        return HT_TCP_FIN;
    return s && s->tcp.state == CLOSE ? HT_TCP_RST : end;
}

bool ht_case_ended_by(const struct ht_case *c, enum ht_tcp_end end)
{
    return ht_case_connected(c) && ht_case_end(c) == end;
}

bool ht_case_recovered(const struct ht_case *c)
{
    for (const struct ht_exchange *x = c->exchange->next; x; x = x->next) {
        if (x->response.status)
            return true;
    }
    return false;
}

struct ht_span ht_case_host(const struct ht_case *c)
{
    return ht_url_host(c->exchange->url);
}
