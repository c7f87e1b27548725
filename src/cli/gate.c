/* SPDX-License-Identifier: MIT */
/* Takes a transfer that was judged, gives its exit code by --expect and --fail-on and what to say of it. */
#include "cli/gate.h"

#include "base/escape.h"
#include "report/show.h"

#define MAX_SHOWN 100u

/* The first at or above --fail-on; NULL where there is none. */
static const struct ht_finding *find_grave(const struct ht_command *command,
                                           const struct ht_transfer *transfer)
{
    for (const struct ht_exchange *x = transfer->exchanges; x && command->fail_on >= 0; x = x->next) {
        for (const struct ht_finding *f = x->findings; f; f = f->next) {
            if ((int)f->severity >= command->fail_on)
                return f;
        }
    }
    return NULL;
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
    struct ht_gate own = {gate->command, find_grave(gate->command, transfer) != NULL,
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

static void end_line(const struct ht_gate *gate, struct ht_sink *out, const struct ht_transfer *transfer)
{
    if (gate->command->several) {
        ht_sink_puts(out, " (");
        ht_show_url(out, transfer->url, gate->command->show_secrets);
        ht_sink_char(out, ')');
    }
    ht_sink_char(out, '\n');
}

void ht_gate_tell(const struct ht_gate *gate, struct ht_sink *out, const struct ht_gate_result *result,
                  const struct ht_transfer *transfer)
{
    for (size_t i = 0; i < result->check_count; i++) {
        const struct ht_check *check = &result->checks[i];
        if (check->ok)
            continue;
        ht_sink_printf(out, "expect failed: %s: got %s", check->text, check->got ? check->got : "nothing");
        end_line(gate, out, transfer);
    }
    if (!gate->command->quiet || result->exit_code != HT_EXIT_FINDING || transfer->curl_code != 0)
        return;
    const struct ht_finding *found = find_grave(gate->command, transfer);
    ht_sink_printf(out, "httptrace: (%d) %s: ", HT_EXIT_FINDING, found->code);
    ht_show_sentence(out, found->title, gate->command->show_secrets);
    end_line(gate, out, transfer);
}
