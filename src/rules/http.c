/* SPDX-License-Identifier: MIT */
/* Rules of the family http. */
#include "rules/tables.h"

const struct ht_rule_table ht_rules_http = {NULL, 0};
