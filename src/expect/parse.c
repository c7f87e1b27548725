/* SPDX-License-Identifier: MIT */
/* Takes the text of a check, gives its subject, operator and value; or says which part will not do. */
#include "base/escape.h"
#include "base/nearest.h"
#include "expect/subject.h"
#include "model/model.h"

#define MAX_SHOWN 100u

/* Harmless and not too long, in the arena. */
static const char *shown(struct ht_arena *arena, const char *text)
{
    struct ht_sink sink = ht_sink(MAX_SHOWN);
    ht_escape_text(&sink, ht_span_str(text));
    const char *copy = ht_arena_text(arena, ht_span(ht_sink_text(&sink), sink.len));
    ht_sink_free(&sink);
    return copy;
}

static const char *trimmed(struct ht_arena *arena, const char *text, size_t len)
{
    while (len && text[len - 1] == ' ')
        len--;
    while (len && *text == ' ')
        text++, len--;
    return ht_arena_text(arena, ht_span(text, len));
}

static bool takes_argument(const struct ht_subject *row)
{
    return row->name[strlen(row->name) - 1] == '.';
}

static const struct ht_subject *find_row(const char *name)
{
    size_t count;
    const struct ht_subject *rows = ht_subjects(&count);
    for (size_t i = 0; i < count; i++) {
        size_t len = strlen(rows[i].name);
        bool same = takes_argument(&rows[i]) ? strncmp(name, rows[i].name, len) == 0 && name[len]
                                             : strcmp(name, rows[i].name) == 0;
        if (same)
            return &rows[i];
    }
    return NULL;
}

static enum ht_status unknown_subject(struct ht_arena *arena, const char *name, struct ht_error *error)
{
    size_t count;
    const struct ht_subject *rows = ht_subjects(&count);
    struct ht_nearest nearest = ht_nearest(name);
    for (size_t i = 0; i < count; i++)
        ht_nearest_offer(&nearest, rows[i].name);
    if (nearest.found && !strchr(nearest.found, '.'))
        return ht_fail(error, HT_ERR_USAGE, "unknown subject \"%s\"; the nearest is %s", shown(arena, name),
                       nearest.found);
    struct ht_sink all = ht_sink(0);
    for (size_t i = 0; i < count; i++)
        ht_sink_printf(&all, "%s%s%s", i ? ", " : "", rows[i].name, takes_argument(&rows[i]) ? "NAME" : "");
    enum ht_status status =
        ht_fail(error, HT_ERR_USAGE, "unknown subject \"%s\"; there are %s", shown(arena, name), all.text);
    ht_sink_free(&all);
    return status;
}

static enum ht_status check_phase(struct ht_arena *arena, const char *name, struct ht_error *error)
{
    struct ht_nearest nearest = ht_nearest(name);
    for (enum ht_phase phase = HT_PHASE_QUEUE; phase < HT_PHASE_COUNT; phase++) {
        if (strcmp(ht_phase_name(phase), name) == 0)
            return HT_OK;
        ht_nearest_offer(&nearest, ht_phase_name(phase));
    }
    return ht_fail(error, HT_ERR_USAGE, "unknown phase \"%s\"%s%s", shown(arena, name),
                   nearest.found ? "; the nearest is " : "", nearest.found ? nearest.found : "");
}

static enum ht_status read_subject(struct ht_arena *arena, const char *name, struct ht_expect *out,
                                   struct ht_error *error)
{
    out->subject = find_row(name);
    if (!out->subject)
        return unknown_subject(arena, name, error);
    if (!takes_argument(out->subject))
        return HT_OK;
    out->argument = name + strlen(out->subject->name);
    return out->subject->type == HT_VALUE_DURATION ? check_phase(arena, out->argument, error) : HT_OK;
}

/* One pair of quotes around the whole value, as a shell would have taken it. */
static enum ht_status unquote(struct ht_arena *arena, const char **value, bool *quoted,
                              struct ht_error *error)
{
    size_t len = strlen(*value);
    char quote = **value;
    *quoted = quote == '"' || quote == '\'';
    if (!*quoted)
        return HT_OK;
    if (len < 2 || (*value)[len - 1] != quote)
        return ht_fail(error, HT_ERR_USAGE, "the quote in %s is not closed", shown(arena, *value));
    *value = ht_arena_text(arena, ht_span(*value + 1, len - 2));
    return HT_OK;
}

static enum ht_status read_value(struct ht_arena *arena, const char *text, struct ht_expect *out,
                                 struct ht_error *error)
{
    bool quoted;
    const struct ht_subject *subject = out->subject;
    out->value = text;
    enum ht_status status = unquote(arena, &out->value, &quoted, error);
    if (status != HT_OK)
        return status;
    /* Every text holds the empty one. */
    bool searched = out->op == HT_OP_CONTAINS || out->op == HT_OP_LACKS;
    bool ok = ht_value_is_text(subject->type) ? out->value[0] || (quoted && !searched)
                                              : ht_value_read(subject->type, out->value, &out->number);
    if (!ok)
        return ht_fail(error, HT_ERR_USAGE, "%s: expected %s after %s, got \"%s\"", shown(arena, out->text),
                       ht_value_noun(subject->type), ht_operator_text(out->op), shown(arena, out->value));
    return HT_OK;
}

enum ht_status ht_expect_parse(struct ht_arena *arena, const char *text, struct ht_expect *out,
                               struct ht_error *error)
{
    size_t name_len = strcspn(text, "=!<>~"), op_len;
    *out = (struct ht_expect){.text = ht_arena_text(arena, ht_span_str(text))};
    op_len = ht_operator_read(text + name_len, &out->op);
    const char *name = trimmed(arena, text, name_len);
    if (!*name)
        return ht_fail(error, HT_ERR_USAGE, "\"%s\" names no subject; write it as in status=200",
                       shown(arena, text));
    enum ht_status status = read_subject(arena, name, out, error);
    if (status != HT_OK)
        return status;
    if (op_len == 0)
        return ht_fail(error, HT_ERR_USAGE, "\"%s\" has no operator; %s takes %s, as in %s",
                       shown(arena, text), name, ht_value_operators(out->subject->type),
                       out->subject->example);
    if (!ht_value_fits(out->subject->type, out->op))
        return ht_fail(error, HT_ERR_USAGE, "%s: %s does not fit %s, which takes %s", shown(arena, text),
                       ht_operator_text(out->op), name, ht_value_operators(out->subject->type));
    const char *value = text + name_len + op_len;
    return read_value(arena, trimmed(arena, value, strlen(value)), out, error);
}

const char *ht_expect_code(const struct ht_expect *expect)
{
    return expect->subject->type == HT_VALUE_GLOB ? expect->value : NULL;
}

void ht_expect_markdown(struct ht_sink *out)
{
    size_t count;
    const struct ht_subject *rows = ht_subjects(&count);
    ht_sink_puts(
        out,
        "<!-- Generated by httptrace --generate checks. -->\n# Checks\n\n"
        "What `--expect` can speak of; [exit-codes-and-checks.md](exit-codes-and-checks.md) says how.\n\n");
    ht_sink_puts(out, "| subject | operators | for example | what it is |\n|---|---|---|---|\n");
    for (size_t i = 0; i < count; i++)
        ht_sink_printf(out, "| `%s%s` | `%s` | `%s` | %s |\n", rows[i].name,
                       takes_argument(&rows[i]) ? "NAME" : "", ht_value_operators(rows[i].type),
                       rows[i].example, rows[i].help);
}
