/* SPDX-License-Identifier: MIT */
/* Records: takes the bytes of one direction of a stream in any cut, gives the count of records by content
 * type and the offset of the first header that no TLS record has (RFC 8446 section 5.1, RFC 5246
 * section 6.2). */
#include "decode/tls/tls.h"

#define LARGEST_FRAGMENT (16384u + 2048u) /* RFC 5246 section 6.2.3; TLS 1.3 allows less */

/* A version byte of 3 is common to SSL 3.0 and all of TLS; the minor one is not to be trusted (RFC 8446
 * appendix D.5). */
static bool is_header(const uint8_t header[5])
{
    unsigned length = (unsigned)header[3] << 8 | header[4];
    return header[0] >= HT_TLS_CHANGE_CIPHER_SPEC && header[0] <= HT_TLS_APPLICATION_DATA && header[1] == 3 &&
           header[2] <= 4 && length <= LARGEST_FRAGMENT;
}

static void begin_record(struct ht_tls_records *records)
{
    if (!is_header(records->header)) {
        records->bad = true;
        records->bad_at = records->offset - sizeof records->header;
        return;
    }
    records->count[records->header[0] - HT_TLS_CHANGE_CIPHER_SPEC]++;
    records->left = (uint64_t)records->header[3] << 8 | records->header[4];
    records->have = 0;
}

/* Gives how many of `bytes` were taken: at least one. */
static size_t step(struct ht_tls_records *records, struct ht_span bytes)
{
    if (records->left > 0) {
        size_t take = records->left < bytes.len ? (size_t)records->left : bytes.len;
        records->left -= take;
        records->offset += take;
        return take;
    }
    records->header[records->have++] = bytes.data[0];
    records->offset++;
    if (records->have == sizeof records->header)
        begin_record(records);
    return 1;
}

void ht_tls_records_feed(struct ht_tls_records *records, struct ht_span bytes)
{
    for (size_t at = 0; at < bytes.len && !records->bad;)
        at += step(records, ht_span_from(bytes, at));
}
