/* SPDX-License-Identifier: MIT */
/* Takes command lines as one string, gives what became of them as another. */
#include "dump.h"

#include "base/arena.h"

#include <stdlib.h>

#define MAX_WORDS 64

struct ht_job dump_jobs[DUMP_JOBS];
size_t dump_job_count;

/* Their memory lives until the next command is parsed. */
static void take_jobs(const struct ht_command *command)
{
    static void *kept[DUMP_JOBS];
    struct ht_error error = {0};
    for (size_t i = 0; i < DUMP_JOBS; i++) {
        free(kept[i]);
        kept[i] = NULL;
    }
    dump_job_count = 0;
    while (command->source && dump_job_count < DUMP_JOBS &&
           command->source->next(command->source->ctx, &dump_jobs[dump_job_count], &error) == HT_JOB_READY) {
        kept[dump_job_count] = dump_jobs[dump_job_count].memory;
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
    static const char *const names[] = {"http_proxy",     "HTTP_PROXY",   "https_proxy",   "HTTPS_PROXY",
                                        "all_proxy",      "ALL_PROXY",    "no_proxy",      "NO_PROXY",
                                        "CURL_CA_BUNDLE", "SSL_CERT_DIR", "SSL_CERT_FILE", "COLUMNS"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        unsetenv(names[i]);
}
