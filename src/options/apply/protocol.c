/* SPDX-License-Identifier: MIT */
/* --proto, --proto-redir, --proto-default: takes their uses, gives which schemes may be used. */
#include "options/config.h"

#include <string.h>

/* Every scheme of curl 7.88, in the order of --libcurl; bits of a set are counted along it. */
static const char *const schemes[] = {
    "dict",   "file",  "ftp",  "ftps", "gopher", "gophers", "http",  "https", "imap",   "imaps",
    "ldap",   "ldaps", "mqtt", "pop3", "pop3s",  "rtmp",    "rtmpe", "rtmps", "rtmpt",  "rtmpte",
    "rtmpts", "rtsp",  "scp",  "sftp", "smb",    "smbs",    "smtp",  "smtps", "telnet", "tftp"};

#define SCHEMES (sizeof schemes / sizeof *schemes)
#define ALL     ((UINT32_C(1) << SCHEMES) - 1)

static size_t scheme_of(struct ht_span name)
{
    size_t at = 0;
    while (at < SCHEMES && !ht_span_ieq_str(name, schemes[at]))
        at++;
    return at;
}

/* One name with its modifiers, the last of which counts: "+https", "=all". */
static uint32_t modified(struct ht_config *config, const struct ht_option_use *use, struct ht_span word,
                         uint32_t set)
{
    char how = '+';
    for (; word.len && strchr("+-=", word.data[0]); word = ht_span_from(word, 1))
        how = (char)word.data[0];
    size_t scheme = scheme_of(word);
    uint32_t named = ht_span_ieq_str(word, "all") ? ALL : scheme < SCHEMES ? UINT32_C(1) << scheme : 0;
    if (!named)
        ht_config_note(config, "option %s: there is no protocol \"%s\"", use->flag,
                       ht_value_shown(config->memory->arena, ht_arena_text(config->memory->arena, word)));
    if (how == '-')
        return set & ~named;
    return how == '=' ? named : set | named;
}

static const char *list_of(struct ht_config *config, uint32_t set)
{
    struct ht_sink list = ht_sink(0);
    for (size_t i = 0; i < SCHEMES; i++)
        if (set & UINT32_C(1) << i)
            ht_sink_printf(&list, "%s%s", list.len ? "," : "", schemes[i]);
    const char *text = ht_arena_text(config->memory->arena, ht_span(list.text, list.len));
    ht_sink_free(&list);
    return text;
}

/* What a list begins with: what libcurl allows by itself. */
static uint32_t usual(const struct ht_option_use *use)
{
    static const char *const followed[] = {"http", "https", "ftp", "ftps"};
    uint32_t set = 0;
    if (strcmp(use->row->option, "REDIR_PROTOCOLS_STR") != 0)
        return ALL;
    for (size_t i = 0; i < sizeof followed / sizeof *followed; i++)
        set |= UINT32_C(1) << scheme_of(ht_span_str(followed[i]));
    return set;
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
    uint32_t set = usual(use);
    for (const char *at = use->value; *at;) {
        size_t len = strcspn(at, ",");
        if (len)
            set = modified(config, use, ht_span(at, len), set);
        at += len + (at[len] == ',');
    }
    ht_put_text(config, use, use->row->option, list_of(config, set));
    return HT_OK;
}

enum ht_status ht_apply_proto_default(struct ht_config *config, const struct ht_option_use *use,
                                      struct ht_error *error)
{
    size_t scheme = scheme_of(ht_span_str(use->value));
    if (scheme == SCHEMES) {
        enum ht_status status = ht_value_fail(error, use, "http or https");
        if (error)
            error->exit_code = 1; /* CURLE_UNSUPPORTED_PROTOCOL, as curl */
        return status;
    }
    ht_put_text(config, use, use->row->option, schemes[scheme]);
    return HT_OK;
}
