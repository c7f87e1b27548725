/* SPDX-License-Identifier: MIT */
/* Hashes against published values: ids made of them must stay what they are. */
#include "unit.h"

#include "base/hash.h"

static void fnv1a(void **unused)
{
    (void)unused;
    assert_true(ht_hash(HT_HASH_START, ht_span(NULL, 0)) == HT_HASH_START);
    assert_true(ht_hash(HT_HASH_START, ht_span_str("a")) == UINT64_C(0xAF63DC4C8601EC8C));
    assert_true(ht_hash(HT_HASH_START, ht_span_str("foobar")) == UINT64_C(0x85944171F73967E8));
    assert_true(ht_hash(ht_hash(HT_HASH_START, ht_span_str("foo")), ht_span_str("bar")) ==
                UINT64_C(0x85944171F73967E8));
}

/* The generator's first two values from the seed 0, whose state grows by its own constant. */
static void splitmix64(void **unused)
{
    (void)unused;
    assert_true(ht_hash_mix(0) == UINT64_C(0xE220A8397B1DCDAF));
    assert_true(ht_hash_mix(UINT64_C(0x9E3779B97F4A7C15)) == UINT64_C(0x6E789E6AA1B965F4));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(fnv1a), cmocka_unit_test(splitmix64)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
