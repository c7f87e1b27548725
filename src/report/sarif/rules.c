/* SPDX-License-Identifier: MIT */
/* Takes the catalogue of findings, gives the rules of the tool (SARIF 2.1.0 section 3.49). */
#include "model/model.h"
#include "report/sarif/sarif.h"
#include "report/show.h"

#include <ctype.h>

static const struct ht_finding expectation = {
    .code = HT_SARIF_EXPECT,
    .severity = HT_SEVERITY_ERROR,
    .confidence = HT_CONFIDENCE_HIGH,
    .title = "A check of --expect did not hold",
    .explanation = "The command line asked for something of this URL, and it was not so. The message has the "
                   "check as it "
                   "was given, and what was found in its place.",
};

const char *ht_sarif_level(enum ht_severity severity)
{
    static const char *const levels[] = {"none", "note", "warning", "error"};
    return levels[severity];
}

/* ---- texts ---- */

/* Spec section 3.11.5: braces belong to placeholders. Section 3.11.6: "[text](where)" is a link. */
static json_t *text_of(struct ht_sink *text)
{
    struct ht_sink out = ht_sink(0);
    for (size_t i = 0; i < text->len; i++) {
        char c = text->text[i];
        if (c == '(' && i > 0 && text->text[i - 1] == ']') {
            ht_sink_puts(&out, "\\x28");
            continue;
        }
        if (c == '{' || c == '}')
            ht_sink_char(&out, c);
        ht_sink_char(&out, c);
    }
    json_t *value = json_stringn(ht_sink_text(&out), out.len);
    ht_sink_free(&out);
    ht_sink_reset(text);
    return value;
}

json_t *ht_sarif_message(struct ht_sink *text)
{
    json_t *out = json_object();
    ht_json_set(out, "text", text_of(text));
    return out;
}

static json_t *message_of(const char *text, const char *end)
{
    struct ht_sink sink = ht_sink(0);
    ht_show_ready(&sink, text);
    ht_sink_puts(&sink, end);
    json_t *message = ht_sarif_message(&sink);
    ht_sink_free(&sink);
    return message;
}

/* ---- a rule ---- */

/* "tls.ch_dropped" as "TlsChDropped". */
static json_t *name_of(const char *code)
{
    struct ht_sink name = ht_sink(0);
    bool begins = true;
    for (; *code; code++) {
        if (isalnum((unsigned char)*code))
            ht_sink_char(&name, begins ? (char)toupper((unsigned char)*code) : *code);
        begins = !isalnum((unsigned char)*code);
    }
    json_t *value = json_string(ht_sink_text(&name));
    ht_sink_free(&name);
    return value;
}

static void put_help(struct ht_sink *out, const struct ht_finding *f, bool markdown)
{
    ht_show_ready(out, f->explanation);
    ht_sink_printf(out,
                   markdown ? "\n\n*%s, phase %s, locus %s, %s confidence in the usual case.*\n"
                            : "\n\n%s, phase %s, locus %s, %s confidence in the usual case.\n",
                   ht_severity_name(f->severity), ht_phase_name(f->phase), ht_locus_name(f->locus),
                   ht_confidence_name(f->confidence));
    if (f->also_explained_by) {
        ht_sink_puts(out, "\nCould also be: ");
        ht_show_ready(out, f->also_explained_by);
        ht_sink_puts(out, ".\n");
    }
    if (f->next_steps && f->next_steps[0])
        ht_sink_puts(out, "\nTry next:\n\n");
    for (size_t i = 0; f->next_steps && f->next_steps[i]; i++) {
        ht_sink_puts(out, "* ");
        ht_show_step(out, f->next_steps[i], false);
        ht_sink_char(out, '\n');
    }
    if (f->reference)
        ht_sink_printf(out, "\nReference: %s.\n", f->reference);
}

static json_t *help_of(const struct ht_finding *f)
{
    struct ht_sink text = ht_sink(0);
    if (f->code == expectation.code)
        return message_of(f->explanation, "");
    put_help(&text, f, false);
    json_t *help = ht_sarif_message(&text);
    put_help(&text, f, true);
    ht_json_set(help, "markdown", text_of(&text));
    ht_sink_free(&text);
    return help;
}

/* What GitHub's code scanning filters by. */
static json_t *properties_of(const struct ht_finding *f)
{
    static const char *const severities[] = {"recommendation", "recommendation", "warning", "error"};
    json_t *out = json_object(), *tags = json_array();
    size_t family = strcspn(f->code, ".");
    ht_json_append(tags, json_string("network"));
    ht_json_append(tags, json_stringn(f->code, family));
    ht_json_set(out, "tags", tags);
    ht_json_set(out, "precision", json_string(ht_confidence_name(f->confidence)));
    ht_json_set(out, "problem.severity", json_string(severities[f->severity]));
    if (f->code == expectation.code)
        return out;
    ht_json_set(out, "severity", json_string(ht_severity_name(f->severity)));
    ht_json_set(out, "phase", json_string(ht_phase_name(f->phase)));
    ht_json_set(out, "locus", json_string(ht_locus_name(f->locus)));
    return out;
}

static json_t *rule_of(const struct ht_finding *f)
{
    json_t *out = json_object(), *configuration = json_object();
    ht_json_set(out, "id", json_string(f->code));
    ht_json_set(out, "name", name_of(f->code));
    ht_json_set(out, "shortDescription", message_of(f->title, "."));
    ht_json_set(out, "fullDescription", message_of(f->explanation, ""));
    ht_json_set(out, "help", help_of(f));
    ht_json_set(configuration, "level", json_string(ht_sarif_level(f->severity)));
    ht_json_set(out, "defaultConfiguration", configuration);
    ht_json_set(out, "properties", properties_of(f));
    return out;
}

/* ---- all of them ---- */

static bool row(const struct ht_report_options *options, size_t index, struct ht_finding *usual)
{
    return options->catalogue && options->catalogue(index, usual);
}

void ht_sarif_rules(const struct ht_report_options *options, void (*put)(void *ctx, json_t *rule), void *ctx)
{
    struct ht_finding usual;
    for (size_t i = 0; row(options, i, &usual); i++)
        put(ctx, rule_of(&usual));
    put(ctx, rule_of(&expectation));
}

int64_t ht_sarif_rule_index(const struct ht_report_options *options, const char *code)
{
    struct ht_finding usual;
    size_t i = 0;
    for (; row(options, i, &usual); i++) {
        if (strcmp(usual.code, code) == 0)
            return (int64_t)i;
    }
    return strcmp(code, expectation.code) == 0 ? (int64_t)i : -1;
}
