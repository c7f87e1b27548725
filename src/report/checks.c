/* SPDX-License-Identifier: MIT */
/* Takes the checks of --expect as they were judged, writes them for people and as JSON. */
#include "report/json/value.h"
#include "report/text/text.h"

json_t *ht_json_checks(const struct ht_json *j)
{
    json_t *out = json_array();
    for (size_t i = 0; i < j->options->check_count; i++) {
        const struct ht_check *check = &j->options->checks[i];
        json_t *one = json_object();
        ht_json_set(one, "check", ht_json_ready(check->text));
        ht_json_set(one, "ok", json_boolean(check->ok));
        ht_json_set(one, "got", ht_json_ready(check->got));
        ht_json_append(out, one);
    }
    return out;
}

void ht_text_checks(const struct ht_text *t)
{
    if (t->options->check_count)
        ht_paint_newline(&t->paint);
    for (size_t i = 0; i < t->options->check_count; i++) {
        const struct ht_check *check = &t->options->checks[i];
        struct ht_sink line = ht_sink(HT_CAP_TEXT);
        ht_sink_printf(&line, "expect %s %s", check->ok ? "ok:" : "failed:", check->text);
        if (!check->ok)
            ht_sink_printf(&line, ": got %s", check->got ? check->got : "nothing");
        ht_paint_wrap(&t->paint, check->ok ? HT_STYLE_GOOD : HT_STYLE_BAD, ht_sink_text(&line), 0, 4);
        ht_sink_free(&line);
    }
}
