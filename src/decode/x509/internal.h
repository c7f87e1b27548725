/* SPDX-License-Identifier: MIT */
/* What the files of this room share. */
#ifndef HT_DECODE_X509_INTERNAL_H
#define HT_DECODE_X509_INTERNAL_H

#include "decode/x509/x509.h"

#include <openssl/x509.h>

/* Fills key, key_bits and spki_sha256 from a SubjectPublicKeyInfo's DER. */
void ht_x509_read_key(struct ht_arena *arena, struct ht_span spki, struct ht_certificate *out);

/* SHA-256 as lower-case hex. */
void ht_x509_sha256(struct ht_span bytes, char out[65]);

#endif
