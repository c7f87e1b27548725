/* SPDX-License-Identifier: MIT */
/*
 * Jobs: what the command line asks for, in a form that names libcurl's options without including libcurl. The
 * command line's rows make settings, the tap applies them by name.
 */
#ifndef HTTPTRACE_JOB_H
#define HTTPTRACE_JOB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum ht_setting_type {
    HT_SETTING_LONG,   /* number */
    HT_SETTING_OFFSET, /* number, as curl_off_t */
    HT_SETTING_TEXT,   /* text, NUL-terminated */
    HT_SETTING_LIST,   /* text is one more entry of the option's list (struct curl_slist) */
    HT_SETTING_SYMBOL, /* text names a constant of libcurl: "CURL_HTTP_VERSION_2TLS" */
    HT_SETTING_BITS,   /* as SYMBOL, or'ed to what earlier settings of the same option gave */
    HT_SETTING_BLOB    /* text and number bytes: data that may hold NUL; borrowed: they live as long as the job */
};

/* One option of libcurl by its name without "CURLOPT_". A later setting of the same option replaces an
 * earlier one. */
struct ht_setting {
    const char *option;
    enum ht_setting_type type;
    int64_t number;
    const char *text;
    const char *flag; /* the user's own spelling, for error messages: "--http3" */
};

/* One URL to trace. All memory belongs to the command line and outlives the run. */
struct ht_job {
    const char *url;
    const struct ht_setting *settings;
    size_t setting_count;
    const char *method; /* for the report: what -X, -I, -d lead to; "GET" else */
    const char
        *output; /* NULL: discard the body; "-": standard output; else a file, made whole or not at all */
    bool include_head; /* -i: heads go before the body */
    bool insecure, http2_wanted;
    const char *proxy;         /* as the user or the environment gave it; NULL: none */
    const char *host_override; /* comma-separated --resolve and --connect-to values, or NULL */
    const char *unix_socket;
};

#endif
