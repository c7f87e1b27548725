/* SPDX-License-Identifier: MIT */
/* Takes a check and a transfer that has ended, gives whether it holds and what was found. */
#include "base/escape.h"
#include "base/mask.h"
#include "expect/subject.h"

#include <fnmatch.h>
#include <strings.h>

#define MAX_GOT 200u /* of what was found; the report has it whole */

static bool is_negated(enum ht_operator op)
{
    return op == HT_OP_UNEQUAL || op == HT_OP_LACKS;
}

static bool number_holds(const struct ht_expect *e, int64_t number)
{
    int order = (number > e->number) - (number < e->number);
    const bool holds[] = {
        [HT_OP_EQUAL] = order == 0,
        [HT_OP_UNEQUAL] = order != 0,
        [HT_OP_LESS] = order<0, [HT_OP_LESS_EQUAL] = order <= 0, [HT_OP_GREATER] = order> 0,
        [HT_OP_GREATER_EQUAL] = order >= 0,
    };
    return holds[e->op];
}

static bool contains(struct ht_span text, struct ht_span part)
{
    for (size_t at = 0; at + part.len <= text.len; at++) {
        if (ht_span_ieq(ht_span_head(ht_span_from(text, at), part.len), part))
            return true;
    }
    return false;
}

/* Whether one text is what the check names, its negation left aside. */
static bool is_named(const struct ht_expect *e, struct ht_arena *arena, struct ht_span text)
{
    if (e->subject->type == HT_VALUE_GLOB)
        return fnmatch(e->value, ht_arena_text(arena, text), 0) == 0;
    if (e->op == HT_OP_CONTAINS || e->op == HT_OP_LACKS)
        return contains(text, ht_span_str(e->value));
    if (e->subject->type == HT_VALUE_NAME)
        return ht_span_ieq_str(text, e->value);
    return ht_span_eq_str(text, e->value);
}

static bool texts_hold(const struct ht_expect *e, const struct ht_found *found)
{
    bool any = false;
    for (size_t i = 0; i < found->count; i++)
        any = any || is_named(e, found->arena, found->texts[i]);
    return any != is_negated(e->op);
}

/* A field's value as it may be shown; any other text may hold a URL at most. */
static void show_text(struct ht_sink *out, const struct ht_question *q, struct ht_span text)
{
    struct ht_sink masked = ht_sink(0);
    if (q->secrets)
        ht_sink_bytes(&masked, text);
    else if (q->argument)
        ht_mask_header(&masked, ht_span_str(q->argument), text);
    else
        ht_mask_url(&masked, text);
    ht_escape_text(out, ht_span(ht_sink_text(&masked), masked.len));
    ht_sink_free(&masked);
}

/* What was found; for a check that names what must not be, that alone. */
static const char *got_of(const struct ht_expect *e, const struct ht_question *q,
                          const struct ht_found *found, bool ok)
{
    struct ht_sink out = ht_sink(MAX_GOT);
    if (!ht_value_is_text(e->subject->type))
        ht_value_show(&out, e->subject->type, found->number);
    for (size_t i = 0; i < found->count; i++) {
        if (is_negated(e->op) && !ok && !is_named(e, found->arena, found->texts[i]))
            continue;
        ht_sink_puts(&out, out.len ? ", " : "");
        show_text(&out, q, found->texts[i]);
    }
    if (out.len == 0)
        ht_sink_puts(&out, found->count ? "\"\"" : "none");
    const char *text = ht_arena_printf(found->arena, "%s%s", ht_sink_text(&out), out.cut ? "..." : "");
    ht_sink_free(&out);
    return text;
}

/* Whether the value that was expected is not to be shown as it is; then writes what is. */
static bool masks_value(struct ht_sink *out, const struct ht_expect *e)
{
    const struct ht_question q = {.argument = e->argument};
    if (e->argument && ht_mask_is_secret_header(ht_span_str(e->argument))) {
        ht_sink_puts(out, HT_MASK);
        return true;
    }
    struct ht_sink plain = ht_sink(0);
    show_text(out, &q, ht_span_str(e->value));
    ht_escape_text(&plain, ht_span_str(e->value));
    bool differs = strcmp(ht_sink_text(out), ht_sink_text(&plain)) != 0;
    ht_sink_free(&plain);
    return differs;
}

/* As the user wrote it, but for secrets. */
static const char *text_of(const struct ht_expect *e, struct ht_arena *arena, bool secrets)
{
    struct ht_sink out = ht_sink(0), value = ht_sink(0);
    if (!secrets && masks_value(&value, e))
        ht_sink_printf(&out, "%s%s%s%s", e->subject->name, e->argument ? e->argument : "",
                       ht_operator_text(e->op), ht_sink_text(&value));
    else
        ht_escape_text(&out, ht_span_str(e->text));
    const char *text = ht_arena_text(arena, ht_span(ht_sink_text(&out), out.len));
    ht_sink_free(&value);
    ht_sink_free(&out);
    return text;
}

struct ht_check ht_expect_judge(struct ht_arena *arena, const struct ht_expect *expect,
                                const struct ht_transfer *transfer, bool secrets)
{
    struct ht_found found = {.arena = arena};
    struct ht_question q = {.transfer = transfer,
                            .exchange = transfer->last_exchange,
                            .argument = expect->argument,
                            .secrets = secrets};
    q.connection = q.exchange ? q.exchange->connection : NULL;
    q.tls = q.connection ? q.connection->tls : NULL;
    struct ht_check check = {.text = text_of(expect, arena, secrets)};
    if (!expect->subject->find(&q, &found))
        return check;
    check.ok = ht_value_is_text(expect->subject->type) ? texts_hold(expect, &found)
                                                       : number_holds(expect, found.number);
    check.got = got_of(expect, &q, &found, check.ok);
    return check;
}
