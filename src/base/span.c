/* SPDX-License-Identifier: MIT */
/* Spans compared and searched; takes bytes, gives yes or no, or a place. */
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

/* Most comparisons fail at the first byte: so none begins with the length of `text`. */
bool ht_span_ieq_str(struct ht_span a, const char *text)
{
    size_t i = 0;
    text = text ? text : "";
    while (i < a.len && text[i] && lower(a.data[i]) == lower((uint8_t)text[i]))
        i++;
    return i == a.len && text[i] == '\0';
}

bool ht_span_eq_str(struct ht_span a, const char *text)
{
    size_t i = 0;
    text = text ? text : "";
    while (i < a.len && text[i] && a.data[i] == (uint8_t)text[i])
        i++;
    return i == a.len && text[i] == '\0';
}

size_t ht_span_find(struct ht_span in, struct ht_span what, size_t from)
{
    if (what.len == 0 || from >= in.len)
        return in.len;
    const uint8_t *hit = memmem(in.data + from, in.len - from, what.data, what.len);
    return hit ? (size_t)(hit - in.data) : in.len;
}

size_t ht_span_find_byte(struct ht_span in, uint8_t what, size_t from)
{
    if (from >= in.len)
        return in.len;
    const uint8_t *hit = memchr(in.data + from, what, in.len - from);
    return hit ? (size_t)(hit - in.data) : in.len;
}
