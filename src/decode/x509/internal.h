/* SPDX-License-Identifier: MIT */
/* What the files of this room share. */
#ifndef HT_DECODE_X509_INTERNAL_H
#define HT_DECODE_X509_INTERNAL_H

#include "decode/x509/x509.h"

#include <openssl/x509.h>

/* The certificate that fills `der`, or NULL. The caller frees it; errors are left on OpenSSL's queue, so call
 * it between ERR_set_mark and ERR_pop_to_mark: libcurl reads that queue after its own calls. */
X509 *ht_x509_parse(struct ht_span der);

/* Fills key, key_bits and spki_sha256. */
void ht_x509_read_key(struct ht_arena *arena, X509 *x509, struct ht_certificate *out);

/* SHA-256 as lower-case hex. */
void ht_x509_sha256(struct ht_span bytes, char out[65]);

#endif
