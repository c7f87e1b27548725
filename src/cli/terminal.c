/* SPDX-License-Identifier: MIT */
/* Takes a file descriptor and the environment, gives colour, width and character set of a report. */
#include "cli/terminal.h"

#include "record/record.h"
#include "rules/rules.h"

#include <langinfo.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define NARROWEST 40
#define WIDEST    200

static int clamp(long width)
{
    return width < NARROWEST ? NARROWEST : (width > WIDEST ? WIDEST : (int)width);
}

static int width_of(int fd)
{
    const char *columns = getenv("COLUMNS");
    struct winsize size;
    char *end = NULL;
    long asked = columns ? strtol(columns, &end, 10) : 0;
    if (asked > 0 && *end == '\0')
        return clamp(asked);
    if (ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
        return clamp(size.ws_col);
    return 80;
}

static bool wants_color(int fd)
{
    const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");
    return isatty(fd) && !(no_color && *no_color) && term && strcmp(term, "dumb") != 0;
}

void ht_terminal_fill(struct ht_report_options *options, int fd)
{
    options->color = wants_color(fd);
    options->width = width_of(fd);
    options->unicode = strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
    options->pretty = isatty(fd);
}

struct ht_report_options ht_terminal_options(const struct ht_command *command, int fd)
{
    struct ht_report_options options = {
        .show_secrets = command->show_secrets,
        .bodies = command->har_bodies,
        .timeline = command->timeline || command->verbose > 0,
        .several = command->several ||
                   (command->kind == HT_COMMAND_READ && ht_record_is_of_several(command->read_path)),
        .capture_max = command->capture_max,
        .category = command->sarif_category,
        .catalogue = ht_rules_usual,
        .least = command->verbose ? HT_SEVERITY_INFO : HT_SEVERITY_NOTICE};
    options.service_name = getenv("OTEL_SERVICE_NAME");
    if (command->fail_on >= 0) {
        options.gated = true;
        options.fail_on = (enum ht_severity)command->fail_on;
    }
    ht_terminal_fill(&options, fd);
    if (command->ci)
        options.color = options.unicode = options.pretty = false;
    return options;
}
