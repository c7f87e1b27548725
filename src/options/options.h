/* SPDX-License-Identifier: MIT */
/* The command line: argv to jobs and what to do with their traces. */
#ifndef HT_CLI_OPTIONS_H
#define HT_CLI_OPTIONS_H

#include "base/error.h"
#include "expect/expect.h"

#include <signal.h>

#include <httptrace/job.h>

/* What a gate that the user asked for makes of the exit code. */
#define HT_EXIT_FINDING     100               /* a finding at or above --fail-on */
#define HT_GAVE_UP          "gave up early: " /* how the error text begins of what --give-up-early ended */
#define HT_PARALLEL_DEFAULT 50                /* as the curl tool */
#define HT_EXIT_EXPECT      101               /* an --expect did not hold */
#define HT_EXIT_INTERRUPTED (128 + SIGINT)    /* a signal ended the run, as shells have it */

struct ht_format;

enum ht_command_kind {
    HT_COMMAND_TRACE,  /* run the jobs */
    HT_COMMAND_READ,   /* read a record */
    HT_COMMAND_PRINT,  /* --help, ...: print `text` and end */
    HT_COMMAND_VERSION /* print ht_tap_versions() and end */
};

enum ht_report_place {
    HT_REPORT_STREAM, /* standard output, or standard error where something else has that */
    HT_REPORT_FILE,
    HT_REPORT_URL
};

/* A report that was asked for, or that is always made. */
struct ht_report_request {
    const struct ht_format *format;
    const char *target; /* of a file or a URL; else NULL */
    enum ht_report_place place;
    bool on_stderr;   /* HT_REPORT_STREAM: there whatever standard output has */
    bool append;      /* HT_REPORT_FILE: what the file has stays */
    bool create_dirs; /* HT_REPORT_FILE: the directories that lead to it are made */
    bool is_summary;  /* with `append`: the summary of a job, which nobody asked for by name */
    struct ht_report_request *next;
};

/* Owned by whoever called ht_options_parse; freed by ht_command_clear. */
struct ht_command {
    enum ht_command_kind kind;
    char *text; /* HT_COMMAND_PRINT; "" with HT_COMMAND_VERSION */
    const char
        *notes; /* for standard error, as it is: what was accepted and has no effect, a line each; or NULL */
    const struct ht_operation *operations; /* linked */
    struct ht_job_source *source;          /* of their URLs */
    int64_t pace_us; /* --rate: the least time between the starts of two transfers; 0: none */
    bool fail_early;
    bool as_curl, silent, show_error; /* called as curl: reports are on standard error, and -s hides them */
    const char *stderr_path;          /* what standard error becomes; "-": standard output; NULL: itself */
    bool several;                     /* URLs, or so many that nobody knows */
    int64_t total;                    /* URLs in all; -1: nobody knows */
    bool stdout_taken;                /* something other than the report is written there */
    int verbose;                      /* 0 to 3 */
    bool json;                        /* the stream's report is that */
    const struct ht_report_request *reports; /* linked */
    bool timeline, show_secrets, har_bodies;
    int64_t capture_max;        /* bytes; 0: not said */
    const char *sarif_category; /* NULL: not said */
    bool progress_bar;          /* -# */
    bool unreported;            /* called as curl, without the progress meter in whose place reports are */
    bool quiet;       /* no text report that nobody asked for: a line for each transfer that failed */
    bool no_progress; /* no line on a terminal that tells how far it is */
    bool dry;         /* show the requests, send nothing */
    bool curl;        /* with HT_COMMAND_READ: print what was recorded as curl commands */
    struct ht_dump_rules dump;
    const char *record_path, *read_path;
    bool ci;     /* plain text alone: what is printed ends in a log */
    int fail_on; /* the least severity (enum ht_severity) that makes the exit code HT_EXIT_FINDING; -1: none
                  */
    const char *const *ignore; /* globs of codes */
    size_t ignore_count;
    int64_t slow_us[HT_PHASE_COUNT]; /* --warn-slow, by phase; 0: none */
    const struct ht_expect *expects; /* linked */
    bool give_up_early, parallel;
    size_t parallel_max;             /* with `parallel`, transfers under way at a time */
    size_t parallel_max_host;        /* connections to one host, 0: any number */
    struct ht_option_memory *memory; /* what the pointers point into */
};

/* Reads the command line (and files it names: -H @file, -d @file, -K comes later). HT_ERR_USAGE with one
 * line, and then `out` holds nothing. Words of argv that are a
 * password, or hold one, are overwritten with spaces, so argv must be writable; nothing points into it
 * afterwards. */
HT_MUST_USE enum ht_status ht_options_parse(int argc, char **argv, struct ht_command *out,
                                            struct ht_error *error);
/* Whether the last part of argv[0] is curl. */
bool ht_called_as_curl(int argc, char **argv);
void ht_command_clear(struct ht_command *command);

#endif
