/* SPDX-License-Identifier: MIT */
/* Evidence: takes facts that a rule has found, keeps them with the events they were read from. */
#include "base/clock.h"
#include "base/escape.h"
#include "rules/rule.h"

#include <fnmatch.h>
#include <stdarg.h>

static const char *from_sink(struct ht_arena *arena, struct ht_sink *sink)
{
    const char *text = ht_arena_text(arena, ht_span(ht_sink_text(sink), sink->len));
    ht_sink_free(sink);
    return text;
}

void ht_claim_fact(struct ht_claim *claim, const struct ht_event *event, const char *format, ...)
{
    struct ht_sink sink = ht_sink(HT_CAP_TEXT);
    va_list args;
    va_start(args, format);
    ht_sink_vprintf(&sink, format, args);
    va_end(args);
    struct ht_evidence **at = &claim->evidence;
    while (*at)
        at = &(*at)->next;
    *at = ht_arena_alloc(claim->arena, sizeof **at);
    (*at)->event = event ? event->id : HT_NO_EVENT;
    (*at)->fact = from_sink(claim->arena, &sink);
}

void ht_claim_libcurl(struct ht_claim *claim, const struct ht_case *c)
{
    const struct ht_transfer *transfer = c->transfer;
    if (transfer->reason.len)
        ht_claim_fact(claim, NULL, "%s", ht_claim_text(claim, transfer->reason));
    else
        ht_claim_fact(claim, NULL, "libcurl: %s", ht_claim_text(claim, transfer->error));
}

const char *ht_claim_text(struct ht_claim *claim, struct ht_span text)
{
    struct ht_sink sink = ht_sink(0);
    ht_escape_text(&sink, ht_span_head(text, 200));
    return from_sink(claim->arena, &sink);
}

const char *ht_claim_time(struct ht_claim *claim, int64_t us)
{
    struct ht_sink sink = ht_sink(0);
    ht_sink_duration(&sink, us);
    return from_sink(claim->arena, &sink);
}

const char *ht_claim_moment(struct ht_claim *claim, int64_t t_us)
{
    return ht_claim_time(claim, t_us - claim->start_us);
}

static bool matches(const struct ht_event *e, const char *kind, enum ht_dir dir)
{
    return strcmp(e->kind, kind) == 0 && (dir == HT_DIR_NONE || e->dir == dir);
}

/* The earliest (or latest) of both lists; a connection's events belong to all its exchanges. */
static const struct ht_event *find(const struct ht_case *c, const char *kind, enum ht_dir dir, bool want_last)
{
    const struct ht_event_list *lists[] = {&c->exchange->events,
                                           c->connection ? &c->connection->events : NULL};
    const struct ht_event *best = NULL;
    for (size_t i = 0; i < 2; i++) {
        for (const struct ht_event *e = lists[i] ? lists[i]->first : NULL; e; e = e->next) {
            if (matches(e, kind, dir) &&
                (!best || (want_last ? e->t_us >= best->t_us : e->t_us < best->t_us)))
                best = e;
        }
    }
    return best;
}

const struct ht_event *ht_case_first(const struct ht_case *c, const char *kind)
{
    return find(c, kind, HT_DIR_NONE, false);
}

const struct ht_event *ht_case_last(const struct ht_case *c, const char *kind)
{
    return find(c, kind, HT_DIR_NONE, true);
}

const struct ht_event *ht_case_last_dir(const struct ht_case *c, const char *kind, enum ht_dir dir)
{
    return find(c, kind, dir, true);
}

bool ht_glob_any(const char *globs, const char *text)
{
    char one[128];
    while (globs && *globs) {
        size_t len = strcspn(globs, " ");
        if (len < sizeof one) {
            memcpy(one, globs, len);
            one[len] = '\0';
            if (len && fnmatch(one, text, 0) == 0)
                return true;
        }
        globs += len + strspn(globs + len, " ");
    }
    return false;
}
