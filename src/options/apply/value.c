/* SPDX-License-Identifier: MIT */
/* Options of a general form: takes uses of rows that name bits, sizes, one of several symbols, or nothing
 * that has an effect, gives settings and notes. */
#include "options/config.h"

#include <string.h>

/* Several may be set at once; --no- takes one back. */
enum ht_status ht_apply_bit(struct ht_config *config, const struct ht_option_use *use, struct ht_error *error)
{
    (void)error;
    ht_put_bit(config, use, use->row->option, use->row->symbol, use->on);
    return HT_OK;
}

enum ht_status ht_apply_size(struct ht_config *config, const struct ht_option_use *use,
                             struct ht_error *error)
{
    int64_t bytes;
    if (!ht_value_size(use->value, &bytes))
        return ht_value_fail(error, use, "a size in bytes, with K, M or G at its end where wanted");
    ht_put_size(config, use, use->row->option, bytes);
    return HT_OK;
}

/* Options of which only the strongest that is on has an effect, the strongest first. */
static const struct {
    const char *option, *name, *symbol;
} ranks[] = {
    {"PROXYAUTH", "proxy-anyauth", "CURLAUTH_ANY"}, {"PROXYAUTH", "proxy-negotiate", "CURLAUTH_NEGOTIATE"},
    {"PROXYAUTH", "proxy-ntlm", "CURLAUTH_NTLM"},   {"PROXYAUTH", "proxy-digest", "CURLAUTH_DIGEST"},
    {"PROXYAUTH", "proxy-basic", "CURLAUTH_BASIC"}, {"NETRC", "netrc-optional", "CURL_NETRC_OPTIONAL"},
    {"NETRC", "netrc", "CURL_NETRC_REQUIRED"},      {"NETRC", "netrc-file", "CURL_NETRC_REQUIRED"},
};

#define RANKS (sizeof ranks / sizeof *ranks)

static void put_strongest(struct ht_config *config, const struct ht_option_use *use, const char *option)
{
    for (size_t i = 0; i < RANKS; i++) {
        if (config->group->ranked & 1u << i && strcmp(ranks[i].option, option) == 0) {
            ht_put_symbol(config, use, option, ranks[i].symbol);
            return;
        }
    }
    ht_settings_drop(config, option);
}

enum ht_status ht_apply_strongest(struct ht_config *config, const struct ht_option_use *use,
                                  struct ht_error *error)
{
    (void)error;
    for (size_t i = 0; i < RANKS; i++) {
        if (strcmp(ranks[i].name, use->row->name) == 0) {
            unsigned bit = 1u << i;
            config->group->ranked = use->on ? config->group->ranked | bit : config->group->ranked & ~bit;
        }
    }
    put_strongest(config, use, use->row->option);
    return HT_OK;
}

enum ht_status ht_apply_netrc_file(struct ht_config *config, const struct ht_option_use *use,
                                   struct ht_error *error)
{
    ht_put_text(config, use, "NETRC_FILE", use->value);
    return ht_apply_strongest(config, use, error);
}

enum ht_status ht_apply_ignored(struct ht_config *config, const struct ht_option_use *use,
                                struct ht_error *error)
{
    (void)error;
    ht_config_note(config, "--%s has no effect: %s", ht_option_spelling(use->row), use->row->ignored);
    return HT_OK;
}

enum ht_status ht_apply_range(struct ht_config *config, const struct ht_option_use *use,
                              struct ht_error *error)
{
    (void)error;
    struct ht_arena *arena = config->memory->arena;
    const char *range = use->value;
    if (!strchr(range, '-')) {
        /* As curl does: one number is where to begin. */
        range = ht_arena_printf(arena, "%.*s-", (int)strspn(range, "0123456789"), range);
        ht_config_note(config, "option %s: a range has a dash: \"%s\" is taken as %s", use->flag,
                       ht_value_shown(arena, use->value), range);
    } else if (range[strspn(range, "0123456789,-")]) {
        ht_config_note(config, "option %s: \"%s\" is no range of bytes; it is sent as it is", use->flag,
                       ht_value_shown(arena, range));
    }
    ht_put_text(config, use, use->row->option, range);
    return HT_OK;
}

enum ht_status ht_apply_raw(struct ht_config *config, const struct ht_option_use *use, struct ht_error *error)
{
    (void)error;
    ht_put_number(config, use, "HTTP_CONTENT_DECODING", !use->on);
    ht_put_number(config, use, "HTTP_TRANSFER_DECODING", !use->on);
    return HT_OK;
}

/* "URL;auto": the part after the semicolon asks for the field to follow redirects. */
enum ht_status ht_apply_referer(struct ht_config *config, const struct ht_option_use *use,
                                struct ht_error *error)
{
    (void)error;
    const char *automatic = strstr(use->value, ";auto");
    size_t len = automatic ? (size_t)(automatic - use->value) : strlen(use->value);
    ht_settings_drop(config, "AUTOREFERER");
    ht_settings_drop(config, use->row->option);
    if (automatic)
        ht_put_number(config, use, "AUTOREFERER", 1);
    if (len)
        ht_put_text(config, use, use->row->option,
                    ht_arena_text(config->memory->arena, ht_span(use->value, len)));
    return HT_OK;
}

enum ht_status ht_apply_delegation(struct ht_config *config, const struct ht_option_use *use,
                                   struct ht_error *error)
{
    (void)error;
    static const char *const levels[][2] = {{"none", "CURLGSSAPI_DELEGATION_NONE"},
                                            {"policy", "CURLGSSAPI_DELEGATION_POLICY_FLAG"},
                                            {"always", "CURLGSSAPI_DELEGATION_FLAG"}};
    size_t at = 0, count = sizeof levels / sizeof *levels;
    while (at < count && strcasecmp(use->value, levels[at][0]) != 0)
        at++;
    if (at == count)
        ht_config_note(config, "option %s: \"%s\" is not known and taken as none", use->flag,
                       ht_value_shown(config->memory->arena, use->value));
    ht_put_symbol(config, use, use->row->option, levels[at < count ? at : 0][1]);
    return HT_OK;
}

enum ht_status ht_apply_oauth2_bearer(struct ht_config *config, const struct ht_option_use *use,
                                      struct ht_error *error)
{
    (void)error;
    ht_put_text(config, use, use->row->option, use->value);
    ht_put_bit(config, use, "HTTPAUTH", "CURLAUTH_BEARER", true);
    return HT_OK;
}

enum ht_status ht_apply_aws_sigv4(struct ht_config *config, const struct ht_option_use *use,
                                  struct ht_error *error)
{
    (void)error;
    ht_put_text(config, use, use->row->option, use->value);
    ht_put_bit(config, use, "HTTPAUTH", use->row->symbol, true);
    return HT_OK;
}

/* Sets all schemes; as with curl, --no-anyauth takes none of them back. */
enum ht_status ht_apply_anyauth(struct ht_config *config, const struct ht_option_use *use,
                                struct ht_error *error)
{
    (void)error;
    if (use->on)
        ht_put_bit(config, use, use->row->option, use->row->symbol, true);
    return HT_OK;
}
