/* SPDX-License-Identifier: MIT */
/* Rules of the family tcp. */
#include "rules/tables.h"

const struct ht_rule_table ht_rules_tcp = {NULL, 0};
