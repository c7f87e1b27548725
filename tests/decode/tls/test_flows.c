/* SPDX-License-Identifier: MIT */
/* Handshakes as OpenSSL, nginx, Go and curl make them: every message decodes without a mark, into the fields
 * that tests/fixtures/tls/NAME.txt holds, and into the facts that the trace reads. HT_WRITE_GOLDEN=1 writes
 * the texts. */
#include "unit.h"

#include "support.h"

#include <stdio.h>
#include <stdlib.h>

static void dump_flow(struct ht_arena *arena, const char *name, struct ht_sink *text)
{
    struct flow flow;
    struct ht_tls_context context = {0};
    flow_read(arena, name, &flow);
    for (size_t i = 0; i < flow.count; i++) {
        struct ht_tls_message message;
        context.dir = flow.at[i].dir;
        ht_tls_decode(arena, &context, flow.at[i].content_type, flow.at[i].bytes, &message);
        flow_learn(&context, &message);
        if (message.malformed)
            print_error("%s, message %zu: %s at %zu\n", name, i, message.malformed_why, message.malformed_at);
        assert_false(message.malformed);
        ht_sink_printf(text, "%s %s\n", context.dir == HT_DIR_OUT ? ">" : "<", message.summary);
        dump_field(text, message.fields, 1);
    }
}

static char *read_golden(const char *path)
{
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    char *text = ht_malloc(1u << 20);
    size_t len = fread(text, 1, (1u << 20) - 1, file);
    text[len] = '\0';
    fclose(file);
    return text;
}

static void write_golden(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

static void every_flow_decodes_as_recorded(void **state)
{
    (void)state;
    for (size_t i = 0; flow_names[i]; i++) {
        struct ht_arena *arena = ht_arena_new();
        struct ht_sink text = ht_sink(0);
        char path[512];
        snprintf(path, sizeof path, HT_FIXTURES "/tls/%s.txt", flow_names[i]);
        dump_flow(arena, flow_names[i], &text);
        if (getenv("HT_WRITE_GOLDEN"))
            write_golden(path, ht_sink_text(&text));
        char *golden = read_golden(path);
        assert_string_equal(ht_sink_text(&text), golden);
        free(golden);
        ht_sink_free(&text);
        ht_arena_free(arena);
    }
}

struct fixture {
    struct ht_arena *arena;
    struct flow flow;
    struct ht_tls_message message;
};

static void load(struct fixture *f, const char *name, size_t index)
{
    f->arena = ht_arena_new();
    flow_read(f->arena, name, &f->flow);
    flow_decode(f->arena, &f->flow, index, &f->message);
}

static void facts_of_a_client_hello(void **state)
{
    (void)state;
    struct fixture f;
    load(&f, "tls13", 0);
    const struct ht_tls_hello *hello = f.message.hello;
    assert_true(hello->present);
    assert_int_equal(hello->legacy_version, 0x0303);
    assert_int_equal(hello->random.len, 32);
    assert_int_equal(hello->session_id.len, 32);
    assert_true(ht_span_eq_str(hello->server_name, "example.com"));
    assert_int_equal(hello->alpn.count, 2);
    assert_true(ht_span_eq_str(hello->alpn.at[0], "h2"));
    assert_true(ht_span_eq_str(hello->alpn.at[1], "http/1.1"));
    assert_true(hello->status_request && hello->sct && hello->session_ticket &&
                hello->extended_master_secret);
    assert_false(hello->psk || hello->early_data || hello->ech_outer || hello->hello_retry);
    assert_int_equal(hello->versions.at[0], 0x0304);
    assert_int_equal(hello->key_shares.count, 1);
    assert_int_equal(hello->key_shares.at[0], 29);
    assert_int_equal(hello->groups.at[0], 29);
    assert_true(hello->ciphers.count > 10 && hello->signature_schemes.count > 10);
    assert_int_equal(hello->ciphers.at[0], 0x1302);
    assert_int_equal(hello->point_formats.len, 3);
    ht_arena_free(f.arena);
}

static void facts_of_the_servers_side_in_13(void **state)
{
    (void)state;
    struct fixture f;
    load(&f, "tls13", 1);
    assert_string_equal(f.message.kind, "server_hello");
    assert_int_equal(f.message.hello->versions.at[0], 0x0304);
    assert_int_equal(f.message.hello->ciphers.at[0], 0x1302);
    assert_int_equal(f.message.group, 29);
    ht_arena_free(f.arena);
    load(&f, "tls13", 2);
    assert_true(ht_span_eq_str(f.message.alpn, "h2"));
    ht_arena_free(f.arena);
    load(&f, "tls13", 3);
    assert_int_equal(f.message.certificate_count, 2);
    assert_true(ht_span_eq_str(f.message.certificates[0].subject_cn, "example.com"));
    assert_true(f.message.sct);
    assert_true(f.message.ocsp_response.len > 800);
    ht_arena_free(f.arena);
    load(&f, "tls13", 4);
    assert_int_equal(f.message.signature_scheme, 0x0403);
    ht_arena_free(f.arena);
}

static void facts_of_the_servers_side_in_12(void **state)
{
    (void)state;
    struct fixture f;
    load(&f, "nginx_tls12", 1);
    assert_true(ht_span_eq_str(f.message.alpn, "h2"));
    ht_arena_free(f.arena);
    load(&f, "tls12_ecdhe", 3);
    assert_string_equal(f.message.kind, "certificate_status");
    assert_true(f.message.ocsp_response.len > 800);
    ht_arena_free(f.arena);
    load(&f, "tls12_ecdhe", 4);
    assert_int_equal(f.message.group, 29);
    assert_int_equal(f.message.signature_scheme, 0x0804);
    ht_arena_free(f.arena);
    load(&f, "tls12_sct", 1);
    assert_true(f.message.sct);
    ht_arena_free(f.arena);
}

static void a_retry_is_told_by_its_random(void **state)
{
    (void)state;
    struct fixture f;
    load(&f, "tls13_retry", 1);
    assert_string_equal(f.message.kind, "hello_retry_request");
    assert_true(f.message.hello->hello_retry);
    assert_int_equal(f.message.group, 24);
    ht_arena_free(f.arena);
    load(&f, "tls13_retry", 4);
    assert_string_equal(f.message.kind, "server_hello");
    assert_false(f.message.hello->hello_retry);
    ht_arena_free(f.arena);
}

static void facts_of_resumption(void **state)
{
    (void)state;
    struct fixture f;
    load(&f, "tls13_resume", 0);
    assert_true(f.message.hello->psk && f.message.hello->early_data);
    ht_arena_free(f.arena);
    load(&f, "tls13_resume", 2);
    assert_true(f.message.hello->psk);
    ht_arena_free(f.arena);
}

static void alerts_have_level_and_name(void **state)
{
    (void)state;
    struct fixture f;
    load(&f, "alert_alpn", 1);
    assert_int_equal(f.message.alert_level, 2);
    assert_int_equal(f.message.alert_description, 120);
    assert_int_equal(f.message.type, 120);
    assert_string_equal(f.message.summary, "Alert: fatal no_application_protocol (120)");
    ht_arena_free(f.arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_flow_decodes_as_recorded),  cmocka_unit_test(facts_of_a_client_hello),
        cmocka_unit_test(facts_of_the_servers_side_in_13), cmocka_unit_test(facts_of_the_servers_side_in_12),
        cmocka_unit_test(a_retry_is_told_by_its_random),   cmocka_unit_test(facts_of_resumption),
        cmocka_unit_test(alerts_have_level_and_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
