/* SPDX-License-Identifier: MIT */
/* Damaged and foreign files: each gives an error that names the line and what is wrong with it. */
#include "support.h"

#include "base/sink.h"

#include <httptrace/caps.h>

#include <stdlib.h>

#define FIRST                                                                                                \
    "{\"format\":\"httptrace.record/1\",\"tool\":\"httptrace 0.1.0\",\"secrets\":true,\"note\":\"n\"}\n"
#define END(n) "{\"end\":" #n "}\n"

struct damage {
    const char *text, *message;
};

static void each(const struct damage *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct ht_error error = {.text = ""};
        enum ht_status status = read_text(rows[i].text, &error);
        assert_string_equal(error.text, rows[i].message);
        assert_int_equal(status, HT_ERR_FORMAT);
        assert_int_equal(error.exit_code, 2);
    }
}
#define EACH(rows) each(rows, sizeof(rows) / sizeof *(rows))

static void lines(void **unused)
{
    (void)unused;
    static const struct damage rows[] = {
        {FIRST "{\"k\":\"foo\",\"t\":1}\n" END(1), "x.rec:2: unknown event \"foo\""},
        {FIRST "{\"k\":\"bytes\",\"t\":1}\n" END(1), "x.rec:2: unknown event \"bytes\""},
        {FIRST "{\"k\":\"run_end\",\"t\":1}\n{\"k\":\"a\\u001b[1m\",\"t\":1}\n" END(2),
         "x.rec:3: unknown event \"a\\x1b[1m\""},
        {FIRST "{\"k\":7,\"t\":1}\n" END(1), "x.rec:2: the member \"k\" is not a string"},
        {FIRST "{\"t\":1}\n" END(1), "x.rec:2: the member \"k\" is missing"},
        {FIRST "{\"k\":\"run_end\"}\n" END(1), "x.rec:2: the member \"t\" is missing"},
        {FIRST "{\"k\":\"run_end\",\"t\":-1}\n" END(1), "x.rec:2: the member \"t\" is out of range"},
        {FIRST "{\"k\":\"run_end\",\"t\":1.5}\n" END(1), "x.rec:2: the member \"t\" is not an integer"},
        {FIRST "{\"k\":\"run_end\",\"t\":9007199254740993}\n" END(1),
         "x.rec:2: the member \"t\" is out of range"},
        {FIRST "{\"k\":\"run_end\",\"t\":1,\"t_last\":-1}\n" END(1),
         "x.rec:2: the member \"t_last\" is out of range"},
        {FIRST "{\"k\":\"run_end\",\"t\":1,\"s\":2147483648}\n" END(1),
         "x.rec:2: the member \"s\" is out of range"},
        {FIRST "{\"k\":\"run_end\",\"t\":1,\"x\":-2}\n" END(1), "x.rec:2: the member \"x\" is out of range"},
        {FIRST "{\"k\":\"run_end\",\"t\":1,\"level\":256}\n" END(1),
         "x.rec:2: the member \"level\" is out of range"},
        {FIRST "{\"k\":\"run_end\",\"t\":1,\"dir\":\"up\"}\n" END(1),
         "x.rec:2: the member \"dir\" has the unknown value \"up\""},
        {FIRST "{\"k\":\"run_end\",\"t\":1,\"dir\":1}\n" END(1),
         "x.rec:2: the member \"dir\" is not a string"},
        {FIRST "{\"k\":\"run_end\",\"t\":1,\"port\":1}\n" END(1), "x.rec:2: unknown member \"port\""},
        {FIRST "{\"k\":\"unit\",\"t\":1}\n" END(1), "x.rec:2: the member \"unit\" is missing"},
        {FIRST "{\"k\":\"unit\",\"t\":1,\"unit\":\"h3\"}\n" END(1),
         "x.rec:2: the member \"unit\" has the unknown value \"h3\""},
        {FIRST "{\"k\":\"tls_end\",\"t\":1,\"ok\":1}\n" END(1),
         "x.rec:2: the member \"ok\" is not true or false"},
        {FIRST "{\"k\":\"text\",\"t\":1,\"text\":7}\n" END(1),
         "x.rec:2: the member \"text\" is not a string"},
        {FIRST "{\"k\":\"text\",\"t\":1,\"hex\":\"0\"}\n" END(1),
         "x.rec:2: the member \"hex\" is not lower-case hexadecimal"},
        {FIRST "{\"k\":\"text\",\"t\":1,\"hex\":\"0G\"}\n" END(1),
         "x.rec:2: the member \"hex\" is not lower-case hexadecimal"},
        {FIRST "{\"k\":\"text\",\"t\":1,\"text\":\"a\",\"hex\":\"61\"}\n" END(1),
         "x.rec:2: the member \"hex\" is there in its other form as well"},
        {FIRST "[1]\n" END(1), "x.rec:2: not a JSON object"},
        {FIRST "\n" END(0), "x.rec:2: not JSON: the line is empty"},
        {FIRST "{\"k\":\"text\",\"t\":1,\"t\":2}\n" END(1),
         "x.rec:2: not JSON: duplicate object key near '\"t\"'"},
        {FIRST "garbage\n" END(1), "x.rec:2: not JSON: '[' or '{' expected near 'garbage'"},
        {FIRST "{\"k\":\"text\",\"t\":1,\"end\":1}\n" END(1), "x.rec:2: unknown member \"end\""},
    };
    EACH(rows);
}

static void ends(void **unused)
{
    (void)unused;
    static const struct damage rows[] = {
        {FIRST, "x.rec:2: the file ends without its last line: it was cut"},
        {FIRST "{\"k\":\"run_end\",\"t\":1}\n", "x.rec:3: the file ends without its last line: it was cut"},
        {FIRST "{\"k\":\"run_end\",\"t\":1", "x.rec:2: the file ends without its last line: it was cut"},
        {FIRST "{\"end\":0}", "x.rec:2: the file ends without its last line: it was cut"},
        {FIRST END(1),
         "x.rec:2: the last line tells another number of events than there are: some are missing"},
        {FIRST "{\"end\":\"0\"}\n", "x.rec:2: the last line holds more than the number of events"},
        {FIRST "{\"end\":0,\"a\":1}\n", "x.rec:2: the last line holds more than the number of events"},
        {FIRST END(0) "\n", "x.rec:3: something follows the last line"},
        {FIRST END(0) END(0), "x.rec:3: something follows the last line"},
    };
    EACH(rows);
}

static void first_lines(void **unused)
{
    (void)unused;
    static const struct damage rows[] = {
        {"", "x.rec:1: not an httptrace record"},
        {"\n", "x.rec:1: not an httptrace record"},
        {"{}\n", "x.rec:1: not an httptrace record"},
        {"[]\n", "x.rec:1: not an httptrace record"},
        {"{\"format\":1}\n", "x.rec:1: not an httptrace record"},
        {"{\"format\":\"httptrace.report/1\"}\n", "x.rec:1: not an httptrace record"},
        {"<!doctype html>\n<title>x</title>\n", "x.rec:1: not an httptrace record"},
        {"{\"format\":\"httptrace.record/2\"}\n" END(0),
         "x.rec:1: a record of another version than httptrace.record/1"},
        {"{\"format\":\"httptrace.record/1\",\"colour\":1}\n" END(0),
         "x.rec:1: unknown member of the first line: colour"},
        {"{\"format\":\"httptrace.record/1\"}", "x.rec:1: the file ends without its last line: it was cut"},
    };
    EACH(rows);
}

static void foreign_bytes(void **unused)
{
    (void)unused;
    static const char png[] = "\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\1\0\0\0\1";
    static const char pcap[] = "\xd4\xc3\xb2\xa1\2\0\4\0\0\0\0\0\0\0\0\0\0\0\4\0\1\0\0\0";
    static const char nul[] = FIRST "{\"k\":\"run_end\",\"t\":1}\0\n" END(1);
    struct taken taken;
    struct ht_error error;
    taken_begin(&taken);
    assert_int_equal(read_bytes(ht_span(png, sizeof png), taken_sink(&taken), &error), HT_ERR_FORMAT);
    assert_string_equal(error.text, "x.rec:1: not an httptrace record");
    assert_int_equal(read_bytes(ht_span(pcap, sizeof pcap), taken_sink(&taken), &error), HT_ERR_FORMAT);
    assert_string_equal(error.text, "x.rec:1: not an httptrace record");
    assert_int_equal(taken.count, 0);
    assert_int_equal(read_bytes(ht_span(nul, sizeof nul - 1), taken_sink(&taken), &error), HT_ERR_FORMAT);
    assert_memory_equal(error.text, "x.rec:2: not JSON: ", 19);
    taken_end(&taken);
}

/* A line of exactly the cap is read, one byte more is not, and a file without any line end is no trap. */
static void line_cap(void **unused)
{
    (void)unused;
    static const char event[] = "{\"k\":\"run_end\",\"t\":1}";
    struct ht_error error;
    for (size_t more = 0; more < 2; more++) {
        struct ht_sink text = ht_sink(0);
        ht_sink_puts(&text, FIRST);
        ht_sink_puts(&text, event);
        ht_sink_fill(&text, ' ', HT_CAP_RECORD_LINE - (sizeof event - 1) + more);
        ht_sink_puts(&text, "\n" END(1));
        assert_int_equal(read_text(text.text, &error), more ? HT_ERR_FORMAT : HT_OK);
        ht_sink_free(&text);
    }
    assert_string_equal(error.text, "x.rec:2: the line is longer than 4194304 bytes");
    struct ht_sink endless = ht_sink(0);
    ht_sink_fill(&endless, '{', HT_CAP_RECORD_LINE + 10);
    assert_int_equal(read_text(endless.text, &error), HT_ERR_FORMAT);
    assert_string_equal(error.text, "x.rec:1: not an httptrace record");
    ht_sink_free(&endless);
}

static void crlf(void **unused)
{
    (void)unused;
    struct ht_error error;
    assert_int_equal(
        read_text("{\"format\":\"httptrace.record/1\"}\r\n{\"k\":\"run_end\",\"t\":1}\r\n{\"end\":1}\r\n",
                  &error),
        HT_OK);
}

/* A record with one event of each kind. */
static struct ht_span small_record(struct ht_arena *arena)
{
    struct ht_raw raws[HT_RAW_KIND_COUNT];
    size_t count = 0;
    for (int kind = 0; kind < HT_RAW_KIND_COUNT; kind++) {
        if (kind != HT_RAW_BYTES)
            raws[count++] = raw_random(arena, (enum ht_raw_kind)kind, 3);
    }
    folder_begin();
    write_record(folder_file("small.rec"), raws, count);
    struct ht_span bytes = file_bytes(arena, folder_file("small.rec"));
    folder_end();
    return bytes;
}

static void cut_anywhere(void **unused)
{
    (void)unused;
    struct ht_arena *arena = ht_arena_new();
    struct ht_span whole = small_record(arena);
    struct taken taken;
    taken_begin(&taken);
    for (size_t len = 0; len < whole.len; len++) {
        struct ht_error error = {.text = ""};
        taken.count = 0;
        assert_int_equal(read_bytes(ht_span_head(whole, len), taken_sink(&taken), &error), HT_ERR_FORMAT);
        assert_memory_equal(error.text, "x.rec:", 6);
        assert_true(taken.count <= HT_RAW_KIND_COUNT - 1);
    }
    taken_end(&taken);
    ht_arena_free(arena);
}

/* Flipped bytes: read or refused with a line, and nothing worse (the sanitizers' build looks closer). */
static void flipped_anywhere(void **unused)
{
    (void)unused;
    static const uint8_t flips[] = {0x01, 0x10, 0x80, 0xFF};
    struct ht_arena *arena = ht_arena_new();
    struct ht_span whole = small_record(arena);
    uint8_t *bytes = ht_malloc(whole.len);
    memcpy(bytes, whole.data, whole.len);
    size_t refused = 0;
    for (size_t at = 0; at < whole.len; at++) {
        struct taken taken;
        struct ht_error error = {.text = ""};
        taken_begin(&taken);
        bytes[at] ^= flips[at % sizeof flips];
        if (read_bytes(ht_span(bytes, whole.len), taken_sink(&taken), &error) != HT_OK) {
            assert_memory_equal(error.text, "x.rec:", 6);
            refused++;
        } else {
            assert_int_equal(taken.count, HT_RAW_KIND_COUNT - 1);
        }
        bytes[at] = whole.data[at];
        taken_end(&taken);
    }
    assert_true(refused > whole.len / 4);
    free(bytes);
    ht_arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines),        cmocka_unit_test(ends),
        cmocka_unit_test(first_lines),  cmocka_unit_test(foreign_bytes),
        cmocka_unit_test(line_cap),     cmocka_unit_test(crlf),
        cmocka_unit_test(cut_anywhere), cmocka_unit_test(flipped_anywhere),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
