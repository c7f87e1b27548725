/* SPDX-License-Identifier: MIT */
/* --retry and its kin: takes their uses, gives the rules of what is tried again. */
#include "options/config.h"

#include <string.h>

#define MOST_SECONDS (INT64_MAX / 1000000 - 1) /* what fits in microseconds */

enum ht_status ht_apply_retry(struct ht_config *config, const struct ht_option_use *use,
                              struct ht_error *error)
{
    struct ht_retry_rules *rules = &config->group->operation.retry;
    int64_t number;
    if (!ht_value_integer(use->value, &number) || number < 0 || number > MOST_SECONDS)
        return ht_value_fail(error, use, "a number that is not negative");
    if (strcmp(use->row->name, "retry") == 0)
        rules->times = number;
    else if (strcmp(use->row->name, "retry-delay") == 0)
        rules->delay_ms = number * 1000;
    else
        rules->max_time_ms = number * 1000;
    return HT_OK;
}

enum ht_status ht_apply_retry_switch(struct ht_config *config, const struct ht_option_use *use,
                                     struct ht_error *error)
{
    struct ht_retry_rules *rules = &config->group->operation.retry;
    (void)error;
    if (strcmp(use->row->name, "retry-all-errors") == 0)
        rules->all_errors = use->on;
    else
        rules->connection_refused = use->on;
    return HT_OK;
}
