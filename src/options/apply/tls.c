/* SPDX-License-Identifier: MIT */
/* TLS options that set more than one option of libcurl: takes uses of -k, --cert, --capath and --tls-max. */
#include "options/config.h"

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

/* --cert, --proxy-cert */
enum ht_status ht_apply_cert(struct ht_config *config, const struct ht_option_use *use,
                             struct ht_error *error)
{
    (void)error;
    const char *file, *password;
    bool proxy = strcmp(use->row->option, "SSLCERT") != 0;
    ht_value_cert(config->memory->arena, use->value, &file, &password);
    put_text(config, use->flag, use->row->option, file);
    if (password)
        put_text(config, use->flag, proxy ? "PROXY_KEYPASSWD" : "KEYPASSWD", password);
    return HT_OK;
}

enum ht_status ht_apply_tls_auth_type(struct ht_config *config, const struct ht_option_use *use,
                                      struct ht_error *error)
{
    if (strcasecmp(use->value, "SRP") != 0)
        return ht_value_fail(error, use, "SRP, which is the only kind there is");
    ht_put_text(config, use, use->row->option, use->value);
    return HT_OK;
}

/* Each of the forms adds to what the others set: the way, the keys, the outer name. */
enum ht_status ht_apply_ech(struct ht_config *config, const struct ht_option_use *use, struct ht_error *error)
{
    static const char *const ways[] = {"false", "grease", "true", "hard"};
    bool known = strncasecmp(use->value, "ecl:", 4) == 0 || strncasecmp(use->value, "pn:", 3) == 0;
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++)
        known = known || strcasecmp(use->value, ways[i]) == 0;
    if (!known)
        return ht_value_fail(error, use, "false, grease, true, hard, ecl:BASE64 or pn:NAME");
    ht_settings_add(config, (struct ht_setting){.option = use->row->option,
                                                .type = HT_SETTING_TEXT,
                                                .text = use->value,
                                                .flag = use->flag});
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

static bool is_pkcs11(const char *name)
{
    return strncasecmp(name, "pkcs11:", 7) == 0;
}

/* As the curl tool: a name that only an engine understands goes to one. */
void ht_put_engine_types(struct ht_config *config)
{
    static const char *const pairs[][2] = {{"SSLCERT", "SSLCERTTYPE"},
                                           {"SSLKEY", "SSLKEYTYPE"},
                                           {"PROXY_SSLCERT", "PROXY_SSLCERTTYPE"},
                                           {"PROXY_SSLKEY", "PROXY_SSLKEYTYPE"}};
    const struct ht_settings *settings = &config->group->settings;
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        const struct ht_setting *name = ht_settings_find(settings, pairs[i][0]);
        if (name && is_pkcs11(name->text) && !ht_settings_find(settings, pairs[i][1]))
            put_text(config, name->flag, pairs[i][1], "ENG");
    }
}
