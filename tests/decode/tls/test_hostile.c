/* SPDX-License-Identifier: MIT */
/* Captured messages cut at every byte and with every byte changed (long ones at every few): the decoder must
 * come back with a whole result, and a cut one must be marked. Meant for ASan and UBSan above all. */
#include "unit.h"

#include "support.h"

#include <stdlib.h>

#define SMALL 600u /* up to here every byte takes all other values, above a few patterns */

/* Bytes in a block of exactly their size, so that a read past the end is seen. */
static void decode_copy(const struct ht_tls_context *context, uint8_t content_type, struct ht_span bytes,
                        bool must_break)
{
    struct ht_arena *arena = ht_arena_new();
    struct ht_tls_message message;
    uint8_t *copy = ht_malloc(bytes.len);
    if (bytes.len)
        memcpy(copy, bytes.data, bytes.len);
    ht_tls_decode(arena, context, content_type, ht_span(copy, bytes.len), &message);
    free(copy);
    assert_non_null(message.kind);
    assert_non_null(message.summary);
    assert_non_null(message.fields);
    assert_true(!must_break || message.malformed);
    assert_true(!message.malformed || (message.malformed_why && message.malformed_at <= bytes.len));
    /* The result must not point into what is gone: a dump reads all of it. */
    struct ht_sink text = ht_sink(65536);
    dump_field(&text, message.fields, 0);
    ht_sink_free(&text);
    ht_arena_free(arena);
}

static void cut_everywhere(const struct ht_tls_context *context, const struct flow_message *m)
{
    size_t step = m->bytes.len > SMALL ? 13 : 1;
    for (size_t len = 0; len < m->bytes.len; len += step)
        decode_copy(context, m->content_type, ht_span_head(m->bytes, len), true);
}

static void change_everywhere(const struct ht_tls_context *context, const struct flow_message *m,
                              unsigned step)
{
    static const uint8_t patterns[] = {0x01, 0x80, 0xff};
    bool small = m->bytes.len <= SMALL;
    uint8_t *copy = ht_malloc(m->bytes.len);
    memcpy(copy, m->bytes.data, m->bytes.len);
    for (size_t i = 0; i < m->bytes.len; i += small ? 1 : 5) {
        for (unsigned k = 0; k < (small ? 255 : sizeof patterns); k += small ? step : 1) {
            uint8_t change = small ? (uint8_t)(k + 1) : patterns[k];
            copy[i] = m->bytes.data[i] ^ change;
            decode_copy(context, m->content_type, ht_span(copy, m->bytes.len), false);
        }
        copy[i] = m->bytes.data[i];
    }
    free(copy);
}

typedef void abuse_fn(const struct ht_tls_context *context, const struct flow_message *m);

static void abuse_flow(const char *name, abuse_fn *abuse)
{
    struct ht_arena *arena = ht_arena_new();
    struct flow flow;
    struct ht_tls_context context = {0};
    flow_read(arena, name, &flow);
    for (size_t i = 0; i < flow.count; i++) {
        struct ht_tls_message message;
        context.dir = flow.at[i].dir;
        abuse(&context, &flow.at[i]);
        ht_tls_decode(arena, &context, flow.at[i].content_type, flow.at[i].bytes, &message);
        flow_learn(&context, &message);
    }
    ht_arena_free(arena);
}

/* All 255 changes where a message is short, a thinner net over the hellos, whose randoms are most of them. */
static void change_thoroughly(const struct ht_tls_context *context, const struct flow_message *m)
{
    change_everywhere(context, m, m->bytes.len <= 130 ? 1 : 51);
}

static void every_cut_of_every_message(void **state)
{
    (void)state;
    for (size_t i = 0; flow_names[i]; i++)
        abuse_flow(flow_names[i], cut_everywhere);
}

static void changed_bytes_in_13(void **state)
{
    (void)state;
    abuse_flow("tls13", change_thoroughly);
    abuse_flow("tls13_retry", change_thoroughly);
    abuse_flow("tls13_resume", change_thoroughly);
}

static void changed_bytes_in_12(void **state)
{
    (void)state;
    abuse_flow("tls12_ecdhe_psk", change_thoroughly);
    abuse_flow("tls12_ecdhe", change_thoroughly);
    abuse_flow("tls12_dhe_psk", change_thoroughly);
}

/* Random bytes behind every message type, in both layouts. */
static void noise_in_every_message(void **state)
{
    (void)state;
    uint32_t seed = 1;
    for (unsigned type = 0; type < 256; type++) {
        for (unsigned round = 0; round < 40; round++) {
            uint8_t bytes[80] = {(uint8_t)type, 0, 0, sizeof bytes - 4};
            struct ht_tls_context context = {.version = round & 1 ? 0x0304 : 0x0303, .cipher = 0xc02f};
            for (size_t i = 4; i < sizeof bytes; i++) {
                seed = seed * 1664525u + 1013904223u;
                bytes[i] = (uint8_t)(seed >> 24) & (round & 2 ? 0xff : 0x0f);
            }
            decode_copy(&context, HT_TLS_HANDSHAKE, ht_span(bytes, sizeof bytes), false);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_cut_of_every_message),
        cmocka_unit_test(changed_bytes_in_13),
        cmocka_unit_test(changed_bytes_in_12),
        cmocka_unit_test(noise_in_every_message),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
