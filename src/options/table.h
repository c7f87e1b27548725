/* SPDX-License-Identifier: MIT */
/* The table of options: one row per option, from which come parsing, help, man page, completions and
 * docs/options.md.
 */
#ifndef HT_CLI_TABLE_H
#define HT_CLI_TABLE_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ht_config;
struct ht_option;

/* Where an option is listed: any number of these, or'ed. */
enum ht_option_category {
    HT_CATEGORY_IMPORTANT = 1 << 0,
    HT_CATEGORY_TRACE = 1 << 1,
    HT_CATEGORY_OUTPUT = 1 << 2,
    HT_CATEGORY_HTTP = 1 << 3,
    HT_CATEGORY_POST = 1 << 4,
    HT_CATEGORY_AUTH = 1 << 5,
    HT_CATEGORY_CONNECTION = 1 << 6,
    HT_CATEGORY_DNS = 1 << 7,
    HT_CATEGORY_PROXY = 1 << 8,
    HT_CATEGORY_TLS = 1 << 9,
    HT_CATEGORY_HELP = 1 << 10,
    HT_CATEGORY_GATE = 1 << 11,
    HT_CATEGORY_OTHER = 1 << 12 /* rows with `ignored` */
};

enum ht_option_flag {
    HT_OPTION_SWITCH = 1 << 0,     /* --no-NAME turns it off */
    HT_OPTION_ON = 1 << 1,         /* a switch that is on by default: --no-NAME is what is documented, and
                                      what the letter means */
    HT_OPTION_OURS = 1 << 2,       /* curl has no such option, or another one: never abbreviated */
    HT_OPTION_REPEATS = 1 << 3,    /* each use adds to the earlier ones */
    HT_OPTION_MAY_TAKE = 1 << 4,   /* the argument is optional: the next word, whatever it is */
    HT_OPTION_TAKES_FILE = 1 << 5, /* for completions: the argument names a file */
    HT_OPTION_TAKES_DIR = 1 << 6,
    HT_OPTION_SECRET = 1 << 7 /* the argument is not to stay visible in the process list */
};

/* One option as it was used. `value` is NULL where the row takes none; everything is borrowed from argv. */
struct ht_option_use {
    const struct ht_option *row;
    const char *flag; /* as it was spelled: "--max-t", "-m", "--no-alpn" */
    char *value;
    const char *next; /* the word after it, or NULL */
    bool on;          /* false: --no-NAME */
};

/* Makes of one use what it means. HT_ERR_USAGE with "option FLAG: ..." where the value will not do. */
typedef enum ht_status ht_option_apply(struct ht_config *config, const struct ht_option_use *use,
                                       struct ht_error *error);

struct ht_option {
    const char *name; /* without the dashes */
    char letter;      /* 0: none */
    const char *argument;
    unsigned categories, flags;
    const char *help;  /* one line, no full stop */
    const char *text;  /* paragraphs for the man page, separated by an empty line */
    const char *since; /* the version that had it first: curl's, or ours with HT_OPTION_OURS */
    ht_option_apply *apply;
    const char *option;  /* libcurl's, without CURLOPT_; NULL where `apply` knows */
    const char *symbol;  /* the constant it is set to, where it is one */
    int64_t least, most; /* of a number */
    bool may_be_absent;  /* a libcurl without it does without */
    const char *ignored; /* why the option has no effect, to go on from a colon: "it is for FTP"; or NULL */
};

/* All rows, ordered by name; static. */
const struct ht_option *const *ht_option_rows(size_t *count);

/* The row of a short letter, or NULL. */
const struct ht_option *ht_option_by_letter(char letter);

/*
 * The row meant by `name`, as curl 7.88 finds it: an exact match in any case, else the only one that begins
 * with it. NULL and *ambiguous for several; NULL for none. Options of ours are never abbreviated, and those
 * of later curls only where no option of 7.88 begins so: what is written for curl means the same here.
 */
const struct ht_option *ht_option_by_name(const char *name, bool *ambiguous);

/* The documented spelling of the row nearest to `name` in edit distance, without dashes ("no-" included), or
 * NULL where none is near. Static. */
const char *ht_option_nearest(const char *name);

/* Whether curl 7.88 lacks the option: it came later. False for ours. */
bool ht_option_is_newer(const struct ht_option *row);

/* How the row is documented, without dashes: "no-alpn" for a switch that is on by default. Static. */
const char *ht_option_spelling(const struct ht_option *row);

/* ---- categories ---- */
struct ht_category {
    enum ht_option_category bit;
    const char *name, *help;
};
const struct ht_category *ht_option_categories(size_t *count);

/* ---- the rows, file by file; each array ends with a row whose name is NULL ---- */
extern const struct ht_option ht_rows_auth[], ht_rows_body[], ht_rows_connection[], ht_rows_dns[],
    ht_rows_ftp[], ht_rows_gate[], ht_rows_http[], ht_rows_other[], ht_rows_output[], ht_rows_own[],
    ht_rows_proxy[], ht_rows_proxy_tls[], ht_rows_report[], ht_rows_request[], ht_rows_retry[],
    ht_rows_socket[], ht_rows_tls[], ht_rows_told[], ht_rows_url[];

#endif
