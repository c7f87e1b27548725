/* SPDX-License-Identifier: MIT */
/* Takes bytes or a number, gives 64 bits of hash: FNV-1a and SplitMix64. */
#include "base/hash.h"

uint64_t ht_hash(uint64_t hash, struct ht_span bytes)
{
    for (size_t i = 0; i < bytes.len; i++)
        hash = (hash ^ bytes.data[i]) * UINT64_C(0x100000001B3);
    return hash;
}

uint64_t ht_hash_mix(uint64_t x)
{
    x += UINT64_C(0x9E3779B97F4A7C15);
    x = (x ^ (x >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    x = (x ^ (x >> 27)) * UINT64_C(0x94D049BB133111EB);
    return x ^ (x >> 31);
}
