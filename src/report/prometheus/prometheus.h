/* SPDX-License-Identifier: MIT */
/* Shared by the parts of the Prometheus report: what a metric family takes its samples from, and how they are
 * written. */
#ifndef HT_REPORT_PROMETHEUS_H
#define HT_REPORT_PROMETHEUS_H

#include "report/report.h"

/* How transfers of a target ended. */
enum ht_prometheus_result {
    HT_PROMETHEUS_SUCCESS,
    HT_PROMETHEUS_FAILURE,
    HT_PROMETHEUS_INTERRUPTED,
    HT_PROMETHEUS_RETRIED, /* --retry: another follows */
    HT_PROMETHEUS_RESULTS
};

/* The newest transfer of a target, which is a URL and a method. */
struct ht_prometheus {
    struct ht_sink *out;
    const struct ht_transfer *transfer;
    const struct ht_exchange *last; /* NULL: it made no request */
    const struct ht_report_options *options;
    enum ht_prometheus_result result;
    const size_t *counts; /* of the target's transfers so far, by result */
};

/* A metric family: a row. All are gauges; `put` writes the samples of one target, or none. */
struct ht_prometheus_family {
    const char *name, *help;
    void (*put)(const struct ht_prometheus *p);
};

/* In the order of the document. */
const struct ht_prometheus_family *ht_prometheus_families(size_t *count);

/*
 * A sample without its name and the labels of its target, which are put before it: `,phase="tls"} 0.25` and a
 * newline. `labels` are of ht_prometheus_label(); "" for none.
 */
void ht_prometheus_integer(const struct ht_prometheus *p, const char *labels, int64_t value);
void ht_prometheus_seconds(const struct ht_prometheus *p, const char *labels, int64_t us);
/* The sample of an `_info` family; frees the labels. */
void ht_prometheus_info(const struct ht_prometheus *p, struct ht_sink *labels);

/* Appends `,name="value"`; the value is UTF-8 that was made harmless before (report/show.h). A long one is
 * cut, with an ellipsis. */
void ht_prometheus_label(struct ht_sink *labels, const char *name, const char *value);
/* The same of text from the wire; nothing where it is empty. */
void ht_prometheus_label_text(struct ht_sink *labels, const char *name, struct ht_span text);

/* ---- families of TLS ---- */
void ht_prometheus_tls(const struct ht_prometheus *p);
void ht_prometheus_certificate(const struct ht_prometheus *p);
void ht_prometheus_not_after(const struct ht_prometheus *p);
void ht_prometheus_chain_not_after(const struct ht_prometheus *p);
void ht_prometheus_expires_in(const struct ht_prometheus *p);

#endif
