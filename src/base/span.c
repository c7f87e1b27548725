/* SPDX-License-Identifier: MIT */
/* Comparisons of spans; takes bytes, gives yes or no. */
#include <httptrace/span.h>

static uint8_t lower(uint8_t c)
{
    return c >= 'A' && c <= 'Z' ? (uint8_t)(c | 0x20) : c;
}

bool ht_span_ieq(struct ht_span a, struct ht_span b)
{
    if (a.len != b.len)
        return false;
    for (size_t i = 0; i < a.len; i++) {
        if (lower(a.data[i]) != lower(b.data[i]))
            return false;
    }
    return true;
}

bool ht_span_ieq_str(struct ht_span a, const char *text)
{
    return ht_span_ieq(a, ht_span_str(text));
}

bool ht_span_eq_str(struct ht_span a, const char *text)
{
    return ht_span_eq(a, ht_span_str(text));
}
