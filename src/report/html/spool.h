/* SPDX-License-Identifier: MIT */
/* Text in a temporary file: what the page has ready before that which stands above it is known. */
#ifndef HT_REPORT_HTML_SPOOL_H
#define HT_REPORT_HTML_SPOOL_H

#include "report/format.h"

struct ht_html_spool {
    FILE *file;
    int error; /* errno of the first failure */
};

HT_MUST_USE enum ht_status ht_html_spool_open(struct ht_html_spool *spool, struct ht_error *error);
/* Moves the text there and leaves the sink empty; a failure is told by the copy. */
void ht_html_spool_put(struct ht_html_spool *spool, struct ht_sink *text);
/* Appends all of it to the document, piece by piece, and frees it. HT_ERR_IO where something is lost. */
HT_MUST_USE enum ht_status ht_html_spool_copy(struct ht_html_spool *spool, struct ht_document *document,
                                              struct ht_error *error);
void ht_html_spool_close(struct ht_html_spool *spool); /* one that is not open is allowed */

#endif
