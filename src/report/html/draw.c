/* SPDX-License-Identifier: MIT */
/* Takes times, gives places on an axis in percent, and the axis itself: marks at round numbers. */
#include "model/model.h"
#include "report/html/html.h"

#include <inttypes.h>

#define WHOLE      100000 /* 100 %, in thousandths */
#define MARKS_MOST 4      /* labels do not touch on a phone, or on paper */
#define NEAR_END   92000  /* labels from here on end at their mark, so that none leaves the drawing */

int ht_html_place(const struct ht_html_scale *scale, int64_t t_us)
{
    double part = ((double)t_us - (double)scale->start_us) / (double)scale->span_us;
    return part <= 0 ? 0 : part >= 1 ? WHOLE : (int)(part * WHOLE + 0.5);
}

void ht_html_percent(struct ht_sink *out, int thousandths)
{
    ht_sink_printf(out, "%d.%03d%%", thousandths / 1000, thousandths % 1000);
}

int64_t ht_html_step(int64_t span, int most)
{
    static const int factors[] = {2, 5, 10};
    int64_t step = 1, unit = 1;
    for (size_t i = 0; span / step > most; i++) {
        if (unit > INT64_MAX / factors[i % 3])
            return INT64_MAX;
        step = unit * factors[i % 3];
        unit = i % 3 == 2 ? step : unit;
    }
    return step;
}

/* As few decimals as the step needs. */
static void label(struct ht_sink *out, int64_t t_us, int64_t step)
{
    int decimals = 0;
    if (t_us == 0) {
        ht_sink_char(out, '0');
        return;
    }
    int64_t unit = step >= 1000000 ? 1000000 : 1000;
    for (int64_t part = unit; part > step; part /= 10)
        decimals++;
    ht_sink_printf(out, "%.*f %s", decimals, (double)t_us / (double)unit, unit == 1000 ? "ms" : "s");
}

void ht_html_axis(struct ht_sink *out, const struct ht_html_scale *scale)
{
    int64_t step = ht_html_step(scale->span_us, MARKS_MOST);
    ht_sink_puts(out, "<svg class=\"axis\" width=\"100%\" height=\"18\" aria-hidden=\"true\">");
    for (int64_t t = 0; t <= scale->span_us; t += step) {
        int place = ht_html_place(scale, scale->start_us + t);
        ht_sink_puts(out, "<text y=\"13\" x=\"");
        ht_html_percent(out, place);
        ht_sink_printf(out, "\" text-anchor=\"%s\">", t == 0 ? "start" : place > NEAR_END ? "end" : "middle");
        label(out, t, step);
        ht_sink_puts(out, "</text>");
    }
    ht_sink_puts(out, "</svg>");
}

void ht_html_grid(struct ht_sink *out, const struct ht_html_scale *scale, int height)
{
    int64_t step = ht_html_step(scale->span_us, MARKS_MOST);
    for (int64_t t = step; t < scale->span_us; t += step) {
        struct ht_sink x = ht_sink(0);
        ht_html_percent(&x, ht_html_place(scale, scale->start_us + t));
        ht_sink_printf(out, "<line class=\"grid\" x1=\"%s\" x2=\"%s\" y2=\"%d\"/>", ht_sink_text(&x),
                       ht_sink_text(&x), height);
        ht_sink_free(&x);
    }
}

struct ht_html_scale ht_html_scale_of(const struct ht_html *h)
{
    int64_t start = h->transfer->start_us, end = h->transfer->end_us;
    for (const struct ht_exchange *x = h->transfer->exchanges; x; x = x->next) {
        for (int p = 0; p < HT_PHASE_COUNT; p++) {
            const struct ht_phase_span *span = &x->phases[p];
            if (ht_text_is_shown(x, (enum ht_phase)p) && span->start_us + span->duration_us > end)
                end = span->start_us + span->duration_us;
        }
    }
    return (struct ht_html_scale){start, end > start ? end - start : 1};
}
