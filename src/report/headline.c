/* SPDX-License-Identifier: MIT */
/* Takes a transfer, gives its headline: the verdict's, or the answer in one line, or what it failed with. */
#include "report/headline.h"

#include "base/clock.h"
#include "decode/tls/tls.h"
#include "model/model.h"
#include "report/names.h"
#include "report/show.h"

#include <stdlib.h>

const struct ht_exchange *ht_last_exchange(const struct ht_transfer *transfer)
{
    const struct ht_exchange *x = transfer->exchanges;
    while (x && x->next)
        x = x->next;
    return x;
}

bool ht_was_stopped(const struct ht_transfer *transfer)
{
    return transfer->end_us < 0 || transfer->interrupted;
}

struct ht_sink *ht_part(struct ht_sink *line)
{
    if (line->len)
        ht_sink_puts(line, " \u00b7 ");
    return line;
}

static int64_t later(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

int64_t ht_last_moment(const struct ht_transfer *transfer)
{
    int64_t end = later(transfer->end_us, transfer->start_us);
    size_t count = 0;
    if (transfer->end_us >= 0)
        return transfer->end_us;
    for (const struct ht_exchange *x = transfer->exchanges; x; x = x->next)
        end = later(end, x->end_us);
    const struct ht_event **events = ht_transfer_timeline(transfer, &count);
    for (size_t i = 0; i < count; i++)
        end = later(end, later(events[i]->t_us, events[i]->t_last_us));
    free(events);
    return end;
}

void ht_status_line(struct ht_sink *out, const struct ht_response *response)
{
    const char *phrase = ht_status_phrase(response->status);
    ht_sink_printf(out, "%d", response->status);
    if (response->reason.len) {
        ht_sink_char(out, ' ');
        ht_show_text(out, response->reason);
    } else if (phrase) {
        ht_sink_printf(out, " %s", phrase);
    }
}

/* "TLS 1.3" of "TLSv1.3": what people write. */
static void tls_version(struct ht_sink *out, uint16_t version)
{
    const char *name = ht_tls_version_name(version);
    bool usual = name && strncmp(name, "TLSv", 4) == 0;
    if (usual)
        ht_sink_printf(out, "TLS %s", name + 4);
    else if (name && !ht_tls_is_grease(version))
        ht_sink_puts(out, name);
    else
        ht_sink_printf(out, "TLS 0x%04x", version);
}

void ht_headline_answer(struct ht_sink *out, const struct ht_transfer *transfer)
{
    const struct ht_exchange *x = ht_last_exchange(transfer);
    struct ht_sink line = ht_sink(HT_CAP_TEXT);
    if (!x || !x->response.status)
        return;
    const struct ht_connection *c = x->connection;
    const char *version = ht_http_version_name(x->response.version);
    ht_status_line(&line, &x->response);
    if (version)
        ht_sink_printf(ht_part(&line), "HTTP/%s", version);
    if (c && c->tls && c->tls->version)
        tls_version(ht_part(&line), c->tls->version);
    if (c && c->remote.len)
        ht_show_text(ht_part(&line), c->remote);
    if (c && c->remote.len && c->proxy)
        ht_sink_puts(&line, " (proxy)");
    ht_sink_size(ht_part(&line), x->response.body_bytes);
    if (transfer->end_us >= 0) {
        ht_sink_puts(&line, " in ");
        ht_sink_duration(&line, transfer->end_us - transfer->start_us);
    }
    ht_sink_puts(out, ht_sink_text(&line));
    ht_sink_free(&line);
}

void ht_headline(struct ht_sink *out, const struct ht_transfer *transfer, bool secrets)
{
    const struct ht_verdict *v = &transfer->verdict;
    const struct ht_exchange *x = ht_last_exchange(transfer);
    if (v->headline && v->status != HT_VERDICT_OK)
        ht_show_sentence(out, v->headline, secrets);
    else if (transfer->end_us < 0 || transfer->curl_code != 0)
        ht_headline_failure(out, transfer, secrets);
    else if (x && x->response.status)
        ht_headline_answer(out, transfer);
    else
        ht_sink_puts(out, "The transfer ended without an answer of HTTP.");
}

void ht_headline_retry(struct ht_sink *out, const struct ht_transfer *transfer, const char *before)
{
    if (transfer->retry_in_us == 0)
        return;
    ht_sink_puts(out, before);
    ht_sink_duration(out, transfer->retry_in_us);
}
