/* SPDX-License-Identifier: MIT */
/* What the tests of the SARIF report look at. */
#ifndef HT_TESTS_REPORT_SARIF_LOG_H
#define HT_TESTS_REPORT_SARIF_LOG_H

#include "report/document.h"

#include <jansson.h>

/* The only run of the log; `sample` NULL: of a run without transfers. The caller's. */
json_t *sarif_run(struct sample *sample, struct ht_report_options options);
/* The value at "results/0/message", or its text; fails the test where there is none. */
const json_t *sarif_at(const json_t *value, const char *path);
const char *sarif_text(const json_t *value, const char *path);
/* A sample whose first exchange has a finding: tls.ch_dropped, which the catalogue has, or for notices and
 * less a code that it has not. */
struct sample *sarif_sample(enum ht_severity severity);

#endif
