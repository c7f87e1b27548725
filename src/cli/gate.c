/* SPDX-License-Identifier: MIT */
/* Takes a transfer that was judged, gives its exit code by --expect and --fail-on and what to say of it. */
#include "cli/gate.h"

#include "base/escape.h"
#include "base/mask.h"

#define MAX_SHOWN 100u

static bool has_grave_finding(const struct ht_command *command, const struct ht_transfer *transfer)
{
    for (const struct ht_exchange *x = transfer->exchanges; x && command->fail_on >= 0; x = x->next) {
        for (const struct ht_finding *f = x->findings; f; f = f->next) {
            if ((int)f->severity >= command->fail_on)
                return true;
        }
    }
    return false;
}

static bool judge_checks(struct ht_gate_result *result, struct ht_arena *arena,
                         const struct ht_command *command, const struct ht_transfer *transfer)
{
    size_t count = 0;
    bool hold = true;
    for (const struct ht_expect *e = command->expects; e; e = e->next)
        count++;
    if (count == 0)
        return true;
    result->checks = ht_arena_alloc(arena, count * sizeof *result->checks);
    for (const struct ht_expect *e = command->expects; e; e = e->next) {
        struct ht_check *check = &result->checks[result->check_count++];
        *check = ht_expect_judge(arena, e, transfer, command->show_secrets);
        hold = hold && check->ok;
    }
    return hold;
}

int ht_gate_exit_code(const struct ht_gate *gate, int code)
{
    if (code == HT_EXIT_INTERRUPTED)
        return code;
    return gate->expect ? HT_EXIT_EXPECT : gate->finding ? HT_EXIT_FINDING : code;
}

static const char *why(const struct ht_gate *gate)
{
    static const char *const severities[] = {
        "a finding, as --fail-on asks for", "a notice or graver, as --fail-on asks for",
        "a warning or graver, as --fail-on asks for", "a finding of severity error, as --fail-on asks for"};
    return gate->expect ? "an --expect did not hold" : severities[gate->command->fail_on];
}

static const char *shown(struct ht_arena *arena, struct ht_span text)
{
    struct ht_sink sink = ht_sink(0);
    ht_escape_text(&sink, ht_span_head(text, MAX_SHOWN));
    const char *copy = ht_arena_text(arena, ht_span(ht_sink_text(&sink), sink.len));
    ht_sink_free(&sink);
    return copy;
}

struct ht_gate_result ht_gate_judge(struct ht_gate *gate, struct ht_arena *arena,
                                    const struct ht_transfer *transfer, int code)
{
    struct ht_gate_result result = {0};
    struct ht_gate own = {gate->command, has_grave_finding(gate->command, transfer),
                          !judge_checks(&result, arena, gate->command, transfer)};
    gate->finding = gate->finding || own.finding;
    gate->expect = gate->expect || own.expect;
    result.exit_code = ht_gate_exit_code(&own, code);
    if (result.exit_code != code)
        result.why = why(&own);
    else if (ht_span_eq_str(ht_span_head(transfer->error, strlen(HT_GAVE_UP)), HT_GAVE_UP))
        result.why = shown(arena, transfer->error);
    return result;
}

void ht_gate_tell(const struct ht_gate *gate, struct ht_sink *out, const struct ht_gate_result *result,
                  const struct ht_transfer *transfer)
{
    struct ht_sink url = ht_sink(0);
    if (result->check_count)
        ht_mask_url(&url, transfer->url);
    for (size_t i = 0; i < result->check_count; i++) {
        const struct ht_check *check = &result->checks[i];
        if (check->ok)
            continue;
        ht_sink_printf(out, "expect failed: %s: got %s", check->text, check->got ? check->got : "nothing");
        if (gate->command->several) {
            ht_sink_puts(out, " (");
            ht_escape_text(out, ht_span(ht_sink_text(&url), url.len));
            ht_sink_char(out, ')');
        }
        ht_sink_char(out, '\n');
    }
    ht_sink_free(&url);
}
