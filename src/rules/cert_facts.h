/* SPDX-License-Identifier: MIT */
/* Facts of the certificates a peer sent, shared by the rules of cert. */
#ifndef HT_RULES_CERT_FACTS_H
#define HT_RULES_CERT_FACTS_H

#include "rules/session.h"

/* The peer sent certificates, and the first of them parses: the leaf. */
bool ht_cert_session(const struct ht_case *c, struct ht_session *s);
const struct ht_certificate *ht_cert_leaf(const struct ht_session *s);
/* Verification did not succeed, or its host name check did not. */
bool ht_cert_is_unverified(const struct ht_session *s);
/* The user waived verification: -k, or a request went out in spite of it. */
bool ht_cert_is_waived(const struct ht_case *c, const struct ht_session *s);
/* Puts a verification finding on its hop; what the user waived is a notice. */
void ht_cert_grade(const struct ht_case *c, const struct ht_session *s, struct ht_claim *claim);
/* This host's clock when the certificates came, in Unix time. */
int64_t ht_cert_now_s(const struct ht_case *c, const struct ht_session *s);
/* The event of the peer's Certificate message; NULL where it is not at hand. */
const struct ht_event *ht_cert_event(const struct ht_session *s);
/* Adds what the TLS library says of the verification, where it says anything. */
void ht_cert_tell_library(const struct ht_case *c, const struct ht_session *s, struct ht_claim *claim);
/* "2026-11-20T21:00:00Z": in the claim's arena. */
const char *ht_cert_date(struct ht_claim *claim, int64_t unix_s);

/* The last certificate of the chain that was sent, going from the leaf from issuer to issuer (RFC 5280
 * section 6.1). */
const struct ht_certificate *ht_cert_top(const struct ht_session *s);

#endif
