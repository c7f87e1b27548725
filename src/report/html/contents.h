/* SPDX-License-Identifier: MIT */
/* The summary that stands above the transfers of a page. */
#ifndef HT_REPORT_HTML_CONTENTS_H
#define HT_REPORT_HTML_CONTENTS_H

#include "report/html/html.h"

#define HT_HTML_WORDS_MOST 8u

struct ht_html_contents {
    struct ht_html_spool rows;
    struct {
        const char *word; /* of the tone; NULL: the rest is empty */
        size_t transfers;
    } counts[HT_HTML_WORDS_MOST];
    size_t transfers;
};

HT_MUST_USE enum ht_status ht_html_contents_open(struct ht_html_contents *contents, struct ht_error *error);
void ht_html_contents_add(struct ht_html_contents *contents, const struct ht_html *h);
/* Writes the summary of several transfers into the document, of one nothing; frees what it held. */
HT_MUST_USE enum ht_status ht_html_contents_put(struct ht_html_contents *contents,
                                                struct ht_document *document, struct ht_error *error);

#endif
