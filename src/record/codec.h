/* SPDX-License-Identifier: MIT */
/* One raw event to one line of a record, and back. */
#ifndef HT_RECORD_CODEC_H
#define HT_RECORD_CODEC_H

#include "base/sink.h"

#include <httptrace/raw.h>

#include <jansson.h>

/* Appends the event as one JSON object without a line end. Not for HT_RAW_BYTES. */
void ht_record_encode(struct ht_sink *out, const struct ht_raw *raw);

/*
 * Fills *raw from one line's JSON object. Its spans are borrowed: from `object`, or from `hex`, which must
 * have room for half as many bytes as the line has. False where the object is no event; `why` then says so,
 * harmless to print.
 */
bool ht_record_decode(const json_t *object, uint8_t *hex, struct ht_raw *raw, struct ht_sink *why);

#endif
