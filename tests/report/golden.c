/* SPDX-License-Identifier: MIT */
/* Takes a text and a name, compares it with the file of that name. */
#include "unit.h"

#include "base/arena.h"
#include "report/golden.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char *read_all(const char *path, size_t *len)
{
    FILE *file = fopen(path, "rb");
    size_t size = 1u << 20;
    char *text = ht_malloc(size);
    if (!file)
        fail_msg("%s does not exist", path);
    *len = fread(text, 1, size - 1, file);
    fclose(file);
    text[*len] = '\0';
    return text;
}

static void write_all(const char *path, const char *text, size_t len)
{
    FILE *file = fopen(path, "wb");
    if (!file || fwrite(text, 1, len, file) != len || fclose(file) != 0)
        fail_msg("cannot write %s", path);
}

void golden_check(const char *name, const char *text, size_t len)
{
    char path[4096];
    size_t wanted_len = 0;
    snprintf(path, sizeof path, "%s/%s", HT_GOLDEN, name);
    if (getenv("HT_GOLDEN_UPDATE"))
        write_all(path, text, len);
    char *wanted = read_all(path, &wanted_len);
    bool same = wanted_len == len && memcmp(wanted, text, len) == 0;
    if (!same)
        print_error("%s: wanted\n%s\n-- got\n%.*s\n", name, wanted, (int)len, text);
    free(wanted);
    assert_true(same);
}
