/* SPDX-License-Identifier: MIT */
/* Rules of the family cert. */
#include "rules/tables.h"

const struct ht_rule_table ht_rules_cert = {NULL, 0};
