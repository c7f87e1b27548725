/* SPDX-License-Identifier: MIT */
/* JA3, JA3S and JA4 against what others published: the examples of github.com/salesforce/ja3 (README.md) and
 * github.com/FoxIO-LLC/ja4 (technical_details/JA4.md), and against another implementation's result for the
 * same bytes.
 */
#include "unit.h"

#include "support.h"

#include <openssl/err.h>

#define LIST(...)                                                                                            \
    (struct ht_u16_list)                                                                                     \
    {                                                                                                        \
        (const uint16_t[]){__VA_ARGS__}, sizeof((const uint16_t[]){__VA_ARGS__}) / sizeof(uint16_t)          \
    }

static void ja3_of_the_readme(void **state)
{
    (void)state;
    char out[33];
    struct ht_tls_hello hello = {.legacy_version = 769};
    hello.ciphers = LIST(47, 53, 5, 10, 49161, 49162, 49171, 49172, 50, 56, 19, 4);
    hello.extensions = LIST(0, 10, 11);
    hello.groups = LIST(23, 24, 25);
    hello.point_formats = ht_span("\0", 1);
    ht_tls_ja3(&hello, out);
    assert_string_equal(out, "ada70206e40642a3e4461f35503241d5");
    hello = (struct ht_tls_hello){.legacy_version = 769};
    hello.ciphers = LIST(4, 5, 10, 9, 100, 98, 3, 6, 19, 18, 99);
    ht_tls_ja3(&hello, out);
    assert_string_equal(out, "de350869b8c85de67a350c8d186f11e6");
}

static void ja3_leaves_grease_out(void **state)
{
    (void)state;
    char out[33];
    struct ht_tls_hello hello = {.legacy_version = 769};
    hello.ciphers = LIST(0x0a0a, 47, 53, 5, 10, 49161, 49162, 49171, 49172, 50, 56, 19, 4);
    hello.extensions = LIST(0x1a1a, 0, 10, 11, 0xfafa);
    hello.groups = LIST(0x2a2a, 23, 24, 25);
    hello.point_formats = ht_span("\0", 1);
    ht_tls_ja3(&hello, out);
    assert_string_equal(out, "ada70206e40642a3e4461f35503241d5");
}

/* "769,49172,65281-11" and "769,47-53-5-10-...": published for one and the same handshake. */
static void ja3s_as_published(void **state)
{
    (void)state;
    char out[33];
    struct ht_tls_hello hello = {.legacy_version = 769};
    hello.ciphers = LIST(49172);
    hello.extensions = LIST(65281, 11);
    ht_tls_ja3s(&hello, out);
    assert_string_equal(out, "623de93db17d313345d7ea481e7443cf");
    hello.ciphers = LIST(47, 53, 5, 10, 49171, 49172, 49161, 49162, 50, 56, 19, 4);
    hello.extensions = LIST(65281, 10, 11);
    hello.groups = LIST(23, 24);
    hello.point_formats = ht_span("\0", 1);
    ht_tls_ja3(&hello, out);
    assert_string_equal(out, "6734f37431670b3ab4292b8f60f29984");
}

static void of_captured_bytes(const char *name, size_t index, const char *want)
{
    struct ht_arena *arena = ht_arena_new();
    struct flow flow;
    struct ht_tls_message message;
    char out[33];
    flow_read(arena, name, &flow);
    flow_decode(arena, &flow, index, &message);
    if (message.type == HT_TLS_CLIENT_HELLO)
        ht_tls_ja3(message.hello, out);
    else
        ht_tls_ja3s(message.hello, out);
    assert_string_equal(out, want);
    ht_arena_free(arena);
}

/* What tshark 4.0.17 computes for the same bytes. */
static void ja3_agrees_with_tshark(void **state)
{
    (void)state;
    of_captured_bytes("curl_client_hello", 0, "0149f47eabf9a20d0893e2a44e5a6323");
    of_captured_bytes("go_client_hello", 0, "3fed133de60c35724739b913924b6c24");
    of_captured_bytes("tls12_ecdhe", 1, "6a2e6ccf03d6c5c8e771e7699dcd7c46");
}

static struct ht_tls_hello ja4_example(void)
{
    struct ht_tls_hello hello = {.legacy_version = 0x0303};
    static const uint16_t ciphers[] = {0x5a5a, 0x1301, 0x1302, 0x1303, 0xc02b, 0xc02f, 0xc02c, 0xc030,
                                       0xcca9, 0xcca8, 0xc013, 0xc014, 0x009c, 0x009d, 0x002f, 0x0035};
    static const uint16_t extensions[] = {0x8a8a, 0x001b, 0x0000, 0x0033, 0x0010, 0x4469,
                                          0x0017, 0x002d, 0x000d, 0x0005, 0x0023, 0x0012,
                                          0x002b, 0xff01, 0x000b, 0x000a, 0x0015, 0xbaba};
    static const uint16_t schemes[] = {0x0403, 0x0804, 0x0401, 0x0503, 0x0805, 0x0501, 0x0806, 0x0601};
    static const uint16_t versions[] = {0xfafa, 0x0304, 0x0303};
    static const struct ht_span alpn[] = {{(const uint8_t *)"h2", 2}, {(const uint8_t *)"http/1.1", 8}};
    hello.ciphers = (struct ht_u16_list){ciphers, sizeof ciphers / 2};
    hello.extensions = (struct ht_u16_list){extensions, sizeof extensions / 2};
    hello.signature_schemes = (struct ht_u16_list){schemes, sizeof schemes / 2};
    hello.versions = (struct ht_u16_list){versions, sizeof versions / 2};
    hello.alpn = (struct ht_span_list){alpn, 2};
    return hello;
}

static void ja4_worked_example(void **state)
{
    (void)state;
    char out[37];
    struct ht_tls_hello hello = ja4_example();
    ht_tls_ja4(&hello, 't', out);
    assert_string_equal(out, "t13d1516h2_8daaf6152771_e5627efa2ab1");
    hello.signature_schemes = (struct ht_u16_list){0};
    ht_tls_ja4(&hello, 'q', out);
    assert_string_equal(out, "q13d1516h2_8daaf6152771_6d807ffa2a79");
}

static void ja4_of_nothing(void **state)
{
    (void)state;
    char out[37];
    struct ht_tls_hello hello = {.legacy_version = 0x0301};
    ht_tls_ja4(&hello, 't', out);
    assert_string_equal(out, "t10i000000_000000000000_000000000000");
    hello.legacy_version = 0x1234;
    hello.extensions = LIST(0, 16);
    ht_tls_ja4(&hello, 't', out);
    assert_string_equal(out, "t00d000200_000000000000_000000000000");
}

/* The table of JA4.md, then its words on one character and on none. */
static void ja4_characters_of_alpn(void **state)
{
    (void)state;
    static const struct {
        const char *protocol;
        size_t len;
        const char *want;
    } rows[] = {
        {"\xab", 1, "ab"},
        {"\xab\xcd", 2, "ad"},
        {"\x30\xab", 2, "3b"},
        {"\x30\x31\xab\xcd", 4, "3d"},
        {"\x30\xab\xcd\x31", 4, "01"},
        {"http/1.1", 8, "h1"},
        {"h2", 2, "h2"},
        {"x", 1, "xx"},
        {"", 0, "00"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct ht_tls_hello hello = ja4_example();
        struct ht_span protocol = ht_span(rows[i].protocol, rows[i].len);
        char out[37];
        hello.alpn = (struct ht_span_list){&protocol, 1};
        ht_tls_ja4(&hello, 't', out);
        assert_memory_equal(out + 8, rows[i].want, 2);
    }
}

static void ja4_counts_stop_at_99(void **state)
{
    (void)state;
    uint16_t many[200];
    char out[37];
    for (size_t i = 0; i < 200; i++)
        many[i] = (uint16_t)(0x0100 + i);
    struct ht_tls_hello hello = {.legacy_version = 0x0303, .ciphers = {many, 200}, .extensions = {many, 200}};
    ht_tls_ja4(&hello, 't', out);
    assert_memory_equal(out, "t12i999900_", 11);
}

static void openssls_error_queue_stays_as_it_was(void **state)
{
    (void)state;
    char out[37];
    struct ht_tls_hello hello = ja4_example();
    ERR_clear_error();
    ERR_raise(ERR_LIB_USER, 42);
    ht_tls_ja3(&hello, out);
    ht_tls_ja4(&hello, 't', out);
    assert_int_equal(ERR_GET_REASON(ERR_get_error()), 42);
    assert_int_equal(ERR_get_error(), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ja3_of_the_readme),
        cmocka_unit_test(ja3_leaves_grease_out),
        cmocka_unit_test(ja3s_as_published),
        cmocka_unit_test(ja3_agrees_with_tshark),
        cmocka_unit_test(ja4_worked_example),
        cmocka_unit_test(ja4_of_nothing),
        cmocka_unit_test(ja4_characters_of_alpn),
        cmocka_unit_test(ja4_counts_stop_at_99),
        cmocka_unit_test(openssls_error_queue_stays_as_it_was),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
