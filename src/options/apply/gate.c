/* SPDX-License-Identifier: MIT */
/* Options that judge: takes uses of --fail-on, --ignore, --expect and their kin, gives members of the
 * command.
 */
#include "base/nearest.h"
#include "options/config.h"
#include "model/model.h"
#include "rules/rules.h"

#include <string.h>

#define MOST_PARALLEL 65535 /* the curl tool takes anything past its own limit for its default */

static enum ht_status print(struct ht_config *config, struct ht_sink *text)
{
    config->out->kind = HT_COMMAND_PRINT;
    config->out->text = ht_strdup(ht_sink_text(text));
    ht_sink_free(text);
    return HT_OK;
}

static const char *family(struct ht_arena *arena, const char *code)
{
    return ht_arena_printf(arena, "%.*s.*", (int)strcspn(code, "."), code);
}

/* No finding has such a code: "option --ignore: no finding is called X; the nearest is Y". */
static enum ht_status unknown_code(const struct ht_config *config, const struct ht_option_use *use,
                                   const char *pattern, struct ht_error *error)
{
    struct ht_nearest nearest = ht_nearest(pattern);
    bool is_glob = use->row->apply != ht_apply_explain && strpbrk(pattern, "*?[");
    for (size_t i = 0; ht_rules_code(i); i++)
        ht_nearest_offer(&nearest,
                         is_glob ? family(config->memory->arena, ht_rules_code(i)) : ht_rules_code(i));
    const char *shown = ht_value_shown(config->memory->arena, pattern);
    if (nearest.found)
        return ht_fail(error, HT_ERR_USAGE, "option %s: no finding is called \"%s\"; the nearest is %s",
                       use->flag, shown, nearest.found);
    return ht_fail(error, HT_ERR_USAGE, "option %s: no finding is called \"%s\"; see --list-findings",
                   use->flag, shown);
}

enum ht_status ht_apply_fail_on(struct ht_config *config, const struct ht_option_use *use,
                                struct ht_error *error)
{
    for (enum ht_severity at = HT_SEVERITY_INFO; at <= HT_SEVERITY_ERROR; at++) {
        if (strcmp(use->value, ht_severity_name(at)) == 0) {
            config->out->fail_on = (int)at;
            return HT_OK;
        }
    }
    return ht_value_fail(error, use, "info, notice, warning or error");
}

enum ht_status ht_apply_ci(struct ht_config *config, const struct ht_option_use *use, struct ht_error *error)
{
    (void)error;
    config->out->ci = use->on;
    return HT_OK;
}

enum ht_status ht_apply_ignore(struct ht_config *config, const struct ht_option_use *use,
                               struct ht_error *error)
{
    if (!ht_rules_known(use->value))
        return unknown_code(config, use, use->value, error);
    ht_texts_add(&config->memory->ignored, ht_arena_text(config->memory->arena, ht_span_str(use->value)));
    return HT_OK;
}

enum ht_status ht_apply_warn_slow(struct ht_config *config, const struct ht_option_use *use,
                                  struct ht_error *error)
{
    const int64_t most_ms = INT64_C(86400000);
    const char *equals = strchr(use->value, '=');
    int64_t ms = 0;
    if (!equals || !ht_value_integer(equals + 1, &ms) || ms < 1 || ms > most_ms)
        return ht_value_fail(error, use, "PHASE=MS, with 1 to 86400000 milliseconds");
    for (int p = 0; p < HT_PHASE_COUNT; p++) {
        if (ht_span_eq_str(ht_span(use->value, (size_t)(equals - use->value)),
                           ht_phase_name((enum ht_phase)p))) {
            config->out->slow_us[p] = ms * 1000;
            return HT_OK;
        }
    }
    return ht_value_fail(error, use,
                         "one of the phases queue, resolve, connect, proxy, tls, request, wait, response");
}

enum ht_status ht_apply_expect(struct ht_config *config, const struct ht_option_use *use,
                               struct ht_error *error)
{
    struct ht_error why = {0};
    struct ht_expect *expect = ht_arena_alloc(config->memory->arena, sizeof *expect);
    enum ht_status status = ht_expect_parse(config->memory->arena, use->value, expect, &why);
    if (status != HT_OK)
        return ht_fail(error, status, "option %s: %s", use->flag, why.text);
    /* A check that nothing could ever meet, or miss, is a slip of the pen. */
    const char *code = ht_expect_code(expect);
    if (code && !ht_rules_known(code))
        return unknown_code(config, use, code, error);
    *config->expects_end = expect;
    config->expects_end = &expect->next;
    return HT_OK;
}

enum ht_status ht_apply_list_findings(struct ht_config *config, const struct ht_option_use *use,
                                      struct ht_error *error)
{
    (void)use, (void)error;
    struct ht_sink text = ht_sink(0);
    ht_rules_list(&text);
    return print(config, &text);
}

enum ht_status ht_apply_explain(struct ht_config *config, const struct ht_option_use *use,
                                struct ht_error *error)
{
    struct ht_sink text = ht_sink(0);
    if (ht_rules_explain(&text, use->value))
        return print(config, &text);
    ht_sink_free(&text);
    return unknown_code(config, use, use->value, error);
}

enum ht_status ht_apply_give_up_early(struct ht_config *config, const struct ht_option_use *use,
                                      struct ht_error *error)
{
    (void)error;
    config->out->give_up_early = use->on;
    return HT_OK;
}

enum ht_status ht_apply_parallel(struct ht_config *config, const struct ht_option_use *use,
                                 struct ht_error *error)
{
    (void)error;
    config->out->parallel = use->on;
    return HT_OK;
}

enum ht_status ht_apply_parallel_max(struct ht_config *config, const struct ht_option_use *use,
                                     struct ht_error *error)
{
    int64_t number;
    if (!ht_value_integer(use->value, &number))
        return ht_value_fail(error, use, "a number");
    if (number < 0)
        return ht_value_fail(error, use, "a number that is not negative");
    config->out->parallel_max = number == 0 || number > MOST_PARALLEL ? HT_PARALLEL_DEFAULT : (size_t)number;
    return HT_OK;
}

enum ht_status ht_apply_parallel_immediate(struct ht_config *config, const struct ht_option_use *use,
                                           struct ht_error *error)
{
    (void)error;
    config->parallel_immediate = use->on;
    return HT_OK;
}

enum ht_status ht_apply_parallel_max_host(struct ht_config *config, const struct ht_option_use *use,
                                          struct ht_error *error)
{
    int64_t number;
    if (!ht_value_integer(use->value, &number) || number < 0)
        return ht_value_fail(error, use, "a number that is not negative");
    config->out->parallel_max_host = number > MOST_PARALLEL ? 0 : (size_t)number;
    return HT_OK;
}
