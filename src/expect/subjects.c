/* SPDX-License-Identifier: MIT */
/* What checks may speak of: takes a transfer, gives the number or the texts that a subject stands for. */
#include "expect/subject.h"
#include "model/model.h"

#define DAY_S 86400

void ht_found_add(struct ht_found *found, struct ht_span text)
{
    if (found->count == found->size) {
        size_t size = found->size ? found->size * 2 : 8;
        struct ht_span *texts = ht_arena_alloc(found->arena, size * sizeof *texts);
        if (found->count)
            memcpy(texts, found->texts, found->count * sizeof *texts);
        found->texts = texts;
        found->size = size;
    }
    found->texts[found->count++] = text;
}

static bool one_text(struct ht_found *found, struct ht_span text)
{
    if (text.len)
        ht_found_add(found, text);
    return text.len > 0;
}

static bool one_number(struct ht_found *found, int64_t number)
{
    found->number = number;
    return true;
}

static bool is_answered(const struct ht_question *q)
{
    return q->exchange && q->exchange->response.status > 0;
}

/* ---- the answer ---- */

static bool find_status(const struct ht_question *q, struct ht_found *found)
{
    return is_answered(q) && one_number(found, q->exchange->response.status);
}

static bool find_http(const struct ht_question *q, struct ht_found *found)
{
    static const int64_t versions[] = {
        [HT_HTTP_1_0] = 1000, [HT_HTTP_1_1] = 1001, [HT_HTTP_2] = 2000, [HT_HTTP_3] = 3000};
    enum ht_http_version version = is_answered(q) ? q->exchange->response.version : HT_HTTP_UNKNOWN;
    return version != HT_HTTP_UNKNOWN && one_number(found, versions[version]);
}

static bool find_body_bytes(const struct ht_question *q, struct ht_found *found)
{
    return is_answered(q) && one_number(found, q->exchange->response.body_bytes);
}

/* No such field in an answer is something to be judged: no value is equal to another one. */
static bool find_header(const struct ht_question *q, struct ht_found *found)
{
    if (!is_answered(q))
        return false;
    const struct ht_headers *headers = &q->exchange->response.headers;
    for (size_t i = 0; i < headers->count; i++) {
        if (ht_span_ieq_str(headers->at[i].name, q->argument))
            ht_found_add(found, headers->at[i].value);
    }
    return true;
}

/* ---- the connection ---- */

/* "192.0.2.7:443" and "[2001:db8::1]:443" without their ports; a Unix socket has no address. */
static bool find_ip(const struct ht_question *q, struct ht_found *found)
{
    struct ht_span text = q->connection ? q->connection->remote : ht_span(NULL, 0);
    if (text.len == 0 || text.data[0] == '/' || text.data[0] == '@')
        return false;
    if (text.data[0] == '[') {
        size_t end = ht_span_find_byte(text, ']', 0);
        return end < text.len && one_text(found, ht_span_from(ht_span_head(text, end), 1));
    }
    return one_text(found, ht_span_head(text, ht_span_find_byte(text, ':', 0)));
}

static bool find_proxy(const struct ht_question *q, struct ht_found *found)
{
    const struct ht_proxy *proxy = q->connection ? q->connection->proxy : NULL;
    struct ht_span url = proxy ? proxy->url : q->transfer->proxy;
    return one_text(found, url.len ? url : ht_span_str("none"));
}

static bool find_reused(const struct ht_question *q, struct ht_found *found)
{
    return q->connection && one_number(found, q->exchange->reused);
}

static bool find_redirects(const struct ht_question *q, struct ht_found *found)
{
    int64_t count = 0;
    for (const struct ht_exchange *x = q->transfer->exchanges; x; x = x->next)
        count += x->cause == HT_CAUSE_REDIRECT;
    return q->exchange && one_number(found, count);
}

/* ---- TLS ---- */

/* The handshake got as far as an agreement on the version. */
static bool is_agreed(const struct ht_question *q)
{
    return q->tls && q->tls->version != 0;
}

static bool find_tls(const struct ht_question *q, struct ht_found *found)
{
    /* SSL 3.0 is 0x0300, TLS 1.0 is 0x0301, and so on (RFC 8446 section 4.2.1). */
    unsigned minor = is_agreed(q) ? q->tls->version & 0xffu : 0;
    return is_agreed(q) && one_number(found, minor ? 1000 + (int64_t)minor - 1 : 3);
}

static bool find_alpn(const struct ht_question *q, struct ht_found *found)
{
    return is_agreed(q) && one_text(found, q->tls->alpn.len ? q->tls->alpn : ht_span_str("none"));
}

static bool find_cipher(const struct ht_question *q, struct ht_found *found)
{
    return is_agreed(q) && one_text(found, q->tls->cipher);
}

static bool find_group(const struct ht_question *q, struct ht_found *found)
{
    return is_agreed(q) && one_text(found, q->tls->group);
}

static bool find_resumed(const struct ht_question *q, struct ht_found *found)
{
    return is_agreed(q) && one_number(found, q->tls->resumed);
}

static const struct ht_certificate *leaf(const struct ht_question *q)
{
    bool parsed = q->tls && q->tls->certificate_count && q->tls->certificates[0].parsed;
    return parsed ? &q->tls->certificates[0] : NULL;
}

static bool find_issuer(const struct ht_question *q, struct ht_found *found)
{
    return leaf(q) && one_text(found, leaf(q)->issuer);
}

static bool find_subject(const struct ht_question *q, struct ht_found *found)
{
    if (!leaf(q))
        return false;
    ht_found_add(found, leaf(q)->subject); /* may be empty: RFC 5280 section 4.1.2.6 */
    return true;
}

static bool find_san(const struct ht_question *q, struct ht_found *found)
{
    if (!leaf(q))
        return false;
    for (size_t i = 0; i < leaf(q)->san.count; i++)
        ht_found_add(found, leaf(q)->san.at[i]);
    return true;
}

/* By the clock of the run, so that a record gives the same answer later. */
static bool find_days_left(const struct ht_question *q, struct ht_found *found)
{
    if (!leaf(q))
        return false;
    int64_t left = leaf(q)->not_after_s - q->transfer->wall_start_us / 1000000;
    return one_number(found, left >= 0 ? left / DAY_S : -((-left + DAY_S - 1) / DAY_S));
}

static bool find_sha256(const struct ht_question *q, struct ht_found *found)
{
    return leaf(q) && one_text(found, ht_span_str(leaf(q)->sha256));
}

/* ---- times and findings ---- */

static bool find_total(const struct ht_question *q, struct ht_found *found)
{
    const struct ht_transfer *t = q->transfer;
    return t->end_us >= 0 && one_number(found, t->end_us - t->start_us);
}

/* A phase that did not come to its end took no time that could be judged; one that was not needed took none.
 */
static bool find_phase(const struct ht_question *q, struct ht_found *found)
{
    enum ht_phase phase = HT_PHASE_QUEUE;
    while (phase < HT_PHASE_COUNT && strcmp(ht_phase_name(phase), q->argument) != 0)
        phase++;
    if (!q->exchange || phase == HT_PHASE_COUNT)
        return false;
    const struct ht_phase_span *span = &q->exchange->phases[phase];
    bool over = phase <= q->exchange->phase || q->transfer->curl_code == 0;
    if (!over || span->outcome == HT_OUTCOME_FAILED || span->outcome == HT_OUTCOME_PENDING)
        return false;
    return one_number(found, span->outcome == HT_OUTCOME_OK ? span->duration_us : 0);
}

static bool find_finding(const struct ht_question *q, struct ht_found *found)
{
    for (const struct ht_exchange *x = q->transfer->exchanges; x; x = x->next) {
        for (const struct ht_finding *f = x->findings; f; f = f->next)
            ht_found_add(found, ht_span_str(f->code));
    }
    return true;
}

static bool find_verdict(const struct ht_question *q, struct ht_found *found)
{
    return one_text(found, ht_span_str(ht_verdict_status_name(q->transfer->verdict.status)));
}

static const struct ht_subject rows[] = {
    {"alpn", HT_VALUE_TEXT, find_alpn, "alpn=h2", "the protocol chosen by ALPN, or none"},
    {"body.bytes", HT_VALUE_NUMBER, find_body_bytes, "body.bytes>=1", "bytes of the answer's body, as sent"},
    {"cert.days_left", HT_VALUE_NUMBER, find_days_left, "cert.days_left>=14",
     "whole days until the certificate expires, by the run's own clock"},
    {"cert.san", HT_VALUE_NAME, find_san, "cert.san=www.example.com", "the names the certificate holds for"},
    {"cert.sha256", HT_VALUE_NAME, find_sha256, "cert.sha256~3b9a",
     "the certificate's SHA-256 fingerprint, in lower-case hex"},
    {"cert.subject", HT_VALUE_TEXT, find_subject, "cert.subject~example", "the certificate's subject"},
    {"cipher", HT_VALUE_NAME, find_cipher, "cipher~GCM", "the TLS cipher suite"},
    {"finding", HT_VALUE_GLOB, find_finding, "finding!=tls.*", "the findings' codes"},
    {"group", HT_VALUE_NAME, find_group, "group=x25519", "the group of the TLS key exchange"},
    {"header.", HT_VALUE_TEXT, find_header, "header.server~nginx",
     "values of a field of the answer; the part after the dot is its name"},
    {"http", HT_VALUE_VERSION, find_http, "http=2", "the HTTP version of the answer"},
    {"ip", HT_VALUE_NAME, find_ip, "ip=192.0.2.7", "the address that was connected to"},
    {"issuer", HT_VALUE_TEXT, find_issuer, "issuer~\"Let's Encrypt\"", "who issued the certificate"},
    {"phase.", HT_VALUE_DURATION, find_phase, "phase.wait<300ms",
     "how long a phase took: queue, resolve, connect, proxy, tls, request, wait or response"},
    {"proxy", HT_VALUE_TEXT, find_proxy, "proxy=none", "the proxy's URL, or none"},
    {"redirects", HT_VALUE_NUMBER, find_redirects, "redirects<=2", "redirects that were followed"},
    {"resumed", HT_VALUE_SWITCH, find_resumed, "resumed=yes", "whether the TLS session was a resumed one"},
    {"reused", HT_VALUE_SWITCH, find_reused, "reused=no", "whether the connection had been used before"},
    {"status", HT_VALUE_NUMBER, find_status, "status=200", "the status code of the answer"},
    {"tls", HT_VALUE_VERSION, find_tls, "tls>=1.3", "the TLS version"},
    {"total", HT_VALUE_DURATION, find_total, "total<2s", "how long the whole transfer took"},
    {"verdict", HT_VALUE_TEXT, find_verdict, "verdict=ok", "ok, suspect, intercepted or failed"},
};

const struct ht_subject *ht_subjects(size_t *count)
{
    *count = sizeof rows / sizeof *rows;
    return rows;
}
