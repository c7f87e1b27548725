/* SPDX-License-Identifier: MIT */
/* Gives a temporary file without a name, in TMPDIR or where the system keeps such files (file-hierarchy(7)).
 */
#include "base/temporary.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

/* Where the file system has no O_TMPFILE the name is taken away at once. */
static int open_unnamed(const char *dir)
{
    int fd = open(dir, O_TMPFILE | O_RDWR | O_EXCL | O_CLOEXEC, 0600);
    if (fd >= 0)
        return fd;
    char name[4096];
    if (snprintf(name, sizeof name, "%s/httptrace-XXXXXX", dir) >= (int)sizeof name) {
        errno = ENAMETOOLONG;
        return -1;
    }
    fd = mkostemp(name, O_CLOEXEC);
    if (fd >= 0)
        unlink(name);
    return fd;
}

FILE *ht_temporary_open(void)
{
    /* /tmp may be memory. */
    const char *dirs[] = {getenv("TMPDIR"), "/var/tmp", "/tmp", "."};
    int fd = -1;
    for (size_t i = 0; fd < 0 && i < sizeof dirs / sizeof *dirs; i++)
        if (dirs[i] && *dirs[i])
            fd = open_unnamed(dirs[i]);
    FILE *file = fd < 0 ? NULL : fdopen(fd, "w+");
    if (!file && fd >= 0) {
        int saved_errno = errno;
        close(fd);
        errno = saved_errno;
    }
    return file;
}
