/* SPDX-License-Identifier: MIT */
/* Rules of the family proxy. */
#include "rules/tables.h"

const struct ht_rule_table ht_rules_proxy = {NULL, 0};
