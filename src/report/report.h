/* SPDX-License-Identifier: MIT */
/* Reports: the trace as text and as JSON, and the live view. */
#ifndef HT_REPORT_REPORT_H
#define HT_REPORT_REPORT_H

#include "base/sink.h"

#include <httptrace/check.h>
#include <httptrace/observer.h>
#include <httptrace/plan.h>

#include <stdio.h>

struct ht_report_options {
    bool show_secrets;
    bool timeline; /* JSON: fill `timeline` */
    bool bodies;   /* HAR: with the bodies that the trace kept */
    bool pretty;   /* JSON: indented; else one line */
    bool color, unicode;
    int width;                     /* of the terminal; 80 where unknown */
    int64_t capture_max;           /* pcapng: bytes of what is captured; 0: its own default */
    int exit_code;                 /* what the process will end with for this transfer */
    bool several;                  /* text: one of several URLs, so each says its own */
    enum ht_severity least;        /* text: findings below it are left out */
    const char *exit_why;          /* harmless; NULL where libcurl's own words say it */
    const struct ht_check *checks; /* of --expect, judged */
    size_t check_count;
    /* Findings of `fail_on` and graver make the run fail; with `gated` false none does. */
    bool gated;
    enum ht_severity fail_on;
    const char
        *interrupted;  /* at the end: what became of several URLs where the run was stopped; else NULL */
    size_t room_bytes; /* markdown: the document's; 0: a comment's */
    const char *service_name; /* OTLP: of the resource; NULL: httptrace */
    const char *category;     /* SARIF: of the analysis; NULL: made from the first URL */
    /* SARIF: fills in the finding of that row of the catalogue, from 0 on, as it usually is, without
     * evidence; false past the last one. NULL: no catalogue is at hand. */
    bool (*catalogue)(size_t index, struct ht_finding *usual);
};

/* Both append one report of a transfer that has ended, or has been stopped; the JSON one ends with a newline.
 */
void ht_report_json(struct ht_sink *out, const struct ht_trace *trace, const struct ht_transfer *transfer,
                    const struct ht_report_options *options);
void ht_report_text(struct ht_sink *out, const struct ht_trace *trace, const struct ht_transfer *transfer,
                    const struct ht_report_options *options);

/*
 * Appends a curl command that sends the like of the transfer's first request, as far as a trace knows it, and
 * a newline; to `notes` a line for each thing that it does not know. `width`: as with ht_shell_end().
 */
void ht_report_curl(struct ht_sink *out, struct ht_sink *notes, const struct ht_transfer *transfer,
                    bool secrets, size_t width);

/* The same for a dry run: the request that `transfer` made and nobody got. False where it came to
 * none. */
bool ht_report_request_json(struct ht_sink *out, const struct ht_transfer *transfer,
                            const struct ht_plan *plan, const struct ht_report_options *options);
bool ht_report_request_text(struct ht_sink *out, const struct ht_transfer *transfer,
                            const struct ht_plan *plan, const struct ht_report_options *options);

/* The live view of -v (level 1), -vv (2) and -vvv (3): an observer that writes lines to `stream` as things
 * happen. */
struct ht_live;
struct ht_live *ht_live_new(FILE *stream, int level, const struct ht_report_options *options);
struct ht_observer *ht_live_observer(struct ht_live *live);
/* One line at the moment a finding's evidence is complete: `!`, or `*` where it is only worth knowing. */
void ht_live_finding(struct ht_live *live, int64_t t_us, const struct ht_finding *finding);
void ht_live_free(struct ht_live *live);

#endif
