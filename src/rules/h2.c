/* SPDX-License-Identifier: MIT */
/* Rules of the family h2. */
#include "rules/tables.h"

const struct ht_rule_table ht_rules_h2 = {NULL, 0};
