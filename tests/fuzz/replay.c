/* SPDX-License-Identifier: MIT */
/* Replays a corpus: takes directories, feeds each of their files to the fuzz target. Fails where there is
 * none. */
#include "fuzz.h"

#include <dirent.h>
#include <string.h>

/* A copy of the exact size, so that AddressSanitizer sees a read past its end. */
static uint8_t *read_whole(const char *path, size_t *size)
{
    FILE *file = fopen(path, "rb");
    if (!file || fseek(file, 0, SEEK_END) != 0) {
        perror(path);
        exit(1);
    }
    long len = ftell(file);
    rewind(file);
    uint8_t *bytes = malloc(len > 0 ? (size_t)len : 1);
    *size = bytes && len > 0 ? fread(bytes, 1, (size_t)len, file) : 0;
    fclose(file);
    return bytes;
}

static size_t replay(const char *directory)
{
    size_t count = 0;
    DIR *dir = opendir(directory);
    if (!dir) {
        perror(directory);
        return 0;
    }
    for (struct dirent *entry; (entry = readdir(dir));) {
        if (entry->d_name[0] == '.')
            continue;
        char path[4096];
        size_t size = 0;
        snprintf(path, sizeof path, "%s/%s", directory, entry->d_name);
        uint8_t *bytes = read_whole(path, &size);
        fprintf(stderr, "%s, %zu bytes\n", entry->d_name, size);
        LLVMFuzzerTestOneInput(bytes, size);
        free(bytes);
        count++;
    }
    closedir(dir);
    return count;
}

int main(int argc, char **argv)
{
    size_t count = 0;
    for (int i = 1; i < argc; i++)
        count += replay(argv[i]);
    printf("%zu inputs\n", count);
    return count ? 0 : 1;
}
