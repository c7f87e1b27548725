/* SPDX-License-Identifier: MIT */
/* --trace and --trace-ascii: rows of hex and of text, line ends, time stamps, what this libcurl lacks. */
#include "unit.h"

#include "fetch/dump.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char path[] = "/tmp/ht-dump-XXXXXX";

static int set_up(void **state)
{
    (void)state;
    int fd = mkstemp(path);
    close(fd);
    return fd >= 0 ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    return unlink(path);
}

static void read_back(char *out, size_t size)
{
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    out[fread(out, 1, size - 1, file)] = '\0';
    fclose(file);
}

static void dump(struct ht_dump_rules rules, curl_infotype type, struct ht_span bytes, char *out, size_t size)
{
    struct ht_dump it;
    rules.path = path;
    assert_int_equal(ht_dump_init(&it, &rules, NULL), HT_OK);
    assert_true(ht_dump_is_on(&it));
    ht_dump_take(&it, NULL, type, bytes);
    ht_dump_close(&it);
    read_back(out, size);
}

static void expect(struct ht_dump_rules rules, curl_infotype type, struct ht_span bytes, const char *wanted)
{
    char out[4096];
    dump(rules, type, bytes, out, sizeof out);
    assert_string_equal(out, wanted);
}

static void hex_has_sixteen_columns(void **state)
{
    (void)state;
    expect((struct ht_dump_rules){0}, CURLINFO_DATA_OUT, ht_span("0123456789abcdef\x00\xff\x7f~", 20),
           "=> Send data, 20 bytes (0x14)\n"
           "0000: 30 31 32 33 34 35 36 37 38 39 61 62 63 64 65 66 0123456789abcdef\n"
           "0010: 00 ff 7f 7e                                     ...~\n");
    expect((struct ht_dump_rules){0}, CURLINFO_SSL_DATA_IN, ht_span("", 0),
           "<= Recv SSL data, 0 bytes (0x0)\n");
}

static void ascii_has_a_row_per_line(void **state)
{
    (void)state;
    expect((struct ht_dump_rules){.ascii = true}, CURLINFO_HEADER_OUT,
           ht_span_str("GET / HTTP/1.1\r\nA: \tb\n\r\r\n\r\n"),
           "=> Send header, 27 bytes (0x1b)\n0000: GET / HTTP/1.1\n0010: A: .b..\n0019: \n");
}

/* A line of just 64 columns has no empty row after it, one of 65 goes on in a row of its own. */
static void ascii_has_sixty_four_columns(void **state)
{
    static const char text[] = "0123456789012345678901234567890123456789012345678901234567890123\r\n"
                               "0123456789012345678901234567890123456789012345678901234567890123x\r\n";
    (void)state;
    expect((struct ht_dump_rules){.ascii = true}, CURLINFO_DATA_IN, ht_span_str(text),
           "<= Recv data, 133 bytes (0x85)\n"
           "0000: 0123456789012345678901234567890123456789012345678901234567890123\n"
           "0042: 0123456789012345678901234567890123456789012345678901234567890123\n"
           "0082: x\n");
}

static void text_is_one_line(void **state)
{
    (void)state;
    expect((struct ht_dump_rules){0}, CURLINFO_TEXT, ht_span_str("  Trying it\n"), "== Info:   Trying it\n");
}

static void lines_have_marks(void **state)
{
    static const struct {
        curl_infotype type;
        const char *bytes;
        bool seen;
    } rows[] = {
        {CURLINFO_TEXT, "one\n", false},      {CURLINFO_HEADER_OUT, "GET /\r\nA: b\r\n\r\n", false},
        {CURLINFO_DATA_OUT, "four", false},   {CURLINFO_DATA_OUT, "more", false},
        {CURLINFO_HEADER_IN, "HTTP", false},  {CURLINFO_HEADER_IN, "/1.1 200\r\n", false},
        {CURLINFO_SSL_DATA_IN, "abc", false}, {CURLINFO_TEXT, "two\nthree", false},
        {CURLINFO_DATA_IN, "x", true},        {CURLINFO_TEXT, "\n", false},
        {CURLINFO_SSL_DATA_OUT, "ab", false}, {CURLINFO_TEXT, "", false},
    };
    const struct ht_dump_rules rules = {.path = path, .lines = true};
    struct ht_dump it;
    char out[256];
    (void)state;
    assert_int_equal(ht_dump_init(&it, &rules, NULL), HT_OK);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        it.body_seen = rows[i].seen;
        ht_dump_take(&it, NULL, rows[i].type, ht_span_str(rows[i].bytes));
    }
    ht_dump_close(&it);
    read_back(out, sizeof out);
    assert_string_equal(out, "* one\n> GET /\r\n> A: b\r\n> \r\n} [4 bytes data]\n< HTTP/1.1 200\r\n"
                             "{ [3 bytes data]\n* two\n* three\n} [2 bytes data]\n");
}

static void time_comes_first(void **state)
{
    char out[256];
    (void)state;
    dump((struct ht_dump_rules){.times = true}, CURLINFO_TEXT, ht_span_str("x\n"), out, sizeof out);
    assert_string_equal(out + strlen("00:00:00.000000"), " == Info: x\n");
    assert_int_equal(strspn(out, "0123456789:."), strlen("00:00:00.000000"));
}

static void without_a_file_nothing_is_on(void **state)
{
    struct ht_dump it;
    const struct ht_dump_rules rules = {.times = true};
    (void)state;
    assert_int_equal(ht_dump_init(&it, NULL, NULL), HT_OK);
    assert_false(ht_dump_is_on(&it));
    assert_int_equal(ht_dump_init(&it, &rules, NULL), HT_OK);
    ht_dump_take(&it, NULL, CURLINFO_TEXT, ht_span_str("x\n"));
    assert_null(it.file);
    ht_dump_close(&it);
}

static void what_libcurl_lacks_is_said(void **state)
{
    struct ht_dump it;
    struct ht_error error = {0};
    const struct ht_dump_rules rules = {.path = path, .ids = true};
    (void)state;
    bool has_ids = curl_version_info(CURLVERSION_NOW)->version_num >= CURL_VERSION_BITS(8, 2, 0);
    assert_int_equal(ht_dump_init(&it, &rules, &error), has_ids ? HT_OK : HT_ERR_USAGE);
    if (!has_ids)
        assert_non_null(strstr(error.text, "option --trace-ids: the linked libcurl "));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hex_has_sixteen_columns),
        cmocka_unit_test(ascii_has_a_row_per_line),
        cmocka_unit_test(ascii_has_sixty_four_columns),
        cmocka_unit_test(text_is_one_line),
        cmocka_unit_test(lines_have_marks),
        cmocka_unit_test(time_comes_first),
        cmocka_unit_test(without_a_file_nothing_is_on),
        cmocka_unit_test(what_libcurl_lacks_is_said),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
