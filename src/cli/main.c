/* SPDX-License-Identifier: MIT */
/* httptrace: command line in, reports out, libcurl's exit code. */
#include "options/options.h"
#include "cli/run.h"
#include "tap/tap.h"

#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define EXIT_USAGE 2

static enum ht_status print(const struct ht_command *command, struct ht_error *error)
{
    fputs(command->text, stdout);
    if (command->kind == HT_COMMAND_VERSION)
        fputs(ht_tap_versions(command->as_curl), stdout);
    if (fflush(stdout) != 0)
        return ht_fail(error, HT_ERR_IO, "cannot write to standard output");
    return HT_OK;
}

/* --stderr: from here on standard error is that file. */
static enum ht_status turn_stderr(const struct ht_command *command, struct ht_error *error)
{
    const char *path = command->stderr_path;
    if (path == NULL)
        return HT_OK;
    bool is_stdout = strcmp(path, "-") == 0;
    int fd = is_stdout ? STDOUT_FILENO : open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (fd < 0 || dup2(fd, STDERR_FILENO) < 0)
        return ht_fail(error, HT_ERR_IO, "option --stderr: cannot write %s: %s", path, strerror(errno));
    if (!is_stdout)
        close(fd);
    return HT_OK;
}

static enum ht_status act(const struct ht_command *command, int *exit_code, struct ht_error *error)
{
    if (turn_stderr(command, error) != HT_OK)
        return error->status;
    if (command->notes)
        fputs(command->notes, stderr);
    if (command->kind == HT_COMMAND_PRINT || command->kind == HT_COMMAND_VERSION)
        return print(command, error);
    return ht_run(command, exit_code, error);
}

/* A stream that came closed would give its number to the next socket. Opened for reading, standard input is
 * empty and writing to the others fails as before. */
static void occupy_streams(void)
{
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", O_RDONLY) != fd)
            _exit(2);
}

/* Called as curl, in its form: what is wrong with the command line has no number. */
static void tell(const struct ht_error *error, bool as_curl)
{
    if (!as_curl)
        fprintf(stderr, "httptrace: %s\n", error->text);
    else if (error->exit_code == EXIT_USAGE)
        fprintf(stderr, "curl: %s\ncurl: try 'curl --help' for more information\n", error->text);
    else
        fprintf(stderr, "curl: (%d) %s\n", error->exit_code, error->text);
}

int main(int argc, char **argv)
{
    struct ht_command command = {0};
    struct ht_error error = {0};
    bool as_curl = ht_called_as_curl(argc, argv);
    int exit_code = 0;
    occupy_streams();
    setlocale(LC_CTYPE, "");
    enum ht_status status = ht_options_parse(argc, argv, &command, &error);
    if (status == HT_OK)
        status = act(&command, &exit_code, &error);
    ht_command_clear(&command);
    if (status != HT_OK) {
        tell(&error, as_curl);
        return error.exit_code;
    }
    return exit_code;
}
