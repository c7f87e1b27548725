/* SPDX-License-Identifier: MIT */
/* Takes finished transfers, gives one HTML page that stands alone: a summary of them, and a part for each. */
#include "base/arena.h"
#include "model/model.h"
#include "report/html/contents.h"
#include "report/show.h"

#include <stdlib.h>

#define TITLE_BYTES 200u

/* What stands on top is known last, so that the transfers wait in a temporary file. */
struct page {
    struct ht_html_spool body;
    struct ht_html_contents contents;
    struct ht_sink text, title; /* text: on its way to the body */
};

static enum ht_status begin(struct ht_document *document, struct ht_error *error)
{
    struct page *page = ht_malloc(sizeof *page);
    *page = (struct page){.text = ht_sink(0), .title = ht_sink(TITLE_BYTES)};
    if (ht_html_spool_open(&page->body, error) != HT_OK ||
        ht_html_contents_open(&page->contents, error) != HT_OK) {
        ht_html_spool_close(&page->body);
        free(page);
        return error->status;
    }
    document->state = page;
    return HT_OK;
}

static void add(struct ht_document *document, const struct ht_trace *trace,
                const struct ht_transfer *transfer)
{
    struct page *page = document->state;
    struct ht_sink aside = ht_sink(0);
    struct ht_html h = {.out = &page->text,
                        .spool = &page->body,
                        .transfer = transfer,
                        .secrets = document->options.show_secrets,
                        .number = page->contents.transfers + 1,
                        .several = document->options.several,
                        .text = {.paint = {&aside, false, true, SIZE_MAX},
                                 .trace = trace,
                                 .transfer = transfer,
                                 .options = &document->options}};
    h.events = ht_transfer_timeline(transfer, &h.event_count);
    h.connections = ht_transfer_connections(transfer, &h.connection_count);
    h.text.events = h.events;
    h.text.event_count = h.event_count;
    if (h.number == 1)
        ht_show_url(&page->title, transfer->url, h.secrets);
    ht_html_contents_add(&page->contents, &h);
    ht_html_transfer(&h);
    free(h.events);
    free(h.connections);
    ht_sink_free(&aside);
}

static void put_head(struct ht_document *document, const struct page *page)
{
    struct ht_sink title = ht_sink(0);
    ht_sink_puts(&title, "httptrace");
    if (page->contents.transfers == 1)
        ht_sink_printf(&title, ": %s", ht_sink_text(&page->title));
    else if (page->contents.transfers > 1)
        ht_sink_printf(&title, ": %zu transfers", page->contents.transfers);
    ht_html_head(&document->out, ht_sink_text(&title));
    ht_sink_free(&title);
    if (page->contents.transfers == 0)
        ht_sink_puts(&document->out, "<p>No transfer took place.</p>\n");
}

static enum ht_status end(struct ht_document *document, struct ht_error *error)
{
    struct page *page = document->state;
    struct ht_error ignored = {0};
    if (!page)
        return HT_OK;
    put_head(document, page);
    enum ht_status status = ht_html_contents_put(&page->contents, document, error);
    enum ht_status copied = ht_html_spool_copy(&page->body, document, status == HT_OK ? error : &ignored);
    ht_html_tail(&document->out);
    ht_sink_free(&page->text);
    ht_sink_free(&page->title);
    free(page);
    document->state = NULL;
    return status == HT_OK ? copied : status;
}

/* ---- a transfer ---- */

static const struct part {
    const char *id, *title;
    bool (*has)(const struct ht_html *h);
    void (*write)(const struct ht_html *h);
} parts[] = {
    {"findings", "Findings", ht_html_has_findings, ht_html_findings},
    {"phases", "Phases", ht_html_has_phases, ht_html_phases},
    {"conversation", "Conversation", ht_html_has_conversation, ht_html_conversation},
    {"messages", "Requests and responses", ht_html_has_messages, ht_html_messages},
    {"tls", "TLS and certificates", ht_html_has_tls, ht_html_tls},
    {"h2", "HTTP/2", ht_html_has_h2, ht_html_h2},
    {"events", "Events", ht_html_has_events, ht_html_events},
};

static void put_links(const struct ht_html *h)
{
    ht_sink_printf(h->out, "<nav class=\"parts\" aria-label=\"Parts of transfer %zu\"><ul>", h->number);
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        if (parts[i].has(h))
            ht_sink_printf(h->out, "<li><a href=\"#t%zu-%s\">%s</a></li>", h->number, parts[i].id,
                           parts[i].title);
    }
    if (h->several)
        ht_sink_puts(h->out, "<li><a href=\"#contents\">All transfers</a></li>");
    ht_sink_puts(h->out, "</ul></nav>\n");
}

void ht_html_transfer(struct ht_html *h)
{
    ht_sink_printf(h->out, "<article class=\"transfer\" id=\"t%zu\" aria-labelledby=\"t%zu-headline\">\n",
                   h->number, h->number);
    ht_html_verdict(h);
    put_links(h);
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        const struct part *part = &parts[i];
        if (!part->has(h))
            continue;
        ht_sink_printf(h->out,
                       "<section class=\"part %s\" id=\"t%zu-%s\" aria-labelledby=\"t%zu-%s-title\">\n"
                       "<h3 id=\"t%zu-%s-title\">%s</h3>\n",
                       part->id, h->number, part->id, h->number, part->id, h->number, part->id, part->title);
        part->write(h);
        ht_sink_puts(h->out, "</section>\n");
        ht_html_spill(h);
    }
    ht_sink_puts(h->out, "</article>\n");
    ht_html_spill(h);
}

const struct ht_format ht_format_html = {
    .name = "html",
    .help = "A page for a browser: verdict, waterfall, sequence diagram, certificates, events",
    .text = "One file that stands alone: it loads nothing, has no script, and its content security policy "
            "forbids both. "
            "It opens from disk, in light or dark as the reader's system has it, on a phone and on paper.\n\n"
            "On top stands where on the way from this host to the origin something broke in. Below it are "
            "the findings, "
            "each fact with a link to the event that proves it; the phases; the conversation of TLS "
            "messages, HTTP/1 "
            "messages and HTTP/2 frames between this host, a proxy and the server; the messages with their "
            "fields; the "
            "certificates; the settings, streams and flow-control windows of HTTP/2; and all events, with "
            "all that was "
            "decoded of them. `--timeline` is not needed for that.\n\n"
            "Several URLs share a page, with a table of them on top. The drawing of a long conversation "
            "leaves out its "
            "middle; the table of events has it.",
    .begin = begin,
    .transfer = add,
    .end = end,
};
