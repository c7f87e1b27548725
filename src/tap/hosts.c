/* SPDX-License-Identifier: MIT */
/* The hosts file: takes a name and its addresses, tells whether the file has them (hosts(5)). */
#include "tap/hosts.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>

#define BLANKS       " \t\r\n"
#define FILE_BYTES   (8L * 1024L * 1024L) /* of a hosts file that are read: block lists are long */
#define ADDRESS_MOST 64

/* The addresses asked about, and which of them the file had. */
struct wanted {
    unsigned char bytes[ADDRESS_MOST][16];
    int family[ADDRESS_MOST];
    bool found[ADDRESS_MOST];
    size_t count;
};

static int parse(const char *text, unsigned char bytes[16])
{
    memset(bytes, 0, 16);
    if (inet_pton(AF_INET, text, bytes) == 1)
        return AF_INET;
    return inet_pton(AF_INET6, text, bytes) == 1 ? AF_INET6 : 0;
}

static bool fill(struct wanted *wanted, struct ht_span addresses)
{
    for (size_t at = 0; at < addresses.len;) {
        char text[INET6_ADDRSTRLEN] = "";
        size_t end = at;
        while (end < addresses.len && addresses.data[end] != ',')
            end++;
        if (wanted->count == ADDRESS_MOST || end - at >= sizeof text)
            return false;
        memcpy(text, addresses.data + at, end - at);
        wanted->family[wanted->count] = parse(text, wanted->bytes[wanted->count]);
        wanted->count++;
        at = end + 1;
    }
    return wanted->count > 0;
}

static void mark(struct wanted *wanted, const char *address)
{
    unsigned char bytes[16];
    int family = parse(address, bytes);
    for (size_t i = 0; i < wanted->count && family; i++)
        wanted->found[i] |= wanted->family[i] == family && memcmp(wanted->bytes[i], bytes, 16) == 0;
}

static void take_line(struct wanted *wanted, char *line, const char *host)
{
    line[strcspn(line, "#")] = '\0';
    char *rest = NULL;
    const char *address = strtok_r(line, BLANKS, &rest);
    for (const char *name; address && (name = strtok_r(NULL, BLANKS, &rest)) != NULL;) {
        if (ht_span_ieq_str(ht_span_str(name), host))
            mark(wanted, address);
    }
}

bool ht_tap_hosts_has(const char *path, const char *host, struct ht_span addresses)
{
    struct wanted wanted = {.count = 0};
    FILE *file = fill(&wanted, addresses) ? fopen(path, "re") : NULL;
    if (file == NULL)
        return false;
    char *line = NULL;
    size_t size = 0;
    while (ftell(file) < FILE_BYTES && getline(&line, &size, file) >= 0)
        take_line(&wanted, line, host);
    free(line);
    fclose(file);
    for (size_t i = 0; i < wanted.count; i++) {
        if (!wanted.found[i])
            return false;
    }
    return true;
}
