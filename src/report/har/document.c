/* SPDX-License-Identifier: MIT */
/*
 * Takes finished transfers, gives an HTTP Archive (HAR 1.2, http://www.softwareishard.com/blog/har-12-spec/):
 * a page for each transfer, an entry for each of its requests. Names that begin with _ are ours.
 */
#include "base/arena.h"
#include "model/model.h"
#include "report/format.h"
#include "report/har/har.h"

#include <stdlib.h>

struct har {
    size_t entries;
    struct ht_sink pages; /* written after the entries: those come one by one */
};

json_t *ht_har_date(const struct ht_json *j, int64_t t_us)
{
    return ht_json_wall_time(j->transfer->wall_start_us + t_us - j->base_us);
}

json_t *ht_har_ms(int64_t duration_us)
{
    return json_real((double)duration_us / 1000.0);
}

/* Takes the reference. */
static void put(struct ht_sink *out, bool first, json_t *value)
{
    ht_sink_puts(out, first ? "\n" : ",\n");
    ht_json_write(out, value);
    json_decref(value);
}

static json_t *page(const struct ht_json *j, const char *id)
{
    const struct ht_transfer *transfer = j->transfer;
    bool ended = transfer->end_us >= transfer->start_us;
    json_t *out = json_object(), *timings = json_object();
    ht_json_set(timings, "onContentLoad", json_integer(-1));
    ht_json_set(timings, "onLoad",
                ended ? ht_har_ms(transfer->end_us - transfer->start_us) : json_integer(-1));
    ht_json_set(out, "startedDateTime", ht_har_date(j, transfer->start_us));
    ht_json_set(out, "id", json_string(id));
    ht_json_set(out, "title", ht_json_url(j, transfer->url));
    ht_json_set(out, "pageTimings", timings);
    ht_json_set(out, "_headline", ht_json_headline(j));
    ht_json_set(out, "_verdict", ht_json_word(ht_verdict_status_name(transfer->verdict.status)));
    ht_json_set(out, "_locus", ht_json_word(ht_locus_name(transfer->verdict.locus)));
    ht_json_set(out, "_curlCode", ended ? json_integer(transfer->curl_code) : json_null());
    ht_json_set(out, "_error", ht_json_curl_text(j, transfer->error));
    return out;
}

static enum ht_status begin(struct ht_document *document, struct ht_error *error)
{
    (void)error;
    document->state = ht_malloc(sizeof(struct har));
    *(struct har *)document->state = (struct har){.pages = ht_sink(0)};
    ht_sink_puts(&document->out,
                 "{\"log\":{\"version\":\"1.2\",\"creator\":{\"name\":\"httptrace\",\"version\":"
                 "\"" HT_VERSION "\"},\n\"entries\":[");
    return HT_OK;
}

static void add(struct ht_document *document, const struct ht_trace *trace,
                const struct ht_transfer *transfer)
{
    struct har *har = document->state;
    struct ht_json j = {trace, transfer, &document->options, transfer->start_us, json_array()};
    char id[32];
    snprintf(id, sizeof id, "page_%zu", document->transfers + 1);
    for (const struct ht_exchange *x = transfer->exchanges; x; x = x->next)
        put(&document->out, har->entries++ == 0, ht_har_entry(&j, x, id));
    put(&har->pages, document->transfers == 0, page(&j, id));
    json_decref(j.truncated);
}

static enum ht_status end(struct ht_document *document, struct ht_error *error)
{
    struct har *har = document->state;
    (void)error;
    if (!har)
        return HT_OK;
    ht_sink_puts(&document->out, "\n],\n\"pages\":[");
    ht_sink_bytes(&document->out, ht_span(ht_sink_text(&har->pages), har->pages.len));
    ht_sink_puts(&document->out, "\n]}}\n");
    ht_sink_free(&har->pages);
    free(har);
    document->state = NULL;
    return HT_OK;
}

const struct ht_format ht_format_har = {
    .name = "har",
    .help = "HTTP Archive 1.2, for a browser's developer tools",
    .text = "Opens in the network panel of Chrome and Firefox. A page stands for each URL, an entry for each "
            "of its "
            "requests, redirects and sign-ins included. What a phase did not need, as a lookup on a reused "
            "connection, has the time -1; `connect` includes `ssl`, and the handshake with a proxy, which is "
            "`_proxy` "
            "as well.\n\n"
            "Names that begin with `_` are ours: `_findings`, `_tls`, `_h2`, `_cause`, `_phase`, and the "
            "`_headline` "
            "and `_verdict` of a page, with the members of the JSON report.\n\n"
            "Bodies are in it with `--har-bodies`, up to 1 MiB of each; content codings are undone, and what "
            "is no "
            "plain text is base64. They are what was sent and received: nothing in them is masked.",
    .begin = begin,
    .transfer = add,
    .end = end,
};
