/* SPDX-License-Identifier: MIT */
/* Facts of a TLS session that the rules of tls, cert and alpn share. */
#ifndef HT_RULES_SESSION_H
#define HT_RULES_SESSION_H

#include "rules/rule.h"

enum { HT_TLS_1_2 = 0x0303, HT_TLS_1_3 = 0x0304 };
enum { HT_ALERT_PROTOCOL_VERSION = 70 }; /* RFC 8446 section 6.2 */

/* The session that a case turns on: the origin's, or the one with an HTTPS proxy where it got no further. */
struct ht_session {
    const struct ht_tls *tls;
    bool of_proxy;  /* it secures the hop to the proxy */
    bool tunnelled; /* it goes through a proxy: what TCP tells is of the proxy's socket */
    bool closed;    /* the peer closed it once it was agreed, and said nothing malformed before */
};

/* False where there is none. */
bool ht_session_of(const struct ht_case *c, struct ht_session *s);
/* The same, of a connection that this exchange made: what a session is, is said once. */
bool ht_session_fresh(const struct ht_case *c, struct ht_session *s);
/* Puts a finding on the hop of its session: the proxy is what answers there. */
void ht_session_place(const struct ht_session *s, struct ht_claim *claim);
/* The same for what only TCP told: through a tunnel nobody knows who ended it. */
void ht_session_place_tcp(const struct ht_session *s, struct ht_claim *claim);

/* A ServerHello or a HelloRetryRequest came (RFC 8446 section 4.1.3). */
bool ht_session_answered(const struct ht_session *s);
/* Bytes came in answer to the ClientHello, whatever they are. */
bool ht_session_has_reply(const struct ht_case *c, const struct ht_session *s);
/* The handshake ended without success. */
bool ht_session_failed(const struct ht_case *c, const struct ht_session *s);
/* Nothing more came although this side waited until its time, or its kernel's patience, was up. */
bool ht_session_silent(const struct ht_case *c);

/* A handshake message's first event in that direction; NULL where it did not come. */
const struct ht_event *ht_session_message(const struct ht_session *s, const char *kind, enum ht_dir dir);
/* The last handshake message of either side; NULL where there was none. */
const struct ht_event *ht_session_last(const struct ht_session *s);

/* The ClientHello, as TCP saw it. */
struct ht_hello_fate {
    const struct ht_event *event;
    int64_t size;        /* with its record header */
    int64_t acked;       /* of that size; -1 unknown */
    int64_t retransmits; /* 0 where nobody tells */
    bool answered_below; /* segments came although nothing of it was acknowledged */
};

/* False where it did not leave this host. */
bool ht_session_hello(const struct ht_case *c, const struct ht_session *s, struct ht_hello_fate *fate);
/* "ClientHello of 517 bytes sent at 12.1 ms; 0 of 517 acknowledged, 3 retransmits". */
void ht_session_tell_hello(struct ht_claim *claim, const struct ht_case *c, const struct ht_hello_fate *fate);

/* The first fatal alert in that direction (RFC 8446 section 6.2); NULL where there is none. */
const struct ht_tls_alert *ht_session_alert(const struct ht_session *s, enum ht_dir dir);
void ht_session_tell_alert(struct ht_claim *claim, const struct ht_case *c, const struct ht_tls_alert *alert);

/* The ClientHello offered that version (RFC 8446 section 4.2.1). */
bool ht_session_offers(const struct ht_session *s, uint16_t version);
/* It offered less than TLS 1.2 and 1.3 both: somebody asked for that. */
bool ht_session_is_narrowed(const struct ht_session *s);
/* "TLSv1.3, TLSv1.2": in the claim's arena. */
const char *ht_session_versions(const struct ht_session *s, struct ht_claim *claim);

#endif
