/* SPDX-License-Identifier: MIT */
/* Rules of the family page. */
#include "rules/tables.h"

const struct ht_rule_table ht_rules_page = {NULL, 0};
