/* SPDX-License-Identifier: MIT */
/* Comments: takes findings with their evidence, gives texts for packets. */
#include "report/pcapng/comments.h"

#include "model/model.h"
#include "report/headline.h"
#include "report/show.h"

#include <httptrace/caps.h>

#include <stdlib.h>

#define COMMENTS_MAX 512u

void ht_comments_free(struct ht_comments *comments)
{
    for (size_t i = 0; i < comments->count; i++)
        free(comments->at[i].text);
    free(comments->at);
    *comments = (struct ht_comments){NULL, 0, 0};
}

static bool has(const struct ht_comments *comments, int32_t socket, int64_t t_us, const char *text)
{
    for (size_t i = 0; i < comments->count; i++) {
        const struct ht_comment *at = &comments->at[i];
        if (at->socket == socket && at->t_us == t_us && strcmp(at->text, text) == 0)
            return true;
    }
    return false;
}

void ht_comments_add(struct ht_comments *comments, int32_t socket, int64_t t_us, const char *text)
{
    if (has(comments, socket, t_us, text))
        return;
    if (comments->count == COMMENTS_MAX) {
        comments->dropped++;
        return;
    }
    comments->at = ht_realloc(comments->at, (comments->count + 1) * sizeof *comments->at);
    comments->at[comments->count++] =
        (struct ht_comment){.socket = socket, .t_us = t_us, .record = HT_NO_RECORD, .text = ht_strdup(text)};
}

/* ---- findings ---- */

struct scene {
    const struct ht_transfer *transfer;
    const struct ht_event **events;
    size_t event_count;
};

static const struct ht_event *event_of(const struct scene *scene, uint64_t id)
{
    for (size_t i = 0; id != HT_NO_EVENT && i < scene->event_count; i++)
        if (scene->events[i]->id == id)
            return scene->events[i];
    return NULL;
}

static const struct ht_connection *connection_of(const struct scene *scene, int32_t id)
{
    for (const struct ht_exchange *x = scene->transfer->exchanges; x; x = x->next)
        if (x->connection && x->connection->id == id)
            return x->connection;
    return NULL;
}

/* Of a connection's attempts the one that was under way at that time, else the last. */
static int32_t socket_at(const struct ht_connection *c, int64_t t_us)
{
    int32_t socket = c->socket;
    if (socket >= 0 && t_us >= c->connected_us)
        return socket;
    for (const struct ht_attempt *a = c->attempts; a; a = a->next) {
        bool over = a->end_us >= 0 && a->end_us < t_us;
        if (a->start_us <= t_us && !over)
            return a->socket;
        if (c->socket < 0)
            socket = a->socket;
    }
    return socket;
}

static const struct ht_exchange *exchange_of(const struct scene *scene, int32_t id)
{
    const struct ht_exchange *x = scene->transfer->exchanges;
    while (x && x->id != id)
        x = x->next;
    return x;
}

/* Evidence without an event is told of where the exchange ended. */
static int64_t time_of(const struct scene *scene, const struct ht_finding *f, const struct ht_event *event)
{
    const struct ht_exchange *x = exchange_of(scene, f->exchange);
    if (event)
        return event->t_us;
    return x && x->end_us >= 0 ? x->end_us : ht_last_moment(scene->transfer);
}

static void add(struct ht_comments *comments, const struct scene *scene, const struct ht_finding *f,
                const struct ht_evidence *e, const struct ht_report_options *options)
{
    const struct ht_event *event = e ? event_of(scene, e->event) : NULL;
    const struct ht_connection *c =
        connection_of(scene, event && event->connection >= 0 ? event->connection : f->connection);
    int64_t t_us = time_of(scene, f, event);
    struct ht_sink text = ht_sink(HT_CAP_TEXT);
    ht_sink_printf(&text, "%s (%s, %s): ", f->code, ht_severity_name(f->severity), ht_locus_name(f->locus));
    ht_show_sentence(&text, f->title, options->show_secrets);
    if (e) {
        ht_sink_puts(&text, ": ");
        ht_show_sentence(&text, e->fact, options->show_secrets);
    }
    ht_comments_add(comments, c ? socket_at(c, t_us) : -1, t_us, ht_sink_text(&text));
    ht_sink_free(&text);
}

static void add_finding(struct ht_comments *comments, const struct scene *scene, const struct ht_finding *f,
                        const struct ht_report_options *options)
{
    if (f->severity < options->least)
        return;
    if (!f->evidence)
        add(comments, scene, f, NULL, options);
    for (const struct ht_evidence *e = f->evidence; e; e = e->next)
        add(comments, scene, f, e, options);
}

void ht_comments_findings(struct ht_comments *comments, const struct ht_transfer *transfer,
                          const struct ht_report_options *options)
{
    struct scene scene = {.transfer = transfer};
    bool any = false;
    for (const struct ht_exchange *x = transfer->exchanges; x; x = x->next)
        any = any || x->findings;
    if (!any)
        return;
    scene.events = ht_transfer_timeline(transfer, &scene.event_count);
    for (const struct ht_exchange *x = transfer->exchanges; x; x = x->next)
        for (const struct ht_finding *f = x->findings; f; f = f->next)
            add_finding(comments, &scene, f, options);
    free(scene.events);
}

/* ---- packets ---- */

void ht_comments_place(struct ht_comments *comments, const struct ht_spool_record *record, uint64_t number)
{
    for (size_t i = 0; i < comments->count; i++) {
        struct ht_comment *at = &comments->at[i];
        if (at->socket == record->socket && (at->record == HT_NO_RECORD || record->t_us <= at->t_us))
            at->record = number;
    }
}

const char *ht_comments_due(struct ht_comments *comments, int32_t socket, uint64_t number)
{
    for (size_t i = 0; i < comments->count; i++) {
        struct ht_comment *at = &comments->at[i];
        if (at->socket != socket || at->record > number || at->written)
            continue;
        at->written = true;
        return at->text;
    }
    return NULL;
}
