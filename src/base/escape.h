/* SPDX-License-Identifier: MIT */
/* Text from the wire made harmless: for a terminal or a log, and as valid UTF-8 for JSON. */
#ifndef HT_BASE_ESCAPE_H
#define HT_BASE_ESCAPE_H

#include "base/sink.h"

/*
 * Writes `bytes` so that a terminal or a CI log shows them and does nothing else: control bytes (C0, DEL,
 * C1), bytes that are not UTF-8, bidirectional overrides and isolates, zero-width and line-separator
 * characters become \xNN per byte; backslashes before "x" or before such a \xNN are doubled, so that a \xNN
 * of the wire's own is told from one of ours. "::" becomes ":\x3a" unless it can only be an IPv6 address's,
 * so that no CI service finds a workflow command, and "##" is broken up likewise.
 */
void ht_escape_text(struct ht_sink *out, struct ht_span bytes);

/*
 * Writes `bytes` as valid UTF-8 for a JSON string before JSON's own escaping: what is not UTF-8, and the
 * hostile characters above, become \xNN; all else stays. A NUL becomes \x00.
 */
void ht_escape_utf8(struct ht_sink *out, struct ht_span bytes);

/* Length of the well-formed UTF-8 sequence (RFC 3629) at bytes.data[at], and its code point; 0 where there is
 * none. */
size_t ht_utf8_next(struct ht_span bytes, size_t at, uint32_t *code_point);

#endif
