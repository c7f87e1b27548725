/* SPDX-License-Identifier: MIT */
/* Extended DNS errors (RFC 8914): what a resolver says of why it did not answer as asked. */
#ifndef HT_RULES_EDE_H
#define HT_RULES_EDE_H

#include "rules/rule.h"

/* "Blocked"; NULL for a number that IANA has not given out. */
const char *ht_ede_name(uint16_t code);
/* The first INFO-CODE that says that somebody forged or withheld the answer on purpose; -1: none does. */
int ht_ede_blocks(const struct ht_query *query);
/* "15 (Blocked), 22 (No Reachable Authority): its text", in the claim's arena. */
const char *ht_ede_text(struct ht_claim *claim, const struct ht_query *query);
/* "SERVFAIL"; NULL for a number without a name here. */
const char *ht_dns_rcode_name(int64_t rcode);

#endif
