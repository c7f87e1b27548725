/* SPDX-License-Identifier: MIT */
/* What the rules of HTTP/2 share (RFC 9113). */
#ifndef HT_RULES_H2_FACTS_H
#define HT_RULES_H2_FACTS_H

#include "rules/rule.h"

/* "PROTOCOL_ERROR", or "code 0x42", in the claim's arena. */
const char *ht_h2_code_text(struct ht_claim *claim, int64_t code);

#endif
