/* SPDX-License-Identifier: MIT */
/* Fuzzes the TLS decoder. Byte 0: the content type; bytes 1 and 2: the version; bytes 3 and 4: the cipher
 * suite that were negotiated. The rest is one message, and a byte stream for the walk over records, whole and
 * byte by byte: both must agree. */
#include "fuzz.h"

#include "base/reader.h"
#include "base/sink.h"
#include "decode/tls/tls.h"

#include <httptrace/caps.h>

static size_t count_fields(const struct ht_field *field)
{
    size_t count = 1;
    if (field->type == HT_FIELD_TEXT || field->type == HT_FIELD_BYTES)
        FUZZ_CHECK(field->value.bytes.data || field->value.bytes.len == 0);
    if (field->type != HT_FIELD_MAP && field->type != HT_FIELD_LIST)
        return count;
    size_t children = 0;
    for (const struct ht_field *f = field->value.children.first; f; f = f->next, children++)
        count += count_fields(f);
    FUZZ_CHECK(children == field->value.children.count);
    return count;
}

static void fingerprint(const struct ht_tls_hello *hello)
{
    char ja3[33], ja3s[33], ja4[37];
    ht_tls_ja3(hello, ja3);
    ht_tls_ja3s(hello, ja3s);
    ht_tls_ja4(hello, 't', ja4);
    FUZZ_CHECK(strlen(ja3) == 32 && strlen(ja3s) == 32 && strlen(ja4) == 36);
}

static void decode(const struct ht_tls_context *context, uint8_t content_type, struct ht_span bytes)
{
    struct ht_arena *arena = ht_arena_new();
    struct ht_tls_message message;
    ht_tls_decode(arena, context, content_type, bytes, &message);
    FUZZ_CHECK(message.kind && message.summary && message.fields);
    FUZZ_CHECK(strlen(message.summary) <= HT_CAP_TEXT);
    FUZZ_CHECK(!message.malformed || (message.malformed_why && message.malformed_at <= bytes.len));
    FUZZ_CHECK(message.certificate_count <= HT_CAP_CERTIFICATES);
    /* A list entry is a map of some fields; there are but so many entries. */
    FUZZ_CHECK(count_fields(message.fields) <= 16u * HT_CAP_TLS_FIELDS);
    if (message.hello)
        fingerprint(message.hello);
    ht_arena_free(arena);
}

static void walk(struct ht_span bytes)
{
    struct ht_tls_records whole = {0}, single = {0};
    ht_tls_records_feed(&whole, bytes);
    for (size_t i = 0; i < bytes.len; i++)
        ht_tls_records_feed(&single, ht_span(bytes.data + i, 1));
    FUZZ_CHECK(whole.bad == single.bad && whole.bad_at == single.bad_at && whole.offset == single.offset);
    FUZZ_CHECK(memcmp(whole.count, single.count, sizeof whole.count) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ht_reader r = ht_reader(ht_span(data, size));
    uint8_t content_type = ht_read_u8(&r);
    struct ht_tls_context context = {.dir = HT_DIR_IN};
    context.version = ht_read_u16(&r);
    context.cipher = ht_read_u16(&r);
    struct ht_span bytes = ht_read_rest(&r);
    decode(&context, content_type, bytes);
    walk(bytes);
    return 0;
}
