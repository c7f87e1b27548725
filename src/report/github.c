/* SPDX-License-Identifier: MIT */
/* Takes finished transfers, gives workflow commands of GitHub Actions: the text, folded where all went well,
 * then annotations, the most important first. */
#include "report/format.h"

#include "base/arena.h"
#include "report/headline.h"
#include "report/points.h"
#include "report/show.h"

#include <stdlib.h>

#define SHOWN_MOST  10u /* of a level: GitHub shows no more of one step */
#define NAMES_MOST  32u /* that the last one tells of the others */
#define TITLE_BYTES 200u
#define TEXT_BYTES  4000u

/* As the commands are called. */
static const char *const levels[] = {"error", "warning", "notice"};
enum { LEVEL_ERROR, LEVEL_WARNING, LEVEL_NOTICE, LEVEL_COUNT, LEVEL_NONE = LEVEL_COUNT };

/* Neither escaped as a command has it. */
struct annotation {
    const char *name; /* static: a finding's code, or the kind of point */
    int rank;
    struct ht_sink title, text;
};

/* Annotations that are told by name and number alone. */
struct rest {
    const char *name;
    size_t count;
};

struct level {
    struct annotation shown[SHOWN_MOST]; /* by rank */
    size_t shown_count, all;
    struct rest rest[NAMES_MOST];
    size_t rest_count, unnamed;
};

struct state {
    struct level levels[LEVEL_COUNT];
};

/* ---- writing commands ---- */

static void escaped(struct ht_sink *out, const struct ht_sink *text, const char *special)
{
    for (size_t i = 0; i < text->len; i++) {
        if (strchr(special, text->text[i]))
            ht_sink_printf(out, "%%%02X", (unsigned char)text->text[i]);
        else
            ht_sink_char(out, text->text[i]);
    }
}

static void put_command(struct ht_sink *out, const char *name, const struct ht_sink *title,
                        const struct ht_sink *text)
{
    ht_sink_printf(out, "::%s", name);
    if (title) {
        ht_sink_puts(out, " title=");
        escaped(out, title, "%\r\n:,");
    }
    ht_sink_puts(out, "::");
    escaped(out, text, "%\r\n");
    ht_sink_char(out, '\n');
}

/* ---- collecting ---- */

static void forget(struct level *level, struct annotation *one)
{
    size_t at = 0;
    while (at < level->rest_count && strcmp(level->rest[at].name, one->name) != 0)
        at++;
    if (at == level->rest_count && at < NAMES_MOST)
        level->rest[level->rest_count++] = (struct rest){one->name, 0};
    if (at < level->rest_count)
        level->rest[at].count++;
    else
        level->unnamed++;
    ht_sink_free(&one->title);
    ht_sink_free(&one->text);
}

/* Takes `one` over. */
static void add(struct level *level, struct annotation one)
{
    size_t at = level->shown_count;
    level->all++;
    while (at > 0 && level->shown[at - 1].rank > one.rank)
        at--;
    if (at == SHOWN_MOST) {
        forget(level, &one);
        return;
    }
    if (level->shown_count == SHOWN_MOST)
        forget(level, &level->shown[--level->shown_count]);
    memmove(&level->shown[at + 1], &level->shown[at], (level->shown_count - at) * sizeof one);
    level->shown[at] = one;
    level->shown_count++;
}

static int level_of(const struct ht_point *point)
{
    if (point->kind == HT_POINT_PHASE)
        return LEVEL_NONE; /* the transfer tells of it */
    if (point->result == HT_POINT_FAILED || point->result == HT_POINT_BROKE)
        return LEVEL_ERROR;
    if (point->kind != HT_POINT_FINDING)
        return LEVEL_NONE;
    return point->finding->severity == HT_SEVERITY_WARNING  ? LEVEL_WARNING
           : point->finding->severity == HT_SEVERITY_NOTICE ? LEVEL_NOTICE
                                                            : LEVEL_NONE;
}

static void put_request(struct ht_sink *out, const struct ht_point *point)
{
    ht_show_text(out, point->transfer->method);
    ht_sink_char(out, ' ');
    ht_show_url(out, point->transfer->url, point->options->show_secrets);
}

/* Without line feeds at its end, and with a mark where it was cut. */
static void finish(struct ht_sink *text)
{
    while (text->len && text->text[text->len - 1] == '\n')
        text->text[--text->len] = '\0';
    if (!text->cut)
        return;
    text->cut = false;
    text->cap = 0;
    ht_sink_puts(text, "\u2026");
}

static struct annotation annotation_of(const struct ht_point *point)
{
    struct annotation one = {.name = point->finding ? point->finding->code : ht_point_kind_name(point->kind),
                             .rank = (int)point->kind,
                             .title = ht_sink(TITLE_BYTES),
                             .text = ht_sink(TEXT_BYTES)};
    if (point->kind == HT_POINT_FINDING)
        ht_sink_printf(&one.title, "%s: ", one.name);
    else if (point->kind == HT_POINT_CHECK)
        ht_point_name(&one.title, point);
    if (point->kind != HT_POINT_CHECK)
        ht_point_message(&one.title, point);
    put_request(&one.text, point);
    ht_sink_char(&one.text, '\n');
    if (point->kind == HT_POINT_CHECK)
        ht_point_message(&one.text, point);
    else if (point->kind == HT_POINT_TRANSFER && point->options->exit_code)
        ht_sink_printf(&one.text, "exit %d", point->options->exit_code);
    ht_point_details(&one.text, point);
    finish(&one.title);
    finish(&one.text);
    return one;
}

/* Whether a finding says why the transfer failed: once is enough. */
static bool is_explained(const struct ht_point *points, size_t count)
{
    bool found = false;
    for (size_t i = 0; i < count; i++)
        found = found || (points[i].finding && points[i].result == HT_POINT_FAILED);
    return found && points[0].transfer->verdict.headline;
}

/* --retry: an attempt that another one follows fails nothing. */
static void collect_attempt(struct level *notices, const struct ht_point *transfer)
{
    struct annotation one = annotation_of(transfer);
    struct ht_sink headline = one.title;
    one.title = ht_sink(TITLE_BYTES);
    ht_sink_printf(&one.title, "attempt %lld: %s", (long long)transfer->transfer->retries + 1,
                   ht_sink_text(&headline));
    ht_headline_retry(&one.text, transfer->transfer, "\ntried again in ");
    ht_sink_free(&headline);
    add(notices, one);
}

/* Gives whether there was more than a notice. */
static bool collect(struct state *state, const struct ht_point *points, size_t count)
{
    bool grave = false, explained = is_explained(points, count);
    if (points[0].transfer->retry_in_us > 0) {
        collect_attempt(&state->levels[LEVEL_NOTICE], &points[0]);
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        int level = level_of(&points[i]);
        grave = grave || level < LEVEL_NOTICE;
        if (level != LEVEL_NONE && !(explained && points[i].kind == HT_POINT_TRANSFER))
            add(&state->levels[level], annotation_of(&points[i]));
    }
    return grave;
}

/* ---- the document ---- */

static enum ht_status begin(struct ht_document *document, struct ht_error *error)
{
    (void)error;
    document->state = ht_malloc(sizeof(struct state));
    *(struct state *)document->state = (struct state){0};
    return HT_OK;
}

static void take(struct ht_document *document, const struct ht_trace *trace,
                 const struct ht_transfer *transfer)
{
    struct ht_report_options options = document->options;
    struct ht_sink request = ht_sink(TITLE_BYTES);
    size_t count = 0;
    struct ht_point *points = ht_points(trace, transfer, &document->options, &count);
    bool grave = collect(document->state, points, count);
    options.color = false;
    put_request(&request, &points[0]);
    if (!grave)
        put_command(&document->out, "group", NULL, &request);
    ht_report_text(&document->out, trace, transfer, &options);
    ht_sink_puts(&document->out, grave ? "\n" : "::endgroup::\n");
    ht_sink_free(&request);
    free(points);
}

/* In the place of the last one: what there is besides those that are shown. */
static void put_rest(struct ht_sink *out, const struct level *level, const char *name)
{
    struct ht_sink title = ht_sink(0), text = ht_sink(0);
    ht_sink_printf(&title, "%zu more of this kind", level->all - level->shown_count);
    for (size_t i = 0; i < level->rest_count; i++)
        ht_sink_printf(&text, "%s%s (%zu)", i ? ", " : "", level->rest[i].name, level->rest[i].count);
    if (level->unnamed)
        ht_sink_printf(&text, " and %zu others", level->unnamed);
    put_command(out, name, &title, &text);
    ht_sink_free(&title);
    ht_sink_free(&text);
}

static void put_level(struct ht_sink *out, struct level *level, const char *name)
{
    bool cut = level->all > SHOWN_MOST;
    if (cut)
        forget(level, &level->shown[--level->shown_count]);
    for (size_t i = 0; i < level->shown_count; i++) {
        struct annotation *one = &level->shown[i];
        put_command(out, name, &one->title, &one->text);
        ht_sink_free(&one->title);
        ht_sink_free(&one->text);
    }
    if (cut)
        put_rest(out, level, name);
}

static enum ht_status end(struct ht_document *document, struct ht_error *error)
{
    struct state *state = document->state;
    (void)error;
    for (int i = 0; state && i < LEVEL_COUNT; i++)
        put_level(&document->out, &state->levels[i], levels[i]);
    if (document->options.interrupted)
        ht_sink_printf(&document->out, "interrupted: %s\n", document->options.interrupted);
    free(state);
    return HT_OK;
}

const struct ht_format ht_format_github = {
    .name = "github",
    .help = "Annotations of GitHub Actions, with the text in its log",
    .text =
        "Workflow commands for the standard output of a step. First the text of each URL, which the log "
        "shows "
        "folded where all went well; at the end an annotation for each transfer that failed, each `--expect` "
        "that "
        "does not hold and each finding. What fails the run is an error: a finding of the severity of "
        "`--fail-on` "
        "or graver, without `--fail-on` one that is an error; other findings are warnings and notices. "
        "Findings of severity info are in the text alone, with `-v`.\n\n"
        "GitHub shows ten annotations of a kind for a step. Where there are more, the tenth tells what the "
        "others "
        "are.\n\n"
        "`--ci` chooses it by itself where the environment has `GITHUB_ACTIONS=true` and no other report is "
        "to have "
        "standard output, and appends a `markdown` report to the job's summary, `$GITHUB_STEP_SUMMARY`: up "
        "to "
        "256 KiB for a run, and never more than the 1 MiB that a step may have. A summary that cannot be "
        "written is a warning. With the variable empty none is. Text from the wire never begins a workflow "
        "command, in this format or another.",
    .begin = begin,
    .transfer = take,
    .end = end,
};
