/* SPDX-License-Identifier: MIT */
/* Options of speeds, ports and what a socket is told: takes their uses, gives settings. */
#include "options/config.h"

#include <string.h>

#define DEFAULT_BUFFER    102400 /* the curl tool's */
#define DEFAULT_SLOW_TIME 30     /* seconds, as the curl tool */
#define HIGHEST_PORT      65535

/* As the curl tool: what comes in one go must not exceed what may come in a second. */
enum ht_status ht_apply_limit_rate(struct ht_config *config, const struct ht_option_use *use,
                                   struct ht_error *error)
{
    int64_t bytes;
    if (!ht_value_size(use->value, &bytes))
        return ht_value_fail(error, use, "bytes per second, with K, M or G at the end where wanted");
    ht_put_size(config, use, "MAX_SEND_SPEED_LARGE", bytes);
    ht_put_size(config, use, "MAX_RECV_SPEED_LARGE", bytes);
    ht_put_number(config, use, "BUFFERSIZE", bytes > 0 && bytes < DEFAULT_BUFFER ? bytes : DEFAULT_BUFFER);
    return HT_OK;
}

static enum ht_status put_speed(struct ht_config *config, const struct ht_option_use *use, const char *other,
                                int64_t otherwise, struct ht_error *error)
{
    int64_t number;
    if (!ht_value_integer(use->value, &number) || number < 0)
        return ht_value_fail(error, use, "a number that is not negative");
    ht_put_number(config, use, use->row->option, number);
    if (!ht_settings_find(&config->group->settings, other))
        ht_put_number(config, use, other, otherwise);
    return HT_OK;
}

enum ht_status ht_apply_speed_limit(struct ht_config *config, const struct ht_option_use *use,
                                    struct ht_error *error)
{
    return put_speed(config, use, "LOW_SPEED_TIME", DEFAULT_SLOW_TIME, error);
}

enum ht_status ht_apply_speed_time(struct ht_config *config, const struct ht_option_use *use,
                                   struct ht_error *error)
{
    return put_speed(config, use, "LOW_SPEED_LIMIT", 1, error);
}

enum ht_status ht_apply_keepalive_time(struct ht_config *config, const struct ht_option_use *use,
                                       struct ht_error *error)
{
    int64_t seconds;
    if (!ht_value_integer(use->value, &seconds) || seconds < 0)
        return ht_value_fail(error, use, "a number of seconds that is not negative");
    if (!seconds)
        return HT_OK;
    ht_put_number(config, use, "TCP_KEEPIDLE", seconds);
    ht_put_number(config, use, "TCP_KEEPINTVL", seconds);
    return HT_OK;
}

enum ht_status ht_apply_local_port(struct ht_config *config, const struct ht_option_use *use,
                                   struct ht_error *error)
{
    const char *dash = strchr(use->value, '-');
    struct ht_arena *arena = config->memory->arena;
    size_t len = dash ? (size_t)(dash - use->value) : strlen(use->value);
    int64_t first, last;
    bool good = ht_value_integer(ht_arena_text(arena, ht_span(use->value, len)), &first);
    last = first;
    if (dash)
        good = good && ht_value_integer(dash + 1, &last);
    if (!good || first < 0 || last > HIGHEST_PORT || last < first)
        return ht_value_fail(error, use, "a port or a range of ports up to 65535, as in 1024-2047");
    ht_put_number(config, use, "LOCALPORT", first);
    ht_put_number(config, use, "LOCALPORTRANGE", first ? last - first + 1 : 1);
    return HT_OK;
}

enum ht_status ht_apply_doh_insecure(struct ht_config *config, const struct ht_option_use *use,
                                     struct ht_error *error)
{
    (void)error;
    ht_put_number(config, use, "DOH_SSL_VERIFYPEER", use->on ? 0 : 1);
    ht_put_number(config, use, "DOH_SSL_VERIFYHOST", use->on ? 0 : 2);
    return HT_OK;
}

enum ht_status ht_apply_follow(struct ht_config *config, const struct ht_option_use *use,
                               struct ht_error *error)
{
    (void)error;
    /* As a switch where it is off: --no-follow is --no-location. */
    ht_settings_drop(config, use->row->option);
    if (use->on)
        ht_put_symbol(config, use, use->row->option, use->row->symbol);
    return HT_OK;
}
