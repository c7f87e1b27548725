/* SPDX-License-Identifier: MIT */
/* Paths: takes a job and the rules of its operation, gives the name of the file that its answer goes to. */
#include "fetch/path.h"

#include "base/arena.h"
#include "base/sink.h"
#include "fetch/remote_name.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

char *ht_path_in(const struct ht_output_rules *rules, const char *name)
{
    if (!rules->dir || !*rules->dir || strcmp(name, "-") == 0)
        return ht_strdup(name);
    struct ht_sink path = ht_sink(0);
    ht_sink_printf(&path, "%s/%s", rules->dir, name);
    char *text = ht_strdup(ht_sink_text(&path));
    ht_sink_free(&path);
    return text;
}

char *ht_path_that_exists(const struct ht_job *job)
{
    char *remote = job->remote_name ? ht_remote_name_of_url(job->url) : NULL;
    const char *name = job->remote_name ? remote : job->output;
    char *path = name && *name && strcmp(name, "-") != 0 ? ht_path_in(&job->operation->output, name) : NULL;
    struct stat file;
    free(remote);
    if (path && stat(path, &file) == 0)
        return path;
    free(path);
    return NULL;
}
