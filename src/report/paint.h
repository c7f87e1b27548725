/* SPDX-License-Identifier: MIT */
/* Lines for a terminal: styles, display width, cutting and wrapping, and ASCII where there is no UTF-8. */
#ifndef HT_REPORT_PAINT_H
#define HT_REPORT_PAINT_H

#include "base/sink.h"

enum ht_style {
    HT_STYLE_PLAIN,
    HT_STYLE_BOLD,
    HT_STYLE_DIM,
    HT_STYLE_GOOD,
    HT_STYLE_WARN,
    HT_STYLE_BAD,
    HT_STYLE_BAR,
    HT_STYLE_OUT, /* what was sent */
    HT_STYLE_IN   /* what was received */
};

/* Where lines go and how; `width` is the terminal's, at least 20. */
struct ht_paint {
    struct ht_sink *out;
    bool color, unicode;
    size_t width;
};

/*
 * All text is UTF-8 that was made harmless before (report/show.h). Without `unicode` the few characters that
 * reports use become ASCII, all others \xNN.
 */
void ht_paint_text(const struct ht_paint *paint, enum ht_style style, const char *text);
/* At most `columns` wide, cut with an ellipsis; gives the columns written. */
size_t ht_paint_fit(const struct ht_paint *paint, enum ht_style style, const char *text, size_t columns);
/* Words wrapped at the terminal's width; the first line goes on at column `at`, later ones begin at `indent`.
 * Ends the line. */
void ht_paint_wrap(const struct ht_paint *paint, enum ht_style style, const char *text, size_t at,
                   size_t indent);
void ht_paint_newline(const struct ht_paint *paint);

/* Columns that a terminal needs for it: wide characters (UAX #11) count two, combining ones none. */
size_t ht_paint_columns(const char *text);
/* Columns of `text` as this paint writes it. */
size_t ht_paint_columns_as(const struct ht_paint *paint, const char *text);

#endif
