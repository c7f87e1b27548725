/* SPDX-License-Identifier: MIT */
/* What the files of the HTML report share. */
#ifndef HT_REPORT_HTML_HTML_H
#define HT_REPORT_HTML_HTML_H

#include "report/format.h"
#include "report/html/spool.h"
#include "report/text/text.h"

/* One transfer, being written into the page. */
struct ht_html {
    struct ht_sink *out;
    struct ht_html_spool *spool; /* where `out` goes */
    bool several;                /* transfers on the page, most likely */
    const struct ht_transfer *transfer;
    bool secrets;
    size_t number; /* of the transfer within the page, from 1: what ids begin with */
    const struct ht_event **events;
    size_t event_count;
    const struct ht_connection **connections;
    size_t connection_count;
    struct ht_text text; /* for what this page says in the words of the text report */
};

/* The style sheet (style.css, diagram.css) and the hash that the page's policy admits it by; made by CMake.
 */
extern const unsigned char ht_html_style[];
extern const size_t ht_html_style_bytes;
extern const unsigned char ht_html_style_sha256[32];

/* ---- the page around the transfers ---- */
void ht_html_head(struct ht_sink *out, const char *title);
void ht_html_tail(struct ht_sink *out);
/* Writes away what was appended, so that memory does not grow with a page. */
void ht_html_spill(const struct ht_html *h);

/* How a transfer went: its class in the style sheet, a sign that is no colour, a word. Static. */
struct ht_html_tone {
    const char *class, *sign, *word;
};
const struct ht_html_tone *ht_html_tone_of(const struct ht_html *h);

/* A transfer with all its parts. */
void ht_html_transfer(struct ht_html *h);

/* ---- the parts of a transfer, one file each; `has` tells whether there is anything to write ---- */
void ht_html_verdict(const struct ht_html *h);
void ht_html_path(const struct ht_html *h);
bool ht_html_has_phases(const struct ht_html *h);
void ht_html_phases(const struct ht_html *h);
bool ht_html_has_findings(const struct ht_html *h);
void ht_html_findings(const struct ht_html *h);
/* What a finding's id on the page ends with: from 1. */
size_t ht_html_number_of(const struct ht_html *h, const struct ht_finding *finding);
/* The gravest of the findings that were read from that event; NULL: none was. */
const struct ht_finding *ht_html_proves(const struct ht_html *h, const struct ht_event *event);
bool ht_html_has_conversation(const struct ht_html *h);
void ht_html_conversation(const struct ht_html *h);
bool ht_html_has_messages(const struct ht_html *h);
void ht_html_messages(const struct ht_html *h);
bool ht_html_has_tls(const struct ht_html *h);
void ht_html_tls(const struct ht_html *h);
bool ht_html_has_h2(const struct ht_html *h);
void ht_html_h2(const struct ht_html *h);
bool ht_html_has_events(const struct ht_html *h);
void ht_html_events(const struct ht_html *h);
/* The fields of an event that can be unfolded; nothing where there are none. */
void ht_html_fields(const struct ht_html *h, const struct ht_event *event);

/* ---- text: each is masked, made harmless and escaped on its way into the page ---- */
/* What a function of show.h, or we ourselves, wrote into `ready`; frees it. A cut is marked. */
void ht_html_put(const struct ht_html *h, struct ht_sink *ready);
void ht_html_wire(const struct ht_html *h, struct ht_span text);
void ht_html_url(const struct ht_html *h, struct ht_span url);
void ht_html_sentence(const struct ht_html *h, const char *text);
void ht_html_summary(const struct ht_html *h, const struct ht_event *event);
void ht_html_duration(const struct ht_html *h, int64_t duration_us);
/* Since the transfer began. */
void ht_html_moment(const struct ht_html *h, int64_t t_us);
/* A row of a list of facts; takes `value`. Nothing where it is empty. */
void ht_html_fact(const struct ht_html *h, const char *name, struct ht_sink *value);
void ht_html_fact_text(const struct ht_html *h, const char *name, const char *value);

/* ---- drawing ---- */
/* Harmless words within an SVG text, the first `name` bytes of them bold: cut to the columns that a narrow, a
 * middling and a wide screen have room for. */
void ht_html_label(const struct ht_html *h, const char *text, size_t name, const size_t columns[3]);

/* A time axis; drawings place things by percent of their own width, so that text keeps its size. */
struct ht_html_scale {
    int64_t start_us, span_us; /* span_us: at least 1 */
};

/* Percent of the way from start to end, within 0 and 100, in thousandths. */
int ht_html_place(const struct ht_html_scale *scale, int64_t t_us);
/* "12.345%" */
void ht_html_percent(struct ht_sink *out, int thousandths);
/* The distance of the axis' marks: a round number of microseconds that gives at most `most` of them. */
int64_t ht_html_step(int64_t span, int most);
/* The marks' labels as a drawing of its own, and their lines within a drawing that is `height` high. */
void ht_html_axis(struct ht_sink *out, const struct ht_html_scale *scale);
void ht_html_grid(struct ht_sink *out, const struct ht_html_scale *scale, int height);

/* From the transfer's begin to its last phase. */
struct ht_html_scale ht_html_scale_of(const struct ht_html *h);
const char *ht_html_severity_mark(enum ht_severity severity); /* a sign that is no colour */

#endif
