/* SPDX-License-Identifier: MIT */
/* A number of bytes over time, as a line in a drawing. */
#ifndef HT_REPORT_HTML_PLOT_H
#define HT_REPORT_HTML_PLOT_H

#include "report/html/html.h"

struct ht_html_point {
    int64_t t_us, bytes;
};

/* Begins as zeros; ht_html_line_free() frees what it holds. */
struct ht_html_line {
    struct ht_html_point *at;
    size_t count, room;
    int64_t now, least, most;
};

/* The value reached at that time, straight from the one before. */
void ht_html_line_add(struct ht_html_line *line, int64_t t_us, int64_t bytes);
/* A step: what held until then, and the new value. */
void ht_html_line_step(struct ht_html_line *line, int64_t t_us, int64_t by);
/* Draws it up to `end_us`, `top` bytes high, for the view box of ht_html_plot_box(). */
void ht_html_line_plot(const struct ht_html_line *line, struct ht_sink *out,
                       const struct ht_html_scale *scale, int64_t top, int64_t end_us, const char *class);
/* The same down to zero, as high as it went. */
void ht_html_line_area(const struct ht_html_line *line, struct ht_sink *out,
                       const struct ht_html_scale *scale, int64_t end_us, const char *class);
void ht_html_line_free(struct ht_html_line *line);
/* Opens the drawing within a drawing that lines stand in: stretched to whatever width there is. */
void ht_html_plot_box(struct ht_sink *out, int height);

#endif
