/* SPDX-License-Identifier: MIT */
/* Takes finished transfers, gives one Markdown document that fits into a comment of GitHub: the worst first.
 */
#include "report/markdown/markdown.h"

#include "base/arena.h"
#include "model/model.h"
#include "report/show.h"

#include <stdlib.h>

/* A comment takes 65,536 characters; that leaves some for a person's own words. Bytes are never fewer. */
#define COMMENT_BYTES 64000u
#define AROUND_BYTES  1024u /* what stands before and behind the pieces */

struct state {
    struct ht_pieces pieces;
    struct ht_sink versions;
    size_t bad, suspect, retried;
};

static enum ht_status begin(struct ht_document *document, struct ht_error *error)
{
    struct state *state = ht_malloc(sizeof *state);
    size_t room = document->options.room_bytes ? document->options.room_bytes : COMMENT_BYTES;
    (void)error;
    *state = (struct state){.versions = ht_sink(AROUND_BYTES / 4)};
    state->pieces.room_bytes = room > AROUND_BYTES ? room - AROUND_BYTES : 0;
    document->state = state;
    return HT_OK;
}

static void keep_versions(struct state *state, const struct ht_run_info *info)
{
    if (state->versions.len)
        return;
    ht_show_text(ht_part(&state->versions), ht_span_str("httptrace"));
    ht_sink_char(&state->versions, ' ');
    ht_show_text(&state->versions, info->tool);
    ht_sink_puts(ht_part(&state->versions), "libcurl ");
    ht_show_text(&state->versions, info->libcurl);
    ht_show_text(ht_part(&state->versions), info->tls);
}

/* Where several URLs share a page, what went well is folded away. */
static void phases(const struct ht_text *t, const struct ht_exchange *x, int badness, struct ht_sink *out)
{
    bool folded = t->options->several && badness == 0;
    ht_sink_puts(out, folded ? "<details><summary>Phases</summary>\n\n" : "");
    ht_markdown_phases(t, x, out);
    ht_sink_puts(out, folded ? "</details>\n\n" : "");
}

/* ---- one transfer ---- */

struct page {
    struct state *state;
    struct ht_text text;
    int badness;
};

static void add(const struct page *page, enum ht_piece_kind kind, struct ht_sink *text)
{
    if (text->len)
        ht_pieces_add(&page->state->pieces, kind, page->badness, text);
    ht_sink_free(text);
}

static void add_findings(const struct page *page)
{
    const struct ht_transfer *transfer = page->text.transfer;
    for (int severity = HT_SEVERITY_ERROR; severity >= (int)page->text.options->least; severity--)
        for (const struct ht_exchange *x = transfer->exchanges; x; x = x->next)
            for (const struct ht_finding *f = x->findings; f; f = f->next) {
                struct ht_sink text = ht_sink(0);
                if (f->severity == (enum ht_severity)severity)
                    ht_markdown_finding(&page->text, f, &text);
                add(page, HT_PIECE_FINDING, &text);
            }
}

static void add_exchanges(const struct page *page)
{
    for (const struct ht_exchange *x = page->text.transfer->exchanges; x; x = x->next) {
        struct ht_sink text = ht_sink(0), headers = ht_sink(0);
        phases(&page->text, x, page->badness, &text);
        add(page, HT_PIECE_PHASES, &text);
        ht_markdown_headers(&page->text, x, &headers);
        add(page, HT_PIECE_HEADERS, &headers);
    }
}

static void add_connections(const struct page *page)
{
    size_t count = 0;
    const struct ht_connection **connections = ht_transfer_connections(page->text.transfer, &count);
    for (size_t i = 0; i < count; i++) {
        struct ht_sink text = ht_sink(0);
        ht_markdown_connection(&page->text, connections[i], &text);
        add(page, HT_PIECE_CONNECTION, &text);
    }
    free(connections);
}

static void add_parts(const struct page *page)
{
    struct ht_sink head = ht_sink(0), checks = ht_sink(0), failure = ht_sink(0), messages = ht_sink(0),
                   frames = ht_sink(0);
    ht_markdown_head(&page->text, &head);
    add(page, HT_PIECE_HEAD, &head);
    ht_markdown_checks(&page->text, &checks);
    add(page, HT_PIECE_CHECKS, &checks);
    ht_markdown_failure(&page->text, &failure);
    add(page, HT_PIECE_FAILURE, &failure);
    add_findings(page);
    add_exchanges(page);
    add_connections(page);
    ht_markdown_events(&page->text, HT_LAYER_TLS, &messages);
    add(page, HT_PIECE_MESSAGES, &messages);
    ht_markdown_events(&page->text, HT_LAYER_HTTP2, &frames);
    add(page, HT_PIECE_FRAMES, &frames);
}

static void take(struct ht_document *document, const struct ht_trace *trace,
                 const struct ht_transfer *transfer)
{
    struct state *state = document->state;
    struct page page = {.state = state,
                        .text = {.trace = trace, .transfer = transfer, .options = &document->options}};
    page.text.events = ht_transfer_timeline(transfer, &page.text.event_count);
    page.badness = ht_markdown_badness(&page.text);
    state->bad += page.badness >= 2;
    state->suspect += page.badness == 1 && transfer->retry_in_us == 0;
    state->retried += transfer->retry_in_us > 0;
    state->pieces.number = document->transfers;
    keep_versions(state, &trace->info);
    add_parts(&page);
    free(page.text.events);
}

/* ---- the document ---- */

static void put_counts(const struct ht_document *document, const struct state *state, struct ht_sink *out)
{
    size_t all = document->transfers - state->retried;
    if (document->transfers == 0)
        ht_sink_puts(out, "No URL was traced.\n");
    if (document->transfers < 2)
        return;
    const struct {
        size_t count;
        const char *what;
    } kinds[] = {{all - state->suspect - state->bad, "fine"},
                 {state->suspect, "with a warning"},
                 {state->bad, "failed"},
                 {state->retried, "tried again"}};
    ht_sink_printf(out, "**%zu URL%s", all, all == 1 ? "" : "s");
    const char *before = ": ";
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (kinds[i].count == 0)
            continue;
        ht_sink_printf(out, "%s%zu %s", before, kinds[i].count, kinds[i].what);
        before = ", ";
    }
    ht_sink_puts(out, "**\n\n");
}

/* Several URLs, and the run was stopped before their end. */
static void put_interrupted(const struct ht_document *document, struct ht_sink *out)
{
    if (!document->options.interrupted)
        return;
    ht_sink_puts(out, "**Interrupted**: ");
    ht_markdown_text(out, document->options.interrupted);
    ht_sink_puts(out, "\n\n");
}

static enum ht_status end(struct ht_document *document, struct ht_error *error)
{
    struct state *state = document->state;
    struct ht_sink left_out = ht_sink(0), *out = &document->out;
    (void)error;
    if (!state)
        return HT_OK;
    put_counts(document, state, out);
    put_interrupted(document, out);
    ht_pieces_left_out(&state->pieces, &left_out);
    ht_pieces_write(&state->pieces, out);
    if (left_out.len)
        ht_sink_printf(out, "Left out for want of room: %s. `--report json` has all of it.\n\n",
                       ht_sink_text(&left_out));
    ht_markdown_text(out, ht_sink_text(&state->versions));
    ht_sink_puts(out, state->versions.len ? "\n" : "");
    ht_sink_free(&left_out);
    ht_sink_free(&state->versions);
    free(state);
    return HT_OK;
}

const struct ht_format ht_format_markdown = {
    .name = "markdown",
    .help = "Markdown for issues and chats, in the size of a comment",
    .text =
        "To be pasted into an issue, a pull request or a chat, or appended to a job's summary. The headline "
        "comes "
        "first, then checks, the phases as a table, what is known of a failure, and the findings with their "
        "evidence; headers, certificates, TLS messages and HTTP/2 frames are folded away below. Of several "
        "URLs "
        "those that failed come first.\n\n"
        "It takes no more than 64,000 bytes, as a comment on GitHub may have 65,536 characters. Where "
        "that is too little the long parts of what went well go first, and the last line tells what was left "
        "out.\n\n"
        "Whatever came from the wire, or could be read as a link, a mention of a person or a reference to an "
        "issue, "
        "is code in it, so that pasting a report calls nobody and links nowhere. Backticks of the wire's own "
        "are `\\x60`.\n\n"
        "`httptrace --report markdown=trace.md URL; gh issue comment 12 --body-file trace.md`",
    .begin = begin,
    .transfer = take,
    .end = end,
};
