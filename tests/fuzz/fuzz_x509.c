/* SPDX-License-Identifier: MIT */
/* Fuzzes certificate, name and OCSP decoding: all read the same bytes, and none may leave an error on
 * OpenSSL's queue.
 */
#include "fuzz.h"

#include "decode/x509/x509.h"

#include <openssl/err.h>

#include <httptrace/caps.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ht_arena *arena = ht_arena_new();
    struct ht_certificate certificate;
    struct ht_span bytes = ht_span(data, size);
    ht_x509_decode(arena, bytes, &certificate);
    FUZZ_CHECK(ht_span_eq(certificate.der, bytes));
    FUZZ_CHECK(strlen(certificate.sha256) == 64 && certificate.key && certificate.signature);
    FUZZ_CHECK(strlen(certificate.serial) < sizeof certificate.serial);
    FUZZ_CHECK(certificate.san.count <= HT_CAP_SANS);
    bool covers = ht_x509_covers(&certificate, ht_span_str("www.example.com"));
    FUZZ_CHECK(certificate.parsed || !covers);
    ht_x509_covers(&certificate, ht_span_str("192.0.2.7"));
    ht_x509_name(arena, bytes);
    ht_ocsp_decode(bytes);
    FUZZ_CHECK(ERR_peek_error() == 0);
    ht_arena_free(arena);
    return 0;
}
