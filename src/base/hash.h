/* SPDX-License-Identifier: MIT */
/* Hashes for ids that stay the same from run to run; nothing here keeps a secret. */
#ifndef HT_BASE_HASH_H
#define HT_BASE_HASH_H

#include <httptrace/span.h>

#define HT_HASH_START UINT64_C(0xCBF29CE484222325) /* FNV-1a's offset basis */

/* FNV-1a over more bytes; begin with HT_HASH_START, or with what went before. */
uint64_t ht_hash(uint64_t hash, struct ht_span bytes);
/* SplitMix64: spreads what differs little over all bits. */
uint64_t ht_hash_mix(uint64_t x);

#endif
