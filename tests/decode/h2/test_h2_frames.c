/* SPDX-License-Identifier: MIT */
/* Frames without header blocks (RFC 9113 section 6 and extensions): summary, fields, and where they break the
 * rules. */
#include "h2_bytes.h"

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

#define B(literal) (literal), sizeof(literal) - 1
#define IN         HT_DIR_IN
#define OUT        HT_DIR_OUT

struct frame_row {
    enum ht_dir dir;
    uint8_t type, flags;
    uint32_t stream;
    const char *payload;
    size_t len;
    const char *summary;
    long at; /* -1: nothing is wrong */
    const char *why;
};

static const struct frame_row rows[] = {
    {IN, 4, 0, 0, B("\0\3\0\0\0\x64\0\4\0\xa0\0\0\0\2\0\0\0\0"),
     "SETTINGS, 18 bytes: MAX_CONCURRENT_STREAMS 100, INITIAL_WINDOW_SIZE 10485760, ENABLE_PUSH 0", -1, NULL},
    {IN, 4, 0, 0, B(""), "SETTINGS, 0 bytes", -1, NULL},
    {IN, 4, 1, 0, B(""), "SETTINGS, ack", -1, NULL},
    {OUT, 4, 0, 0,
     B("\0\1\0\0\x10\0\0\5\0\0\x40\0\0\6\0\0\0\1\0\x08\0\0\0\1\0\x09\0\0\0\1\0\x10\0\0\0\0\0\x4d\0\0\0\5"),
     "SETTINGS, 42 bytes: HEADER_TABLE_SIZE 4096, MAX_FRAME_SIZE 16384, MAX_HEADER_LIST_SIZE 1, "
     "ENABLE_CONNECT_PROTOCOL 1, NO_RFC7540_PRIORITIES 1, TLS_RENEG_PERMITTED 0, 0x4d 5",
     -1, NULL},
    {IN, 4, 1, 0, B("\0\3\0\0\0\1"), "SETTINGS, ack", 0, "section 6.5): FRAME_SIZE_ERROR"},
    {IN, 4, 0, 0, B("\0\3\0\0\0\1\0"), "SETTINGS, 7 bytes: MAX_CONCURRENT_STREAMS 1", 0, "multiple of 6"},
    {IN, 4, 0, 1, B(""), "SETTINGS, 0 bytes", 5, "section 6.5): PROTOCOL_ERROR"},
    {IN, 4, 0, 0, B("\0\3\0\0\0\1\0\2\0\0\0\2"),
     "SETTINGS, 12 bytes: MAX_CONCURRENT_STREAMS 1, ENABLE_PUSH 2", 17, "neither 0 nor 1"},
    {IN, 4, 0, 0, B("\0\2\0\0\0\1"), "SETTINGS, 6 bytes: ENABLE_PUSH 1", 11, "from a server"},
    {OUT, 4, 0, 0, B("\0\2\0\0\0\1"), "SETTINGS, 6 bytes: ENABLE_PUSH 1", -1, NULL},
    {IN, 4, 0, 0, B("\0\4\x80\0\0\0"), "SETTINGS, 6 bytes: INITIAL_WINDOW_SIZE 2147483648", 11,
     "FLOW_CONTROL_ERROR"},
    {IN, 4, 0, 0, B("\0\5\0\0\x3f\xff"), "SETTINGS, 6 bytes: MAX_FRAME_SIZE 16383", 11, "MAX_FRAME_SIZE"},
    {IN, 4, 0, 0, B("\0\x08\0\0\0\2"), "SETTINGS, 6 bytes: ENABLE_CONNECT_PROTOCOL 2", 11, "RFC 8441"},
    {IN, 4, 0, 0, B("\0\x09\0\0\0\2"), "SETTINGS, 6 bytes: NO_RFC7540_PRIORITIES 2", 11, "RFC 9218"},
    {OUT, 2, 0, 3, B("\x80\0\0\1\xc8"), "PRIORITY, stream 3: depends on stream 1, weight 201", -1, NULL},
    {OUT, 2, 0, 0, B("\0\0\0\1\0"), "PRIORITY, stream 0: depends on stream 1, weight 1", 5, "section 6.3"},
    {OUT, 2, 0, 3, B("\0\0\0\1"), "PRIORITY, stream 3: depends on stream 1, weight 1", 0, "is not 5"},
    {IN, 3, 0, 1, B("\0\0\0\x08"), "RST_STREAM, stream 1: CANCEL", -1, NULL},
    {IN, 3, 0, 1, B("\0\0\0\x0d"), "RST_STREAM, stream 1: HTTP_1_1_REQUIRED", -1, NULL},
    {IN, 3, 0, 1, B("\xca\xfe\0\1"), "RST_STREAM, stream 1: code 0xcafe0001", -1, NULL},
    {IN, 3, 0, 0, B("\0\0\0\0"), "RST_STREAM, stream 0: NO_ERROR", 5, "section 6.4): PROTOCOL_ERROR"},
    {IN, 3, 0, 1, B("\0\0\0"), "RST_STREAM, stream 1: NO_ERROR", 0, "is not 4"},
    {IN, 3, 0, 1, B("\0\0\0\0\0"), "RST_STREAM, stream 1: NO_ERROR", 0, "is not 4"},
    {IN, 6, 0, 0, B("\0\1\2\3\4\5\6\xff"), "PING: 00010203040506ff", -1, NULL},
    {IN, 6, 1, 0, B("\0\1\2\3\4\5\6\xff"), "PING, ack: 00010203040506ff", -1, NULL},
    {IN, 6, 0, 0, B("\0\1\2\3\4\5\6"), "PING", 0, "is not 8"},
    {IN, 6, 0, 1, B("\0\1\2\3\4\5\6\7"), "PING: 0001020304050607", 5, "section 6.7"},
    {IN, 7, 0, 0, B("\0\0\0\0\0\0\0\0"), "GOAWAY: last stream 0, NO_ERROR", -1, NULL},
    {IN, 7, 0, 0, B("\x80\0\0\7\0\0\0\x0btoo\x1b[2J::many"),
     "GOAWAY: last stream 7, ENHANCE_YOUR_CALM, \"too\\x1b[2J:\\x3amany\"", -1, NULL},
    {IN, 7, 0, 0, B("\0\0\0\0\0\0\0"), "GOAWAY: last stream 0, NO_ERROR", 0, "shorter than 8"},
    {IN, 7, 0, 3, B("\0\0\0\0\0\0\0\0"), "GOAWAY: last stream 0, NO_ERROR", 5, "section 6.8"},
    {OUT, 8, 0, 0, B("\x01\xf3\0\1"), "WINDOW_UPDATE, stream 0: +32702465", -1, NULL},
    {OUT, 8, 0, 5, B("\x80\0\0\1"), "WINDOW_UPDATE, stream 5: +1", -1, NULL},
    {OUT, 8, 0, 5, B("\x80\0\0\0"), "WINDOW_UPDATE, stream 5: +0", 9, "section 6.9): PROTOCOL_ERROR"},
    {OUT, 8, 0, 5, B("\0\0\0"), "WINDOW_UPDATE, stream 5: +0", 0, "is not 4"},
    {IN, 9, 4, 1, B("\x88"), "CONTINUATION, stream 1, 1 bytes", 3, "section 6.10"},
    {IN, 10, 0, 0, B("\0\x09https://ah2=\":443\""), "ALTSVC, stream 0: https://a h2=\":443\"", -1, NULL},
    {IN, 10, 0, 1, B("\0\0h2=\":443\""), "ALTSVC, stream 1: h2=\":443\"", -1, NULL},
    {IN, 10, 0, 0, B("\0\0clear"), "ALTSVC, stream 0: clear", 9, "RFC 7838"},
    {IN, 10, 0, 1, B("\0\1xclear"), "ALTSVC, stream 1: x clear", 9, "RFC 7838"},
    {IN, 10, 0, 0, B("\0\x09https"), "ALTSVC, stream 0", 11, "ends early"},
    {IN, 10, 0, 0, B("\0"), "ALTSVC, stream 0", 0, "section 4.2"},
    {IN, 12, 0, 0, B("\0\x09https://a\0\x09https://b"), "ORIGIN: https://a, https://b", -1, NULL},
    {IN, 12, 0, 0, B(""), "ORIGIN", -1, NULL},
    {IN, 12, 0, 0, B("\0\x09https://a\0\x09http"), "ORIGIN: https://a", 22, "ends early"},
    {IN, 12, 0, 1, B(""), "ORIGIN", 5, "RFC 8336"},
    {OUT, 16, 0, 0, B("\0\0\0\1u=1, i"), "PRIORITY_UPDATE: stream 1, u=1, i", -1, NULL},
    {OUT, 16, 0, 0, B("\0\0\0\0u=1"), "PRIORITY_UPDATE: stream 0, u=1", 9, "RFC 9218"},
    {IN, 16, 0, 0, B("\0\0\0\1u=1"), "PRIORITY_UPDATE: stream 1, u=1", 3, "from a server"},
    {OUT, 16, 0, 1, B("\0\0\0\1"), "PRIORITY_UPDATE: stream 1", 5, "RFC 9218"},
    {OUT, 16, 0, 0, B("\0\0\0"), "PRIORITY_UPDATE: stream 0", 0, "shorter than 4"},
    {IN, 0x4d, 0xff, 9, B("abc"), "frame type 0x4d, stream 9, 3 bytes", -1, NULL},
    {IN, 1, 4, 0, B("\x88"), "HEADERS, stream 0, 1 bytes: 200", 5, "section 6.2"},
};

static struct ht_h2_frame decode_row(const struct frame_row *row)
{
    struct ht_h2_decoder *decoder = ht_h2_decoder_new();
    struct ht_h2_frame frame;
    ht_h2_decode(decoder, arena, row->dir, h2_frame(arena, 4, 0, 0, BYTES("")), &frame);
    assert_false(frame.malformed);
    ht_h2_decode(decoder, arena, row->dir,
                 h2_frame(arena, row->type, row->flags, row->stream, ht_span(row->payload, row->len)),
                 &frame);
    ht_h2_decoder_free(decoder);
    return frame;
}

static void every_type(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct ht_h2_frame f = decode_row(&rows[i]);
        assert_string_equal(f.summary, rows[i].summary);
        h2_assert_mark(&f, rows[i].at, rows[i].why);
        assert_int_equal(ht_field_find(f.fields, "length")->value.number, rows[i].len);
        assert_int_equal(ht_field_find(f.fields, "type")->value.number, rows[i].type);
        assert_int_equal(ht_field_find(f.fields, "stream_identifier")->value.number, rows[i].stream);
    }
}

static const struct ht_h2_frame *one(struct ht_h2_frame *f, enum ht_dir dir, uint8_t type, uint8_t flags,
                                     uint32_t stream, struct ht_span payload)
{
    const struct frame_row row = {.dir = dir,
                                  .type = type,
                                  .flags = flags,
                                  .stream = stream,
                                  .payload = (const char *)payload.data,
                                  .len = payload.len};
    *f = decode_row(&row);
    return f;
}

static uint64_t number(const struct ht_h2_frame *f, const char *name)
{
    const struct ht_field *field = ht_field_find(f->fields, name);
    assert_non_null(field);
    return field->value.number;
}

static void typed_members_and_fields(void **state)
{
    (void)state;
    struct ht_h2_frame f;
    one(&f, IN, 4, 0, 0, BYTES("\0\3\0\0\0\x64\0\x4d\0\0\0\1"));
    assert_int_equal(f.settings_count, 2);
    assert_int_equal(f.settings[0].id, 3);
    assert_int_equal(f.settings[0].value, 100);
    const struct ht_field *first = ht_field_find(f.fields, "settings")->value.children.first;
    assert_string_equal(ht_field_find(first, "identifier")->label, "MAX_CONCURRENT_STREAMS");
    assert_null(ht_field_find(first->next, "identifier")->label);
    one(&f, IN, 3, 0, 1, BYTES("\0\0\0\7"));
    assert_int_equal(f.error_code, 7);
    assert_string_equal(ht_field_find(f.fields, "error_code")->label, "REFUSED_STREAM");
    one(&f, IN, 7, 0, 0, BYTES("\0\0\0\7\0\0\0\2bye"));
    assert_int_equal(f.last_stream, 7);
    assert_int_equal(f.error_code, 2);
    assert_true(ht_span_eq_str(f.debug, "bye"));
    one(&f, OUT, 8, 0, 1, BYTES("\x80\0\1\0"));
    assert_int_equal(f.increment, 256);
    assert_int_equal(number(&f, "reserved"), 1);
    one(&f, IN, 6, 1, 0, BYTES("12345678"));
    assert_true(f.ack);
    const struct ht_field *flag = ht_field_find(f.fields, "flags")->value.children.first;
    assert_string_equal(flag->label, "ACK");
    one(&f, OUT, 2, 0, 3, BYTES("\x80\0\0\1\xff"));
    assert_int_equal(number(&f, "exclusive"), 1);
    assert_int_equal(number(&f, "weight"), 256);
}

static void names(void **state)
{
    (void)state;
    assert_string_equal(ht_h2_frame_name(0), "DATA");
    assert_string_equal(ht_h2_frame_name(16), "PRIORITY_UPDATE");
    assert_null(ht_h2_frame_name(11));
    assert_string_equal(ht_h2_setting_name(1), "HEADER_TABLE_SIZE");
    assert_string_equal(ht_h2_setting_name(9), "NO_RFC7540_PRIORITIES");
    assert_null(ht_h2_setting_name(7));
    assert_string_equal(ht_h2_error_name(0), "NO_ERROR");
    assert_string_equal(ht_h2_error_name(13), "HTTP_1_1_REQUIRED");
    assert_null(ht_h2_error_name(14));
}

static void frames_past_the_allowed_size(void **state)
{
    (void)state;
    struct ht_h2_decoder *decoder = ht_h2_decoder_new();
    struct ht_h2_frame f;
    struct ht_span big = ht_span(ht_arena_alloc(arena, 16385), 16385);
    ht_h2_decode(decoder, arena, IN, h2_frame(arena, 4, 0, 0, BYTES("")), &f);
    ht_h2_decode(decoder, arena, IN, h2_frame(arena, 77, 0, 0, ht_span_head(big, 16384)), &f);
    h2_assert_mark(&f, -1, NULL);
    ht_h2_decode(decoder, arena, IN, h2_frame(arena, 77, 0, 0, big), &f);
    h2_assert_mark(&f, 0, "MAX_FRAME_SIZE (RFC 9113 section 4.2): FRAME_SIZE_ERROR");
    ht_h2_decode(decoder, arena, OUT, h2_frame(arena, 4, 0, 0, BYTES("\0\5\0\0\x80\0")), &f);
    ht_h2_decode(decoder, arena, IN, h2_frame(arena, 77, 0, 0, big), &f);
    h2_assert_mark(&f, -1, NULL);
    ht_h2_decode(decoder, arena, OUT, h2_frame(arena, 77, 0, 0, big), &f);
    h2_assert_mark(&f, 0, "FRAME_SIZE_ERROR");
    ht_h2_decoder_free(decoder);
}

static void settings_come_first(void **state)
{
    (void)state;
    struct ht_h2_decoder *decoder = ht_h2_decoder_new();
    struct ht_h2_frame f;
    ht_h2_decode(decoder, arena, IN, h2_frame(arena, 7, 0, 0, BYTES("\0\0\0\0\0\0\0\0")), &f);
    h2_assert_mark(&f, 3, "not SETTINGS (RFC 9113 section 3.4)");
    ht_h2_decode(decoder, arena, IN, h2_frame(arena, 6, 0, 0, BYTES("12345678")), &f);
    h2_assert_mark(&f, -1, NULL);
    ht_h2_decoder_free(decoder);
}

static void assert_data(struct ht_h2_decoder *decoder, struct ht_h2_piece piece, const char *why)
{
    const char *got = ht_h2_data_why(decoder, IN, &piece);
    if (!why != !got || (why && !strstr(got, why)))
        fail_msg("%s", got ? got : "nothing is wrong");
}

static void data_frames_are_judged_too(void **state)
{
    (void)state;
    struct ht_h2_decoder *decoder = ht_h2_decoder_new();
    struct ht_h2_frame f;
    struct ht_h2_piece good = {.kind = HT_H2_PIECE_DATA, .stream = 1, .length = 16384};
    assert_data(decoder, good, "section 3.4");
    assert_data(decoder, good, NULL);
    assert_data(decoder, (struct ht_h2_piece){.stream = 0, .length = 1}, "section 6.1");
    assert_data(decoder, (struct ht_h2_piece){.stream = 1, .length = 16385}, "FRAME_SIZE_ERROR");
    assert_data(decoder, (struct ht_h2_piece){.stream = 1, .bad_padding = true}, "padding");
    ht_h2_decode(decoder, arena, IN, h2_frame(arena, 1, 0, 1, BYTES("\x88")), &f);
    assert_data(decoder, good, "inside a header block");
    ht_h2_decoder_free(decoder);
}

static void many_settings_are_capped(void **state)
{
    (void)state;
    struct ht_h2_frame f;
    one(&f, IN, 4, 0, 0, ht_span(ht_arena_alloc(arena, 6 * 2000), 6 * 2000));
    assert_int_equal(f.settings_count, HT_CAP_LIST);
    assert_int_equal(number(&f, "settings_not_shown"), 2000 - HT_CAP_LIST);
    assert_true(strlen(f.summary) < HT_CAP_TEXT + 100);
}

static void decode_copy(enum ht_dir dir, struct ht_span bytes)
{
    struct ht_h2_decoder *decoder = ht_h2_decoder_new();
    struct ht_arena *own = ht_arena_new();
    uint8_t *copy = ht_malloc(bytes.len);
    if (bytes.len)
        memcpy(copy, bytes.data, bytes.len);
    struct ht_h2_frame f;
    ht_h2_decode(decoder, own, dir, ht_span(copy, bytes.len), &f);
    free(copy); /* nothing in the frame may point at the input */
    assert_true(strlen(f.summary) > 0);
    assert_true(!f.malformed || f.malformed_at <= bytes.len);
    ht_h2_decoder_free(decoder);
    ht_arena_free(own);
}

static void survives_truncation_and_flips(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct ht_span bytes = h2_frame(arena, rows[i].type, rows[i].flags, rows[i].stream,
                                        ht_span(rows[i].payload, rows[i].len));
        uint8_t *raw = (uint8_t *)(uintptr_t)bytes.data;
        for (size_t cut = 0; cut < bytes.len; cut++)
            decode_copy(rows[i].dir, ht_span_head(bytes, cut));
        for (size_t at = 0; at < bytes.len; at++) {
            for (unsigned flip = 1; flip < 256; flip = flip * 2 + 1) {
                raw[at] ^= (uint8_t)flip;
                decode_copy(rows[i].dir, bytes);
                raw[at] ^= (uint8_t)flip;
            }
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_type),
        cmocka_unit_test(typed_members_and_fields),
        cmocka_unit_test(names),
        cmocka_unit_test(frames_past_the_allowed_size),
        cmocka_unit_test(settings_come_first),
        cmocka_unit_test(data_frames_are_judged_too),
        cmocka_unit_test(many_settings_are_capped),
        cmocka_unit_test(survives_truncation_and_flips),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
