/* SPDX-License-Identifier: MIT */
/* The table of options: takes the rows' arrays, gives them ordered by name, and finds one by name or letter.
 */
#include "options/table.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define MAX_ROWS    512u
#define KNOWN_MAJOR 7 /* the curl whose abbreviations hold */
#define KNOWN_MINOR 88

static const struct ht_option *const arrays[] = {
    ht_rows_auth,   ht_rows_body,      ht_rows_connection, ht_rows_dns,     ht_rows_ftp,
    ht_rows_gate,   ht_rows_http,      ht_rows_other,      ht_rows_output,  ht_rows_own,
    ht_rows_proxy,  ht_rows_proxy_tls, ht_rows_report,     ht_rows_request, ht_rows_retry,
    ht_rows_socket, ht_rows_tls,       ht_rows_told,       ht_rows_url};

static const struct ht_category categories[] = {
    {HT_CATEGORY_IMPORTANT, "important", "What most people need"},
    {HT_CATEGORY_TRACE, "trace", "What the trace shows and where it goes"},
    {HT_CATEGORY_OUTPUT, "output", "The response body and other output"},
    {HT_CATEGORY_HTTP, "http", "The HTTP request"},
    {HT_CATEGORY_POST, "post", "Data to send"},
    {HT_CATEGORY_AUTH, "auth", "Authentication"},
    {HT_CATEGORY_CONNECTION, "connection", "Connections and timeouts"},
    {HT_CATEGORY_DNS, "dns", "Names and addresses"},
    {HT_CATEGORY_PROXY, "proxy", "Proxies"},
    {HT_CATEGORY_TLS, "tls", "TLS and certificates"},
    {HT_CATEGORY_HELP, "help", "Help and generated documentation"},
    {HT_CATEGORY_GATE, "gate", "Findings, checks and exit codes"},
    {HT_CATEGORY_OTHER, "other", "Accepted, but without effect here"},
};

const struct ht_category *ht_option_categories(size_t *count)
{
    *count = sizeof categories / sizeof *categories;
    return categories;
}

static int by_name(const void *left, const void *right)
{
    const struct ht_option *const *a = left, *const *b = right;
    return strcmp((*a)->name, (*b)->name);
}

const struct ht_option *const *ht_option_rows(size_t *count)
{
    static const struct ht_option *rows[MAX_ROWS];
    static size_t filled;
    if (!filled) {
        for (size_t i = 0; i < sizeof arrays / sizeof *arrays; i++)
            for (const struct ht_option *row = arrays[i]; row->name && filled < MAX_ROWS; row++)
                rows[filled++] = row;
        qsort(rows, filled, sizeof *rows, by_name);
    }
    *count = filled;
    return rows;
}

const struct ht_option *ht_option_by_letter(char letter)
{
    static const struct ht_option *letters[UCHAR_MAX + 1];
    static bool filled;
    size_t count;
    const struct ht_option *const *rows = ht_option_rows(&count);
    for (size_t i = 0; !filled && i < count; i++)
        if (rows[i]->letter)
            letters[(unsigned char)rows[i]->letter] = rows[i];
    filled = true;
    return letters[(unsigned char)letter];
}

bool ht_option_is_newer(const struct ht_option *row)
{
    char *rest;
    if (row->flags & HT_OPTION_OURS)
        return false;
    long major = strtol(row->since, &rest, 10);
    return major > KNOWN_MAJOR || (major == KNOWN_MAJOR && strtol(rest + 1, NULL, 10) > KNOWN_MINOR);
}

/* The first of the rows that begin with `name`, or what would follow them. */
static size_t first_with(const struct ht_option *const *rows, size_t count, const char *name, size_t len)
{
    size_t low = 0, high = count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (strncasecmp(rows[middle]->name, name, len) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Of the rows that begin with `name`, how many there are and the last of them. */
static size_t abbreviated(const struct ht_option *const *at, const struct ht_option *const *end,
                          const char *name, bool newer, const struct ht_option **hit)
{
    size_t hits = 0, len = strlen(name);
    for (; at < end && strncasecmp((*at)->name, name, len) == 0; at++) {
        if ((*at)->flags & HT_OPTION_OURS || ht_option_is_newer(*at) != newer)
            continue;
        *hit = *at;
        hits++;
    }
    return hits;
}

const struct ht_option *ht_option_by_name(const char *name, bool *ambiguous)
{
    size_t count, len = strlen(name);
    const struct ht_option *const *rows = ht_option_rows(&count), *hit = NULL;
    size_t first = len ? first_with(rows, count, name, len) : count;
    *ambiguous = false;
    /* The shortest of those that begin with it comes first. */
    if (first < count && strcasecmp(rows[first]->name, name) == 0)
        return rows[first];
    size_t hits = abbreviated(rows + first, rows + count, name, false, &hit);
    if (!hits)
        hits = abbreviated(rows + first, rows + count, name, true, &hit);
    *ambiguous = hits > 1;
    return hits == 1 ? hit : NULL;
}

const char *ht_option_spelling(const struct ht_option *row)
{
    static char negated[MAX_ROWS][64];
    if (!(row->flags & HT_OPTION_ON))
        return row->name;
    size_t count, at = 0;
    const struct ht_option *const *rows = ht_option_rows(&count);
    while (at + 1 < count && rows[at] != row)
        at++;
    memcpy(negated[at], "no-", 3);
    strncpy(negated[at] + 3, row->name, sizeof negated[at] - 4);
    return negated[at];
}
