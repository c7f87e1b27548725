/* SPDX-License-Identifier: MIT */
/* Blocks of a pcapng file (draft-ietf-opsawg-pcapng), in the host's byte order as the format wants it. */
#ifndef HT_REPORT_PCAPNG_BLOCK_H
#define HT_REPORT_PCAPNG_BLOCK_H

#include "base/sink.h"

#include <httptrace/raw.h>

/* A block is begun, gets its body and options, and is ended; `at` is what the first gave. The sink must not
 * be emptied in between. */
size_t ht_block_begin(struct ht_sink *out, uint32_t type);
void ht_block_end(struct ht_sink *out, size_t at);

/* Options of the block at hand. Text is cut at what an option holds. */
void ht_block_comment(struct ht_sink *out, struct ht_span text);
void ht_block_options_end(struct ht_sink *out);

/* A Section Header Block, still to get comments, ht_block_options_end() and ht_block_end(). */
size_t ht_block_section(struct ht_sink *out, const char *os, const char *application);
/* The Interface Description Block: packets begin with their IP header, times are microseconds. */
void ht_block_interface(struct ht_sink *out);
/* A Decryption Secrets Block with lines of a TLS key log. */
void ht_block_secrets(struct ht_sink *out, struct ht_span lines);
/* An Enhanced Packet Block, still to get comments and its end as above. */
size_t ht_block_packet(struct ht_sink *out, int64_t wall_us, enum ht_dir dir, struct ht_span head,
                       struct ht_span payload);

#endif
