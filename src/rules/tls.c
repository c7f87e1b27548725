/* SPDX-License-Identifier: MIT */
/* Rules of the family tls. */
#include "rules/tables.h"

const struct ht_rule_table ht_rules_tls = {NULL, 0};
