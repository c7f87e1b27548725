/* SPDX-License-Identifier: MIT */
/* What the files of this room share. */
#ifndef HT_DECODE_X509_INTERNAL_H
#define HT_DECODE_X509_INTERNAL_H

#include "decode/x509/x509.h"

#include <openssl/x509.h>

/* Fills key, key_bits and spki_sha256. */
void ht_x509_read_key(struct ht_arena *arena, X509 *x509, struct ht_certificate *out);

/* SHA-256 as lower-case hex. */
void ht_x509_sha256(struct ht_span bytes, char out[65]);

#endif
