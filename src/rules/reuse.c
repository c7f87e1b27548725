/* SPDX-License-Identifier: MIT */
/* Rules of the family reuse. */
#include "rules/tables.h"

const struct ht_rule_table ht_rules_reuse = {NULL, 0};
