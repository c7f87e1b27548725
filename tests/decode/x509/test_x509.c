/* SPDX-License-Identifier: MIT */
/* Certificates of several kinds and OCSP responses, as OpenSSL's command line made them
 * (tests/fixtures/x509), whole, cut and changed. */
#include "unit.h"

#include "decode/x509/x509.h"

#include <openssl/err.h>
#include <openssl/x509v3.h>

#include <httptrace/caps.h>
#include <stdio.h>
#include <stdlib.h>

struct fixture {
    struct ht_arena *arena;
    struct ht_span der;
    struct ht_certificate certificate;
};

static struct ht_span read_file(struct ht_arena *arena, const char *name)
{
    char path[512];
    snprintf(path, sizeof path, HT_FIXTURES "/x509/%s.der", name);
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    uint8_t *bytes = ht_arena_alloc(arena, 65536);
    size_t len = fread(bytes, 1, 65536, file);
    fclose(file);
    assert_true(len > 0);
    return ht_span(bytes, len);
}

static void load(struct fixture *f, const char *name)
{
    f->arena = ht_arena_new();
    f->der = read_file(f->arena, name);
    ht_x509_decode(f->arena, f->der, &f->certificate);
}

static void assert_text(struct ht_span text, const char *want)
{
    if (!ht_span_eq_str(text, want))
        print_error("\"%.*s\" is not \"%s\"\n", (int)text.len, (const char *)text.data, want);
    assert_true(ht_span_eq_str(text, want));
}

static void members_of_a_leaf(void **state)
{
    (void)state;
    struct fixture f;
    load(&f, "ec");
    const struct ht_certificate *c = &f.certificate;
    assert_true(c->parsed);
    assert_true(ht_span_eq(c->der, f.der));
    assert_text(c->subject, "C = XX, O = Example, CN = example.com");
    assert_text(c->issuer, "C = XX, O = Example Trust, CN = Example Root CA");
    assert_text(c->subject_cn, "example.com");
    assert_text(c->issuer_cn, "Example Root CA");
    assert_text(c->issuer_org, "Example Trust");
    assert_string_equal(c->serial, "0badcafe");
    assert_string_equal(c->sha256, "5124145e8ba140bbff79c9225ec3657e534ac8cda9056d018937e95a53818b96");
    assert_string_equal(c->spki_sha256, "786978523f8e313e804bb4fa1f7318e5c86a1437b4e23694caceb79d7326a0dc");
    assert_string_equal(c->key, "EC P-256");
    assert_int_equal(c->key_bits, 256);
    assert_string_equal(c->signature, "ecdsa-with-SHA256");
    assert_int_equal(c->not_before_s, INT64_C(1795215546));
    assert_int_equal(c->not_after_s, INT64_C(1795215546) + INT64_C(7000) * 86400);
    assert_false(c->is_ca || c->self_issued || c->has_sct || c->must_staple);
    ht_arena_free(f.arena);
}

static void alternative_names_keep_their_order(void **state)
{
    (void)state;
    static const char *const want[] = {"example.com", "*.example.com",          "192.0.2.7",
                                       "2001:db8::7", "https://example.com/id", "ops@example.com"};
    struct fixture f;
    load(&f, "ec");
    assert_int_equal(f.certificate.san.count, 6);
    for (size_t i = 0; i < 6; i++)
        assert_text(f.certificate.san.at[i], want[i]);
    ht_arena_free(f.arena);
}

static void kinds_of_keys(void **state)
{
    (void)state;
    static const struct {
        const char *file, *key, *signature;
        int64_t bits;
    } rows[] = {
        {"rsa", "RSA 2048", "ecdsa-with-SHA256", 2048},
        {"pss", "RSA-PSS 2048", "ecdsa-with-SHA256", 2048},
        {"ed25519", "Ed25519", "ecdsa-with-SHA256", 0},
        {"self_issued", "Ed448", "ED448", 0},
        {"dsa", "DSA 2048", "dsa_with_SHA256", 2048},
        {"ca", "EC P-384", "ecdsa-with-SHA256", 384},
        {"common_name", "EC P-521", "ecdsa-with-SHA256", 521},
        {"brainpool", "EC brainpoolP256r1", "ecdsa-with-SHA256", 256},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct fixture f;
        load(&f, rows[i].file);
        assert_true(f.certificate.parsed);
        assert_string_equal(f.certificate.key, rows[i].key);
        assert_string_equal(f.certificate.signature, rows[i].signature);
        if (rows[i].bits) /* of the others releases of OpenSSL tell different sizes */
            assert_int_equal(f.certificate.key_bits, rows[i].bits);
        ht_arena_free(f.arena);
    }
}

static void flags(void **state)
{
    (void)state;
    static const struct {
        const char *file;
        bool is_ca, self_issued, has_sct, must_staple;
    } rows[] = {
        {"ca", true, true, false, false},   {"rsa", false, false, false, true},
        {"sct", false, false, true, false}, {"self_issued", true, true, false, false},
        {"ec", false, false, false, false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct fixture f;
        load(&f, rows[i].file);
        assert_int_equal(f.certificate.is_ca, rows[i].is_ca);
        assert_int_equal(f.certificate.self_issued, rows[i].self_issued);
        assert_int_equal(f.certificate.has_sct, rows[i].has_sct);
        assert_int_equal(f.certificate.must_staple, rows[i].must_staple);
        ht_arena_free(f.arena);
    }
}

static void long_serials_are_whole(void **state)
{
    (void)state;
    struct fixture f;
    load(&f, "rsa");
    assert_string_equal(f.certificate.serial, "7f00000000000000000000000000000000000001");
    ht_arena_free(f.arena);
}

/* UTF-8 stays as it came; what a terminal would act on is for whoever prints it to escape. */
static void text_of_the_wire_is_not_lost(void **state)
{
    (void)state;
    struct fixture f;
    load(&f, "self_issued");
    assert_text(f.certificate.subject_cn, "Z\xc3\xbcrich \x1b[31mred");
    assert_non_null(memmem(f.certificate.subject.data, f.certificate.subject.len, "Z\xc3\xbcrich", 7));
    ht_arena_free(f.arena);
}

static void covers(void **state)
{
    (void)state;
    static const struct {
        const char *file, *host;
        bool covers;
    } rows[] = {
        {"ec", "example.com", true},
        {"ec", "EXAMPLE.com", true},
        {"ec", "example.com.", true},
        {"ec", "www.example.com", true},
        {"ec", "a.b.example.com", false},
        {"ec", "example.org", false},
        {"ec", "192.0.2.7", true},
        {"ec", "192.0.2.8", false},
        {"ec", "2001:db8::7", true},
        {"ec", "[2001:db8:0:0::7]", true},
        {"ec", "2001:db8::8", false},
        {"ec", ".example.com", false},
        {"ec", "", false},
        {"ec", ".", false},
        {"ec", "[::1]", false},
        {"ed25519", "127.0.0.1", true},
        {"ed25519", "ed.example", true},
        {"common_name", "only-cn.example", true},
        {"common_name", "other.example", false},
        {"rsa", "example.com", false},
        {"ed25519", "127.0.0.1%lo", false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct fixture f;
        load(&f, rows[i].file);
        bool got = ht_x509_covers(&f.certificate, ht_span_str(rows[i].host));
        if (got != rows[i].covers)
            print_error("%s, %s\n", rows[i].file, rows[i].host);
        assert_int_equal(got, rows[i].covers);
        ht_arena_free(f.arena);
    }
}

static void a_name_with_a_nul_is_not_covered(void **state)
{
    (void)state;
    struct fixture f;
    load(&f, "ec");
    assert_false(ht_x509_covers(&f.certificate, ht_span("example.com\0.evil", 17)));
    f.certificate.parsed = false;
    assert_false(ht_x509_covers(&f.certificate, ht_span_str("example.com")));
    ht_arena_free(f.arena);
}

static void names_as_text(void **state)
{
    (void)state;
    struct ht_arena *arena = ht_arena_new();
    static const uint8_t der[] = {0x30, 13, 0x31, 11, 0x30, 9, 6, 3, 0x55, 4, 3, 0x13, 2, 'c', 'a', 0};
    assert_text(ht_x509_name(arena, ht_span(der, 15)), "CN = ca");
    assert_int_equal(ht_x509_name(arena, ht_span(der, 16)).len, 0);
    assert_int_equal(ht_x509_name(arena, ht_span(der, 14)).len, 0);
    assert_int_equal(ht_x509_name(arena, (struct ht_span){0}).len, 0);
    ht_arena_free(arena);
}

static void ocsp_statuses(void **state)
{
    (void)state;
    struct ht_arena *arena = ht_arena_new();
    assert_int_equal(ht_ocsp_decode(read_file(arena, "ocsp_good")), HT_OCSP_GOOD);
    assert_int_equal(ht_ocsp_decode(read_file(arena, "ocsp_revoked")), HT_OCSP_REVOKED);
    assert_int_equal(ht_ocsp_decode(read_file(arena, "ocsp_unknown")), HT_OCSP_UNKNOWN);
    assert_int_equal(ht_ocsp_decode(read_file(arena, "ocsp_trylater")), HT_OCSP_UNPARSED);
    assert_int_equal(ht_ocsp_decode(ht_span_str("no response")), HT_OCSP_UNPARSED);
    assert_int_equal(ht_ocsp_decode((struct ht_span){0}), HT_OCSP_NONE);
    ht_arena_free(arena);
}

static void what_does_not_parse_keeps_its_bytes(void **state)
{
    (void)state;
    struct ht_arena *arena = ht_arena_new();
    struct ht_certificate c;
    ht_x509_decode(arena, ht_span_str("abc"), &c);
    assert_false(c.parsed);
    assert_int_equal(c.der.len, 3);
    assert_string_equal(c.sha256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    assert_string_equal(c.key, "");
    ht_x509_decode(arena, (struct ht_span){0}, &c);
    assert_false(c.parsed);
    struct ht_span der = read_file(arena, "ec");
    ht_x509_decode(arena, ht_span(der.data, der.len + 1), &c);
    assert_false(c.parsed);
    ht_arena_free(arena);
}

/* libcurl takes its error text from that queue. */
static void openssls_error_queue_stays_as_it_was(void **state)
{
    (void)state;
    struct ht_arena *arena = ht_arena_new();
    struct ht_certificate c;
    for (int filled = 0; filled < 2; filled++) {
        ERR_clear_error();
        if (filled)
            ERR_raise(ERR_LIB_USER, 42);
        ht_x509_decode(arena, ht_span_str("\x30\x03\x02\x01\x01"), &c);
        ht_x509_decode(arena, read_file(arena, "dsa"), &c);
        ht_x509_covers(&c, ht_span_str("example.com"));
        ht_x509_name(arena, ht_span_str("\x30\x01"));
        ht_ocsp_decode(ht_span_str("\x30\x01"));
        if (filled)
            assert_int_equal(ERR_GET_REASON(ERR_get_error()), 42);
        assert_int_equal(ERR_get_error(), 0);
    }
    ht_arena_free(arena);
}

/* What OpenSSL says of the certificate as a whole. */
static bool openssl_covers(struct ht_span bytes, const char *host)
{
    const unsigned char *at = bytes.data;
    X509 *x509 = d2i_X509(NULL, &at, (long)bytes.len);
    bool covers = x509 && at == bytes.data + bytes.len &&
                  X509_check_host(x509, host, 0, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS, NULL) == 1;
    X509_free(x509);
    return covers;
}

static void decode_copy(struct ht_span bytes)
{
    struct ht_arena *arena = ht_arena_new();
    struct ht_certificate c;
    uint8_t *copy = ht_malloc(bytes.len);
    if (bytes.len)
        memcpy(copy, bytes.data, bytes.len);
    ht_x509_decode(arena, ht_span(copy, bytes.len), &c);
    ht_ocsp_decode(ht_span(copy, bytes.len));
    free(copy);
    assert_non_null(c.key);
    assert_non_null(c.signature);
    assert_int_equal(strlen(c.sha256), 64);
    assert_int_equal(ht_x509_covers(&c, ht_span_str("example.com")), openssl_covers(bytes, "example.com"));
    ht_arena_free(arena);
}

static void every_cut_and_changed_byte(void **state)
{
    (void)state;
    static const char *const files[] = {"ec", "sct", "rsa", "self_issued", "ocsp_revoked"};
    static const uint8_t patterns[] = {0x01, 0x80};
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        struct ht_arena *arena = ht_arena_new();
        struct ht_span der = read_file(arena, files[i]);
        uint8_t *bytes = ht_arena_alloc(arena, der.len);
        memcpy(bytes, der.data, der.len);
        for (size_t at = 0; at < der.len; at++) {
            decode_copy(ht_span_head(der, at));
            for (size_t k = 0; k < sizeof patterns; k++) {
                bytes[at] = der.data[at] ^ patterns[k];
                decode_copy(ht_span(bytes, der.len));
            }
            bytes[at] = der.data[at];
        }
        ht_arena_free(arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(members_of_a_leaf),
        cmocka_unit_test(alternative_names_keep_their_order),
        cmocka_unit_test(kinds_of_keys),
        cmocka_unit_test(flags),
        cmocka_unit_test(long_serials_are_whole),
        cmocka_unit_test(text_of_the_wire_is_not_lost),
        cmocka_unit_test(covers),
        cmocka_unit_test(a_name_with_a_nul_is_not_covered),
        cmocka_unit_test(names_as_text),
        cmocka_unit_test(ocsp_statuses),
        cmocka_unit_test(what_does_not_parse_keeps_its_bytes),
        cmocka_unit_test(openssls_error_queue_stays_as_it_was),
        cmocka_unit_test(every_cut_and_changed_byte),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
