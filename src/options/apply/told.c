/* SPDX-License-Identifier: MIT */
/* Options that tell of a transfer beside the report: takes their uses, gives the template of --write-out and
 * the rules of the trace file. */
#include "options/config.h"

#include <string.h>

static const char *keep(struct ht_config *config, struct ht_span text)
{
    return ht_arena_text(config->memory->arena, text);
}

/* Lines are joined, as what ends one is written as an escape; a NUL ends its line. */
static void join_lines(struct ht_sink *out, struct ht_span text)
{
    bool skip = false;
    for (size_t i = 0; i < text.len; i++) {
        char c = (char)text.data[i];
        bool end = c == '\n' || c == '\r';
        skip = !end && (skip || c == '\0');
        if (!end && !skip)
            ht_sink_char(out, c);
    }
}

enum ht_status ht_apply_write_out(struct ht_config *config, const struct ht_option_use *use,
                                  struct ht_error *error)
{
    const char **out = &config->group->operation.output.write_out;
    struct ht_sink file = ht_sink(0), joined = ht_sink(0);
    if (use->value[0] != '@') {
        *out = keep(config, ht_span_str(use->value));
        return HT_OK;
    }
    enum ht_status status = ht_value_read_sent(config, use, use->value + 1, &file, error);
    join_lines(&joined, ht_span(file.text, file.len));
    *out = keep(config, ht_span(joined.text, joined.len));
    ht_sink_free(&file);
    ht_sink_free(&joined);
    return status;
}

static void note_overridden(struct ht_config *config, const struct ht_option_use *use)
{
    const struct ht_dump_rules *rules = &config->out->dump;
    const char *earlier = rules->lines ? "verbose" : rules->ascii ? "trace-ascii" : "trace";
    ht_config_note(config, "--%s overrides an earlier --%s", use->row->name, earlier);
}

enum ht_status ht_apply_trace(struct ht_config *config, const struct ht_option_use *use,
                              struct ht_error *error)
{
    struct ht_dump_rules *rules = &config->out->dump;
    if (!use->value[0])
        return ht_value_fail(error, use, "a file name");
    bool ascii = strcmp(use->row->name, "trace-ascii") == 0;
    if (rules->path && (rules->lines || rules->ascii != ascii))
        note_overridden(config, use);
    if (rules->lines)
        config->out->verbose = 0;
    rules->path = keep(config, ht_span_str(use->value));
    rules->ascii = ascii;
    rules->lines = false;
    return HT_OK;
}

/* Called as curl, -v is curl's, which is one of three ways to write the same; only -vv and -vvv are ours. */
void ht_config_take_lines(struct ht_config *config, const struct ht_option_use *use)
{
    struct ht_dump_rules *rules = &config->out->dump;
    bool lines = config->out->verbose == 1;
    if (!config->as_curl)
        return;
    if (lines && rules->path)
        note_overridden(config, use);
    if (lines || rules->lines || !use->on)
        rules->path = lines ? "%" : NULL;
    rules->lines = lines;
}

enum ht_status ht_apply_trace_ids(struct ht_config *config, const struct ht_option_use *use,
                                  struct ht_error *error)
{
    (void)error;
    config->out->dump.ids = use->on;
    return HT_OK;
}

enum ht_status ht_apply_trace_time(struct ht_config *config, const struct ht_option_use *use,
                                   struct ht_error *error)
{
    (void)error;
    config->out->dump.times = use->on;
    return HT_OK;
}

/* ids and time are this program's own to do, the rest libcurl's; all are both. */
static void take_component(struct ht_dump_rules *rules, struct ht_span name, struct ht_sink *rest)
{
    bool all = ht_span_ieq_str(name, "all");
    bool ids = ht_span_ieq_str(name, "ids"), times = ht_span_ieq_str(name, "time");
    rules->ids = rules->ids || ids || all;
    rules->times = rules->times || times || all;
    if (ids || times || name.len == 0)
        return;
    if (rest->len)
        ht_sink_char(rest, ',');
    ht_sink_bytes(rest, name);
}

enum ht_status ht_apply_trace_config(struct ht_config *config, const struct ht_option_use *use,
                                     struct ht_error *error)
{
    struct ht_dump_rules *rules = &config->out->dump;
    struct ht_span left = ht_span_str(use->value);
    struct ht_sink rest = ht_sink(0);
    (void)error;
    ht_sink_puts(&rest, rules->components ? rules->components : "");
    while (left.len) {
        size_t end = strcspn((const char *)left.data, ", ");
        take_component(rules, ht_span_head(left, end), &rest);
        left = ht_span_from(left, end + 1);
    }
    if (rest.len)
        rules->components = keep(config, ht_span(rest.text, rest.len));
    ht_sink_free(&rest);
    return HT_OK;
}

enum ht_status ht_apply_libcurl(struct ht_config *config, const struct ht_option_use *use,
                                struct ht_error *error)
{
    if (!use->value[0])
        return ht_value_fail(error, use, "a file name");
    config->out->dump.source_code = keep(config, ht_span_str(use->value));
    return HT_OK;
}
