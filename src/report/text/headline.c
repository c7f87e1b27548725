/* SPDX-License-Identifier: MIT */
/* Takes a transfer, writes its first lines: what is to know of it, and the answer where the verdict speaks of
 * more. */
#include "report/text/text.h"

static enum ht_style style_of(const struct ht_text *t)
{
    const struct ht_exchange *x = ht_last_exchange(t->transfer);
    if (!ht_text_succeeded(t))
        return HT_STYLE_BAD;
    if (t->transfer->verdict.headline && t->transfer->verdict.status != HT_VERDICT_OK)
        return t->transfer->verdict.status == HT_VERDICT_SUSPECT ? HT_STYLE_WARN : HT_STYLE_BAD;
    int status = x ? x->response.status : 0;
    return status >= 500   ? HT_STYLE_BAD
           : status >= 400 ? HT_STYLE_WARN
           : status        ? HT_STYLE_GOOD
                           : HT_STYLE_PLAIN;
}

void ht_text_headline(const struct ht_text *t)
{
    const struct ht_verdict *v = &t->transfer->verdict;
    struct ht_sink line = ht_sink(HT_CAP_TEXT);
    ht_headline(&line, t->transfer, t->options->show_secrets);
    ht_paint_wrap(&t->paint, style_of(t), ht_sink_text(&line), 0, 2);
    ht_sink_reset(&line);
    if (v->headline && v->status != HT_VERDICT_OK && ht_text_succeeded(t))
        ht_headline_answer(&line, t->transfer);
    if (line.len)
        ht_paint_wrap(&t->paint, HT_STYLE_PLAIN, ht_sink_text(&line), 0, 2);
    ht_sink_free(&line);
}
