/* SPDX-License-Identifier: MIT */
/* The walk over record headers: counts, cuts at every place, and the first header that is none. */
#include "unit.h"

#include "decode/tls/tls.h"

#include <stdlib.h>

static const uint8_t stream[] = {22, 3, 1, 0,   4,   'a', 'b', 'c', 'd', 20, 3,  3, 0, 1, 1, 23, 3,
                                 3,  0, 2, 'x', 'y', 23,  3,   3,   0,   0,  21, 3, 3, 0, 2, 2,  40};

static void check_stream(const struct ht_tls_records *records)
{
    assert_false(records->bad);
    assert_int_equal(records->count[0], 1);
    assert_int_equal(records->count[1], 1);
    assert_int_equal(records->count[2], 1);
    assert_int_equal(records->count[3], 2);
    assert_int_equal(records->left, 0);
    assert_int_equal(records->offset, sizeof stream);
}

static void records_are_counted_in_any_cut(void **state)
{
    (void)state;
    for (size_t cut = 0; cut <= sizeof stream; cut++) {
        struct ht_tls_records records = {0};
        ht_tls_records_feed(&records, ht_span(stream, cut));
        ht_tls_records_feed(&records, ht_span(stream + cut, sizeof stream - cut));
        check_stream(&records);
    }
}

static void records_are_counted_byte_by_byte(void **state)
{
    (void)state;
    struct ht_tls_records records = {0};
    for (size_t i = 0; i < sizeof stream; i++)
        ht_tls_records_feed(&records, ht_span(stream + i, 1));
    check_stream(&records);
}

static void plain_text_is_no_record(void **state)
{
    (void)state;
    struct ht_tls_records records = {0};
    ht_tls_records_feed(&records, ht_span_str("HTTP/1.1 400 Bad Request\r\n"));
    assert_true(records.bad);
    assert_int_equal(records.bad_at, 0);
}

static void the_offset_is_that_of_the_bad_header(void **state)
{
    (void)state;
    struct ht_tls_records records = {0};
    ht_tls_records_feed(&records, ht_span(stream, sizeof stream));
    ht_tls_records_feed(&records, ht_span_str("HT"));
    assert_false(records.bad);
    ht_tls_records_feed(&records, ht_span_str("TP/1.1"));
    assert_true(records.bad);
    assert_int_equal(records.bad_at, sizeof stream);
}

/* RFC 8446 section 5.1: type, version and length each have their bounds. */
static void bounds_of_a_header(void **state)
{
    (void)state;
    static const struct {
        uint8_t header[5];
        bool bad;
    } rows[] = {
        {{19, 3, 3, 0, 1}, true},     {{24, 3, 3, 0, 1}, true},    {{22, 2, 0, 0, 1}, true},
        {{22, 3, 5, 0, 1}, true},     {{22, 3, 0, 0, 1}, false},   {{22, 3, 4, 0, 1}, false},
        {{23, 3, 3, 0x48, 0}, false}, {{23, 3, 3, 0x48, 1}, true}, {{0x80, 0x2e, 1, 3, 1}, true},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct ht_tls_records records = {0};
        ht_tls_records_feed(&records, ht_span(rows[i].header, 5));
        assert_int_equal(records.bad, rows[i].bad);
    }
}

static void empty_spans_change_nothing(void **state)
{
    (void)state;
    struct ht_tls_records records = {0};
    ht_tls_records_feed(&records, (struct ht_span){0});
    assert_int_equal(records.offset, 0);
    assert_false(records.bad);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(records_are_counted_in_any_cut),
        cmocka_unit_test(records_are_counted_byte_by_byte),
        cmocka_unit_test(plain_text_is_no_record),
        cmocka_unit_test(the_offset_is_that_of_the_bad_header),
        cmocka_unit_test(bounds_of_a_header),
        cmocka_unit_test(empty_spans_change_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
