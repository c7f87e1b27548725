/* SPDX-License-Identifier: MIT */
/* How attempts to connect ended, for the rules that speak of origins and of proxies alike (RFC 9293, RFC 792,
 * RFC 4443). */
#ifndef HT_RULES_CONNECT_H
#define HT_RULES_CONNECT_H

#include "rules/rule.h"

/* What decided about a connection that was never made; where attempts ended differently the first of these
 * counts: what somebody said tells more than silence, and that more than a family this host cannot reach. */
enum ht_connect_end {
    HT_CONNECT_PROHIBITED,   /* ICMP: administratively prohibited */
    HT_CONNECT_REFUSED_ICMP, /* ICMP: port unreachable */
    HT_CONNECT_REFUSED,      /* RST in answer to the SYN */
    HT_CONNECT_RESET,        /* RST after the handshake, before anybody noticed that it was complete */
    HT_CONNECT_UNREACHABLE,  /* ICMP: no way there; or the next hop does not answer */
    HT_CONNECT_SILENT,       /* nothing came back */
    HT_CONNECT_NO_ROUTE,     /* this host has no way there, or forbids it */
    HT_CONNECT_OTHER,
    HT_CONNECT_NOT_FAILED /* connected, not tried, or still under way */
};

/* Of the exchange's connection: NOT_FAILED while the transfer is under way, but for SILENT once every attempt
 * has sent its SYN three times. */
enum ht_connect_end ht_connect_end(const struct ht_case *c);
enum ht_connect_end ht_attempt_end(const struct ht_attempt *a);
/* The first attempt that ended so; NULL where none did. */
const struct ht_attempt *ht_connect_attempt(const struct ht_case *c, enum ht_connect_end end);
/* One fact for each attempt. */
void ht_connect_tell(const struct ht_case *c, struct ht_claim *claim);
/* "192.0.2.1:443", in the claim's arena. */
const char *ht_attempt_name(struct ht_claim *claim, const struct ht_attempt *a);
/* "communication administratively prohibited"; NULL for a type and code without a name here. */
const char *ht_icmp_name(const struct ht_attempt *a);
/* How often its SYN was sent again, as far as samples tell. */
int64_t ht_attempt_retransmits(const struct ht_attempt *a);
/* The phase where it ended, or is now. */
enum ht_phase ht_case_phase(const struct ht_case *c);
/* When the connection ended, as far as is known: its close, or the sample that tells of it. */
int64_t ht_case_end_us(const struct ht_case *c);
/* The transfer goes through a proxy, so that attempts are made to reach that. */
bool ht_case_proxied(const struct ht_case *c);

#endif
