/* SPDX-License-Identifier: MIT */
/* Content codings: whether bytes are what Content-Encoding says, and what they are decoded (RFC 9110 section
 * 8.4.1). */
#ifndef HT_DECODE_CODING_H
#define HT_DECODE_CODING_H

#include "base/sink.h"

enum ht_coding_fit {
    HT_CODING_UNKNOWN, /* a coding that is not judged, or too few bytes */
    HT_CODING_FITS,    /* as far as the bytes go */
    HT_CODING_BROKEN
};

/* `head` begins the body; `whole`: it is all of it. */
enum ht_coding_fit ht_coding_fit(struct ht_span coding, struct ht_span head, bool whole);

/* Decodes as far as the bytes and the sink's cap go; the bytes themselves where the coding is none or not
 * known. */
void ht_coding_decode(struct ht_span coding, struct ht_span head, struct ht_sink *out);

#endif
