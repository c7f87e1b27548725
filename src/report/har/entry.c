/* SPDX-License-Identifier: MIT */
/* Takes an exchange, gives it as an entry of an HTTP Archive: times, address, and what is ours. */
#include "model/model.h"
#include "report/har/har.h"

/* Of a phase that took place; -1 for one that was not needed. */
static int64_t time_of(const struct ht_exchange *x, enum ht_phase phase)
{
    const struct ht_phase_span *span = &x->phases[phase];
    bool timed = span->start_us >= 0 && span->duration_us >= 0 && span->outcome != HT_OUTCOME_SKIPPED &&
                 span->outcome != HT_OUTCOME_REUSED;
    return timed ? span->duration_us : -1;
}

/* -1 where there is none of them. */
static int64_t sum(int64_t a, int64_t b)
{
    return a < 0 ? b : b < 0 ? a : a + b;
}

static json_t *ms_or_none(int64_t duration_us)
{
    return duration_us < 0 ? json_integer(-1) : ht_har_ms(duration_us);
}

/* send, wait and receive have to be there. */
static json_t *ms_or_zero(int64_t duration_us)
{
    return duration_us < 0 ? json_integer(0) : ht_har_ms(duration_us);
}

static json_t *timings(const struct ht_exchange *x)
{
    json_t *out = json_object();
    int64_t tls = time_of(x, HT_PHASE_TLS), proxy = time_of(x, HT_PHASE_PROXY);
    ht_json_set(out, "blocked", ms_or_none(time_of(x, HT_PHASE_QUEUE)));
    ht_json_set(out, "dns", ms_or_none(time_of(x, HT_PHASE_RESOLVE)));
    ht_json_set(out, "connect", ms_or_none(sum(time_of(x, HT_PHASE_CONNECT), sum(proxy, tls))));
    ht_json_set(out, "ssl", ms_or_none(tls));
    ht_json_set(out, "_proxy", ms_or_none(proxy));
    ht_json_set(out, "send", ms_or_zero(time_of(x, HT_PHASE_REQUEST)));
    ht_json_set(out, "wait", ms_or_zero(time_of(x, HT_PHASE_WAIT)));
    ht_json_set(out, "receive", ms_or_zero(time_of(x, HT_PHASE_RESPONSE)));
    return out;
}

/* All but `ssl`, which `connect` has. */
static int64_t total(const struct ht_exchange *x)
{
    int64_t all = 0;
    for (int phase = 0; phase < HT_PHASE_COUNT; phase++)
        all = sum(all, time_of(x, (enum ht_phase)phase));
    return all;
}

static void add_connection(struct ht_json *j, json_t *out, const struct ht_connection *connection)
{
    char id[24];
    const struct ht_attempt *attempt = ht_connected_attempt(connection);
    if (!connection)
        return;
    if (attempt && attempt->port > 0) /* a Unix socket has none */
        ht_json_set(out, "serverIPAddress", ht_json_text(attempt->address));
    snprintf(id, sizeof id, "%d", connection->id);
    ht_json_set(out, "connection", json_string(id));
    if (connection->tls)
        ht_json_set(out, "_tls", ht_json_tls(j, connection->tls, connection->id));
    if (connection->h2)
        ht_json_set(out, "_h2", ht_json_h2(j, connection));
}

json_t *ht_har_entry(struct ht_json *j, const struct ht_exchange *x, const char *page)
{
    json_t *out = json_object();
    ht_json_set(out, "pageref", json_string(page));
    ht_json_set(out, "startedDateTime", ht_har_date(j, x->start_us));
    ht_json_set(out, "time", ht_har_ms(total(x)));
    ht_json_set(out, "request", ht_har_request(j, x));
    ht_json_set(out, "response", ht_har_response(j, x));
    ht_json_set(out, "cache", json_object());
    ht_json_set(out, "timings", timings(x));
    add_connection(j, out, x->connection);
    ht_json_set(out, "_cause", ht_json_word(ht_cause_name(x->cause)));
    ht_json_set(out, "_phase", ht_json_word(ht_phase_name(x->phase)));
    ht_json_set(out, "_reused", json_boolean(x->reused));
    ht_json_set(out, "_findings", ht_json_findings_of(j, x));
    return out;
}
