/* SPDX-License-Identifier: MIT */
/* Broken grammar: the offset of the first illegal byte and the reason, for one break of every sort. */
#include "unit.h"

#include "support.h"

struct row {
    const char *bytes; /* the whole message */
    uint8_t content_type;
    size_t at;
    const char *why; /* a part of it */
};

#define R32 "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
/* A ClientHello up to its extension block, which begins at offset 47 with its length. */
#define HEAD(length, rest) "010000" length "0303" R32 "00 0002 1301 0100 " rest

static const struct row rows[] = {
    {"", 22, 0, "handshake message: cut short"},
    {"01", 22, 1, "ClientHello: cut short"},
    {"0100ffff", 22, 1, "ClientHello: cut short"},
    {"0e000000ff", 22, 4, "ServerHelloDone: trailing bytes"},
    {"0e000001ff", 22, 4, "ServerHelloDone: trailing bytes"},
    {"01000022 0303" R32, 22, 38, "ClientHello: cut short"},
    {"01000044 0303" R32 "21" R32 "ff", 22, 38, "ClientHello: an illegal value"},
    {"01000026 0303" R32 "00 0000 00", 22, 39, "ClientHello: shorter than it may be"},
    {"01000028 0303" R32 "00 0003 130100", 22, 43, "ClientHello: a list ends within an entry"},
    {"01000028 0303" R32 "00 0002 1301 00", 22, 43, "ClientHello: shorter than it may be"},
    {HEAD("2b", "0005"), 22, 45, "extensions: cut short"},
    {HEAD("30", "0005 0016 0000 00"), 22, 51, "extensions: cut short"},
    {HEAD("2e", "0003 0016 00"), 22, 49, "extensions: cut short"},
    {HEAD("33", "0008 0016 0000 0016 0000"), 22, 51, "extensions: the same twice"},
    {HEAD("30", "0005 0016 0001 ff"), 22, 51, "encrypt_then_mac: trailing bytes (RFC 7366"},
    {HEAD("31", "0006 002b 0002 01 03"), 22, 51,
     "supported_versions: shorter than it may be (RFC 8446 section 4.2.1)"},
    {HEAD("33", "0008 002b 0004 03 0304 03"), 22, 54, "supported_versions: a list ends within an entry"},
    {HEAD("31", "0006 002b 0002 04 03"), 22, 51, "supported_versions: cut short"},
    {HEAD("31", "0006 000a 0002 0000"), 22, 51, "supported_groups: shorter than it may be"},
    {HEAD("31", "0006 0010 0002 0000"), 22, 51, "application_layer_protocol_negotiation: shorter"},
    {HEAD("33", "0008 0010 0004 0002 00 00"), 22, 53, "application_layer_protocol_negotiation: shorter"},
    {HEAD("30", "0005 0001 0001 09"), 22, 51, "max_fragment_length: an illegal value (RFC 6066 section 4)"},
    {HEAD("31", "0006 001c 0002 003f"), 22, 51, "record_size_limit: an illegal value"},
    {HEAD("32", "0007 0015 0003 000100"), 22, 52, "padding: an illegal value"},
    {HEAD("35", "000a 0000 0006 0005 00 0001 61"), 22, 51, "server_name: cut short"},
    {HEAD("34", "0009 0000 0005 0003 00 0000"), 22, 54, "server_name: shorter than it may be"},
    {HEAD("30", "0005 fe0d 0001 02"), 22, 51, "encrypted_client_hello: an illegal value"},
    {"18000001 02", 22, 4, "KeyUpdate: an illegal value (RFC 8446 section 4.6.3)"},
    {"18000000", 22, 4, "KeyUpdate: cut short"},
    {"0b000004 000000 ff", 22, 7, "Certificate: trailing bytes"},
    {"0b000003 000001", 22, 4, "Certificate: cut short"},
    {"0b000006 000003 000000", 22, 7, "Certificate: shorter than it may be"},
    {"16000005 03 aabbccdd", 22, 4, "CertificateStatus: an illegal value"},
    {"02", 21, 1, "Alert: cut short"},
    {"022800", 21, 2, "Alert: trailing bytes"},
    {"0328", 21, 0, "Alert: an illegal value"},
    {"", 20, 0, "ChangeCipherSpec: cut short"},
    {"02", 20, 0, "ChangeCipherSpec: an illegal value"},
    {"0101", 20, 1, "ChangeCipherSpec: trailing bytes"},
};

static void each_break_has_its_place_and_reason(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct ht_arena *arena = ht_arena_new();
        struct ht_tls_context context = {.dir = HT_DIR_OUT};
        struct ht_tls_message message;
        ht_tls_decode(arena, &context, rows[i].content_type, from_hex(arena, rows[i].bytes), &message);
        if (!message.malformed || message.malformed_at != rows[i].at ||
            !strstr(message.malformed_why, rows[i].why))
            print_error("row %zu: at %zu, %s\n", i, message.malformed_at,
                        message.malformed ? message.malformed_why : "not malformed");
        assert_true(message.malformed);
        assert_int_equal(message.malformed_at, rows[i].at);
        assert_non_null(strstr(message.malformed_why, rows[i].why));
        ht_arena_free(arena);
    }
}

static void decode_13(struct ht_arena *arena, struct ht_span bytes, struct ht_tls_message *out)
{
    struct ht_tls_context context = {.dir = HT_DIR_IN, .version = 0x0304, .cipher = 0x1301};
    ht_tls_decode(arena, &context, HT_TLS_HANDSHAKE, bytes, out);
}

static void bounds_of_tls_13(void **state)
{
    (void)state;
    struct ht_arena *arena = ht_arena_new();
    struct ht_tls_message message;
    decode_13(arena, handshake(arena, HT_TLS_FINISHED, "aabb"), &message);
    assert_true(message.malformed);
    assert_int_equal(message.malformed_at, 4);
    decode_13(arena, handshake(arena, HT_TLS_NEW_SESSION_TICKET, "000f4240 00000000 00 0001aa 0000"),
              &message);
    assert_true(message.malformed);
    assert_int_equal(message.malformed_at, 4);
    decode_13(arena, handshake(arena, HT_TLS_ENCRYPTED_EXTENSIONS, "000a 0010 0006 0004 01 61 01 62"),
              &message);
    assert_true(message.malformed);
    assert_int_equal(message.malformed_at, 10);
    assert_true(ht_span_eq_str(message.alpn, "a"));
    ht_arena_free(arena);
}

/* RFC 8446 section 4.2.11. */
static void pre_shared_key_is_last(void **state)
{
    (void)state;
    struct ht_arena *arena = ht_arena_new();
    struct ht_tls_message message;
    struct ht_tls_context context = {.dir = HT_DIR_OUT};
    const char *psk = "0029 002c 0007 0001 aa 00000001 0021 20" R32;
    ht_tls_decode(arena, &context, 22, client_hello(arena, ht_arena_printf(arena, "0016 0000 %s", psk)),
                  &message);
    assert_false(message.malformed);
    ht_tls_decode(arena, &context, 22, client_hello(arena, ht_arena_printf(arena, "%s 0016 0000", psk)),
                  &message);
    assert_true(message.malformed);
    assert_int_equal(message.malformed_at, 49 + 4 + 44);
    assert_non_null(strstr(message.malformed_why, "pre_shared_key: trailing bytes"));
    const char *two = "0029 0033 000e 0001 aa 00000001 0001 bb 00000001 0021 20" R32;
    ht_tls_decode(arena, &context, 22, client_hello(arena, two), &message);
    assert_true(message.malformed);
    assert_non_null(strstr(message.malformed_why, "pre_shared_key: an illegal value"));
    ht_arena_free(arena);
}

/* What stands before the break is still told. */
static void what_came_before_is_kept(void **state)
{
    (void)state;
    struct ht_arena *arena = ht_arena_new();
    struct ht_tls_message message;
    struct ht_tls_context context = {.dir = HT_DIR_OUT};
    ht_tls_decode(arena, &context, 22, client_hello(arena, "0000 0006 0004 00 0001 61 0010 0005 00ff"),
                  &message);
    assert_true(message.malformed);
    assert_true(ht_span_eq_str(message.hello->server_name, "a"));
    assert_int_equal(message.hello->ciphers.count, 2);
    assert_non_null(strstr(message.summary, "; malformed at byte "));
    ht_arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_break_has_its_place_and_reason),
        cmocka_unit_test(bounds_of_tls_13),
        cmocka_unit_test(pre_shared_key_is_last),
        cmocka_unit_test(what_came_before_is_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
