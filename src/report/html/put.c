/* SPDX-License-Identifier: MIT */
/* Takes text of the model, writes it into the page: masked, made harmless, escaped, its cuts marked. */
#include "base/clock.h"
#include "report/html/html.h"
#include "report/show.h"
#include "report/xml.h"

void ht_html_spill(const struct ht_html *h)
{
    ht_html_spool_put(h->spool, h->out);
}

void ht_html_put(const struct ht_html *h, struct ht_sink *ready)
{
    ht_xml_bytes(h->out, ht_span(ht_sink_text(ready), ready->len));
    if (ready->cut)
        ht_sink_puts(h->out, "\u2026");
    ht_sink_free(ready);
}

void ht_html_wire(const struct ht_html *h, struct ht_span text)
{
    struct ht_sink ready = ht_sink(HT_CAP_TEXT);
    ht_show_text(&ready, text);
    ht_html_put(h, &ready);
}

void ht_html_url(const struct ht_html *h, struct ht_span url)
{
    struct ht_sink ready = ht_sink(HT_CAP_TEXT);
    ht_show_url(&ready, url, h->secrets);
    ht_html_put(h, &ready);
}

void ht_html_sentence(const struct ht_html *h, const char *text)
{
    struct ht_sink ready = ht_sink(HT_CAP_TEXT);
    if (text)
        ht_show_sentence(&ready, text, h->secrets);
    ht_html_put(h, &ready);
}

void ht_html_summary(const struct ht_html *h, const struct ht_event *event)
{
    struct ht_sink ready = ht_sink(HT_CAP_TEXT);
    ht_show_summary(&ready, event, h->secrets);
    ht_html_put(h, &ready);
}

void ht_html_duration(const struct ht_html *h, int64_t duration_us)
{
    struct ht_sink ready = ht_sink(0);
    ht_sink_duration(&ready, duration_us);
    ht_html_put(h, &ready);
}

void ht_html_moment(const struct ht_html *h, int64_t t_us)
{
    ht_html_duration(h, t_us - h->transfer->start_us);
}

void ht_html_fact(const struct ht_html *h, const char *name, struct ht_sink *value)
{
    if (value->len) {
        ht_sink_puts(h->out, "<div><dt>");
        ht_xml_text(h->out, name);
        ht_sink_puts(h->out, "</dt><dd>");
        ht_html_put(h, value);
        ht_sink_puts(h->out, "</dd></div>\n");
    }
    ht_sink_free(value);
}

void ht_html_fact_text(const struct ht_html *h, const char *name, const char *value)
{
    struct ht_sink ready = ht_sink(HT_CAP_TEXT);
    if (value)
        ht_show_ready(&ready, value);
    ht_html_fact(h, name, &ready);
}

const char *ht_html_severity_mark(enum ht_severity severity)
{
    static const char *const marks[] = {[HT_SEVERITY_INFO] = "i",
                                        [HT_SEVERITY_NOTICE] = "i",
                                        [HT_SEVERITY_WARNING] = "!",
                                        [HT_SEVERITY_ERROR] = "\u2717"};
    return marks[severity];
}
