/* SPDX-License-Identifier: MIT */
/* Takes command lines as one string, gives what became of them as another. */
#include "dump.h"

#include "base/arena.h"

#include <stdlib.h>

#define MAX_WORDS 64

enum ht_status dump_parse(const char *words, struct ht_command *command, struct ht_error *error)
{
    char *copy = ht_strdup(words), *argv[MAX_WORDS + 1] = {(char[]){"httptrace"}}, *at = copy;
    int argc = 1;
    while (at && *words && argc < MAX_WORDS) {
        argv[argc++] = at;
        at = strchr(at, '|');
        if (at)
            *at++ = '\0';
    }
    enum ht_status status = ht_options_parse(argc, argv, command, error);
    free(copy);
    return status;
}

static bool is_default(const struct ht_setting *setting)
{
    return strcmp(setting->flag, "default") == 0;
}

void dump_settings(struct ht_sink *out, const struct ht_command *command)
{
    const struct ht_job *job = &command->jobs[0];
    for (size_t i = 0; i < job->setting_count; i++) {
        const struct ht_setting *setting = &job->settings[i];
        if (is_default(setting))
            continue;
        ht_sink_puts(out, setting->option);
        if (setting->type == HT_SETTING_LONG || setting->type == HT_SETTING_OFFSET)
            ht_sink_printf(out, "=%lld;", (long long)setting->number);
        else if (setting->type == HT_SETTING_BLOB)
            ht_sink_printf(out, "=[%lld]%s;", (long long)setting->number, setting->text);
        else
            ht_sink_printf(out, "%s%s;",
                           setting->type == HT_SETTING_LIST   ? "+="
                           : setting->type == HT_SETTING_BITS ? "|="
                                                              : "=",
                           setting->text);
    }
}

void dump_clear_environment(void)
{
    static const char *const names[] = {"http_proxy",     "HTTP_PROXY",   "https_proxy",   "HTTPS_PROXY",
                                        "all_proxy",      "ALL_PROXY",    "no_proxy",      "NO_PROXY",
                                        "CURL_CA_BUNDLE", "SSL_CERT_DIR", "SSL_CERT_FILE", "COLUMNS"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        unsetenv(names[i]);
}
