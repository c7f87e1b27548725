/* SPDX-License-Identifier: MIT */
/* Makes transfers by hand, gives them whole. */
#include "made.h"

#define NOON_S INT64_C(1750000000)
#define DAY_S  86400

static struct ht_header header(const char *name, const char *value)
{
    return (struct ht_header){ht_span_str(name), ht_span_str(value)};
}

static void make_transfer(struct made *made, int64_t curl_code)
{
    *made = (struct made){0};
    made->transfer = (struct ht_transfer){.url = ht_span_str("https://www.example.com/"),
                                          .start_us = 1000,
                                          .end_us = 2001000,
                                          .wall_start_us = NOON_S * 1000000 + 999999,
                                          .curl_code = curl_code,
                                          .exchanges = &made->last,
                                          .last_exchange = &made->last};
    made->transfer.verdict.status = curl_code ? HT_VERDICT_FAILED : HT_VERDICT_SUSPECT;
    made->last.connection = &made->connection;
    made->connection.remote = ht_span_str("192.0.2.7:443");
}

static void make_phases(struct made *made)
{
    static const int64_t took[HT_PHASE_COUNT] = {0, 500, 12300, 0, 1500000, 250, 300000, 7};
    for (int i = 0; i < HT_PHASE_COUNT; i++)
        made->last.phases[i] = (struct ht_phase_span){
            .duration_us = took[i], .outcome = took[i] ? HT_OUTCOME_OK : HT_OUTCOME_SKIPPED};
    made->last.phases[HT_PHASE_RESOLVE].outcome = HT_OUTCOME_REUSED;
    made->last.phase = HT_PHASE_RESPONSE;
}

static void make_tls(struct made *made)
{
    made->names[0] = ht_span_str("www.example.com");
    made->names[1] = ht_span_str("example.com");
    made->leaf = (struct ht_certificate){.parsed = true,
                                         .subject = ht_span_str("CN = www.example.com"),
                                         .issuer = ht_span_str("C = US, O = Let's Encrypt, CN = R3"),
                                         .not_after_s = NOON_S + 14 * DAY_S,
                                         .sha256 = "0123456789abcdef"};
    made->leaf.san.at = made->names;
    made->leaf.san.count = 2;
    made->tls = (struct ht_tls){.version = 0x0304,
                                .ok = true,
                                .cipher = ht_span_str("TLS_AES_256_GCM_SHA384"),
                                .group = ht_span_str("X25519"),
                                .alpn = ht_span_str("h2"),
                                .resumed = true,
                                .certificates = &made->leaf,
                                .certificate_count = 1};
    made->connection.tls = &made->tls;
}

static void make_findings(struct made *made)
{
    made->findings[0] = (struct ht_finding){.code = "tls.hello_retry", .next = &made->findings[1]};
    made->findings[1] = (struct ht_finding){.code = "http.status"};
    made->last.findings = &made->findings[0];
}

void make_answered(struct made *made)
{
    make_transfer(made, 0);
    make_phases(made);
    make_tls(made);
    make_findings(made);
    made->first.next = &made->last;
    made->transfer.exchanges = &made->first;
    made->last.cause = HT_CAUSE_REDIRECT;
    made->last.reused = true;
    made->headers[0] = header(":status", "404");
    made->headers[1] = header("Server", "Nginx/1.22");
    made->headers[2] = header("vary", "accept");
    made->headers[3] = header("Vary", "origin");
    made->headers[4] = header("set-cookie", "sid=hunter2; Path=/");
    made->last.response = (struct ht_response){
        .status = 404, .version = HT_HTTP_2, .body_bytes = 153, .headers = {made->headers, 5, 5, false}};
}

void make_refused(struct made *made)
{
    make_transfer(made, 7);
    made->connection.remote = ht_span(NULL, 0);
    made->last.phases[HT_PHASE_CONNECT] =
        (struct ht_phase_span){.duration_us = 900, .outcome = HT_OUTCOME_FAILED};
    for (int i = HT_PHASE_PROXY; i < HT_PHASE_COUNT; i++)
        made->last.phases[i].outcome = HT_OUTCOME_SKIPPED;
    made->last.phase = HT_PHASE_CONNECT;
}

void make_mute(struct made *made)
{
    make_transfer(made, 28);
    make_phases(made);
    make_tls(made);
    made->last.phases[HT_PHASE_TLS].outcome = HT_OUTCOME_FAILED;
    made->last.phase = HT_PHASE_TLS;
    made->tls = (struct ht_tls){.failed = true};
}
