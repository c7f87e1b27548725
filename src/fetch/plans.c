/* SPDX-License-Identifier: MIT */
/* Plans: takes a run's operations, gives the plan of each that was found to be good. */
#include "fetch/plans.h"

#include "base/arena.h"

#include <stdlib.h>

static enum ht_status try_plan(const struct ht_setting_plan *plan, struct ht_error *error)
{
    CURL *easy = curl_easy_init();
    if (easy == NULL)
        return ht_fail(error, HT_ERR_CURL, "libcurl cannot make a transfer");
    enum ht_status status = ht_settings_apply(easy, plan, error);
    ht_settings_leave_files(easy, plan->operation);
    curl_easy_cleanup(easy);
    return status;
}

enum ht_status ht_setting_plans_make(struct ht_setting_plans *plans, const struct ht_operation *operations,
                                     struct ht_error *error)
{
    size_t size = 0;
    for (const struct ht_operation *at = operations; at; at = at->next)
        size++;
    *plans = (struct ht_setting_plans){.plans = ht_malloc((size + 1) * sizeof *plans->plans)};
    enum ht_status status = HT_OK;
    for (const struct ht_operation *at = operations; at && status == HT_OK; at = at->next) {
        struct ht_setting_plan *plan = &plans->plans[plans->count++];
        status = ht_setting_plan_make(plan, at, error);
        if (status == HT_OK)
            status = try_plan(plan, error);
    }
    return status;
}

const struct ht_setting_plan *ht_setting_plans_find(struct ht_setting_plans *plans,
                                                    const struct ht_operation *operation)
{
    for (size_t i = 0; i < plans->count; i++) {
        size_t at = (plans->found + i) % plans->count;
        if (plans->plans[at].operation == operation) {
            plans->found = at;
            return &plans->plans[at];
        }
    }
    return NULL;
}

void ht_setting_plans_clear(struct ht_setting_plans *plans)
{
    for (size_t i = 0; i < plans->count; i++)
        ht_setting_plan_clear(&plans->plans[i]);
    free(plans->plans);
    *plans = (struct ht_setting_plans){0};
}
