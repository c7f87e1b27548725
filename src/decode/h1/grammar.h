/* SPDX-License-Identifier: MIT */
/* What the decoders of this room share: character classes, marks and field lines. */
#ifndef HT_DECODE_H1_GRAMMAR_H
#define HT_DECODE_H1_GRAMMAR_H

#include "decode/h1/h1.h"

/* tchar (RFC 9110 section 5.6.2). */
bool ht_h1_is_tchar(uint8_t c);
bool ht_h1_is_digit(uint8_t c);
bool ht_h1_is_blank(uint8_t c); /* SP or HTAB: OWS and BWS */
/* The digit's value, or -1. */
int ht_h1_hex_value(uint8_t c);
/* The bytes from `from` up to `to`. */
struct ht_span ht_h1_cut(struct ht_span s, size_t from, size_t to);
/* Without OWS at both ends. */
struct ht_span ht_h1_trim(struct ht_span s);

/* Keeps the mark with the smallest offset; of two at the same place the first. */
void ht_h1_mark(struct ht_h1_head *out, size_t at, const char *why);

/* Marks the first byte of `text`, which begins at offset `at`, that no field value and no reason phrase may
 * hold (RFC 9110 section 5.5). */
void ht_h1_mark_text(struct ht_h1_head *out, struct ht_span text, size_t at);

/* One line, without its end. */
struct ht_h1_line {
    struct ht_span text;
    size_t at;       /* offset of its first byte */
    size_t end;      /* offset of its CR or LF */
    bool terminated; /* an LF came */
};

/* The line that begins at *at; moves *at past it. Marks a bare LF. False at the end of `bytes`. */
bool ht_h1_next_line(struct ht_span bytes, size_t *at, struct ht_h1_line *line, struct ht_h1_head *marks);

/* Field lines from `at` to the empty line that ends them (RFC 9112 section 5). */
void ht_h1_decode_fields(struct ht_arena *arena, struct ht_span bytes, size_t at, struct ht_headers *fields,
                         struct ht_h1_head *marks);

#endif
