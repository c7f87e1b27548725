/* SPDX-License-Identifier: MIT */
/* Round trips: raw events with odd values in every member come back from a record as they went in. */
#include "support.h"

#include "base/sink.h"
#include "record/codec.h"
#include "record/rows.h"

#define ROUNDS 150

static void every_kind(void **unused)
{
    (void)unused;
    struct ht_arena *arena = ht_arena_new();
    static struct ht_raw raws[ROUNDS * HT_RAW_KIND_COUNT];
    size_t count = 0;
    for (int round = 0; round < ROUNDS; round++) {
        for (int kind = 0; kind < HT_RAW_KIND_COUNT; kind++) {
            if (kind != HT_RAW_BYTES)
                raws[count++] = raw_random(arena, (enum ht_raw_kind)kind, 300);
        }
    }
    struct taken taken;
    struct ht_error error;
    taken_begin(&taken);
    folder_begin();
    write_record(folder_file("x.rec"), raws, count);
    assert_int_equal(ht_record_read(folder_file("x.rec"), taken_sink(&taken), &error), HT_OK);
    assert_int_equal(taken.count, count);
    for (size_t i = 0; i < count; i++)
        assert_raw_equal(&raws[i], &taken.at[i]);
    folder_end();
    taken_end(&taken);
    ht_arena_free(arena);
}

static void encoded_is(const struct ht_raw *raw, const char *line)
{
    struct ht_sink out = ht_sink(0);
    ht_record_encode(&out, raw);
    assert_string_equal(ht_sink_text(&out), line);
    ht_sink_free(&out);
}

/* What is left out is assumed, so an event with nothing in it is almost nothing. */
static void nothing_in_it(void **unused)
{
    (void)unused;
    struct ht_raw raw = raw_empty(HT_RAW_RUN_END);
    encoded_is(&raw, "{\"k\":\"run_end\",\"t\":0}");
    raw = raw_empty(HT_RAW_TCP_INFO);
    raw.t_us = raw.t_last_us = 77;
    encoded_is(&raw, "{\"k\":\"tcp_info\",\"t\":77,\"point\":\"connected\"}");
}

/* The format itself, letter by letter: old records must stay readable. */
static void golden_lines(void **unused)
{
    (void)unused;
    struct ht_raw raw = raw_empty(HT_RAW_SOCKET_OPEN);
    raw.t_us = raw.t_last_us = 1234;
    raw.socket = raw.transfer = 0;
    raw.u.socket_open.address = ht_span_str("127.0.0.1");
    raw.u.socket_open.port = 443;
    raw.u.socket_open.family = 2;
    encoded_is(&raw,
               "{\"k\":\"socket_open\",\"t\":1234,\"s\":0,\"x\":0,\"address\":\"127.0.0.1\",\"port\":443,"
               "\"family\":2}");

    raw = raw_empty(HT_RAW_UNIT);
    raw.t_us = 5, raw.t_last_us = 9, raw.socket = 3, raw.dir = HT_DIR_IN, raw.level = 1;
    raw.bytes = ht_span_str("HTTP/1.1 200 \"OK\"\r\n\r\n");
    raw.u.unit.unit = HT_UNIT_H1_HEAD;
    raw.u.unit.size = 21;
    encoded_is(&raw, "{\"k\":\"unit\",\"t\":5,\"t_last\":9,\"s\":3,\"dir\":\"in\",\"level\":1,"
                     "\"text\":\"HTTP/1.1 200 \\\"OK\\\"\\r\\n\\r\\n\",\"unit\":\"h1_head\",\"size\":21}");

    raw.bytes = (struct ht_span){0};
    raw.rendered = true;
    encoded_is(&raw,
               "{\"k\":\"unit\",\"t\":5,\"t_last\":9,\"s\":3,\"dir\":\"in\",\"level\":1,\"rendered\":true,"
               "\"unit\":\"h1_head\",\"size\":21}");

    raw = raw_empty(HT_RAW_LOOKUP);
    raw.u.lookup.host = ht_span("b\xC3\xBC", 3);
    raw.u.lookup.error = -2;
    encoded_is(&raw, "{\"k\":\"lookup\",\"t\":0,\"host_hex\":\"62c3bc\",\"error\":-2}");
}

/* One byte of each value: text where it prints or ends a line, hex else; and back in both cases. */
static void every_byte(void **unused)
{
    (void)unused;
    for (int value = 0; value < 256; value++) {
        uint8_t byte = (uint8_t)value;
        struct ht_raw raw = raw_empty(HT_RAW_KEYLOG), back;
        struct ht_sink line = ht_sink(0), why = ht_sink(0);
        uint8_t hex[64];
        raw.bytes = ht_span(&byte, 1);
        ht_record_encode(&line, &raw);
        bool plain = (value >= 0x20 && value < 0x7F) || value == '\r' || value == '\n' || value == '\t';
        assert_int_equal(strstr(line.text, "\"text\":") != NULL, plain);
        assert_int_equal(strstr(line.text, "\"hex\":") != NULL, !plain);
        json_t *object = json_loads(line.text, JSON_REJECT_DUPLICATES, NULL);
        assert_non_null(object);
        assert_true(ht_record_decode(object, hex, &back, &why));
        assert_raw_equal(&raw, &back);
        json_decref(object);
        ht_sink_free(&line);
        ht_sink_free(&why);
    }
}

/* What the seam's bound does not allow is held at it, so that the record stays readable. */
static void bounded_numbers(void **unused)
{
    (void)unused;
    struct ht_raw raw = raw_empty(HT_RAW_STREAM);
    raw.t_us = -5, raw.t_last_us = INT64_MIN, raw.socket = -7;
    raw.u.stream.stream = INT64_MAX;
    encoded_is(&raw, "{\"k\":\"stream\",\"t\":0,\"stream\":9007199254740992}");
    raw.u.stream.stream = INT64_MIN;
    encoded_is(&raw, "{\"k\":\"stream\",\"t\":0,\"stream\":-9007199254740992}");
}

#if defined(__has_builtin)
#if __has_builtin(__builtin_clear_padding)
#define HAS_CLEAR_PADDING 1
#endif
#endif

#ifdef HAS_CLEAR_PADDING
static size_t row_size(const struct ht_record_row *row)
{
    if (row->type == HT_ROW_SPAN)
        return sizeof(struct ht_span);
    if (row->type == HT_ROW_BOOL || row->type == HT_ROW_LEVEL)
        return 1;
    return row->type == HT_ROW_ID || row->type == HT_ROW_NAMED ? 4 : 8;
}

/* Zeroes in `image` what rows speak of; a byte that two rows claim is a fault. */
static void rub_out(unsigned char *image, struct ht_record_rows rows)
{
    for (size_t r = 0; r < rows.count; r++) {
        const struct ht_record_row *row = &rows.at[r];
        for (size_t i = 0; i < row_size(row); i++) {
            if (image[row->offset + i] != 0xFF)
                fail_msg("the row \"%s\" is not where a member is", row->key);
            image[row->offset + i] = 0;
        }
    }
}

static void nothing_left(const unsigned char *image, const char *what)
{
    for (size_t i = 0; i < sizeof(struct ht_raw); i++) {
        if (image[i])
            fail_msg("%s: no row for the member at offset %zu", what, i);
    }
}
#endif

/* The rows and struct ht_raw tell of the same bytes: no member can be forgotten when one is added. */
static void every_member_has_a_row(void **unused)
{
    (void)unused;
#ifdef HAS_CLEAR_PADDING
    struct ht_raw raw;
#define MEMBERS(id, member)                                                                                  \
    memset(&raw, 0, sizeof raw);                                                                             \
    memset(&raw.u.member, 0xFF, sizeof raw.u.member);                                                        \
    __builtin_clear_padding(&raw.u.member);                                                                  \
    rub_out((unsigned char *)&raw, ht_record_rows_of(id));                                                   \
    nothing_left((unsigned char *)&raw, #member)
    MEMBERS(HT_RAW_RUN_START, run_start);
    MEMBERS(HT_RAW_TRANSFER_START, transfer_start);
    MEMBERS(HT_RAW_RESOLVE_START, resolve_start);
    MEMBERS(HT_RAW_LOOKUP, lookup);
    MEMBERS(HT_RAW_QUERY, query);
    MEMBERS(HT_RAW_SOCKET_OPEN, socket_open);
    MEMBERS(HT_RAW_CONNECT, connect);
    MEMBERS(HT_RAW_TCP_INFO, tcp_info);
    MEMBERS(HT_RAW_ICMP, icmp);
    MEMBERS(HT_RAW_SOCKET_CLOSE, socket_close);
    MEMBERS(HT_RAW_TLS_MESSAGE, tls_message);
    MEMBERS(HT_RAW_TLS_END, tls_end);
    MEMBERS(HT_RAW_UNIT, unit);
    MEMBERS(HT_RAW_STREAM, stream);
    MEMBERS(HT_RAW_TRANSFER_END, transfer_end);
    memset(&raw, 0xFF, sizeof raw);
    __builtin_clear_padding(&raw);
    memset(&raw.kind, 0, sizeof raw.kind);
    memset(&raw.u, 0, sizeof raw.u);
    rub_out((unsigned char *)&raw, ht_record_common);
    nothing_left((unsigned char *)&raw, "common");
#else
    skip();
#endif
}

static void kinds_by_name(void **unused)
{
    (void)unused;
    for (int kind = 0; kind < HT_RAW_KIND_COUNT; kind++) {
        const char *name = ht_record_kind_name((enum ht_raw_kind)kind);
        assert_int_equal(name == NULL, kind == HT_RAW_BYTES);
        if (name)
            assert_int_equal(ht_record_kind_of(name), kind);
    }
    assert_int_equal(ht_record_kind_of("bytes"), HT_RAW_KIND_COUNT);
    assert_null(ht_record_kind_name(HT_RAW_KIND_COUNT));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_kind),      cmocka_unit_test(nothing_in_it),
        cmocka_unit_test(golden_lines),    cmocka_unit_test(every_byte),
        cmocka_unit_test(bounded_numbers), cmocka_unit_test(every_member_has_a_row),
        cmocka_unit_test(kinds_by_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
