/* SPDX-License-Identifier: MIT */
/* Rules of the family dns. */
#include "rules/tables.h"

const struct ht_rule_table ht_rules_dns = {NULL, 0};
