/* SPDX-License-Identifier: MIT */
/* What the files of the text report share. */
#ifndef HT_REPORT_TEXT_H
#define HT_REPORT_TEXT_H

#include "report/headline.h"
#include "report/paint.h"
#include "report/report.h"

struct ht_text {
    struct ht_paint paint;
    const struct ht_trace *trace;
    const struct ht_transfer *transfer;
    const struct ht_report_options *options;
    const struct ht_event **events; /* the transfer's timeline */
    size_t event_count;
    /* Who takes the facts of a failure or an error answer in place of `paint`, named and whole; NULL: nobody.
     */
    void (*fact)(void *ctx, const char *name, const char *value);
    void *fact_ctx;
};

/* ---- the parts of a report, one file each ---- */
void ht_text_headline(const struct ht_text *t);
void ht_text_waterfall(const struct ht_text *t, const struct ht_exchange *exchange);
void ht_text_answer(const struct ht_text *t);  /* an answer with an error status */
void ht_text_failure(const struct ht_text *t); /* where it died, what went last each way */
void ht_text_findings(const struct ht_text *t);
void ht_text_checks(const struct ht_text *t);
void ht_text_exit(const struct ht_text *t);

/* What one phase of an exchange has to tell, in one line; appends nothing where there is nothing. */
void ht_text_detail(const struct ht_text *t, const struct ht_exchange *exchange, enum ht_phase phase,
                    struct ht_sink *out);

/* ---- shared ---- */
/* Whether the phase took place in this exchange and took long enough to be told. */
bool ht_text_is_shown(const struct ht_exchange *exchange, enum ht_phase phase);
/* Whether the transfer ended and libcurl was content. */
bool ht_text_succeeded(const struct ht_text *t);
/* Whether the report began with this title of a finding. */
bool ht_text_is_headline(const struct ht_text *t, const char *title);
/* The moment in the report's time. */
void ht_text_moment(const struct ht_text *t, struct ht_sink *out, int64_t t_us);

#endif
