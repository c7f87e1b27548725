/* SPDX-License-Identifier: MIT */
/* Framing: takes a decoded head, says how its body is delimited and what is wrong with the fields that say so
 * (RFC 9112 section 6). */
#include "decode/h1/grammar.h"

/* The next element of a comma-separated list (RFC 9110 section 5.6.1), trimmed. False at the end. */
static bool next_element(struct ht_span list, size_t *at, struct ht_span *element)
{
    if (*at > list.len)
        return false;
    bool quoted = false;
    size_t end = *at;
    for (; end < list.len && (quoted || list.data[end] != ','); end++) {
        if (list.data[end] == '"')
            quoted = !quoted;
        else if (quoted && list.data[end] == '\\' && end + 1 < list.len)
            end++;
    }
    *element = ht_h1_trim(ht_h1_cut(list, *at, end));
    *at = end + 1;
    return true;
}

struct codings {
    bool present, chunked_last, chunked_early;
};

static void take_codings(struct codings *codings, struct ht_span value)
{
    struct ht_span element;
    for (size_t at = 0; value.len && next_element(value, &at, &element);) {
        if (element.len == 0)
            continue;
        codings->chunked_early = codings->chunked_early || codings->chunked_last;
        codings->chunked_last = ht_span_ieq_str(element, "chunked");
    }
}

static struct codings read_codings(const struct ht_headers *headers)
{
    struct codings codings = {0};
    for (size_t i = 0; i < headers->count; i++) {
        if (!ht_span_ieq_str(headers->at[i].name, "transfer-encoding"))
            continue;
        codings.present = true;
        take_codings(&codings, headers->at[i].value);
    }
    return codings;
}

struct length {
    bool present;
    int64_t value; /* -1: none yet, or bad */
    const char *why;
};

static int64_t read_number(struct ht_span s, const char **why)
{
    int64_t value = 0;
    if (s.len == 0)
        *why = "Content-Length is not a number (RFC 9112 section 6.3)";
    for (size_t i = 0; i < s.len && !*why; i++) {
        if (!ht_h1_is_digit(s.data[i]))
            *why = "Content-Length is not a number (RFC 9112 section 6.3)";
        else if (value > (INT64_MAX - 9) / 10)
            *why = "Content-Length overflows (RFC 9110 section 8.6)";
        else
            value = value * 10 + (s.data[i] - '0');
    }
    return *why ? -1 : value;
}

/* "5, 5" counts as 5 (RFC 9110 section 8.6). */
static void take_length(struct length *length, struct ht_span value)
{
    struct ht_span element;
    for (size_t at = 0; !length->why && next_element(value, &at, &element);) {
        int64_t number = read_number(element, &length->why);
        if (!length->why && length->value >= 0 && length->value != number)
            length->why = "conflicting Content-Length values (RFC 9112 section 6.3)";
        length->value = number;
    }
}

static struct length read_length(const struct ht_headers *headers)
{
    struct length length = {.value = -1};
    for (size_t i = 0; i < headers->count; i++) {
        if (ht_span_ieq_str(headers->at[i].name, "content-length")) {
            length.present = true;
            take_length(&length, headers->at[i].value);
        }
    }
    return length;
}

static enum ht_framing by_codings(const struct ht_h1_head *head, struct codings codings, bool with_length,
                                  const char **why)
{
    if (with_length)
        *why = "both Content-Length and Transfer-Encoding (RFC 9112 section 6.3)";
    else if (head->version == HT_HTTP_1_0)
        *why = "Transfer-Encoding in HTTP/1.0 (RFC 9112 section 6.1)";
    else if (codings.chunked_early)
        *why = "chunked is not the last transfer coding, or comes twice (RFC 9112 section 6.1)";
    else if (!codings.chunked_last && !head->is_response)
        *why = "a request whose last transfer coding is not chunked (RFC 9112 section 6.3)";
    return codings.chunked_last ? HT_FRAMING_CHUNKED : HT_FRAMING_CLOSE;
}

/* Rules 1 and 2: whatever the fields say. False where they decide. */
static bool by_kind(const struct ht_h1_head *head, struct ht_span request_method, enum ht_framing *framing)
{
    int status = head->status;
    if (!head->is_response)
        return false;
    *framing = HT_FRAMING_NONE;
    if (status == 101 || (status >= 200 && status < 300 && ht_span_eq_str(request_method, "CONNECT")))
        *framing = HT_FRAMING_UPGRADE;
    else if (!(status >= 100 && status < 200) && status != 204 && status != 304 &&
             !ht_span_eq_str(request_method, "HEAD"))
        return false;
    return true;
}

enum ht_framing ht_h1_framing(const struct ht_h1_head *head, struct ht_span request_method, int64_t *length,
                              const char **why)
{
    enum ht_framing framing;
    *length = -1;
    *why = NULL;
    if (by_kind(head, request_method, &framing))
        return framing;
    struct codings codings = read_codings(&head->headers);
    struct length said = read_length(&head->headers);
    if (codings.present)
        return by_codings(head, codings, said.present, why);
    *why = said.why;
    if (said.why)
        return HT_FRAMING_CLOSE; /* beyond recovery: nobody knows where it ends (rule 5) */
    if (said.present) {
        *length = said.value;
        return HT_FRAMING_CONTENT_LENGTH;
    }
    return head->is_response ? HT_FRAMING_CLOSE : HT_FRAMING_NONE;
}
