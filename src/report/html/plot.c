/* SPDX-License-Identifier: MIT */
/* Takes values over time, draws them as a line or an area: no more points than there are places on a screen.
 */
#include "report/html/plot.h"

#include "base/arena.h"

#include <stdlib.h>

#define WIDTH  1000 /* places across; points of one place are drawn as one stroke */
#define BOTTOM 980  /* in tenths of the box: lines at zero and at the top are seen whole */
#define TOP    80
#define BOX    100

void ht_html_line_add(struct ht_html_line *line, int64_t t_us, int64_t bytes)
{
    const struct ht_html_point *last = line->count ? &line->at[line->count - 1] : NULL;
    /* Runs may overlap what came between their first byte and their last: the line never goes back. */
    int64_t t = last && last->t_us > t_us ? last->t_us : t_us;
    line->now = bytes;
    line->most = !last || bytes > line->most ? bytes : line->most;
    line->least = !last || bytes < line->least ? bytes : line->least;
    if (line->count == line->room) {
        line->room = line->room ? 2 * line->room : 64;
        line->at = ht_realloc(line->at, line->room * sizeof *line->at);
    }
    line->at[line->count++] = (struct ht_html_point){t, bytes};
}

void ht_html_line_step(struct ht_html_line *line, int64_t t_us, int64_t by)
{
    ht_html_line_add(line, t_us, line->now);
    ht_html_line_add(line, t_us, line->now + by);
}

static int x_of(const struct ht_html_scale *scale, int64_t t_us)
{
    return ht_html_place(scale, t_us) / (100000 / WIDTH);
}

static void put_point(struct ht_sink *out, int x, int64_t bytes, int64_t top)
{
    double part = bytes < 0 || top <= 0 ? 0 : (double)bytes / (double)top;
    int y = BOTTOM - (int)((BOTTOM - TOP) * part + 0.5);
    ht_sink_printf(out, "L%d %d.%d", x, y / 10, y % 10);
}

/* Of all points of one place the first, the lowest and the last. */
static void put_points(const struct ht_html_line *line, struct ht_sink *out,
                       const struct ht_html_scale *scale, int64_t top)
{
    for (size_t i = 0, end = 0; i < line->count; i = end) {
        int x = x_of(scale, line->at[i].t_us);
        size_t lowest = i;
        for (end = i; end < line->count && x_of(scale, line->at[end].t_us) == x; end++)
            lowest = line->at[end].bytes < line->at[lowest].bytes ? end : lowest;
        put_point(out, x, line->at[i].bytes, top);
        if (lowest != i && lowest != end - 1)
            put_point(out, x, line->at[lowest].bytes, top);
        if (end - 1 != i)
            put_point(out, x, line->at[end - 1].bytes, top);
    }
}

static void plot(const struct ht_html_line *line, struct ht_sink *out, const struct ht_html_scale *scale,
                 int64_t top, int64_t end_us, const char *class, bool filled)
{
    struct ht_sink path = ht_sink(0);
    if (filled && line->count)
        put_point(&path, x_of(scale, line->at[0].t_us), 0, top);
    put_points(line, &path, scale, top);
    put_point(&path, x_of(scale, end_us), line->now, top);
    if (filled)
        put_point(&path, x_of(scale, end_us), 0, top);
    ht_sink_printf(out, "<path class=\"%s\" d=\"M%s\"/>", class, ht_sink_text(&path) + 1);
    ht_sink_free(&path);
}

void ht_html_line_plot(const struct ht_html_line *line, struct ht_sink *out,
                       const struct ht_html_scale *scale, int64_t top, int64_t end_us, const char *class)
{
    plot(line, out, scale, top, end_us, class, false);
}

void ht_html_line_area(const struct ht_html_line *line, struct ht_sink *out,
                       const struct ht_html_scale *scale, int64_t end_us, const char *class)
{
    plot(line, out, scale, line->most, end_us, class, true);
}

void ht_html_line_free(struct ht_html_line *line)
{
    free(line->at);
    *line = (struct ht_html_line){0};
}

void ht_html_plot_box(struct ht_sink *out, int height)
{
    ht_sink_printf(out,
                   "<svg viewBox=\"0 0 %d %d\" preserveAspectRatio=\"none\" width=\"100%%\" height=\"%d\">",
                   WIDTH, BOX, height);
}
