/* SPDX-License-Identifier: MIT */
/* Takes a command line, prints what --help or --generate would, or the settings of its first job, one per
 * line.
 */
#include "options/options.h"

#include <stdio.h>

static void print_setting(const struct ht_setting *setting)
{
    printf("%s\t", setting->option);
    if (setting->type == HT_SETTING_LONG || setting->type == HT_SETTING_OFFSET)
        printf("%lld\n", (long long)setting->number);
    else
        printf("%s\n", setting->text);
}

int main(int argc, char **argv)
{
    struct ht_command command;
    struct ht_error error = {0};
    if (ht_options_parse(argc, argv, &command, &error) != HT_OK) {
        fprintf(stderr, "%s\n", error.text);
        return error.exit_code;
    }
    if (command.text)
        fputs(command.text, stdout);
    for (size_t i = 0; command.operations && i < command.operations->setting_count; i++)
        print_setting(&command.operations->settings[i]);
    ht_command_clear(&command);
    return 0;
}
