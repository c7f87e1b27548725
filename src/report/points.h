/* SPDX-License-Identifier: MIT */
/* What a transfer claims and whether it held, point by point: for formats of test results (JUnit, TAP). */
#ifndef HT_REPORT_POINTS_H
#define HT_REPORT_POINTS_H

#include "report/report.h"

enum ht_point_kind { HT_POINT_TRANSFER, HT_POINT_PHASE, HT_POINT_CHECK, HT_POINT_FINDING };

enum ht_point_result {
    HT_POINT_PASSED,
    HT_POINT_FAILED, /* what was asked for is not so */
    HT_POINT_BROKE,  /* it did not come to an end: libcurl's failure, or the user stopped it */
    HT_POINT_SKIPPED
};

/* Borrowed from the model and the options. */
struct ht_point {
    const struct ht_trace *trace;
    const struct ht_transfer *transfer;
    const struct ht_report_options *options;
    enum ht_point_kind kind;
    enum ht_point_result result;
    size_t request; /* the number of its request within the transfer, from 1 on; 0: of all of them */
    const struct ht_exchange *exchange;
    enum ht_phase phase;
    const struct ht_check *check;
    const struct ht_finding *finding;
    int64_t duration_us; /* 0 where nothing was measured */
};

/* The transfer itself, the phases of each request, the checks, the findings; malloc'd, the caller's. */
struct ht_point *ht_points(const struct ht_trace *trace, const struct ht_transfer *transfer,
                           const struct ht_report_options *options, size_t *count);

/* "transfer", "phase", "expect", "finding". */
const char *ht_point_kind_name(enum ht_point_kind kind);
/* The same from run to run: "phase connect", "request 2: finding http.stalled", "expect status=200". */
void ht_point_name(struct ht_sink *out, const struct ht_point *point);
/* One line: why it failed or was skipped, or what was seen. May be empty. */
void ht_point_message(struct ht_sink *out, const struct ht_point *point);
/* Of a finding all that is known, in lines; nothing of the other kinds. */
void ht_point_details(struct ht_sink *out, const struct ht_point *point);

#endif
