/* SPDX-License-Identifier: MIT */
/* TLS sessions built by hand, on the connection of a case: connected at 1 ms, ClientHello at 2 ms. */
#ifndef HT_TESTS_RULES_TLS_CASE_H
#define HT_TESTS_RULES_TLS_CASE_H

#include "rules/reach.h"

enum { HELLO_BYTES = 512, HELLO_RECORD = HELLO_BYTES + 5, HELLO_US = 2000 };

/* A transfer to https://site.example/ whose ClientHello offers TLS 1.3 and 1.2, h2 and http/1.1. */
struct ht_tls *tls_case_begin(struct built *b);
/* A message of the handshake, at that time. */
struct ht_event *tls_case_message(struct built *b, const char *kind, enum ht_dir dir, int64_t t_us);
/* A ServerHello of that version at 3 ms. */
void tls_case_answer(struct built *b, uint16_t version);
/* The handshake succeeded at 5 ms. */
void tls_case_agree(struct built *b, uint16_t version, const char *cipher, const char *alpn);
/* It did not, in OpenSSL's words, at that time. */
void tls_case_fail(struct built *b, const char *text, int64_t t_us);
void tls_case_alert(struct built *b, enum ht_dir dir, uint8_t level, uint8_t number, const char *name);
/* The newest sample's figures: bytes of the ClientHello acknowledged, retransmits. */
struct ht_tcp_sample *tls_case_acked(struct built *b, int64_t acked, int64_t retransmits, int64_t t_us);
/* One more certificate of the chain that came at 4 ms. Texts are of the style "O = x, CN = y". */
struct ht_certificate *tls_case_certificate(struct built *b, const char *subject, const char *issuer);

#endif
