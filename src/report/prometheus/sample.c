/* SPDX-License-Identifier: MIT */
/* Takes labels and a value, gives a sample in Prometheus' text format (version 0.0.4). */
#include "base/clock.h"
#include "base/escape.h"
#include "report/prometheus/prometheus.h"
#include "report/show.h"

#include <inttypes.h>
#include <string.h>

#define LABEL_BYTES 1024u /* of a value, before it is escaped */
#define ELLIPSIS    "\xE2\x80\xA6"

void ht_prometheus_integer(const struct ht_prometheus *p, const char *labels, int64_t value)
{
    ht_sink_printf(p->out, "%s} %" PRId64 "\n", labels, value);
}

void ht_prometheus_seconds(const struct ht_prometheus *p, const char *labels, int64_t us)
{
    ht_sink_printf(p->out, "%s} ", labels);
    ht_sink_seconds(p->out, us);
    ht_sink_char(p->out, '\n');
}

void ht_prometheus_info(const struct ht_prometheus *p, struct ht_sink *labels)
{
    ht_prometheus_integer(p, ht_sink_text(labels), 1);
    ht_sink_free(labels);
}

/* As many whole characters as may stay. */
static size_t room_for(struct ht_span value)
{
    size_t at = 0;
    uint32_t c;
    while (at < value.len) {
        size_t len = ht_utf8_next(value, at, &c);
        if (len == 0 || at + len > LABEL_BYTES)
            break;
        at += len;
    }
    return at;
}

void ht_prometheus_label(struct ht_sink *labels, const char *name, const char *value)
{
    size_t len = strlen(value), room = len > LABEL_BYTES ? room_for(ht_span(value, len)) : len;
    ht_sink_printf(labels, ",%s=\"", name);
    for (size_t i = 0; i < room; i++) {
        if (value[i] == '\\' || value[i] == '"')
            ht_sink_char(labels, '\\');
        if (value[i] == '\n')
            ht_sink_puts(labels, "\\n");
        else
            ht_sink_char(labels, value[i]);
    }
    ht_sink_puts(labels, room < len ? ELLIPSIS "\"" : "\"");
}

void ht_prometheus_label_text(struct ht_sink *labels, const char *name, struct ht_span text)
{
    struct ht_sink shown = ht_sink(0);
    if (text.len) {
        ht_show_text(&shown, text);
        ht_prometheus_label(labels, name, ht_sink_text(&shown));
    }
    ht_sink_free(&shown);
}
