/* SPDX-License-Identifier: MIT */
/* A text sink: text that grows up to a cap, in memory. */
#ifndef HT_BASE_SINK_H
#define HT_BASE_SINK_H

#include <httptrace/span.h>
#include <stdarg.h>

/* `text` is always NUL-terminated once something was written. Past `cap` bytes text is dropped and `cut` is
 * set. */
struct ht_sink {
    char *text;
    size_t len, size, cap;
    bool cut;
};

/* A cap of 0 means none: for text whose size the wire does not drive. */
struct ht_sink ht_sink(size_t cap);
void ht_sink_free(struct ht_sink *sink);
void ht_sink_reset(struct ht_sink *sink);

void ht_sink_bytes(struct ht_sink *sink, struct ht_span bytes);
void ht_sink_puts(struct ht_sink *sink, const char *text);
void ht_sink_char(struct ht_sink *sink, char c);
void ht_sink_fill(struct ht_sink *sink, char c, size_t count);
void ht_sink_printf(struct ht_sink *sink, const char *format, ...) __attribute__((format(printf, 2, 3)));
void ht_sink_vprintf(struct ht_sink *sink, const char *format, va_list args)
    __attribute__((format(printf, 2, 0)));
/* Lower-case hex. */
void ht_sink_hex(struct ht_sink *sink, struct ht_span bytes);
/* RFC 4648 section 4, with padding. */
void ht_sink_base64(struct ht_sink *sink, struct ht_span bytes);
/* What was written, "" where nothing was; borrowed. */
const char *ht_sink_text(const struct ht_sink *sink);

#endif
