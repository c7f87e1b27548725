/* SPDX-License-Identifier: MIT */
/* Extensions that captures do not show, put together by hand from their RFCs: every layout of every place. */
#include "unit.h"

#include "support.h"

#include <httptrace/caps.h>

/* One extension: where it stands, its bytes with type and length, and what one of its fields says. */
struct row {
    char place; /* 'c' ClientHello, 's' ServerHello, 'e' EncryptedExtensions, 't' NewSessionTicket, 'r'
                   request */
    const char *extension;
    const char *path; /* within the extension's map */
    uint64_t number;
    const char *text; /* label, text, or bytes as hex; NULL: compare the number */
};

static const struct row rows[] = {
    {'c', "0000 000e 000c 00 0009 6c6f63616c686f7374", "server_name_list.0.host_name", 0, "localhost"},
    {'s', "0000 0000", "length", 0, NULL},
    {'c', "0001 0001 02", "max_fragment_length", 2, "2^10"},
    {'c', "0005 000b 01 0004 0002abcd 0002 0102", "responder_id_list.0", 0, "abcd"},
    {'c', "0005 000b 01 0004 0002abcd 0002 0102", "request_extensions", 0, "0102"},
    {'s', "0005 0000", "length", 0, NULL},
    {'c', "000a 0006 0004 11ec 3a3a", "named_group_list.0", 4588, "X25519MLKEM768"},
    {'c', "000a 0006 0004 11ec 3a3a", "named_group_list.1", 0x3a3a, "GREASE"},
    {'c', "000e 0007 0004 0001 0007 00", "srtp_protection_profiles.1", 7, "SRTP_AEAD_AES_128_GCM"},
    {'c', "000f 0001 01", "mode", 1, "peer_allowed_to_send"},
    {'c', "0010 000b 0009 08 687474702f312e31", "protocol_name_list.0", 0, "http/1.1"},
    {'c', "0011 0009 0007 02 0004 0000 0000", "certificate_status_req_list.0.status_type", 2, "ocsp_multi"},
    {'c', "0013 0003 02 00 02", "certificate_types.1", 2, "RawPublicKey"},
    {'e', "0013 0001 02", "certificate_type", 2, "RawPublicKey"},
    {'c', "0015 0004 00000000", "length", 4, NULL},
    {'c', "001b 0007 06 0002 0001 0003", "algorithms.0", 2, "brotli"},
    {'c', "001c 0002 4001", "record_size_limit", 0x4001, NULL},
    {'c', "0022 0004 0002 0403", "supported_signature_algorithm.0", 0x0403, "ecdsa_secp256r1_sha256"},
    {'c', "0023 0003 abcdef", "ticket", 0, "abcdef"},
    {'s', "0029 0002 0001", "selected_identity", 1, NULL},
    {'t', "002a 0004 00004000", "max_early_data_size", 0x4000, NULL},
    {'e', "002a 0000", "length", 0, NULL},
    {'c', "002b 0005 04 7a7a 0304", "versions.1", 0x0304, "TLSv1.3"},
    {'s', "002b 0002 0304", "selected_version", 0x0304, "TLSv1.3"},
    {'c', "002c 0005 0003 aabbcc", "cookie", 0, "aabbcc"},
    {'c', "002d 0003 02 0b 01", "ke_modes.0", 11, "GREASE"},
    {'c', "002f 0013 0011 000f 300d310b3009060355040313026361", "authorities.0", 0, "CN = ca"},
    {'r', "0030 000c 000a 03 551d25 0004 01020304", "filters.0.certificate_extension_oid", 0, "551d25"},
    {'c', "0031 0000", "length", 0, NULL},
    {'c', "0032 0004 0002 0807", "supported_signature_algorithms.0", 0x0807, "ed25519"},
    {'c', "0033 0009 0007 001d 0003 aabbcc", "client_shares.0.group", 29, "x25519"},
    {'c', "0033 0002 0000", "client_shares", 0, ""},
    {'s', "0033 0007 001d 0003 aabbcc", "server_share.key_exchange", 0, "aabbcc"},
    {'c', "0036 0003 02 0102", "cid", 0, "0102"},
    {'c', "0039 0008 01 02 6710 0f 00 1b 00", "transport_parameters.0.id", 1, "max_idle_timeout"},
    {'c', "0039 0008 01 02 6710 0f 00 1b 00", "transport_parameters.0.integer", 10000, NULL},
    {'c', "0039 0008 01 02 6710 0f 00 1b 00", "transport_parameters.2.id", 27, "GREASE"},
    {'c', "003a 0002 02 01", "new_session_count", 2, NULL},
    {'e', "003a 0001 02", "expected_count", 2, NULL},
    {'c', "3374 0000", "length", 0, NULL},
    {'s', "3374 0003 02 6832", "protocols.0", 0, "h2"},
    {'c', "44cd 0005 0003 02 6832", "supported_protocols.0", 0, "h2"},
    {'c', "4469 0005 0003 02 6832", "supported_protocols.0", 0, "h2"},
    {'e', "44cd 0002 0102", "settings", 0, "0102"},
    {'c', "fe0d 000d 00 0001 0003 2a 0002 aabb 0001 cc", "cipher_suite.aead_id", 3, "ChaCha20Poly1305"},
    {'c', "fe0d 000d 00 0001 0003 2a 0002 aabb 0001 cc", "config_id", 42, NULL},
    {'e', "fe0d 0008 0006 fe0d 0002 aabb", "retry_configs.0.contents", 0, "aabb"},
    {'c', "ff01 0001 00", "renegotiated_connection", 0, ""},
    {'c', "1234 0002 beef", "extension_type", 0x1234, "unknown_4660"},
    {'c', "1234 0002 beef", "extension_data", 0, "beef"},
    {'c', "8a8a 0001 00", "extension_type", 0x8a8a, "GREASE"},
};

static struct ht_span message_of(struct ht_arena *arena, const struct row *row)
{
    size_t len = from_hex(arena, row->extension).len;
    if (row->place == 'c')
        return client_hello(arena, row->extension);
    if (row->place == 's')
        return server_hello(arena, row->extension);
    const char *block = ht_arena_printf(arena, "%04zx %s", len, row->extension);
    if (row->place == 'e')
        return handshake(arena, HT_TLS_ENCRYPTED_EXTENSIONS, block);
    if (row->place == 'r')
        return handshake(arena, HT_TLS_CERTIFICATE_REQUEST, ht_arena_printf(arena, "00 %s", block));
    return handshake(arena, HT_TLS_NEW_SESSION_TICKET,
                     ht_arena_printf(arena, "00000001 00000002 01ff 0001aa %s", block));
}

static void check_field(struct ht_arena *arena, const struct ht_field *field, const struct row *row)
{
    assert_non_null(field);
    if (field->type == HT_FIELD_LIST) {
        assert_int_equal(field->value.children.count, 0);
    } else if (field->type == HT_FIELD_TEXT) {
        assert_true(ht_span_eq_str(field->value.bytes, row->text));
    } else if (field->type == HT_FIELD_BYTES) {
        assert_true(ht_span_eq(field->value.bytes, from_hex(arena, row->text)));
    } else {
        assert_int_equal(field->value.number, row->number);
        if (row->text)
            assert_string_equal(field->label, row->text);
    }
}

static void every_layout_is_read(void **state)
{
    (void)state;
    static const struct ht_tls_context context = {.dir = HT_DIR_IN, .version = 0x0304, .cipher = 0x1301};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct ht_arena *arena = ht_arena_new();
        struct ht_tls_message message;
        ht_tls_decode(arena, &context, HT_TLS_HANDSHAKE, message_of(arena, &rows[i]), &message);
        if (message.malformed)
            print_error("row %zu: %s at %zu\n", i, message.malformed_why, message.malformed_at);
        assert_false(message.malformed);
        const struct ht_field *extension = field_at(message.fields, "extensions.0");
        assert_non_null(extension);
        check_field(arena, field_at(extension, rows[i].path), &rows[i]);
        ht_arena_free(arena);
    }
}

static void decode_hello(struct ht_arena *arena, const char *extensions, struct ht_tls_message *out)
{
    static const struct ht_tls_context context = {.dir = HT_DIR_OUT};
    ht_tls_decode(arena, &context, HT_TLS_HANDSHAKE, client_hello(arena, extensions), out);
}

static void ech_says_outer_and_never_grease(void **state)
{
    (void)state;
    struct ht_arena *arena = ht_arena_new();
    struct ht_tls_message message;
    decode_hello(arena, "fe0d 000d 00 0001 0003 2a 0002 aabb 0001 cc", &message);
    assert_true(message.hello->ech_outer);
    assert_false(message.hello->ech_grease);
    decode_hello(arena, "fe0d 0001 01", &message);
    assert_false(message.malformed || message.hello->ech_outer);
    ht_arena_free(arena);
}

static void tickets_and_identities_are_secrets(void **state)
{
    (void)state;
    struct ht_arena *arena = ht_arena_new();
    struct ht_tls_message message;
    decode_hello(arena,
                 "0023 0002 abcd 0029 0031 000a 0004 aabbccdd 00000001"
                 "0023 22 00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff0011",
                 &message);
    assert_false(message.malformed);
    assert_true(field_at(message.fields, "extensions.0.ticket")->secret);
    assert_true(field_at(message.fields, "extensions.1.identities.0.identity")->secret);
    assert_false(field_at(message.fields, "extensions.1.binders.0")->secret);
    assert_true(message.hello->psk && message.hello->session_ticket);
    ht_arena_free(arena);
}

static void names_are_escaped_in_the_summary(void **state)
{
    (void)state;
    struct ht_arena *arena = ht_arena_new();
    struct ht_tls_message message;
    decode_hello(arena, "0000 000a 0008 00 0005 611b5b326a", &message);
    assert_int_equal(message.hello->server_name.len, 5);
    assert_null(strchr(message.summary, 0x1b));
    assert_non_null(strstr(message.summary, "server_name a\\x1b[2j"));
    ht_arena_free(arena);
}

/* A list longer than what is shown: all numbers are facts, the fields say what is missing. */
static void long_lists_are_cut_in_the_fields_alone(void **state)
{
    (void)state;
    struct ht_arena *arena = ht_arena_new();
    struct ht_tls_message message;
    struct ht_sink hex = ht_sink(0);
    ht_sink_puts(&hex, "000a 0fa2 0fa0 ");
    for (unsigned i = 0; i < 2000; i++)
        ht_sink_printf(&hex, "%04x", 0x4000 + i);
    decode_hello(arena, ht_sink_text(&hex), &message);
    assert_false(message.malformed);
    assert_int_equal(message.hello->groups.count, 2000);
    assert_int_equal(message.hello->groups.at[1999], 0x4000 + 1999);
    assert_int_equal(field_at(message.fields, "extensions.0.named_group_list")->value.children.count,
                     HT_CAP_LIST);
    assert_int_equal(field_at(message.fields, "entries_not_shown")->value.number, 2000 - HT_CAP_LIST);
    ht_sink_free(&hex);
    ht_arena_free(arena);
}

/* The worst hello that fits: its memory is bounded however it is filled. */
static void a_hello_of_extensions_alone_stays_small(void **state)
{
    (void)state;
    struct ht_arena *arena = ht_arena_new();
    struct ht_tls_message message;
    struct ht_sink hex = ht_sink(0);
    for (unsigned i = 0; i < 16000; i++)
        ht_sink_printf(&hex, "%04x0000", i + 0x100);
    struct ht_span bytes = client_hello(arena, ht_sink_text(&hex));
    static const struct ht_tls_context context = {.dir = HT_DIR_OUT};
    size_t before = ht_arena_used(arena);
    ht_tls_decode(arena, &context, HT_TLS_HANDSHAKE, bytes, &message);
    assert_int_equal(message.hello->extensions.count, 16000);
    assert_true(ht_arena_used(arena) - before < 2u * 1024u * 1024u);
    ht_sink_free(&hex);
    ht_arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_layout_is_read),
        cmocka_unit_test(ech_says_outer_and_never_grease),
        cmocka_unit_test(tickets_and_identities_are_secrets),
        cmocka_unit_test(names_are_escaped_in_the_summary),
        cmocka_unit_test(long_lists_are_cut_in_the_fields_alone),
        cmocka_unit_test(a_hello_of_extensions_alone_stays_small),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
