/* SPDX-License-Identifier: MIT */
/* Messages that captures do not show, put together by hand from their RFCs. */
#include "unit.h"

#include "support.h"

#include <httptrace/caps.h>

static void decode(struct ht_arena *arena, uint16_t version, uint16_t cipher, struct ht_span bytes,
                   struct ht_tls_message *out)
{
    struct ht_tls_context context = {.dir = HT_DIR_IN, .version = version, .cipher = cipher};
    ht_tls_decode(arena, &context, HT_TLS_HANDSHAKE, bytes, out);
}

struct row {
    uint8_t type;
    uint16_t version, cipher;
    const char *body, *kind, *path;
    uint64_t number;
    const char *text; /* bytes as hex, a label or text; NULL: the number */
};

static const struct row rows[] = {
    {0, 0x0303, 0, "", "hello_request", "", 0, NULL},
    {3, 0, 0, "feff00", "hello_verify_request", "body", 0, "feff00"},
    {5, 0x0304, 0x1301, "", "end_of_early_data", "", 0, NULL},
    {12, 0x0303, 0x0033, "0002 aabb 0001 02 0002 ccdd 0401 0001 ff", "server_key_exchange", "dh_p", 0,
     "aabb"},
    {12, 0x0301, 0x0033, "0002 aabb 0001 02 0002 ccdd 0001 ff", "server_key_exchange", "signature", 0, "ff"},
    {12, 0x0303, 0x0034, "0002 aabb 0001 02 0002 ccdd", "server_key_exchange", "dh_Ys", 0, "ccdd"},
    {12, 0x0301, 0x0003, "0002 aabb 0001 03 0001 ff", "server_key_exchange", "rsa_exponent", 0, "03"},
    {12, 0x0303, 0xc01d, "0001 aa 0001 02 01 ee 0001 bb", "server_key_exchange", "srp_s", 0, "ee"},
    {12, 0x0303, 0xc02f, "01 aabbcc 0401 0001 ff", "server_key_exchange", "curve_type", 1, "explicit_prime"},
    {12, 0x0303, 0xc0b0, "aabb", "server_key_exchange", "params", 0, "aabb"},
    {12, 0x0303, 0, "aabb", "server_key_exchange", "params", 0, "aabb"},
    {16, 0x0300, 0x002f, "aabb", "client_key_exchange", "encrypted_pre_master_secret", 0, "aabb"},
    {16, 0x0303, 0x002f, "0002 aabb", "client_key_exchange", "encrypted_pre_master_secret", 0, "aabb"},
    {16, 0x0303, 0xc01d, "0002 aabb", "client_key_exchange", "srp_A", 0, "aabb"},
    {16, 0x0303, 0xc02f, "", "client_key_exchange", "", 0, NULL},
    {16, 0x0303, 0, "aabb", "client_key_exchange", "exchange_keys", 0, "aabb"},
    {17, 0x0304, 0, "aa", "client_certificate_request", "body", 0, "aa"},
    {20, 0x0304, 0x1301, "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff", "finished",
     "verify_data", 0, "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"},
    {21, 0x0303, 0, "01 0018 0001 61 01 0102030405060708090a0b0c0d0e0f1011121314", "certificate_url",
     "url_and_hash_list.0.url", 0, "a"},
    {22, 0x0303, 0, "02 000008 000002 aabb 000000", "certificate_status", "ocsp_response_list.0", 0, "aabb"},
    {23, 0x0303, 0, "000006 4002 0002 aabb", "supplemental_data", "supp_data.0.data", 0, "aabb"},
    {24, 0x0304, 0x1301, "01", "key_update", "request_update", 1, "update_requested"},
    {25, 0x0304, 0x1301, "0002 000400 000003 aabbcc", "compressed_certificate", "algorithm", 2, "brotli"},
    {25, 0x0304, 0x1301, "0002 000400 000003 aabbcc", "compressed_certificate", "uncompressed_length", 1024,
     NULL},
    {67, 0x0303, 0, "02 6832 01 00", "next_proto", "selected_protocol", 0, "h2"},
    {254, 0x0304, 0, "aabb", "message_hash", "body", 0, "aabb"},
    {99, 0x0304, 0, "aabb", "unknown_handshake", "msg_type", 99, NULL},
    {99, 0x0304, 0, "aabb", "unknown_handshake", "body", 0, "aabb"},
};

static void check_row(struct ht_arena *arena, const struct ht_tls_message *message, const struct row *row)
{
    const struct ht_field *field = field_at(message->fields, row->path);
    assert_non_null(field);
    if (field->type == HT_FIELD_MAP)
        assert_int_equal(field->value.children.count, 0);
    else if (field->type == HT_FIELD_TEXT)
        assert_true(ht_span_eq_str(field->value.bytes, row->text));
    else if (field->type == HT_FIELD_BYTES)
        assert_true(ht_span_eq(field->value.bytes, from_hex(arena, row->text)));
    else
        assert_int_equal(field->value.number, row->number);
    if (field->type == HT_FIELD_NAMED)
        assert_string_equal(field->label, row->text);
}

static void every_message_is_read(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct ht_arena *arena = ht_arena_new();
        struct ht_tls_message message;
        decode(arena, rows[i].version, rows[i].cipher, handshake(arena, rows[i].type, rows[i].body),
               &message);
        if (message.malformed)
            print_error("row %zu: %s at %zu\n", i, message.malformed_why, message.malformed_at);
        assert_false(message.malformed);
        assert_string_equal(message.kind, rows[i].kind);
        assert_int_equal(message.type, rows[i].type);
        check_row(arena, &message, &rows[i]);
        ht_arena_free(arena);
    }
}

static void an_unknown_message_is_told_by_number(void **state)
{
    (void)state;
    struct ht_arena *arena = ht_arena_new();
    struct ht_tls_message message;
    decode(arena, 0x0304, 0, handshake(arena, 99, "aabb"), &message);
    assert_string_equal(message.summary, "handshake message of type 99, 6 bytes");
    ht_arena_free(arena);
}

static void sslv2_hello_is_told_from_tls(void **state)
{
    (void)state;
    struct ht_arena *arena = ht_arena_new();
    struct ht_tls_message message;
    struct ht_span bytes = from_hex(arena, "8014 01 0303 0006 0000 0005 00002f 010080 1122334455");
    decode(arena, 0, 0, bytes, &message);
    assert_string_equal(message.kind, "client_hello");
    assert_true(message.malformed);
    assert_int_equal(message.malformed_at, 0);
    assert_non_null(strstr(message.malformed_why, "SSLv2"));
    assert_non_null(strstr(message.summary, "ClientHello in SSLv2 format"));
    assert_string_equal(field_at(message.fields, "cipher_specs.0")->label, "TLS_RSA_WITH_AES_128_CBC_SHA");
    assert_int_equal(field_at(message.fields, "challenge")->value.bytes.len, 5);
    assert_null(message.hello);
    ht_arena_free(arena);
}

static void a_chain_is_cut_at_the_cap(void **state)
{
    (void)state;
    struct ht_arena *arena = ht_arena_new();
    struct ht_tls_message message;
    struct ht_sink body = ht_sink(0);
    ht_sink_printf(&body, "%06x", 4u * (HT_CAP_CERTIFICATES + 3));
    for (unsigned i = 0; i < HT_CAP_CERTIFICATES + 3; i++)
        ht_sink_puts(&body, "00000130");
    decode(arena, 0x0303, 0, handshake(arena, HT_TLS_CERTIFICATE, ht_sink_text(&body)), &message);
    assert_false(message.malformed);
    assert_int_equal(message.certificate_count, HT_CAP_CERTIFICATES);
    assert_true(message.certificates_cut);
    assert_false(message.certificates[0].parsed);
    ht_sink_free(&body);
    ht_arena_free(arena);
}

/* A message past the cap is named, not read. */
static void a_message_past_the_cap_is_not_read(void **state)
{
    (void)state;
    struct ht_arena *arena = ht_arena_new();
    struct ht_tls_message message;
    size_t body = HT_CAP_TLS_MESSAGE + 1;
    uint8_t *bytes = ht_arena_alloc(arena, body + 4);
    bytes[0] = HT_TLS_CERTIFICATE;
    bytes[1] = (uint8_t)(body >> 16);
    bytes[2] = (uint8_t)(body >> 8);
    bytes[3] = (uint8_t)body;
    decode(arena, 0x0303, 0, ht_span(bytes, body + 4), &message);
    assert_string_equal(message.kind, "certificate");
    assert_false(message.malformed);
    assert_int_equal(field_at(message.fields, "bytes_not_shown")->value.number, body);
    assert_int_equal(message.certificate_count, 0);
    ht_arena_free(arena);
}

static void other_content_types_are_named(void **state)
{
    (void)state;
    struct ht_arena *arena = ht_arena_new();
    struct ht_tls_message message;
    struct ht_tls_context context = {0};
    ht_tls_decode(arena, &context, HT_TLS_ALERT, from_hex(arena, "0228"), &message);
    assert_string_equal(message.kind, "alert");
    assert_string_equal(message.summary, "Alert: fatal handshake_failure (40)");
    ht_tls_decode(arena, &context, HT_TLS_ALERT, from_hex(arena, "02fe"), &message);
    assert_string_equal(message.summary, "Alert: fatal 254");
    ht_tls_decode(arena, &context, HT_TLS_CHANGE_CIPHER_SPEC, from_hex(arena, "01"), &message);
    assert_string_equal(message.kind, "change_cipher_spec");
    assert_false(message.malformed);
    ht_tls_decode(arena, &context, 99, from_hex(arena, "01"), &message);
    assert_string_equal(message.kind, "unknown_content_type");
    ht_arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_message_is_read),
        cmocka_unit_test(an_unknown_message_is_told_by_number),
        cmocka_unit_test(sslv2_hello_is_told_from_tls),
        cmocka_unit_test(a_chain_is_cut_at_the_cap),
        cmocka_unit_test(a_message_past_the_cap_is_not_read),
        cmocka_unit_test(other_content_types_are_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
