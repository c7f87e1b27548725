/* SPDX-License-Identifier: MIT */
/* The settings of all of a run's operations, made into plans before anything is sent. */
#ifndef HT_FETCH_PLANS_H
#define HT_FETCH_PLANS_H

#include "fetch/settings.h"

/* Zero-initialised is empty. */
struct ht_setting_plans {
    struct ht_setting_plan *plans;
    size_t count, found; /* `found`: the last answer, as jobs of one operation follow each other */
};

/* Makes a plan of each operation and tries it on a handle. HT_ERR_USAGE as with settings; to be cleared then,
 * too. */
HT_MUST_USE enum ht_status ht_setting_plans_make(struct ht_setting_plans *plans,
                                                 const struct ht_operation *operations,
                                                 struct ht_error *error);
/* Never NULL for one of those operations. */
const struct ht_setting_plan *ht_setting_plans_find(struct ht_setting_plans *plans,
                                                    const struct ht_operation *operation);
void ht_setting_plans_clear(struct ht_setting_plans *plans);

#endif
