/* SPDX-License-Identifier: MIT */
/* Hellos: takes the bodies of ClientHello, ServerHello with HelloRetryRequest, and EncryptedExtensions, gives
 * their fields and struct ht_tls_hello (RFC 8446 sections 4.1.2, 4.1.3, 4.3.1; RFC 5246
 * sections 7.4.1.2, 7.4.1.3). */
#include "decode/tls/internal.h"

/* SHA-256 of "HelloRetryRequest" (RFC 8446 section 4.1.3). */
static const uint8_t retry_random[32] = {
    0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d, 0x8c, 0x02, 0x1e, 0x65, 0xb8, 0x91,
    0xc2, 0xa2, 0x11, 0x16, 0x7a, 0xbb, 0x8c, 0x5e, 0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c,
};

/* legacy_version, random, legacy_session_id: what both hellos begin with. */
static struct ht_tls_hello *read_start(struct ht_tls_walk *walk, struct ht_reader *r, struct ht_field *f,
                                       const char *session_name)
{
    struct ht_tls_hello *hello = ht_arena_alloc(walk->arena, sizeof *hello);
    walk->out->hello = hello;
    hello->present = true;
    hello->legacy_version = ht_tls_named_u16(walk, r, f, "legacy_version", ht_tls_version_name);
    struct ht_span random = ht_read_span(r, 32);
    hello->random = ht_arena_dup(walk->arena, random);
    if (!r->failed)
        ht_tls_bytes(walk, f, "random", random);
    size_t at = ht_reader_offset(r);
    hello->session_id = ht_arena_dup(walk->arena, ht_tls_vec_field(walk, r, 1, 0, f, session_name));
    if (hello->session_id.len > 32)
        ht_tls_bad(walk, at, HT_TLS_FAULT_VALUE);
    return hello;
}

/* Before TLS 1.3 a hello may end where its extensions would begin (RFC 5246 section 7.4.1.2). */
static void read_extensions(struct ht_tls_walk *walk, struct ht_reader *r, struct ht_field *f,
                            enum ht_tls_place place)
{
    if (ht_reader_left(r) > 0)
        ht_tls_extensions(walk, r, f, place, &walk->out->hello->extensions);
}

void ht_tls_msg_client_hello(struct ht_tls_walk *walk, struct ht_reader *r, struct ht_field *f)
{
    struct ht_tls_hello *hello = read_start(walk, r, f, "legacy_session_id");
    struct ht_reader suites = ht_tls_vec(walk, r, 2, 2);
    ht_tls_u16s(walk, &suites, f, "cipher_suites", ht_tls_cipher_name, &hello->ciphers);
    struct ht_reader methods = ht_tls_vec(walk, r, 1, 1);
    ht_tls_u8s(walk, &methods, f, "legacy_compression_methods", ht_tls_compression_name);
    read_extensions(walk, r, f, HT_TLS_IN_CLIENT_HELLO);
}

void ht_tls_msg_server_hello(struct ht_tls_walk *walk, struct ht_reader *r, struct ht_field *f)
{
    struct ht_tls_hello *hello = read_start(walk, r, f, "legacy_session_id_echo");
    uint16_t cipher = ht_tls_named_u16(walk, r, f, "cipher_suite", ht_tls_cipher_name);
    if (!r->failed) {
        uint16_t *selected = ht_arena_alloc(walk->arena, sizeof *selected);
        *selected = cipher;
        hello->ciphers = (struct ht_u16_list){selected, 1};
    }
    uint8_t method = ht_read_u8(r);
    if (!r->failed)
        ht_tls_named(walk, f, "legacy_compression_method", method, ht_tls_compression_name);
    hello->hello_retry = ht_span_eq(hello->random, ht_span(retry_random, sizeof retry_random));
    if (hello->hello_retry)
        walk->out->kind = "hello_retry_request";
    read_extensions(walk, r, f, hello->hello_retry ? HT_TLS_IN_HELLO_RETRY : HT_TLS_IN_SERVER_HELLO);
}

void ht_tls_msg_encrypted_extensions(struct ht_tls_walk *walk, struct ht_reader *r, struct ht_field *f)
{
    ht_tls_extensions(walk, r, f, HT_TLS_IN_ENCRYPTED_EXTENSIONS, NULL);
}
