/* SPDX-License-Identifier: MIT */
/* Rules of the family alpn. */
#include "rules/tables.h"

const struct ht_rule_table ht_rules_alpn = {NULL, 0};
