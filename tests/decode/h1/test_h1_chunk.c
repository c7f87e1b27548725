/* SPDX-License-Identifier: MIT */
/* Chunk-size lines (RFC 9112 section 7.1) and the framing of a body (section 6.3). */
#include "unit.h"

#include "base/sink.h"
#include "decode/h1/h1.h"

static struct ht_arena *arena;

static int set_up(void **state)
{
    (void)state;
    arena = ht_arena_new();
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    ht_arena_free(arena);
    return 0;
}

struct chunk_row {
    const char *line;
    uint64_t size;
    long at; /* -1: nothing is wrong */
    const char *extensions;
};

static const struct chunk_row chunks[] = {
    {"0\r\n", 0, -1, ""},
    {"1aF\r\n", 0x1af, -1, ""},
    {"000000000000001\r\n", 1, -1, ""},
    {"5;a\r\n", 5, -1, "a=;"},
    {"5;a=b\r\n", 5, -1, "a=b;"},
    {"5 ; a = b ;c\r\n", 5, -1, "a=b;c=;"},
    {"5;a=\"x;\\\"y\"\r\n", 5, -1, "a=x;\"y;"},
    {"5;a=\"\";b=1\r\n", 5, -1, "a=;b=1;"},
    {"fffffffffffffff\r\n", 0xfffffffffffffff, -1, ""},
    {"ffffffffffffffff\r\n", 0xfffffffffffffff, 15, ""},
    {"0000000000000001\r\n", 0, 15, ""},
    {"\r\n", 0, 0, ""},
    {"-1\r\n", 0, 0, ""},
    {"0x5\r\n", 0, 1, ""},
    {"5 \r\n", 5, 1, ""},
    {"5 5\r\n", 5, 2, ""},
    {"5;a \r\n", 5, 3, "a=;"},
    {"5;\r\n", 5, 2, ""},
    {"5;=b\r\n", 5, 2, ""},
    {"5;a=\r\n", 5, 4, "a=;"},
    {"5;a=\"b\r\n", 5, 6, "a=b;"},
    {"5;a=\"\x01\"\r\n", 5, 5, "a=\x01;"},
    {"5;a b\r\n", 5, 4, "a=;"},
    {"5;a\rb\r\n", 5, 3, "a=;"},
    {"5\n", 5, 1, ""},
    {"5", 5, 1, ""},
    {"", 0, 0, ""},
};

static void chunk_lines(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof chunks / sizeof *chunks; i++) {
        struct ht_h1_chunk chunk;
        struct ht_sink s = ht_sink(0);
        ht_h1_decode_chunk(arena, ht_span_str(chunks[i].line), &chunk);
        for (size_t j = 0; j < chunk.extensions.count; j++)
            ht_sink_printf(&s, "%.*s=%.*s;", (int)chunk.extensions.at[j].name.len,
                           (const char *)chunk.extensions.at[j].name.data,
                           (int)chunk.extensions.at[j].value.len,
                           (const char *)chunk.extensions.at[j].value.data);
        if (chunk.malformed != (chunks[i].at >= 0) ||
            (chunk.malformed && chunk.malformed_at != (size_t)chunks[i].at))
            fail_msg("row %zu \"%s\": at %zu, %s", i, chunks[i].line, chunk.malformed_at,
                     chunk.malformed_why);
        if (chunks[i].size != chunk.size && chunks[i].at != 15)
            fail_msg("row %zu \"%s\": size %llx", i, chunks[i].line, (unsigned long long)chunk.size);
        assert_string_equal(ht_sink_text(&s), chunks[i].extensions);
        ht_sink_free(&s);
    }
}

struct framing_row {
    const char *head, *method;
    bool request;
    enum ht_framing framing;
    int64_t length;
    const char *why;
};

#define OK "HTTP/1.1 200 OK\r\n"

static const struct framing_row framings[] = {
    {OK "\r\n", "GET", false, HT_FRAMING_CLOSE, -1, NULL},
    {OK "Content-Length: 5\r\n\r\n", "GET", false, HT_FRAMING_CONTENT_LENGTH, 5, NULL},
    {OK "content-length: 0\r\n\r\n", "GET", false, HT_FRAMING_CONTENT_LENGTH, 0, NULL},
    {OK "Content-Length: 5\r\n\r\n", "HEAD", false, HT_FRAMING_NONE, -1, NULL},
    {"HTTP/1.1 204 No\r\nContent-Length: 5\r\n\r\n", "GET", false, HT_FRAMING_NONE, -1, NULL},
    {"HTTP/1.1 304 No\r\nContent-Length: 5\r\n\r\n", "GET", false, HT_FRAMING_NONE, -1, NULL},
    {"HTTP/1.1 100 Go\r\n\r\n", "POST", false, HT_FRAMING_NONE, -1, NULL},
    {"HTTP/1.1 103 Hints\r\n\r\n", "GET", false, HT_FRAMING_NONE, -1, NULL},
    {"HTTP/1.1 101 Up\r\n\r\n", "GET", false, HT_FRAMING_UPGRADE, -1, NULL},
    {OK "Content-Length: 9\r\n\r\n", "CONNECT", false, HT_FRAMING_UPGRADE, -1, NULL},
    {"HTTP/1.1 407 No\r\nContent-Length: 9\r\n\r\n", "CONNECT", false, HT_FRAMING_CONTENT_LENGTH, 9, NULL},
    {OK "Transfer-Encoding: chunked\r\n\r\n", "GET", false, HT_FRAMING_CHUNKED, -1, NULL},
    {OK "Transfer-Encoding: gzip\r\nTransfer-Encoding: Chunked\r\n\r\n", "GET", false, HT_FRAMING_CHUNKED, -1,
     NULL},
    {OK "Transfer-Encoding: gzip;a=\",chunked\", , chunked ,\r\n\r\n", "GET", false, HT_FRAMING_CHUNKED, -1,
     NULL},
    {OK "Transfer-Encoding: gzip\r\n\r\n", "GET", false, HT_FRAMING_CLOSE, -1, NULL},
    {OK "Transfer-Encoding: gzip;a=\",chunked\"\r\n\r\n", "GET", false, HT_FRAMING_CLOSE, -1, NULL},
    {OK "Transfer-Encoding: chunked, gzip\r\n\r\n", "GET", false, HT_FRAMING_CLOSE, -1, "not the last"},
    {OK "Transfer-Encoding: chunked, chunked\r\n\r\n", "GET", false, HT_FRAMING_CHUNKED, -1, "comes twice"},
    {OK "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n", "GET", false, HT_FRAMING_CHUNKED, -1,
     "both Content-Length and Transfer-Encoding"},
    {"HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "GET", false, HT_FRAMING_CHUNKED, -1,
     "in HTTP/1.0"},
    {OK "Content-Length: 5, 5\r\nContent-Length: 5\r\n\r\n", "GET", false, HT_FRAMING_CONTENT_LENGTH, 5,
     NULL},
    {OK "Content-Length: 5, 6\r\n\r\n", "GET", false, HT_FRAMING_CLOSE, -1, "conflicting"},
    {OK "Content-Length: 5\r\nContent-Length: 6\r\n\r\n", "GET", false, HT_FRAMING_CLOSE, -1, "conflicting"},
    {OK "Content-Length: -5\r\n\r\n", "GET", false, HT_FRAMING_CLOSE, -1, "not a number"},
    {OK "Content-Length: +5\r\n\r\n", "GET", false, HT_FRAMING_CLOSE, -1, "not a number"},
    {OK "Content-Length:\r\n\r\n", "GET", false, HT_FRAMING_CLOSE, -1, "not a number"},
    {OK "Content-Length: 5,\r\n\r\n", "GET", false, HT_FRAMING_CLOSE, -1, "not a number"},
    {OK "Content-Length: 0x5\r\n\r\n", "GET", false, HT_FRAMING_CLOSE, -1, "not a number"},
    {OK "Content-Length: 922337203685477579\r\n\r\n", "GET", false, HT_FRAMING_CONTENT_LENGTH,
     922337203685477579, NULL},
    {OK "Content-Length: 92233720368547758080\r\n\r\n", "GET", false, HT_FRAMING_CLOSE, -1, "overflows"},
    {"GET / HTTP/1.1\r\n\r\n", "GET", true, HT_FRAMING_NONE, -1, NULL},
    {"POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\n", "POST", true, HT_FRAMING_CONTENT_LENGTH, 3, NULL},
    {"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n", "POST", true, HT_FRAMING_CHUNKED, -1, NULL},
    {"POST / HTTP/1.1\r\nTransfer-Encoding: gzip\r\n\r\n", "POST", true, HT_FRAMING_CLOSE, -1,
     "is not chunked"},
};

static void framing(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof framings / sizeof *framings; i++) {
        const struct framing_row *row = &framings[i];
        struct ht_h1_head head;
        int64_t length = 77;
        const char *why = "unset";
        ht_h1_decode_head(arena, ht_span_str(row->head), !row->request, &head);
        enum ht_framing got = ht_h1_framing(&head, ht_span_str(row->method), &length, &why);
        if (got != row->framing || length != row->length)
            fail_msg("row %zu: framing %d, length %lld", i, got, (long long)length);
        if (!row->why != !why || (why && (!strstr(why, row->why) || !strstr(why, "(RFC 91"))))
            fail_msg("row %zu: %s", i, why ? why : "nothing is wrong");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(chunk_lines), cmocka_unit_test(framing)};
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
