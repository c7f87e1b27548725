/* SPDX-License-Identifier: MIT */
/* Takes transfers one by one, gives a table of them all: how each went, and a link to its part of the page.
 */
#include "report/html/contents.h"

#include "base/clock.h"
#include "model/model.h"
#include "report/headline.h"
#include "report/show.h"

#define COLUMN_BYTES 300u /* of a URL or a headline; the transfer's own part has more */

enum ht_status ht_html_contents_open(struct ht_html_contents *contents, struct ht_error *error)
{
    *contents = (struct ht_html_contents){0};
    return ht_html_spool_open(&contents->rows, error);
}

static void count(struct ht_html_contents *contents, const struct ht_html_tone *tone)
{
    size_t i = 0;
    while (i < HT_HTML_WORDS_MOST - 1 && contents->counts[i].word &&
           strcmp(contents->counts[i].word, tone->word) != 0)
        i++;
    contents->counts[i].word = tone->word;
    contents->counts[i].transfers++;
    contents->transfers++;
}

static void row(const struct ht_html *h)
{
    struct ht_sink url = ht_sink(COLUMN_BYTES), headline = ht_sink(COLUMN_BYTES);
    const struct ht_html_tone *tone = ht_html_tone_of(h);
    ht_show_text(&url, h->transfer->method);
    ht_sink_char(&url, ' ');
    ht_show_url(&url, h->transfer->url, h->secrets);
    ht_headline(&headline, h->transfer, h->secrets);
    ht_sink_printf(
        h->out,
        "<tr class=\"%s\"><td class=\"outcome\"><span class=\"sign\" aria-hidden=\"true\">%s</span> %s"
        "</td><th scope=\"row\"><a href=\"#t%zu\">",
        tone->class, tone->sign, tone->word, h->number);
    ht_html_put(h, &url);
    ht_sink_puts(h->out, "</a></th><td class=\"headline\">");
    ht_html_put(h, &headline);
    ht_sink_puts(h->out, "</td><td class=\"number\">");
    if (h->transfer->end_us >= 0)
        ht_html_duration(h, h->transfer->end_us - h->transfer->start_us);
    ht_sink_puts(h->out, "</td></tr>\n");
}

void ht_html_contents_add(struct ht_html_contents *contents, const struct ht_html *h)
{
    struct ht_sink text = ht_sink(0);
    struct ht_html own = *h;
    own.out = &text;
    count(contents, ht_html_tone_of(h));
    row(&own);
    ht_html_spool_put(&contents->rows, &text);
    ht_sink_free(&text);
}

/* "5 transfers: 3 OK, 2 Failed" */
static void head(const struct ht_html_contents *contents, struct ht_sink *out)
{
    ht_sink_printf(out,
                   "<nav class=\"contents\" id=\"contents\" aria-labelledby=\"contents-title\">"
                   "<h2 id=\"contents-title\">%zu transfers: ",
                   contents->transfers);
    for (size_t i = 0; i < HT_HTML_WORDS_MOST && contents->counts[i].word; i++)
        ht_sink_printf(out, "%s%zu %s", i ? ", " : "", contents->counts[i].transfers,
                       contents->counts[i].word);
    ht_sink_puts(out, "</h2>\n<table><thead><tr><th scope=\"col\" class=\"outcome\">outcome</th>"
                      "<th scope=\"col\" class=\"address\">request</th><th scope=\"col\">what is to know</th>"
                      "<th scope=\"col\" class=\"number\">duration</th></tr></thead>\n<tbody>\n");
}

enum ht_status ht_html_contents_put(struct ht_html_contents *contents, struct ht_document *document,
                                    struct ht_error *error)
{
    if (contents->transfers < 2) {
        ht_html_spool_close(&contents->rows);
        return HT_OK;
    }
    head(contents, &document->out);
    enum ht_status status = ht_html_spool_copy(&contents->rows, document, error);
    ht_sink_puts(&document->out, "</tbody></table>\n</nav>\n");
    return status;
}
