/* SPDX-License-Identifier: MIT */
/* A borrowed run of bytes: what every room hands to the next. Says nothing of encoding or lifetime by itself.
 */
#ifndef HTTPTRACE_SPAN_H
#define HTTPTRACE_SPAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* `data` may be NULL only when `len` is 0. Never NUL-terminated by contract. */
struct ht_span {
    const uint8_t *data;
    size_t len;
};

static inline struct ht_span ht_span(const void *data, size_t len)
{
    return (struct ht_span){(const uint8_t *)data, len};
}

/* The span of a NUL-terminated string, without its NUL; NULL gives the empty span. */
static inline struct ht_span ht_span_str(const char *text)
{
    return (struct ht_span){(const uint8_t *)text, text ? strlen(text) : 0};
}

static inline bool ht_span_eq(struct ht_span a, struct ht_span b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.data, b.data, a.len) == 0);
}

/* The bytes from `at` on, or the empty span at the end when `at` is past it. */
static inline struct ht_span ht_span_from(struct ht_span s, size_t at)
{
    if (at > s.len)
        at = s.len;
    return s.data ? (struct ht_span){s.data + at, s.len - at} : s;
}

/* The first `len` bytes, or all of them where there are fewer. */
static inline struct ht_span ht_span_head(struct ht_span s, size_t len)
{
    return (struct ht_span){s.data, len < s.len ? len : s.len};
}

/* Where `what`, or the byte, first begins at or after `from`; in.len where it does not. The empty `what` is
 * nowhere. */
size_t ht_span_find(struct ht_span in, struct ht_span what, size_t from);
size_t ht_span_find_byte(struct ht_span in, uint8_t what, size_t from);

/* ASCII case-insensitive equality: field names (RFC 9110 section 5.1), hosts, tokens. */
bool ht_span_ieq(struct ht_span a, struct ht_span b);
bool ht_span_ieq_str(struct ht_span a, const char *text);
bool ht_span_eq_str(struct ht_span a, const char *text);

#endif
