/* SPDX-License-Identifier: MIT */
/* Options of proxies: takes uses of -x, --socks5, --proxy-header and their kin, gives settings. */
#include "options/config.h"

#include <string.h>

/* What an earlier --socks5 or --proxy1.0 said of the kind is gone; what --proxy-http2 said is not. */
enum ht_status ht_apply_proxy(struct ht_config *config, const struct ht_option_use *use,
                              struct ht_error *error)
{
    (void)error;
    ht_put_text(config, use, "PROXY", use->value);
    config->group->proxy_kind = NULL;
    ht_settings_drop(config, "PROXYTYPE");
    if (config->group->proxy_http)
        ht_put_symbol(config, use, "PROXYTYPE", config->group->proxy_http);
    return HT_OK;
}

/* --socks4, --proxy1.0, ...: a scheme in the argument still wins, as it does for libcurl. */
enum ht_status ht_apply_proxy_kind(struct ht_config *config, const struct ht_option_use *use,
                                   struct ht_error *error)
{
    (void)error;
    config->group->proxy_kind = use->row;
    ht_put_text(config, use, "PROXY", use->value);
    ht_put_symbol(config, use, "PROXYTYPE", use->row->symbol);
    return HT_OK;
}

/* --proxy-http2, --proxy-http3: the kind of an HTTPS proxy, whose scheme -x gives. */
enum ht_status ht_apply_proxy_http(struct ht_config *config, const struct ht_option_use *use,
                                   struct ht_error *error)
{
    (void)error;
    config->group->proxy_http = use->on ? use->row->symbol : NULL;
    if (config->group->proxy_kind)
        return HT_OK;
    if (use->on)
        ht_put_symbol(config, use, "PROXYTYPE", use->row->symbol);
    else
        ht_settings_drop(config, "PROXYTYPE");
    return HT_OK;
}

enum ht_status ht_apply_proxy_header(struct ht_config *config, const struct ht_option_use *use,
                                     struct ht_error *error)
{
    ht_put_symbol(config, use, "HEADEROPT", "CURLHEADER_SEPARATE");
    return ht_apply_header(config, use, error);
}

/* A path for the proxy's TLS alone; `number` tells it from one that serves for both. */
enum ht_status ht_apply_proxy_path(struct ht_config *config, const struct ht_option_use *use,
                                   struct ht_error *error)
{
    (void)error;
    ht_settings_put(config, (struct ht_setting){.option = use->row->option,
                                                .type = HT_SETTING_TEXT,
                                                .text = use->value,
                                                .number = 1,
                                                .flag = use->flag});
    return HT_OK;
}

/* --capath, --crlfile: for the proxy as well, unless it has a path of its own. */
enum ht_status ht_apply_both_paths(struct ht_config *config, const struct ht_option_use *use,
                                   struct ht_error *error)
{
    (void)error;
    const char *proxy = ht_arena_printf(config->memory->arena, "PROXY_%s", use->row->option);
    const struct ht_setting *own = ht_settings_find(&config->group->settings, proxy);
    ht_put_text(config, use, use->row->option, use->value);
    if (!own || !own->number)
        ht_put_text(config, use, proxy, use->value);
    return HT_OK;
}

/* Only one socket can be the way. */
enum ht_status ht_apply_unix_socket(struct ht_config *config, const struct ht_option_use *use,
                                    struct ht_error *error)
{
    (void)error;
    ht_settings_drop(config, "UNIX_SOCKET_PATH");
    ht_settings_drop(config, "ABSTRACT_UNIX_SOCKET");
    ht_put_text(config, use, use->row->option, use->value);
    return HT_OK;
}

const char *ht_proxy_named(const struct ht_config *config, const char *proxy)
{
    static const char *const schemes[][2] = {{"CURLPROXY_SOCKS4", "socks4"},
                                             {"CURLPROXY_SOCKS4A", "socks4a"},
                                             {"CURLPROXY_SOCKS5", "socks5"},
                                             {"CURLPROXY_SOCKS5_HOSTNAME", "socks5h"}};
    if (!proxy || !config->group->proxy_kind || strstr(proxy, "://"))
        return proxy;
    for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++)
        if (strcmp(config->group->proxy_kind->symbol, schemes[i][0]) == 0)
            return ht_arena_printf(config->memory->arena, "%s://%s", schemes[i][1], proxy);
    return proxy;
}
