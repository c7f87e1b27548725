/* SPDX-License-Identifier: MIT */
/* Options of distributed tracing: takes a traceparent (W3C Trace Context), gives an operation the trace to
 * join. */
#include "options/config.h"
#include "report/format.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/random.h>

enum {
    ID_LEN = 32,
    PARENT_LEN = 16,
    FLAGS_LEN = 2,
    VALUE_LEN = 2 + 1 + ID_LEN + 1 + PARENT_LEN + 1 + FLAGS_LEN
};

#define SAMPLED "01" /* trace-flags, section 3.2.2.5 */

static bool is_hex(const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (!isdigit((unsigned char)text[i]) && !(text[i] >= 'a' && text[i] <= 'f'))
            return false;
    return true;
}

static bool is_zero(const char *text, size_t len)
{
    return strspn(text, "0") >= len;
}

/* Section 3.2.2; of a version to come, which may be longer, the parts that this one has. */
static bool is_traceparent(const char *text)
{
    size_t len = strlen(text);
    const char *id = text + 3, *parent = id + ID_LEN + 1, *flags = parent + PARENT_LEN + 1;
    if (len < VALUE_LEN || text[2] != '-' || id[ID_LEN] != '-' || parent[PARENT_LEN] != '-')
        return false;
    if (!is_hex(text, 2) || !is_hex(id, ID_LEN) || !is_hex(parent, PARENT_LEN) || !is_hex(flags, FLAGS_LEN))
        return false;
    bool first = strncmp(text, "00", 2) == 0, unknown = strncmp(text, "ff", 2) == 0;
    return !unknown && !is_zero(id, ID_LEN) && !is_zero(parent, PARENT_LEN) &&
           (first ? len == VALUE_LEN : len == VALUE_LEN || text[VALUE_LEN] == '-');
}

static void join(struct ht_config *config, struct ht_trace_rules *trace, const char *text)
{
    struct ht_arena *arena = config->memory->arena;
    const char *id = text + 3, *parent = id + ID_LEN + 1;
    trace->id = ht_arena_text(arena, ht_span(id, ID_LEN));
    trace->parent = ht_arena_text(arena, ht_span(parent, PARENT_LEN));
    trace->flags = ht_arena_text(arena, ht_span(parent + PARENT_LEN + 1, FLAGS_LEN));
}

static enum ht_status begin(struct ht_config *config, struct ht_trace_rules *trace, struct ht_error *error)
{
    unsigned char bytes[ID_LEN / 2];
    struct ht_sink text = ht_sink(0);
    if (getrandom(bytes, sizeof bytes, 0) != (ssize_t)sizeof bytes)
        return ht_fail(error, HT_ERR_IO, "option --traceparent: no random numbers to be had");
    bytes[0] |= 1; /* never all zero */
    ht_sink_hex(&text, ht_span(bytes, sizeof bytes));
    trace->id = ht_arena_text(config->memory->arena, ht_span(text.text, text.len));
    trace->parent = NULL;
    trace->flags = SAMPLED;
    ht_sink_free(&text);
    return HT_OK;
}

enum ht_status ht_apply_traceparent(struct ht_config *config, const struct ht_option_use *use,
                                    struct ht_error *error)
{
    struct ht_trace_rules *trace = &config->group->operation.trace;
    if (strcmp(use->value, "new") == 0)
        return begin(config, trace, error);
    if (!is_traceparent(use->value))
        return ht_value_fail(error, use, "new, or a traceparent as in 00-(32 hex digits)-(16 hex digits)-01");
    join(config, trace, use->value);
    return HT_OK;
}

enum ht_status ht_apply_echo_header(struct ht_config *config, const struct ht_option_use *use,
                                    struct ht_error *error)
{
    if (!use->value[0] || strpbrk(use->value, ":; \t\r\n"))
        return ht_value_fail(error, use, "the name of a header field");
    config->group->operation.trace.echo = ht_arena_text(config->memory->arena, ht_span_str(use->value));
    return HT_OK;
}

static bool reports_spans(const struct ht_config *config)
{
    for (const struct ht_report_request *at = config->memory->reports; at; at = at->next)
        if (strcmp(at->format->name, "otlp") == 0)
            return true;
    return false;
}

/* A caller's trace is joined where spans are reported: without that, TRACEPARENT changes no request. */
static void join_environment(struct ht_config *config, struct ht_trace_rules *trace)
{
    const char *parent = getenv("TRACEPARENT"), *state = getenv("TRACESTATE");
    if (trace->id || !reports_spans(config) || !parent || !*parent)
        return;
    if (!is_traceparent(parent)) {
        ht_config_note(config, "TRACEPARENT is not as W3C Trace Context has it: its trace is not joined");
        return;
    }
    join(config, trace, parent);
    if (state && *state && !strpbrk(state, "\r\n"))
        ht_settings_add(config, (struct ht_setting){
                                    .option = "HTTPHEADER",
                                    .type = HT_SETTING_LIST,
                                    .text = ht_arena_printf(config->memory->arena, "tracestate: %s", state),
                                    .flag = "TRACESTATE"});
}

enum ht_status ht_config_add_trace(struct ht_config *config, struct ht_error *error)
{
    struct ht_trace_rules *trace = &config->group->operation.trace;
    const struct ht_settings *settings = &config->group->settings;
    join_environment(config, trace);
    if (ht_settings_have_field(settings, "traceparent"))
        trace->id = NULL; /* the user's own -H stays */
    else if (trace->echo && !trace->id && !ht_settings_have_field(settings, trace->echo))
        return ht_fail(
            error, HT_ERR_USAGE,
            "option --echo-header: nothing is sent that %s could echo; add --traceparent new, or -H "
            "\"%s: VALUE\"",
            trace->echo, trace->echo);
    return HT_OK;
}
