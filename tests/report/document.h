/* SPDX-License-Identifier: MIT */
/* Runs a format of the table over a sample, as a run would. */
#ifndef HT_TESTS_REPORT_DOCUMENT_H
#define HT_TESTS_REPORT_DOCUMENT_H

#include "report/format.h"
#include "report/sample.h"

/* The whole document of a run with that one transfer, its events told in order; the caller frees it. Fails
 * the test where the format fails. With `sample` NULL: of a run without any transfer. */
struct ht_sink document_of(const struct ht_format *format, const struct sample *sample,
                           const struct ht_report_options *options);

#endif
