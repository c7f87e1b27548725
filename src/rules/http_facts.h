/* SPDX-License-Identifier: MIT */
/* Facts about one request and its answer that the rules of HTTP share (RFC 9110, RFC 9112, RFC 9113). */
#ifndef HT_RULES_HTTP_FACTS_H
#define HT_RULES_HTTP_FACTS_H

#include "rules/rule.h"

/* libcurl's codes: hints that say why libcurl stopped, never who did it (curl/curl.h). */
enum ht_curl_hint {
    HT_CURL_STATUS_REFUSED = 22, /* --fail */
    HT_CURL_TOO_MANY_REDIRECTS = 47,
    HT_CURL_BAD_ENCODING = 61
};

/* At least one byte of the request went out. */
bool ht_http_sent(const struct ht_case *c);
/* The transfer ended here, with that code of libcurl's. */
bool ht_http_hint(const struct ht_case *c, int64_t curl_code);
/* The request is over without a whole answer, and the connection ended so. */
bool ht_http_cut_by(const struct ht_case *c, enum ht_tcp_end end);
/* The request is over since time was up: the user's, or TCP's own. */
bool ht_http_waited(const struct ht_case *c);

/* Bytes that came in place of an answer and never became one: a header section without its end, or no HTTP at
 * all. NULL where there are none; `*head` is their beginning. */
const struct ht_event *ht_http_part(const struct ht_case *c, struct ht_span *head);
/* They begin as a status line does, as far as they go (RFC 9112 section 4). */
bool ht_http_looks_like_answer(struct ht_span head);
/* A field section of the answer came in part, over either version. */
const struct ht_event *ht_http_half_head(const struct ht_case *c);

/* Of the bytes sent on the connection, those that the peer's TCP has acknowledged. */
enum ht_ack { HT_ACK_UNKNOWN, HT_ACK_NONE_OR_PART, HT_ACK_ALL };
enum ht_ack ht_http_ack(const struct ht_case *c);
/* What was sent went out again and is still not acknowledged: the silence is then no word of the peer's. */
bool ht_http_unheard(const struct ht_case *c);

/* For what TCP alone tells, an end or a silence: through a proxy that is the proxy's TCP, so that nobody is
 * named and true is given. An end that the origin's TLS vouches for is the origin's side's all the same. */
bool ht_http_place_tcp(const struct ht_case *c, struct ht_claim *claim);

/* Value of the answer's field, empty where it has none. */
struct ht_span ht_http_field(const struct ht_case *c, const char *name);
bool ht_http_has_field(const struct ht_case *c, const char *name);
/* Content-Length, of either version; -1 where it says none or no number. */
int64_t ht_http_length(const struct ht_case *c);
/* The answer could have a body (RFC 9110 section 6.4.1). */
bool ht_http_may_have_body(const struct ht_case *c);
/* Adds what was sent and when, how much of it was acknowledged, and how the connection ended. */
void ht_http_tell_request(const struct ht_case *c, struct ht_claim *claim);
void ht_http_tell_ack(const struct ht_case *c, struct ht_claim *claim);
void ht_http_tell_end(const struct ht_case *c, struct ht_claim *claim);
/* Adds how much of the answer came, and when its last byte did. */
void ht_http_tell_answer(const struct ht_case *c, struct ht_claim *claim);
/* "404 Not Found", in the claim's arena. */
const char *ht_http_status_text(const struct ht_case *c, struct ht_claim *claim);

/* Whether the text holds the words, in any case of ASCII letters. */
bool ht_text_holds(struct ht_span text, const char *words);

#endif
