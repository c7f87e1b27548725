/* SPDX-License-Identifier: MIT */
/* Name tables: sorted and unique, complete where OpenSSL can tell, and right at the numbers that peers send.
 */
#include "unit.h"

#include "decode/tls/internal.h"

#include <openssl/ssl.h>

static void check_table(const struct ht_name_table *table)
{
    for (size_t i = 0; i < table->count; i++) {
        assert_true(table->rows[i].name[0] != '\0');
        assert_true(i == 0 || table->rows[i - 1].number < table->rows[i].number);
    }
}

static void tables_are_sorted_and_unique(void **state)
{
    (void)state;
    check_table(&ht_tls_cipher_table);
    for (size_t i = 0; ht_tls_name_tables[i]; i++)
        check_table(ht_tls_name_tables[i]);
}

static void extension_rows_are_sorted_and_unique(void **state)
{
    (void)state;
    for (size_t i = 1; i < ht_tls_extension_row_count; i++)
        assert_true(ht_tls_extension_rows[i - 1].number < ht_tls_extension_rows[i].number);
}

static void message_rows_are_sorted_and_unique(void **state)
{
    (void)state;
    for (size_t i = 1; i < ht_tls_message_row_count; i++)
        assert_true(ht_tls_message_rows[i - 1].type < ht_tls_message_rows[i].type);
}

static void check_why(const struct ht_tls_why *why)
{
    for (size_t i = 0; i < HT_TLS_FAULT_COUNT; i++) {
        assert_non_null(why->of[i]);
        assert_non_null(strstr(why->of[i], " ("));
    }
}

static void every_row_names_its_reference(void **state)
{
    (void)state;
    for (size_t i = 0; i < ht_tls_extension_row_count; i++)
        check_why(&ht_tls_extension_rows[i].why);
    for (size_t i = 0; i < ht_tls_message_row_count; i++)
        check_why(&ht_tls_message_rows[i].why);
}

/* No two ciphers of the table have one name, so that a name tells its number. */
static void cipher_names_are_unique(void **state)
{
    (void)state;
    for (size_t i = 0; i < ht_tls_cipher_table.count; i++) {
        for (size_t k = i + 1; k < ht_tls_cipher_table.count; k++)
            assert_string_not_equal(ht_tls_cipher_table.rows[i].name, ht_tls_cipher_table.rows[k].name);
    }
}

static void ciphers_bear_openssls_standard_names(void **state)
{
    (void)state;
    SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());
    assert_non_null(ctx);
    SSL_CTX_set_security_level(ctx, 0);
    assert_int_equal(SSL_CTX_set_cipher_list(ctx, "ALL:COMPLEMENTOFALL"), 1);
    STACK_OF(SSL_CIPHER) *ciphers = SSL_CTX_get_ciphers(ctx);
    assert_true(sk_SSL_CIPHER_num(ciphers) > 50);
    for (int i = 0; i < sk_SSL_CIPHER_num(ciphers); i++) {
        const SSL_CIPHER *cipher = sk_SSL_CIPHER_value(ciphers, i);
        const char *ours = ht_tls_cipher_name(SSL_CIPHER_get_protocol_id(cipher));
        assert_non_null(ours);
        assert_string_equal(ours, SSL_CIPHER_standard_name(cipher));
    }
    SSL_CTX_free(ctx);
}

/* The blocks that IANA's registry fills without a gap. */
static void cipher_blocks_have_no_gap(void **state)
{
    (void)state;
    static const uint16_t blocks[][2] = {
        {0x0000, 0x001b}, {0x001e, 0x0046}, {0x0067, 0x006d}, {0x0084, 0x00c7},
        {0x00ff, 0x00ff}, {0x1301, 0x1307}, {0x5600, 0x5600}, {0xc001, 0xc0b5},
        {0xc100, 0xc106}, {0xcca8, 0xccae}, {0xd001, 0xd003}, {0xd005, 0xd005},
    };
    for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++) {
        for (uint32_t number = blocks[i][0]; number <= blocks[i][1]; number++)
            assert_non_null(ht_tls_cipher_name((uint16_t)number));
    }
}

static void numbers_that_peers_send(void **state)
{
    (void)state;
    assert_string_equal(ht_tls_cipher_name(0x1301), "TLS_AES_128_GCM_SHA256");
    assert_string_equal(ht_tls_cipher_name(0x00ff), "TLS_EMPTY_RENEGOTIATION_INFO_SCSV");
    assert_string_equal(ht_tls_cipher_name(0x5600), "TLS_FALLBACK_SCSV");
    assert_string_equal(ht_tls_group_name(29), "x25519");
    assert_string_equal(ht_tls_group_name(4588), "X25519MLKEM768");
    assert_string_equal(ht_tls_group_name(4587), "SecP256r1MLKEM768");
    assert_string_equal(ht_tls_group_name(25497), "X25519Kyber768Draft00");
    assert_string_equal(ht_tls_group_name(256), "ffdhe2048");
    assert_string_equal(ht_tls_signature_name(0x0804), "rsa_pss_rsae_sha256");
    assert_string_equal(ht_tls_alert_name(40), "handshake_failure");
    assert_string_equal(ht_tls_alert_name(121), "ech_required");
    assert_string_equal(ht_tls_extension_name(0), "server_name");
    assert_string_equal(ht_tls_extension_name(0xfe0d), "encrypted_client_hello");
    assert_string_equal(ht_tls_version_name(0x0304), "TLSv1.3");
    assert_string_equal(ht_tls_version_name(0x0300), "SSLv3");
}

static void what_nobody_named_is_null(void **state)
{
    (void)state;
    assert_null(ht_tls_cipher_name(0xfffe));
    assert_null(ht_tls_group_name(0xfffe));
    assert_null(ht_tls_signature_name(0xfffe));
    assert_null(ht_tls_alert_name(255));
    assert_null(ht_tls_extension_name(0xfffe));
    assert_null(ht_tls_version_name(0x0305));
}

/* RFC 8701 section 2 lists sixteen. */
static void grease_is_sixteen_values(void **state)
{
    (void)state;
    unsigned count = 0;
    for (uint32_t value = 0; value <= UINT16_MAX; value++)
        count += ht_tls_is_grease((uint16_t)value);
    assert_int_equal(count, 16);
    assert_true(ht_tls_is_grease(0x0a0a) && ht_tls_is_grease(0xfafa) && ht_tls_is_grease(0x7a7a));
    assert_false(ht_tls_is_grease(0x0a1a) || ht_tls_is_grease(0x0b0b));
    assert_string_equal(ht_tls_cipher_name(0xdada), "GREASE");
    assert_string_equal(ht_tls_extension_name(0x2a2a), "GREASE");
    assert_string_equal(ht_tls_psk_mode_name(0x0b), "GREASE");
    assert_string_equal(ht_tls_psk_mode_name(0xe4), "GREASE");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tables_are_sorted_and_unique),
        cmocka_unit_test(extension_rows_are_sorted_and_unique),
        cmocka_unit_test(message_rows_are_sorted_and_unique),
        cmocka_unit_test(every_row_names_its_reference),
        cmocka_unit_test(cipher_names_are_unique),
        cmocka_unit_test(ciphers_bear_openssls_standard_names),
        cmocka_unit_test(cipher_blocks_have_no_gap),
        cmocka_unit_test(numbers_that_peers_send),
        cmocka_unit_test(what_nobody_named_is_null),
        cmocka_unit_test(grease_is_sixteen_values),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
