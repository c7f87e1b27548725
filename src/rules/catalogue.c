/* SPDX-License-Identifier: MIT */
/* The catalogue: lists every table of rules in the order in which they are asked, and writes it for people.
 */
#include "base/error.h"
#include "rules/engine.h"
#include "rules/tables.h"

#include <fnmatch.h>

#define MOST_RULES 256

/* Facts before what sums them up; the last resort sees what all the others found. */
static const struct ht_rule_table *const tables[] = {
    &ht_rules_dns,           &ht_rules_dns_answer,   &ht_rules_tcp,        &ht_rules_tcp_data,
    &ht_rules_tcp_dead,      &ht_rules_proxy,        &ht_rules_proxy_more, &ht_rules_tls_silence,
    &ht_rules_tls_agreed,    &ht_rules_tls,          &ht_rules_alert,      &ht_rules_cert_trust,
    &ht_rules_cert,          &ht_rules_alpn,         &ht_rules_reuse,      &ht_rules_http,
    &ht_rules_http_cut,      &ht_rules_http_grammar, &ht_rules_http_body,  &ht_rules_page,
    &ht_rules_trace_context, &ht_rules_h2,           &ht_rules_h2_flow,    &ht_rules_latency,
    &ht_rules_local,         &ht_rules_last,
};

const struct ht_rule *const *ht_catalogue(size_t *count)
{
    static const struct ht_rule *rows[MOST_RULES];
    static size_t filled;
    for (size_t t = 0, known = filled; known == 0 && t < sizeof tables / sizeof *tables; t++) {
        for (size_t i = 0; i < tables[t]->count && filled < MOST_RULES; i++)
            rows[filled++] = &tables[t]->rows[i];
    }
    *count = filled;
    return rows;
}

const struct ht_rule *ht_catalogue_find(const char *code)
{
    size_t count = 0;
    const struct ht_rule *const *rows = ht_catalogue(&count);
    for (size_t i = 0; i < count; i++) {
        if (strcmp(rows[i]->code, code) == 0)
            return rows[i];
    }
    return NULL;
}

const char *ht_rules_code(size_t index)
{
    size_t count = 0;
    const struct ht_rule *const *rows = ht_catalogue(&count);
    return index < count ? rows[index]->code : NULL;
}

bool ht_rules_usual(size_t index, struct ht_finding *usual)
{
    size_t count = 0;
    const struct ht_rule *const *rows = ht_catalogue(&count);
    if (index >= count)
        return false;
    *usual = (struct ht_finding){.code = rows[index]->code,
                                 .severity = rows[index]->severity,
                                 .phase = rows[index]->phase,
                                 .locus = rows[index]->locus,
                                 .confidence = rows[index]->confidence,
                                 .title = rows[index]->title,
                                 .explanation = rows[index]->explanation,
                                 .also_explained_by = rows[index]->also_explained_by,
                                 .next_steps = rows[index]->next_steps,
                                 .reference = rows[index]->reference,
                                 .connection = -1,
                                 .exchange = -1};
    return true;
}

bool ht_rules_known(const char *pattern)
{
    size_t count = 0;
    const struct ht_rule *const *rows = ht_catalogue(&count);
    for (size_t i = 0; i < count; i++) {
        if (fnmatch(pattern, rows[i]->code, 0) == 0)
            return true;
    }
    return false;
}

void ht_rules_list(struct ht_sink *out)
{
    size_t count = 0;
    const struct ht_rule *const *rows = ht_catalogue(&count);
    for (size_t i = 0; i < count; i++)
        ht_sink_printf(out, "%-32s %-8s %-8s %s\n", rows[i]->code, ht_severity_name(rows[i]->severity),
                       ht_locus_name(rows[i]->locus), rows[i]->title);
}

bool ht_rules_explain(struct ht_sink *out, const char *code)
{
    const struct ht_rule *r = ht_catalogue_find(code);
    if (!r)
        return false;
    ht_sink_printf(out, "%s: %s\n\n%s\n\n", r->code, r->title, r->explanation);
    ht_sink_printf(out, "severity    %s\nphase       %s\nlocus       %s\nconfidence  %s\n",
                   ht_severity_name(r->severity), ht_phase_name(r->phase), ht_locus_name(r->locus),
                   ht_confidence_name(r->confidence));
    if (r->also_explained_by)
        ht_sink_printf(out, "could be    %s\n", r->also_explained_by);
    for (size_t i = 0; r->next_steps[i]; i++)
        ht_sink_printf(out, "%s%s\n", i ? "            " : "try next    ", r->next_steps[i]);
    if (r->reference)
        ht_sink_printf(out, "reference   %s\n", r->reference);
    return true;
}

static const char markdown_head[] =
    "# Findings\n\n"
    "Made from the rules by `httptrace --generate findings`; the severity, locus and confidence are\n"
    "those of the usual case: facts may change them. `httptrace --explain CODE` prints one.\n\n"
    "## How findings add up to a verdict\n\n"
    "1. Within an exchange what says more takes the place of what says less, if it is at least as grave: a\n"
    "   stream that was reset takes the place of the body that was cut by it; a doubtful header does not.\n"
    "2. What libcurl's own retry mended is a notice. What each of its retries met again keeps its\n"
    "   severity in the last exchange alone.\n"
    "3. The gravest finding leads. Of equal gravity a root leads before the causes that it brought about,\n"
    "   a cause before what sums causes up, and that before context.\n"
    "4. Of equal rank the surer one leads, then that of the later exchange, then the one named first here.\n"
    "5. Where findings could lead alike and name different loci, the locus is `unknown`: that beats a\n"
    "   guess.\n\n"
    "The verdict is `intercepted` where the leading finding is an error and something on the path acted,\n"
    "a proxy refused, or somebody else than the server answered (a portal, a TLS inspection, a lie of\n"
    "DNS); else `failed` where libcurl failed or the leading finding is an error; `suspect` where it is a\n"
    "warning; else `ok`.\n\n";

static void markdown_row(struct ht_sink *out, const struct ht_rule *r)
{
    ht_sink_printf(out, "### %s\n\n%s. %s\n\n", r->code, r->title, r->explanation);
    ht_sink_printf(out, "*%s, phase %s, locus %s, %s confidence%s.*\n\n", ht_severity_name(r->severity),
                   ht_phase_name(r->phase), ht_locus_name(r->locus), ht_confidence_name(r->confidence),
                   r->early ? "; may speak while it waits" : "");
    if (r->also_explained_by)
        ht_sink_printf(out, "Could also be: %s.\n\n", r->also_explained_by);
    for (size_t i = 0; r->next_steps[i]; i++)
        ht_sink_printf(out, "* %s\n", r->next_steps[i]);
    if (r->next_steps[0])
        ht_sink_char(out, '\n');
    if (r->reference)
        ht_sink_printf(out, "Reference: %s.\n\n", r->reference);
}

void ht_rules_markdown(struct ht_sink *out)
{
    size_t count = 0;
    const struct ht_rule *const *rows = ht_catalogue(&count);
    const char *family = "";
    ht_sink_puts(out, markdown_head);
    for (size_t i = 0; i < count; i++) {
        size_t len = strcspn(rows[i]->code, ".");
        if (strncmp(family, rows[i]->code, len + 1) != 0)
            ht_sink_printf(out, "## %.*s\n\n", (int)len, rows[i]->code);
        family = rows[i]->code;
        markdown_row(out, rows[i]);
    }
}
