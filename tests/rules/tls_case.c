/* SPDX-License-Identifier: MIT */
/* Takes what a test wants a handshake to have been, gives its session as the trace room would have built it.
 */
#include "rules/tls_case.h"

#include <string.h>

enum { MOST_CERTIFICATES = 4, CHANGE_S = 86400 };

#define NOW_S INT64_C(1800000000)

struct ht_tls *tls_case_begin(struct built *b)
{
    static const uint16_t versions[] = {0x0304, 0x0303};
    static struct ht_span protocols[2];
    protocols[0] = ht_span_str("h2");
    protocols[1] = ht_span_str("http/1.1");
    reach_begin(b, "https://site.example/");
    b->transfer->wall_start_us = NOW_S * 1000000;
    reach_connect(b, "192.0.2.1", 0, 1000);
    struct ht_tls *tls = ht_arena_alloc(b->arena, sizeof *tls);
    b->connection->tls = tls;
    tls->begin_us = 1500;
    tls->end_us = tls->verify_result = tls->anchor_public = -1;
    tls->client_hello = (struct ht_tls_hello){.present = true,
                                              .legacy_version = 0x0303,
                                              .versions = {versions, 2},
                                              .alpn = {protocols, 2},
                                              .server_name = ht_span_str("site.example")};
    tls_case_message(b, "client_hello", HT_DIR_OUT, HELLO_US)->size = HELLO_BYTES;
    tls->bytes[HT_DIR_OUT] = HELLO_RECORD;
    b->connection->wire_bytes[HT_DIR_OUT] = HELLO_RECORD;
    return tls;
}

struct ht_event *tls_case_message(struct built *b, const char *kind, enum ht_dir dir, int64_t t_us)
{
    struct ht_event *event = reach_event(b, kind, dir, t_us);
    event->layer = HT_LAYER_TLS;
    struct ht_event *copy = ht_event_append(b->arena, &b->connection->tls->handshake);
    *copy = *event;
    copy->next = NULL;
    return copy;
}

void tls_case_answer(struct built *b, uint16_t version)
{
    struct ht_tls *tls = b->connection->tls;
    tls->server_hello.present = true;
    tls->version = version;
    tls->bytes[HT_DIR_IN] = 127;
    tls->reply_head = ht_span("\x16\x03\x03\x00\x7a", 5);
    b->connection->last_in_us = 3000;
    tls_case_message(b, "server_hello", HT_DIR_IN, 3000)->size = 122;
}

void tls_case_agree(struct built *b, uint16_t version, const char *cipher, const char *alpn)
{
    struct ht_tls *tls = b->connection->tls;
    if (!tls->server_hello.present)
        tls_case_answer(b, version);
    tls->ok = true;
    tls->end_us = 5000;
    tls->verify_result = tls->verify_result < 0 ? 0 : tls->verify_result;
    tls->cipher = ht_span_str(cipher);
    tls->alpn = ht_span_str(alpn);
    reach_event(b, "handshake_done", HT_DIR_NONE, 5000);
}

void tls_case_fail(struct built *b, const char *text, int64_t t_us)
{
    b->connection->tls->failed = true;
    b->connection->tls->error_text = ht_span_str(text);
    reach_event(b, "handshake_failed", HT_DIR_NONE, t_us);
}

void tls_case_alert(struct built *b, enum ht_dir dir, uint8_t level, uint8_t number, const char *name)
{
    struct ht_tls_alert **at = &b->connection->tls->alerts;
    while (*at)
        at = &(*at)->next;
    *at = ht_arena_alloc(b->arena, sizeof **at);
    **at =
        (struct ht_tls_alert){.dir = dir, .t_us = 4500, .level = level, .description = number, .name = name};
    b->connection->tls->bytes[dir] += 7;
    if (dir == HT_DIR_IN && !b->connection->tls->reply_head.len)
        b->connection->tls->reply_head = ht_span("\x15\x03\x03\x00\x02", 5);
    reach_event(b, "alert", dir, 4500);
}

struct ht_tcp_sample *tls_case_acked(struct built *b, int64_t acked, int64_t retransmits, int64_t t_us)
{
    struct ht_tcp_sample *s = reach_sample(b, HT_SAMPLE_TIMER, t_us);
    s->bytes_sent = HELLO_RECORD * (1 + retransmits);
    s->bytes_retrans = HELLO_RECORD * retransmits;
    s->bytes_acked = acked + 1;
    s->total_retrans = retransmits;
    s->sacked = s->rcv_ooopack = s->bytes_received = 0;
    return s;
}

/* The value of one attribute of "O = x, CN = y". */
static struct ht_span part_of(const char *name, const char *key)
{
    const char *at = strstr(name, key);
    if (!at)
        return (struct ht_span){0};
    at += strlen(key);
    return ht_span(at, strcspn(at, ","));
}

struct ht_certificate *tls_case_certificate(struct built *b, const char *subject, const char *issuer)
{
    struct ht_tls *tls = b->connection->tls;
    if (!tls->certificates) {
        tls->certificates = ht_arena_alloc(b->arena, MOST_CERTIFICATES * sizeof *tls->certificates);
        tls_case_message(b, "certificate", HT_DIR_IN, 4000);
        tls->hostname_checked = tls->hostname_ok = true;
    }
    struct ht_certificate *made = &tls->certificates[tls->certificate_count++];
    *made = (struct ht_certificate){.parsed = true,
                                    .subject = ht_span_str(subject),
                                    .issuer = ht_span_str(issuer),
                                    .subject_cn = part_of(subject, "CN = "),
                                    .issuer_cn = part_of(issuer, "CN = "),
                                    .issuer_org = part_of(issuer, "O = "),
                                    .not_before_s = NOW_S - CHANGE_S,
                                    .not_after_s = NOW_S + CHANGE_S,
                                    .key = "EC P-256",
                                    .key_bits = 256,
                                    .signature = "ecdsa-with-SHA256",
                                    .is_ca = tls->certificate_count > 1,
                                    .self_issued = strcmp(subject, issuer) == 0};
    return made;
}
