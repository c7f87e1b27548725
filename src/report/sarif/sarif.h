/* SPDX-License-Identifier: MIT */
/* What the files of the SARIF report share (OASIS SARIF 2.1.0). */
#ifndef HT_REPORT_SARIF_SARIF_H
#define HT_REPORT_SARIF_SARIF_H

#include "report/json/value.h"

#define HT_SARIF_EXPECT "expect.failed" /* the rule of a check that did not hold; no finding has such a code */

/* A transfer and its events in order of time. */
struct ht_sarif {
    struct ht_json json;
    const struct ht_event **events;
    size_t event_count;
};

/* ---- rules ---- */
/* Each rule of the tool is handed to `put`, which takes the reference: the catalogue's, then that of
 * --expect. */
void ht_sarif_rules(const struct ht_report_options *options, void (*put)(void *ctx, json_t *rule), void *ctx);
/* The place of that rule among them; -1 where there is none. */
int64_t ht_sarif_rule_index(const struct ht_report_options *options, const char *code);
/* "error", "warning", "note", "none". */
const char *ht_sarif_level(enum ht_severity severity);

/* ---- results ---- */
json_t *ht_sarif_finding(const struct ht_sarif *s, const struct ht_exchange *x, const struct ht_finding *f);
json_t *ht_sarif_check(const struct ht_sarif *s, const struct ht_check *check);

/* ---- places ---- */
/*
 * "https/example.com:8443/a": a URL as a path, masked whatever the options say, without user, query and
 * fragment. Nothing in it leads upwards or makes it absolute.
 */
void ht_sarif_path(struct ht_sink *out, struct ht_span url);
/* The physicalLocation of a URL. */
json_t *ht_sarif_place(struct ht_span url);
/* A result's partialFingerprints: what is the same from run to run. `detail`: what tells two results of one
 * rule apart; `nth`: which of those that are alike even so, from 1 on. */
json_t *ht_sarif_fingerprints(const struct ht_transfer *transfer, const char *rule, const char *detail,
                              unsigned nth);

/* ---- texts ---- */
/* A message whose text is plain: the braces of placeholders doubled, no link in it. Empties the sink. */
json_t *ht_sarif_message(struct ht_sink *text);

#endif
