/* SPDX-License-Identifier: MIT */
/* --proto, --proto-redir, --proto-default: takes their uses, gives which of http and https may be used. */
#include "cli/config.h"

#include <string.h>

enum { HTTP = 1, HTTPS = 2 };

/* Every scheme of curl 7.88; ours come first, so that their index is their bit. */
static const char *const schemes[] = {
    "http",   "https", "dict", "file", "ftp",   "ftps", "gopher", "gophers", "imap",   "imaps",
    "ldap",   "ldaps", "mqtt", "pop3", "pop3s", "rtmp", "rtmpe",  "rtmps",   "rtmpt",  "rtmpte",
    "rtmpts", "rtsp",  "scp",  "sftp", "smb",   "smbs", "smtp",   "smtps",   "telnet", "tftp"};

static size_t scheme_of(struct ht_span name)
{
    size_t at = 0;
    while (at < sizeof schemes / sizeof *schemes && !ht_span_ieq_str(name, schemes[at]))
        at++;
    return at;
}

static bool is_scheme(size_t at)
{
    return at < sizeof schemes / sizeof *schemes;
}

/* One name with its modifiers, the last of which counts: "+https", "=all". */
static unsigned modified(struct ht_config *config, const struct ht_option_use *use, struct ht_span word,
                         unsigned set)
{
    char how = '+';
    for (; word.len && strchr("+-=", word.data[0]); word = ht_span_from(word, 1))
        how = (char)word.data[0];
    size_t scheme = scheme_of(word);
    unsigned named = ht_span_ieq_str(word, "all") ? HTTP | HTTPS : scheme < 2 ? 1u << scheme : 0;
    if (!named && !is_scheme(scheme))
        ht_config_note(config, "option %s: there is no protocol \"%s\"", use->flag,
                       ht_value_shown(config->memory->arena, ht_arena_text(config->memory->arena, word)));
    if (how == '-')
        return set & ~named;
    return how == '=' ? named : set | named;
}

static bool has_name(const char *list)
{
    return list[strspn(list, "+-=,")] != '\0';
}

enum ht_status ht_apply_protocols(struct ht_config *config, const struct ht_option_use *use,
                                  struct ht_error *error)
{
    if (!has_name(use->value))
        return ht_value_fail(error, use, "protocols, as in =https or -http");
    unsigned set = HTTP | HTTPS;
    for (const char *at = use->value; *at;) {
        size_t len = strcspn(at, ",");
        if (len)
            set = modified(config, use, ht_span(at, len), set);
        at += len + (at[len] == ',');
    }
    static const char *const texts[] = {NULL, "http", "https", "http,https"};
    const char *numeric = strncmp(use->row->option, "REDIR", 5) == 0 ? "REDIR_PROTOCOLS" : "PROTOCOLS";
    ht_settings_drop(config, numeric);
    ht_settings_drop(config, use->row->option);
    if (set)
        ht_put_text(config, use, use->row->option, texts[set]);
    else /* an empty list is refused as a text */
        ht_put_number(config, use, numeric, 0);
    return HT_OK;
}

enum ht_status ht_apply_proto_default(struct ht_config *config, const struct ht_option_use *use,
                                      struct ht_error *error)
{
    size_t scheme = scheme_of(ht_span_str(use->value));
    if (!is_scheme(scheme)) {
        enum ht_status status = ht_value_fail(error, use, "http or https");
        if (error)
            error->exit_code = 1; /* CURLE_UNSUPPORTED_PROTOCOL, as curl */
        return status;
    }
    ht_put_text(config, use, use->row->option, schemes[scheme]);
    return HT_OK;
}
