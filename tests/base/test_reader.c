/* SPDX-License-Identifier: MIT */
/* The checked reader: never past its end, sticky, and with offsets of the outermost span. */
#include "unit.h"

#include "base/reader.h"

static const uint8_t bytes[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18};

static struct ht_reader whole(void)
{
    return ht_reader(ht_span(bytes, sizeof bytes));
}

static void integers(void **unused)
{
    (void)unused;
    struct ht_reader r = whole();
    assert_int_equal(ht_read_u8(&r), 0x01);
    assert_int_equal(ht_read_u16(&r), 0x0203);
    assert_int_equal(ht_read_u24(&r), 0x040506);
    assert_int_equal(ht_read_u32(&r), 0x0708090A);
    assert_true(ht_read_u64(&r) == UINT64_C(0x0B0C0D0E0F101112));
    assert_int_equal(ht_reader_left(&r), 0);
    assert_false(r.failed);
    assert_int_equal(ht_reader_offset(&r), sizeof bytes);
}

static void high_bits(void **unused)
{
    (void)unused;
    uint8_t ones[8];
    memset(ones, 0xFF, sizeof ones);
    struct ht_reader r = ht_reader(ht_span(ones, sizeof ones));
    assert_true(ht_read_u64(&r) == UINT64_MAX);
    r = ht_reader(ht_span(ones, sizeof ones));
    assert_true(ht_read_u32(&r) == UINT32_MAX);
}

/* A read that would fit after one that did not must not succeed, and the first place is kept. */
static void sticky(void **unused)
{
    (void)unused;
    struct ht_reader r = ht_reader(ht_span(bytes, 3));
    assert_int_equal(ht_read_u16(&r), 0x0102);
    assert_int_equal(ht_read_u32(&r), 0);
    assert_true(r.failed);
    assert_int_equal(r.failed_at, 2);
    assert_int_equal(ht_read_u8(&r), 0);
    assert_int_equal(ht_read_rest(&r).len, 0);
    assert_int_equal(ht_read_span(&r, 0).len, 0);
    assert_int_equal(ht_reader_left(&r), 0);
    assert_int_equal(r.failed_at, 2);
}

static void overflowing_sizes(void **unused)
{
    (void)unused;
    static const size_t sizes[] = {SIZE_MAX, SIZE_MAX - 1, SIZE_MAX / 2 + 1, sizeof bytes + 1};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        struct ht_reader r = whole();
        ht_read_u8(&r);
        assert_int_equal(ht_read_span(&r, sizes[i] - (i == 3)).len, 0);
        assert_true(r.failed);
        assert_int_equal(r.failed_at, 1);
        r = whole();
        struct ht_reader sub = ht_read_sub(&r, sizes[i]);
        assert_true(r.failed && sub.failed);
        assert_int_equal(ht_reader_left(&sub), 0);
    }
}

static void empty(void **unused)
{
    (void)unused;
    struct ht_reader r = ht_reader(ht_span(NULL, 0));
    assert_int_equal(ht_read_rest(&r).len, 0);
    assert_int_equal(ht_read_span(&r, 0).len, 0);
    assert_false(r.failed);
    assert_int_equal(ht_read_u8(&r), 0);
    assert_true(r.failed);
    assert_int_equal(r.failed_at, 0);
}

static void vectors(void **unused)
{
    (void)unused;
    static const uint8_t vec[] = {2, 'a', 'b', 0, 1, 'c', 0, 0, 2, 'd', 'e', 0, 9, 'f'};
    struct ht_reader r = ht_reader(ht_span(vec, sizeof vec));
    assert_true(ht_span_eq_str(ht_read_vec8(&r), "ab"));
    assert_true(ht_span_eq_str(ht_read_vec16(&r), "c"));
    assert_true(ht_span_eq_str(ht_read_vec24(&r), "de"));
    assert_int_equal(ht_read_vec16(&r).len, 0); /* says 9, has 1 */
    assert_true(r.failed);
    assert_int_equal(r.failed_at, 13);
}

static void sub_readers(void **unused)
{
    (void)unused;
    static const uint8_t nested[] = {0xEE, 0, 5, 3, 'a', 0, 2, 'b', 'z'};
    struct ht_reader r = ht_reader(ht_span(nested, sizeof nested));
    ht_read_u8(&r);
    struct ht_reader outer = ht_read_sub16(&r);
    assert_int_equal(ht_reader_offset(&outer), 3);
    assert_int_equal(ht_reader_left(&outer), 5);
    struct ht_reader inner = ht_read_sub8(&outer);
    assert_int_equal(ht_reader_offset(&inner), 4);
    assert_int_equal(ht_read_u8(&inner), 'a');
    assert_int_equal(ht_read_vec16(&inner).len, 0); /* reaches past its parent */
    assert_true(inner.failed);
    assert_int_equal(inner.failed_at, 7);
    assert_false(outer.failed);
    ht_reader_join(&outer, &inner);
    assert_true(outer.failed);
    assert_int_equal(outer.failed_at, 7);
    assert_int_equal(ht_read_u8(&r), 'z'); /* the outermost goes on after what it gave away */
    assert_false(r.failed);
}

static void sub24_and_failed_parent(void **unused)
{
    (void)unused;
    static const uint8_t vec[] = {0, 0, 1, 'x', 0, 0, 9};
    struct ht_reader r = ht_reader(ht_span(vec, sizeof vec));
    struct ht_reader sub = ht_read_sub24(&r);
    assert_int_equal(ht_read_u8(&sub), 'x');
    sub = ht_read_sub24(&r);
    assert_true(sub.failed);
    sub = ht_read_sub8(&r);
    assert_true(sub.failed);
    assert_int_equal(sub.failed_at, 7);
    assert_int_equal(ht_read_u8(&sub), 0);
}

static void marking(void **unused)
{
    (void)unused;
    struct ht_reader r = whole(), other = whole();
    ht_read_u32(&r);
    ht_reader_fail(&r);
    assert_int_equal(r.failed_at, 4);
    ht_reader_fail(&r);
    assert_int_equal(r.failed_at, 4);
    ht_read_u8(&other);
    ht_reader_fail(&other);
    ht_reader_join(&r, &other); /* the first mark stays */
    assert_int_equal(r.failed_at, 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(integers), cmocka_unit_test(high_bits),   cmocka_unit_test(sticky),
        cmocka_unit_test(empty),    cmocka_unit_test(vectors),     cmocka_unit_test(overflowing_sizes),
        cmocka_unit_test(marking),  cmocka_unit_test(sub_readers), cmocka_unit_test(sub24_and_failed_parent),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
