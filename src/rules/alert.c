/* SPDX-License-Identifier: MIT */
/* Rules of the family alert. */
#include "rules/tables.h"

const struct ht_rule_table ht_rules_alert = {NULL, 0};
