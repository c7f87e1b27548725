/* SPDX-License-Identifier: MIT */
/* Options that set one option of libcurl: takes a use of a row, gives the setting the row names. */
#include "options/config.h"

#include <string.h>

enum ht_status ht_apply_nothing(struct ht_config *config, const struct ht_option_use *use,
                                struct ht_error *error)
{
    (void)config, (void)use, (void)error;
    return HT_OK;
}

enum ht_status ht_apply_switch(struct ht_config *config, const struct ht_option_use *use,
                               struct ht_error *error)
{
    (void)error;
    ht_put_number(config, use, use->row->option, use->on);
    return HT_OK;
}

enum ht_status ht_apply_text(struct ht_config *config, const struct ht_option_use *use,
                             struct ht_error *error)
{
    (void)error;
    ht_put_text(config, use, use->row->option, use->value);
    return HT_OK;
}

enum ht_status ht_apply_list(struct ht_config *config, const struct ht_option_use *use,
                             struct ht_error *error)
{
    (void)error;
    ht_add_entry(config, use, use->row->option, use->value);
    return HT_OK;
}

enum ht_status ht_apply_symbol(struct ht_config *config, const struct ht_option_use *use,
                               struct ht_error *error)
{
    (void)error;
    ht_put_symbol(config, use, use->row->option, use->row->symbol);
    return HT_OK;
}

enum ht_status ht_apply_integer(struct ht_config *config, const struct ht_option_use *use,
                                struct ht_error *error)
{
    int64_t number;
    if (!ht_value_integer(use->value, &number))
        return ht_value_fail(error, use, "a number");
    if (number < use->row->least || number > use->row->most)
        return ht_fail(error, HT_ERR_USAGE, "option %s: expected a number from %lld to %lld, got %lld",
                       use->flag, (long long)use->row->least, (long long)use->row->most, (long long)number);
    ht_put_number(config, use, use->row->option, number);
    return HT_OK;
}

enum ht_status ht_apply_seconds(struct ht_config *config, const struct ht_option_use *use,
                                struct ht_error *error)
{
    int64_t ms;
    if (use->value[0] == '-' && ht_value_seconds(use->value + 1, &ms))
        return ht_value_fail(error, use, "a number that is not negative");
    if (!ht_value_seconds(use->value, &ms))
        return ht_value_fail(error, use, "a number");
    /* What a long of 32 bits holds: 24 days are as good as no limit. */
    ht_put_number(config, use, use->row->option, ms < INT32_MAX ? ms : INT32_MAX);
    return HT_OK;
}
