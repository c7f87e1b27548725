/* SPDX-License-Identifier: MIT */
/* What the engine's own files share. */
#ifndef HT_RULES_ENGINE_H
#define HT_RULES_ENGINE_H

#include "rules/rule.h"

/* All rows in order: causes before what sums them up, the last resort at the end. */
const struct ht_rule *const *ht_catalogue(size_t *count);
const struct ht_rule *ht_catalogue_find(const char *code);

/* Fills the verdict of a transfer from its findings. */
void ht_verdict_decide(struct ht_transfer *transfer);

/* The code of the finding that a failed request has where no rule explains it. */
#define HT_LAST_RESORT "failed.unexplained"

#endif
