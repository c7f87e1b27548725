/* SPDX-License-Identifier: MIT */
/* Takes command lines as one string, gives what became of them as another. */
#include "dump.h"

#include "base/arena.h"

#include <stdlib.h>

#define MAX_WORDS 64

struct ht_job dump_jobs[DUMP_JOBS];
size_t dump_job_count;

/* Jobs live until the next command is parsed; their source does not, and does not need to. */
static void take_jobs(const struct ht_command *command)
{
    static void (*release)(void *ctx, struct ht_job *job);
    struct ht_error error = {0};
    struct ht_job_source *source = command->source;
    for (size_t i = 0; i < dump_job_count; i++)
        release(NULL, &dump_jobs[i]);
    dump_job_count = 0;
    while (source && dump_job_count < DUMP_JOBS &&
           source->next(source->ctx, &dump_jobs[dump_job_count], &error) == HT_JOB_READY) {
        release = source->release;
        dump_job_count++;
    }
}

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
    take_jobs(command);
    return status;
}

static bool is_default(const struct ht_setting *setting)
{
    return strcmp(setting->flag, "default") == 0;
}

void dump_settings(struct ht_sink *out, const struct ht_command *command)
{
    for (size_t i = 0; i < command->operations->setting_count; i++) {
        const struct ht_setting *setting = &command->operations->settings[i];
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
    static const char *const names[] = {"http_proxy",      "HTTP_PROXY", "https_proxy",    "HTTPS_PROXY",
                                        "all_proxy",       "ALL_PROXY",  "no_proxy",       "NO_PROXY",
                                        "XDG_CONFIG_HOME", "HOME",       "CURL_CA_BUNDLE", "SSL_CERT_DIR",
                                        "SSL_CERT_FILE",   "COLUMNS"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        unsetenv(names[i]);
}
