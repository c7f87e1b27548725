/* SPDX-License-Identifier: MIT */
/* TLS options that set more than one option of libcurl: takes uses of -k, --cert, --capath and --tls-max. */
#include "cli/config.h"

#include <string.h>

static void put_long(struct ht_config *config, const char *flag, const char *option, int64_t number)
{
    ht_settings_put(config, (struct ht_setting){
                                .option = option, .type = HT_SETTING_LONG, .number = number, .flag = flag});
}

static void put_text(struct ht_config *config, const char *flag, const char *option, const char *text)
{
    ht_settings_put(
        config, (struct ht_setting){.option = option, .type = HT_SETTING_TEXT, .text = text, .flag = flag});
}

enum ht_status ht_apply_insecure(struct ht_config *config, const struct ht_option_use *use,
                                 struct ht_error *error)
{
    (void)error;
    put_long(config, use->flag, "SSL_VERIFYPEER", use->on ? 0 : 1);
    put_long(config, use->flag, "SSL_VERIFYHOST", use->on ? 0 : 2);
    return HT_OK;
}

enum ht_status ht_apply_proxy_insecure(struct ht_config *config, const struct ht_option_use *use,
                                       struct ht_error *error)
{
    (void)error;
    put_long(config, use->flag, "PROXY_SSL_VERIFYPEER", use->on ? 0 : 1);
    put_long(config, use->flag, "PROXY_SSL_VERIFYHOST", use->on ? 0 : 2);
    return HT_OK;
}

enum ht_status ht_apply_cert(struct ht_config *config, const struct ht_option_use *use,
                             struct ht_error *error)
{
    (void)error;
    const char *file, *password;
    ht_value_cert(config->memory->arena, use->value, &file, &password);
    put_text(config, use->flag, "SSLCERT", file);
    if (password)
        put_text(config, use->flag, "KEYPASSWD", password);
    return HT_OK;
}

enum ht_status ht_apply_capath(struct ht_config *config, const struct ht_option_use *use,
                               struct ht_error *error)
{
    (void)error;
    put_text(config, use->flag, "CAPATH", use->value);
    put_text(config, use->flag, "PROXY_CAPATH", use->value);
    return HT_OK;
}

enum ht_status ht_apply_tls_max(struct ht_config *config, const struct ht_option_use *use,
                                struct ht_error *error)
{
    static const char *const versions[][2] = {
        {"default", "CURL_SSLVERSION_MAX_DEFAULT"}, {"1.0", "CURL_SSLVERSION_MAX_TLSv1_0"},
        {"1.1", "CURL_SSLVERSION_MAX_TLSv1_1"},     {"1.2", "CURL_SSLVERSION_MAX_TLSv1_2"},
        {"1.3", "CURL_SSLVERSION_MAX_TLSv1_3"},
    };
    for (size_t i = 0; i < sizeof versions / sizeof *versions; i++) {
        if (strcmp(use->value, versions[i][0]) == 0) {
            ht_settings_put(config, (struct ht_setting){.option = "SSLVERSION",
                                                        .type = HT_SETTING_BITS,
                                                        .text = versions[i][1],
                                                        .flag = use->flag});
            return HT_OK;
        }
    }
    return ht_value_fail(error, use, "1.0, 1.1, 1.2, 1.3 or default");
}
