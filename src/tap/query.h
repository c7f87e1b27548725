/* SPDX-License-Identifier: MIT */
/* A DNS query of our own, after a lookup failed: getaddrinfo() does not tell RCODE and extended errors. */
#ifndef HT_TAP_QUERY_H
#define HT_TAP_QUERY_H

#include "tap/run.h"

/* What a DNS message says (RFC 1035 section 4.1). */
struct ht_tap_answer {
    int rcode;     /* with the OPT record's upper bits (RFC 6891 section 6.1.3) */
    int addresses; /* records of the type asked for, aliases not counted */
    char ede[64];  /* INFO-CODEs of RFC 8914, comma-separated */
    char ede_text[256];
    size_t ede_text_len;
};

/* Pure. False where the bytes are no response to a query with that id and type. */
bool ht_tap_read_answer(struct ht_span message, uint16_t id, int type, struct ht_tap_answer *answer);

/*
 * Asks the resolvers of resolv.conf for the host's addresses and gives a QUERY event for each question; waits
 * `patience_ms` at most in all. Does nothing for what is no name in ASCII.
 */
void ht_tap_query(struct ht_tap *tap, int32_t transfer, struct ht_span host, int family, int patience_ms);
/* Gives the last query that nobody answered as one of this transfer as well, where it was made since
 * `since_us` (run time). False where there is none: of hundreds of lookups that a dead resolver fails at
 * once, one asks and waits. */
bool ht_tap_query_shared(struct ht_tap *tap, int32_t transfer, int64_t since_us);

#endif
