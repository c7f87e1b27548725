/* SPDX-License-Identifier: MIT */
/* pcapng: takes the raw events of a run, gives the session as a capture would have it. While the run lasts
 * its bytes go to a spool; the capture is written from that at the end, when the keys and the findings are
 * known.
 */
#include "base/arena.h"
#include "report/pcapng/block.h"
#include "report/pcapng/capture.h"
#include "report/pcapng/flow.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/utsname.h>

#define SECRETS_BYTES (256u * 1024u) /* of one block of them */
#define CAPTURE_MAX   (INT64_C(256) << 20)

static void free_capture(struct ht_capture *c)
{
    ht_spool_free(c->spool);
    ht_spool_free(c->keys);
    ht_comments_free(&c->comments);
    free(c);
}

static enum ht_status begin(struct ht_document *document, struct ht_error *error)
{
    struct ht_capture *c = ht_malloc(sizeof *c);
    *c = (struct ht_capture){.tool = "httptrace", .unread_socket = -1};
    if (document->options.capture_max <= 0)
        document->options.capture_max = CAPTURE_MAX;
    if (ht_spool_open(document->options.capture_max, &c->spool, error) != HT_OK ||
        ht_spool_open(document->options.capture_max, &c->keys, error) != HT_OK) {
        free_capture(c);
        return error->status;
    }
    document->state = c;
    return HT_OK;
}

static void take_transfer(struct ht_document *document, const struct ht_trace *trace,
                          const struct ht_transfer *transfer)
{
    struct ht_capture *c = document->state;
    (void)trace;
    ht_comments_findings(&c->comments, transfer, &document->options);
}

/* ---- the end ---- */

static void place_comments(struct ht_capture *c)
{
    struct ht_spool_record record;
    if (c->comments.count == 0)
        return;
    for (uint64_t number = 0; ht_spool_next(c->spool, &record, NULL); number++)
        if (ht_flow_shows(&record))
            ht_comments_place(&c->comments, &record, number);
}

/* Comments that no packet has are the section's own. */
static void put_section_comments(struct ht_sink *out, const struct ht_comments *comments)
{
    char more[80];
    snprintf(more, sizeof more, "Findings without a comment, since there are too many: %zu",
             comments->dropped);
    ht_block_comment(out,
                     ht_span_str("Taken by httptrace without a capture's rights: what its sockets sent and "
                                 "received, with IP and TCP headers made for it. Holds secrets."));
    if (comments->dropped)
        ht_block_comment(out, ht_span_str(more));
    for (size_t i = 0; i < comments->count; i++)
        if (comments->at[i].record == HT_NO_RECORD)
            ht_block_comment(out, ht_span_str(comments->at[i].text));
}

static void put_section(struct ht_document *document)
{
    const struct ht_capture *c = document->state;
    struct utsname host;
    char os[512] = "";
    if (uname(&host) == 0)
        snprintf(os, sizeof os, "%.100s %.100s %.100s", host.sysname, host.release, host.machine);
    size_t at = ht_block_section(&document->out, os, c->tool);
    put_section_comments(&document->out, &c->comments);
    ht_block_options_end(&document->out);
    ht_block_end(&document->out, at);
    ht_block_interface(&document->out);
}

static void put_secrets_block(struct ht_document *document, struct ht_sink *lines)
{
    if (lines->len)
        ht_block_secrets(&document->out, ht_span(lines->text, lines->len));
    ht_sink_reset(lines);
    ht_document_flush(document);
}

/* All before the first packet: a reader that goes through the file once needs them by then. */
static void put_secrets(struct ht_document *document)
{
    struct ht_capture *c = document->state;
    struct ht_sink lines = ht_sink(0);
    struct ht_spool_record record;
    struct ht_span line;
    while (ht_spool_next(c->keys, &record, &line)) {
        ht_sink_bytes(&lines, line);
        ht_sink_char(&lines, '\n');
        if (lines.len > SECRETS_BYTES)
            put_secrets_block(document, &lines);
    }
    put_secrets_block(document, &lines);
    ht_sink_free(&lines);
}

static void put_packets(struct ht_document *document)
{
    struct ht_capture *c = document->state;
    struct ht_flows flows = {.document = document, .comments = &c->comments, .wall_us = c->wall_us};
    struct ht_spool_record record;
    struct ht_span bytes;
    for (; ht_spool_next(c->spool, &record, &bytes); flows.record++)
        ht_flow_take(&flows, &record, bytes);
    ht_flows_end(&flows);
}

static enum ht_status write_capture(struct ht_document *document, struct ht_error *error)
{
    struct ht_capture *c = document->state;
    if (c->blind)
        return ht_fail(error, HT_ERR_IO,
                       "report pcapng: calls are not seen in this run (tap: callbacks), so that there is "
                       "nothing to write");
    ht_capture_settle(document);
    if (ht_spool_rewind(c->spool, error) != HT_OK || ht_spool_rewind(c->keys, error) != HT_OK)
        return error->status;
    place_comments(c);
    put_section(document);
    put_secrets(document);
    if (ht_spool_rewind(c->spool, error) != HT_OK)
        return error->status;
    put_packets(document);
    if (document->target)
        ht_sink_printf(&document->notes,
                       "%s holds what was sent and received, secrets included, and the keys of TLS: "
                       "keep it to yourself\n",
                       document->target);
    return HT_OK;
}

static enum ht_status end(struct ht_document *document, struct ht_error *error)
{
    struct ht_capture *c = document->state;
    if (!c)
        return HT_OK;
    enum ht_status status = write_capture(document, error);
    free_capture(c);
    document->state = NULL;
    return status;
}

const struct ht_format ht_format_pcapng = {
    .name = "pcapng",
    .help = "The session as Wireshark would have captured it, to be opened there, without root",
    .text =
        "A capture for Wireshark and tshark, and whatever else reads pcapng, without a capture's rights and "
        "in "
        "any "
        "container: `httptrace --report pcapng=x.pcapng URL`, then `wireshark x.pcapng`. The keys of TLS are "
        "in "
        "it, so that HTTP is shown in clear and no key log is needed. Findings are comments on the packets "
        "of "
        "their evidence: the display filter `frame.comment` shows them.\n\n"
        "Payload, its order, addresses, ports and times are those of the real connect(), send() and recv(), "
        "and a "
        "connection ends as its socket did, with FIN or RST. The headers of IP and TCP are made for it, "
        "which the "
        "first packet of each connection says: sequence numbers, windows and the borders of segments are not "
        "those of the wire, and there are no bare acknowledgments and no retransmissions. What the peer sent "
        "after the socket was closed is nowhere. A Unix socket's bytes are there under 127.0.0.1, its path "
        "in "
        "a comment. DNS and QUIC are left out. Of TLS within TLS, "
        "which is what an HTTPS proxy carries, Wireshark 4.0 shows the proxy's layer alone; the keys to both "
        "are "
        "there.\n\n"
        "While the run lasts every byte goes to a temporary file in `$TMPDIR`, /var/tmp or /tmp, of "
        "`--capture-max` "
        "bytes at most; where that is reached the capture ends, the run does not. A record holds no payload, "
        "so "
        "`--read` cannot make one.\n\n"
        "**The file is a secret.** It holds every byte that was sent and received and the keys to them: "
        "passwords, "
        "cookies, tokens and bodies. Nothing in it is masked, and `--show-secrets` makes no difference; only "
        "its owner "
        "may read it. Give it to nobody who may not act in your name, or let the credentials expire first.",
    .flags = HT_FORMAT_FILE | HT_FORMAT_WIRE | HT_FORMAT_SECRET,
    .begin = begin,
    .raw = ht_capture_take,
    .transfer = take_transfer,
    .end = end,
};
