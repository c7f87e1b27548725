/* SPDX-License-Identifier: MIT */
/* The table of options: takes the rows' arrays, gives them ordered by name, and finds one by name or letter.
 */
#include "cli/table.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define MAX_ROWS 256u

static const struct ht_option *const arrays[] = {ht_rows_connection, ht_rows_gate, ht_rows_http, ht_rows_own,
                                                 ht_rows_tls};

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
    size_t count;
    const struct ht_option *const *rows = ht_option_rows(&count);
    for (size_t i = 0; letter && i < count; i++)
        if (rows[i]->letter == letter)
            return rows[i];
    return NULL;
}

const struct ht_option *ht_option_by_name(const char *name, bool *ambiguous)
{
    size_t count, hits = 0, len = strlen(name);
    const struct ht_option *const *rows = ht_option_rows(&count), *hit = NULL;
    for (size_t i = 0; len && i < count; i++) {
        if (strncasecmp(rows[i]->name, name, len) != 0)
            continue;
        if (!rows[i]->name[len]) {
            *ambiguous = false;
            return rows[i];
        }
        /* An abbreviation means what it means to curl, so options that curl lacks stay out of it. */
        if (rows[i]->flags & HT_OPTION_OURS)
            continue;
        hit = rows[i];
        hits++;
    }
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
