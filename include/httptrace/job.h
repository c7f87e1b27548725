/* SPDX-License-Identifier: MIT */
/*
 * Jobs: what the command line asks for, in a form that names libcurl's options without including libcurl. The
 * command line's rows make operations and settings, a source gives one job per URL as there is room for it,
 * and the rooms that know libcurl (fetch, tap) carry them out.
 */
#ifndef HTTPTRACE_JOB_H
#define HTTPTRACE_JOB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* ---- libcurl's options ---- */
enum ht_setting_type {
    HT_SETTING_LONG,   /* number */
    HT_SETTING_OFFSET, /* number, as curl_off_t */
    HT_SETTING_TEXT,   /* text, NUL-terminated */
    HT_SETTING_LIST,   /* text is one more entry of the option's list (struct curl_slist) */
    HT_SETTING_SYMBOL, /* text names a constant of libcurl: "CURL_HTTP_VERSION_2TLS" */
    HT_SETTING_BITS,   /* as SYMBOL, or'ed to what earlier settings of the same option gave */
    HT_SETTING_BLOB, /* text and number bytes: data that may hold NUL; borrowed: they live as long as the job
                      */
    HT_SETTING_DATE  /* text is a date as curl_getdate(3) reads it; what it cannot read is left out */
};

/* One option of libcurl by its name without "CURLOPT_". A later setting of the same option replaces an
 * earlier one. */
struct ht_setting {
    const char *option;
    enum ht_setting_type type;
    int64_t number;
    const char *text;
    const char *flag;   /* the user's own spelling, for error messages: "--http3" */
    bool may_be_absent; /* a libcurl that was built without it does without, as with the curl tool */
};

/* ---- a multipart/form-data body (-F), RFC 7578 ---- */
enum ht_part_kind {
    HT_PART_TEXT,     /* data is the value */
    HT_PART_FILE,     /* data is a file's path, "-" standard input; sent with a file name */
    HT_PART_CONTENTS, /* data is a file's path, "-" standard input; sent as a plain value */
    HT_PART_MULTIPLE  /* the parts below this one, multipart/mixed unless type says otherwise */
};

/* Standard input as the data of a part: what was read of it or, where it is a file and `bytes` NULL, which
 * piece of descriptor 0. */
struct ht_form_input {
    const char *bytes;
    int64_t offset_bytes, size_bytes;
};

struct ht_form_part {
    struct ht_form_part *next, *parts;
    enum ht_part_kind kind;
    const char *name, *data;           /* either may be NULL */
    const struct ht_form_input *input; /* of a file that is "-"; else NULL */
    const char *file_name, *content_type, *encoder;
    const char *const *headers; /* each "Name: value" */
    size_t header_count;
};

/* ---- where an answer goes ---- */
struct ht_output_rules {
    bool include_head;       /* -i, -I: heads go before the body */
    bool remote_header_name; /* -J */
    bool create_dirs, clobber, no_clobber, skip_existing, remote_time, remove_on_error, xattr;
    bool fail_with_body;
    bool is_resumed;         /* -C: appended to what is there */
    unsigned create_mode;    /* --create-file-mode */
    const char *dir;         /* --output-dir */
    const char *dump_header; /* -D; "-": standard output, "%": standard error */
    const char *etag_save;
    const char *write_out; /* -w, its @file already read; NULL: none */
    const char *program;   /* how messages about it begin: "httptrace", or "curl" where called so */
    bool styled;           /* heads on a terminal are shown with bold names */
    bool silent;           /* -s: what is left out is not told */
};

struct ht_retry_rules {
    int64_t times, delay_ms, max_time_ms; /* delay 0: 1 s, doubled each time */
    bool connection_refused, all_errors;
};

/* What the program itself tells a socket before it connects. */
struct ht_socket_rules {
    bool sets_tos, sets_priority, mptcp;
    int tos, priority;
};

/* The distributed trace that transfers join (W3C Trace Context), and what an answer is expected to carry
 * back. */
struct ht_trace_rules {
    const char *id;     /* trace-id, 32 hex digits; NULL: no `traceparent` is sent but the user's own */
    const char *parent; /* parent-id of the caller's span, 16 hex digits; NULL: none */
    const char *flags;  /* trace-flags, 2 hex digits */
    const char *echo;   /* --echo-header: the field that has to come back; NULL: none */
};

/* What all URLs between two --next share. */
struct ht_operation {
    const struct ht_operation *next;
    const struct ht_setting *settings;
    size_t setting_count;
    const struct ht_form_part *form;
    const char *query; /* appended to the query of every URL (-G, --url-query), already encoded; NULL: none */
    const char *method; /* for the report: what -X, -I, -d lead to; "GET" else. An upload makes it PUT */
    struct ht_output_rules output;
    struct ht_retry_rules retry;
    struct ht_socket_rules sockets;
    struct ht_trace_rules trace;
    bool resume_at_end; /* -C -: from the length of the output file, or of what is to be uploaded */
    bool custom_method; /* -X gave `method` */
    bool draws_bar;     /* -#: how far a transfer is, on standard error */
    bool insecure, http2_wanted;
    const char *host_override; /* comma-separated --resolve and --connect-to values, or NULL */
    const char *unix_socket;
};

/* ---- one URL to trace ---- */
struct ht_job {
    const struct ht_operation *operation;
    const char *url; /* globs expanded; scheme, query and upload name are completed by ht_fetch_url() */
    const char
        *output;   /* NULL: discard the body; "-": standard output; else a file. #1 and so on are expanded */
    bool is_first; /* of its operation's URLs */
    bool by_default;    /* `output` is "-" as nothing was said: a terminal is spared what is no text */
    bool remote_name;   /* -O: the file is named like the URL's last path segment */
    const char *upload; /* -T: a file, "-" or "." (not waiting) standard input; NULL: none */
    const char *proxy;  /* as the user or the environment gave it; NULL: none */
    int64_t number;     /* of the URL in the run, from 0: what -w calls urlnum */
    void *memory;       /* the source's own */
};

enum ht_job_state {
    HT_JOB_READY, /* *out is the next job */
    HT_JOB_LATER, /* none yet: wait for `fd` (-1: none) or `wait_us` */
    HT_JOB_END,   /* there are no more */
    HT_JOB_FAILED /* the list itself is broken: *error says how, exit_code what the run ends with */
};

struct ht_error;

/* Gives jobs one by one, so that only those under way are in memory. */
struct ht_job_source {
    void *ctx;
    enum ht_job_state (*next)(void *ctx, struct ht_job *out, struct ht_error *error);
    void (*release)(void *ctx, struct ht_job *job); /* a job given by `next` is over */
    int fd;          /* of a list that is still being written (a pipe); -1: none */
    int64_t wait_us; /* after HT_JOB_LATER: how long at most */
};

/* ---- what is told of all transfers beside the reports: --trace, --trace-ascii, --libcurl ---- */
struct ht_dump_rules {
    const char *path; /* NULL: none; "-": standard output, "%": standard error */
    bool ascii, times, ids;
    bool lines;              /* what -v of the curl tool writes, neither of the two */
    const char *source_code; /* the file that --libcurl names; "-": standard output; NULL: none */
    bool silent, verbose;    /* -s and -v, which are part of that source */
    const char *components;  /* --trace-config, for curl_global_trace(); NULL: none */
};

#endif
