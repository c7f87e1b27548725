/* SPDX-License-Identifier: MIT */
/* X.509 decoding with OpenSSL's X509 API (RFC 5280, RFC 6960, RFC 6962). */
#ifndef HT_DECODE_X509_H
#define HT_DECODE_X509_H

#include "base/arena.h"

#include <httptrace/tls.h>

/* Fills `out` from DER; what does not parse leaves `parsed` false, `der` and `sha256` set. Copies into the
 * arena. */
void ht_x509_decode(struct ht_arena *arena, struct ht_span der, struct ht_certificate *out);

/* Whether the certificate covers `host`, a name or an address (RFC 6125, RFC 9525). False where it did not
 * parse. */
bool ht_x509_covers(const struct ht_certificate *certificate, struct ht_span host);

/* A DER Name (RFC 5280 section 4.1.2.4) as text, in the style of struct ht_certificate's subject; empty where
 * it did not parse. */
struct ht_span ht_x509_name(struct ht_arena *arena, struct ht_span der);

/* Status of the leaf in a DER OCSPResponse; the signature is not judged here. */
enum ht_ocsp_status ht_ocsp_decode(struct ht_span response);

#endif
