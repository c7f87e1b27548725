/* SPDX-License-Identifier: MIT */
/* Header blocks (RFC 9113 sections 4.3, 6.2, 6.6, 6.10 and 8, RFC 7541): what they say, how they break, and
 * what that does to the blocks after them. */
#include "h2_bytes.h"

#define SETTINGS 4
#define IN       HT_DIR_IN
#define OUT      HT_DIR_OUT
#define LIST(...)                                                                                            \
    (const char *const[])                                                                                    \
    {                                                                                                        \
        __VA_ARGS__, NULL                                                                                    \
    }

static struct ht_arena *arena;
static struct ht_h2_decoder *decoder;
static nghttp2_hd_deflater *deflater;
static struct ht_h2_frame f;

static void give(enum ht_dir dir, struct ht_span bytes)
{
    ht_h2_decode(decoder, arena, dir, bytes, &f);
}

static void give_frame(enum ht_dir dir, uint8_t type, uint8_t flags, uint32_t stream, struct ht_span payload)
{
    give(dir, h2_frame(arena, type, flags, stream, payload));
}

static int set_up(void **state)
{
    (void)state;
    arena = ht_arena_new();
    decoder = ht_h2_decoder_new();
    nghttp2_hd_deflate_new(&deflater, 4096);
    give_frame(IN, SETTINGS, 0, 0, BYTES(""));
    give_frame(OUT, SETTINGS, 0, 0, BYTES(""));
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    nghttp2_hd_deflate_del(deflater);
    ht_h2_decoder_free(decoder);
    ht_arena_free(arena);
    return 0;
}

static struct ht_span block(const char *const *pairs)
{
    return h2_block(arena, deflater, pairs);
}

static void assert_header(size_t at, const char *name, const char *value)
{
    assert_true(at < f.headers.count);
    assert_true(ht_span_eq_str(f.headers.at[at].name, name));
    assert_true(ht_span_eq_str(f.headers.at[at].value, value));
}

static uint64_t number(const char *name)
{
    const struct ht_field *field = ht_field_find(f.fields, name);
    assert_non_null(field);
    return field->value.number;
}

static void a_request(void **state)
{
    (void)state;
    struct ht_span b = block(LIST(":method", "GET", ":scheme", "https", ":authority", "example.com", ":path",
                                  "/a?token=s3cret&b=1", "authorization", "Bearer s3cret", "x", "y"));
    give_frame(OUT, HT_H2_HEADERS, HT_H2_END_HEADERS | HT_H2_END_STREAM, 1, b);
    h2_assert_mark(&f, -1, NULL);
    char want[128];
    snprintf(want, sizeof want, "HEADERS, stream 1, %zu bytes: GET https://example.com/a?token=[masked]&b=1",
             b.len);
    assert_string_equal(f.summary, want);
    assert_true(f.header_block_complete && f.end_stream);
    assert_int_equal(f.block_type, HT_H2_HEADERS);
    assert_int_equal(f.headers.count, 6);
    assert_header(3, ":path", "/a?token=s3cret&b=1");
    assert_header(4, "authorization", "Bearer s3cret");
    assert_int_equal(f.block_bytes, b.len);
    assert_int_equal(f.plain_bytes, 7 + 3 + 7 + 5 + 10 + 11 + 5 + 19 + 13 + 13 + 2 + 6 * 32);
    assert_int_equal(number("field_block_bytes"), f.block_bytes);
    assert_int_equal(number("field_section_bytes"), f.plain_bytes);
}

static void secrets_are_marked_in_the_fields(void **state)
{
    (void)state;
    give_frame(IN, HT_H2_HEADERS, HT_H2_END_HEADERS, 1,
               block(LIST(":status", "302", "set-cookie", "sid=s3cret; Path=/", "location",
                          "https://u:p@h/?code=1", "server", "x", "cookie", "")));
    const struct ht_field *entry = ht_field_find(f.fields, "field_section")->value.children.first->next;
    assert_true(ht_field_find(entry, "value")->secret);
    assert_string_equal(ht_field_find(entry, "value")->label, "sid=[masked]; Path=/");
    assert_true(ht_field_find(entry->next, "value")->secret);
    assert_string_equal(ht_field_find(entry->next, "value")->label, "https://u:[masked]@h/?code=[masked]");
    assert_false(ht_field_find(entry->next->next, "value")->secret);
    assert_true(ht_span_eq_str(ht_field_find(entry->next->next, "name")->value.bytes, "server"));
}

static void hostile_text_is_escaped(void **state)
{
    (void)state;
    give_frame(OUT, HT_H2_HEADERS, HT_H2_END_HEADERS, 1,
               block(LIST(":method", "G\x1b[2J", ":scheme", "http", ":authority", "h", ":path", "/\x07")));
    assert_non_null(strstr(f.summary, ": G\\x1b[2J http://h/\\x07"));
}

static void summaries(void **state)
{
    (void)state;
    give_frame(IN, HT_H2_HEADERS, HT_H2_END_HEADERS, 1, block(LIST(":status", "200")));
    assert_string_equal(f.summary, "HEADERS, stream 1, 1 bytes: 200");
    h2_assert_mark(&f, -1, NULL);
    give_frame(IN, HT_H2_HEADERS, HT_H2_END_HEADERS | HT_H2_END_STREAM, 1, block(LIST("grpc-status", "0")));
    assert_non_null(strstr(f.summary, ": trailers, 1 field"));
    h2_assert_mark(&f, -1, NULL);
    give_frame(OUT, HT_H2_HEADERS, HT_H2_END_HEADERS, 3,
               block(LIST(":method", "CONNECT", ":authority", "h:443")));
    assert_non_null(strstr(f.summary, ": CONNECT h:443"));
    h2_assert_mark(&f, -1, NULL);
    give_frame(IN, HT_H2_HEADERS, 0, 5, block(LIST(":status", "404")));
    assert_string_equal(f.summary, "HEADERS, stream 5, 1 bytes: the header block goes on");
    assert_false(f.header_block_complete);
}

static void the_dynamic_table_lives_per_direction(void **state)
{
    (void)state;
    nghttp2_hd_deflater *other;
    nghttp2_hd_deflate_new(&other, 4096);
    for (unsigned i = 0; i < 3; i++) {
        give_frame(IN, HT_H2_HEADERS, HT_H2_END_HEADERS, 1,
                   block(LIST(":status", "200", "x-long-name", "a long value")));
        assert_header(1, "x-long-name", "a long value");
        assert_int_equal(f.block_bytes > 3, i == 0);
        give_frame(OUT, HT_H2_HEADERS, HT_H2_END_HEADERS, 1 + 2 * i,
                   h2_block(arena, other,
                            LIST(":method", "GET", ":scheme", "http", ":path", "/", "y-name", "y value")));
        assert_header(3, "y-name", "y value");
        h2_assert_mark(&f, -1, NULL);
    }
    nghttp2_hd_deflate_del(other);
}

static void padding_and_priority(void **state)
{
    (void)state;
    const uint8_t flags = HT_H2_END_HEADERS | HT_H2_PADDED | HT_H2_PRIORITY_FLAG;
    give_frame(IN, HT_H2_HEADERS, flags, 1, BYTES("\2\x80\0\0\3\x0f\x88\0\0"));
    h2_assert_mark(&f, -1, NULL);
    assert_header(0, ":status", "200");
    assert_int_equal(number("pad_length"), 2);
    assert_int_equal(number("exclusive"), 1);
    assert_int_equal(number("stream_dependency"), 3);
    assert_int_equal(number("weight"), 16);
    assert_int_equal(f.block_bytes, 1);
    give_frame(IN, HT_H2_HEADERS, HT_H2_END_HEADERS | HT_H2_PADDED, 1, BYTES("\2\x88\0\1"));
    h2_assert_mark(&f, 12, "padding is not zero");
    give_frame(IN, HT_H2_HEADERS, HT_H2_END_HEADERS | HT_H2_PADDED, 1, BYTES("\1\x88\0"));
    h2_assert_mark(&f, -1, NULL);
    give_frame(IN, HT_H2_HEADERS, HT_H2_END_HEADERS | HT_H2_PADDED, 1, BYTES("\2\x88"));
    h2_assert_mark(&f, 9, "section 6.2): PROTOCOL_ERROR");
    give_frame(IN, HT_H2_HEADERS, HT_H2_END_HEADERS, 1, BYTES("\x88"));
    h2_assert_mark(&f, 9, "HPACK state was lost");
}

static void payloads_without_room_for_their_flags(void **state)
{
    (void)state;
    give_frame(IN, HT_H2_HEADERS, HT_H2_END_HEADERS | HT_H2_PADDED, 1, BYTES(""));
    h2_assert_mark(&f, 9, "ends early (RFC 9113 section 4.2): FRAME_SIZE_ERROR");
    give_frame(OUT, HT_H2_HEADERS, HT_H2_END_HEADERS | HT_H2_PRIORITY_FLAG, 1, BYTES("\0\0\0\1"));
    h2_assert_mark(&f, 13, "ends early");
}

static void continuation(void **state)
{
    (void)state;
    struct ht_span b = block(LIST(":status", "200", "a-name", "a value", "b-name", "b value"));
    give_frame(IN, HT_H2_HEADERS, HT_H2_END_STREAM, 1, ht_span_head(b, 3));
    assert_int_equal(f.headers.count, 0);
    give_frame(IN, HT_H2_CONTINUATION, 0, 1, ht_span_head(ht_span_from(b, 3), 4));
    assert_int_equal(f.block_type, HT_H2_HEADERS);
    give_frame(IN, HT_H2_CONTINUATION, HT_H2_END_HEADERS, 1, ht_span_from(b, 7));
    h2_assert_mark(&f, -1, NULL);
    assert_true(f.header_block_complete && f.end_stream);
    assert_int_equal(f.block_type, HT_H2_HEADERS);
    assert_int_equal(f.block_bytes, b.len);
    assert_header(2, "b-name", "b value");
    give_frame(IN, HT_H2_CONTINUATION, HT_H2_END_HEADERS, 1, BYTES(""));
    h2_assert_mark(&f, 3, "without an open header block");
}

static void a_frame_inside_a_block(void **state)
{
    (void)state;
    give_frame(IN, HT_H2_HEADERS, 0, 1, BYTES("\x88"));
    give_frame(IN, HT_H2_PING, 0, 0, BYTES("12345678"));
    h2_assert_mark(&f, 3, "inside a header block (RFC 9113 section 6.10): PROTOCOL_ERROR");
    give_frame(IN, HT_H2_CONTINUATION, HT_H2_END_HEADERS, 1, BYTES(""));
    h2_assert_mark(&f, -1, NULL);
    assert_header(0, ":status", "200");
    give_frame(IN, HT_H2_HEADERS, 0, 1, BYTES("\x88"));
    give_frame(IN, HT_H2_HEADERS, HT_H2_END_HEADERS, 3, BYTES("\x88"));
    h2_assert_mark(&f, 3, "inside a header block");
    assert_int_equal(f.headers.count, 0);
    give_frame(OUT, HT_H2_CONTINUATION, HT_H2_END_HEADERS, 1, BYTES(""));
    h2_assert_mark(&f, 3, "without an open header block");
}

static void continuation_of_another_stream(void **state)
{
    (void)state;
    give_frame(IN, HT_H2_HEADERS, 0, 1, BYTES("\x88"));
    give_frame(IN, HT_H2_CONTINUATION, HT_H2_END_HEADERS, 3, BYTES(""));
    h2_assert_mark(&f, 5, "another stream's block");
}

static void too_many_continuations(void **state)
{
    (void)state;
    give_frame(IN, HT_H2_HEADERS, 0, 1, BYTES("\x88"));
    for (unsigned i = 0; i < HT_CAP_CONTINUATIONS; i++) {
        give_frame(IN, HT_H2_CONTINUATION, 0, 1, BYTES(""));
        h2_assert_mark(&f, -1, NULL);
    }
    give_frame(IN, HT_H2_CONTINUATION, 0, 1, BYTES(""));
    h2_assert_mark(&f, 3, "ENHANCE_YOUR_CALM");
    give_frame(IN, HT_H2_CONTINUATION, HT_H2_END_HEADERS, 1, BYTES(""));
    assert_int_equal(f.headers.count, 0);
}

static void too_long_a_block(void **state)
{
    (void)state;
    struct ht_span part = ht_span(ht_arena_alloc(arena, 16384), 16384);
    give_frame(IN, HT_H2_HEADERS, 0, 1, part);
    for (unsigned i = 1; i < HT_CAP_HEADER_BLOCK / 16384; i++) {
        give_frame(IN, HT_H2_CONTINUATION, 0, 1, part);
        h2_assert_mark(&f, -1, NULL);
    }
    give_frame(IN, HT_H2_CONTINUATION, 0, 1, part);
    h2_assert_mark(&f, 9, "(RFC 9113 section 10.5.1): ENHANCE_YOUR_CALM");
    give_frame(IN, HT_H2_CONTINUATION, HT_H2_END_HEADERS, 1, BYTES(""));
    assert_true(f.malformed);
    give_frame(IN, HT_H2_HEADERS, HT_H2_END_HEADERS, 3, BYTES("\x88"));
    h2_assert_mark(&f, 9, "HPACK state was lost");
}

static void hpack_errors(void **state)
{
    (void)state;
    give_frame(IN, HT_H2_HEADERS, HT_H2_END_HEADERS, 1, BYTES("\x88\x80"));
    h2_assert_mark(&f, 10, "(RFC 9113 section 4.3): COMPRESSION_ERROR");
    assert_header(0, ":status", "200");
    give_frame(IN, HT_H2_HEADERS, HT_H2_END_HEADERS, 3, BYTES("\x88"));
    h2_assert_mark(&f, 9, "HPACK state was lost");
    assert_non_null(strstr(f.summary, "fields unknown"));
    give_frame(OUT, HT_H2_HEADERS, HT_H2_END_HEADERS, 1, BYTES("\x82\x86\x84\xbe"));
    h2_assert_mark(&f, 12, "COMPRESSION_ERROR");
}

static void an_error_in_a_continuation_has_its_own_offset(void **state)
{
    (void)state;
    give_frame(IN, HT_H2_HEADERS, 0, 1, BYTES("\x88"));
    give_frame(IN, HT_H2_CONTINUATION, HT_H2_END_HEADERS, 1, BYTES("\x5f\1a\xff\xff"));
    h2_assert_mark(&f, 12, "COMPRESSION_ERROR");
    give_frame(OUT, HT_H2_HEADERS, 0, 1, BYTES("\x82\x86\x40\5a"));
    give_frame(OUT, HT_H2_CONTINUATION, HT_H2_END_HEADERS, 1, BYTES("b"));
    h2_assert_mark(&f, 9, "COMPRESSION_ERROR"); /* the field began in the frame before */
}

static void table_size_updates(void **state)
{
    (void)state;
    give_frame(IN, HT_H2_HEADERS, HT_H2_END_HEADERS, 1, BYTES("\x20\x3f\xe1\x1f\x88"));
    h2_assert_mark(&f, -1, NULL);
    const struct ht_field *list = ht_field_find(f.fields, "dynamic_table_size_updates");
    assert_int_equal(list->value.children.count, 2);
    assert_int_equal(list->value.children.first->value.number, 0);
    assert_int_equal(list->value.children.last->value.number, 4096);
    give_frame(IN, HT_H2_HEADERS, HT_H2_END_HEADERS, 1, BYTES("\x3f\xe2\x1f\x88"));
    h2_assert_mark(&f, 12, "COMPRESSION_ERROR");
    assert_int_equal(ht_field_find(f.fields, "dynamic_table_size_updates")->value.children.count, 1);
}

static void a_larger_table_once_allowed(void **state)
{
    (void)state;
    ht_h2_decoder_table_size(decoder, IN, 8192);
    give_frame(IN, HT_H2_HEADERS, HT_H2_END_HEADERS, 1, BYTES("\x3f\xe1\x3f\x88"));
    h2_assert_mark(&f, -1, NULL);
    ht_h2_decoder_table_size(decoder, IN, 100);
    give_frame(IN, HT_H2_HEADERS, HT_H2_END_HEADERS, 1, BYTES("\x88"));
    h2_assert_mark(&f, 9, "COMPRESSION_ERROR"); /* a reduction must be confirmed first */
}

static void push_promise(void **state)
{
    (void)state;
    give_frame(IN, HT_H2_PUSH_PROMISE, HT_H2_END_HEADERS | HT_H2_PADDED, 1,
               BYTES("\1\0\0\0\2\x82\x86\x84\0"));
    h2_assert_mark(&f, -1, NULL);
    assert_int_equal(f.promised_stream, 2);
    assert_int_equal(f.block_type, HT_H2_PUSH_PROMISE);
    assert_header(0, ":method", "GET");
    assert_int_equal(number("promised_stream_id"), 2);
    give_frame(IN, HT_H2_PUSH_PROMISE, HT_H2_END_HEADERS, 1, BYTES("\0\0\0\3\x82\x86\x84"));
    h2_assert_mark(&f, 9, "not a server's");
    give_frame(OUT, HT_H2_PUSH_PROMISE, HT_H2_END_HEADERS, 1, BYTES("\0\0\0\2\x82\x86\x84"));
    h2_assert_mark(&f, 3, "from a client");
    give_frame(OUT, SETTINGS, 0, 0, BYTES("\0\2\0\0\0\0"));
    give_frame(IN, HT_H2_PUSH_PROMISE, HT_H2_END_HEADERS, 1, BYTES("\0\0\0\4\x82\x86\x84"));
    h2_assert_mark(&f, 3, "ENABLE_PUSH is 0");
    give_frame(IN, HT_H2_PUSH_PROMISE, HT_H2_END_HEADERS, 1, BYTES("\0\0"));
    h2_assert_mark(&f, 0, "FRAME_SIZE_ERROR");
}

/* One byte stands for three kilobytes: what is kept is bounded, what is counted is not. */
static void a_decompression_bomb(void **state)
{
    (void)state;
    struct ht_sink s = ht_sink(0);
    char value[2901];
    memset(value, 'v', sizeof value - 1);
    value[sizeof value - 1] = '\0';
    struct ht_span first = block(LIST(":status", "200", "x", value));
    ht_sink_bytes(&s, first);
    ht_sink_fill(&s, '\xbe', 12000);
    size_t before = ht_arena_used(arena);
    give_frame(IN, HT_H2_HEADERS, HT_H2_END_HEADERS, 1, ht_span(s.text, s.len));
    h2_assert_mark(&f, -1, NULL);
    assert_true(f.headers.cut);
    assert_true(f.plain_bytes > 12000u * 2900);
    assert_true(f.headers.count < HT_CAP_HEADERS);
    assert_true(ht_arena_used(arena) - before < 4 * HT_CAP_HEADER_PLAIN);
    assert_int_equal(number("cut"), 1);
    ht_sink_free(&s);
}

static void a_cut_frame_loses_the_table(void **state)
{
    (void)state;
    struct ht_span part = ht_span(ht_arena_alloc(arena, HT_CAP_FRAME_BYTES), HT_CAP_FRAME_BYTES);
    give(IN, h2_frame_len(arena, HT_H2_HEADERS, HT_H2_END_HEADERS, 1, part, HT_CAP_FRAME_BYTES + 1));
    h2_assert_mark(&f, 0, "FRAME_SIZE_ERROR");
    assert_int_equal(number("cut"), 1);
    give_frame(IN, HT_H2_HEADERS, HT_H2_END_HEADERS, 3, BYTES("\x88"));
    h2_assert_mark(&f, 9, "HPACK state was lost");
}

#define FRESH(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        FRESH(a_request),
        FRESH(secrets_are_marked_in_the_fields),
        FRESH(hostile_text_is_escaped),
        FRESH(summaries),
        FRESH(the_dynamic_table_lives_per_direction),
        FRESH(padding_and_priority),
        FRESH(payloads_without_room_for_their_flags),
        FRESH(continuation),
        FRESH(a_frame_inside_a_block),
        FRESH(continuation_of_another_stream),
        FRESH(too_many_continuations),
        FRESH(too_long_a_block),
        FRESH(hpack_errors),
        FRESH(an_error_in_a_continuation_has_its_own_offset),
        FRESH(table_size_updates),
        FRESH(a_larger_table_once_allowed),
        FRESH(push_promise),
        FRESH(a_decompression_bomb),
        FRESH(a_cut_frame_loses_the_table),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
